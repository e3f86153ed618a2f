"""What a press of the mouse does in the list of lines."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent

if TYPE_CHECKING:
    from widgets.transcript.transcript_list import TranscriptList


def press(view: "TranscriptList", event: QMouseEvent) -> None:
    """Left: select, and go to the word or open the speaker's menu. Right: select what is not selected yet."""
    index = view.index_at(event.position().toPoint())
    if index < 0:
        return
    if event.button() == Qt.MouseButton.RightButton:
        if view.lines[index].line_id not in view.selection:
            view.choose(index)
    elif event.button() == Qt.MouseButton.LeftButton:
        _press_left(view, event, index)


def _press_left(view: "TranscriptList", event: QMouseEvent, index: int) -> None:
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        view.selection.extend(index)
        view.after_choice()
        return
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        view.selection.toggle(index)
        view.after_choice()
        return
    line_id, chip = view.lines[index].line_id, view.chip_rect_of(index)
    view.choose(index)
    if chip.contains(event.position()):
        place = view.viewport().mapToGlobal(chip.bottomLeft().toPoint() + QPoint(0, 4))
        view.speaker_menu_requested.emit(line_id, place)
    else:
        view.seek_requested.emit(view.second_at(index, event.position()))
