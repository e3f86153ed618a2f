"""A grid that only knows the cells on the screen: a hundred thousand items cost no more than a hundred."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from widgets.grid_layout import GridLayout
from widgets.grid_selection import GridSelection
from widgets.image_loader import ImageLoader, Provide
from widgets.theme import current_theme

Item = TypeVar("Item")
ZOOM_STEP = 1.15
_LARGEST_SCROLL_PX = 2_000_000_000


class ItemGrid(QAbstractScrollArea, Generic[Item]):
    """Base of the grids. Items may be a lazy sequence: only what is painted is asked for.

    Keyboard: arrows, Page, Home, End (Shift extends), Space selects, Ctrl+A all, Enter activates, Ctrl+plus and
    Ctrl+minus zoom.
    """

    activated = Signal(int)
    """Enter or a double click on an item."""
    clicked = Signal(int)
    selection_changed = Signal()
    current_changed = Signal(int)
    """The item with the keyboard's focus, -1 = none."""
    context_menu_requested = Signal(int, QPoint)
    """An item or -1, and the place on the screen."""
    cell_width_changed = Signal(int)

    smallest_cell_px = 64
    largest_cell_px = 480

    def __init__(self, cell_width_px: int, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: Sequence[Item] = ()
        self._selection = GridSelection()
        self._layout = GridLayout(cell_width_px, self.height_of_cell)
        self._hover = -1
        self._empty_text = ""
        self._shown: dict[object, list[int]] = {}
        self.loader = ImageLoader(provide, self)
        self.loader.loaded.connect(self._on_loaded)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())
        self.setMinimumSize(QSize(120, 80))

    # ---- what a kind of grid decides ----

    @abstractmethod
    def height_of_cell(self, width_px: int) -> int:
        """How high a cell of a width is."""

    @abstractmethod
    def image_of(self, item: Item, cell: QRect) -> tuple[object, QSize] | None:
        """The key of the item's picture and its size in device-independent pixels; None = no picture."""

    @abstractmethod
    def paint_item(self, painter: QPainter, item: Item, cell: QRect, state: "CellState") -> None:
        """Paint one cell."""

    @abstractmethod
    def words_of(self, item: Item) -> str:
        """What a screen reader says of an item."""

    def tip_of(self, item: Item) -> str:
        """The tool tip of an item."""
        return self.words_of(item)

    # ---- what a page says ----

    def set_items(self, items: Sequence[Item]) -> None:
        """Show these items from the start; nothing is selected."""
        self._items = items
        had = bool(self._selection.chosen)
        self._selection.reset(len(items))
        self._hover = -1
        self._relayout()
        self.verticalScrollBar().setValue(0)
        if had:
            self.selection_changed.emit()
        self.current_changed.emit(-1)

    def refresh_items(self, items: Sequence[Item]) -> None:
        """Show new contents of the same items: selection and place stay."""
        self._items = items
        self._selection.keep_within(len(items))
        self._relayout()

    def set_empty_text(self, text: str) -> None:
        """What is written where no item is."""
        self._empty_text = text
        self.viewport().update()

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def item(self, index: int) -> Item:
        """An item."""
        return self._items[index]

    def selected(self) -> list[int]:
        """Selected items, in order."""
        return sorted(self._selection.chosen)

    def set_selected(self, indices: Iterable[int]) -> None:
        """Select just these."""
        if self._selection.choose(indices):
            self._after_selection()

    def current(self) -> int:
        """The item with the keyboard's focus, -1 = none."""
        return self._selection.current

    def set_current(self, index: int, *, select: bool = True) -> None:
        """Give an item the keyboard's focus, select it alone and bring it into view."""
        self._move_to(index, extend=False, select=select)

    def cell_width(self) -> int:
        """The width that was wished for a cell."""
        return self._layout.wished_px

    def set_cell_width(self, width_px: int) -> None:
        """Zoom; the item in the middle stays in the middle."""
        width_px = min(max(width_px, self.smallest_cell_px), self.largest_cell_px)
        if width_px == self._layout.wished_px:
            return
        middle = self.index_at(self.viewport().rect().center(), nearest=True)
        self._layout.wished_px = width_px
        self._relayout()
        if middle >= 0:
            self.scroll_to(middle, centre=True)
        self.cell_width_changed.emit(width_px)

    def scroll_to(self, index: int, *, centre: bool = False) -> None:
        """Bring an item into view with the least movement."""
        if not 0 <= index < self.count:
            return
        cell = self._layout.cell(index)
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        gap = self._layout.gap_px
        if centre:
            self.verticalScrollBar().setValue(cell.center().y() - height // 2)
        elif cell.top() < top:
            self.verticalScrollBar().setValue(cell.top() - gap)
        elif cell.bottom() > top + height:
            self.verticalScrollBar().setValue(cell.bottom() + gap - height)

    def visible(self) -> range:
        """The items that are at least partly on the screen."""
        return self._layout.between(self.verticalScrollBar().value(), self.viewport().height(), self.count)

    def rect_of(self, index: int) -> QRect:
        """Where an item is on the viewport."""
        return self._layout.cell(index).translated(0, -self.verticalScrollBar().value())

    def index_at(self, place: QPoint, *, nearest: bool = False) -> int:
        """The item at a place of the viewport, -1 = none."""
        return self._layout.index_at(place + QPoint(0, self.verticalScrollBar().value()), self.count, nearest=nearest)

    def forget_image(self, key: object) -> None:
        """Load a picture anew: it changed."""
        self.loader.forget(key)
        self.viewport().update()

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.loader.stop()

    # ---- what Qt says ----

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is on the screen; what is not there yet gets a placeholder and is loaded meanwhile."""
        with self.loader.resting():
            self._paint(event)

    def _paint(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), current_theme().colour("surface"))
        if not self.count:
            self._paint_empty(painter)
        indices = self.visible()
        ratio = self.devicePixelRatioF()
        self._shown = {}
        wanted = [(index, self._items[index]) for index in reversed(indices)]
        for index, item in wanted:
            self._ask(index, item, ratio)
        self.loader.keep_only(self._shown.keys())
        for index, item in reversed(wanted):
            cell = self.rect_of(index)
            if cell.intersects(event.rect()):
                self.paint_item(painter, item, cell, self._state_of(index))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new width; the first visible item stays visible."""
        super().resizeEvent(event)
        self._relayout()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms, otherwise scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP
            self.set_cell_width(round(self._layout.wished_px * factor))
            event.accept()
            return
        super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select: Ctrl adds or takes away, Shift selects up to here."""
        index = self.index_at(event.position().toPoint())
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        if index < 0:
            self.set_selected(())
            return
        if event.button() == Qt.MouseButton.RightButton and index in self._selection.chosen:
            return
        changed = self._selection.press(
            index,
            toggle=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier),
            extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier),
        )
        self.current_changed.emit(index)
        if changed:
            self._after_selection()
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Belongs to the press."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Activate."""
        index = self.index_at(event.position().toPoint())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up what is under the pointer."""
        self._set_hover(self.index_at(event.position().toPoint()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask the page for a menu; from the keyboard it opens at the current item."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.current()
            place = self.rect_of(index).center() if index >= 0 else self.viewport().rect().center()
            self.context_menu_requested.emit(index, self.viewport().mapToGlobal(place))
        else:
            place = self.viewport().mapFromGlobal(event.globalPos())
            self.context_menu_requested.emit(self.index_at(place), event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The whole grid by keyboard."""
        key, modifiers = event.key(), event.modifiers()
        target = self._layout.step(key, self.current(), self.count, self.viewport().height())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current() >= 0:
            self.activated.emit(self.current())
        elif modifiers & Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_A:
            self.set_selected(range(self.count))
        elif modifiers & Qt.KeyboardModifier.ControlModifier and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_cell_width(round(self.cell_width() * ZOOM_STEP))
        elif modifiers & Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_Minus:
            self.set_cell_width(round(self.cell_width() / ZOOM_STEP))
        elif key == Qt.Key.Key_Space and self.current() >= 0:
            self._selection.press(self.current(), toggle=True, extend=False)
            self._after_selection()
        elif target is not None:
            self._move_to(target, extend=bool(modifiers & Qt.KeyboardModifier.ShiftModifier), select=True)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips, and the end of hovering."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(event.pos())
            QToolTip.showText(event.globalPos(), self.tip_of(self._items[index]) if index >= 0 else "", self)
            return True
        if event.type() == QEvent.Type.Leave:
            self._set_hover(-1)
        return super().viewportEvent(event)

    # ---- parts ----

    def _state_of(self, index: int) -> "CellState":
        return CellState(
            selected=index in self._selection.chosen,
            hovered=index == self._hover,
            focused=index == self._selection.current and self.hasFocus(),
        )

    def _ask(self, index: int, item: Item, ratio: float) -> None:
        wanted = self.image_of(item, self._layout.cell(index))
        if wanted is not None:
            key, size = wanted
            self._shown.setdefault(key, []).append(index)
            self.loader.image(key, size * ratio)

    def _paint_empty(self, painter: QPainter) -> None:
        theme = current_theme()
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("text_muted"))
        area = self.viewport().rect().adjusted(24, 24, -24, -24)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty_text)

    def _move_to(self, index: int, *, extend: bool, select: bool) -> None:
        if not 0 <= index < self.count:
            return
        before = self._selection.current
        changed = select and self._selection.press(index, toggle=False, extend=extend)
        self._selection.current = index
        self.scroll_to(index)
        self.setAccessibleDescription(self.words_of(self._items[index]))
        self.viewport().update()
        if before != index:
            self.current_changed.emit(index)
        if changed:
            self._after_selection()

    def _after_selection(self) -> None:
        self.viewport().update()
        self.selection_changed.emit()

    def _set_hover(self, index: int) -> None:
        if index != self._hover:
            for changed in (self._hover, index):
                if 0 <= changed < self.count:
                    self.viewport().update(self.rect_of(changed).adjusted(-3, -3, 3, 3))
            self._hover = index

    def _relayout(self) -> None:
        bar = self.verticalScrollBar()
        first = self._layout.first_at(bar.value(), self.count)
        offset = bar.value() - self._layout.cell(first).top() if first >= 0 else 0
        self._layout.set_width(self.viewport().width())
        total = min(self._layout.total_height(self.count), _LARGEST_SCROLL_PX)
        bar.setRange(0, max(total - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(self._layout.row_px // 3, 16))
        if first >= 0 and bar.value() > 0:
            bar.setValue(self._layout.cell(first).top() + offset)
        self.viewport().update()

    def _on_loaded(self, key: object) -> None:
        for index in self._shown.get(key, ()):
            self.viewport().update(self.rect_of(index))


class CellState:
    """How a cell is to be painted."""

    __slots__ = ("focused", "hovered", "selected")

    def __init__(self, *, selected: bool, hovered: bool, focused: bool) -> None:
        self.selected = selected
        self.hovered = hovered
        self.focused = focused
