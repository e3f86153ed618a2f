"""Which scores are cuts: they must stand out from what surrounds them, not only pass a threshold."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

# A score over the threshold is a cut when it is this many times the upper quartile around it: fast motion, flicker and
# noise lift their whole neighbourhood. Measured: camera swings reach 1.8, the weakest real cut in motion 2.6.
_AROUND_FRAMES = 8
_STANDS_OUT = 2.0
# A cut between two similar pictures, or in a narrow picture between black bars, stays under the threshold, but stands
# out of a wider neighbourhood far more than motion or stuttering does.
_SOFT_SHARE = 8.0 / 27.0
_SOFT_AROUND_FRAMES = 24
_SOFT_STANDS_OUT = 6.0
_STILL = 1.0

Scores = npt.NDArray[np.float32]


def confirmed_cuts(scores: Scores, threshold: float) -> list[int]:
    """Frames that begin a new shot, rising. ``scores`` as ``ShotScorer.score`` gives them, one a frame."""
    changes, in_flash = _changes(scores)
    candidates = np.flatnonzero((changes >= threshold * _SOFT_SHARE) & ~in_flash)
    return [frame for frame in candidates.tolist() if frame > 0 and _stands_out(changes, frame, threshold)]


def _stands_out(changes: Scores, frame: int, threshold: float) -> bool:
    change = float(changes[frame])
    if change >= threshold:
        return change >= _STANDS_OUT * max(_STILL, _around(changes, frame, _AROUND_FRAMES, 75))
    return change >= _SOFT_STANDS_OUT * max(_STILL, _around(changes, frame, _SOFT_AROUND_FRAMES, 90))


def _changes(scores: Scores) -> tuple[Scores, npt.NDArray[np.bool_]]:
    """How much changed at each frame, and which frames lie in a flash, from its first to the one where it was over."""
    changes = np.maximum(scores, 0.0).astype(np.float32)
    in_flash = np.zeros(len(scores), np.bool_)
    for over in np.flatnonzero(scores < 0).tolist():
        begin = max(0, over + 1 + round(float(scores[over])))
        in_flash[begin : over + 1] = True
        changes[over] = changes[begin : over + 1].max()
    return changes, in_flash


def far_enough_apart(cuts: Sequence[int], scores: Scores, min_len: int) -> list[int]:
    """Cuts with at least ``min_len`` frames before and between them; of two that are closer the stronger one stays."""
    kept: list[int] = []
    for frame in sorted(cuts, key=lambda cut: (-float(scores[cut]), cut)):
        if frame >= min_len and all(abs(frame - other) >= min_len for other in kept):
            kept.append(frame)
    return sorted(kept)


def _around(changes: Scores, frame: int, frames: int, percent: float) -> float:
    """Percentile of the changes around a frame, without its own and without that of frame 0, which has none.

    Near the start and the end the window keeps its length and reaches further to the other side.
    """
    begin = max(1, min(frame - frames, len(changes) - 2 * frames - 1))
    end = min(len(changes), begin + 2 * frames + 1)
    both = np.concatenate((changes[begin:frame], changes[frame + 1 : end]))
    return float(np.percentile(both, percent)) if len(both) else 0.0
