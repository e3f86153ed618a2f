"""A switch: on or off at once, without a button to confirm it."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from widgets.theme import Theme, current_theme

TRACK_W_PX, TRACK_H_PX = 34, 18


def paint_switch(painter: QPainter, track: QRectF, theme: Theme, *, on: bool, enabled: bool = True) -> None:
    """Paint a switch for a widget that paints itself."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = track.height() / 2
    ground = "accent_fill" if on else "pressed"
    painter.setPen(QPen(theme.colour("accent_fill" if on else "border_strong"), 1))
    painter.setBrush(theme.colour(ground if enabled else "hover"))
    painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
    knob = track.height() - 6
    left = track.right() - knob - 3 if on else track.left() + 3
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(("on_accent" if on else "text_muted") if enabled else "text_disabled"))
    painter.drawEllipse(QRectF(left, track.top() + 3, knob, knob))


class Switch(QAbstractButton):
    """A switch with its words beside it; Space turns it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The switch and its words."""
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(TRACK_W_PX + (10 + words if words else 0) + 4, max(26, self.fontMetrics().height() + 4))

    def minimumSizeHint(self) -> QSize:
        """As the hint: words are not cut."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self.updateGeometry()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The switch, its words, a ring while it has the focus."""
        theme = current_theme()
        painter = QPainter(self)
        track = QRectF(2, (self.height() - TRACK_H_PX) / 2, TRACK_W_PX, TRACK_H_PX)
        paint_switch(painter, track, theme, on=self.isChecked(), enabled=self.isEnabled())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 1))
            painter.drawRoundedRect(track.adjusted(-1.5, -1.5, 1.5, 1.5), 10.5, 10.5)
        painter.setPen(theme.colour("text" if self.isEnabled() else "text_disabled"))
        painter.setFont(self.font())
        words = self.rect().adjusted(TRACK_W_PX + 12, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.end()
