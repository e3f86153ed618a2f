"""Draws the borders between speakers: the likeliest sequence of speakers over frames of 0.1 s.

A hidden Markov model in the spirit of VB resegmentation (Landini et al., 2022): a frame's score for a speaker is the
weighted cosine of the windows that cover it with the speaker's mean, a change of speaker costs a constant, less where
nobody speaks.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from core.speech.speakers.voices import FRAME_S, HOP_S, LONG_S, SHORT_S, Bools, Heard, Ints, Vectors

CHANGE_COST = 0.2
PAUSE_COST = 0.1
LONG_WEIGHT = 0.3
CHECK_EVERY_FRAMES = 20_000

Floats = npt.NDArray[np.float32]


class FrameScores:
    """How well frames fit speakers: the windows over a frame count by how near their middle is, the short ones more."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        long, long_known = _cover(heard, LONG_S)
        short, short_known = _cover(heard, SHORT_S)
        share = LONG_WEIGHT * long_known / np.maximum(LONG_WEIGHT * long_known + (1 - LONG_WEIGHT) * short_known, 1e-9)
        self._long = long.multiply(share[:, None]).tocsr()
        self._short = short.multiply((1.0 - share)[:, None]).tocsr()

    def of(self, long_means: Vectors, short_means: Vectors) -> Floats:
        """float32 (frames, speakers), a cosine; means are (speakers, 256)."""
        long, short = self.parts(long_means, short_means)
        return long + short

    def parts(self, long_means: Vectors, short_means: Vectors) -> tuple[Floats, Floats]:
        """What the long and what the short windows give to it."""
        long = self._long @ (self._heard.long @ long_means.T)
        short = self._short @ (self._heard.short @ short_means.T)
        return np.asarray(long, np.float32), np.asarray(short, np.float32)


def _cover(heard: Heard, length_s: float) -> tuple[Any, npt.NDArray[np.float64]]:
    """Weights (frames, windows) that sum to 1 for frames under a window that holds speech, and which frames those are.

    A window weighs the more the more speech it holds, and falls off towards its ends.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415  slow to import, seldom needed

    frames, step, half = len(heard.active), round(HOP_S / FRAME_S), round(length_s / FRAME_S / 2)
    trust = heard.coverage(length_s) * heard.listened
    middles = round(heard.first_s / FRAME_S) + half + step * np.arange(len(trust))
    offsets = np.arange(-half, half + 1)
    rows = middles[:, None] + offsets
    weights = trust[:, None] * (1.0 - np.abs(offsets) / (half + 1))
    columns = np.broadcast_to(np.arange(len(trust))[:, None], rows.shape)
    used = (rows >= 0) & (rows < frames) & (weights > 0)
    sums = np.bincount(rows[used], weights[used], minlength=frames)
    values = (weights[used] / np.maximum(sums[rows[used]], 1e-9)).astype(np.float32)
    return csr_array((values, (rows[used], columns[used])), shape=(frames, len(trust))), (sums > 0).astype(np.float64)


def best_sequence(scores: Floats, active: Bools, check: Callable[[], None]) -> tuple[float, Ints]:
    """Viterbi's path: its score, and the speaker of every active frame (frames,), -1 elsewhere.

    ``check`` raises when the work is to stop.
    """
    frames, speakers = scores.shape
    labels = np.full(frames, -1, np.intp)
    spoken = np.flatnonzero(active)
    if not len(spoken) or not speakers:
        return 0.0, labels
    if speakers == 1:
        labels[spoken] = 0
        return float(scores[spoken].sum()), labels
    total, came_from = _forward(scores[spoken], np.diff(spoken, prepend=spoken[0] - 1) > 1, check)
    state, score = int(total.argmax()), float(total.max())
    path = np.empty(len(spoken), np.intp)
    for step in range(len(spoken) - 1, -1, -1):
        path[step] = state
        state = int(came_from[step, state])
    labels[spoken] = path
    return score, labels


def _forward(
    scores: Floats, after_pause: Bools, check: Callable[[], None]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int16]]:
    """The best score of ending in each speaker, and from whom each step came."""
    came_from = np.zeros(scores.shape, np.int16)
    own = np.arange(scores.shape[1], dtype=np.int16)
    costs = np.where(after_pause, PAUSE_COST, CHANGE_COST).tolist()
    total = scores[0].astype(np.float64)
    for step in range(1, len(scores)):
        if step % CHECK_EVERY_FRAMES == 0:
            check()
        best = int(total.argmax())
        changed = total[best] - costs[step]
        stays = total >= changed
        came_from[step] = np.where(stays, own, best)
        total = np.where(stays, total, changed) + scores[step]
    return total, came_from
