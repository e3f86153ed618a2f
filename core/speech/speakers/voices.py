"""What was heard of the voices: vectors of overlapping windows, and where somebody speaks, on one grid of time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FRAME_S = 0.1
HOP_S = 0.2
LONG_S = 1.6
SHORT_S = 0.8

Vectors = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Heard:
    """Windows i begin at ``first_s + HOP_S * i`` and last LONG_S; the short ones are their first SHORT_S.

    ``long``, ``short`` float32 (n, 256) of length 1, zero where the window was not listened to (``listened`` bool (n,)
    says so). ``active`` bool (frames): somebody speaks in [FRAME_S * f, FRAME_S * (f + 1)).
    """

    first_s: float
    long: Vectors
    short: Vectors
    listened: Bools
    active: Bools

    def coverage(self, length_s: float) -> npt.NDArray[np.float64]:
        """Part of each window's first ``length_s`` in which somebody speaks, float64 (n,)."""
        summed = np.concatenate([[0.0], np.cumsum(self.active, dtype=np.float64)])
        starts, length = self._first_frames(), round(length_s / FRAME_S)
        ends = np.clip(starts + length, 0, len(self.active))
        return np.asarray((summed[ends] - summed[np.clip(starts, 0, len(self.active))]) / length)

    def owners(self, labels: Ints, count: int, length_s: float) -> tuple[Ints, npt.NDArray[np.float64]]:
        """For each window the speaker of most of its active frames, and their part of its length: (n,) each.

        ``labels`` int (frames): the speaker of each frame, 0 … count - 1, or -1 for none.
        """
        length = round(length_s / FRAME_S)
        starts = self._first_frames()
        ends = np.clip(starts + length, 0, len(labels))
        starts = np.clip(starts, 0, len(labels))
        summed = np.zeros((len(labels) + 1, count), np.int32)
        np.cumsum(labels[:, None] == np.arange(count), axis=0, out=summed[1:])
        frames = summed[ends] - summed[starts]
        return np.asarray(frames.argmax(axis=1)), np.asarray(frames.max(axis=1) / length)

    def _first_frames(self) -> Ints:
        return np.round((self.first_s + HOP_S * np.arange(len(self.long))) / FRAME_S).astype(np.intp)


def unit(vectors: Vectors) -> Vectors:
    """Rows made to length 1; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
