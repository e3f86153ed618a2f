"""Rests that a recording returns to again and again, between one thing done and the next.

Who works by steps goes back to the same pose, or leaves the picture, when a step is done: fetch, carry, work, return.
The parts of such a step look less alike than two steps do, so that changes of the picture alone find the parts and
not the steps. What a moment looks like is therefore held against all others (the recurrence of a state: J.-P. Eckmann,
S. Kamphorst and D. Ruelle, "Recurrence plots of dynamical systems", 1987; J. Foote, "Automatic audio segmentation
using a measure of audio novelty", 2000, for the same matrix in media). A moment is *the rest* when the recording comes
back to it, stands still there, is far from it in between, and takes about as long each time; where no moment is, there
are no rests. What piles up on the table meanwhile is taken away first, as a straight drift of the picture.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from core.procedures.contrast import View, activity_of
from core.procedures.types import Floats, Moments

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

AT_REST = 0.55
"""A moment is at rest when its squared distance from the rest is this part of the usual one."""
STILL = 0.4
"""A rest stands still: at most this part of the usual movement."""
LEAST_RANK = 1.15
"""The least quality times the root of the number of steps: a few are alike long by chance too, many are not."""
LEAST_NEW = 0.15
"""In one step at least so much is done that is done in no other: else it is one thing, done over and over."""
LEAST_STEPS, LEAST_VISITS = 3, 4
LONGEST_REST = 0.5
"""Most rests are shorter than this part of most steps."""
UNEVEN = 2.0
"""How much it counts when what is done between the rests takes unlike times."""
HELD = 0.5
"""The boundary lies amid the moments of a rest that are nearer to it than this part of its farthest."""
MOST_MOMENTS, MOST_CANDIDATES, AT_ONCE, MOST_HELD = 20_000, 400, 32, 1200
"""Longer recordings are looked at more coarsely; so many still moments are tried as the rest."""
TINY, LEAST_SPREAD = 1e-9, 1e-6


@dataclass(frozen=True, slots=True)
class _Returns:
    """How a recording comes back to one moment: ``visits`` are moments [first, last), in time order.

    ``quality`` in [0, 1]; ``apart``: squared distances of all moments from that one; below ``limit`` they are the same.
    """

    visits: tuple[tuple[int, int], ...]
    steps: int
    quality: float
    limit: float
    apart: Doubles

    @property
    def rank(self) -> float:
        """Of equally good ones, that which explains more; a poor one does not win by being often."""
        return self.quality * math.sqrt(self.steps)


def boundaries_at_rests(
    moments: Moments, views: Sequence[View], least_s: float, check: Callable[[], None]
) -> list[float] | None:
    """Times in seconds, one in each rest between two steps; None where the recording does not rest.

    None of them where one thing is done over and over between the rests. ``views``: how moments look. Steps are at
    least ``least_s`` long. Time and memory grow with the recording's length, not with its square, and are bounded.
    ``check`` raises when the work is called off.
    """
    every = max(1, -(-len(moments) // MOST_MOMENTS))
    times_s, movement = moments.times_s[::every], movement_of(moments)[::every]
    usual = float(np.median(movement))
    if usual <= TINY:
        return None
    still = np.asarray(movement / usual, np.float64)
    rows = _without_drift([view.rows[::every] for view in views], times_s)
    best: _Returns | None = None
    candidates = _candidates(still)
    for at in range(0, len(candidates), AT_ONCE):
        check()
        for apart in _apart(rows[candidates[at : at + AT_ONCE]], rows):
            found = _returns(apart, still, times_s, least_s)
            if found is not None and found.rank >= (LEAST_RANK if best is None else best.rank):
                best = found
    if best is None:
        return None
    if _share_new(rows, best) < LEAST_NEW:
        return []
    nearest = [first + int(best.apart[first:last].argmin()) for first, last in best.visits]
    (apart,) = _apart(rows[nearest].mean(axis=0, keepdims=True), rows)
    return [_middle_s(visit, apart, still, times_s) for visit in _inner(best.visits, times_s, least_s)]


def movement_of(moments: Moments) -> Floats:
    """float32 (n,): how much moves at each moment."""
    activity = activity_of(moments.features)
    return moments.change if activity is None else activity


def _without_drift(looks: Sequence[Floats], times_s: Doubles) -> Floats:
    """(n, d): all looks alike strong, without their mean and without their straight drift over time."""
    along = (times_s - times_s.mean()).astype(np.float32)
    along /= np.float32(max(float(np.linalg.norm(along)), TINY))
    rows = np.concatenate(looks, axis=1)
    edges = np.cumsum([0, *(look.shape[1] for look in looks)]).tolist()
    for first, last in pairwise(edges):
        part = rows[:, first:last]
        part -= part.mean(axis=0)
        spread = float(np.sqrt(np.einsum("nd,nd->", part, part, dtype=np.float64) / len(part)))
        part /= np.float32(spread if spread > LEAST_SPREAD else 1.0)
        part -= along[:, None] * (along @ part)
    return rows


def _candidates(still: Doubles) -> Ints:
    """Moments that may be the rest: those that stand still; of many, the stillest ones of pauses, spread evenly."""
    found = np.flatnonzero(still <= STILL)
    if len(found) > MOST_CANDIDATES:
        found = np.array([first + int(still[first:last].argmin()) for first, last in _runs(still <= STILL)], np.int64)
    return found[np.unique(np.linspace(0, len(found) - 1, min(len(found), MOST_CANDIDATES)).astype(np.int64))]


def _runs(there: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[first, last) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _returns(apart: Doubles, still: Doubles, times_s: Doubles, least_s: float) -> _Returns | None:
    """How the recording comes back to the moment that all moments are so far ``apart`` from; None = it does not."""
    limit = AT_REST * float(np.median(apart))
    visits = _visits(apart < limit, times_s, least_s)
    lasting_s = _between_s(visits, times_s, least_s)
    if len(visits) < LEAST_VISITS or len(lasting_s) < LEAST_STEPS:
        return None
    resting_s = np.array([times_s[last - 1] - times_s[first] for first, last in visits])
    if np.median(resting_s) > LONGEST_REST * np.median(lasting_s):
        return None
    resting = np.zeros(len(apart), bool)
    for first, last in visits:
        resting[first:last] = True
    near = np.mean([apart[first:last].min() for first, last in visits]) / apart[~resting].mean()
    moving = np.mean([still[first:last].min() for first, last in visits])
    unevenness = lasting_s.std() / lasting_s.mean()
    quality = (1 - near) * max(0.0, 1 - moving) / (1 + UNEVEN * unevenness**2)
    return _Returns(tuple(visits), len(lasting_s), float(quality), limit, apart)


def _visits(resting: npt.NDArray[np.bool_], times_s: Doubles, least_s: float) -> list[tuple[int, int]]:
    """Runs of moments at rest; those with less than a step between them are one."""
    visits: list[tuple[int, int]] = []
    for first, last in _runs(resting):
        if visits and times_s[first] - times_s[visits[-1][1] - 1] < least_s:
            visits[-1] = (visits[-1][0], last)
        else:
            visits.append((first, last))
    return visits


def _between_s(visits: Sequence[tuple[int, int]], times_s: Doubles, least_s: float) -> Doubles:
    """How long what is done between the rests takes, and before the first and after the last one."""
    starts = [0, *(last - 1 for _, last in visits)]
    ends = [*(first for first, _ in visits), len(times_s) - 1]
    lasting_s = times_s[ends] - times_s[starts]
    return np.asarray(lasting_s[lasting_s >= least_s], np.float64)


def _inner(visits: Sequence[tuple[int, int]], times_s: Doubles, least_s: float) -> list[tuple[int, int]]:
    """Without the rest before the first step and after the last one."""
    earliest_s, latest_s = times_s[0] + least_s, times_s[-1] - least_s
    return [one for one in visits if times_s[one[0]] >= earliest_s and times_s[one[1] - 1] <= latest_s]


def _apart(points: Floats, rows: Floats) -> Doubles:
    """(k, n) squared distances of all ``rows`` from each of ``points`` (k, d)."""
    lengths = np.einsum("nd,nd->n", rows, rows)
    own = np.einsum("kd,kd->k", points, points)
    return np.asarray(np.maximum(lengths[None, :] + own[:, None] - 2 * (points @ rows.T), 0), np.float64)


def _middle_s(visit: tuple[int, int], apart: Doubles, still: Doubles, times_s: Doubles) -> float:
    """Amid the moments of a visit that are nearest to the rest and stand still."""
    inside = np.arange(*visit)
    resting = inside[still[inside] <= max(STILL, float(still[inside].min()))]
    near = apart[resting]
    held = resting[near <= near.min() + HELD * (apart[inside].max() - near.min())]
    return float(np.median(times_s[held]))


def _share_new(rows: Floats, found: _Returns) -> float:
    """Which part of the most singular thing done between the rests looks like nothing done between two others."""
    number = np.zeros(len(rows), np.int64)
    for first, last in found.visits:
        number[first:last] = -1
        number[last:] += 1
    held = np.flatnonzero(number >= 0)
    held = held[:: -(-len(held) // MOST_HELD)]
    chosen, number = rows[held], number[held]
    lengths = np.einsum("nd,nd->n", chosen, chosen)
    apart = lengths[:, None] + lengths[None, :] - 2 * (chosen @ chosen.T)
    apart[number[:, None] == number[None, :]] = np.inf
    new = apart.min(axis=1) >= found.limit
    return float(max(new[number == one].mean() for one in np.unique(number)))
