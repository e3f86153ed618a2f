"""Performances that took long, looked at once more: the step and something else, the step twice, or just slow."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.procedures.likeness import Likeness

PART_OF_STEP = 0.6
"""What is left of a performance must be as long as this part of the gold's step."""
PART_OF_REST = 0.4
"""What is cut off must be as long as this part of it."""
GAIN = 0.07
"""A part must be so much more like the step than the whole: slow steps gain 0.02 at most, others 0.13 or more."""
LOSS = 0.01
"""Where the neighbour in the order was hardly found the part need only be no less like it, and is as short as can be:
one step done otherwise is likelier than one too slow and the one beside it left out."""
MOST_CUTS = 48
"""So many places to cut are tried in a long performance."""
TWICE_PART = 0.65
TWICE_LOSS, TWICE_TOLD = 0.06, 0.12
"""Both of two performances are nearly as like the step as the whole, and more so than half of the step is: parts of
slow steps lose 0.14 or more, and are told from half a step by 0.09 at most."""


@dataclass(frozen=True, slots=True)
class Long:
    """Moments [first, last) in which ``step`` was done, and how many moments the gold's step would take."""

    step: int
    first: int
    last: int
    usual: float


def step_alone(long: Long, likeness: Likeness, *, after_missing: bool, before_missing: bool) -> tuple[int, int] | None:
    """Moments [first, last) that are the step, where what is left is something else; None: all of it is.

    ``after_missing``, ``before_missing``: whether the step that comes next, or came before, was not found.
    """
    whole = likeness.of(long.step, long.first, long.last)
    if whole is None:
        return None
    before: list[tuple[tuple[int, int], float]] = []
    after: list[tuple[tuple[int, int], float]] = []
    for cut in _cuts(long):
        begin = long.first + long.last - cut
        for parts, ends in ((after, (long.first, cut)), (before, (begin, long.last))):
            value = likeness.of(long.step, *ends)
            if value is not None:
                parts.append((ends, value))
    sides = [_shortest(before, whole) if before_missing else None, _shortest(after, whole) if after_missing else None]
    clear = max([*before, *after], key=lambda part: part[1], default=None)
    if clear is not None and clear[1] >= whole + GAIN:
        return clear[0]
    return next((side for side in sides if side is not None), None)


def _shortest(parts: Sequence[tuple[tuple[int, int], float]], whole: float) -> tuple[int, int] | None:
    """The shortest part that is no less like the step than the whole, or than the part that is most like it."""
    least = max([whole, *(value for _, value in parts)]) - LOSS
    enough = [ends for ends, value in parts if value >= least]
    return min(enough, key=lambda ends: ends[1] - ends[0], default=None)


def begun_anew(long: Long, likeness: Likeness) -> int | None:
    """Where the second of two performances begins; None: it is one."""
    whole, half = likeness.of(long.step, long.first, long.last), likeness.of_half(long.step)
    if whole is None or half is None:
        return None
    least = round(TWICE_PART * long.usual)
    best: tuple[float, int] | None = None
    for cut in _spread(long.first + least, long.last - least):
        both = likeness.of(long.step, long.first, cut), likeness.of(long.step, cut, long.last)
        if both[0] is None or both[1] is None:
            continue
        lower = min(both[0], both[1])
        if best is None or lower > best[0]:
            best = lower, cut
    if best is None or best[0] < whole - TWICE_LOSS or best[0] < half + TWICE_TOLD:
        return None
    return best[1]


def _cuts(long: Long) -> range:
    """Where a first part may end."""
    return _spread(long.first + round(PART_OF_STEP * long.usual), long.last - round(PART_OF_REST * long.usual))


def _spread(first: int, last: int) -> range:
    """From the first to the last, all or about ``MOST_CUTS`` of them."""
    return range(first, last + 1, max(1, (last - first) // MOST_CUTS))
