"""Training a task: judged before it counts, kept in versions, taken back, skipped with the reason."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import Canceled
from core.library.library import Library
from core.procedures import evaluating, search_index, training_job
from core.procedures.adapting import Learned
from core.procedures.evaluating import Evaluation, evaluate, variants, worse
from core.procedures.linear_map import LinearMap
from core.procedures.nightly import NightlySettings, write_settings
from core.procedures.training_job import new_videos, run_training
from core.procedures.types import EncoderId, FindingType, Role, TaskSettings
from models.store import ModelStore
from tests.jobs.still_context import StillContext
from tests.procedures.made_moments import DIM, add_measured, made_moments, made_steps, recording

DOCUMENTED = {"status", "mode", "adapter_path", "videos_used", "clips_used", "embedding_dim", "reindex"}
DOCUMENTED_REINDEX = {
    "old_index_version",
    "new_index_version",
    "videos_refreshed",
    "clips_indexed",
    "tasks_touched",
}


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setattr(evaluating, "MOST_PER_FAULT", 1)  # enough to see a map collapse, and quick
    with Library.open(tmp_path / "library") as opened:
        yield opened


def train(
    library: Library, *, trigger: str = "manual", task_id: str | None = None, context: StillContext | None = None
) -> dict[str, Any]:
    job = library.procedures.request_training(trigger=trigger, requested_by="test", task_id=task_id)
    result = run_training(library, ModelStore(library.path / "models"), job, context or StillContext())
    library.jobs.cancel(job.job_id)  # it was done here, so that no later request finds it waiting
    return result


def collapsed(*_: object) -> Learned:
    """A map after which all vectors look alike."""
    matrix = np.zeros((DIM, DIM), np.float32)
    matrix[0, 0] = 1e-6
    return Learned(LinearMap(matrix, np.zeros(DIM, np.float32)), 100, 100, 0.0, 0.0)


# ---------------------------------------------------------------------- judging


def test_that_variants_of_a_gold_recording_hold_the_fault_that_they_are_named_for() -> None:
    gold = recording(made_moments(seed=1), made_steps())
    made = variants([gold], [recording(made_moments(seed=2))], TaskSettings())
    faults = [one.fault for one in made]
    for fault in (FindingType.STEP_MISSING, FindingType.OVER_TIME, FindingType.ORDER_SWAP):
        assert faults.count(fault) == 3, fault
    assert faults.count(None) == 4
    durations = {one.name: one.recording.moments.duration_s for one in made}
    assert all(durations[name] > 26.5 for name in durations if name.endswith(" slow"))
    assert all(durations[name] < 26 for name in durations if "missing" in name)
    again = variants([gold], [recording(made_moments(seed=2))], TaskSettings())
    for first, second in zip(made, again, strict=True):
        assert np.array_equal(first.recording.moments.features, second.recording.moments.features)


def test_that_known_variants_are_judged_as_they_are() -> None:
    gold = recording(made_moments(seed=1), made_steps())
    made = variants([gold], [recording(made_moments(seed=2))], TaskSettings())
    found = evaluate([gold], made, TaskSettings(), None)
    assert found.ranked == 1.0
    assert found.named == 1.0
    assert found.alarms == 0.0
    assert found.faultless > found.faulty + 5


NOW = Evaluation(variants=10, ranked=0.9, named=0.8, alarms=0.1, faultless=95.0, faulty=70.0, scores={})


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"ranked": 0.89}, "rank"),
        ({"named": 0.7}, "name"),
        ({"alarms": 0.2}, "false alarms"),
        ({"faultless": 90.0}, "Faultless"),
        ({"variants": 0}, "no gold recording"),
        ({}, ""),
        ({"ranked": 1.0, "faultless": 94.5, "faulty": 60.0}, ""),
    ],
)
def test_that_every_way_of_getting_worse_is_a_reason(change: dict[str, float], word: str) -> None:
    reason = worse(NOW, dataclasses.replace(NOW, **change))
    assert word in reason
    assert bool(reason) == bool(word)


# ---------------------------------------------------------------------- the job


def test_that_variants_that_cannot_be_told_apart_are_no_proof() -> None:
    blind = dataclasses.replace(NOW, ranked=0.5, named=0.0, faultless=0.0, faulty=0.0)
    assert "nothing shows" in worse(blind, blind)


def test_that_a_training_makes_an_adapter_current_and_indexes_the_task_with_it(library: Library) -> None:
    add_measured(library, made_moments(seed=1), role=Role.GOLD)
    for seed in (2, 3):
        video = add_measured(library, made_moments(seed=seed))
        library.procedures.set_accepted(video.video_id, True, "test")
    add_measured(library, made_moments(seed=4))
    before = search_index.current(library, "bench")

    result = train(library)

    assert set(result) >= DOCUMENTED
    assert set(result["reindex"]) == DOCUMENTED_REINDEX
    assert (result["status"], result["activated"], result["reason"]) == ("completed", True, "")
    assert (result["videos_used"], result["embedding_dim"]) == (2, DIM), "one of three is held out, one not accepted"
    adapter = library.procedures.current_adapter("bench")
    assert adapter is not None
    assert str(adapter.path) == result["adapter_path"]
    assert LinearMap.load(adapter.path).dim == DIM
    after = search_index.current(library, "bench")
    assert before is not None
    assert after is not None
    assert result["reindex"] == {
        "old_index_version": before.label,
        "new_index_version": after.label,
        "videos_refreshed": 4,
        "clips_indexed": 24,
        "tasks_touched": ["bench"],
    }
    assert after.adapter_version == adapter.version
    assert adapter.evaluation["then"]["ranked"] >= adapter.evaluation["now"]["ranked"]


def test_that_an_adapter_that_judges_worse_is_kept_but_not_used(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_measured(library, made_moments(seed=1), role=Role.GOLD)
    monkeypatch.setattr(training_job, "learn", collapsed)
    result = train(library)
    assert (result["status"], result["activated"]) == ("completed", False)
    assert "bench: It would" in result["reason"]
    assert result["reindex"]["new_index_version"] != result["reindex"]["old_index_version"]
    assert library.procedures.current_adapter("bench") is None
    (kept,) = library.procedures.adapters("bench")
    assert "It would" in kept.reason
    assert kept.path.is_file()


def test_that_a_gold_recording_too_short_to_judge_by_makes_no_adapter_current(library: Library) -> None:
    add_measured(library, made_moments((0, 1), seed=1), role=Role.GOLD)
    result = train(library)
    assert (result["status"], result["activated"]) == ("completed", False)
    assert "long enough to judge by" in result["reason"]


def test_that_an_adapter_whose_file_is_gone_is_replaced(library: Library) -> None:
    add_measured(library, made_moments(seed=1), role=Role.GOLD)
    train(library)
    adapter = library.procedures.current_adapter("bench")
    assert adapter is not None
    adapter.path.unlink()
    assert train(library)["activated"]


def test_that_versions_add_up_and_an_older_one_can_be_used_again(library: Library) -> None:
    add_measured(library, made_moments(seed=1), role=Role.GOLD)
    first = train(library)["tasks"][0]["adapter_version"]
    second = train(library)["tasks"][0]["adapter_version"]
    assert [one.version for one in library.procedures.adapters("bench")] == [second, first]
    library.procedures.use_adapter("bench", first, "test")
    index = search_index.current(library, "bench")
    assert index is not None
    assert index.adapter_version == first
    library.procedures.use_adapter("bench", None, "test")
    index = search_index.current(library, "bench")
    assert index is not None
    assert index.adapter_version is None


def test_that_a_night_with_too_little_that_is_new_is_skipped_with_the_reason(library: Library) -> None:
    write_settings(library, NightlySettings(enabled=True, min_new_videos=2), actor="test")
    add_measured(library, made_moments(seed=1), role=Role.GOLD)
    trainee = add_measured(library, made_moments(seed=2))
    result = train(library, trigger="nightly")
    assert (result["status"], result["activated"], result["adapter_path"]) == ("skipped", False, None)
    assert "1 new videos" in result["reason"]
    assert set(result["reindex"]) == DOCUMENTED_REINDEX
    assert library.procedures.adapters("bench") == []

    library.procedures.set_accepted(trainee.video_id, True, "test")
    assert train(library, trigger="nightly")["status"] == "completed"
    assert new_videos(library, "bench") == 0
    assert train(library, trigger="nightly")["status"] == "skipped"
    assert train(library)["status"] == "completed", "a person who asks gets it"


def test_that_nothing_to_learn_from_is_said(library: Library) -> None:
    add_measured(library, made_moments(seed=1))
    result = train(library)
    assert result["status"] == "skipped"
    assert "gold" in result["reason"]


def test_that_videos_of_another_encoder_teach_nothing(library: Library) -> None:
    other = add_measured(library, made_moments(seed=2, dim=16, encoder=EncoderId("made", "0")))
    library.procedures.set_accepted(other.video_id, True, "test")
    add_measured(library, made_moments(seed=1), role=Role.GOLD)
    result = train(library)
    assert (result["videos_used"], result["embedding_dim"]) == (1, DIM)


def test_that_only_the_task_that_was_asked_for_is_trained(library: Library) -> None:
    for task_id in ("bench", "press"):
        add_measured(library, made_moments(seed=1), task_id=task_id, role=Role.GOLD)
    assert train(library, task_id="press")["reindex"]["tasks_touched"] == ["press"]
    assert train(library)["reindex"]["tasks_touched"] == ["bench", "press"]


def test_that_a_training_that_is_canceled_leaves_nothing(library: Library) -> None:
    add_measured(library, made_moments(seed=1), role=Role.GOLD)
    context = StillContext()
    context.asked.set()
    with pytest.raises(Canceled):
        train(library, context=context)
    assert library.procedures.adapters("bench") == []
    assert not list(library.path.glob("adapters/*"))
