"""How loud a sound is over its length, and where it plays; a press goes there."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.painted_canvas import PaintedCanvas
from widgets.procedures.own_keys import ENDS, keeps
from widgets.theme import Theme, current_theme

HEIGHT_PX = 40
_BAR_PX, _GAP_PX = 2, 1
_TICK_MS, _TURN_TICKS = 60, 30
_OWN_KEYS = ENDS | {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space}


def bars_of(peaks: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    """The largest peak of each of ``count`` even stretches; fewer peaks than stretches are repeated."""
    if count <= 0 or not peaks.size:
        return np.zeros(max(count, 0))
    edges = np.linspace(0, peaks.size, count + 1)
    starts = np.minimum(np.floor(edges[:-1]).astype(np.intp), peaks.size - 1)
    if peaks.size <= count:
        return peaks[starts]
    return np.maximum.reduceat(peaks, starts)


class Waveform(PaintedCanvas):
    """Bars; the part that was played is lit. Arrows move by 5 %, Space plays and pauses."""

    sought = Signal(float)
    """A fraction of the length."""
    play_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peaks: npt.NDArray[np.float64] | None = None
        self._bars: npt.NDArray[np.float64] = np.zeros(0)
        self._position: float | None = None
        self._tick = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._move)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName(self.tr("Waveform"))

    def set_peaks(self, peaks: Sequence[float] | None) -> None:
        """Loudness in [0, 1] at even steps; None = it is being read."""
        self._peaks = None if peaks is None else np.clip(np.nan_to_num(np.asarray(peaks, dtype=np.float64)), 0.0, 1.0)
        self._bars = np.zeros(0)
        self._set_moving()
        self.update()

    def set_position(self, fraction: float | None) -> None:
        """Where it plays, None = it does not."""
        self._position = None if fraction is None else min(max(fraction, 0.0), 1.0)
        self.setAccessibleDescription("" if self._position is None else f"{self._position:.0%}")
        self.update()

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(160, HEIGHT_PX)

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window."""
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along, play."""
        now = self._position or 0.0
        places = {
            int(Qt.Key.Key_Left): now - 0.05,
            int(Qt.Key.Key_Right): now + 0.05,
            int(Qt.Key.Key_Home): 0.0,
            int(Qt.Key.Key_End): 1.0,
        }
        if event.key() == Qt.Key.Key_Space:
            self.play_toggled.emit()
        elif event.key() in places:
            self.sought.emit(min(max(places[event.key()], 0.0), 1.0))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.sought.emit(min(max(event.position().x() / max(self.width(), 1), 0.0), 1.0))

    def showEvent(self, event: QShowEvent) -> None:
        """Move only while it can be seen."""
        super().showEvent(event)
        self._set_moving()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop moving."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bars."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("lane"))
        painter.drawRoundedRect(QRectF(self.rect()), theme.radius("s"), theme.radius("s"))
        self._paint_bars(painter, theme)
        if self._position is not None:
            x_px = self._position * (self.width() - 2) + 1
            painter.setPen(QPen(theme.colour("playhead"), 2))
            painter.drawLine(QLineF(x_px, 2, x_px, self.height() - 2))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75), 4, 4)
        painter.end()

    # ---- inside ----

    def _paint_bars(self, painter: QPainter, theme: Theme) -> None:
        count = max((self.width() - 8) // (_BAR_PX + _GAP_PX), 1)
        middle, reach = self.height() / 2, self.height() / 2 - 4
        if self._peaks is None:
            phase = 2 * np.pi * self._tick / _TURN_TICKS
            bars = 0.16 + 0.12 * np.sin(np.arange(count) * 0.22 - phase)
        else:
            if self._bars.size != count:
                self._bars = bars_of(self._peaks, count)
            bars = self._bars
        x_px = 5.0 + (_BAR_PX + _GAP_PX) * np.arange(count)
        half = np.maximum(bars * reach, 0.6)
        lines = [QLineF(x, middle - h, x, middle + h) for x, h in zip(x_px.tolist(), half.tolist(), strict=True)]
        played = 0 if self._position is None else round(self._position * count)
        colour = "text_disabled" if self._peaks is None or not self.isEnabled() else "waveform"
        for part, name in ((lines[:played], "accent"), (lines[played:], colour)):
            if part:
                painter.setPen(QPen(theme.colour(name), _BAR_PX, c=Qt.PenCapStyle.RoundCap))
                painter.drawLines(part)

    def _set_moving(self) -> None:
        if self._peaks is None and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _move(self) -> None:
        self._tick = (self._tick + 1) % _TURN_TICKS
        self.update()
