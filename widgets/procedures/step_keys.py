"""What the keyboard does on the step editor."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from widgets.key_filter import KeyFilter

if TYPE_CHECKING:
    from widgets.procedures.step_timeline import StepTimeline

NUDGE_S = 0.1


class StepKeys(KeyFilter):
    """An event filter on the editor."""

    def __init__(self, timeline: "StepTimeline") -> None:
        super().__init__(timeline)
        self._timeline = timeline
        self._actions: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_S: timeline.split_at_position,
            Qt.Key.Key_J: timeline.join_with_next,
            Qt.Key.Key_Delete: timeline.delete_selected,
            Qt.Key.Key_F2: timeline.begin_rename,
            Qt.Key.Key_I: timeline.insert_at_position,
            Qt.Key.Key_Left: lambda: self._step(-1),
            Qt.Key.Key_Right: lambda: self._step(1),
            Qt.Key.Key_Home: lambda: timeline.seek_requested.emit(0.0, True),
            Qt.Key.Key_End: lambda: timeline.seek_requested.emit(timeline.duration_s, True),
            Qt.Key.Key_Return: self._go_to_step,
            Qt.Key.Key_Enter: self._go_to_step,
            Qt.Key.Key_Plus: lambda: timeline.zoom_by(1.5),
            Qt.Key.Key_Equal: lambda: timeline.zoom_by(1.5),
            Qt.Key.Key_Minus: lambda: timeline.zoom_by(1 / 1.5),
            Qt.Key.Key_0: timeline.fit,
        }

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key is the editor's."""
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        moves = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and _with_alt(event)
        return moves or (plain and (Qt.Key(event.key()) in self._actions or event.key() == Qt.Key.Key_Escape))

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key does."""
        if not self.takes(event):
            return False
        if event.key() == Qt.Key.Key_Escape:
            return self._timeline.give_up()
        if _with_alt(event):
            edge = "start" if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else "end"
            self._timeline.nudge(edge, NUDGE_S if event.key() == Qt.Key.Key_Right else -NUDGE_S)
            return True
        self._timeline.end_nudge()
        self._actions[Qt.Key(event.key())]()
        return True

    def _step(self, by: int) -> None:
        count, at = len(self._timeline.steps()), self._timeline.selected()
        if count:
            wanted = (0 if by > 0 else count - 1) if at is None else min(max(at + by, 0), count - 1)
            self._timeline.choose(wanted)

    def _go_to_step(self) -> None:
        at = self._timeline.selected()
        if at is not None:
            self._timeline.seek_requested.emit(self._timeline.steps()[at].start_s, True)


def _with_alt(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
