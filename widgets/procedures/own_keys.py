"""Keys that a widget needs itself while it has the keyboard: they are kept from the shortcuts of the window."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

_HARMLESS = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
ARROWS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down})
ZOOM = frozenset({Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_0})
ENDS = frozenset({Qt.Key.Key_Home, Qt.Key.Key_End})
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


def keeps(event: QEvent, keys: Collection[Qt.Key]) -> bool:
    """Whether an event asks if a key is a shortcut, and it is one of the widget's own; then it is accepted."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    if event.modifiers() & ~_HARMLESS or event.key() not in keys:
        return False
    event.accept()
    return True
