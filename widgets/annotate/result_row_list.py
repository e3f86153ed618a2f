"""How the rows of jobs and pipelines look, and what can be pressed on them."""

from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from core.annotate.types import ResultState
from widgets.annotate.result_rows import ListRow, detail_words, row_state_words
from widgets.cell_paint import paint_row_focus, paint_row_ground
from widgets.cell_words import draw_words
from widgets.flow.labels import badge_width_px, paint_badge
from widgets.icons import paint_icon
from widgets.item_grid import CellState
from widgets.procedures.own_keys import ARROWS, ENTER, keeps
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme

ROW_PX = 34
_TITLE_SHARE, _TITLE_PX = 0.25, (140, 320)
"""How much of a row the title has, within bounds: what is known of the rows stands in a column."""
_OWN_KEYS = ARROWS | ENTER | {Qt.Key.Key_R, Qt.Key.Key_E, Qt.Key.Key_Delete}
_BUTTON_PX, _INDENT_PX = 28, 30
_BAR_PX, _BADGE_PX = 110, 78


class Deed(Enum):
    """What can be done with a row; the value is its icon."""

    OPEN = "lanes"
    RETRY = "retry"
    CANCEL = "cancel"
    EXPORT = "export"
    DELETE = "trash"


class ResultRowList(RowList[ListRow]):
    """The rows; buttons at the right end of each."""

    deed_requested = Signal(object, object)
    """A :class:`Deed` and the row."""
    fold_requested = Signal(str, bool)
    """A job, and whether its pipelines are to be hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, gap_px=0, margin_px=8)
        self.folded: frozenset[str] = frozenset()
        self._over: tuple[int, Deed] | None = None
        self.setAccessibleName(self.tr("Results"))
        self.activated.connect(self._open)

    def deeds_of(self, row: ListRow) -> tuple[Deed, ...]:
        """What can be done with a row now."""
        if not row.state.ended:
            return (Deed.CANCEL, Deed.DELETE) if row.result is None else ()
        done = any(one.state is ResultState.SUCCEEDED for one in row.job.results)
        if row.result is not None:
            good = (Deed.OPEN, Deed.EXPORT) if row.state is ResultState.SUCCEEDED else ()
            ended = row.job.state_now().ended
            again = (Deed.RETRY,) if ended and row.state in (ResultState.FAILED, ResultState.CANCELED) else ()
            return (*good, *again, Deed.DELETE) if ended else good
        again = () if all(one.state is ResultState.SUCCEEDED for one in row.job.results) else (Deed.RETRY,)
        return (*((Deed.OPEN, Deed.EXPORT) if done else ()), *again, Deed.DELETE)

    def deed_words(self, deed: Deed, row: ListRow) -> str:
        """A deed in words."""
        whole = row.result is None
        words = {
            Deed.OPEN: self.tr("Show as lanes"),
            Deed.RETRY: self.tr("Run again what did not succeed"),
            Deed.CANCEL: self.tr("Cancel"),
            Deed.EXPORT: self.tr("Export…"),
            Deed.DELETE: self.tr("Delete the job with its results") if whole else self.tr("Delete this result"),
        }
        return words[deed]

    # ---- how a row looks ----

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, _item: ListRow, _cell: QRect) -> tuple[object, QSize] | None:
        """No pictures."""
        return None

    def words_of(self, item: ListRow) -> str:
        """Name, state, what is known."""
        action = item.problem[1] if item.state.ended else ""
        return ", ".join(part for part in (item.title, row_state_words(item)[0], detail_words(item), action) if part)

    def tip_of(self, item: ListRow) -> str:
        """The words on lines of their own."""
        action = item.problem[1] if item.state.ended else ""
        return "\n".join(part for part in (item.title, detail_words(item), action) if part)

    def paint_item(self, painter: QPainter, item: ListRow, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme, job = current_theme(), item.result is None
        paint_row_ground(painter, cell.adjusted(0, 1, 0, -1), state, usual="raised" if job else "surface")
        left = cell.left() + 12
        if job:
            name = "chevron-right" if item.job.job_id in self.folded else "chevron-down"
            paint_icon(painter, name, QRectF(left - 4, cell.center().y() - 7, 14, 14), "icon")
            left += 18
        else:
            left += _INDENT_PX - 10
            self._paint_mark(painter, item, QRectF(left, cell.center().y() - 7, 15, 15))
            left += 24
        right = self._paint_buttons(painter, item, cell, state)
        right = self._paint_state(painter, item, cell, right, theme)
        middle = cell.left() + min(max(round(cell.width() * _TITLE_SHARE), _TITLE_PX[0]), _TITLE_PX[1])
        title = QRect(left, cell.top(), middle - left - 8, cell.height())
        draw_words(painter, title, item.title, "strong" if job else "body", "text")
        beside = QRect(middle, cell.top(), right - middle - 10, cell.height())
        wrong = bool(item.problem[0]) and item.state.ended
        draw_words(painter, beside, detail_words(item), "small", "error" if wrong else "text_muted")
        paint_row_focus(painter, cell.adjusted(0, 1, 0, -1), state)

    def _paint_mark(self, painter: QPainter, item: ListRow, place: QRectF) -> None:
        marks = {
            ResultState.QUEUED: ("clock", "text_faint"),
            ResultState.RUNNING: ("play", "accent"),
            ResultState.SUCCEEDED: ("check-circle", "success"),
            ResultState.FAILED: ("error", "error"),
            ResultState.CANCELED: ("cancel", "text_faint"),
        }
        paint_icon(painter, marks[item.state][0], place, marks[item.state][1])

    def _paint_state(self, painter: QPainter, item: ListRow, cell: QRect, right: int, theme: Theme) -> int:
        """The state of a job, how far what runs is; returns where that begins."""
        left = right
        if item.result is None:
            words, tone = row_state_words(item)
            left = right - _BADGE_PX
            width = badge_width_px(words, theme)
            paint_badge(painter, QPointF(left + _BADGE_PX - width - 8, cell.center().y() - 8), words, tone, theme)
        if item.state is ResultState.RUNNING and cell.width() > 460:
            bar = QRectF(left - _BAR_PX - 8, cell.center().y() - 2, _BAR_PX, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("border_strong", 0.6))
            painter.drawRoundedRect(bar, 3, 3)
            painter.setBrush(theme.colour("accent_fill"))
            if item.progress is not None:
                share = min(max(item.progress, 0.0), 1.0)
                painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * share, 6), 6), 3, 3)
            else:
                painter.drawRoundedRect(QRectF(bar.center().x() - 18, bar.top(), 36, 6), 3, 3)
            left = round(bar.left())
        return left

    def _paint_buttons(self, painter: QPainter, item: ListRow, cell: QRect, state: CellState) -> int:
        """The buttons: always those of jobs, of pipelines while the row is lit; returns where they begin."""
        theme, deeds = current_theme(), self.deeds_of(item)
        most = cell.right() - 8 - 4 * _BUTTON_PX
        lit = item.result is None or state.selected or state.hovered or state.focused
        for at, deed in enumerate(deeds if lit else ()):
            place = self._button_rect(cell, len(deeds), at)
            if self._over is not None and self._over[1] is deed and self.item(self._over[0]) is item:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("pressed"))
                painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), 5, 5)
            paint_icon(painter, deed.value, QRectF(place).adjusted(6, 6, -6, -6), "icon")
        return most

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is said below of the current row must not hide it."""
        super().resizeEvent(event)
        if event.size().height() < event.oldSize().height():
            self.scroll_to(self.current())

    # ---- mouse and keys ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A button does its deed, the arrow folds; elsewhere a press selects."""
        place = event.position().toPoint()
        row, left = self.index_at(place), event.button() == Qt.MouseButton.LeftButton
        deed = self._deed_at(place)
        super().mousePressEvent(event)
        if deed is not None and left:
            self.deed_requested.emit(deed[1], self.item(deed[0]))
        elif row >= 0 and left and self.item(row).result is None and place.x() < self.rect_of(row).left() + 28:
            job_id = self.item(row).job.job_id
            self.fold_requested.emit(job_id, job_id not in self.folded)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the button under the pointer."""
        super().mouseMoveEvent(event)
        over = self._deed_at(event.position().toPoint())
        if over != self._over:
            self._over = over
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the list; one row is selected at a time."""
        row = self.item(self.current()) if 0 <= self.current() < self.count else None
        keys = {Qt.Key.Key_Delete: Deed.DELETE, Qt.Key.Key_R: Deed.RETRY, Qt.Key.Key_E: Deed.EXPORT}
        deed = keys.get(Qt.Key(event.key())) if not event.modifiers() else None
        if row is not None and deed in self.deeds_of(row):
            self.deed_requested.emit(deed, row)
        elif row is not None and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.fold_requested.emit(row.job.job_id, event.key() == Qt.Key.Key_Left)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window."""
        return keeps(event, _OWN_KEYS) or super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tips of buttons."""
        if event.type() == QEvent.Type.Leave:
            self._over = None
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            deed = self._deed_at(event.pos())
            if deed is not None:
                QToolTip.showText(event.globalPos(), self.deed_words(deed[1], self.item(deed[0])), self)
                return True
        return super().viewportEvent(event)

    def _after_selection(self) -> None:
        if len(self._selection.chosen) > 1:
            self._selection.choose((self._selection.current,))
        super()._after_selection()

    def _button_rect(self, cell: QRect, count: int, at: int) -> QRect:
        left = cell.right() - 8 - (count - at) * _BUTTON_PX
        return QRect(left, cell.center().y() - _BUTTON_PX // 2, _BUTTON_PX, _BUTTON_PX)

    def _deed_at(self, place: QPoint) -> tuple[int, Deed] | None:
        row = self.index_at(place)
        if row < 0:
            return None
        deeds, cell = self.deeds_of(self.item(row)), self.rect_of(row)
        at = next((at for at in range(len(deeds)) if self._button_rect(cell, len(deeds), at).contains(place)), -1)
        return (row, deeds[at]) if at >= 0 else None

    def _open(self, row: int) -> None:
        item = self.item(row)
        deeds = self.deeds_of(item)
        wanted = Deed.OPEN if Deed.OPEN in deeds else Deed.RETRY if Deed.RETRY in deeds else None
        if wanted is not None:
            self.deed_requested.emit(wanted, item)
