"""Keys that a widget needs itself while it has the keyboard, as an event filter of their own."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent


class KeyFilter(QObject):
    """Base of the event filters that give keys to a widget; these are kept from the shortcuts of the window."""

    def takes(self, event: QKeyEvent) -> bool:
        """Whether a key is the widget's own now."""
        raise NotImplementedError

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key does; whether it did anything."""
        raise NotImplementedError

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what belongs to the widget."""
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and self.takes(event):
            event.accept()
            return True
        return event.type() == QEvent.Type.KeyPress and self.press(event)
