"""Undo in the caption fields is the draft's: the fields' own would take back letters that the draft still has."""

import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
_EVENTS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class OneUndo(QObject):
    """Keeps Ctrl+Z from every field of ``part`` that has the focus, so that the window's shortcut gets it."""

    def __init__(self, part: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._part = part
        self._watched: QWidget | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Undo and Redo are shortcuts here, no typing."""
        if event.type() not in _EVENTS or not isinstance(event, QKeyEvent):
            return False
        is_undo = any(event.matches(key) for key in _KEYS)
        if is_undo:
            event.ignore()
        return is_undo

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = None
        if isinstance(now, QLineEdit | QPlainTextEdit | QTextEdit) and self._part.isAncestorOf(now):
            self._watched = now
            now.installEventFilter(self)
