"""Where the rows of the timeline are: fixed rows above, lanes that scroll below. Pixels from the top of the widget."""

from dataclasses import dataclass, field

from PySide6.QtCore import QRect

HEADER_PX = 168
SCROLL_PX = 12
MINIMAP_PX = 30
RULER_PX = 28
THUMBS_PX = 48
SHOTS_PX = 18
WAVE_PX = 32
LANE_PX = 28


@dataclass(slots=True)
class Rows:
    """The lay-out for a size; rows without contents are left out."""

    width_px: int = 0
    height_px: int = 0
    with_thumbs: bool = False
    with_shots: bool = False
    with_wave: bool = False
    lane_count: int = 0
    scroll_px: int = 0
    header_px: int = field(default=HEADER_PX)

    @property
    def canvas_left(self) -> int:
        """Where time begins."""
        return self.header_px

    @property
    def canvas_width(self) -> int:
        """The width of the time axis."""
        return max(self.width_px - self.header_px - SCROLL_PX, 1)

    @property
    def minimap(self) -> QRect:
        """The overview of everything."""
        return self._row(0, MINIMAP_PX)

    @property
    def ruler(self) -> QRect:
        """Ticks and times."""
        return self._row(MINIMAP_PX, RULER_PX)

    @property
    def thumbs(self) -> QRect:
        """The strip of thumbnails; empty without."""
        return self._row(MINIMAP_PX + RULER_PX, THUMBS_PX if self._room_for_thumbs else 0)

    @property
    def shots(self) -> QRect:
        """The shots; empty without."""
        return self._row(self.thumbs.top() + self.thumbs.height(), SHOTS_PX if self.with_shots else 0)

    @property
    def wave(self) -> QRect:
        """The sound; empty without."""
        return self._row(self.shots.top() + self.shots.height(), WAVE_PX if self.with_wave else 0)

    @property
    def lanes(self) -> QRect:
        """Where the lanes show."""
        top = self.wave.top() + self.wave.height()
        return self._row(top, max(self.height_px - top, 0))

    @property
    def lanes_height(self) -> int:
        """The height of all lanes, on the screen or not."""
        return self.lane_count * LANE_PX

    @property
    def most_scroll(self) -> int:
        """How far the lanes can be scrolled."""
        return max(self.lanes_height - self.lanes.height(), 0)

    def lane(self, index: int) -> QRect:
        """The row of a lane, wherever it is scrolled to."""
        area = self.lanes
        return QRect(area.left(), area.top() + index * LANE_PX - self.scroll_px, area.width(), LANE_PX)

    def visible_lanes(self) -> range:
        """Lanes at least partly on the screen."""
        first = self.scroll_px // LANE_PX
        last = -(-(self.scroll_px + self.lanes.height()) // LANE_PX)
        return range(min(first, self.lane_count), min(last, self.lane_count))

    def lane_at(self, y_px: int) -> int:
        """The lane at a height, -1 = none."""
        area = self.lanes
        if not area.top() <= y_px < area.top() + area.height():
            return -1
        index = (y_px - area.top() + self.scroll_px) // LANE_PX
        return index if index < self.lane_count else -1

    @property
    def _room_for_thumbs(self) -> bool:
        needed_px = MINIMAP_PX + RULER_PX + THUMBS_PX + SHOTS_PX + WAVE_PX + LANE_PX
        return self.with_thumbs and self.height_px >= needed_px

    def _row(self, top_px: int, height_px: int) -> QRect:
        return QRect(self.canvas_left, top_px, self.canvas_width, height_px)
