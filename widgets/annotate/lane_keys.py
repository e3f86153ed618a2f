"""What the keyboard does on the lanes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from widgets.key_filter import KeyFilter

if TYPE_CHECKING:
    from widgets.annotate.lane_canvas import LaneCanvas

_HARMLESS = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
_SIDEWAYS = (Qt.Key.Key_Left, Qt.Key.Key_Right)
_UPWARDS = (Qt.Key.Key_Up, Qt.Key.Key_Down)


class LaneKeys(KeyFilter):
    """An event filter on the canvas."""

    def __init__(self, canvas: "LaneCanvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._actions: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_I: canvas.start_here,
            Qt.Key.Key_BracketLeft: canvas.start_here,
            Qt.Key.Key_O: canvas.end_here,
            Qt.Key.Key_BracketRight: canvas.end_here,
            Qt.Key.Key_N: canvas.new_here,
            Qt.Key.Key_S: canvas.split_here,
            Qt.Key.Key_Delete: canvas.delete_selected,
            Qt.Key.Key_Backspace: canvas.delete_selected,
            Qt.Key.Key_Return: canvas.label_or_choose,
            Qt.Key.Key_Enter: canvas.label_or_choose,
            Qt.Key.Key_F2: canvas.label_or_choose,
            Qt.Key.Key_Up: lambda: canvas.step_lane(-1),
            Qt.Key.Key_Down: lambda: canvas.step_lane(1),
            Qt.Key.Key_Home: lambda: canvas.seek_requested.emit(0.0, True),
            Qt.Key.Key_End: lambda: canvas.seek_requested.emit(canvas.duration_s, True),
            Qt.Key.Key_PageUp: lambda: canvas.pan_by(canvas.places.canvas_width * 0.8),
            Qt.Key.Key_PageDown: lambda: canvas.pan_by(-canvas.places.canvas_width * 0.8),
            Qt.Key.Key_Plus: canvas.zoom_in,
            Qt.Key.Key_Equal: canvas.zoom_in,
            Qt.Key.Key_Minus: canvas.zoom_out,
            Qt.Key.Key_0: canvas.fit,
        }

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key is the canvas's."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        if key in _SIDEWAYS:
            return self._canvas.can_nudge() and not modifiers & Qt.KeyboardModifier.ControlModifier
        if key in _UPWARDS and alt:
            return True
        if key == Qt.Key.Key_A and modifiers == Qt.KeyboardModifier.ControlModifier:
            return True
        if modifiers & ~_HARMLESS:
            return False
        if key == Qt.Key.Key_Escape:
            return self._canvas.has_something_to_leave()
        return key in self._actions or Qt.Key.Key_1 <= key <= Qt.Key.Key_9

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key does."""
        canvas, key = self._canvas, Qt.Key(event.key())
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return canvas.step_mark(1 if key == Qt.Key.Key_Tab else -1)
        if not self.takes(event):
            return False
        if key in _SIDEWAYS:
            self._nudge(event)
            return True
        canvas.end_nudge()
        if key in _UPWARDS and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            canvas.move_active_lane(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            canvas.choose_all()
        elif key == Qt.Key.Key_Escape:
            canvas.leave_something()
        elif key in self._actions:
            self._actions[key]()
        else:
            canvas.label_by_digit(key.value - Qt.Key.Key_1.value)
        return True

    def _nudge(self, event: QKeyEvent) -> None:
        by = 1 if event.key() == Qt.Key.Key_Right else -1
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._canvas.nudge("start" if shift else "end", by, by_second=False)
        else:
            self._canvas.nudge("", by, by_second=shift)
