"""People with one track only, each with whom it looks like most."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.suggestions.types import Suggestion
from widgets.singleton_tray import SingletonTray


class SingletonsTab(QWidget):
    """The tray, sorted by the best match."""

    accepted = Signal(str)
    """A suggestion's key: it is that person."""
    rejected = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tray = SingletonTray()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tray)
        self.setFocusProxy(self.tray)
        self.tray.accepted.connect(self.accepted)
        self.tray.rejected.connect(self.rejected)

    def show_found(self, ep_id: str, found: Sequence[Suggestion]) -> None:
        """Show these, the surest first."""
        self.tray.set_episode(ep_id)
        self.tray.set_singletons(found)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.tray.stop()
