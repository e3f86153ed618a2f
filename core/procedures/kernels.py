"""The inner loops of step matching and of change points, compiled by numba.

Importing this module imports numba, so do that inside functions. Compiled code is cached beside this file, or, where
that folder cannot be written, in the user's cache folder (numba looks for the first that works).
"""

import numba
import numpy as np
import numpy.typing as npt

JUMP, ENTER = 4, 5


@numba.njit(cache=True, nogil=True)
def decode_moments(
    evidence: npt.NDArray[np.float32],
    layout: npt.NDArray[np.int64],
    place: npt.NDArray[np.float64],
    order_cost: npt.NDArray[np.float64],
    costs: npt.NDArray[np.float64],
    shown: npt.NDArray[np.int64],
    passes: npt.NDArray[np.int64],
) -> float:
    """Viterbi's algorithm over which gold moment each trainee moment shows, -1 = none.

    ``evidence`` (T, M). ``layout`` (2, M): of each gold moment its step, and how many moments of the same stretch come
    before it; ``place`` (M,) in [0, 1]: how far into its step it is. ``order_cost`` (K + 1, K): to enter a step after
    another (row 0: after none). ``costs``: to go anywhere inside a step; to begin a step anew; for the part of a step
    that is left out at its start or its end; to begin something that is no step. Writes ``shown`` (T,) and ``passes``
    (T,), a count that rises whenever a step is entered. Returns the evidence less the costs of the best sequence.
    """
    moments, width = evidence.shape
    steps = order_cost.shape[1]
    score = np.full(width, -np.inf)
    rest = np.full(steps + 1, -np.inf)
    rest[0] = 0.0
    move = np.empty((moments, width), np.uint8)
    best_at = np.zeros((moments, steps), np.int32)
    leave_at = np.zeros((moments, steps), np.int32)
    enter_from = np.zeros((moments, steps), np.int32)
    rest_from = np.zeros((moments, steps + 1), np.uint8)
    for t in range(moments):
        best, leave = _best_of_steps(score, layout[0], place, costs[2], steps, best_at[t], leave_at[t])
        enter = _entering(leave, rest, order_cost, costs[1], enter_from[t])
        _rest_on(leave, rest, costs[3], rest_from[t])
        _advance(score, best, enter, evidence[t], layout, place, costs, move[t])
    total: float = _trace_back(score, rest, layout[0], move, best_at, leave_at, enter_from, rest_from, (shown, passes))
    return total


