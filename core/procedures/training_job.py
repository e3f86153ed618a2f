"""The job that learns adapters: one for each task, judged before it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import NotFound
from core.jobs.types import Job, JobContext
from core.procedures import search_index
from core.procedures.adapting import Learned, learn
from core.procedures.compare import Recording
from core.procedures.embedding_files import read_moments
from core.procedures.evaluating import Evaluation, as_recording, can_judge, evaluate, variants, worse
from core.procedures.linear_map import LinearMap
from core.procedures.nightly import NIGHTLY, read_settings
from core.procedures.records import Adapter
from core.procedures.search_index import IndexVersion
from core.procedures.types import EncoderId, ProcedureVideo, Role, TaskSettings
from models.store import ModelStore

if TYPE_CHECKING:
    from core.library.library import Library

MODE = "builtin_feature_adapter"
COMPLETED, SKIPPED = "completed", "skipped"
ADAPTERS = "adapters"
MOST_VIDEOS = 60
"""The newest of a task; more teach nothing new and take long."""
_HELD_OUT_FROM = 3
"""From so many recordings on, some are kept from the learning to judge by."""
_HELD_OUT_SHARE = 5


@dataclass(frozen=True, slots=True)
class _Taught:
    """A measured video that may be learned from: a gold one, or one that a person accepted."""

    video: ProcedureVideo
    recording: Recording


@dataclass(frozen=True, slots=True)
class _Trained:
    """What became of a task."""

    task_id: str
    adapter: Adapter
    old_index: IndexVersion | None
    new_index: IndexVersion
    evaluation: dict[str, Any] = field(default_factory=dict)


def run_training(library: "Library", models: ModelStore, job: Job, context: JobContext) -> dict[str, Any]:
    """Learn, judge and, if not worse, use an adapter for the job's task, or for every task that has something new.

    ``job.params``: ``trigger`` manual or nightly, ``task_id`` or None. Returns the API document's ``result``, with
    ``activated``, ``reason`` and per task what the judgement was. A nightly job with too little that is new is
    skipped, with the reason; a manual one always trains what can be trained. Stored scores never change. Raises
    StorageFull, StorageUnwritable, Canceled.
    """
    del models  # what was measured is all that is needed
    nightly = job.params.get("trigger") == NIGHTLY
    task_ids = _task_ids(library, job.params.get("task_id"))
    new = {task_id: new_videos(library, task_id) for task_id in task_ids}
    wanted = read_settings(library).min_new_videos
    if nightly and sum(new.values()) < wanted:
        return _skipped(f"{sum(new.values())} new videos to learn from; the nightly training waits for {wanted}.")
    chosen = [task_id for task_id in task_ids if new[task_id] or not nightly]
    trained = []
    for number, task_id in enumerate(chosen):
        context.progress("training", number, len(chosen), unit="tasks", overall=number / len(chosen))
        one = _train(library, task_id, job, context, number)
        if one is not None:
            trained.append(one)
    context.progress("training", len(chosen), len(chosen), unit="tasks", overall=1.0)
    if not trained:
        return _skipped("No task has a measured gold recording that is long enough to learn from.")
    return _result(trained)


def new_videos(library: "Library", task_id: str) -> int:
    """How many gold and accepted videos of a task its last adapter was not learned from, as they are measured now."""
    adapters = library.procedures.adapters(task_id)
    known = adapters[0].evaluation.get("videos", {}) if adapters else {}
    return sum(known.get(str(video.video_id)) != video.embedding_id for video in _learnable(library, task_id))


# ---------------------------------------------------------------------- one task


def _train(library: "Library", task_id: str, job: Job, context: JobContext, number: int) -> _Trained | None:
    """None = nothing to learn from."""
    settings = library.procedures.task(task_id).settings
    taught = _read(library, task_id, settings, context)
    taken, held_out = _split(taught)
    learned = learn([one.recording.moments for one in taken], context.check)
    if learned is None:
        return None
    encoder = taken[0].recording.moments.encoder
    judged = [one.recording for one in held_out + taken if can_judge(one.recording)]
    kept_back = [one.recording for one in held_out]
    now, then = _judge(library, task_id, judged, kept_back, settings, encoder, learned.map, context)
    against = worse(now, then)
    adapter = _keep(library, task_id, job, number, taught, taken, learned, now, then, against)
    old_index = search_index.current(library, task_id)
    new_index = search_index.build(library, task_id, check=context.check)
    context.log(f"{task_id}: adapter {adapter.version} — {adapter.reason}")
    return _Trained(task_id, adapter, old_index, new_index, adapter.evaluation)


def _judge(
    library: "Library",
    task_id: str,
    judged: Sequence[Recording],
    held_out: Sequence[Recording],
    settings: TaskSettings,
    encoder: EncoderId,
    candidate: LinearMap,
    context: JobContext,
) -> tuple[Evaluation, Evaluation]:
    """How known variants are judged now, and how with the candidate."""
    made = variants(judged, held_out, settings)
    _, used = search_index.usable_adapter(library, task_id, encoder)
    now = evaluate(judged, made, settings, used, context.check)
    return now, evaluate(judged, made, settings, candidate, context.check)


def _keep(
    library: "Library",
    task_id: str,
    job: Job,
    number: int,
    taught: Sequence[_Taught],
    taken: Sequence[_Taught],
    learned: Learned,
    now: Evaluation,
    then: Evaluation,
    against: str,
) -> Adapter:
    """Its file and its row; a version that is not used is kept too, so that one can see why."""
    path = library.path / ADAPTERS / f"feature_adapter_{job.job_id}_{number}.npz"
    encoder = taken[0].recording.moments.encoder
    evaluation = {
        "now": now.plain(),
        "then": then.plain(),
        "videos": {str(one.video.video_id): one.video.embedding_id for one in taught},
        "learned_from": [one.video.video_id for one in taken],
        "moments": learned.moments,
        "pairs": learned.pairs,
        "shrinkage": round(learned.shrinkage, 4),
        "least_gain": round(learned.least_gain, 4),
    }
    learned.map.save(path)
    try:
        return library.procedures.add_adapter(
            job_id=job.job_id,
            task_id=task_id,
            path=path,
            model=encoder.model,
            model_version=encoder.version,
            videos_used=len(taken),
            clips_used=sum(len(one.recording.clips) for one in taken),
            dim=learned.map.dim,
            evaluation=evaluation,
            reason=against or "Ranks known variants as well as before or better.",
            activate=not against,
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


# ---------------------------------------------------------------------- what is learned from


def _task_ids(library: "Library", task_id: str | None) -> list[str]:
    if task_id is not None:
        return [library.procedures.task(task_id).task_id]
    return [task.task_id for task in library.procedures.tasks() if task.golds]


def _learnable(library: "Library", task_id: str) -> list[ProcedureVideo]:
    """Gold and accepted videos of the encoder of the newest gold one; that gold one first, then the newest."""
    videos = [video for video in library.procedures.videos(task_id=task_id) if video.embedding_id is not None]
    golds = [video for video in videos if video.role is Role.GOLD]
    if not golds:
        return []
    first = max(golds, key=lambda video: video.video_id)
    same = [
        video
        for video in videos
        if (video.role is Role.GOLD or video.accepted)
        and (video.embedding_model, video.embedding_version) == (first.embedding_model, first.embedding_version)
    ]
    return sorted(same, key=lambda video: (video is not first, -video.video_id))[:MOST_VIDEOS]


def _read(library: "Library", task_id: str, settings: TaskSettings, context: JobContext) -> list[_Taught]:
    taught = []
    for video in _learnable(library, task_id):
        context.check()
        try:
            moments = read_moments(library.procedures.embedding_of(video.video_id).folder)
        except NotFound as error:
            context.log(f"The video {video.video_id} is left out: {error}", level="warning")
            continue
        steps = library.procedures.steps(video.video_id).steps if video.role is Role.GOLD else ()
        taught.append(_Taught(video, as_recording(moments, settings, steps)))
    return taught


def _split(taught: Sequence[_Taught]) -> tuple[list[_Taught], list[_Taught]]:
    """What is learned from, and what is held out: every fifth recording, at least one when there are three."""
    if len(taught) < _HELD_OUT_FROM:
        return list(taught), []
    held = set(range(1, len(taught), _HELD_OUT_SHARE))
    return (
        [one for number, one in enumerate(taught) if number not in held],
        [one for number, one in enumerate(taught) if number in held],
    )


# ---------------------------------------------------------------------- the result


def _result(trained: Sequence[_Trained]) -> dict[str, Any]:
    used = [one for one in trained if one.adapter.current]
    shown = (used or list(trained))[-1]
    refused = "; ".join(f"{one.task_id}: {one.adapter.reason}" for one in trained if not one.adapter.current)
    return {
        "status": COMPLETED,
        "mode": MODE,
        "adapter_path": str(shown.adapter.path),
        "videos_used": sum(one.adapter.videos_used for one in trained),
        "clips_used": sum(one.adapter.clips_used for one in trained),
        "embedding_dim": shown.adapter.dim,
        "reindex": _reindex(trained),
        "activated": bool(used),
        "reason": refused,
        "tasks": [_of_task(one) for one in trained],
    }


def _reindex(trained: Sequence[_Trained]) -> dict[str, Any]:
    old = max((one.old_index.version for one in trained if one.old_index is not None), default=0)
    new = max((one.new_index.version for one in trained), default=0)
    return {
        "old_index_version": f"v{old}",
        "new_index_version": f"v{new}",
        "videos_refreshed": sum(one.new_index.videos for one in trained),
        "clips_indexed": sum(one.new_index.clips for one in trained),
        "tasks_touched": [one.task_id for one in trained],
    }


def _of_task(one: _Trained) -> dict[str, Any]:
    return {
        "task_id": one.task_id,
        "adapter_version": one.adapter.version,
        "adapter_path": str(one.adapter.path),
        "activated": one.adapter.current,
        "reason": one.adapter.reason,
        "videos_used": one.adapter.videos_used,
        "index_version": one.new_index.label,
        "evaluation": one.evaluation,
    }


def _skipped(reason: str) -> dict[str, Any]:
    return {
        "status": SKIPPED,
        "mode": MODE,
        "adapter_path": None,
        "videos_used": 0,
        "clips_used": 0,
        "embedding_dim": 0,
        "reindex": _reindex(()),
        "activated": False,
        "reason": reason,
        "tasks": [],
    }
