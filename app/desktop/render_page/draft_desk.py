"""The draft in hand with its undo: edits of the same kind in a row are one step; it is kept for the next start."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.desktop.render_page.draft import Draft
from app.desktop.render_page.draft_json import draft_from_json, draft_to_json

MOST_STEPS = 200
SAVED_AFTER_MS = 400


class DraftDesk(QObject):
    """See app.desktop.undo_steps.UndoSource. ``save`` is called soon after each change and by ``save_now``."""

    changed = Signal()
    """Another draft is in hand: by an edit, by Undo or Redo, or because another one was opened."""

    def __init__(
        self, kept: dict[str, Any], save: Callable[[dict[str, Any]], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.draft = draft_from_json(kept)
        self._save = save
        self._done: list[tuple[str, Draft]] = []
        self._undone: list[tuple[str, Draft]] = []
        self._merging = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVED_AFTER_MS)
        self._timer.timeout.connect(self.save_now)

    def apply(self, name: str, draft: Draft, *, merge: str = "") -> bool:
        """Take an edited draft in hand. ``name``: what Undo calls it. Edits in a row with the same ``merge`` are one
        step: typing a text, dragging a slider. Returns whether anything changed.
        """
        if draft == self.draft:
            return False
        if not merge or merge != self._merging or not self._done:
            self._done = [*self._done[-MOST_STEPS + 1 :], (name, self.draft)]
        self._merging = merge
        self._undone = []
        self._take(draft)
        return True

    def settle(self, draft: Draft) -> None:
        """Complete the draft without a step of its own: what nobody decided, such as the first preset."""
        if draft != self.draft:
            self._take(draft)

    def end_merging(self) -> None:
        """The next edit is a step of its own."""
        self._merging = ""

    # ------------------------------------------------------------------ undo

    def undo_name(self) -> str | None:
        """What Undo takes back."""
        return self._done[-1][0] if self._done else None

    def redo_name(self) -> str | None:
        """What Redo does again."""
        return self._undone[-1][0] if self._undone else None

    def undo(self) -> None:
        """Take the last step back."""
        self._step(self._done, self._undone)

    def redo(self) -> None:
        """Do it again."""
        self._step(self._undone, self._done)

    def _step(self, here: list[tuple[str, Draft]], there: list[tuple[str, Draft]]) -> None:
        if not here:
            return
        name, draft = here.pop()
        there.append((name, self.draft))
        self._merging = ""
        self._take(draft)

    # ------------------------------------------------------------------ keeping

    def save_now(self) -> None:
        """Keep it now."""
        self._timer.stop()
        self._save(draft_to_json(self.draft))

    def _take(self, draft: Draft) -> None:
        self.draft = draft
        self._timer.start()
        self.changed.emit()