@numba.njit(cache=True, nogil=True)
def _best_of_steps(
    score: npt.NDArray[np.float64],
    step_of: npt.NDArray[np.int64],
    place: npt.NDArray[np.float64],
    unfinished_cost: float,
    steps: int,
    best_at: npt.NDArray[np.int32],
    leave_at: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """By step the best score of its moments, and the best less the cost of leaving there; writes where they are."""
    best = np.full(steps, -np.inf)
    leave = np.full(steps, -np.inf)
    for i in range(len(score)):
        k = step_of[i]
        if k < 0:
            continue
        if score[i] > best[k]:
            best[k] = score[i]
            best_at[k] = i
        left = score[i] - unfinished_cost * (1.0 - place[i])
        if left > leave[k]:
            leave[k] = left
            leave_at[k] = i
    return best, leave


@numba.njit(cache=True, nogil=True)
def _entering(
    leave: npt.NDArray[np.float64],
    rest: npt.NDArray[np.float64],
    order_cost: npt.NDArray[np.float64],
    restart_cost: float,
    enter_from: npt.NDArray[np.int32],
) -> npt.NDArray[np.float64]:
    """By step the best score with which it is entered; writes whence: step + 1, or -1 - p from the rest after p."""
    steps = len(leave)
    enter = np.empty(steps)
    for k in range(steps):
        enter[k] = leave[k] - restart_cost
        enter_from[k] = k + 1
        for p in range(steps + 1):
            if p > 0 and p - 1 != k and leave[p - 1] - order_cost[p, k] > enter[k]:
                enter[k] = leave[p - 1] - order_cost[p, k]
                enter_from[k] = p
            if rest[p] - order_cost[p, k] > enter[k]:
                enter[k] = rest[p] - order_cost[p, k]
                enter_from[k] = -p - 1
    return enter


@numba.njit(cache=True, nogil=True)
def _rest_on(
    leave: npt.NDArray[np.float64],
    rest: npt.NDArray[np.float64],
    other_cost: float,
    rest_from: npt.NDArray[np.uint8],
) -> None:
    """Something that is no step goes on, or begins after a step (``rest_from`` 1)."""
    for p in range(1, len(rest)):
        if leave[p - 1] - other_cost > rest[p]:
            rest[p] = leave[p - 1] - other_cost
            rest_from[p] = 1


@numba.njit(cache=True, nogil=True)
def _advance(
    score: npt.NDArray[np.float64],
    best: npt.NDArray[np.float64],
    enter: npt.NDArray[np.float64],
    evidence: npt.NDArray[np.float32],
    layout: npt.NDArray[np.int64],
    place: npt.NDArray[np.float64],
    costs: npt.NDArray[np.float64],
    move: npt.NDArray[np.uint8],
) -> None:
    """One moment further: stay or go on by up to three, jump inside the step (4), or enter it (5)."""
    for i in range(len(score) - 1, -1, -1):
        k = layout[0, i]
        if k < 0:
            continue
        value = score[i]
        way = 0
        for back in range(1, min(3, layout[1, i]) + 1):
            if score[i - back] >= value:
                value = score[i - back]
                way = back
        if best[k] - costs[0] > value:
            value = best[k] - costs[0]
            way = JUMP
        if enter[k] - costs[2] * place[i] > value:
            value = enter[k] - costs[2] * place[i]
            way = ENTER
        score[i] = value + evidence[i]
        move[i] = way


@numba.njit(cache=True, nogil=True)
def _trace_back(
    score: npt.NDArray[np.float64],
    rest: npt.NDArray[np.float64],
    step_of: npt.NDArray[np.int64],
    move: npt.NDArray[np.uint8],
    best_at: npt.NDArray[np.int32],
    leave_at: npt.NDArray[np.int32],
    enter_from: npt.NDArray[np.int32],
    rest_from: npt.NDArray[np.uint8],
    written: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
) -> float:
    shown, passes = written
    state = int(np.argmax(score))
    total = score[state]
    resting = int(np.argmax(rest))
    if rest[resting] >= total:
        total = rest[resting]
        state = -resting - 1
    count = 0
    for t in range(len(move) - 1, -1, -1):
        passes[t] = count
        if state < 0:
            shown[t] = -1
            if rest_from[t, -state - 1] == 1:
                state = leave_at[t, -state - 2]
            continue
        shown[t] = state
        way = move[t, state]
        k = step_of[state]
        if way < JUMP:
            state -= way
        elif way == JUMP:
            state = best_at[t, k]
        else:
            count += 1
            come = enter_from[t, k]
            state = leave_at[t, come - 1] if come > 0 else come
    passes[:] = count - passes
    return float(total)


@numba.njit(cache=True, nogil=True)
def fill_segments(
    sums: npt.NDArray[np.float64],
    shortest: int,
    costs: npt.NDArray[np.float64],
    begins: npt.NDArray[np.int64],
) -> None:
    """The least scatter of the first j moments in k segments of at least ``shortest``, for all k and j.

    ``sums`` (n + 1, n + 1): the Gram matrix summed from its corner. Writes ``costs`` and ``begins`` (k + 1, n + 1):
    where the last segment begins.
    """
    most, n = costs.shape[0] - 1, costs.shape[1] - 1
    trace = np.zeros(n + 1)
    for i in range(n):
        trace[i + 1] = trace[i] + sums[i + 1, i + 1] - sums[i, i + 1] - sums[i + 1, i] + sums[i, i]
    costs[0, 0] = 0.0
    for k in range(1, most + 1):
        for j in range(k * shortest, n + 1):
            for i in range((k - 1) * shortest, j - shortest + 1):
                if costs[k - 1, i] == np.inf:
                    continue
                inner = sums[j, j] - sums[i, j] - sums[j, i] + sums[i, i]
                cost = costs[k - 1, i] + trace[j] - trace[i] - inner / (j - i)
                if cost < costs[k, j]:
                    costs[k, j] = cost
                    begins[k, j] = i
