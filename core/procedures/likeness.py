"""How alike a stretch of an attempt is to a step from its beginning to its end.

Evidence asks what a moment shows; this asks whether the whole was done in the same way. Every moment of the gold's
step is looked for near its own place in the stretch, so that the right thing in the wrong place, or parts in another
order, are seen. Besides the space of the comparison it looks at where things move and at what passes before what
stays, both from the stretch alone: what came before and after does not count. How alike a good performance is depends
on the camera, the person and the light; so the other steps of the same attempt are the measure (cohort
normalisation: Auckenthaler et al., "Score normalization for text-independent speaker verification systems", 2000).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.procedures.contrast import passing_and_moving, unit_rows
from core.procedures.evidence import Ints
from core.procedures.types import Floats

NEAR_PLACE = 0.3
"""How far from its place a moment of a step may come, as a part of the step."""
EDGE_MOMENTS, EDGE_PART = 3, 5
"""So many moments at either end are left out, at most a fifth of the step: where a step begins is never sure."""
LEAST_ALLOWED, ALLOWED_PART = 0.24, 0.5
"""How much less alike than the others a step may be: so much, and this part of what the others lack."""
MOST_MOMENTS = 120
"""Of a longer stretch, so many moments spread evenly are looked at."""
LEAST_MOMENTS = 5
"""Shorter stretches say nothing of how something was done."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """``alike`` (T, M) with the gold moments' ``labels`` (M,) and the ``recording`` (M,) that they are of;
    ``golds``: features of the recordings' moments, one after the other (M, d); ``attempt`` (T, d);
    ``usual_motion``: the mean motion of the gold recording.
    """

    alike: Floats
    labels: Ints
    recording: Ints
    golds: Floats
    attempt: Floats
    usual_motion: Floats

    def of(self, step: int, first: int, last: int) -> float | None:
        """-1 to 1 for moments [first, last): in the way of the recording that they are most like. None: too short."""
        if last - first < LEAST_MOMENTS:
            return None
        found = []
        for one in np.unique(self.recording[self.labels == step]):
            columns = np.flatnonzero((self.labels == step) & (self.recording == one))
            if len(columns) >= LEAST_MOMENTS:
                found.append(_in_place(self._seen(columns, first, last)))
        return max(found, default=None)

    def of_half(self, step: int) -> float | None:
        """How alike half of the step is to the whole of it in the gold recording itself: high where it goes round and
        round. None: the step is too short, or nothing is known but similarities.
        """
        columns = np.flatnonzero((self.labels == step) & (self.recording == 0))
        middle = len(columns) // 2
        halves = []
        for half in (columns[:middle], columns[middle:]):
            alike = self._from_around(self.golds[columns], self.golds[half])
            if alike is not None and len(half) >= LEAST_MOMENTS:
                halves.append(_in_place(alike))
        return max(halves, default=None)

    def _seen(self, columns: Ints, first: int, last: int) -> Floats:
        """The mean of all that can be looked at, for moments spread over the stretch and over the columns."""
        rows = np.arange(first, last)
        alike = self.alike[np.ix_(rows[_spread(len(rows))], columns[_spread(len(columns))])]
        around = self._from_around(self.golds[columns], self.attempt[first:last])
        return alike if around is None else np.asarray((alike + 2 * around) / 3, np.float32)

    def _from_around(self, gold: Floats, done: Floats) -> Floats | None:
        """Of features (T, d) and (M, d) of two stretches, for moments spread over both."""
        shown, seen = passing_and_moving(gold), passing_and_moving(done)
        if shown is None or seen is None:
            return None
        rows, columns = _spread(len(done)), _spread(len(gold))
        passed = unit_rows(seen[0][rows]) @ unit_rows(shown[0][columns]).T
        moved = unit_rows(seen[1][rows] - self.usual_motion) @ unit_rows(shown[1][columns] - self.usual_motion).T
        return np.asarray((passed + moved) / 2, np.float32)


def likeness_of(alike: Floats, labels: Ints, recording: Ints, golds: Sequence[Floats], attempt: Floats) -> Likeness:
    """``golds``: the features of each recording, the gold's first."""
    around = passing_and_moving(golds[0])
    usual = np.zeros(0, np.float32) if around is None else np.asarray(around[1].mean(axis=0), np.float32)
    return Likeness(alike, labels, recording, np.concatenate(golds), attempt, usual)


def _spread(moments: int) -> Ints:
    return np.unique(np.linspace(0, moments - 1, min(moments, MOST_MOMENTS)).round().astype(np.int64))


def _in_place(alike: Floats) -> float:
    """The mean over the gold's moments of what is most alike near their places; ``alike`` (T, M)."""
    moments, width = alike.shape
    apart = np.linspace(0, 1, moments)[:, None] - np.linspace(0, 1, width)[None, :]
    reach = max(NEAR_PLACE, 1 / (moments - 1))
    best = np.where(np.abs(apart) <= reach, alike, np.float32(-1)).max(axis=0)
    edge = min(EDGE_MOMENTS, width // EDGE_PART)
    return float(best[edge : width - edge].mean())


def unlikeness(values: Sequence[float | None], usual: float | None = None) -> tuple[float | None, ...]:
    """How much less alike each was done than the others: 0 = no less, 1 = as much as people and recordings differ.

    ``usual``: what to hold them against, instead of the median of the other ones. The less alike everything is, the
    more it may differ. None where there is nothing to hold.
    """
    found: list[float | None] = []
    for index, value in enumerate(values):
        others = [one for other, one in enumerate(values) if one is not None and other != index]
        if value is None or (usual is None and not others):
            found.append(None)
            continue
        held = float(np.median(others)) if usual is None else usual
        found.append((held - value) / (LEAST_ALLOWED + ALLOWED_PART * (1 - held)))
    return tuple(found)
