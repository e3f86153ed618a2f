"""Steps of a gold recording, proposed from what is seen of it.

A recording in which somebody comes back to a rest after each step is divided at its rests (``rests.py``), as the
picture changes most within its steps. Any other is divided where it changes (``change_points.py``), but not between
fetching something and working on it, where these take turns all along (``ways.py``).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from core.procedures.change_points import divisions
from core.procedures.contrast import View, views_of
from core.procedures.rests import boundaries_at_rests
from core.procedures.types import Floats, Moments, Step
from core.procedures.ways import starts_of_ways

LEAST_STEP_S = 1.5
MOST_STEPS = 40
MOST_MOMENTS = 1500
"""Changes of longer recordings are looked for more coarsely."""
FROZEN = 0.02
"""The picture is frozen where it changes by less than this part of what is usual."""
MOSTLY = 0.8
TINY = 1e-6


def propose_steps(moments: Moments, check: Callable[[], None] = lambda: None) -> tuple[Step, ...]:
    """The steps of a recording, in time order, together covering it. ``check`` raises when the work is called off."""
    if not len(moments):
        return ()
    check()
    views = views_of(moments.features)
    looks = [view for view in views if view.weight is None]
    boundaries_s = boundaries_at_rests(moments, looks, LEAST_STEP_S, check)
    if boundaries_s is None or len(boundaries_s) >= MOST_STEPS:
        boundaries_s = _changes_s(moments, views, check)
    edges = [0.0, *_without_frozen_ends(boundaries_s, moments), moments.duration_s]
    return tuple(
        Step(start_s, end_s, f"Step {number}") for number, (start_s, end_s) in enumerate(pairwise(edges), start=1)
    )


def _changes_s(moments: Moments, views: Sequence[View], check: Callable[[], None]) -> list[float]:
    """Half-way between the moments before and after each change."""
    every = max(1, -(-len(moments) // MOST_MOMENTS))
    times_s = moments.times_s[::every]
    usual_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else LEAST_STEP_S
    shortest = max(1, round(LEAST_STEP_S / max(usual_s, TINY)))
    rows = _rows([View(view.rows[::every], view.weight) for view in views])
    divided = divisions(rows, shortest, 2 * MOST_STEPS, check)
    starts = starts_of_ways(rows, divided) or divided.starts(min(divided.usual(), MOST_STEPS))
    return [float(times_s[at - 1] + times_s[at]) / 2 for at in starts]


def _without_frozen_ends(boundaries_s: list[float], moments: Moments) -> list[float]:
    """A frozen or black picture before the first step, or after the last one, is no step of its own."""
    change, times_s = moments.change, moments.times_s
    limit = FROZEN * float(np.median(change))
    if boundaries_s and _is_frozen(change[times_s < boundaries_s[0]], limit):
        boundaries_s = boundaries_s[1:]
    if boundaries_s and _is_frozen(change[times_s > boundaries_s[-1]], limit):
        boundaries_s = boundaries_s[:-1]
    return boundaries_s


def _is_frozen(change: Floats, limit: float) -> bool:
    """But for the moments at its ends."""
    return len(change) > 0 and float(np.quantile(change, MOSTLY)) < limit


def _rows(views: Sequence[View]) -> Floats:
    """(n, d) of length 1: all views, without what never changes, each as strong as its weight says."""
    parts = []
    for view in views:
        rows = view.rows - view.rows.mean(axis=0)
        spread = float(np.sqrt((rows**2).sum(axis=1).mean()))
        if spread > TINY:
            parts.append(rows / spread * np.sqrt(1.0 if view.weight is None else view.weight))
    if not parts:
        return np.zeros((len(views[0].rows), 1), np.float32)
    joined = np.concatenate(parts, axis=1)
    norms = np.linalg.norm(joined, axis=1, keepdims=True)
    return np.asarray(joined / np.maximum(norms, TINY), np.float32)
