"""Undo and redo of a person's edits in the open episode, with the names of the steps."""

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from app.desktop.actions import Action
from app.desktop.services import Services
from core.jobs.events import EditApplied

if TYPE_CHECKING:
    from core.library.library import Library


class UndoSource(Protocol):
    """A page's own edits, which are undone while it is shown. None = there is nothing to undo, or to redo."""

    def undo_name(self) -> str | None: ...

    def redo_name(self) -> str | None: ...

    def undo(self) -> None: ...

    def redo(self) -> None: ...


class UndoSteps(QObject):
    """Knows what the next undo and redo are called: of the open episode, or of a page with edits of its own."""

    changed = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._ep_id: str | None = None
        self._undo_name: str | None = None
        self._redo_name: str | None = None
        self._of_pages: dict[str, UndoSource] = {}
        services.bridge.edit_applied.connect(self._on_edit)
        # a new analysis is a step, too, and it may end what can be undone
        services.bridge.episode_changed.connect(lambda event: self.refresh() if event.ep_id == self._ep_id else None)
        services.navigator.episode_in_hand.connect(lambda ep_id: self.set_episode(ep_id or None))

    def records(self) -> tuple[Action, ...]:
        """The two records of the action table."""
        return (
            Action(
                "edit.undo",
                self.tr("Undo"),
                "Edit",
                self.undo,
                ("Ctrl+Z",),
                "undo",
                enabled=lambda: self._names_now()[0] is not None,
                title_now=lambda: self.tr("Undo {step}").format(step=self._names_now()[0] or "").strip(),
            ),
            Action(
                "edit.redo",
                self.tr("Redo"),
                "Edit",
                self.redo,
                ("Ctrl+Shift+Z", "Ctrl+Y"),
                "redo",
                enabled=lambda: self._names_now()[1] is not None,
                title_now=lambda: self.tr("Redo {step}").format(step=self._names_now()[1] or "").strip(),
            ),
        )

    def serve_page(self, page_id: str, source: UndoSource) -> None:
        """While this page is shown, its own edits are undone."""
        self._of_pages[page_id] = source

    def set_episode(self, ep_id: str | None) -> None:
        """The episode whose edits are undone."""
        if ep_id == self._ep_id:
            return
        self._ep_id = ep_id
        self._undo_name = self._redo_name = None
        self.refresh()

    def undo(self) -> None:
        """Take back the last edit."""
        if (source := self._source()) is not None:
            source.undo()
            return
        from core.identities.history import undo

        self._change(undo)

    def redo(self) -> None:
        """Do the last undone edit again."""
        if (source := self._source()) is not None:
            source.redo()
            return
        from core.identities.history import redo

        self._change(redo)

    def refresh(self) -> None:
        """Read the names again."""
        if self._ep_id is None:
            self._take((None, None))
            return
        library, ep_id = self._services.library, self._ep_id
        self._services.background.run_query(
            lambda: _names(library, ep_id), self._take, latest_key="undo-names", owner=self
        )

    def _source(self) -> UndoSource | None:
        return self._of_pages.get(self._services.navigator.current_page)

    def _names_now(self) -> tuple[str | None, str | None]:
        source = self._source()
        return (self._undo_name, self._redo_name) if source is None else (source.undo_name(), source.redo_name())

    def _change(self, direction: object) -> None:
        if self._ep_id is None or not callable(direction):
            return
        library, ep_id = self._services.library, self._ep_id
        self._services.background.run_edit(lambda: direction(library, ep_id), owner=self)

    def _on_edit(self, event: EditApplied) -> None:
        if event.ep_id == self._ep_id:
            self.refresh()

    def _take(self, names: tuple[str | None, str | None]) -> None:
        self._undo_name, self._redo_name = names
        self._services.actions.refresh()
        self.changed.emit()


def _names(library: "Library", ep_id: str) -> tuple[str | None, str | None]:
    from core.identities.history import redo_name, undo_name

    return undo_name(library, ep_id), redo_name(library, ep_id)
