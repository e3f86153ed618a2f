"""The log of a job."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFont, QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from widgets.flow.buttons import IconButton, push_button
from widgets.flow.labels import ElidedLabel
from widgets.theme import current_theme

MOST_LINES = 20_000
_INKS = {"error": "error", "warning": "warning", "debug": "text_faint"}


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line: ``when`` as it is to be shown, ``level`` debug, info, warning or error."""

    when: str
    level: str
    text: str


class JobLogView(QWidget):
    """Lines of a log, newest below; it stays at the end while the end is on the screen."""

    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[LogEntry] = []
        self._title = ElidedLabel("", "heading")
        self._copy = push_button(self.tr("Copy"), "copy", "quiet", small=True)
        self._close = IconButton("close", self.tr("Close the log"), size_px=16)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(MOST_LINES)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setAccessibleName(self.tr("Log"))
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 8)
        head.addWidget(self._title, 1)
        head.addWidget(self._copy)
        head.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self._close.clicked.connect(self.close_requested)
        self._set_font()

    def set_log(self, title: str, lines: Sequence[LogEntry]) -> None:
        """Show a log from its beginning."""
        self._title.set_text(title)
        self._entries = list(lines)
        self.text.clear()
        for entry in self._entries[-MOST_LINES:]:
            self._write(entry)
        self.text.verticalScrollBar().setValue(self.text.verticalScrollBar().maximum())

    def append(self, entry: LogEntry) -> None:
        """A line came."""
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        self._entries = [*self._entries[-MOST_LINES + 1 :], entry]
        self._write(entry)
        if at_end:
            bar.setValue(bar.maximum())

    def changeEvent(self, event: QEvent) -> None:
        """Write the lines anew in the colours of the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "text"):
            self._set_font()
            self.set_log(self._title.whole_text, self._entries)

    def _set_font(self) -> None:
        font = QFont("DejaVu Sans Mono")
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(12)
        self.text.setFont(font)

    def _write(self, entry: LogEntry) -> None:
        theme = current_theme()
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.text.document().isEmpty():
            cursor.insertBlock()
        faint, ink = QTextCharFormat(), QTextCharFormat()
        faint.setForeground(theme.colour("text_faint"))
        ink.setForeground(theme.colour(_INKS.get(entry.level, "text")))
        cursor.insertText(f"{entry.when}  ", faint)
        cursor.insertText(entry.text, ink)
