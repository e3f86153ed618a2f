"""Steps of a gold recording, proposed from where it changes.

Change points by dynamic programming over a kernel's within-segment scatter: Z. Harchaoui and O. Cappé, "Retrospective
multiple change-point estimation with kernels" (IEEE SSP, 2007); S. Arlot, A. Celisse and Z. Harchaoui, "A kernel
multiple change-point algorithm via model selection" (JMLR 20, 2019). The optimum is found for every number of steps;
where one more step suddenly explains much less than the one before (Arlot's and Massart's slope heuristics look for
the same bend), that many there are at least; in any case as many as each explain a part of the whole.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from core.procedures.contrast import View, views_of
from core.procedures.types import Floats, Moments, Step

LEAST_STEP_S = 1.5
MOST_STEPS = 60
MOST_MOMENTS = 1500
"""Longer recordings are looked at more coarsely."""
BEND = 2.0
"""One more step explains so many times less than the one before: here the steps end."""
LEAST_GAIN, LEAST_SHARE = 4.5, 0.03
"""What a step must explain: scatter of so many moments (each has 1 at most), and where no bend is, of all of them."""
TINY = 1e-6


def propose_steps(moments: Moments, check: Callable[[], None] = lambda: None) -> tuple[Step, ...]:
    """The steps of a recording, in time order, together covering it. ``check`` raises when the work is called off."""
    if not len(moments):
        return ()
    check()
    every = max(1, -(-len(moments) // MOST_MOMENTS))
    rows = _rows(views_of(moments.features))[::every]
    times_s = moments.times_s[::every]
    usual_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else LEAST_STEP_S
    shortest = max(1, round(LEAST_STEP_S / max(usual_s, TINY)))
    starts = _starts(rows, shortest, check)
    edges = [0.0, *(float(times_s[at - 1] + times_s[at]) / 2 for at in starts), moments.duration_s]
    return tuple(
        Step(start_s, end_s, f"Step {number}") for number, (start_s, end_s) in enumerate(pairwise(edges), start=1)
    )


def _starts(rows: Floats, shortest: int, check: Callable[[], None]) -> list[int]:
    """Where all steps but the first begin."""
    from core.procedures import kernels  # noqa: PLC0415  numba takes its time to load

    most = min(MOST_STEPS, len(rows) // shortest)
    if most < 2:
        return []
    alike = rows.astype(np.float64) @ rows.T.astype(np.float64)
    sums = np.zeros((len(rows) + 1, len(rows) + 1))
    sums[1:, 1:] = alike.cumsum(axis=0).cumsum(axis=1)
    check()
    costs = np.full((most + 1, len(rows) + 1), np.inf)
    begins = np.zeros((most + 1, len(rows) + 1), np.int64)
    kernels.fill_segments(sums, shortest, costs, begins)
    check()
    count = _number(costs[1:, -1], len(rows))
    starts, end = [], len(rows)
    for step in range(count, 1, -1):
        end = int(begins[step, end])
        starts.append(end)
    return starts[::-1]


def _number(scatter: npt.NDArray[np.float64], moments: int) -> int:
    """How many steps, by the scatter that is left with 1, 2, … of them."""
    gains = np.maximum(-np.diff(scatter), 0.0)  # gains[k]: what the step k + 2 explains
    # one that explains more than the one before cannot come without it
    gains = np.maximum.accumulate(gains[::-1])[::-1]
    worthy = int((gains >= LEAST_GAIN).sum())
    if worthy == 0:
        return 1
    grave = int((gains >= max(LEAST_GAIN, LEAST_SHARE * moments)).sum()) + 1
    after = np.append(gains[1:], 0.0)[:worthy]
    bends = np.flatnonzero(gains[:worthy] / np.maximum(after, LEAST_GAIN / 4) >= BEND)
    # two parts are seldom the steps: anything has a beginning and an end
    bends = bends[bends > 0] if worthy < len(gains) else bends[:0]
    return max(grave, int(bends[-1]) + 2) if len(bends) else grave


def _rows(views: tuple[View, ...]) -> Floats:
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
