"""What a narrow place says while there is nothing in it, with one thing to do."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from widgets.flow import label, push_button
from widgets.icons import icon_pixmap

ICON_PX = 36


class Hint(QWidget):
    """Icon, title, a sentence and a button; takes any width."""

    pressed = Signal()

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._picture = QLabel()
        self._title = label("", "heading", wrap=True)
        self._text = label("", "muted", wrap=True)
        self.button = push_button("", "person", "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(10)
        column.addStretch(2)
        for part in (self._picture, self._title, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(part)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.button.clicked.connect(self.pressed)
        self._paint_icon()

    def say(self, title: str, text: str, button: str = "") -> None:
        """Show words; without ``button`` there is nothing to press."""
        self._title.setText(title)
        self._text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icon()

    def _paint_icon(self) -> None:
        self._picture.setPixmap(icon_pixmap(self._icon, ICON_PX, "text_faint", self.devicePixelRatioF()))
