"""The ground of the lanes: time, marks and curves; looking, zooming and scrolling, no edits."""

from collections.abc import Iterator, Sequence
from copy import copy

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from core.annotate.types import TierKind
from widgets.annotate import lane_paint as painting
from widgets.annotate.label_colours import LabelColours, mark_colour
from widgets.annotate.lane_data import LaneRow
from widgets.annotate.lane_marks import paint_marks
from widgets.annotate.lane_rows import LaneRows
from widgets.annotate.lane_series import paint_series
from widgets.procedures.painted_canvas import PaintedCanvas
from widgets.procedures.sliced_layer import SlicedLayer
from widgets.theme import Theme, current_theme
from widgets.timeline import painting as timeline_painting
from widgets.timeline.lanes import Lane
from widgets.timeline.minimap import Minimap
from widgets.timeline.rows import MINIMAP_PX, RULER_PX, SCROLL_PX
from widgets.timeline.scene import Scene
from widgets.timeline.time_axis import TimeAxis

FOLLOW_AT = 0.1
SCROLL_STEP_PX = 38
_PLAYHEAD_REACH_PX = 9
_MINIMAP_LANES = 10


class LaneView(PaintedCanvas):
    """Paints the lanes; what is selected and dragged over them is the canvas's."""

    seek_requested = Signal(float, bool)
    """Seconds; False while dragging (the nearest key frame will do), True at the end (the exact frame)."""
    view_changed = Signal(float, float)
    """The stretch of time on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places = LaneRows()
        self.axis = TimeAxis(0.0, 1.0)
        self.duration_s = 0.0
        self.position_s = 0.0
        self.hover_px: float | None = None
        self.cuts_s: npt.NDArray[np.float64] = np.zeros(0)
        self._lanes: tuple[LaneRow, ...] = ()
        self._active: str | None = None
        self._colours = LabelColours()
        self._main_colours: tuple[int, ...] = ()
        self._follow = True
        self._empty_text = self.tr("No lanes yet. Run pipelines on the video, or add a lane of your own.")
        self._layer = SlicedLayer(self, self._slices)
        self._overview = Scene()
        self._minimap = Minimap()
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.valueChanged.connect(self._on_scroll)
        self._bar.setVisible(False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(360, MINIMAP_PX + RULER_PX + 2 * SCROLL_STEP_PX))
        self.setAccessibleName(self.tr("Lanes"))

    # ---- what the canvas decides ----

    def paint_over(self, painter: QPainter, theme: Theme) -> None:
        """Paint what is selected and dragged."""

    def dragging(self) -> bool:
        """Whether the view must stay where it is."""
        return False

    # ---- what a page says ----

    def set_duration(self, duration_s: float) -> None:
        """The length of the video; everything comes onto the screen."""
        self.duration_s = self._overview.duration_s = max(duration_s, 0.0)
        self._set_axis(TimeAxis(self.duration_s, self.places.canvas_width).fitted(), force=True)

    def set_shots(self, times_s: Sequence[float] | npt.NDArray[np.float64]) -> None:
        """Times at which the picture changes; edges of marks snap to them."""
        self.cuts_s = np.sort(np.asarray(times_s, dtype=np.float64))
        self.renew()

    def set_position(self, t_s: float) -> None:
        """Move the line of now; the view follows if it would leave the screen."""
        before_px = self.playhead_px
        self.position_s = t_s
        outside = not self.axis.left_s <= t_s <= self.axis.right_s
        if outside and self._follow and not self.dragging() and self.axis.px_per_s:
            ahead_s = self.axis.width_px * (0.5 - FOLLOW_AT) / self.axis.px_per_s
            self._set_axis(self.axis.centred_on(t_s + ahead_s))
            return
        for x_px in (before_px, self.playhead_px):
            self.update(QRect(round(x_px) - _PLAYHEAD_REACH_PX, 0, 2 * _PLAYHEAD_REACH_PX, self.height()))
        self.update(self.places.minimap)

    def set_follow(self, follow: bool) -> None:
        """Whether the view follows the line of now."""
        self._follow = follow

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

    def zoom_to(self, start_s: float, end_s: float) -> None:
        """A stretch of time fills the width."""
        self._set_axis(self.axis.showing(start_s, end_s))

    def zoom_in(self) -> None:
        """Twice as large, around the line of now if it is on the screen."""
        self.zoom_by(2.0, self._anchor_px())

    def zoom_out(self) -> None:
        """Half as large."""
        self.zoom_by(0.5, self._anchor_px())

    def zoom_by(self, factor: float, at_px: float) -> None:
        """Zoom; the time at a place of the time axis stays there."""
        self._set_axis(self.axis.zoomed(factor, at_px))

    def pan_by(self, dx_px: float) -> None:
        """Everything moves to the right."""
        self._set_axis(self.axis.panned(dx_px))

    def centre_on(self, t_s: float) -> None:
        """A time in the middle of the view."""
        self._set_axis(self.axis.centred_on(t_s))

    def fit(self) -> None:
        """Everything on the screen."""
        self._set_axis(self.axis.fitted())

    def view(self) -> tuple[float, float]:
        """The stretch of time on the screen."""
        return self.axis.left_s, self.axis.right_s

    def scroll_by(self, dy_px: int) -> None:
        """Scroll the lanes down by some pixels."""
        self._bar.setValue(self._bar.value() + dy_px)

    # ---- where things are ----

    @property
    def playhead_px(self) -> float:
        """Where the line of now is on the widget."""
        return self.places.canvas_left + self.axis.x_px(self.position_s)

    def x_px(self, t_s: float) -> float:
        """Where a time is on the widget."""
        return self.places.canvas_left + self.axis.x_px(t_s)

    def time_at(self, x_px: float) -> float:
        """The time at a place of the widget."""
        return self.axis.t_s(x_px - self.places.canvas_left)

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

    def set_hover(self, x_px: float | None) -> None:
        """Move the hair line under the pointer."""
        if x_px != self.hover_px:
            self.hover_px = x_px
            self.update()

    def show_lane(self, index: int) -> None:
        """Bring a lane into view with the least movement."""
        place, area = self.places.lane(index), self.places.lanes
        if place.top() < area.top():
            self._bar.setValue(self.places.tops_px[index])
        elif place.bottom() > area.bottom():
            self._bar.setValue(self.places.tops_px[index + 1] - area.height())

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._relayout()

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
        self._relayout()

    def _minimap_colour(self, lane: LaneRow) -> int | None:
        index = self._colours.main(lane)
        return index if index >= 0 else None

    def _anchor_px(self) -> float:
        x_px = self.axis.x_px(self.position_s)
        return x_px if 0 <= x_px <= self.axis.width_px else self.axis.width_px / 2

    def _set_axis(self, axis: TimeAxis, *, force: bool = False) -> None:
        if axis != self.axis or force:
            self.axis = axis
            self.renew()
            self.view_changed.emit(axis.left_s, axis.right_s)

    def _relayout(self) -> None:
        places = self.places
        places.lay_out(self._lanes, self.width(), self.height())
        area = places.lanes
        self._bar.setGeometry(self.width() - SCROLL_PX, area.top(), SCROLL_PX, max(area.height(), 1))
        self._bar.setRange(0, places.most_scroll)
        self._bar.setPageStep(max(area.height(), 1))
        self._bar.setSingleStep(SCROLL_STEP_PX)
        self._bar.setVisible(places.most_scroll > 0)
        places.scroll_px = self._bar.value()
        self._set_axis(self.axis.resized(places.canvas_width))
        self.renew()

    def _on_scroll(self, value_px: int) -> None:
        self.places.scroll_px = value_px
        self.renew()
