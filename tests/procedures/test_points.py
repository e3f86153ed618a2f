"""Points and where they go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.procedures.points import WHOLE, Fault, hundredths, price, shared, worth_of
from core.procedures.types import Finding, FindingType, Step, TaskSettings

SETTINGS = TaskSettings()


def step(*, critical: bool = False, optional: bool = False) -> Step:
    return Step(0, 1, "", critical=critical, optional=optional)


def fault(kind: FindingType, at: int | None, severity: float = 1.0) -> Fault:
    return Fault(Finding("f1", kind, at, None, None, 1.0, "", 0.0), severity)


@given(st.integers(1, 20_000), st.lists(st.floats(0, 50), min_size=1, max_size=20))
def test_that_shares_add_up(total: int, weights: list[float]) -> None:
    parts = shared(total, weights)
    assert sum(parts) == (total if sum(weights) > 0 else 0)
    assert min(parts) >= 0


def test_that_critical_steps_weigh_more_and_absent_optional_ones_nothing() -> None:
    worth = worth_of([step(), step(critical=True), step(optional=True)], [False, False, True], SETTINGS)
    assert worth == (3333, 6667, 0)


def test_that_a_missing_step_costs_all_of_its_points() -> None:
    priced = price([fault(FindingType.STEP_MISSING, 1)], (5000, 5000), SETTINGS)
    assert priced.by_step == ({}, {"step_missing": 50.0})


def test_that_a_step_never_loses_more_than_it_is_worth() -> None:
    faults = [fault(FindingType.ORDER_SWAP, 0), fault(FindingType.OVER_TIME, 0), fault(FindingType.ORDER_SWAP, 0)]
    priced = price(faults, (5000, 5000), SETTINGS)
    assert sum(hundredths(one.lost) for one in priced.findings) == 5000


@given(
    st.lists(st.tuples(st.sampled_from(list(FindingType)), st.integers(0, 3), st.floats(0, 1)), min_size=0, max_size=40)
)
def test_that_losses_by_step_and_by_cause_are_those_of_the_findings(
    drawn: list[tuple[FindingType, int, float]],
) -> None:
    worth = worth_of([step()] * 4, [False] * 4, SETTINGS)
    priced = price([fault(*one) for one in drawn], worth, SETTINGS)
    by_finding = sum(hundredths(one.lost) for one in priced.findings)
    by_place = sum(hundredths(one) for lost in (*priced.by_step, priced.by_cause) for one in lost.values())
    assert by_finding == by_place <= WHOLE


@pytest.mark.parametrize("at", [None, 2])
def test_that_extra_steps_cost_by_themselves(at: int | None) -> None:
    priced = price([fault(FindingType.STEP_EXTRA, at)], (WHOLE // 4,) * 4, SETTINGS)
    assert priced.by_cause == {"step_extra": SETTINGS.extra_points}
    assert priced.by_step == ({}, {}, {}, {})
