"""Rows of lines with marked places: found by a search, changed by replacing, left out of a transcript."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.cell_words import draw_words, text_width
from widgets.icons import paint_icon
from widgets.item_grid import CellState
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme
from widgets.time_text import format_time

_TEXT_ROW_PX = 20


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """A line with its marked places. ``title`` begins a group (an episode); ``below``: a second row (the text after
    replacing, a reason), with its own marks; ``checked`` None = there is nothing to choose.
    """

    key: str
    start_s: float
    text: str
    marks: tuple[tuple[int, int], ...] = ()
    who: str = ""
    title: str = ""
    below: str = ""
    below_marks: tuple[tuple[int, int], ...] = ()
    checked: bool | None = None


class MarkedRows(RowList[MarkedRow]):
    """A list of them. Space or a click on the box checks."""

    toggled = Signal(int)

    def __init__(self, name: str, *, rows: int = 2, titles: bool = False, parent: QWidget | None = None) -> None:
        self._text_rows = rows
        self._titles = titles
        super().__init__(None, parent, gap_px=2, margin_px=6)
        self.setAccessibleName(name)

    def height_of_cell(self, _width_px: int) -> int:
        """Time and speaker, then the rows of text."""
        return 14 + 18 + self._text_rows * _TEXT_ROW_PX

    def image_of(self, _item: MarkedRow, _cell: QRect) -> tuple[object, QSize] | None:
        """There are no pictures."""
        return None

    def words_of(self, item: MarkedRow) -> str:
        """For screen readers."""
        parts = (item.title, format_time(item.start_s), item.who, item.text, item.below)
        return ", ".join(part for part in parts if part)

    def paint_item(self, painter: QPainter, item: MarkedRow, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state.selected or state.hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("selection", 0.75) if state.selected else theme.colour("hover", 0.55))
            painter.drawRoundedRect(QRectF(cell), 6, 6)
        left = cell.left() + 10
        if item.checked is not None:
            self._paint_box(painter, item.checked, cell, theme)
            left += 28
        width = cell.right() - left - 10
        head = QRect(left, cell.top() + 6, width, 18)
        self._paint_head(painter, item, head)
        text = QRect(left, head.bottom() + 2, width, _TEXT_ROW_PX)
        tone = "error" if item.below_marks else "warning"
        paint_marked(painter, text, item.text, item.marks, tone, theme)
        if item.below:
            below = text.translated(0, _TEXT_ROW_PX)
            paint_marked(painter, below, item.below, item.below_marks, "success", theme, muted=not item.below_marks)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space checks the current row."""
        if event.key() == Qt.Key.Key_Space and self.current() >= 0 and self.item(self.current()).checked is not None:
            self.toggled.emit(self.current())
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the box checks."""
        place = event.position().toPoint()
        index = self.index_at(place)
        if index >= 0 and self.item(index).checked is not None and self._is_on_box(index, place):
            self.toggled.emit(index)
            return
        super().mousePressEvent(event)

    def _is_on_box(self, index: int, place: QPoint) -> bool:
        return place.x() < self.rect_of(index).left() + 34

    def _paint_head(self, painter: QPainter, item: MarkedRow, head: QRect) -> None:
        time_px = text_width("0:00:00.000", "monosmall") + 10
        draw_words(painter, head, format_time(item.start_s), "monosmall", "text_faint")
        draw_words(painter, head.adjusted(time_px, 0, 0, 0), item.who, "caption", "text_muted")
        if self._titles and item.title:
            who_px = text_width(item.who, "caption") + 12 if item.who else 0
            place = head.adjusted(time_px + who_px, 0, 0, 0)
            draw_words(painter, place, item.title, "caption", "accent", Qt.AlignmentFlag.AlignRight)

    def _paint_box(self, painter: QPainter, checked: bool, cell: QRect, theme: Theme) -> None:
        box = QRectF(cell.left() + 10, cell.center().y() - 8, 16, 16)
        painter.setPen(QPen(theme.colour("accent_fill" if checked else "border_strong"), 1.4))
        painter.setBrush(theme.colour("accent_fill" if checked else "field"))
        painter.drawRoundedRect(box, 4, 4)
        if checked:
            paint_icon(painter, "check", box.adjusted(1, 1, -1, -1), "on_accent")


def paint_marked(
    painter: QPainter,
    rect: QRect,
    text: str,
    marks: Sequence[tuple[int, int]],
    tone: str,
    theme: Theme,
    *,
    muted: bool = False,
) -> None:
    """One row of text with marked places; begun so that the first mark can be seen."""
    font = theme.font("body")
    metrics = QFontMetricsF(font)
    begin = _begin_of(text, marks, metrics, rect.width())
    shown = ("…" if begin else "") + text[begin:]
    shift = (1 if begin else 0) - begin
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(tone, 0.32))
    for start, end in marks:
        if start < begin:
            continue
        left = rect.left() + metrics.horizontalAdvance(shown[: start + shift])
        right = rect.left() + metrics.horizontalAdvance(shown[: end + shift])
        if left < rect.right():
            painter.drawRoundedRect(QRectF(left - 2, rect.top() + 1, min(right, rect.right()) - left + 4, 18), 4, 4)
    draw_words(painter, rect, shown, "body", "text_muted" if muted else "text")


def _begin_of(text: str, marks: Sequence[tuple[int, int]], metrics: QFontMetricsF, width_px: float) -> int:
    """Where the shown text begins: a few words before the first mark if that would not fit."""
    if not marks or metrics.horizontalAdvance(text[: marks[0][1]]) <= width_px * 0.8:
        return 0
    at = marks[0][0]
    while at > 0 and metrics.horizontalAdvance(text[at : marks[0][1]]) < width_px * 0.35:
        at -= 1
    space = text.find(" ", at)
    return space + 1 if 0 <= space < marks[0][0] else at
