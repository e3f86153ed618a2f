"""Buttons whose icons follow the theme."""

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from widgets.icons import icon

ButtonRole = Literal["plain", "primary", "danger", "quiet", "link"]
_ICON_COLOURS = {"primary": "on_accent", "danger": "on_danger", "link": "accent"}


class IconButton(QToolButton):
    """A button that shows an icon only; its tip is its accessible name."""

    def __init__(
        self, icon_name: str, tip: str, parent: QWidget | None = None, *, size_px: int = 18, checkable: bool = False
    ) -> None:
        super().__init__(parent)
        self._icon_name = ""
        self._icon_colour = "icon"
        self.setIconSize(QSize(size_px, size_px))
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_tip(tip)
        self.set_icon(icon_name)

    def set_icon(self, icon_name: str, colour: str = "icon") -> None:
        """Show another icon."""
        if (icon_name, colour) != (self._icon_name, self._icon_colour):
            self._icon_name, self._icon_colour = icon_name, colour
            self.setIcon(icon(icon_name, colour))

    @property
    def icon_name(self) -> str:
        """The name of the icon shown."""
        return self._icon_name

    def set_tip(self, tip: str) -> None:
        """Set the tool tip and the accessible name."""
        self.setToolTip(tip)
        self.setAccessibleName(tip)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._icon_name:
            self.setIcon(icon(self._icon_name, self._icon_colour))


class _PushButton(QPushButton):
    def __init__(self, text: str, icon_name: str, role: ButtonRole, parent: QWidget | None) -> None:
        super().__init__(text, parent)
        self._icon_name = icon_name
        self._role = role
        self.setProperty("role", role)
        self.setAutoDefault(False)
        self.setIconSize(QSize(16, 16))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        if self._icon_name:
            self.setIcon(icon(self._icon_name, _ICON_COLOURS.get(self._role, "icon")))


def push_button(
    text: str, icon_name: str = "", role: ButtonRole = "plain", parent: QWidget | None = None, *, small: bool = False
) -> QPushButton:
    """A button with text: ``primary`` for the one thing to do here, ``danger`` for what loses something."""
    button = _PushButton(text, icon_name, role, parent)
    button.setProperty("small", small)
    return button


class Chip(QToolButton):
    """A filter that is on or off; with ``removable`` it can also be taken away (Delete, or its menu)."""

    removed = Signal()

    def __init__(
        self, text: str, icon_name: str = "", parent: QWidget | None = None, *, removable: bool = False
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._removable = removable
        self.setProperty("role", "chip")
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setIconSize(QSize(14, 14))
        self.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon if icon_name else Qt.ToolButtonStyle.ToolButtonTextOnly
        )
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes a removable chip away."""
        if self._removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to take a removable chip away."""
        if self._removable:
            menu = QMenu(self)
            menu.addAction(self.tr("Remove filter")).triggered.connect(self.removed)
            menu.exec(event.globalPos())

    def _tint(self) -> None:
        if self._icon_name:
            self.setIcon(icon(self._icon_name))
