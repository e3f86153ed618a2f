"""The ground of the lanes: time, marks and curves; looking, zooming and scrolling, no edits."""

from collections.abc import Iterator, Sequence
from copy import copy

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.annotate.types import TierKind
from widgets.annotate import lane_paint as painting
from widgets.annotate.label_colours import LabelColours, mark_colour
from widgets.annotate.lane_data import LaneRow
from widgets.annotate.lane_marks import paint_marks
from widgets.annotate.lane_rows import LaneRows
from widgets.annotate.lane_series import paint_series
from widgets.procedures.sliced_layer import SlicedLayer
from widgets.theme import Theme, current_theme
from widgets.timeline import painting as timeline_painting
from widgets.timeline.lanes import Lane
from widgets.timeline.minimap import Minimap
from widgets.timeline.rows import Rows
from widgets.timeline.scene import Scene
from widgets.timeline.time_view import TimeView

SCROLL_STEP_PX = 38
_MINIMAP_LANES = 10


class LaneView(TimeView):
    """Paints the lanes; what is selected and dragged over them is the canvas's."""

    seek_requested = Signal(float, bool)
    """Seconds; False while dragging (the nearest key frame will do), True at the end (the exact frame)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.places = LaneRows()
        least_px = QSize(360, 2 * SCROLL_STEP_PX)
        super().__init__(self.places, parent, least_px=least_px, scroll_step_px=SCROLL_STEP_PX)
        self.duration_s = 0.0
        self.cuts_s: npt.NDArray[np.float64] = np.zeros(0)
        self._lanes: tuple[LaneRow, ...] = ()
        self._active: str | None = None
        self._colours = LabelColours()
        self._main_colours: tuple[int, ...] = ()
        self._empty_text = self.tr("No lanes yet. Run pipelines on the video, or add a lane of your own.")
        self._layer = SlicedLayer(self, self._slices)
        self._overview = Scene()
        self._minimap = Minimap()
        self.setAccessibleName(self.tr("Lanes"))

    # ---- what the canvas decides ----

    def paint_over(self, painter: QPainter, theme: Theme) -> None:
        """Paint what is selected and dragged."""

    def lay_out(self, _rows: Rows) -> None:
        """Lanes of different heights."""
        self.places.lay_out(self._lanes, self.width(), self.height())

    # ---- what a page says ----

    def set_duration(self, duration_s: float) -> None:
        """The length of the video; everything comes onto the screen."""
        self.duration_s = self._overview.duration_s = max(duration_s, 0.0)
        self.show_all_of(self.duration_s)

    def set_shots(self, times_s: Sequence[float] | npt.NDArray[np.float64]) -> None:
        """Times at which the picture changes; edges of marks snap to them."""
        self.cuts_s = np.sort(np.asarray(times_s, dtype=np.float64))
        self.renew()

    def set_empty_text(self, words: str) -> None:
        """What is written where no lane is."""
        self._empty_text = words
        self.renew()

    def rows(self) -> tuple[LaneRow, ...]:
        """The lanes from top to bottom."""
        return self._lanes

    def active_lane(self) -> str | None:
        """The lane that keys work on."""
        return self._active

    # ---- where things are ----

    def lane_index(self, lane_id: str | None) -> int:
        """The place of a lane, -1 = not there."""
        return next((at for at, lane in enumerate(self._lanes) if lane.lane_id == lane_id), -1)

    def lane(self, lane_id: str | None) -> LaneRow | None:
        """A lane."""
        at = self.lane_index(lane_id)
        return self._lanes[at] if at >= 0 else None

    def in_header(self, place: QPoint) -> bool:
        """Whether a place is among the names."""
        return place.x() < self.places.canvas_left

    def colour_of(self, lane: LaneRow, label: str) -> int:
        """The colour index of a label in a lane."""
        return self._colours.of_label(lane, label)

    def renew(self) -> None:
        """Paint everything anew."""
        self._layer.renew(patiently=True)

    @property
    def painted(self) -> bool:
        """Whether the picture shows what it should: many marks take several slices of time."""
        return self._layer.ready

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """Room for some lanes."""
        return QSize(960, 360)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The kept picture, and over it what moves."""
        theme, ratio = current_theme(), self.devicePixelRatioF()
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        self._layer.paint(painter)
        if self.duration_s > 0 and self._lanes:
            places = self.places
            self._minimap.paint(painter, places.minimap, self.axis, self._overview, self.position_s, theme, ratio)
            canvas = QRect(places.canvas_left, 0, places.canvas_width, self.height())
            painter.setClipRect(canvas.intersected(event.rect()))
            self.paint_over(painter, theme)
            if self.hover_px is not None:
                timeline_painting.paint_hover(painter, places, self.hover_px, self.time_at(self.hover_px), theme)
                painter.setClipRect(places.lanes.intersected(event.rect()))
                t_s = self.time_at(self.hover_px)
                painting.paint_values(painter, places, self._lanes, self.hover_px, t_s, self._tints(theme), theme)
                painter.setClipRect(canvas.intersected(event.rect()))
            timeline_painting.paint_playhead(painter, places, self.playhead_px, theme)
        if self.hasFocus():
            painter.setClipRect(event.rect())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    # ---- inside ----

    def _slices(self, painter: QPainter, ratio: float) -> Iterator[None]:
        """The kept picture, a little at a time: of how everything is when it begins."""
        theme, places, axis, lanes = current_theme(), copy(self.places), self.axis, self._lanes
        timeline_painting.paint_ground(painter, places, theme)
        if self.duration_s <= 0 or not lanes:
            self._paint_empty(painter, places, theme)
            return
        tints, active = self._tints(theme), self.lane_index(self._active)
        canvas = QRect(places.canvas_left, 0, places.canvas_width, places.height_px)
        painter.setClipRect(canvas)
        timeline_painting.paint_ruler(painter, places, axis, theme)
        painter.setClipRect(places.lanes)
        painting.paint_grounds(painter, places, lanes, active, theme)
        painter.setClipRect(canvas)
        painting.paint_cuts(painter, places, axis, self.cuts_s, theme)
        painter.setClipping(False)
        painting.paint_headers(painter, places, lanes, active, tints, theme)
        yield
        painter.setClipRect(places.lanes)
        for index in places.visible_lanes():
            lane, area = lanes[index], places.lane(index)
            if lane.kind is TierKind.SERIES:
                paint_series(painter, area, lane, axis, tints[index], theme, ratio)
                yield
            else:
                yield from paint_marks(painter, area, lane, axis, self._colours.of(lane), theme, ratio)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        timeline_painting.paint_edges(painter, places, theme)

    def _paint_empty(self, painter: QPainter, places: LaneRows, theme: Theme) -> None:
        area = QRect(0, places.lanes.top(), self.width(), places.lanes.height())
        painter.fillRect(self.rect(), theme.colour("surface"))
        if self.duration_s > 0:
            timeline_painting.paint_ruler(painter, places, self.axis, theme)
            timeline_painting.paint_edges(painter, places, theme)
            painter.fillRect(area.adjusted(0, 1, 0, 0), theme.colour("surface"))
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text_muted"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area.adjusted(24, 8, -24, -8), flags, self._empty_text)

    def _tints(self, theme: Theme) -> list[QColor]:
        """The colour that stands for each lane."""
        return [
            theme.colour("waveform")
            if lane.kind is TierKind.SERIES and lane.colour is None
            else mark_colour(main, theme)
            for lane, main in zip(self._lanes, self._main_colours, strict=True)
        ]

    def _take_lanes(self, lanes: Sequence[LaneRow]) -> None:
        self._lanes = tuple(lanes)
        self._colours.learn(self._lanes)
        self._main_colours = tuple(self._colours.main(lane) for lane in self._lanes)
        shown = [lane for lane in self._lanes if lane.kind is not TierKind.SERIES][:_MINIMAP_LANES]
        self._overview.lanes = tuple(
            Lane(lane.lane_id, lane.title, self._minimap_colour(lane), np.column_stack((lane.starts_s, lane.ends_s)))
            for lane in shown
        )
        self._overview.version += 1
        self.relayout()

    def _minimap_colour(self, lane: LaneRow) -> int | None:
        index = self._colours.main(lane)
        return index if index >= 0 else None
