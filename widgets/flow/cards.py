"""Cards, lines between parts, and what a page shows while it is empty."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from widgets.flow.buttons import push_button
from widgets.flow.labels import label
from widgets.icons import paint_icon
from widgets.theme import current_theme

EMPTY_TEXT_WIDTH_PX = 420
LEAST_TEXT_WIDTH_PX = 160
_MARGIN_PX, _UNDER_MEDALLION_PX = 24, 16
_ROOMY_FROM_PX = 270


class Card(QFrame):
    """A rounded frame with a layout of its own (``.body``)."""

    def __init__(self, parent: QWidget | None = None, *, padding_px: int = 16, spacing_px: int = 8) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(padding_px, padding_px, padding_px, padding_px)
        self.body.setSpacing(spacing_px)


def separator(parent: QWidget | None = None, *, vertical: bool = False) -> QFrame:
    """A thin line."""
    line = QFrame(parent)
    line.setProperty("role", "vline" if vertical else "line")
    return line


class _Medallion(QWidget):
    """An icon on a soft round ground."""

    def __init__(self, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon_name = icon_name
        self.tone = "accent"
        self.setFixedSize(QSize(72, 72))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("border"))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, 71, 71), 20, 20)
        if self.icon_name:
            paint_icon(painter, self.icon_name, QRectF(20, 20, 32, 32), self.tone)
        painter.end()


class EmptyState(QWidget):
    """What there is to do where nothing is yet: icon, title, one sentence, buttons."""

    def __init__(self, icon_name: str = "", title: str = "", text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roomy = True
        self._medallion = _Medallion(icon_name)
        self._title: QLabel = label("", "heading")
        self._text: QLabel = label("", "muted", wrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        for part in (self._title, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, _MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(self._medallion, 0, Qt.AlignmentFlag.AlignHCenter)
        self._under_medallion = QSpacerItem(0, _UNDER_MEDALLION_PX)
        column.addItem(self._under_medallion)
        column.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self._text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(16)
        column.addLayout(self._buttons)
        column.addStretch(3)
        self._buttons.addStretch(1)
        self._buttons.addStretch(1)
        self.set_content(icon_name, title, text)

    def set_content(self, icon_name: str, title: str, text: str, *, tone: str = "accent") -> None:
        """Say something else; the buttons stay. ``tone`` is the icon's colour of the theme."""
        self._medallion.icon_name, self._medallion.tone = icon_name, tone
        self._medallion.update()
        self._title.setText(title)
        self._text.setText(text)
        self._fit_text()
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def add_action(self, text: str, icon_name: str = "", *, primary: bool = False) -> QPushButton:
        """Add a button; connect its ``clicked``."""
        button = push_button(text, icon_name, "primary" if primary else "plain", self)
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        return button

    def clear_actions(self) -> None:
        """Take all buttons away."""
        while self._buttons.count() > 2:
            item = self._buttons.takeAt(1)
            button = item.widget() if item is not None else None
            if button is not None:
                button.hide()
                button.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint the icon and measure the text again when the theme is switched."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange}:
            self._medallion.update()
            self._fit_text()

    def showEvent(self, event: QShowEvent) -> None:
        """Measure the text with the font that it is shown in."""
        super().showEvent(event)
        self._fit_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the text to a narrow place; where there is little height, the words and buttons have it."""
        super().resizeEvent(event)
        roomy = event.size().height() >= _ROOMY_FROM_PX
        if roomy != self._roomy:
            self._roomy = roomy
            self._medallion.setVisible(roomy)
            self._under_medallion.changeSize(0, _UNDER_MEDALLION_PX if roomy else 0)
        self._fit_text()

    def minimumSizeHint(self) -> QSize:
        """The text wraps: the place may be narrow."""
        return QSize(LEAST_TEXT_WIDTH_PX + 2 * _MARGIN_PX, super().minimumSizeHint().height())

    def _fit_text(self) -> None:
        """A wrapped label in an aligned cell is given one line's height: ask for all of its lines."""
        width_px = min(EMPTY_TEXT_WIDTH_PX, max(self.width() - 2 * _MARGIN_PX, LEAST_TEXT_WIDTH_PX))
        self._text.ensurePolished()
        self._text.setFixedWidth(width_px)
        self._text.setMinimumHeight(self._text.heightForWidth(width_px) if self._text.text() else 0)
