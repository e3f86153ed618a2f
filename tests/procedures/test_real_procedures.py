"""Real recordings with known steps and faults, from the file to the score: ingest and score jobs as users run them."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from core.jobs.inline_pool import InlinePool
from core.jobs.runner import Runner
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.procedures.jobs import registry
from core.procedures.types import FindingType, Role, Score, Step
from models.store import ModelStore
from tests.procedures.made_attempts import ATTEMPTS, make_attempts, make_black, make_other_procedure

TASK = "real"
FAULTS = ("missing_step3", "swapped_2_4", "slow_step4")
pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Bench:
    """A library with one gold recording, and who scored what."""

    library: Library
    models: ModelStore
    gold_id: int
    trainees: dict[str, int]
    scores: dict[str, Score]

    def score(self, name: str) -> Score:
        """Each attempt is scored once."""
        if name not in self.scores:
            self.scores[name] = self.score_again(name)
        return self.scores[name]

    def score_again(self, name: str) -> Score:
        job = self.library.procedures.request_score(self.gold_id, self.trainees[name], requested_by="test")
        run_next(self.library, self.models, job)
        score = self.library.procedures.score_of_job(job.job_id)
        assert score is not None
        return score


def run_next(library: Library, models: ModelStore, job: Job) -> Job:
    """Run the job that waits."""
    Runner(library, registry(library, models, InlinePool()))._run_next(threading.Event())
    done = library.jobs.get(job.job_id)
    assert done.state is JobState.SUCCEEDED, done.error
    return done


def ingest(library: Library, models: ModelStore, path: Path, role: Role) -> int:
    video = library.procedures.add_video(TASK, role, path, actor="test")
    run_next(library, models, library.procedures.request_ingest(video.video_id, requested_by="test"))
    return video.video_id


@pytest.fixture(scope="module")
def bench(
    default_models: ModelStore, shared_testdata: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("real")
    given = shared_testdata / "procedure"
    others = [shared_testdata / "videos" / f"{name}.mp4" for name in ("bikes", "bigbuckbunny", "latentsync_demo1")]
    paths = {name: given / f"attempt_{name}.mp4" for name in ("ok_other_footage", *FAULTS)}
    paths["the gold itself"] = given / "reference.mp4"
    paths |= make_attempts(given / "reference.mp4", folder)
    paths["another procedure"] = make_other_procedure(others, folder / "other.mp4")
    paths["all black"] = make_black(folder / "black.mp4", 24)
    with Library.open(folder / "library") as library:
        gold_id = ingest(library, default_models, given / "reference.mp4", Role.GOLD)
        trainees = {name: ingest(library, default_models, path, Role.TRAINEE) for name, path in paths.items()}
        yield Bench(library, default_models, gold_id, trainees, {})


def said(score: Score) -> list[tuple[FindingType, set[int]]]:
    """The findings by type and gold steps, which count from 1 as the files' names do."""
    return [
        (finding.type, {step + 1 for step in (finding.gold_step, finding.other_step) if step is not None})
        for finding in score.comparison.findings
    ]


def types(score: Score) -> set[FindingType]:
    return {finding.type for finding in score.comparison.findings}


def test_that_the_true_steps_are_proposed_within_half_a_second(bench: Bench, shared_testdata: Path) -> None:
    truth = orjson.loads((shared_testdata / "procedure" / "reference.json").read_bytes())
    steps: tuple[Step, ...] = bench.library.procedures.steps(bench.gold_id).steps
    assert [step.start_s for step in steps[1:]] == pytest.approx(truth["cuts"], abs=0.5)


def test_that_the_gold_recording_against_itself_scores_99(bench: Bench) -> None:
    assert bench.score("the gold itself").score >= 99


def test_that_the_same_steps_in_other_footage_score_85_with_none_missing(bench: Bench) -> None:
    score = bench.score("ok_other_footage")
    assert score.score >= 85
    assert FindingType.STEP_MISSING not in types(score)


def test_that_exactly_the_missing_step_is_named(bench: Bench) -> None:
    missing = [steps for kind, steps in said(bench.score("missing_step3")) if kind is FindingType.STEP_MISSING]
    assert missing == [{3}]


def test_that_two_swapped_steps_are_named_and_none_is_missing(bench: Bench) -> None:
    score = bench.score("swapped_2_4")
    assert (FindingType.ORDER_SWAP, {2, 4}) in said(score)
    assert FindingType.STEP_MISSING not in types(score)


def test_that_the_slow_step_is_over_time_and_nothing_is_missing(bench: Bench) -> None:
    score = bench.score("slow_step4")
    assert (FindingType.OVER_TIME, {4}) in said(score)
    assert FindingType.STEP_MISSING not in types(score)


@pytest.mark.parametrize("name", ATTEMPTS)
def test_that_the_same_work_seen_or_recorded_otherwise_scores_85(bench: Bench, name: str) -> None:
    score = bench.score(name)
    assert score.score >= 85, said(score)
    assert score.comparison.mirrored == (name == "mirrored")


def test_that_another_procedure_scores_under_every_attempt_with_one_fault_and_under_40(bench: Bench) -> None:
    other = bench.score("another procedure").score
    assert other < 40
    assert other < min(bench.score(name).score for name in FAULTS)


def test_that_an_all_black_recording_scores_0_and_says_why(bench: Bench) -> None:
    score = bench.score("all black")
    assert score.score == 0
    assert score.comparison.why_zero


def test_that_every_score_adds_up_and_every_time_lies_inside_its_video(bench: Bench) -> None:
    for name in bench.trainees:
        comparison = bench.score(name).comparison
        lost = sum(sum(step.lost.values()) for step in comparison.steps) + sum(comparison.lost.values())
        if not comparison.why_zero:
            assert comparison.score + lost == pytest.approx(100, abs=0.005), name
        duration_s = bench.library.procedures.video(bench.trainees[name]).info.duration_s
        for finding in comparison.findings:
            assert 0 <= finding.confidence <= 1
            if finding.trainee is not None:
                assert 0 <= finding.trainee.start_s <= finding.trainee.end_s <= duration_s + 0.05, name


def test_that_training_leaves_the_ranking_and_the_scores_given_before(bench: Bench) -> None:
    names = ("the gold itself", "ok_other_footage", *FAULTS, "another procedure")
    before = {name: bench.score(name) for name in names}
    job = bench.library.procedures.request_training(trigger="manual", requested_by="test", task_id=TASK)
    result = run_next(bench.library, bench.models, job).result
    assert result["status"] == "completed"
    after = {name: bench.score_again(name) for name in names}
    ranks = [sorted(names, key=lambda name: (-scores[name].score, name)) for scores in (before, after)]
    assert ranks[0] == ranks[1], {name: (before[name].score, after[name].score) for name in names}
    assert after["another procedure"].score < 40
    for name in ("the gold itself", "ok_other_footage", *FAULTS):
        assert said(after[name]) == said(before[name]), name
    for name in names:
        stored = bench.library.procedures.score(before[name].score_id)
        assert stored.score == before[name].score
        assert (stored.versions.adapter_version, before[name].version + 1) == (None, after[name].version)


def test_that_an_all_black_recording_scores_0_after_training_too(bench: Bench) -> None:
    if bench.library.procedures.current_adapter(TASK) is None:
        job = bench.library.procedures.request_training(trigger="manual", requested_by="test", task_id=TASK)
        assert run_next(bench.library, bench.models, job).result["activated"]
    score = bench.score_again("all black")
    assert score.versions.adapter_version is not None
    assert score.score == 0
    assert score.comparison.why_zero
