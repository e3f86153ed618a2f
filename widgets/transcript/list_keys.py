"""The keyboard in the list of lines.

Up and Down: line by line (with Shift: select), Page keys, Home, End; Left and Right: word by word, with the film;
Enter or F2: write; Delete: delete; Ctrl+A: all; Alt+S: the speaker's menu.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from widgets.transcript.transcript_list import TranscriptList

_BARE = frozenset(
    {
        *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
        *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Delete),
    }
)
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


def is_key_of_list(event: QKeyEvent) -> bool:
    """Whether the list takes a key, so that no shortcut of the page does."""
    return event.key() in _BARE and not event.modifiers() & (
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    )


def handle_key(view: "TranscriptList", event: QKeyEvent) -> bool:
    """Do what a key says; returns whether it said something."""
    if not view.lines:
        return False
    key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    if control and key == Qt.Key.Key_A:
        view.selection.choose_all()
        view.after_choice()
    elif event.modifiers() & Qt.KeyboardModifier.AltModifier and key == Qt.Key.Key_S:
        _open_speaker_menu(view)
    elif not is_key_of_list(event):
        return False
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
        view.begin_edit(view.selection.current or view.lines[0].line_id)
    elif key == Qt.Key.Key_Delete:
        if view.selection.ids:
            view.delete_requested.emit(view.selection.ids)
    elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        _step_word(view, 1 if key == Qt.Key.Key_Right else -1)
    else:
        _move(view, event)
    return True


def _move(view: "TranscriptList", event: QKeyEvent) -> None:
    last, now = len(view.lines) - 1, view.selection.index
    if event.key() == Qt.Key.Key_Home:
        target = 0
    elif event.key() == Qt.Key.Key_End:
        target = last
    else:
        target = min(max((max(now, 0)) + _STEPS[Qt.Key(event.key())], 0), last)
    if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        view.selection.extend(target)
    else:
        view.selection.choose(target)
    view.stop_following()
    view.after_choice()
    view.ensure_visible(target)


def _step_word(view: "TranscriptList", way: int) -> None:
    """To the next word, over the edges of lines too, and the film goes there."""
    index = max(view.selection.index, 0)
    word = view.word_focus + way if view.word_focus >= 0 or way < 0 else 0
    spans = view.layouts.laid_out(index).spans
    if word >= len(spans) and index + 1 < len(view.lines):
        index, word = index + 1, 0
    elif word < 0 and index > 0:
        index -= 1
        word = len(view.layouts.laid_out(index).spans) - 1
    spans = view.layouts.laid_out(index).spans
    if not spans:
        return
    word = min(max(word, 0), len(spans) - 1)
    view.choose(index)
    view.word_focus = word
    view.ensure_visible(index)
    view.seek_requested.emit(spans[word].start_s)


def _open_speaker_menu(view: "TranscriptList") -> None:
    index = view.selection.index
    if index >= 0:
        view.ensure_visible(index)
        place = view.rect_of(index).topLeft().toPoint() + QPoint(view.layouts.columns.speaker_left, 28)
        view.speaker_menu_requested.emit(view.lines[index].line_id, view.viewport().mapToGlobal(place))
