"""Whether a whole step was done in the same way, what long performances are, and how sure that is."""

import pytest

from core.procedures.confidence import MOST_MARGIN, Kind, sure
from core.procedures.hypothesis import Pair
from core.procedures.likeness import unlikeness
from core.procedures.reading import Reading, read
from core.procedures.recutting import Long, step_alone
from tests.procedures.performed import FOREIGN, Done, gold_of, in_order, performed


def reading_of(done: list[Done], seed: int = 3) -> Reading:
    gold, attempt = gold_of(), performed(done, seed=seed)
    return read(Pair(gold.moments, gold.steps, attempt.moments, None), lambda: None)


def like(reading: Reading, step: int, first: int, last: int) -> float:
    value = reading.likeness.of(step, first, last)
    assert value is not None
    return value


def test_that_a_step_done_backwards_is_less_like_it_than_one_done_slowly() -> None:
    slowly = like(reading_of([*in_order([0, 1]), Done(2, 7.0), *in_order([3, 4, 5])]), 2, 32, 60)
    backwards = like(reading_of([*in_order([0, 1]), Done(2, 4.0, 1.0, 0.0), *in_order([3, 4, 5])]), 2, 32, 48)
    assert slowly > backwards + 0.05


def test_that_a_stretch_of_a_few_moments_says_nothing() -> None:
    assert reading_of(in_order(range(6))).likeness.of(2, 32, 35) is None


def test_that_unlikeness_is_held_against_the_other_steps() -> None:
    unlike = unlikeness([0.9, 0.9, 0.4, 0.9, None])
    assert unlike[4] is None
    assert unlike[0] == pytest.approx(0)
    assert unlike[2] is not None
    assert unlike[2] > 1
    assert unlikeness([0.9]) == (None,)


def test_that_where_all_steps_are_less_alike_one_may_be_more_so() -> None:
    clear, unclear = unlikeness([0.9, 0.9, 0.6])[2], unlikeness([0.6, 0.6, 0.3])[2]
    assert clear is not None
    assert unclear is not None
    assert clear > unclear


def test_that_something_else_is_cut_off_a_long_performance_but_a_slow_one_stays_whole() -> None:
    mixed = reading_of([*in_order([0, 1, 2]), Done(FOREIGN), *in_order([3, 4, 5])])
    alone = step_alone(Long(2, 32, 64, 16.0), mixed.likeness, after_missing=False, before_missing=False)
    assert alone is not None
    assert alone[0] == 32
    assert alone[1] == pytest.approx(48, abs=3)
    slow = reading_of([*in_order([0, 1]), Done(2, 8.0), *in_order([3, 4, 5])])
    assert step_alone(Long(2, 32, 64, 16.0), slow.likeness, after_missing=False, before_missing=False) is None


@pytest.mark.parametrize("kind", list(Kind))
def test_that_confidence_rises_with_the_margin_and_with_how_clear_the_attempt_is(kind: Kind) -> None:
    margins = [sure(kind, margin, 0.8) for margin in (-1.0, 0.0, 0.5, 1.0, MOST_MARGIN, 100.0)]
    assert margins == sorted(margins)
    assert sure(kind, 0.5, 0.5) <= sure(kind, 0.5, 0.9)
    assert all(0 < one < 1 for one in margins)
