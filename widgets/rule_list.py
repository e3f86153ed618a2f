"""Scan rules in the order in which they are asked: switch, sentence, how many files they match; drag to reorder."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from widgets.cell_words import draw_words
from widgets.flow.labels import Tone, badge_width_px, paint_badge
from widgets.item_grid import CellState
from widgets.row_list import RowList
from widgets.switch import TRACK_H_PX, TRACK_W_PX, paint_switch
from widgets.theme import current_theme

ROW_PX = 64
_TEXT_LEFT_PX = 62


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule. ``matches`` None = not counted yet."""

    rule_id: int
    name: str
    sentence: str
    enabled: bool
    matches: int | None = None


class RuleList(RowList[RuleRow]):
    """The first row is asked first. Alt+Up and Alt+Down move a rule, Space turns it on or off, Delete deletes it."""

    moved = Signal(int, int)
    """A rule's id and its new place from 0."""
    toggled = Signal(int)
    delete_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, gap_px=4, margin_px=8)
        self._pressed: tuple[int, QPoint] | None = None
        self._dragged = -1
        self._gap = -1
        self.setAccessibleName(self.tr("Rules"))
        self.set_empty_text(self.tr("No rule yet. Choose one of the usual ones, or write your own."))

    # ---- what the page says ----

    def set_rules(self, rows: Sequence[RuleRow]) -> None:
        """Show these in their order; the selected rule stays selected."""
        if tuple(rows) == tuple(self._items):
            return
        chosen = self.selected_id()
        same = [row.rule_id for row in rows] == [self.item(at).rule_id for at in range(self.count)]
        if same:
            self.refresh_items(tuple(rows))
            return
        self.blockSignals(True)
        self.set_items(tuple(rows))
        self.select(chosen)
        self.blockSignals(False)
        if self.selected_id() != chosen:
            self.selection_changed.emit()

    def selected_id(self) -> int | None:
        """The selected rule."""
        rows = self.selected()
        return self.item(rows[0]).rule_id if rows else None

    def select(self, rule_id: int | None) -> None:
        """Select a rule and bring it into view."""
        row = next((at for at in range(self.count) if self.item(at).rule_id == rule_id), -1)
        if row >= 0:
            self.set_current(row)
        else:
            self.set_selected(())

    # ---- how a row looks ----

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, _item: RuleRow, _cell: QRect) -> tuple[object, QSize] | None:
        """Rules have no pictures."""
        return None

    def words_of(self, item: RuleRow) -> str:
        """Name, state, sentence, matches."""
        state = self.tr("on") if item.enabled else self.tr("off")
        return ", ".join(part for part in (item.name, state, item.sentence, self._badge(item)) if part)

    def tip_of(self, item: RuleRow) -> str:
        """The whole sentence."""
        return item.sentence

    def paint_item(self, painter: QPainter, item: RuleRow, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "accent_surface" if state.selected else "hover" if state.hovered else "raised"
        painter.setPen(QPen(theme.colour("accent" if state.selected else "border"), 1))
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("m"), theme.radius("m"))
        paint_switch(painter, self._switch_in(cell), theme, on=item.enabled)
        right = cell.right() - 12
        badge = self._badge(item)
        if badge:
            tone: Tone = "accent" if item.enabled and item.matches else "plain"
            right -= round(badge_width_px(badge, theme))
            paint_badge(painter, QPointF(right, cell.top() + 12), badge, tone, theme)
            right -= 10
        left = cell.left() + _TEXT_LEFT_PX
        title = QRect(left, cell.top() + 10, right - left, 22)
        draw_words(painter, title, item.name, "strong", "text" if item.enabled else "text_faint")
        line = QRect(left, cell.top() + 34, cell.right() - 12 - left, 18)
        draw_words(painter, line, item.sentence, "small", "text_muted" if item.enabled else "text_faint")
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(2.5, 2.5, -2.5, -2.5), theme.radius("m"), theme.radius("m"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, and while one is dragged the place where it would go."""
        super().paintEvent(event)
        if self._gap < 0:
            return
        painter = QPainter(self.viewport())
        if self._gap < self.count:
            line_px = self.rect_of(self._gap).top() - 2
        else:
            line_px = self.rect_of(self.count - 1).bottom() + 3
        painter.setPen(QPen(current_theme().colour("accent"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(12, line_px, self.viewport().width() - 12, line_px)
        painter.end()

    # ---- mouse and keys ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The switch turns the rule; elsewhere a press selects, and may become a drag."""
        place = event.position().toPoint()
        row = self.index_at(place)
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            if self._switch_in(self.rect_of(row)).adjusted(-6, -10, 6, 10).contains(QPointF(place)):
                self.toggled.emit(self.item(row).rule_id)
                return
            self._pressed = (row, place)
            self.set_current(row)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where the dragged rule would go."""
        place = event.position().toPoint()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        row, start = self._pressed
        if self._dragged < 0 and (place - start).manhattanLength() < QApplication.startDragDistance():
            return
        self._dragged = row
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._gap = self._gap_at(place)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the dragged rule go."""
        dragged, gap = self._dragged, self._gap
        self._pressed, self._dragged, self._gap = None, -1, -1
        self.unsetCursor()
        self.viewport().update()
        if dragged >= 0 and gap >= 0:
            self._move(dragged, gap - 1 if gap > dragged else gap)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with the arrows moves, Space turns, Delete deletes; one rule is selected at a time."""
        row, key = self.current(), event.key()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and row >= 0:
            self._move(row, row + (1 if key == Qt.Key.Key_Down else -1))
        elif key == Qt.Key.Key_Space and row >= 0:
            self.toggled.emit(self.item(row).rule_id)
        elif key == Qt.Key.Key_Delete and row >= 0:
            self.delete_requested.emit(self.item(row).rule_id)
        else:
            super().keyPressEvent(event)

    def _after_selection(self) -> None:
        if len(self._selection.chosen) > 1:
            self._selection.choose((self._selection.current,))
        super()._after_selection()

    def _move(self, row: int, to: int) -> None:
        if to != row and 0 <= to < self.count:
            self.moved.emit(self.item(row).rule_id, to)

    def _gap_at(self, place: QPoint) -> int:
        """Before which row the pointer is: 0 … count."""
        for row in range(self.count):
            if place.y() < self.rect_of(row).center().y():
                return row
        return self.count

    def _switch_in(self, cell: QRect) -> QRectF:
        return QRectF(cell.left() + 14, cell.center().y() - TRACK_H_PX / 2 + 0.5, TRACK_W_PX, TRACK_H_PX)

    def _badge(self, item: RuleRow) -> str:
        if item.matches is None:
            return ""
        return self.tr("1 file") if item.matches == 1 else self.tr("{count} files").format(count=f"{item.matches:,}")
