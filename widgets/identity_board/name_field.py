"""The field in which a name is written on a card."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

LONGEST_NAME = 200
_OWN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)


class NameField(QLineEdit):
    """Enter takes the name, Escape gives it up; leaving the field takes what was changed."""

    accepted = Signal(str, bool)
    """The name, and whether the person goes on to the next: Enter and Tab do, a click means the place clicked at."""
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = ""
        self._open = False
        self.setMaxLength(LONGEST_NAME)
        self.setAcceptDrops(False)  # what is dropped here is meant for the card
        self.setAccessibleName(self.tr("Name"))
        self._names = QStringListModel(self)
        # one for good: it hears Enter before the field does and must outlive what Enter does
        self._completer = QCompleter(self._names, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(self._completer)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether a name is being written."""
        return self._open

    def begin(self, name: str, placeholder: str, known_names: Sequence[str]) -> None:
        """Write over this name; names that are known already are offered."""
        self._before, self._open = name, True
        self.setPlaceholderText(placeholder)
        self.setText(name)
        self._names.setStringList(sorted(set(known_names), key=str.casefold))
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def close_field(self) -> None:
        """Close without a word."""
        self._open = False
        self._completer.popup().hide()
        self.hide()

    def event(self, event: QEvent) -> bool:
        """Keep Enter, Escape and F2 from the shortcuts of the window."""
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape; all else is writing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(go_on=True)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_field()
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere takes what was written; the popup of names and menus do not."""
        super().focusOutEvent(event)
        away = event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if self._open and away:
            self._take(go_on=event.reason() != Qt.FocusReason.MouseFocusReason)

    def _take(self, *, go_on: bool) -> None:
        name = self.text().strip()
        self.close_field()
        if name and name != self._before:
            self.accepted.emit(name, go_on)
        else:
            self.cancelled.emit()
