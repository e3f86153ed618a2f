"""The alignment as a clock: which moment of one recording corresponds to which of the other."""

import pytest

from app.desktop.procedures_page.alignment_clock import AlignmentClock, Place
from core.procedures.types import PathPoint, Role


def points(step: int, gold: tuple[float, float], trainee: tuple[float, float], count: int = 9) -> list[PathPoint]:
    shares = [number / (count - 1) for number in range(count)]
    return [
        PathPoint(gold[0] + s * (gold[1] - gold[0]), trainee[0] + s * (trainee[1] - trainee[0]), 0.9, step)
        for s in shares
    ]


@pytest.fixture
def swapped() -> AlignmentClock:
    """Steps 0 and 1 change places, step 2 is missing, and between 12 and 15 s the trainee does something else."""
    path = [
        *points(0, (0.0, 4.0), (6.0, 12.0)),
        *points(1, (4.5, 8.0), (1.0, 5.0)),
        *points(3, (12.0, 14.0), (15.0, 17.0)),
    ]
    return AlignmentClock(path, gold_duration_s=14.0, trainee_duration_s=18.0)


def test_that_a_matched_moment_is_interpolated_on_both_sides(swapped: AlignmentClock) -> None:
    assert swapped.other(Role.GOLD, 2.0) == Place(9.0, True)
    assert swapped.other(Role.TRAINEE, 9.0) == Place(2.0, True)
    assert swapped.other(Role.GOLD, 13.0).t_s == pytest.approx(16.0)


def test_that_a_swapped_step_is_followed_backwards_in_time(swapped: AlignmentClock) -> None:
    assert swapped.other(Role.GOLD, 4.0).t_s == 12.0
    assert swapped.other(Role.GOLD, 4.5).t_s == 1.0


def test_that_a_missing_step_waits_where_the_stretch_before_it_ended(swapped: AlignmentClock) -> None:
    assert swapped.other(Role.GOLD, 10.0) == Place(5.0, False)


def test_that_something_extra_waits_too(swapped: AlignmentClock) -> None:
    assert swapped.other(Role.TRAINEE, 13.5) == Place(4.0, False)
    assert swapped.other(Role.TRAINEE, 0.0) == Place(4.5, False), "before the first match: where that one begins"


def test_that_moments_are_stepped_through_in_order(swapped: AlignmentClock) -> None:
    assert swapped.moment_from(Role.GOLD, 0.0, 1) == 0.5
    assert swapped.moment_from(Role.GOLD, 12.0, -1) == 8.0
    assert swapped.moment_from(Role.GOLD, 14.0, 1) is None
    assert swapped.moment_from(Role.TRAINEE, 1.0, -1) is None


def test_that_without_a_path_both_run_side_by_side() -> None:
    clock = AlignmentClock(gold_duration_s=10.0, trainee_duration_s=4.0)
    assert not clock.aligned
    assert clock.other(Role.GOLD, 3.0) == Place(3.0, False)
    assert clock.other(Role.GOLD, 9.0) == Place(4.0, False), "never past the end"


def test_that_a_moment_that_stands_for_several_gives_the_first() -> None:
    path = [PathPoint(1.0, 2.0, 0.9, 0), PathPoint(1.0, 2.5, 0.9, 0), PathPoint(1.5, 3.0, 0.9, 0)]
    clock = AlignmentClock(path, gold_duration_s=4.0, trainee_duration_s=4.0)
    assert clock.other(Role.GOLD, 1.0).t_s == 2.0
    assert clock.other(Role.TRAINEE, 2.5).t_s == 1.0
