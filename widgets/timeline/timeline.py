"""The timeline widget."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from core.faces.types import Shot
from widgets.image_loader import ImageLoader, Provided
from widgets.theme import current_theme
from widgets.time_text import format_time
from widgets.timeline import painting
from widgets.timeline.gestures import Gestures
from widgets.timeline.lanes import Lane
from widgets.timeline.minimap import Minimap
from widgets.timeline.rows import LANE_PX, MINIMAP_PX, RULER_PX, SCROLL_PX, Rows
from widgets.timeline.scene import Scene, SpeechSpan
from widgets.timeline.thumbs import paint_thumbs
from widgets.timeline.time_axis import TimeAxis

_PLAYHEAD_REACH_PX = 9
_FOLLOW_AT = 0.1


class Timeline(QWidget):
    """Time from left to right on one canvas.

    Mouse: drag = seek (a click on a bar activates it), wheel = zoom around the pointer, Shift+wheel or the middle
    button = pan, Ctrl+wheel = scroll the lanes, drag in the overview = pan, double click there = everything.
    Keyboard: plus and minus zoom, 0 everything, Page keys pan, Home and End seek, Up and Down select a lane, Enter =
    next bar of the selected lane.
    """

    seek_requested = Signal(float, bool)
    """Seconds; False while dragging (the nearest key frame will do), True at the end (the exact frame)."""
    bar_activated = Signal(str, int, float)
    """Lane id, index of the interval, and the time under the pointer. No ``seek_requested`` comes with it."""
    lane_selected = Signal(str)
    lane_activated = Signal(str)
    """A double click on a lane's header."""
    lane_context_menu_requested = Signal(str, QPoint)
    view_changed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self.rows = Rows()
        self.axis = TimeAxis(0.0, 1.0)
        self.position_s = 0.0
        self.hover_px: float | None = None
        self._follow = True
        self._layer: QPixmap | None = None
        self._minimap = Minimap()
        self._loader = ImageLoader(None, self)
        self._loader.loaded.connect(lambda _key: self._renew())
        self._gestures = Gestures(self)
        self.installEventFilter(self._gestures)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.valueChanged.connect(self._on_scroll)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(320, MINIMAP_PX + RULER_PX + 2 * LANE_PX))
        self.setAccessibleName(self.tr("Timeline"))

    # ---- what a page says ----

    def set_duration(self, duration_s: float) -> None:
        """The length of the video; everything comes onto the screen."""
        self.scene.duration_s = max(duration_s, 0.0)
        self.scene.version += 1
        self._set_axis(TimeAxis(self.scene.duration_s, self.rows.canvas_width).fitted(), force=True)

    def set_shots(self, shots: Iterable[Shot | tuple[float, float]]) -> None:
        """Shots, or pairs of start and end in seconds."""
        self.scene.set_shots(shots)
        self._relayout()

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """The lanes from top to bottom; the selected one stays selected if it is still there."""
        self.scene.lanes = tuple(lanes)
        self.scene.version += 1
        if self.scene.lane_index(self.scene.selected_lane) < 0:
            self.scene.selected_lane = None
        self._relayout()

    def set_waveform(self, peaks: npt.NDArray[np.float32] | None, per_second: float = 50.0) -> None:
        """Least and greatest sample, float32 (n, 2) in [-1, 1], ``per_second`` rows a second; None = no sound."""
        self.scene.peaks, self.scene.peaks_per_s = peaks, per_second
        self._relayout()

    def set_speech(self, spans: Sequence[SpeechSpan]) -> None:
        """When somebody speaks, in the colour of the speaker: a thin lane below the sound."""
        self.scene.speech = tuple(spans)
        self._relayout()

    def set_thumbnails(
        self,
        times_s: Sequence[float] | npt.NDArray[np.float64],
        provide: Callable[[int], Provided] | None,
        aspect: float = 16 / 9,
    ) -> None:
        """Small pictures at rising times; ``provide(i)`` gives the i-th in a worker thread. None = no thumbnails."""
        self.scene.thumb_times_s = np.asarray(times_s if provide is not None else (), dtype=np.float64)
        self.scene.thumb_aspect = aspect
        if provide is not None:
            self._loader.set_provide(lambda key: provide(key) if isinstance(key, int) else None)
        self._relayout()

    def set_position(self, t_s: float) -> None:
        """Move the line of now; the view follows if it would leave the screen."""
        before_px = self.playhead_px
        self.position_s = t_s
        self.setAccessibleDescription(format_time(t_s))
        outside = not self.axis.left_s <= t_s <= self.axis.right_s
        if outside and self._follow and not self._gestures.dragging:
            ahead_s = self.axis.width_px * (0.5 - _FOLLOW_AT) / self.axis.px_per_s if self.axis.px_per_s else 0.0
            self._set_axis(self.axis.centred_on(t_s + ahead_s))
            return
        for x_px in (before_px, self.playhead_px):
            self.update(QRect(round(x_px) - _PLAYHEAD_REACH_PX, 0, 2 * _PLAYHEAD_REACH_PX, self.height()))
        self.update(self.rows.minimap)

    def set_selected_lane(self, lane_id: str | None) -> None:
        """Highlight a lane and bring it into view; the others step back."""
        if lane_id == self.scene.selected_lane:
            return
        index = self.scene.lane_index(lane_id)
        self.scene.selected_lane = lane_id if index >= 0 else None
        if index >= 0:
            place, area = self.rows.lane(index), self.rows.lanes
            if place.top() < area.top():
                self._bar.setValue(index * LANE_PX)
            elif place.bottom() > area.bottom():
                self._bar.setValue((index + 1) * LANE_PX - area.height())
        self._renew()

    def selected_lane(self) -> str | None:
        """The highlighted lane."""
        return self.scene.selected_lane

    def set_follow(self, follow: bool) -> None:
        """Whether the view follows the line of now."""
        self._follow = follow

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
        """Zoom; the time at a place of the canvas stays there."""
        self._set_axis(self.axis.zoomed(factor, at_px))

    def pan_by(self, dx_px: float) -> None:
        """Move everything to the right."""
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

    def scroll_lanes(self, dy_px: int) -> None:
        """Scroll the lanes down by some pixels."""
        self._bar.setValue(self._bar.value() + dy_px)

    def clear(self) -> None:
        """Show nothing."""
        version = self.scene.version + 1
        self.scene = Scene(version=version)
        self._loader.clear()
        self.position_s = 0.0
        self.set_duration(0.0)
        self._relayout()

    def stop(self) -> None:
        """End the threads that load thumbnails."""
        self._loader.stop()

    # ---- where things are ----

    @property
    def playhead_px(self) -> float:
        """Where the line of now is on the widget."""
        return self.rows.canvas_left + self.axis.x_px(self.position_s)

    def time_at(self, x_px: float) -> float:
        """The time at a place of the widget."""
        return self.axis.t_s(x_px - self.rows.canvas_left)

    def bar_at(self, place: QPoint) -> tuple[Lane, int] | None:
        """The bar under a place of the widget; thin ones are caught within three pixels."""
        index = self.rows.lane_at(place.y())
        if index < 0 or place.x() < self.rows.canvas_left or not self.axis.px_per_s:
            return None
        lane = self.scene.lanes[index]
        found = lane.at(
            self.axis.left_s + (place.x() - self.rows.canvas_left) / self.axis.px_per_s, 3 / self.axis.px_per_s
        )
        return (lane, found) if found >= 0 else None

    def header_at(self, place: QPoint) -> Lane | None:
        """The lane whose header is under a place."""
        index = self.rows.lane_at(place.y()) if place.x() < self.rows.canvas_left else -1
        return self.scene.lanes[index] if index >= 0 else None

    def set_hover(self, x_px: float | None) -> None:
        """Move the hair line under the pointer."""
        if x_px != self.hover_px:
            self.hover_px = x_px
            self.update()

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """Room for the fixed rows and five lanes."""
        return QSize(960, 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._relayout()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange):
            self._renew()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask the page for a lane's menu."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.scene.lane_index(self.scene.selected_lane)
            place = self.rows.lane(index).center() if index >= 0 else self.rect().center()
        else:
            place = event.pos()
            index = self.rows.lane_at(place.y())
        if index >= 0:
            self.lane_context_menu_requested.emit(self.scene.lanes[index].lane_id, self.mapToGlobal(place))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the kept picture, and over it what moves."""
        theme = current_theme()
        ratio = self.devicePixelRatioF()
        if self._layer is None or self._layer.devicePixelRatio() != ratio:
            with self._loader.resting():
                self._layer = self._paint_layer(ratio)
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.drawPixmap(0, 0, self._layer)
        if self.scene.duration_s > 0:
            self._minimap.paint(painter, self.rows.minimap, self.axis, self.scene, self.position_s, theme, ratio)
            canvas = QRect(self.rows.canvas_left, 0, self.rows.canvas_width, self.height())
            painter.setClipRect(canvas.intersected(event.rect()))
            if self.hover_px is not None:
                painting.paint_hover(painter, self.rows, self.hover_px, self.time_at(self.hover_px), theme)
            painting.paint_playhead(painter, self.rows, self.playhead_px, theme)
        if self.hasFocus():
            painter.setClipRect(event.rect())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(theme.colour("focus"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    # ---- parts ----

    def _paint_layer(self, ratio: float) -> QPixmap:
        theme = current_theme()
        layer = QPixmap(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))
        layer.setDevicePixelRatio(ratio)
        painter = QPainter(layer)
        painting.paint_ground(painter, self.rows, theme)
        if self.scene.duration_s > 0:
            painter.setClipRect(QRect(self.rows.canvas_left, 0, self.rows.canvas_width, self.height()))
            painting.paint_ruler(painter, self.rows, self.axis, theme)
            paint_thumbs(painter, self.rows.thumbs, self.axis, self.scene, self._loader, theme, ratio)
            painting.paint_shots(painter, self.rows, self.axis, self.scene, theme)
            painting.paint_wave(painter, self.rows, self.axis, self.scene, theme, ratio)
            painting.paint_speech(painter, self.rows, self.axis, self.scene, theme)
            self._paint_lanes(painter, ratio)
            painter.setClipping(False)
            painting.paint_headers(painter, self.rows, self.scene, theme, self._titles())
        painting.paint_edges(painter, self.rows, theme)
        painter.end()
        return layer

    def _paint_lanes(self, painter: QPainter, ratio: float) -> None:
        painter.setClipRect(self.rows.lanes)
        selected = self.scene.selected_lane
        for index in self.rows.visible_lanes():
            lane = self.scene.lanes[index]
            dim = selected is not None and selected != lane.lane_id
            painting.paint_lane(painter, self.rows.lane(index), lane, self.axis, current_theme(), ratio, dim=dim)

    def _titles(self) -> dict[str, str]:
        return {"thumbs": self.tr("Pictures"), "shots": self.tr("Shots"), "wave": self.tr("Sound")}

    def _anchor_px(self) -> float:
        x_px = self.axis.x_px(self.position_s)
        return x_px if 0 <= x_px <= self.axis.width_px else self.axis.width_px / 2

    def _set_axis(self, axis: TimeAxis, *, force: bool = False) -> None:
        if axis != self.axis or force:
            self.axis = axis
            self._renew()
            self.view_changed.emit(axis.left_s, axis.right_s)

    def _renew(self) -> None:
        self._layer = None
        self.update()

    def _relayout(self) -> None:
        rows = self.rows
        rows.width_px, rows.height_px = self.width(), self.height()
        rows.with_thumbs = bool(len(self.scene.thumb_times_s))
        rows.with_shots = bool(len(self.scene.shot_starts_s))
        rows.with_wave = self.scene.peaks is not None
        rows.lane_count = len(self.scene.lanes)
        area = rows.lanes
        self._bar.setGeometry(self.width() - SCROLL_PX, area.top(), SCROLL_PX, max(area.height(), 1))
        self._bar.setRange(0, rows.most_scroll)
        self._bar.setPageStep(max(area.height(), 1))
        self._bar.setSingleStep(LANE_PX)
        self._bar.setVisible(rows.most_scroll > 0)
        rows.scroll_px = self._bar.value()
        self._set_axis(self.axis.resized(rows.canvas_width))
        self._renew()

    def _on_scroll(self, value_px: int) -> None:
        self.rows.scroll_px = value_px
        self._renew()
