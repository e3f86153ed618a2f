"""Cutting a video into ranges that can be decoded on their own."""

import itertools
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidRequest
from core.media.types import FrameTable


@dataclass(frozen=True, slots=True)
class TimeRange:
    """[start_frame, end_frame) of a frame table. ``end_pts`` None: to the end of the file, whatever its packets say.

    ``decode_range(path, start_pts=r.start_pts, end_pts=r.end_pts)`` gives its frames.
    """

    start_frame: int
    end_frame: int
    start_pts: int
    end_pts: int | None


def plan_ranges(table: FrameTable, *, target_s: float) -> list[TimeRange]:
    """Ranges that start at key frames and are at least ``target_s`` long (the last one may be shorter).

    Together they hold every frame once. The plan follows from the table alone, so that any number of workers, on any
    machine, gets the same ranges. Raises InvalidRequest for a length that is not above zero.
    """
    if not target_s > 0:
        raise InvalidRequest(f"A range cannot be {target_s} s long.", action="Give a length above zero.")
    step_pts = target_s / float(table.time_base)
    starts = [0]
    for frame in np.flatnonzero(table.keyframe).tolist():
        if table.pts[frame] - table.pts[starts[-1]] >= step_pts:
            starts.append(frame)
    bounds = [*starts, len(table)]
    return [
        TimeRange(
            start_frame=start,
            end_frame=end,
            start_pts=int(table.pts[start]),
            end_pts=int(table.pts[end]) if end < len(table) else None,
        )
        for start, end in itertools.pairwise(bounds)
    ]
