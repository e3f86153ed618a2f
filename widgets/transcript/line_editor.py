"""Writing in a line of the transcript, in its own place."""

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget


class LineEditor(QPlainTextEdit):
    """One paragraph. Enter saves, Escape leaves, Shift+Enter divides the line at the cursor, Backspace at the start
    joins it with the line before, Delete at the end with the next one.
    """

    saved = Signal(str)
    left = Signal()
    split_wanted = Signal(str, int)
    """The text, and the cursor's place in it."""
    join_wanted = Signal(str, int)
    """The text, and -1 = with the line before, 1 = with the next."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = ""
        self._done = False
        self.setObjectName("lineEditor")
        self.setAccessibleName(self.tr("Text of the line"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(3)

    def begin(self, text: str, char: int) -> None:
        """Show a text with the cursor at a place of it, -1 = everything is selected."""
        self._before, self._done = text, False
        self.setPlainText(text)
        cursor = self.textCursor()
        if char < 0:
            cursor.select(QTextCursor.SelectionType.Document)
        else:
            cursor.setPosition(min(char, len(text)))
        self.setTextCursor(cursor)
        self.show()
        self.setFocus()

    def close_quietly(self) -> None:
        """Go away; nothing is saved any more."""
        self._done = True
        self.hide()
        self.deleteLater()

    @property
    def text(self) -> str:
        """What is written, on one line."""
        return " ".join(self.toPlainText().split())

    def event(self, event: QEvent) -> bool:
        """All keys belong to the text while it is written, not to the shortcuts of the page."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            bare = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            if bare or event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        cursor = self.textCursor()
        bare_cursor = not cursor.hasSelection()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if shift:
                self._finish()
                # the place counts in the text as it will be saved: without doubled spaces
                self.split_wanted.emit(self.text, len(" ".join(self.toPlainText()[: cursor.position()].split())))
            else:
                self._save()
        elif key == Qt.Key.Key_Escape:
            self._finish()
            self.left.emit()
        elif key == Qt.Key.Key_Backspace and bare_cursor and cursor.atStart():
            self._join(-1)
        elif key == Qt.Key.Key_Delete and bare_cursor and cursor.atEnd():
            self._join(1)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere keeps what was written."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._save()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Pasted text becomes one paragraph."""
        self.insertPlainText(" ".join(source.text().split()))

    def _save(self) -> None:
        if self._done:
            return
        self._finish()
        if self.text == self._before:
            self.left.emit()
        else:
            self.saved.emit(self.text)

    def _join(self, direction: int) -> None:
        self._finish()
        self.join_wanted.emit(self.text, direction)

    def _finish(self) -> None:
        self._done = True
