"""Pressing, dragging and drawing a rubber band in a grid, apart from what is dragged."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QDrag, QImage, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QRubberBand

from widgets.icons import paint_icon
from widgets.item_grid import ItemGrid
from widgets.theme import current_theme

STACK_PX = 72
_STACKED = 3
_STEP_PX = 5
_BAND_LEAST_PX = 4
_FAR_PX = 1_000_000


class DragGesture(QObject):
    """What a grid does between press and release; it sees the mouse before the grid does.

    A press on a selected item waits: it begins a drag of all selected ones, or selects that one alone when the button
    is let go. A press between the items draws a rubber band; Ctrl adds to what is selected.
    """

    def __init__(
        self,
        grid: ItemGrid[Any],
        mime_of: Callable[[Sequence[int]], QMimeData | None],
        picture_of: Callable[[int], QImage | None],
        pressed_first: Callable[[QMouseEvent], bool] = lambda _event: False,
    ) -> None:
        """``pressed_first`` is asked at every press; True = it was meant for something else in the grid."""
        super().__init__(grid)
        self._pressed_first = pressed_first
        self._grid = grid
        self._mime_of = mime_of
        self._picture_of = picture_of
        self._pressed_at: QPoint | None = None
        self._waits = False
        self._band: QRubberBand | None = None
        self._band_from = QPoint()
        self._band_base: frozenset[int] = frozenset()
        grid.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take what belongs to a drag or to the rubber band."""
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            return self._pressed_first(event) or self.press(event)
        if event.type() == QEvent.Type.MouseMove:
            return self.move(event)
        return event.type() == QEvent.Type.MouseButtonRelease and self.release(event)

    def press(self, event: QMouseEvent) -> bool:
        """True = the grid shall do nothing more."""
        self._pressed_at, self._waits = None, False
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        place = event.position().toPoint()
        index = self._grid.index_at(place)
        if index < 0:
            self._begin_band(place, adds=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
            return True
        self._pressed_at = place
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        self._waits = plain and index in self._grid.selected()
        if self._waits:
            self._grid.clicked.emit(index)
        return self._waits

    def move(self, event: QMouseEvent) -> bool:
        """True = the pointer drags or draws."""
        place = event.position().toPoint()
        if self._band is not None:
            self._stretch_band(place)
            return True
        if self._pressed_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return False
        if (place - self._pressed_at).manhattanLength() < QApplication.startDragDistance():
            return True
        pressed, self._pressed_at, self._waits = self._pressed_at, None, False
        self.begin_drag(self._grid.index_at(pressed))
        return True

    def release(self, event: QMouseEvent) -> bool:
        """The button was let go."""
        place = event.position().toPoint()
        if self._band is not None:
            self._band.hide()
            self._band.deleteLater()
            self._band = None
            return True
        if self._waits:
            self._grid.set_current(self._grid.index_at(place))
        self._pressed_at, self._waits = None, False
        return False

    def begin_drag(self, index: int) -> Qt.DropAction:
        """Drag the selected items, or the one under the pointer when it is none of them."""
        chosen = self._grid.selected()
        if index >= 0 and index not in chosen:
            chosen = [index]
        mime = self._mime_of(chosen) if chosen else None
        if mime is None:
            return Qt.DropAction.IgnoreAction
        drag = QDrag(self._grid.viewport())
        drag.setMimeData(mime)
        first = [index, *(one for one in chosen if one != index)] if index >= 0 else chosen
        pictures = [self._picture_of(one) for one in first[:_STACKED]]
        drag.setPixmap(stack_pixmap(pictures, len(chosen), self._grid.devicePixelRatioF()))
        drag.setHotSpot(QPoint(STACK_PX // 3, STACK_PX // 3))
        return drag.exec(Qt.DropAction.MoveAction)

    def _begin_band(self, place: QPoint, *, adds: bool) -> None:
        self._band_base = frozenset(self._grid.selected()) if adds else frozenset()
        self._grid.set_selected(self._band_base)
        self._band_from = place + QPoint(0, self._grid.verticalScrollBar().value())
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self._grid.viewport())

    def _stretch_band(self, place: QPoint) -> None:
        if self._band is None:
            return
        start = self._band_from - QPoint(0, self._grid.verticalScrollBar().value())
        area = QRect(start, place).normalized()
        if max(area.width(), area.height()) < _BAND_LEAST_PX:
            return
        self._band.setGeometry(area)
        self._band.show()
        self._grid.set_selected(self._band_base | set(items_in(self._grid, area)))
        height = self._grid.viewport().height()
        if place.y() < 0 or place.y() > height:
            bar = self._grid.verticalScrollBar()
            bar.setValue(bar.value() + (place.y() if place.y() < 0 else place.y() - height))


def items_in(grid: ItemGrid[Any], area: QRect) -> list[int]:
    """Items whose cells touch an area of the viewport, which may reach beyond it."""
    if not grid.count:
        return []
    first = grid.index_at(QPoint(0, area.top()), nearest=True)
    last = grid.index_at(QPoint(_FAR_PX, area.bottom()), nearest=True)
    return [index for index in range(first, last + 1) if grid.rect_of(index).intersects(area)]


def stack_pixmap(pictures: Sequence[QImage | None], count: int, ratio: float) -> QPixmap:
    """Up to three pictures on a heap, with how many there are."""
    theme = current_theme()
    shown = list(pictures[:_STACKED]) or [None]
    side = STACK_PX + _STEP_PX * (len(shown) - 1) + 14
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    for depth in range(len(shown) - 1, -1, -1):
        place = QRectF(2 + depth * _STEP_PX, 12 + depth * _STEP_PX, STACK_PX - 4, STACK_PX - 4)
        picture = shown[depth]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hover"))
        painter.drawRect(place)
        if picture is not None:
            painter.drawImage(place, picture)
        else:
            paint_icon(painter, "person", place.adjusted(20, 20, -20, -20), "icon_disabled")
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.drawRoundedRect(place, 3, 3)
    if count > 1:
        _paint_count(painter, QPointF(STACK_PX - 4.0, 12.0), count)
    painter.end()
    return pixmap


def _paint_count(painter: QPainter, middle: QPointF, count: int) -> None:
    theme = current_theme()
    words = f"{count:,}" if count < 1000 else "999+"
    width = max(22.0, 10.0 + 7.5 * len(words))
    badge = QRectF(min(middle.x() - width / 2, STACK_PX + 12.0 - width), middle.y() - 11, width, 22)
    painter.setPen(QPen(theme.colour("surface"), 2))
    painter.setBrush(theme.colour("accent_fill"))
    painter.drawRoundedRect(badge, 11, 11)
    painter.setPen(theme.colour("on_accent"))
    painter.setFont(theme.font("strong"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
