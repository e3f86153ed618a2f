"""Which moment of one recording shows what the other shows: the alignment as a clock for two players. Knows no Qt."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.procedures.types import PathPoint, Role

REACH_S = 0.4
"""Moments are a quarter of a second apart: a time this near to a matched stretch belongs to it."""
_SAME_S = 1e-6


@dataclass(frozen=True, slots=True)
class Place:
    """A second of a recording. ``matched`` False: nothing there corresponds, the picture just stands still."""

    t_s: float
    matched: bool


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A matched piece as seen from one side: ``here`` rises strictly, ``there`` is what it corresponds to."""

    here: tuple[float, ...]
    there: tuple[float, ...]

    def distance_s(self, t_s: float) -> float:
        return max(self.here[0] - t_s, t_s - self.here[-1], 0.0)

    def at(self, t_s: float) -> float:
        after = bisect_left(self.here, t_s)
        if after == 0:
            return self.there[0]
        if after == len(self.here):
            return self.there[-1]
        left, right = self.here[after - 1], self.here[after]
        share = (t_s - left) / (right - left)
        return self.there[after - 1] + share * (self.there[after] - self.there[after - 1])


class AlignmentClock:
    """The path of a comparison, to be asked from either side. Without a path both recordings run side by side."""

    def __init__(
        self, path: Sequence[PathPoint] = (), *, gold_duration_s: float = 0.0, trainee_duration_s: float = 0.0
    ) -> None:
        self._length_s = {Role.GOLD: gold_duration_s, Role.TRAINEE: trainee_duration_s}
        by_step: dict[int, list[PathPoint]] = {}
        for point in path:
            by_step.setdefault(point.step, []).append(point)
        groups = list(by_step.values())
        self._stretches = {
            Role.GOLD: _ordered([(p.gold_s, p.trainee_s) for p in points] for points in groups),
            Role.TRAINEE: _ordered([(p.trainee_s, p.gold_s) for p in points] for points in groups),
        }
        self._moments = {
            role: tuple(sorted({t_s for stretch in stretches for t_s in stretch.here}))
            for role, stretches in self._stretches.items()
        }

    @property
    def aligned(self) -> bool:
        """Whether there is a path."""
        return bool(self._stretches[Role.GOLD])

    def other(self, lead: Role, t_s: float) -> Place:
        """Where the other recording is while ``lead`` shows ``t_s``.

        In a gap (a step that was left out, something extra) it waits where the stretch before the gap ended.
        """
        follower = Role.TRAINEE if lead is Role.GOLD else Role.GOLD
        if not self.aligned:
            return Place(min(max(t_s, 0.0), self._length_s[follower] or t_s), False)
        stretches = self._stretches[lead]
        nearest = min(stretches, key=lambda stretch: stretch.distance_s(t_s))
        if nearest.distance_s(t_s) <= REACH_S:
            return Place(nearest.at(t_s), True)
        before = [stretch for stretch in stretches if stretch.here[-1] <= t_s]
        waits_at_s = before[-1].there[-1] if before else stretches[0].there[0]
        return Place(waits_at_s, False)

    def moment_from(self, lead: Role, t_s: float, direction: int) -> float | None:
        """The next or previous matched moment of a recording; None = there is none."""
        moments = self._moments[lead]
        if direction > 0:
            return next((moment for moment in moments if moment > t_s + _SAME_S), None)
        return next((moment for moment in reversed(moments) if moment < t_s - _SAME_S), None)


def _ordered(groups: Iterable[list[tuple[float, float]]]) -> tuple[_Stretch, ...]:
    made = [_stretch(pairs) for pairs in groups]
    return tuple(sorted(made, key=lambda stretch: stretch.here[0]))


def _stretch(pairs: list[tuple[float, float]]) -> _Stretch:
    """Where several moments of the other side belong to one of this side, the first is taken."""
    first: dict[float, float] = {}
    for here, there in sorted(pairs):
        first.setdefault(here, there)
    return _Stretch(tuple(first), tuple(first.values()))
