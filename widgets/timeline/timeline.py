"""The timeline widget."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from core.faces.types import Shot
from widgets.image_loader import ImageLoader, Provided
from widgets.theme import current_theme
from widgets.time_text import format_time
from widgets.timeline import painting
from widgets.timeline.gestures import Gestures
from widgets.timeline.lanes import Lane
from widgets.timeline.minimap import Minimap
from widgets.timeline.rows import LANE_PX, Rows
from widgets.timeline.scene import Scene, SpeechSpan
from widgets.timeline.thumbs import paint_thumbs
from widgets.timeline.time_view import TimeView


class Timeline(TimeView):
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

    def __init__(self, parent: QWidget | None = None) -> None:
        self.rows = Rows()
        super().__init__(self.rows, parent, least_px=QSize(320, 2 * LANE_PX), scroll_step_px=LANE_PX)
        self.scene = Scene()
        self._layer: QPixmap | None = None
        self._minimap = Minimap()
        self._loader = ImageLoader(None, self)
        self._loader.loaded.connect(lambda _key: self.renew())
        self._gestures = Gestures(self)
        self.installEventFilter(self._gestures)
        self.setAccessibleName(self.tr("Timeline"))

    # ---- what a page says ----

    def set_duration(self, duration_s: float) -> None:
        """The length of the video; everything comes onto the screen."""
        self.scene.duration_s = max(duration_s, 0.0)
        self.scene.version += 1
        self.show_all_of(self.scene.duration_s)

    def set_shots(self, shots: Iterable[Shot | tuple[float, float]]) -> None:
        """Shots, or pairs of start and end in seconds."""
        self.scene.set_shots(shots)
        self.relayout()

    def set_lanes(self, lanes: Sequence[Lane]) -> None:
        """The lanes from top to bottom; the selected one stays selected if it is still there."""
        self.scene.lanes = tuple(lanes)
        self.scene.version += 1
        if self.scene.lane_index(self.scene.selected_lane) < 0:
            self.scene.selected_lane = None
        self.relayout()

    def set_waveform(self, peaks: npt.NDArray[np.float32] | None, per_second: float = 50.0) -> None:
        """Least and greatest sample, float32 (n, 2) in [-1, 1], ``per_second`` rows a second; None = no sound."""
        self.scene.peaks, self.scene.peaks_per_s = peaks, per_second
        self.relayout()

    def set_speech(self, spans: Sequence[SpeechSpan]) -> None:
        """When somebody speaks, in the colour of the speaker: a thin lane below the sound."""
        self.scene.speech = tuple(spans)
        self.relayout()

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
        self.relayout()

    def set_position(self, t_s: float) -> None:
        """Move the line of now; the view follows if it would leave the screen."""
        self.setAccessibleDescription(format_time(t_s))
        super().set_position(t_s)

    def set_selected_lane(self, lane_id: str | None) -> None:
        """Highlight a lane and bring it into view; the others step back."""
        if lane_id == self.scene.selected_lane:
            return
        index = self.scene.lane_index(lane_id)
        self.scene.selected_lane = lane_id if index >= 0 else None
        if index >= 0:
            self.show_lane(index)
        self.renew()

    def selected_lane(self) -> str | None:
        """The highlighted lane."""
        return self.scene.selected_lane

    def clear(self) -> None:
        """Show nothing."""
        version = self.scene.version + 1
        self.scene = Scene(version=version)
        self._loader.clear()
        self.position_s = 0.0
        self.set_duration(0.0)
        self.relayout()

    def stop(self) -> None:
        """End the threads that load thumbnails."""
        self._loader.stop()

    # ---- where things are ----

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

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """Room for the fixed rows and five lanes."""
        return QSize(960, 320)

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew also when it is switched off or on."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self.renew()

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

    def lay_out(self, rows: Rows) -> None:
        """Rows without contents are left out."""
        rows.width_px, rows.height_px = self.width(), self.height()
        rows.with_thumbs = bool(len(self.scene.thumb_times_s))
        rows.with_shots = bool(len(self.scene.shot_starts_s))
        rows.with_wave = self.scene.peaks is not None
        rows.lane_count = len(self.scene.lanes)

    def dragging(self) -> bool:
        """Whether the view must stay where it is."""
        return self._gestures.dragging

    def renew(self) -> None:
        """Paint everything anew."""
        self._layer = None
        self.update()
