"""Which stretch of an attempt is which step: free of order, jointly optimal.

Every moment of the attempt is one of the gold's steps or something else; the likeliest sequence is found by Viterbi's
algorithm (A. J. Viterbi, "Error bounds for convolutional codes and an asymptotically optimum decoding algorithm",
1967; L. R. Rabiner, "A tutorial on hidden Markov models", 1989). Going on with the next step costs nothing, any other
order a little, so that missing, repeated, extra and swapped steps all come out of one optimum. Both ends are open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.procedures.evidence import Doubles, Ints
from core.procedures.types import Floats, Step

ENTER_COST = 1.5
JUMP_COST = 2.5
BACK_COST = 3.5
OTHER_COST = 1.0
RESUME_COST = 0.5
INSIDE_COST = 1.0
RESTART_COST = 4.0
UNFINISHED_COST = 2.0
LEAST_RUN_S = 0.7
LEAST_PART = 0.25
"""A run shorter than these (seconds, part of the gold's step) is not the step."""


@dataclass(frozen=True, slots=True)
class Run:
    """Moments [first, last) of the attempt that show ``step`` (-1: something else). ``evidence`` is their sum."""

    step: int
    first: int
    last: int
    evidence: float


@dataclass(frozen=True, slots=True)
class Matching:
    """``runs`` in time order, together all moments. ``likelihood`` of the whole, less its costs.

    ``shown`` int64 (T,): the gold moment that each moment shows, -1 = none.
    """

    runs: tuple[Run, ...]
    likelihood: float
    shown: Ints


def match_steps(
    evidence: Floats,
    labels: Ints,
    steps: Sequence[Step],
    check: Callable[[], None] = lambda: None,
) -> Matching:
    """The likeliest sequence of gold moments for ``evidence`` (T, M); ``labels`` (M,): their steps, -1 = none."""
    from core.procedures import kernels  # noqa: PLC0415  numba takes its time to load

    check()
    place, chain = places_of(labels)
    shown, passes = np.empty(len(evidence), np.int64), np.empty(len(evidence), np.int64)
    costs = np.array([INSIDE_COST, RESTART_COST, UNFINISHED_COST, OTHER_COST])
    layout = np.stack([labels, chain])
    total = kernels.decode_moments(evidence, layout, place, order_costs(steps), costs, shown, passes)
    check()
    return Matching(_runs(shown, passes, labels, evidence), float(total), shown)


def places_of(labels: Ints) -> tuple[Doubles, Ints]:
    """How far into its step each gold moment is, in [0, 1], and how many of the same stretch come before it."""
    place, chain = np.zeros(len(labels)), np.zeros(len(labels), np.int64)
    edges = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    for first, last in pairwise(edges):
        chain[first:last] = np.arange(last - first)
        place[first:last] = chain[first:last] / max(1, last - first - 1)
    return place, chain


def _runs(shown: Ints, passes: Ints, labels: Ints, evidence: Floats) -> tuple[Run, ...]:
    if not len(shown):
        return ()
    steps = np.where(shown >= 0, labels[shown], -1)
    changed = (np.diff(steps) != 0) | ((np.diff(passes) != 0) & (steps[1:] >= 0))
    edges = [0, *(np.flatnonzero(changed) + 1).tolist(), len(shown)]
    runs = []
    for first, last in pairwise(edges):
        rows = np.arange(first, last)
        said = float(evidence[rows, shown[first:last]].sum()) if steps[first] >= 0 else 0.0
        runs.append(Run(int(steps[first]), first, last, said))
    return tuple(runs)


def order_costs(steps: Sequence[Step]) -> Doubles:
    """(K + 1, K): what it costs to go on to a step after another one; row 0 = at the start.

    Steps that may come in any order are never jumped to or over, optional ones never left out.
    """
    count = len(steps)
    costs = np.zeros((count + 1, count))
    for before in range(-1, count):
        for step in range(count):
            costs[before + 1, step] = _order_cost(steps, before, step)
    return costs


def _order_cost(steps: Sequence[Step], before: int, step: int) -> float:
    if before == step:
        return RESUME_COST
    if steps[step].any_order or (before >= 0 and steps[before].any_order):
        return ENTER_COST
    if step < before:
        return ENTER_COST + BACK_COST
    skipped = steps[before + 1 : step]
    free = all(one.optional or one.any_order for one in skipped)
    return ENTER_COST if free else ENTER_COST + JUMP_COST


def seconds_of(times_s: Doubles, first: int, last: int) -> float:
    """How long the moments [first, last) last."""
    if last <= first:
        return 0.0
    usual = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.25
    end = float(times_s[last]) if last < len(times_s) else float(times_s[-1]) + usual
    return end - float(times_s[first])
