"""The stills of a cut in their order: small pictures that are dragged to other places."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from widgets.cell_paint import paint_picture, paint_ring
from widgets.grid_layout import GridLayout
from widgets.icons import paint_icon
from widgets.image_loader import Provide
from widgets.item_grid import CellState, ItemGrid
from widgets.procedures.own_keys import ARROWS, ENDS, keeps
from widgets.render.parts import StillItem
from widgets.theme import Theme, current_theme

CELL_PX, ROWS_SHOWN = 72, 3
_OWN_KEYS = ARROWS | ENDS | {Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Space}
_BACK, _ON = (Qt.Key.Key_Left, Qt.Key.Key_Up), (Qt.Key.Key_Right, Qt.Key.Key_Down)


def moved(count: int, chosen: Sequence[int], before: int) -> tuple[int, ...]:
    """Old indices in their new order when ``chosen`` are put before the entry ``before`` (``count`` = at the end)."""
    taken = [at for at in chosen if 0 <= at < count]
    rest = [at for at in range(count) if at not in taken]
    place = sum(1 for at in rest if at < before)
    return (*rest[:place], *sorted(taken), *rest[place:])


class StillGrid(ItemGrid[StillItem]):
    """Alt and an arrow move the selected ones, Delete removes them, a drag puts them elsewhere."""

    order_changed = Signal(object)
    """Old indices in their new order (a tuple)."""
    removed = Signal(object)
    """Indices to be removed (a tuple)."""

    smallest_cell_px = 56
    largest_cell_px = 160

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(CELL_PX, provide, parent)
        self._layout.gap_px = 8
        self._layout.margin_px = 12
        self._pressed: QPoint | None = None
        self._waits = -1
        self._before: int | None = None
        self.setAccessibleName(self.tr("Stills"))

    # ---- how a cell looks ----

    def height_of_cell(self, width_px: int) -> int:
        """Square."""
        return width_px

    def height_at(self, width_px: int) -> int:
        """How high the list is with all of its rows, or with some where there are more, at a width; in pixels."""
        layout = GridLayout(self._layout.wished_px, self.height_of_cell)
        layout.gap_px, layout.margin_px = self._layout.gap_px, self._layout.margin_px
        layout.set_width(width_px)
        return max(layout.total_height(min(self.count, layout.columns * ROWS_SHOWN)), 1)

    def scrolls_at(self, width_px: int) -> bool:
        """Whether there are more rows than ``height_at`` shows at a width in pixels."""
        layout = GridLayout(self._layout.wished_px, self.height_of_cell)
        layout.gap_px, layout.margin_px = self._layout.gap_px, self._layout.margin_px
        layout.set_width(width_px)
        return self.count > layout.columns * ROWS_SHOWN

    def image_of(self, item: StillItem, cell: QRect) -> tuple[object, QSize] | None:
        """The picture."""
        return item.picture, cell.size()

    def words_of(self, item: StillItem) -> str:
        """Place, name, mask, focus, problem."""
        at = next((at for at in range(self.count) if self.item(at).key == item.key), 0)
        parts = (
            self.tr("Still {number} of {count}").format(number=at + 1, count=self.count),
            item.name,
            self.tr("cut out by a mask") if item.masked else "",
            self.tr("focus set") if item.focus is not None else "",
            item.problem,
        )
        return ", ".join(part for part in parts if part)

    def tip_of(self, item: StillItem) -> str:
        """Name, and what is wrong with it."""
        return "\n".join(part for part in (item.name, item.problem) if part)

    def paint_item(self, painter: QPainter, item: StillItem, cell: QRect, state: CellState) -> None:
        """Paint a picture with its number and marks."""
        theme = current_theme()
        paint_picture(painter, self.loader, item.picture, cell, "image", dimmed=bool(item.problem))
        _paint_number(painter, cell, self.words_number(item), theme)
        if item.masked:
            _paint_chip(painter, QRectF(cell.right() - 22, cell.top() + 4, 19, 19), "mask", theme)
        if item.problem:
            _paint_chip(painter, QRectF(cell.center().x() - 11, cell.center().y() - 11, 23, 23), "warning", theme)
        elif item.focus is not None:
            _paint_chip(painter, QRectF(cell.right() - 22, cell.bottom() - 22, 19, 19), "target", theme)
        if item.problem and not state.selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("error"), 1.5))
            painter.drawRoundedRect(QRectF(cell).adjusted(0.75, 0.75, -0.75, -0.75), 6, 6)
        paint_ring(painter, cell, state)

    def words_number(self, item: StillItem) -> str:
        """Its place in the cut, from 1."""
        return str(next((at + 1 for at in range(self.count) if self.item(at).key == item.key), 0))

    # ---- what Qt says ----

    def paintEvent(self, event: QPaintEvent) -> None:
        """The pictures, and where a drag would put the selected ones."""
        super().paintEvent(event)
        if self._before is None:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(current_theme().colour("accent"), 3, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(*self._gap_line(self._before))
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window; Alt and an arrow too."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._moves(event):
            event.accept()
            return True
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, remove, or what every grid does."""
        if self._moves(event):
            self.move_selected(-1 if event.key() in _BACK else 1)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.selected():
            self.removed.emit(tuple(self.selected()))
        elif event.key() == Qt.Key.Key_Escape and self._before is not None:
            self._end_drag()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a selected one waits: it may begin a drag of all of them."""
        place = event.position().toPoint()
        at = self.index_at(place)
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        self._pressed = place if plain and at >= 0 else None
        self._waits = at if plain and at in self.selected() else -1
        if self._waits < 0:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where a drag would put them."""
        place = event.position().toPoint()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        far = (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self._before is None and not far:
            return
        before = self._place_before(place)
        if before != self._before:
            self._before = before
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put them there."""
        before, waits = self._before, self._waits
        self._end_drag()
        if before is not None:
            self._tell_order(moved(self.count, self.selected(), before))
        elif waits >= 0:
            self.set_current(waits)
        super().mouseReleaseEvent(event)

    # ---- inside ----

    def move_selected(self, step: int) -> None:
        """Move the selected ones one place to the front (-1) or to the back (+1)."""
        chosen = self.selected()
        if not chosen:
            return
        before = chosen[0] - 1 if step < 0 else chosen[-1] + 2
        self._tell_order(moved(self.count, chosen, max(before, 0)))

    def _tell_order(self, order: tuple[int, ...]) -> None:
        if order != tuple(range(self.count)):
            self.order_changed.emit(order)

    def _moves(self, event: QKeyEvent) -> bool:
        return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier) and event.key() in (*_BACK, *_ON)

    def _end_drag(self) -> None:
        self._pressed, self._waits, self._before = None, -1, None
        self.viewport().unsetCursor()
        self.viewport().update()

    def _place_before(self, place: QPoint) -> int:
        """The entry before which they would be put."""
        at = self.index_at(place, nearest=True)
        last = self.rect_of(self.count - 1)
        if place.y() > last.bottom() or (place.y() >= last.top() and place.x() > last.right()):
            return self.count
        return at + 1 if place.x() > self.rect_of(at).center().x() else at

    def _gap_line(self, before: int) -> tuple[QPointF, QPointF]:
        after = before == self.count or (before > 0 and self.rect_of(before).top() > self.rect_of(before - 1).top())
        cell = self.rect_of(before - 1 if after else before)
        x_px = cell.right() + self._layout.gap_px / 2 + 0.5 if after else cell.left() - self._layout.gap_px / 2
        return QPointF(x_px, cell.top() + 2), QPointF(x_px, cell.bottom() - 2)


def _paint_number(painter: QPainter, cell: QRect, number: str, theme: Theme) -> None:
    place = QRectF(cell.left() + 4, cell.top() + 4, 12 + 7 * len(number), 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("scrim"))
    painter.drawRoundedRect(place, theme.radius("s"), theme.radius("s"))
    painter.setPen(theme.colour("on_scrim"))
    painter.setFont(theme.font("monosmall"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, number)


def _paint_chip(painter: QPainter, place: QRectF, icon_name: str, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("scrim"))
    painter.drawRoundedRect(place, theme.radius("s"), theme.radius("s"))
    paint_icon(painter, icon_name, place.adjusted(3, 3, -3, -3), "on_scrim")
