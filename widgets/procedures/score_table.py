"""What each step was worth, what it lost and for what, how alike it was, and how long it took."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets.cell_words import draw_words, text_width
from widgets.icons import paint_icon
from widgets.item_grid import CellState
from widgets.procedures.finding_words import MINUS, default_name, figure, longer_words, points_words, step_title
from widgets.procedures.outcome_look import fill_band, kind_words, look_of
from widgets.procedures.score_parts import StepLine
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme
from widgets.time_text import format_span

ROW_PX, HEAD_PX = 46, 28
_MARGIN_PX = 8
_RIGHT = Qt.AlignmentFlag.AlignRight
_BAR_PX, _ALIKE_PX, _TIME_PX, _LOST_PX = 110, 60, 132, 64


class Columns:
    """Which columns fit into a width, and where they are: name, lost, bar, alike, time."""

    def __init__(self, left: int, width: int) -> None:
        self.with_time = width >= 430
        self.with_alike = width >= 520
        self.with_bar = width >= 640
        right = left + width - 12
        self.time = self._take(right, _TIME_PX, there=self.with_time)
        self.alike = self._take(self.time[0], _ALIKE_PX, there=self.with_alike)
        self.lost = self._take(self.alike[0], _LOST_PX, there=True)
        self.bar = self._take(self.lost[0], _BAR_PX, there=self.with_bar)
        self.name = (left + 12, self.bar[0] - 12)

    def _take(self, right: int, width: int, *, there: bool) -> tuple[int, int]:
        return (right - width - 12, right) if there else (right, right)


class ScoreTable(RowList[StepLine]):
    """One row for each step, and one for what belongs to none."""

    step_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, gap_px=0, margin_px=_MARGIN_PX)
        self._names: tuple[str, ...] = ()
        self._most = 1.0
        self.setAccessibleName(self.tr("Points of each step"))
        self.clicked.connect(self._tell)
        self.activated.connect(self._tell)
        self.current_changed.connect(self._tell)

    def set_lines(self, lines: Sequence[StepLine]) -> None:
        """Show these; the selected place stays."""
        self._names = tuple(line.outcome.name for line in lines if line.outcome is not None)
        self._most = max((line.outcome.points for line in lines if line.outcome is not None), default=1.0) or 1.0
        if len(lines) == self.count:
            self.refresh_items(tuple(lines))
        else:
            self.set_items(tuple(lines))

    # ---- how a row looks ----

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, _item: StepLine, _cell: QRect) -> tuple[object, QSize] | None:
        """No pictures."""
        return None

    def words_of(self, item: StepLine) -> str:
        """Step, points, causes, likeness, times."""
        lost = [f"{kind_words(kind)} {MINUS}{figure(points)}" for kind, points in item.lost.items()]
        if item.outcome is None:
            return ", ".join([self.tr("No step"), *lost])
        parts = [
            step_title(item.outcome.gold_step, self._names),
            self.tr("critical") if item.outcome.critical else "",
            self.tr("optional") if item.outcome.optional else "",
            self.tr("worth {points}").format(points=points_words(item.outcome.points)),
            *(lost or [self.tr("nothing lost")]),
            self._time_words(item),
        ]
        return ", ".join(part for part in parts if part)

    def tip_of(self, item: StepLine) -> str:
        """The words on lines of their own."""
        return self.words_of(item).replace(", ", "\n")

    def paint_item(self, painter: QPainter, item: StepLine, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state.selected or state.hovered:
            painter.setBrush(theme.colour("accent_surface" if state.selected else "hover"))
            painter.drawRoundedRect(QRectF(cell).adjusted(0, 1, 0, -1), theme.radius("m"), theme.radius("m"))
        columns = Columns(cell.left(), cell.width())
        self._paint_name(painter, item, cell, columns)
        self._paint_lost(painter, item, cell, columns)
        if columns.with_bar and item.outcome is not None:
            self._paint_bar(painter, item, cell, columns, theme)
        self._paint_facts(painter, item, cell, columns)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawLine(
            QPointF(cell.left() + 12, cell.bottom() + 0.5), QPointF(cell.right() - 12, cell.bottom() + 0.5)
        )
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 1.5, -0.5, -1.5), theme.radius("m"), theme.radius("m"))

    def _paint_name(self, painter: QPainter, item: StepLine, cell: QRect, columns: Columns) -> None:
        left, right = columns.name
        outcome = item.outcome
        top, under = QRect(left + 26, cell.top() + 4, right - left - 26, 20), cell.top() + 24
        if outcome is None:
            paint_icon(painter, "add", QRectF(left, cell.center().y() - 7, 14, 14), "text_muted")
            draw_words(painter, top, self.tr("Belongs to no step"), "body", "text_muted")
            self._paint_causes(painter, item, QRect(top.left(), under, top.width(), 18))
            return
        number = str(outcome.gold_step + 1)
        draw_words(painter, QRect(left, cell.top(), 22, ROW_PX), number, "monosmall", "text_faint")
        name = outcome.name or default_name(outcome.gold_step)
        if outcome.critical or outcome.optional:
            right -= 20
            sign_px = min(top.left() + text_width(name, "body") + 6, right + 4)
            icon, colour = ("cast", "warning") if outcome.critical else ("unassigned", "icon")
            paint_icon(painter, icon, QRectF(sign_px, top.top() + 3, 14, 14), colour)
        colour = "text_muted" if outcome.trainee is None and not item.lost else "text"
        draw_words(painter, QRect(top.left(), top.top(), right - top.left(), 20), name, "body", colour)
        self._paint_causes(painter, item, QRect(top.left(), under, top.width(), 18), with_time=not columns.with_time)

    def _paint_causes(self, painter: QPainter, item: StepLine, place: QRect, *, with_time: bool = False) -> None:
        """What points were lost for, in words; where nothing was lost, how long the step took."""
        left, right = place.left(), place.right()
        for kind, points in item.lost.items():
            words = kind_words(kind) if len(item.lost) == 1 else f"{kind_words(kind)} {MINUS}{figure(points)}"
            paint_icon(painter, look_of(kind).icon, QRectF(left, place.top() + 3, 13, 13), look_of(kind).colour)
            draw_words(painter, QRect(left + 18, place.top(), right - left - 18, 18), words, "small", "text_muted")
            left += 18 + text_width(words, "small") + 10
            if left + 30 > right:
                return
        if item.outcome is None:
            return
        if item.outcome.trainee is None:
            words = "" if item.lost else self.tr("left out")
        else:
            words = self._time_words(item) if with_time else "" if item.lost else self.tr("as shown")
        if right - left >= text_width(words, "small"):
            draw_words(painter, QRect(left, place.top(), right - left, 18), words, "small", "text_faint")

    def _paint_lost(self, painter: QPainter, item: StepLine, cell: QRect, columns: Columns) -> None:
        left, right = columns.lost
        if item.lost:
            place = QRect(left, cell.top(), right - left, ROW_PX)
            draw_words(painter, place, MINUS + figure(item.total), "strong", "text", _RIGHT)
        elif item.outcome is None or item.outcome.trainee is not None:
            paint_icon(painter, "check", QRectF(right - 14, cell.center().y() - 7, 14, 14), "step_done")

    def _paint_bar(self, painter: QPainter, item: StepLine, cell: QRect, columns: Columns, theme: Theme) -> None:
        if item.outcome is None:
            return
        left, room = columns.bar[0] + 12, _BAR_PX - 12
        whole = max(room * item.outcome.points / self._most, 2.0)
        bar = QRectF(left, cell.center().y() - 5, whole, 11)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("pressed"))
        painter.drawRoundedRect(bar, 3, 3)
        points = item.outcome.points or 1.0
        kept = max(points - item.total, 0.0) / points * whole if item.outcome.trainee is not None or item.lost else 0.0
        if kept > 1:
            fill_band(painter, QRectF(left, bar.top(), kept, bar.height()), look_of(None), strength=0.85, radius_px=3)
        at = left + kept
        for kind, lost in item.lost.items():
            width = min(lost / points * whole, left + whole - at)
            if width > 0.5:
                fill_band(
                    painter, QRectF(at, bar.top(), width, bar.height()), look_of(kind), strength=0.55, radius_px=2
                )
                at += width

    def _paint_facts(self, painter: QPainter, item: StepLine, cell: QRect, columns: Columns) -> None:
        outcome = item.outcome
        if outcome is None:
            return
        if columns.with_alike and outcome.trainee is not None:
            place = QRect(columns.alike[0], cell.top(), columns.alike[1] - columns.alike[0], ROW_PX)
            draw_words(painter, place, f"{outcome.similarity:.0%}", "monosmall", "text_muted", _RIGHT)
        if columns.with_time:
            place = QRect(columns.time[0] + 8, cell.top(), columns.time[1] - columns.time[0] - 8, ROW_PX)
            draw_words(painter, place, self._time_words(item), "monosmall", "text_muted", _RIGHT)

    def _time_words(self, item: StepLine) -> str:
        if item.outcome is None:
            return ""
        shown_s = item.outcome.gold.end_s - item.outcome.gold.start_s
        if item.outcome.trainee is None:
            return f"{format_span(shown_s)} → –"
        spent_s = item.outcome.trainee.end_s - item.outcome.trainee.start_s
        return f"{format_span(spent_s)}  {longer_words(spent_s, shown_s)}".rstrip()

    def _after_selection(self) -> None:
        if len(self._selection.chosen) > 1:
            self._selection.choose((self._selection.current,))
        super()._after_selection()

    def _tell(self, row: int) -> None:
        outcome = self.item(row).outcome if 0 <= row < self.count else None
        if outcome is not None:
            self.step_chosen.emit(outcome.gold_step)


class ScoreTableHead(QWidget):
    """The names of the columns; it follows the table's width."""

    def __init__(self, table: ScoreTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self.setFixedHeight(HEAD_PX)

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the names."""
        painter = QPainter(self)
        theme = current_theme()
        painter.fillRect(self.rect(), theme.colour("surface"))
        columns = Columns(_MARGIN_PX, self._table.viewport().width() - 2 * _MARGIN_PX)
        texts = [(self.tr("Step"), columns.name, Qt.AlignmentFlag.AlignLeft)]
        if columns.with_bar:
            texts.append((self.tr("Points"), (columns.bar[0] + 12, columns.bar[1]), Qt.AlignmentFlag.AlignLeft))
        texts.append((self.tr("Lost"), columns.lost, _RIGHT))
        if columns.with_alike:
            texts.append((self.tr("Alike"), columns.alike, _RIGHT))
        if columns.with_time:
            texts.append((self.tr("Time, against gold"), columns.time, _RIGHT))
        for words, (left, right), align in texts:
            draw_words(painter, QRect(left, 0, right - left, HEAD_PX), words, "caption", "text_faint", align)
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.drawLine(_MARGIN_PX + 12, HEAD_PX - 1, self.width() - _MARGIN_PX - 12, HEAD_PX - 1)
        painter.end()
