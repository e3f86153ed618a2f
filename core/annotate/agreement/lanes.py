"""Where two codings agree and where they differ, as tiers beside them."""

import math
from collections.abc import Sequence

import numpy as np

from core.annotate.agreement.kappa import event_pairs
from core.annotate.agreement.stretches import Line, edges_of, label_of, labelled, marks_of
from core.annotate.agreement.types import UNMARKED
from core.annotate.types import Mark, Tier, TierKind
from core.errors import InvalidRequest

AGREE = "agree"
DISAGREE = "disagree"
NOTHING = "–"
"""In a label of the second tier: the other coder has nothing there."""
UNLIKE = " ≠ "


def agreement_tiers(a: Tier, b: Tier, *, tolerance_s: float = 0.0) -> tuple[Tier, Tier]:
    """A tier ``agree`` with the common label, and a tier ``disagree`` with both (``x ≠ y``, ``x ≠ –``).

    Intervals: to the instant, where both left the time free nothing; stretches of disagreement up to ``tolerance_s``
    seconds long, as at boundaries, are left out. Points, both: the pairs of ``kappa_by_events``, at a's time. A point
    beside intervals: raises InvalidRequest.
    """
    if not (math.isfinite(tolerance_s) and tolerance_s >= 0):
        raise InvalidRequest(f"The tolerance is {tolerance_s:g} s.", action="Give seconds from 0 up.")
    marks_a, marks_b = marks_of(a), marks_of(b)
    if a.kind is not b.kind:
        raise InvalidRequest(
            f"“{a.name}” holds {a.kind.value}, “{b.name}” {b.kind.value}.", action="Compare tiers of the same kind."
        )
    if a.kind is TierKind.POINTS:
        return _of_points(marks_a, marks_b, tolerance_s)
    line = labelled((marks_a, marks_b), edges_of((marks_a, marks_b)))
    agree, disagree = _runs(line)
    disagree = [mark for mark in disagree if mark.duration_s > tolerance_s]
    return Tier(AGREE, TierKind.INTERVALS, tuple(agree)), Tier(DISAGREE, TierKind.INTERVALS, tuple(disagree))


def _of_points(a: Sequence[Mark], b: Sequence[Mark], tolerance_s: float) -> tuple[Tier, Tier]:
    agree: list[Mark] = []
    disagree: list[Mark] = []
    for one, other in event_pairs(a, b, tolerance_s):
        here = one or other
        if here is None:
            continue
        names = tuple(UNMARKED if mark is None else label_of(mark) for mark in (one, other))
        found = agree if names[0] == names[1] else disagree
        found.append(Mark(here.start_s, here.start_s, _name(*names)))
    return Tier(AGREE, TierKind.POINTS, tuple(agree)), Tier(DISAGREE, TierKind.POINTS, tuple(disagree))


def _runs(line: Line) -> tuple[list[Mark], list[Mark]]:
    """Neighbouring stretches that are alike as one mark: those that agree, and those that do not."""
    agree: list[Mark] = []
    disagree: list[Mark] = []
    stretches = line.codes.shape[1]
    if not stretches:
        return agree, disagree
    cuts = np.flatnonzero((np.diff(line.codes, axis=1) != 0).any(axis=0)) + 1
    starts = np.concatenate(([0], cuts))
    ends = np.concatenate((cuts, [stretches]))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        one, other = (line.names[code] for code in line.codes[:, start].tolist())
        if (one, other) == (UNMARKED, UNMARKED):
            continue
        found = agree if one == other else disagree
        found.append(Mark(float(line.edges_s[start]), float(line.edges_s[end]), _name(one, other)))
    return agree, disagree


def _name(one: str, other: str) -> str:
    return one if one == other else f"{one or NOTHING}{UNLIKE}{other or NOTHING}"
