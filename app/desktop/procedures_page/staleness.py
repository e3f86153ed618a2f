"""Why a score is out of date: what made it is no longer what would make it. A stored score never changes by itself."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from core.procedures.other_golds import MOST_OTHER_GOLDS, comparable_golds
from core.procedures.records import Adapter
from core.procedures.types import ALGORITHM, ProcedureVideo, ScoreVersions, Task

MEASURED_BY = ("clip_s", "clip_overlap", "encoder", "masks")
"""Settings that shape what is measured; they count when the videos are measured again."""


def why_stale(
    versions: ScoreVersions,
    task: Task,
    pair: tuple[ProcedureVideo | None, ProcedureVideo | None],
    videos: Iterable[ProcedureVideo],
    adapter: Adapter | None,
) -> tuple[str, ...]:
    """Words, empty when the same would come out again. ``pair`` is gold and trainee: where one was deleted, nothing
    can be compared again, so nothing is out of date. ``videos`` of the task; ``adapter`` is the one in use.
    """
    from core.procedures.json_forms import settings_to_plain

    tr = QCoreApplication.translate
    gold, trainee = pair
    if gold is None or trainee is None:
        return ()
    now = settings_to_plain(task.settings)
    others = set(versions.other_golds)
    reasons = (
        (versions.steps_version != gold.steps_version, tr("staleness", "the steps were edited")),
        (versions.adapter_version != _adapter_version(adapter, gold), tr("staleness", "another adapter is in use")),
        (
            (versions.gold_embedding_id, versions.trainee_embedding_id) != (gold.embedding_id, trainee.embedding_id),
            tr("staleness", "a recording was measured again"),
        ),
        (
            any(versions.settings.get(name) != value for name, value in now.items() if name not in MEASURED_BY),
            tr("staleness", "the settings were changed"),
        ),
        (others != _other_golds(gold, videos), tr("staleness", "there are other gold recordings")),
        (versions.algorithm != ALGORITHM, tr("staleness", "this Rushes compares in another way")),
    )
    return tuple(words for holds, words in reasons if holds)


def _adapter_version(adapter: Adapter | None, gold: ProcedureVideo) -> int | None:
    """An adapter counts only for vectors of the encoder that it was learned from."""
    if adapter is None or (adapter.model, adapter.model_version) != (gold.embedding_model, gold.embedding_version):
        return None
    return adapter.version


def _other_golds(gold: ProcedureVideo, videos: Iterable[ProcedureVideo]) -> set[tuple[int, int, int]]:
    return {
        (one.video_id, one.embedding_id or 0, one.steps_version or 0)
        for one in comparable_golds(gold, videos)[:MOST_OTHER_GOLDS]
    }
