"""Which frames of a video are looked at: about four a second, by their times alone.

The moments of a video are the points k / 4 s from the container's start. Each shows the frame that is nearest to it
among those from an eighth of a second before to an eighth after; where there is none (a slow or halting rate), it shows
again what is on the screen. So every video has the same number of moments a second, whatever its rate, its rotation or
the time stamp that it begins with, and the plan follows from its time stamps alone.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.media.ranges import plan_ranges
from core.media.types import FrameTable
from core.procedures.types import SAMPLE_FPS

UNIT_TARGET_S = 5.0


@dataclass(frozen=True, slots=True)
class Samples:
    """``pts``: int64 (n,), the frame that each moment shows, never falling; ``times_s``: float64 (n,), rising: the
    frame's own time, or the moment's where a frame is shown again.
    """

    pts: npt.NDArray[np.int64]
    times_s: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.pts)


@dataclass(frozen=True, slots=True)
class SampledRange:
    """A range from the key frame at ``start_pts`` on, which holds the frames of the moments [first, last)."""

    start_pts: int
    first: int
    last: int


def plan_samples(table: FrameTable) -> Samples:
    """The moments of a video from its first frame to its end."""
    frame_s = (table.pts - table.origin_pts).astype(np.float64) * float(table.time_base)
    end_s = max(table.seconds(table.end_pts), float(frame_s[-1]))
    first = slot_of(frame_s[:1])[0]
    slots = np.arange(first, max(np.ceil(end_s * SAMPLE_FPS - 1e-6), first + 1))
    moments_s = slots / SAMPLE_FPS
    nearest = _nearest(frame_s, moments_s)
    near = slot_of(frame_s[nearest]) == slots
    shown = np.clip(np.searchsorted(frame_s, moments_s, side="right") - 1, 0, len(frame_s) - 1)
    frames = np.where(near, nearest, shown)
    return Samples(table.pts[frames], np.where(near, frame_s[frames], moments_s))


def plan_units(table: FrameTable, samples: Samples, *, target_s: float = UNIT_TARGET_S) -> tuple[SampledRange, ...]:
    """Ranges of about ``target_s`` from key frame to key frame, those without any moment left out."""
    starts = [one.start_pts for one in plan_ranges(table, target_s=target_s)]
    bounds = [*np.searchsorted(samples.pts, starts).tolist(), len(samples)]
    return tuple(
        SampledRange(start, first, last)
        for start, first, last in zip(starts, bounds[:-1], bounds[1:], strict=True)
        if last > first
    )


def slot_of(times_s: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The number k of the moment that each time belongs to: k / 4 s is at most an eighth of a second away."""
    # a microsecond of slack: times are fractions of a time base, and 3.125 s may come as 3.1249999
    return np.floor(times_s * SAMPLE_FPS + 0.5 + 1e-6 * SAMPLE_FPS)


def _nearest(frame_s: npt.NDArray[np.float64], moments_s: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Index of the frame nearest to each moment; of two that are as near the earlier one."""
    if len(frame_s) == 1:
        return np.zeros(len(moments_s), np.int64)
    after = np.clip(np.searchsorted(frame_s, moments_s), 1, len(frame_s) - 1)
    before = after - 1
    nearer_before = moments_s - frame_s[before] <= frame_s[after] - moments_s + 1e-9
    return np.where(nearer_before, before, after).astype(np.int64)
