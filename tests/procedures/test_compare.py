"""What a comparison finds, and what always holds of it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.procedures.compare import Recording, compare
from core.procedures.types import Comparison, EncoderId, FindingType, Step, TaskSettings
from tests.procedures.performed import FOREIGN, IDLE, Done, gold_of, in_order, performed, recording_of, steps_of

SETTINGS = TaskSettings()
METRICS = {
    "miss",
    "swap",
    "deviation",
    "over_time",
    "temporal_warp",
    "path_stretch",
    "duplicate_ratio",
    "order_violation_ratio",
    "temporal_drift",
    "confidence_loss",
    "local_similarity_gap",
    "adaptive_low_similarity_threshold",
    "effective_low_similarity_threshold",
    "hard_miss_ratio",
    "mean_alignment_cost",
}


def said(outcome: Comparison) -> list[tuple[str, int | None]]:
    return [(finding.type.value, finding.gold_step) for finding in outcome.findings]


def against_gold(done: list[Done], steps: tuple[Step, ...] | None = None, seed: int = 1) -> Comparison:
    return compare(gold_of(steps=steps), performed(done, seed=seed), SETTINGS)


def test_that_the_gold_recording_against_itself_loses_nothing() -> None:
    gold = gold_of()
    outcome = compare(gold, replace(gold, steps=()), SETTINGS)
    assert outcome.score == 100
    assert outcome.findings == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_that_the_same_done_by_another_has_no_findings(seed: int) -> None:
    outcome = against_gold(in_order(range(6)), seed=seed)
    assert outcome.findings == ()
    assert all(step.trainee is not None for step in outcome.steps)


@pytest.mark.parametrize("left_out", range(6))
def test_that_a_step_left_out_is_named_and_costs_its_points(left_out: int) -> None:
    outcome = against_gold(in_order([step for step in range(6) if step != left_out]))
    assert said(outcome) == [("step_missing", left_out)]
    assert outcome.steps[left_out].trainee is None
    assert outcome.score == pytest.approx(100 - outcome.steps[left_out].points)


def test_that_two_exchanged_steps_name_each_other() -> None:
    outcome = against_gold(in_order([0, 3, 2, 1, 4, 5]))
    assert {(one.type, one.gold_step, one.other_step) for one in outcome.findings} == {
        (FindingType.ORDER_SWAP, 1, 3),
        (FindingType.ORDER_SWAP, 3, 1),
    }
    assert outcome.metrics["swap"] == 1
    assert outcome.metrics["miss"] == 0


def test_that_a_step_done_again_later_is_an_extra_one() -> None:
    outcome = against_gold(in_order([0, 1, 2, 3, 1, 4, 5]))
    assert said(outcome) == [("step_extra", 1)]
    assert outcome.findings[0].repeats == 1
    assert outcome.lost == {"step_extra": SETTINGS.extra_points}


def test_that_a_step_done_twice_at_once_is_told_from_a_slow_one() -> None:
    twice = against_gold(in_order([0, 1, 2, 2, 3, 4, 5]))
    slow = against_gold([Done(step, 8.0 if step == 2 else 4.0) for step in range(6)])
    assert said(twice) == [("step_extra", 2)]
    assert said(slow) == [("over_time", 2)]


def test_that_something_foreign_between_steps_is_an_extra_one() -> None:
    outcome = against_gold([*in_order([0, 1, 2]), Done(FOREIGN), *in_order([3, 4, 5])])
    assert said(outcome) == [("step_extra", None)]
    finding = outcome.findings[0]
    assert finding.repeats is None
    assert finding.trainee is not None
    assert finding.trainee.start_s == pytest.approx(12, abs=0.5)


def test_that_a_step_of_which_half_is_done_otherwise_is_a_deviation() -> None:
    done = [*in_order([0, 1]), Done(2, 2.0, 0.0, 0.4), Done(FOREIGN, 2.0), *in_order([3, 4, 5])]
    outcome = against_gold(done)
    assert said(outcome) == [("execution_deviation", 2)]
    assert 0 < outcome.findings[0].lost <= SETTINGS.deviation_share * outcome.steps[2].points


def test_that_idle_time_costs_nothing_and_is_noted() -> None:
    done = [Done(IDLE, 3.0), *in_order([0, 1]), Done(IDLE, 5.0), *in_order([2, 3, 4, 5]), Done(IDLE, 3.0)]
    outcome = against_gold(done)
    assert outcome.score == 100
    assert any("begins 3" in note for note in outcome.notes)


@pytest.mark.parametrize("seconds", [2.8, 5.5])
def test_that_slower_and_faster_work_costs_nothing(seconds: float) -> None:
    assert against_gold(in_order(range(6), seconds)).score == 100


def test_that_the_allowed_time_of_a_step_is_its_own() -> None:
    steps = tuple(replace(step, allowed_s=20.0) if i == 2 else step for i, step in enumerate(steps_of(6)))
    assert against_gold([Done(step, 8.0 if step == 2 else 4.0) for step in range(6)], steps).score == 100


def test_that_an_optional_step_may_be_absent() -> None:
    steps = tuple(replace(step, optional=i == 2) for i, step in enumerate(steps_of(6)))
    outcome = against_gold(in_order([0, 1, 3, 4, 5]), steps)
    assert outcome.score == 100
    assert outcome.steps[2].points == 0


def test_that_a_step_of_any_order_may_come_anywhere() -> None:
    steps = tuple(replace(step, any_order=i == 1) for i, step in enumerate(steps_of(6)))
    assert against_gold(in_order([0, 2, 3, 1, 4, 5]), steps).findings == ()


def test_that_a_critical_step_weighs_more() -> None:
    steps = tuple(replace(step, critical=i == 2) for i, step in enumerate(steps_of(6)))
    outcome = against_gold(in_order([0, 1, 3, 4, 5]), steps)
    assert outcome.steps[2].points == pytest.approx(2 * outcome.steps[1].points, abs=0.02)
    assert outcome.score < 72


def test_that_another_procedure_gets_nothing() -> None:
    outcome = compare(gold_of(), performed(in_order(range(20, 27)), seed=4), SETTINGS)
    assert outcome.score == 0
    assert outcome.why_zero == ""
    assert outcome.metrics["miss"] == 6


def test_that_black_pictures_get_zero_and_a_reason() -> None:
    black = recording_of(np.zeros((100, 96), np.float32), np.zeros(100, np.float32), brightness=0.0)
    outcome = compare(gold_of(), black, SETTINGS)
    assert outcome.score == 0
    assert "black" in outcome.why_zero


def test_that_a_mirrored_attempt_is_recognised_as_a_whole() -> None:
    gold = gold_of()
    turned = gold.moments.features[:, ::-1].copy()
    both = replace(gold, moments=replace(gold.moments, mirrored=turned))
    attempt = performed(in_order(range(6)), seed=3)
    attempt = replace(attempt, moments=replace(attempt.moments, features=attempt.moments.features[:, ::-1].copy()))
    outcome = compare(both, attempt, SETTINGS)
    assert outcome.mirrored
    assert outcome.score >= 95
    assert not compare(both, performed(in_order(range(6)), seed=3), SETTINGS).mirrored


def test_that_a_step_may_be_done_in_the_way_of_another_gold_recording() -> None:
    way = [*in_order([0, 1]), Done(42), *in_order([3, 4, 5])]
    other = performed(way, seed=8, steps=steps_of(6))
    attempt = performed(way, seed=9)
    assert compare(gold_of(), attempt, SETTINGS).findings != ()
    assert compare(gold_of(), attempt, SETTINGS, other_golds=[other]).findings == ()


def test_that_another_gold_recording_may_have_other_steps_marked() -> None:
    way = [*in_order([0, 1]), Done(42), *in_order([3, 4, 5])]
    halves = tuple(
        Step(2.0 * index, 2.0 * index + 2.0, name)
        for index, name in enumerate([f"Step {number}" for number in range(1, 13)])
    )
    steps = tuple(replace(step, name=f"Step {index + 1}") for index, step in enumerate(steps_of(6)))
    other = performed(way, seed=8, steps=halves)
    outcome = compare(gold_of(steps=steps), performed(way, seed=9), SETTINGS, other_golds=[other])
    assert outcome.findings == ()


def test_that_a_recording_like_the_gold_is_no_still_picture_beside_a_gold_that_moves_as_little() -> None:
    gold = gold_of()
    still = replace(gold, moments=replace(gold.moments, change=np.zeros_like(gold.moments.change)))
    assert compare(still, still, SETTINGS).score == 100
    assert compare(gold, still, SETTINGS).why_zero


def test_that_a_nearly_black_attempt_gets_zero_though_steps_look_alike() -> None:
    attempt = performed(in_order(range(6)), seed=3)
    black = replace(attempt, moments=replace(attempt.moments, brightness=np.zeros(len(attempt.moments), np.float32)))
    outcome = compare(gold_of(), black, SETTINGS)
    assert outcome.score == 0
    assert "black" in outcome.why_zero
    assert outcome.score + sum(sum(step.lost.values()) for step in outcome.steps) == pytest.approx(100)
    assert {one.type for one in outcome.findings} == {FindingType.STEP_MISSING}


def test_that_a_step_done_in_quite_another_way_is_a_deviation_and_not_missing() -> None:
    outcome = against_gold([*in_order([0, 1]), Done(FOREIGN), *in_order([3, 4, 5])])
    assert said(outcome) == [("execution_deviation", 2)]


def test_that_encoders_are_never_mixed() -> None:
    gold, attempt = gold_of(), performed(in_order(range(6)))
    attempt = replace(attempt, moments=replace(attempt.moments, encoder=EncoderId("other", "1")))
    with pytest.raises(InvalidRequest, match="other"):
        compare(gold, attempt, SETTINGS)
    with pytest.raises(InvalidRequest, match="no steps"):
        compare(replace(gold, steps=()), performed(in_order(range(6))), SETTINGS)


def test_that_a_comparison_can_be_called_off() -> None:
    class CalledOff(Exception):
        pass

    def check() -> None:
        raise CalledOff

    with pytest.raises(CalledOff):
        compare(gold_of(), performed(in_order(range(6))), SETTINGS, check=check)


def test_that_equal_recordings_give_equal_outcomes() -> None:
    attempt = performed(in_order([0, 2, 1, 3, 5]), seed=2)
    assert compare(gold_of(), attempt, SETTINGS) == compare(gold_of(), attempt, SETTINGS)


@st.composite
def courses(draw: st.DrawFn) -> list[Done]:
    whats = draw(st.lists(st.sampled_from([0, 1, 2, 3, FOREIGN, IDLE]), min_size=1, max_size=6))
    return [Done(what, draw(st.sampled_from([0.5, 2.0, 4.0, 9.0]))) for what in whats]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses(), st.integers(0, 3), st.booleans())
def test_that_whatever_was_done_every_field_is_sound(done: list[Done], seed: int, flags: bool) -> None:
    steps = tuple(
        replace(step, optional=flags and i == 0, critical=flags and i == 2) for i, step in enumerate(steps_of(4))
    )
    gold, attempt = gold_of(4, steps=steps), performed(done, seed=seed)
    _assert_sound(compare(gold, attempt, SETTINGS), gold, attempt)


def _assert_sound(outcome: Comparison, gold: Recording, attempt: Recording) -> None:
    lost = [round(100 * one) for step in outcome.steps for one in step.lost.values()]
    lost += [round(100 * one) for one in outcome.lost.values()]
    assert round(100 * outcome.score) + sum(lost) == 10_000 or outcome.why_zero
    assert sum(round(100 * finding.lost) for finding in outcome.findings) == sum(lost)
    assert sum(round(100 * step.points) for step in outcome.steps) == 10_000
    assert all(sum(step.lost.values()) <= step.points + 1e-9 for step in outcome.steps)
    assert set(outcome.metrics) == METRICS
    assert all(0 <= value <= 1 for name, value in outcome.metrics.items() if name not in {"miss", "swap"})
    for finding in outcome.findings:
        assert 0 <= finding.confidence <= 1
        for stretch in (finding.trainee,):
            assert stretch is None or 0 <= stretch.start_s < stretch.end_s <= attempt.moments.duration_s
    assert len({finding.finding_id for finding in outcome.findings}) == len(outcome.findings)
    for step in range(len(gold.steps)):
        points = [point for point in outcome.path if point.step == step]
        for before, after in pairwise(points):
            assert after.gold_s >= before.gold_s
            assert after.trainee_s >= before.trainee_s
    assert all(0 <= point.similarity <= 1 for point in outcome.path)
    assert len(outcome.gold_clip_steps) == len(gold.clips)
    assert len(outcome.trainee_clip_steps) == len(attempt.clips)
    assert list(outcome.trainee_boundaries) == sorted(outcome.trainee_boundaries)
    assert all(a < len(gold.clips) and b < len(attempt.clips) for a, b, _ in outcome.clip_preview)
    assert all(0 <= value <= 255 for row in outcome.similarity_map for value in row)
