"""Every step that was done in the episode: by whom, when, and the way back to any of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.history_list import HistoryList, HistoryStep

if TYPE_CHECKING:
    from core.identities.edit_log import Edit


class HistoryTab(QWidget):
    """The list, newest step on top."""

    undo_to_requested = Signal(int)
    redo_to_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = HistoryList()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.list.undo_to_requested.connect(self.undo_to_requested)
        self.list.redo_to_requested.connect(self.redo_to_requested)

    def show_steps(self, edits: "Sequence[Edit]") -> None:
        """Show these, newest first."""
        self.list.set_steps([self._step(edit) for edit in edits])

    def _step(self, edit: "Edit") -> HistoryStep:
        return HistoryStep(
            edit_id=edit.edit_id,
            title=edit.name,
            who=self._who(edit.actor),
            when=edit.created_at,
            state=edit.state,
        )

    def _who(self, actor: str) -> str:
        known = {
            "desktop": self.tr("You"),
            "analysis": self.tr("Analysis"),
            "cleanup": self.tr("Clean-up"),
            "api": self.tr("API"),
        }
        if actor.startswith("api:"):
            return self.tr("API key {key}").format(key=actor.partition(":")[2])
        return known.get(actor, actor)
