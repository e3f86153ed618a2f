"""Where the lanes are: rows of different heights below overview and ruler. Pixels from the top of the widget."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QRectF

from core.annotate.types import TierKind
from widgets.annotate.lane_data import LaneRow
from widgets.timeline.rows import MINIMAP_PX, RULER_PX, Rows

WIDE_HEADER_PX, NARROW_HEADER_PX = 224, 148
NARROW_BELOW_PX = 820
LEVEL_PX, LEVEL_GAP_PX, EDGE_PX = 24, 2, 7
SERIES_PX = 58


@dataclass(slots=True)
class LaneRows(Rows):
    """The lay-out of lanes for a size."""

    header_px: int = field(default=WIDE_HEADER_PX)
    tops_px: tuple[int, ...] = (0,)
    """Where each lane begins below the first, and where the last one ends."""

    def lay_out(self, lanes: Sequence[LaneRow], width_px: int, height_px: int) -> None:
        """Place lanes in a size."""
        self.width_px, self.height_px = width_px, height_px
        self.header_px = WIDE_HEADER_PX if width_px >= NARROW_BELOW_PX else NARROW_HEADER_PX
        self.lane_count = len(lanes)
        tops = [0]
        for lane in lanes:
            tops.append(tops[-1] + lane_height_px(lane))
        self.tops_px = tuple(tops)

    @property
    def lanes(self) -> QRect:
        """Where the lanes show."""
        top = MINIMAP_PX + RULER_PX
        return QRect(self.canvas_left, top, self.canvas_width, max(self.height_px - top, 0))

    @property
    def lanes_height(self) -> int:
        """The height of all lanes, on the screen or not."""
        return self.tops_px[-1]

    @property
    def most_scroll(self) -> int:
        """How far the lanes can be scrolled."""
        return max(self.lanes_height - self.lanes.height(), 0)

    def lane(self, index: int) -> QRect:
        """The row of a lane, wherever it is scrolled to."""
        area = self.lanes
        top, bottom = self.tops_px[index], self.tops_px[index + 1]
        return QRect(area.left(), area.top() + top - self.scroll_px, area.width(), bottom - top)

    def visible_lanes(self) -> range:
        """Lanes at least partly on the screen."""
        first = bisect_right(self.tops_px, self.scroll_px) - 1
        last = bisect_right(self.tops_px, self.scroll_px + self.lanes.height() - 1)
        return range(min(max(first, 0), self.lane_count), min(max(last, 0), self.lane_count))

    def lane_at(self, y_px: int) -> int:
        """The lane at a height, -1 = none."""
        area = self.lanes
        if not area.top() <= y_px < area.top() + area.height():
            return -1
        index = bisect_right(self.tops_px, y_px - area.top() + self.scroll_px) - 1
        return index if 0 <= index < self.lane_count else -1


def lane_height_px(lane: LaneRow) -> int:
    """Room for all levels, or for a curve."""
    if lane.kind is TierKind.SERIES:
        return SERIES_PX
    return 2 * EDGE_PX + lane.level_count * (LEVEL_PX + LEVEL_GAP_PX) - LEVEL_GAP_PX


def level_band(area: QRect, level: int) -> QRectF:
    """The band of a level within a lane's row."""
    return QRectF(area.left(), area.top() + EDGE_PX + level * (LEVEL_PX + LEVEL_GAP_PX), area.width(), LEVEL_PX)


def level_at(area: QRect, y_px: float) -> int:
    """The level at a height of a lane's row."""
    return max(int((y_px - area.top() - EDGE_PX) // (LEVEL_PX + LEVEL_GAP_PX)), 0)
