"""Rates and estimates come from measurements alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.pace import Pace


def test_that_nothing_is_claimed_before_something_was_measured() -> None:
    pace = Pace(100.0)
    assert pace.estimate(100.5, 1000).eta_s is None
    pace.add(100.5, 10)
    assert pace.estimate(100.5, 1000).eta_s is None
    assert pace.estimate(130.0, 0).eta_s is None


def test_that_a_steady_pace_gives_the_right_rest() -> None:
    pace = Pace(0.0)
    for tenth in range(1, 200):
        pace.add(tenth / 10, tenth * 5)
    estimate = pace.estimate(19.9, 2000)
    assert estimate.rate == pytest.approx(50, rel=0.01)
    assert estimate.eta_s == pytest.approx((2000 - 995) / 50, rel=0.01)


def test_that_a_new_pace_counts_more_than_an_old_one() -> None:
    pace = Pace(0.0)
    for second in range(1, 41):
        pace.add(float(second), second * 10)
    for second in range(41, 81):
        pace.add(float(second), 400 + (second - 40) * 100)
    assert 90 < pace.estimate(80.0, 10_000).rate <= 100


def test_that_a_stall_makes_the_estimate_longer() -> None:
    pace = Pace(0.0)
    for second in range(1, 11):
        pace.add(float(second), second * 10)
    before, after = pace.estimate(10.0, 1000).eta_s, pace.estimate(30.0, 1000).eta_s
    assert before is not None
    assert after is not None
    assert after > 2 * before


def test_that_units_that_were_done_before_do_not_count_as_speed() -> None:
    pace = Pace(0.0, done=900)
    pace.add(10.0, 910)
    assert pace.estimate(10.0, 1000).rate == pytest.approx(1.0)


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(-50, 100)), max_size=60), st.integers(0, 2000))
def test_that_estimates_are_never_negative(steps: list[tuple[float, int]], total: int) -> None:
    pace, now_s, done = Pace(0.0), 0.0, 0
    for wait_s, more in steps:
        now_s, done = now_s + wait_s, done + more
        pace.add(now_s, done)
        estimate = pace.estimate(now_s, total)
        assert estimate.rate >= 0
        assert estimate.eta_s is None or estimate.eta_s >= 0
