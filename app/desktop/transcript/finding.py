"""Find and replace in the panel: what the bar asks is looked for in the lines and highlighted."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.desktop.transcript.edits import TranscriptEdits
from core.errors import InvalidRequest
from core.transcript.types import Replacement
from widgets.transcript import Match, TranscriptList, find_matches
from widgets.transcript.dialogs import ReplaceDialog
from widgets.transcript.find_bar import FindBar

FIND_AFTER_MS = 120


class Finding(QObject):
    """Joins a FindBar to a list."""

    def __init__(
        self, bar: FindBar, view: TranscriptList, edits: TranscriptEdits, dialog_parent: QWidget, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bar, self._view, self._edits, self._dialog_parent = bar, view, edits, dialog_parent
        self._matches: list[Match] = []
        self._at = -1
        self.dialog: ReplaceDialog | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(FIND_AFTER_MS)
        self._soon.timeout.connect(self.search)
        bar.query_changed.connect(self._soon.start)
        bar.step_requested.connect(self.step)
        bar.preview_requested.connect(self.preview)
        bar.replace_one_requested.connect(self.replace_one)
        bar.closed.connect(self._on_closed)

    def open(self, *, replace: bool) -> None:
        """Show the bar."""
        self._bar.open(replace=replace)
        self.search()

    def lines_changed(self) -> None:
        """The lines are others now: look again, stay about where the search stood."""
        if self._bar.isVisibleTo(self._dialog_parent):
            at = self._matches[self._at] if 0 <= self._at < len(self._matches) else None
            self._look()
            self._at = self._matches.index(at) if at in self._matches else -1
            self._show(jump=False)

    def search(self) -> None:
        """Look for what the bar says; the first place at or after the current line is shown."""
        self._soon.stop()
        self._look()
        current = self._view.selection.index
        places = [self._view.selection.index_of(match.line_id) for match in self._matches]
        self._at = next((at for at, place in enumerate(places) if place >= current), 0 if places else -1)
        self._show()

    def step(self, way: int) -> None:
        """The next or the previous place, round the ends."""
        if self._soon.isActive():
            self.search()
        elif self._matches:
            self._at = (self._at + way) % len(self._matches)
            self._show()

    def preview(self, new_text: str) -> None:
        """Show what replacing all would do."""
        query = self._bar.query()

        def show(found: list[Replacement]) -> None:
            dialog = ReplaceDialog(found, new_text, self._dialog_parent)
            dialog.replace_requested.connect(lambda ids: self._replace(new_text, ids, len(found)))
            dialog.finished.connect(lambda _code: self._forget(dialog))
            self.dialog = dialog
            dialog.open()

        self._edits.preview_replace(query, new_text, show)

    def replace_one(self, new_text: str) -> None:
        """Replace in the line where the search stands, then go on."""
        if 0 <= self._at < len(self._matches):
            self._edits.replace(self._bar.query(), new_text, [self._matches[self._at].line_id])

    def close(self) -> None:
        """The library is being closed, or another episode is shown."""
        self._soon.stop()
        if self.dialog is not None:
            self.dialog.close()

    def _replace(self, new_text: str, line_ids: list[str], all_count: int) -> None:
        if line_ids:
            self._edits.replace(self._bar.query(), new_text, None if len(line_ids) == all_count else line_ids)

    def _look(self) -> None:
        try:
            self._matches = find_matches(self._view.lines, self._bar.pattern())
        except InvalidRequest as error:
            self._matches = []
            self._bar.show_problem(error.message)

    def _show(self, *, jump: bool = True) -> None:
        self._view.set_marks(self._matches, self._at, jump=jump)
        self._bar.show_count(len(self._matches), self._at)

    def _on_closed(self) -> None:
        self._matches, self._at = [], -1
        self._view.set_marks((), -1)
        self._view.setFocus()

    def _forget(self, dialog: ReplaceDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()
