"""Which frames a look is shown, by their times alone: never more than so many a second."""

import numpy as np
import numpy.typing as npt

from core.faces.parameters import sampled_frames
from core.media.types import FrameTable


def pts_at(table: FrameTable, fps: float) -> npt.NDArray[np.int64]:
    """PTS of at most ``fps`` frames a second, the first frame always among them."""
    chosen: npt.NDArray[np.int64] = table.pts[sampled_frames(table, 1, fps)]
    return chosen


def thinned(pts: npt.NDArray[np.int64], table: FrameTable, fps: float) -> npt.NDArray[np.int64]:
    """At most ``fps`` a second of the frames ``pts`` (rising): the first one in each slot of 1 / ``fps`` s."""
    if not len(pts):
        return pts
    rest = FrameTable(pts, np.ones(len(pts), np.bool_), table.time_base, table.origin_pts, table.end_pts)
    return pts_at(rest, fps)


def decoded_table(table: FrameTable, pts: npt.NDArray[np.int64]) -> FrameTable:
    """The table of the frames that could be decoded, ``pts`` (rising)."""
    return FrameTable(
        pts=pts,
        keyframe=np.isin(pts, table.pts[table.keyframe]),
        time_base=table.time_base,
        origin_pts=table.origin_pts,
        end_pts=max(table.end_pts, int(pts[-1]) + 1) if len(pts) else table.end_pts,
    )
