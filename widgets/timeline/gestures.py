"""What mouse, wheel and keyboard do on the timeline."""

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from widgets.time_text import format_span, format_time
from widgets.timeline.lanes import Lane
from widgets.timeline.time_axis import TimeAxis

if TYPE_CHECKING:
    from widgets.timeline.timeline import Timeline

ZOOM_PER_NOTCH = 1.25
_NOTCH = 120


class _Drag(Enum):
    NONE = auto()
    BAR = auto()
    SEEK = auto()
    PAN = auto()
    OVERVIEW = auto()


class Gestures(QObject):
    """An event filter on the timeline: turns input into zoom, pan and the timeline's signals."""

    def __init__(self, timeline: "Timeline") -> None:
        super().__init__(timeline)
        self._timeline = timeline
        self._drag = _Drag.NONE
        self._pressed_at = QPoint()
        self._last_x_px = 0.0
        self._bar: tuple[Lane, int] | None = None

    @property
    def dragging(self) -> bool:
        """Whether the view must stay where it is because a drag goes on."""
        return self._drag not in (_Drag.NONE, _Drag.BAR)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what belongs to the timeline."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            return self._tip(event)
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        if isinstance(event, QMouseEvent) and self._timeline.scene.duration_s > 0:
            return self._mouse(event)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if event.type() == QEvent.Type.Leave:
            self._timeline.set_hover(None)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._timeline.update()
        return False

    def _mouse(self, event: QMouseEvent) -> bool:
        handlers = {
            QEvent.Type.MouseButtonPress: self._press,
            QEvent.Type.MouseMove: self._move,
            QEvent.Type.MouseButtonRelease: self._release,
            QEvent.Type.MouseButtonDblClick: self._double,
        }
        handler = handlers.get(event.type())
        return handler(event) if handler is not None else False

    def _press(self, event: QMouseEvent) -> bool:
        timeline, place = self._timeline, event.position().toPoint()
        self._pressed_at, self._last_x_px = place, event.position().x()
        middle = event.button() == Qt.MouseButton.MiddleButton
        if event.button() != Qt.MouseButton.LeftButton and not middle:
            return False
        timeline.setFocus(Qt.FocusReason.MouseFocusReason)
        header = timeline.header_at(place)
        if place.x() < timeline.rows.canvas_left:
            if header is not None and not middle:
                self._select(header)
        elif middle or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._drag = _Drag.PAN
            timeline.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif timeline.rows.minimap.contains(place):
            self._drag = _Drag.OVERVIEW
            self._look_from_overview(place.x())
        elif (bar := timeline.bar_at(place)) is not None:
            self._drag, self._bar = _Drag.BAR, bar
        else:
            self._drag = _Drag.SEEK
            timeline.seek_requested.emit(timeline.time_at(place.x()), False)
        return True

    def _move(self, event: QMouseEvent) -> bool:
        timeline, x_px = self._timeline, event.position().x()
        inside = x_px >= timeline.rows.canvas_left and x_px <= timeline.rows.canvas_left + timeline.rows.canvas_width
        below = event.position().y() > timeline.rows.minimap.bottom()
        timeline.set_hover(x_px if inside and below and self._drag is _Drag.NONE else None)
        far = (event.position().toPoint() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if self._drag is _Drag.BAR and far:
            self._drag, self._bar = _Drag.SEEK, None
        if self._drag is _Drag.SEEK:
            timeline.seek_requested.emit(self._seek_target(x_px), False)
        elif self._drag is _Drag.PAN:
            timeline.pan_by(x_px - self._last_x_px)
        elif self._drag is _Drag.OVERVIEW:
            self._look_from_overview(x_px)
        self._last_x_px = x_px
        return self._drag is not _Drag.NONE

    def _release(self, event: QMouseEvent) -> bool:
        drag, self._drag = self._drag, _Drag.NONE
        timeline, x_px = self._timeline, event.position().x()
        timeline.unsetCursor()
        if drag is _Drag.SEEK:
            timeline.seek_requested.emit(timeline.time_at(x_px), True)
        elif drag is _Drag.BAR and self._bar is not None:
            lane, index = self._bar
            self._bar = None
            self._select(lane)
            t_s = min(max(timeline.time_at(x_px), float(lane.starts_s[index])), float(lane.ends_s[index]))
            timeline.bar_activated.emit(lane.lane_id, index, t_s)
        return drag is not _Drag.NONE

    def _double(self, event: QMouseEvent) -> bool:
        place = event.position().toPoint()
        header = self._timeline.header_at(place)
        if header is not None:
            self._timeline.lane_activated.emit(header.lane_id)
        elif self._timeline.rows.minimap.contains(place):
            self._timeline.fit()
        else:
            return self._press(event)
        return True

    def _seek_target(self, x_px: float) -> float:
        """The time at a place; beyond an edge the view moves along."""
        left = self._timeline.rows.canvas_left
        right = left + self._timeline.rows.canvas_width
        over_px = min(x_px - left, 0.0) + max(x_px - right, 0.0)
        if over_px:
            self._timeline.pan_by(-over_px * 0.5)
        return self._timeline.time_at(min(max(x_px, left), right))

    def _look_from_overview(self, x_px: float) -> None:
        rows = self._timeline.rows
        whole = TimeAxis(self._timeline.scene.duration_s, rows.canvas_width).fitted()
        self._timeline.centre_on(whole.t_s(x_px - rows.canvas_left))

    def _wheel(self, event: QWheelEvent) -> bool:
        timeline = self._timeline
        notches = event.angleDelta().y() / _NOTCH
        sideways_px = float(event.pixelDelta().x() or event.angleDelta().x() / 2)
        x_px = event.position().x() - timeline.rows.canvas_left
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier or x_px < 0:
            timeline.scroll_by(round(-notches * 56))
        elif (
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(sideways_px) > abs(event.angleDelta().y()) / 2
        ):
            timeline.pan_by(sideways_px or notches * 96)
        else:
            timeline.zoom_by(ZOOM_PER_NOTCH**notches, x_px)
        event.accept()
        return True

    def _key(self, event: QKeyEvent) -> bool:
        timeline, key = self._timeline, event.key()
        page_px = timeline.rows.canvas_width * 0.8
        actions = {
            Qt.Key.Key_Plus: timeline.zoom_in,
            Qt.Key.Key_Equal: timeline.zoom_in,
            Qt.Key.Key_Minus: timeline.zoom_out,
            Qt.Key.Key_0: timeline.fit,
            Qt.Key.Key_PageUp: lambda: timeline.pan_by(page_px),
            Qt.Key.Key_PageDown: lambda: timeline.pan_by(-page_px),
            Qt.Key.Key_Home: lambda: timeline.seek_requested.emit(0.0, True),
            Qt.Key.Key_End: lambda: timeline.seek_requested.emit(timeline.scene.duration_s, True),
            Qt.Key.Key_Up: lambda: self._step_lane(-1),
            Qt.Key.Key_Down: lambda: self._step_lane(1),
            Qt.Key.Key_Return: self._next_bar,
            Qt.Key.Key_Enter: self._next_bar,
        }
        action = actions.get(Qt.Key(key))
        if action is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        action()
        return True

    def _step_lane(self, step: int) -> None:
        lanes = self._timeline.scene.lanes
        if lanes:
            at = self._timeline.scene.lane_index(self._timeline.scene.selected_lane) + step
            self._select(lanes[min(max(at, 0), len(lanes) - 1)])

    def _next_bar(self) -> None:
        timeline = self._timeline
        at = timeline.scene.lane_index(timeline.scene.selected_lane)
        if at < 0 or not len(timeline.scene.lanes[at]):
            return
        lane = timeline.scene.lanes[at]
        index = int(lane.starts_s.searchsorted(timeline.position_s + 1e-6, side="right")) % len(lane)
        timeline.bar_activated.emit(lane.lane_id, index, float(lane.starts_s[index]))

    def _select(self, lane: Lane) -> None:
        self._timeline.set_selected_lane(lane.lane_id)
        self._timeline.lane_selected.emit(lane.lane_id)

    def _tip(self, event: QHelpEvent) -> bool:
        found = self._timeline.bar_at(event.pos())
        if found is None:
            QToolTip.hideText()
            return True
        lane, index = found
        start_s, end_s = float(lane.starts_s[index]), float(lane.ends_s[index])
        words = f"{lane.label}\n{format_time(start_s)} – {format_time(end_s)} ({format_span(end_s - start_s)})"
        QToolTip.showText(event.globalPos(), words, self._timeline)
        return True
