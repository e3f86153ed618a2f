"""What lies over a grid or a list while something is dragged above it: the target and what a drop would do."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from widgets.icons import paint_icon
from widgets.theme import current_theme

HINT_PX = 30
_ICON_PX = 16
_EDGE_PX = 44
_TICK_MS = 16
_FASTEST_PX = 28


class DropOverlay(QWidget):
    """Lies over a viewport, takes no mouse; hidden while nothing is dragged."""

    def __init__(self, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        self.text = ""
        self.refused = False
        self._target = QRect()
        self._ghost = False
        self._place = QPoint()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        viewport.installEventFilter(self)

    def show_hint(self, text: str, place: QPoint, target: QRect, *, refused: bool = False, ghost: bool = False) -> None:
        """``target`` is ringed (empty = none; ``ghost`` = a place where something new would be); the text stands by the
        target, or by the pointer without one.
        """
        shown = (text, refused, QRect(target), ghost, QPoint(place) if target.isNull() else QPoint())
        if shown == (self.text, self.refused, self._target, self._ghost, self._place) and self.isVisible():
            return
        self.text, self.refused, self._target, self._ghost, self._place = shown
        self.setGeometry(self._viewport.rect())
        self.show()
        self.update()

    def clear(self) -> None:
        """The drag left."""
        self.text = ""
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the viewport."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ring and hint."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = "error" if self.refused else "accent"
        if not self._target.isNull():
            pen = QPen(theme.colour(tone), 2.5)
            if self._ghost:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(theme.colour(tone, 0.16))
            painter.drawRoundedRect(QRectF(self._target).adjusted(-2, -2, 2, 2), theme.radius("l"), theme.radius("l"))
            if self._ghost:
                middle = QRectF(self._target).center()
                lower = middle.y() + self._target.height() / 4
                paint_icon(painter, "add", QRectF(middle.x() - 14, lower - 14, 28, 28), tone)
        if self.text:
            self._paint_hint(painter)
        painter.end()

    def _paint_hint(self, painter: QPainter) -> None:
        theme = current_theme()
        font = theme.font("strong")
        metrics = QFontMetrics(font)
        place = self._hint_rect(metrics.horizontalAdvance(self.text))
        painter.setPen(QPen(theme.colour("error" if self.refused else "accent"), 1.5))
        painter.setBrush(theme.colour("error_surface" if self.refused else "accent_fill"))
        painter.drawRoundedRect(place, HINT_PX / 2, HINT_PX / 2)
        ink = "error" if self.refused else "on_accent"
        icon = QRectF(place.left() + 11, place.center().y() - _ICON_PX / 2, _ICON_PX, _ICON_PX)
        paint_icon(painter, "lock" if self.refused else "identities", icon, ink)
        painter.setPen(theme.colour(ink))
        painter.setFont(font)
        words = place.adjusted(11 + _ICON_PX + 7, 0, -10, 0)
        shown = metrics.elidedText(self.text, Qt.TextElideMode.ElideMiddle, int(words.width()) + 1)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _hint_rect(self, text_px: int) -> QRectF:
        """Over the middle of the target, or beside the pointer; always within the view."""
        width = min(text_px + _ICON_PX + 30.0, self.width() - 8.0)
        if self._target.isNull():
            left, top = self._place.x() + 18.0, self._place.y() + 22.0
        else:
            left = self._target.center().x() - width / 2
            top = self._target.top() + min(self._target.height() * 0.5, 96.0) - HINT_PX / 2
            if self._target.height() < 2.5 * HINT_PX:
                top = self._target.bottom() + 4.0
        left = min(max(left, 4.0), self.width() - width - 4.0)
        top = min(max(top, 4.0), self.height() - HINT_PX - 4.0)
        return QRectF(left, top, width, HINT_PX)


class EdgeScroll(QObject):
    """Scrolls while something is held near the upper or lower edge."""

    scrolled = Signal()
    """Something else lies under the pointer now."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._step_px = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._scroll)

    @property
    def active(self) -> bool:
        """Whether it scrolls now."""
        return self._timer.isActive()

    def hold(self, place: QPoint) -> None:
        """The pointer is here, on the viewport: faster the nearer to the edge."""
        height = self._area.viewport().height()
        above, below = _EDGE_PX - place.y(), place.y() - (height - _EDGE_PX)
        depth = above if above > 0 else below
        if depth <= 0:
            self.stop()
            return
        step = max(round(_FASTEST_PX * min(depth / _EDGE_PX, 1.0) ** 2), 1)
        self._step_px = -step if above > 0 else step
        if not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """The pointer left."""
        self._timer.stop()

    def _scroll(self) -> None:
        bar = self._area.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + self._step_px)
        if bar.value() == before or not self._area.isVisible():
            self._timer.stop()
        else:
            self.scrolled.emit()
