"""Clips of a video: stretches of some seconds, each with its moments, its flags and its mean vector."""

import math

import numpy as np

from core.errors import InvalidRequest
from core.procedures.quality import flags_of
from core.procedures.sampling import slot_of
from core.procedures.types import LEAST_TAIL, SAMPLE_FPS, ClipTimes, Floats, Moments

MOST_OVERLAP = 0.9
_ROUNDING_S = 1e-3


def clip_times(moments: Moments, *, clip_s: float, overlap: float) -> tuple[ClipTimes, ...]:
    """Clips of ``clip_s`` seconds, one every (1 - ``overlap``) of that; a shorter last one counts from 60 %.

    Every clip has at least one sample: where none falls into it (before the first frame), the nearest one.
    Raises InvalidRequest for a length or an overlap out of bounds.
    """
    if not clip_s > 0 or not 0 <= overlap <= MOST_OVERLAP:
        raise InvalidRequest(
            f"Clips of {clip_s} s with an overlap of {overlap} cannot be made.",
            action=f"Choose a length above 0 and an overlap of 0 to {MOST_OVERLAP}.",
        )
    if len(moments) == 0:
        return ()
    step_s = clip_s * (1 - overlap)
    last_start_s = moments.duration_s - LEAST_TAIL * clip_s + _ROUNDING_S
    count = max(0, math.floor(last_start_s / step_s) + 1) if last_start_s >= 0 else 0
    return tuple(_clip(moments, index * step_s, clip_s) for index in range(count))


def _clip(moments: Moments, start_s: float, clip_s: float) -> ClipTimes:
    end_s = min(start_s + clip_s, moments.duration_s)
    slots = slot_of(moments.times_s)
    bounds = np.array([start_s, end_s]) * SAMPLE_FPS - 1e-6
    first, last = (int(one) for one in np.searchsorted(slots, bounds))
    if last <= first:
        first = min(max(first - 1, 0), len(moments) - 1)
        last = first + 1
    flags = flags_of(moments.brightness[first:last], moments.sharpness[first:last], moments.change[first:last])
    return ClipTimes(start_s, end_s, first, last, flags)


def clip_features(moments: Moments, clips: tuple[ClipTimes, ...]) -> Floats:
    """float32 (clips, d): the mean of the vectors of each clip's moments."""
    rows = [moments.features[clip.first_sample : clip.last_sample].mean(axis=0, dtype=np.float64) for clip in clips]
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, moments.features.shape[1]), np.float32)


def flag_counts(clips: tuple[ClipTimes, ...]) -> dict[str, int]:
    """Number of clips by flag, those that occur."""
    counts: dict[str, int] = {}
    for clip in clips:
        for flag in clip.flags:
            counts[flag.value] = counts.get(flag.value, 0) + 1
    return counts
