"""A thin line of progress: never above 100 %, and moving when nothing is known."""

import math

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme import current_theme

_TICK_MS = 33
_TURN_TICKS = 48


class ProgressLine(QWidget):
    """Shows a fraction in [0, 1], or a moving piece while the fraction is unknown (None)."""

    def __init__(self, parent: QWidget | None = None, *, height_px: int = 6) -> None:
        super().__init__(parent)
        self._fraction: float | None = 0.0
        self._tone = "accent_fill"
        self._tick = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._move)
        self._height_px = height_px
        self.setFixedHeight(height_px)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Progress"))
        self.set_fraction(0.0)

    @property
    def fraction(self) -> float | None:
        """What is shown, in [0, 1]; None = unknown."""
        return self._fraction

    def set_fraction(self, fraction: float | None, *, tone: str = "accent_fill") -> None:
        """Show a fraction, cut to [0, 1]; None or not a number = unknown. ``tone`` is a colour of the theme."""
        known = fraction is not None and math.isfinite(fraction)
        self._fraction = min(max(fraction, 0.0), 1.0) if known and fraction is not None else None
        self._tone = tone
        percent = self.tr("unknown") if self._fraction is None else f"{self._fraction:.0%}"
        self.setAccessibleDescription(percent)
        self._set_moving()
        self.update()

    def sizeHint(self) -> QSize:
        """Any width, its own height."""
        return QSize(120, self._height_px)

    def showEvent(self, event: QShowEvent) -> None:
        """Move only while it can be seen."""
        super().showEvent(event)
        self._set_moving()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop moving."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the groove and the done part."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(self.rect())
        radius_px = groove.height() / 2
        painter.setBrush(theme.colour("border_strong", 0.6))
        painter.drawRoundedRect(groove, radius_px, radius_px)
        painter.setBrush(theme.colour(self._tone if self.isEnabled() else "text_disabled"))
        painter.drawRoundedRect(self._done_part(groove), radius_px, radius_px)
        painter.end()

    def _done_part(self, groove: QRectF) -> QRectF:
        if self._fraction is not None:
            shown_px = groove.width() * self._fraction
            return QRectF(
                groove.left(), groove.top(), max(shown_px, groove.height() if shown_px > 0 else 0), groove.height()
            )
        piece_px = groove.width() * 0.28
        phase = 0.5 - 0.5 * math.cos(2 * math.pi * self._tick / _TURN_TICKS)
        return QRectF(groove.left() + (groove.width() - piece_px) * phase, groove.top(), piece_px, groove.height())

    def _set_moving(self) -> None:
        moving = self._fraction is None and self.isVisible()
        if moving and not self._timer.isActive():
            self._timer.start()
        elif not moving:
            self._timer.stop()

    def _move(self) -> None:
        self._tick = (self._tick + 1) % _TURN_TICKS
        self.update()
