"""A field to search in, which waits until the person stops writing."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from widgets.icons import icon

SEARCH_AFTER_MS = 250


class SearchField(QLineEdit):
    """A search field with an icon and a button to clear it; Escape clears, Enter searches at once."""

    searched = Signal(str)
    """The text, 250 ms after the last key, at once with Enter or when it was cleared."""

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = ""
        self.setProperty("role", "search")
        self.setPlaceholderText(placeholder or self.tr("Search"))
        self.setAccessibleName(placeholder or self.tr("Search"))
        self._glass = QAction(self)
        self._glass.setIcon(icon("search", "text_faint"))
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._cross = QAction(self)
        self._cross.setIcon(icon("close", "text_faint"))
        self._cross.setToolTip(self.tr("Clear the search"))
        self._cross.triggered.connect(self.clear)
        self._cross.setVisible(False)
        self.addAction(self._cross, QLineEdit.ActionPosition.TrailingPosition)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(SEARCH_AFTER_MS)
        self._wait.timeout.connect(self._say)
        self.textChanged.connect(self._on_text)
        self.returnPressed.connect(self._say)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears what was written; a second Escape belongs to others."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icons anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_cross"):
            self._glass.setIcon(icon("search", "text_faint"))
            self._cross.setIcon(icon("close", "text_faint"))

    def _on_text(self, text: str) -> None:
        self._cross.setVisible(bool(text))
        if text:
            self._wait.start()
        else:
            self._say()

    def _say(self) -> None:
        self._wait.stop()
        if self.text() != self._said:
            self._said = self.text()
            self.searched.emit(self._said)
