"""The ground of the step editor: time, pictures and steps; looking and zooming, no edits."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.procedures.types import Step
from widgets.cell_words import draw_words
from widgets.image_loader import ImageLoader, Provided
from widgets.painted_canvas import PaintedCanvas
from widgets.procedures import step_paint as painting
from widgets.procedures.step_paint import EDGE_PX, StepPlaces
from widgets.theme import Theme, current_theme
from widgets.timeline.scene import Scene
from widgets.timeline.thumbs import paint_thumbs
from widgets.timeline.time_axis import TimeAxis

_FOLLOW_AT = 0.1


class StepCanvas(PaintedCanvas):
    """Paints the steps; what is dragged over them is the editor's."""

    seek_requested = Signal(float, bool)
    """Seconds; False while dragging (the nearest key frame will do)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.duration_s = 0.0
        self.axis = TimeAxis(0.0, 1.0)
        self.editable = True
        self.position_s = 0.0
        self._steps: tuple[Step, ...] = ()
        self._selected: int | None = None
        self._snap_times: npt.NDArray[np.float64] = np.zeros(0)
        self._thumbs = Scene()
        self._ground: QPixmap | None = None
        self._layer: QPixmap | None = None
        self._loader = ImageLoader(None, self)
        self._loader.loaded.connect(lambda _key: self.renew())
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(QSize(320, painting.RULER_PX + painting.PLATE_PX + 44))

    # ---- what the editor decides ----

    def shown_steps(self) -> tuple[Step, ...]:
        """The steps with what is being dragged."""
        return self._steps

    def paint_over(self, painter: QPainter, theme: Theme) -> None:
        """Paint what is being dragged."""

    def dragging(self) -> bool:
        """Whether the view must stay where it is."""
        return False

    # ---- what a page says ----

    def set_duration(self, duration_s: float) -> None:
        """The length of the gold recording; everything comes onto the screen."""
        self.duration_s = self._thumbs.duration_s = max(duration_s, 0.0)
        self.axis = TimeAxis(self.duration_s, self._time_width()).fitted()
        self.renew()

    def steps(self) -> tuple[Step, ...]:
        """The steps that are shown, without what is being dragged."""
        return self._steps

    def selected(self) -> int | None:
        """The highlighted step."""
        return self._selected

    def set_snap_times(self, times_s: Sequence[float]) -> None:
        """Times that boundaries snap to, besides one another and the line of now: where the picture changes."""
        self._snap_times = np.sort(np.asarray(times_s, dtype=np.float64))

    def set_thumbnails(
        self, times_s: Sequence[float], provide: Callable[[int], Provided] | None, aspect: float = 16 / 9
    ) -> None:
        """Small pictures at rising times; ``provide(i)`` gives the i-th in a worker thread. None = no pictures."""
        self._thumbs.thumb_times_s = np.asarray(times_s if provide is not None else (), dtype=np.float64)
        self._thumbs.thumb_aspect = aspect
        if provide is not None:
            self._loader.set_provide(lambda key: provide(key) if isinstance(key, int) else None)
        self.renew()

    def set_position(self, t_s: float) -> None:
        """Move the line of now; the view follows if it would leave the screen."""
        self.position_s = t_s
        if not self.axis.left_s <= t_s <= self.axis.right_s and not self.dragging() and self.axis.px_per_s:
            ahead_s = self.axis.width_px * (0.5 - _FOLLOW_AT) / self.axis.px_per_s
            self.axis = self.axis.centred_on(t_s + ahead_s)
            self.renew()
        self.update()

    def stop(self) -> None:
        """End the threads that load pictures."""
        self._loader.stop()

    # ---- where things are ----

    @property
    def places(self) -> StepPlaces:
        """Where rows and times are on the widget."""
        return StepPlaces(self.width(), self.height(), self.axis)

    def steps_near(self, x_px: float, reach_px: float) -> Iterator[tuple[int, Step]]:
        """Steps that touch a place."""
        low_s, high_s = self.places.t_s(x_px - reach_px), self.places.t_s(x_px + reach_px)
        for index, step in enumerate(self._steps):
            if step.start_s <= high_s and step.end_s >= low_s:
                yield index, step

    def snap_targets(self, start_s: float, end_s: float) -> list[float]:
        """Times within a stretch that a boundary snaps to."""
        found = [t_s for step in self._steps for t_s in (step.start_s, step.end_s)]
        low, high = np.searchsorted(self._snap_times, (start_s, end_s))
        found += [self.position_s, 0.0, self.duration_s, *self._snap_times[low:high].tolist()]
        return [t_s for t_s in found if start_s <= t_s <= end_s]

    def pan_by(self, dx_px: float) -> None:
        """Everything moves to the right."""
        self.axis = self.axis.panned(dx_px)
        self.renew()

    def zoom_by(self, factor: float, at_px: float | None = None) -> None:
        """Larger or smaller; the time at a place (else the line of now) stays there."""
        now_px = self.axis.x_px(self.position_s)
        middle_px = now_px if 0 <= now_px <= self.axis.width_px else self.axis.width_px / 2
        self.axis = self.axis.zoomed(factor, middle_px if at_px is None else at_px)
        self.renew()

    def fit(self) -> None:
        """Everything on the screen."""
        self.axis = self.axis.fitted()
        self.renew()

    def renew(self) -> None:
        """Paint everything anew."""
        self._ground = self._layer = None
        self.update()

    def renew_between(self, start_s: float, end_s: float) -> None:
        """Steps moved within a stretch of time: only that is painted anew, over pictures that stay."""
        if self._layer is None or self._ground is None:
            self.renew()
            return
        places = self.places
        left, right = math.floor(places.x_px(start_s)) - 4, math.ceil(places.x_px(end_s)) + 4
        changed = QRect(left, 0, right - left, self.height()).intersected(self.rect())
        painter, theme = QPainter(self._layer), current_theme()
        painter.setClipRect(changed)
        painter.drawPixmap(0, 0, self._ground)
        near = [
            (at, step) for at, step in enumerate(self.shown_steps()) if step.end_s >= start_s and step.start_s <= end_s
        ]
        self._paint_steps(painter, theme, near, changed)
        painter.end()
        self.update()

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """Room for pictures that can be recognised."""
        return QSize(900, 164)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms, Shift moves along; otherwise the page scrolls."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1.25 ** (turned / 120), event.position().x() - EDGE_PX)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().x():
            self.pan_by(turned / 2)
        else:
            event.ignore()
            return
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The kept picture, and over it what moves."""
        theme, ratio = current_theme(), self.devicePixelRatioF()
        if self._layer is None or self._layer.devicePixelRatio() != ratio:
            with self._loader.resting():
                self._ground = self._paint_ground(theme, ratio)
            self._layer = self._paint_layer(self._ground, theme)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.duration_s > 0:
            painting.paint_playhead(painter, self.places, self.position_s, theme)
            self.paint_over(painter, theme)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    # ---- inside ----

    def _paint_ground(self, theme: Theme, ratio: float) -> QPixmap:
        """What no edit changes: times and pictures."""
        ground = QPixmap(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))
        ground.setDevicePixelRatio(ratio)
        ground.fill(theme.colour("surface"))
        painter, places = QPainter(ground), self.places
        if self.duration_s > 0:
            painting.paint_ruler(painter, places, theme)
            painter.fillRect(places.thumbs, theme.colour("lane"))
            painter.setClipRect(self._clip())
            paint_thumbs(
                painter, places.thumbs.adjusted(0, -4, 0, 2), self.axis, self._thumbs, self._loader, theme, ratio
            )
        painter.end()
        return ground

    def _paint_layer(self, ground: QPixmap, theme: Theme) -> QPixmap:
        layer = ground.copy()
        painter = QPainter(layer)
        if self.duration_s > 0:
            self._paint_steps(painter, theme, list(enumerate(self.shown_steps())), self._clip())
        else:
            words = self.tr("The steps of a gold recording are edited here.")
            draw_words(painter, self.rect(), words, "body", "text_muted", Qt.AlignmentFlag.AlignHCenter)
        painter.end()
        return layer

    def _paint_steps(
        self, painter: QPainter, theme: Theme, numbered: Sequence[tuple[int, Step]], changed: QRect
    ) -> None:
        places, steps = self.places, self.shown_steps()
        painter.setClipRect(changed.intersected(self._clip()))
        painting.paint_gaps(painter, places, steps, self.duration_s, theme)
        pictures = bool(len(self._thumbs.thumb_times_s))
        painting.paint_boundaries(painter, places, [step for _at, step in numbered], theme, over_pictures=pictures)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, step in numbered:
            painting.paint_step(painter, places, step, index, theme, chosen=index == self._selected, lit=False)
        if not steps:
            words = self.tr("No steps yet. Drag here to draw the first one.")
            draw_words(painter, places.plates, words, "body", "text_muted", Qt.AlignmentFlag.AlignHCenter)

    def _clip(self) -> QRect:
        return QRect(EDGE_PX, 0, round(self.axis.width_px), self.height())

    def _time_width(self) -> float:
        return max(self.width() - 2 * EDGE_PX, 1)
