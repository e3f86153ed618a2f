"""The whole window while no library is open: opening, closing, or why it did not open."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.desktop.opening import OpeningFailure
from widgets.flow import EmptyState, ProgressLine

_ICON_OF_FAILURE = {"locked": "lock", "newer": "warning", "unwritable": "warning", "full": "warning"}


class OpeningPage(QWidget):
    """A message in the middle of the window with what can be done about it."""

    retry_requested = Signal()
    choose_requested = Signal()
    default_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("openingPage")
        self._state: EmptyState | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._progress = ProgressLine()
        self._column.addWidget(self._progress)
        self.message = ""

    def show_busy(self, title: str, folder: Path) -> None:
        """Something is on its way."""
        self._renew("library", title, str(folder), "accent")
        self._progress.set_fraction(None)
        self._progress.show()

    def show_failure(self, failure: OpeningFailure) -> None:
        """The library did not open; what to do about it stands on buttons."""
        state = self._renew(
            _ICON_OF_FAILURE.get(failure.kind, "warning"),
            failure.title,
            f"{failure.message}\n\n{failure.action}".strip(),
            "warning",
        )
        self._progress.hide()
        retry = self._add(state, self.tr("Retry"), "retry", self.retry_requested.emit, primary=True)
        self._add(state, self.tr("Choose another library"), "folder", self.choose_requested.emit)
        retry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _renew(self, icon: str, title: str, text: str, tone: str) -> EmptyState:
        if self._state is not None:
            self._column.removeWidget(self._state)
            self._state.hide()
            self._state.deleteLater()
        self._state = EmptyState()
        self._state.set_content(icon, title, text, tone=tone)
        self._column.addWidget(self._state, 1)
        self.message = f"{title}\n{text}"
        self.setAccessibleDescription(self.message)
        return self._state

    def _add(self, state: EmptyState, text: str, icon: str, press: object, *, primary: bool = False) -> QPushButton:
        button = state.add_action(text, icon, primary=primary)
        button.clicked.connect(press)
        return button
