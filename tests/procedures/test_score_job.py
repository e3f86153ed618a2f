"""The job that scores: refuses, stores once, says the same twice, and is counted."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import Canceled, InvalidRequest, NotFound
from core.jobs.types import Job
from core.library.library import Library
from core.procedures.jobs import counted
from core.procedures.linear_map import LinearMap
from core.procedures.measures import CANCELED, COMPLETED, FAILED, JobLabel, Measures
from core.procedures.score_job import run_score
from core.procedures.types import SCORE, EncoderId, Role, Score
from tests.jobs.still_context import StillContext
from tests.procedures.made_moments import DIM, ENCODER, add_measured, made_moments

ORDER = (0, 1, 2, 3, 4)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def pair(library: Library) -> tuple[int, int]:
    gold = add_measured(library, made_moments(ORDER), task_id="t", role=Role.GOLD)
    trainee = add_measured(library, made_moments(ORDER, seed=1), task_id="t")
    return gold.video_id, trainee.video_id


def scored(library: Library, pair: tuple[int, int], context: StillContext | None = None) -> Score:
    job = library.procedures.request_score(*pair, requested_by="desktop")
    result = run_score(library, job, context or StillContext())
    score = library.procedures.score_of_job(job.job_id)
    assert score is not None
    assert (result["score_id"], result["score"], result["version"]) == (score.score_id, score.score, score.version)
    return score


def test_that_the_same_inputs_give_the_same_score(library: Library, pair: tuple[int, int]) -> None:
    first, second = scored(library, pair), scored(library, pair)
    assert (first.version, second.version) == (1, 2)
    assert first.comparison == second.comparison
    assert first.versions == second.versions
    assert first.score > 80
    assert first.versions.model == ENCODER.model
    assert first.versions.steps_version == library.procedures.steps(pair[0]).version
    assert first.versions.adapter_version is None
    assert 0 <= first.score <= 100


def test_that_a_job_that_died_after_storing_stores_nothing_more(library: Library, pair: tuple[int, int]) -> None:
    job = library.procedures.request_score(*pair, requested_by="desktop")
    first = run_score(library, job, StillContext())
    assert run_score(library, job, StillContext()) == first
    assert len(library.procedures.scores()) == 1


def test_that_steps_settings_and_other_golds_are_those_of_the_score(library: Library, pair: tuple[int, int]) -> None:
    first = scored(library, pair)
    steps = library.procedures.steps(pair[0]).steps
    library.procedures.set_steps(
        pair[0], (replace(steps[0], critical=True), *steps[1:]), name="Critical", actor="desktop"
    )
    library.procedures.set_task("t", settings={"pass_mark": 99.99}, actor="desktop")
    other = add_measured(library, made_moments(ORDER, seed=2), task_id="t", role=Role.GOLD)
    foreign = made_moments(ORDER, encoder=EncoderId("made", "2"))
    add_measured(library, foreign, task_id="t", role=Role.GOLD)
    second = scored(library, pair)
    assert second.versions.settings["pass_mark"] == 99.99
    assert second.versions.steps_version > first.versions.steps_version
    assert [one[0] for one in second.versions.other_golds] == [other.video_id]
    assert second.comparison.steps[0].points > first.comparison.steps[0].points
    assert library.procedures.score(first.score_id) == first


def test_that_the_current_adapter_is_used_if_it_fits(library: Library, pair: tuple[int, int]) -> None:
    path = library.path / "adapters" / "one.npz"
    path.parent.mkdir()
    LinearMap(np.eye(DIM, dtype=np.float32), np.zeros(DIM, np.float32)).save(path)
    versions = [
        library.procedures.add_adapter(
            job_id="job-x",
            task_id="t",
            path=path,
            model=ENCODER.model,
            model_version=version,
            videos_used=1,
            clips_used=5,
            dim=DIM,
            evaluation={"now": 1.0},
            reason="better",
            activate=True,
        ).version
        for version in (ENCODER.version, "2")
    ]
    assert scored(library, pair).versions.adapter_version is None
    current = library.procedures.use_adapter("t", versions[0], "desktop")
    assert current is not None
    assert (current.version, current.current, current.path) == (versions[0], True, path)
    assert [one.current for one in library.procedures.adapters("t")] == [False, True]
    assert scored(library, pair).versions.adapter_version == versions[0]
    assert library.procedures.use_adapter("t", None, "desktop") is None
    with pytest.raises(NotFound):
        library.procedures.use_adapter("t", 99, "desktop")


def test_that_quality_flags_are_told(library: Library, pair: tuple[int, int]) -> None:
    library.store.write(
        lambda connection: connection.execute(
            """UPDATE procedure_embeddings SET summary = '{"flagged": {"dark": 2}}' WHERE video_id = ?""", (pair[1],)
        )
    )
    context = StillContext()
    scored(library, pair, context)
    assert any("2 dark" in line for line in context.lines)


def test_that_a_pair_that_went_away_meanwhile_is_refused(library: Library, pair: tuple[int, int]) -> None:
    job = library.procedures.request_score(*pair, requested_by="desktop")
    library.jobs.cancel(job.job_id)
    library.procedures.delete_video(pair[1], "desktop")
    with pytest.raises(NotFound):
        run_score(library, job, StillContext())
    with pytest.raises(InvalidRequest):
        run_score(library, replace(job, params={}), StillContext())
    assert library.procedures.scores() == []


def test_that_jobs_are_counted_by_kind_status_and_trigger(monkeypatch: pytest.MonkeyPatch) -> None:
    measures = Measures()
    monkeypatch.setattr("core.procedures.jobs.MEASURES", measures)
    job = Job("job-1", SCORE, None, "running", 0, {"trigger": "nightly"}, "")  # type: ignore[arg-type]

    def work(error: Exception | None) -> dict[str, object]:
        if error is not None:
            raise error
        return {}

    for error in (None, None, Canceled("stop"), NotFound("no")):
        try:
            counted(lambda _job, _context, error=error: work(error))(job, StillContext())
        except (Canceled, NotFound):
            continue
    state = measures.state()
    assert state.jobs == {
        JobLabel(SCORE, COMPLETED, "nightly"): 2,
        JobLabel(SCORE, CANCELED, "nightly"): 1,
        JobLabel(SCORE, FAILED, "nightly"): 1,
    }
    assert state.job_s[SCORE].count == 4


def test_that_histograms_add_up() -> None:
    measures = Measures()
    for took_s in (0.001, 0.3, 0.25, 1000.0):
        measures.observe_alignment(took_s)
    measures.observe_alignment(0.1, gpu=True)
    measures.observe_embedding(3.0, "mobilenet-v2")
    state = measures.state()
    histogram = state.alignment_s[False]
    assert histogram.count == 4
    assert histogram.sum_s == pytest.approx(1000.551)
    assert histogram.cumulative()[histogram.bounds_s.index(0.25)] == 2
    assert histogram.cumulative()[-1] == 4
    assert state.alignment_s[True].count == 1
    assert state.embedding_s["mobilenet-v2"].count == 1
