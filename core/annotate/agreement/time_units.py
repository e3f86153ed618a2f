"""Codings as categories of equal units of time, without making the units: neighbours that are alike are counted."""

import math
from collections.abc import Sequence

import numpy as np

from core.annotate.agreement.stretches import Line, edges_of, labelled, marks_of
from core.annotate.types import Ints, Mark, Tier, TierKind, Times
from core.errors import InvalidRequest

_ON_EDGE = 1e-9
"""A middle this near to an edge, in units, lies behind it."""


def line_of(tiers: Sequence[Tier], *, duration_s: float, step_s: float) -> tuple[Line, Ints]:
    """The tiers' labels stretch by stretch, and how many units each stretch has.

    Unit k is [k, k + 1) * step_s and has the label that holds in its middle; a point belongs to the unit in which it
    lies. A last unit counts when its middle lies before the end. Raises InvalidRequest for a duration or step that is
    not above 0, or for tiers that cannot be compared.
    """
    for name, value in (("duration", duration_s), ("time unit", step_s)):
        if not (math.isfinite(value) and value > 0):
            raise InvalidRequest(f"The {name} is {value:g} s.", action="Give seconds above 0.")
    groups = [_as_intervals(tier, step_s) for tier in tiers]
    edges_s = edges_of(groups, end_s=duration_s)
    return labelled(groups, edges_s), _units(edges_s, step_s)


def _units(edges_s: Times, step_s: float) -> Ints:
    """Units whose middle lies in each stretch."""
    units: Ints = np.diff(np.ceil(edges_s / step_s - 0.5 - _ON_EDGE)).astype(np.int64)
    return units


def _as_intervals(tier: Tier, step_s: float) -> Sequence[Mark]:
    if tier.kind is not TierKind.POINTS:
        return marks_of(tier)
    units = [math.floor(mark.start_s / step_s + _ON_EDGE) for mark in tier.marks]
    return [Mark(unit * step_s, (unit + 1) * step_s, mark.label) for unit, mark in zip(units, tier.marks, strict=True)]
