"""A score after a person's verdicts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.procedures.compare import compare
from core.procedures.points import hundredths
from core.procedures.rescoring import after_verdicts
from core.procedures.types import Comparison, TaskSettings, Verdict
from tests.procedures.performed import gold_of, in_order, performed


@pytest.fixture(scope="module")
def outcome() -> Comparison:
    return compare(gold_of(), performed(in_order([0, 3, 2, 1, 4, 3]), seed=2), TaskSettings())


def test_that_without_verdicts_nothing_changes(outcome: Comparison) -> None:
    assert after_verdicts(outcome, {}) == (outcome.score, outcome)
    assert after_verdicts(outcome, {"f1": Verdict.CONFIRMED, "f99": Verdict.DISMISSED})[0] == outcome.score


def test_that_all_dismissed_gives_all_points_back(outcome: Comparison) -> None:
    score, changed = after_verdicts(outcome, {one.finding_id: Verdict.DISMISSED for one in outcome.findings})
    assert outcome.score < 100
    assert score == 100
    assert all(step.lost == {} for step in changed.steps)
    assert changed.lost == {}
    assert len(changed.findings) == len(outcome.findings)


@settings(max_examples=20, deadline=None)
@given(dismissed=st.sets(st.integers(1, 6)))
def test_that_a_dismissed_finding_gives_back_just_its_points(outcome: Comparison, dismissed: set[int]) -> None:
    verdicts = {f"f{number}": Verdict.DISMISSED for number in dismissed}
    score, changed = after_verdicts(outcome, verdicts)
    back = sum(hundredths(one.lost) for one in outcome.findings if one.finding_id in verdicts)
    assert hundredths(score) == hundredths(outcome.score) + back
    lost = sum(hundredths(one) for step in changed.steps for one in step.lost.values())
    lost += sum(hundredths(one) for one in changed.lost.values())
    assert hundredths(score) + lost == 10_000
