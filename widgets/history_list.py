"""What was done, by whom and when; what was undone stands dimmed above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QDateTime, QEvent, QLocale, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QMenu, QWidget

from widgets.cell_words import draw_words, text_width
from widgets.flow.labels import badge_width_px, paint_badge
from widgets.icons import paint_icon
from widgets.item_grid import CellState
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme

ROW_PX = 50
DONE, UNDONE, DROPPED, PAST = "done", "undone", "dropped", "past"


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """A step. ``when`` is ISO 8601; ``state``: done, undone (can be done again), dropped (a newer step took its place)
    or past (its analysis was removed: cannot be taken back).
    """

    edit_id: int
    title: str
    who: str
    when: str
    state: str = DONE


class HistoryList(RowList[HistoryStep]):
    """Newest step on top, a line between what is undone and what is done. Enter, the button on a row or its menu take
    back all steps down to the row's, that one too, or do undone ones again up to it.
    """

    undo_to_requested = Signal(int)
    """An edit's id: it and all newer ones are to be undone."""
    redo_to_requested = Signal(int)
    """An edit's id: all undone ones up to it are to be done again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, gap_px=0, margin_px=8)
        self._first_done = -1
        self.setAccessibleName(self.tr("History"))
        self.set_empty_text(self.tr("Nothing was changed by hand yet."))
        self.activated.connect(self._go_to)

    def set_steps(self, steps: Sequence[HistoryStep]) -> None:
        """Show these, newest first; selection and place stay by the step."""
        chosen = {self.item(at).edit_id for at in self.selected()}
        place = self.verticalScrollBar().value()
        self.set_items(tuple(steps))
        self._first_done = next((at for at, step in enumerate(steps) if step.state == DONE), -1)
        self.verticalScrollBar().setValue(place)
        self.set_selected([at for at, step in enumerate(steps) if step.edit_id in chosen])

    # ---- how a row looks ----

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, _item: HistoryStep, _cell: QRect) -> tuple[object, QSize] | None:
        """Steps have no pictures."""
        return None

    def words_of(self, item: HistoryStep) -> str:
        """Title, who, when, state."""
        return ", ".join(
            part for part in (item.title, item.who, when_words(item.when), self._state_words(item)) if part
        )

    def tip_of(self, item: HistoryStep) -> str:
        """The words, and what Enter does."""
        return "\n".join(part for part in (self.words_of(item), self._action_tip(item)) if part)

    def paint_item(self, painter: QPainter, item: HistoryStep, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state.selected or state.hovered:
            painter.setBrush(theme.colour("accent_surface" if state.selected else "hover"))
            painter.drawRoundedRect(QRectF(cell).adjusted(0, 1, 0, -1), theme.radius("m"), theme.radius("m"))
        self._paint_thread(painter, item, cell, theme)
        right = self._paint_end(painter, item, cell, state)
        dim = item.state != DONE
        title = QRect(cell.left() + 36, cell.top() + 6, right - cell.left() - 42, 20)
        draw_words(painter, title, item.title, "body" if dim else "strong", "text_faint" if dim else "text")
        under = title.translated(0, 19)
        words = "  ·  ".join(part for part in (item.who, when_words(item.when)) if part)
        draw_words(painter, under, words, "small", "text_faint" if dim else "text_muted")
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 1.5, -0.5, -1.5), theme.radius("m"), theme.radius("m"))

    # ---- mouse and keys ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The button on a row, or the row."""
        place = event.position().toPoint()
        row = self.index_at(place)
        super().mousePressEvent(event)
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            button = self._button_in(self.item(row), self.rect_of(row))
            if button is not None and button.contains(QPointF(place)):
                self._go_to(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Taking steps back needs Enter, the button or the menu: a double click is too easily made."""
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done."""
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        row = self.current() if keyboard else self.index_at(self.viewport().mapFromGlobal(event.globalPos()))
        words = self._action_words(self.item(row)) if row >= 0 else ""
        if not words:
            return
        menu = QMenu(self)
        menu.addAction(words).triggered.connect(lambda: self._go_to(row))
        menu.aboutToHide.connect(menu.deleteLater)
        where = self.rect_of(row).center() if keyboard else self.viewport().mapFromGlobal(event.globalPos())
        menu.popup(self.viewport().mapToGlobal(where))

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()

    # ---- parts ----

    def _go_to(self, row: int) -> None:
        step = self.item(row)
        if step.state == DONE:
            self.undo_to_requested.emit(step.edit_id)
        elif step.state == UNDONE:
            self.redo_to_requested.emit(step.edit_id)

    def _action_words(self, step: HistoryStep) -> str:
        return {DONE: self.tr("Undo to here"), UNDONE: self.tr("Redo to here")}.get(step.state, "")

    def _action_tip(self, step: HistoryStep) -> str:
        tips = {
            DONE: self.tr("Enter: take back this step and all newer ones"),
            UNDONE: self.tr("Enter: do this step and all older undone ones again"),
            PAST: self.tr("The analysis that it belongs to was removed, so it cannot be taken back."),
            DROPPED: self.tr("It was undone, and then something else was done instead."),
        }
        return tips.get(step.state, "")

    def _state_words(self, step: HistoryStep) -> str:
        words = {UNDONE: self.tr("undone"), PAST: self.tr("kept for good"), DROPPED: self.tr("replaced")}
        return words.get(step.state, "")

    def _button_in(self, step: HistoryStep, cell: QRect) -> QRectF | None:
        words = self._action_words(step)
        if not words:
            return None
        width = text_width(words, "caption") + 34
        return QRectF(cell.right() - width - 8, cell.center().y() - 12, width, 25)

    def _paint_end(self, painter: QPainter, item: HistoryStep, cell: QRect, state: CellState) -> int:
        """The button while the row is looked at, else the state; returns where it begins."""
        theme = current_theme()
        button = self._button_in(item, cell) if state.hovered or state.selected or state.focused else None
        if button is not None:
            painter.setPen(QPen(theme.colour("border_strong"), 1))
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(button, theme.radius("m"), theme.radius("m"))
            icon = "undo" if item.state == DONE else "redo"
            paint_icon(painter, icon, QRectF(button.left() + 8, button.center().y() - 7, 14, 14), "icon")
            words = button.adjusted(26, 0, -4, 0).toRect()
            draw_words(painter, words, self._action_words(item), "caption", "text")
            return round(button.left()) - 8
        words_of_state = self._state_words(item)
        if words_of_state:
            left = cell.right() - 10 - badge_width_px(words_of_state, theme)
            paint_badge(painter, QPointF(left, cell.center().y() - 9), words_of_state, "plain", theme)
            return round(left) - 8
        return cell.right() - 8

    def _paint_thread(self, painter: QPainter, item: HistoryStep, cell: QRect, theme: Theme) -> None:
        """A thread of dots; the step that is now is ringed, and a line above it says where undone ones begin."""
        row = self.index_at(cell.center())
        middle = QPointF(cell.left() + 18, cell.center().y())
        painter.setPen(QPen(theme.colour("border_strong"), 1.5))
        if row > 0:
            painter.drawLine(QPointF(middle.x(), cell.top()), middle)
        if row < self.count - 1:
            painter.drawLine(middle, QPointF(middle.x(), cell.bottom() + 1))
        now = row == self._first_done
        painter.setPen(QPen(theme.colour("accent" if item.state == DONE else "text_disabled"), 2))
        painter.setBrush(theme.colour("accent" if item.state == DONE else "surface"))
        painter.drawEllipse(middle, 5.0 if now else 4.0, 5.0 if now else 4.0)
        if now:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, 8.5, 8.5)
            if row > 0:
                painter.setPen(QPen(theme.colour("accent"), 1))
                painter.drawLine(cell.left() + 36, cell.top(), cell.right() - 8, cell.top())


def when_words(when: str) -> str:
    """``14:03`` today, else day and time, in this machine's language and zone; what is no time stays as it is."""
    try:
        moment = datetime.fromisoformat(when)
    except ValueError:
        return when
    local = moment.astimezone()
    shown = QDateTime.fromSecsSinceEpoch(int(local.timestamp()))
    time = QLocale().toString(shown.time(), QLocale.FormatType.ShortFormat)
    if local.date() == datetime.now(tz=local.tzinfo).date():
        return time
    return f"{QLocale().toString(shown.date(), QLocale.FormatType.ShortFormat)} {time}"
