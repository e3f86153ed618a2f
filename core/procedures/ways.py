"""Ways and stays: who fetches something for each step is on the way first, and then works at its place.

A step then has two parts, which look less alike than two steps do, and change points find the parts. A way is short
and its moments unlike one another; a stay is longer and comes back to the same look. Where parts of both kinds take
turns all through a recording, which Student's t between the odd and the even parts shows, each way belongs to the stay
after it. At which number of parts they take turns is looked for over all of them: steps are what persists (scale-space
filtering: A. Witkin, 1983).
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from core.procedures.change_points import Divisions
from core.procedures.types import Floats

LEAST_PARTS = 8
"""Fewer take turns by chance."""
LEAST_T = 4.0
LEAST_GAIN = 1.5
"""What a part must explain, as scatter of moments."""
MOST_ROOM = 0.75
"""Where more parts than this share of those that would fit are asked for, their lengths say nothing any more."""
TINY = 1e-6


def starts_of_ways(rows: Floats, divided: Divisions) -> list[int]:
    """Rows at which all steps but the first begin; none where no ways and stays take turns. ``rows`` (n, d)."""
    worthy = int((divided.gains >= LEAST_GAIN).sum()) + 1
    most = min(worthy, int(MOST_ROOM * (divided.moments // divided.shortest)))
    best_t, best = 0.0, []
    for count in range(LEAST_PARTS, most + 1):
        edges = [0, *divided.starts(count), divided.moments]
        t = _turning(np.array([_restless(rows[first:last]) for first, last in pairwise(edges)]))
        if abs(t) > abs(best_t):
            best_t, best = t, edges
    if abs(best_t) < LEAST_T:
        return []
    return best[2:-1:2] if best_t > 0 else _begun_with_a_stay(best)


def _begun_with_a_stay(edges: list[int]) -> list[int]:
    """A first stay shorter than any way and its stay together is the first step's."""
    starts = edges[1:-1:2]
    return starts[1:] if starts[0] < min(np.diff(starts)) else starts


def _restless(rows: Floats) -> float:
    """How unlike one another the moments of a part are for how long it is, as a logarithm."""
    scatter = float(((rows - rows.mean(axis=0)) ** 2).sum(axis=1).mean())
    return float(np.log(max(scatter, TINY) / len(rows)))


def _turning(restless: npt.NDArray[np.float64]) -> float:
    """Student's t between the first, third, … and the second, fourth, …"""
    one, other = restless[0::2], restless[1::2]
    within = float(((one - one.mean()) ** 2).sum() + ((other - other.mean()) ** 2).sum()) / (len(restless) - 2)
    return float(one.mean() - other.mean()) / max(float(np.sqrt(within * (1 / len(one) + 1 / len(other)))), TINY)
