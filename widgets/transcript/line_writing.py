"""Where the person writes in a line of the list, and what comes of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect

from widgets.theme import current_theme
from widgets.transcript.layouts import wrapped_rows
from widgets.transcript.line_editor import LineEditor

if TYPE_CHECKING:
    from widgets.transcript.transcript_list import TranscriptList


class LineWriting:
    """Owns the one editor of a list; says what was written by the list's signals."""

    def __init__(self, view: "TranscriptList") -> None:
        self._view = view
        self.editor: LineEditor | None = None
        self.line_id = ""
        """The line that is written in, "" = none."""

    def begin(self, line_id: str, text: str, char: int) -> None:
        """Open the editor over the text of a line."""
        self.leave()
        self.line_id = line_id
        self.editor = editor = LineEditor(self._view.viewport())
        editor.setFont(current_theme().font("body"))
        editor.saved.connect(lambda text: self._end(lambda: self._commit(line_id, text)))
        editor.left.connect(lambda: self._end(lambda: None))
        editor.split_wanted.connect(lambda text, char_at: self._end(lambda: self._split(line_id, text, char_at)))
        editor.join_wanted.connect(lambda text, way: self._end(lambda: self._join(line_id, text, way)))
        editor.textChanged.connect(self.place)
        self.place()
        editor.begin(text, char)
        self._view.editing_changed.emit(True)

    def leave(self) -> None:
        """Close the editor without saving."""
        if self.editor is not None:
            editor, self.editor, self.line_id = self.editor, None, ""
            editor.close_quietly()
            self._view.editing_changed.emit(False)
            self._view.viewport().update()

    def place(self) -> None:
        """The editor covers the text of its line, and grows with what is written."""
        editor, index = self.editor, self._view.selection.index_of(self.line_id)
        if editor is None or index < 0:
            return
        origin: QPointF = self._view.text_origin(index)
        width = self._view.layouts.columns.text_px + 8
        rows = max(wrapped_rows(editor.toPlainText(), editor.font(), width - 16), 1)
        height = max(rows * editor.fontMetrics().lineSpacing() + 10, 28)
        editor.setGeometry(QRect(round(origin.x()) - 6, round(origin.y()) - 5, width, height))

    def _end(self, then: Callable[[], None]) -> None:
        self.leave()
        self._view.setFocus()
        then()

    def _commit(self, line_id: str, text: str) -> None:
        if text:
            self._view.text_committed.emit(line_id, text)
        else:
            self._view.delete_requested.emit([line_id])

    def _split(self, line_id: str, text: str, char: int) -> None:
        words = len(text[:char].split())
        if 0 < words < len(text.split()):
            self._view.split_requested.emit(line_id, text, words)
        else:
            self._commit_if_other(line_id, text)

    def _join(self, line_id: str, text: str, way: int) -> None:
        view = self._view
        index = view.selection.index_of(line_id)
        other = index + way
        self._commit_if_other(line_id, text)
        if text and 0 <= other < len(view.lines):
            view.merge_requested.emit([view.lines[at].line_id for at in sorted((index, other))])

    def _commit_if_other(self, line_id: str, text: str) -> None:
        index = self._view.selection.index_of(line_id)
        if index >= 0 and text != self._view.lines[index].text:
            self._commit(line_id, text)
