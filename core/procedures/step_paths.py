"""Which moment shows what, inside each matched step: banded DTW with open ends."""

from collections.abc import Sequence

import numpy as np

from core.procedures.dtw import align_costs
from core.procedures.evidence import Doubles, Ints
from core.procedures.performances import Performance
from core.procedures.types import Floats, PathPoint

BAND_PART = 0.35
"""How far a step's path may stray from the straight line, as a part of the attempt's moments in it."""
LEAST_BAND = 4
STEP_COST = 0.02
"""For each move that is not diagonal: among equally good paths the straightest."""


def path_of(
    main: Sequence[Performance | None], alike: Floats, labels: Ints, gold_s: Doubles, trainee_s: Doubles
) -> tuple[PathPoint, ...]:
    """Points of all steps that were done, in the gold's order; both times never fall within a step.

    ``alike`` (T, M) are similarities to the gold's own moments. A step in whose middle a recording begins or ends is
    aligned with that end open.
    """
    points: list[PathPoint] = []
    for done in main:
        if done is not None:
            points += _points(done, alike, np.flatnonzero(labels == done.step), gold_s, trainee_s)
    return tuple(points)


def _points(done: Performance, alike: Floats, columns: Ints, gold_s: Doubles, trainee_s: Doubles) -> list[PathPoint]:
    cost = 1 - alike[done.first : done.last][:, columns]
    band = max(LEAST_BAND, round(BAND_PART * len(columns)))
    aligned = align_costs(cost, band=band, open_begin=done.open_first, open_end=done.open_last, step_cost=STEP_COST)
    return [
        PathPoint(
            float(gold_s[columns[column]]),
            float(trainee_s[done.first + row]),
            round(float(np.clip(1 - cost[row, column], 0, 1)), 4),
            done.step,
        )
        for row, column in aligned.path.tolist()
    ]
