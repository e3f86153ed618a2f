"""Subtitles that were made: file, language, when, and why one could not be written beside its video."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.cell_words import draw_words
from widgets.flow.labels import Tone, badge_width_px, paint_badge
from widgets.history_list import when_words
from widgets.icons import paint_icon
from widgets.item_grid import CellState
from widgets.row_list import RowList
from widgets.theme import current_theme

ROW_PX = 56


@dataclass(frozen=True, slots=True)
class MadeRow:
    """A kept transcript. ``media_path`` is the video, ``when`` ISO 8601; ``problem`` "" = the subtitle was written."""

    transcript_id: int
    media_path: str
    name: str
    folder: str
    language: str
    detail: str
    when: str
    problem: str = ""
    spoken: bool = True
    """Whether anything was said; where not, ``language`` says so."""


class MadeList(RowList[MadeRow]):
    """Newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, gap_px=0, margin_px=8)
        self.setAccessibleName(self.tr("Subtitles made"))

    def set_rows(self, rows: Sequence[MadeRow]) -> None:
        """Show these; selection and place stay by the transcript."""
        if tuple(rows) == tuple(self._items):
            return
        chosen = {one.transcript_id for one in self.chosen()}
        place = self.verticalScrollBar().value()
        self.set_items(tuple(rows))
        self.verticalScrollBar().setValue(place)
        self.set_selected([at for at, row in enumerate(rows) if row.transcript_id in chosen])

    def chosen(self) -> list[MadeRow]:
        """Selected ones."""
        return [self.item(at) for at in self.selected()]

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, _item: MadeRow, _cell: QRect) -> tuple[object, QSize] | None:
        """No pictures."""
        return None

    def words_of(self, item: MadeRow) -> str:
        """File, language, when, problem."""
        parts = (item.name, item.language, when_words(item.when), item.detail, item.problem)
        return ", ".join(part for part in parts if part)

    def tip_of(self, item: MadeRow) -> str:
        """The whole path, and the problem."""
        return "\n".join(part for part in (item.media_path, item.problem) if part)

    def paint_item(self, painter: QPainter, item: MadeRow, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state.selected or state.hovered:
            painter.setBrush(theme.colour("accent_surface" if state.selected else "hover"))
            painter.drawRoundedRect(QRectF(cell).adjusted(0, 1, 0, -1), theme.radius("m"), theme.radius("m"))
        mark = QRectF(cell.left() + 12, cell.center().y() - 10, 20, 20)
        paint_icon(painter, "warning" if item.problem else "transcript", mark, "warning" if item.problem else "icon")
        left, right = cell.left() + 46, cell.right() - 12
        when = when_words(item.when)
        top = QRect(left, cell.top() + 8, right - left, 20)
        draw_words(painter, top, when, "small", "text_faint", Qt.AlignmentFlag.AlignRight)
        badge_left = right - 132 - badge_width_px(item.language, theme)
        tone: Tone = "accent" if item.spoken else "plain"
        paint_badge(painter, QPointF(badge_left, cell.top() + 9), item.language, tone, theme)
        draw_words(painter, top.adjusted(0, 0, round(badge_left) - 12 - right, 0), item.name, "strong")
        under = QRect(left, cell.top() + 29, right - left, 18)
        if item.problem:
            draw_words(painter, under, item.problem, "small", "warning")
        else:
            words = "  ·  ".join(part for part in (item.detail, item.folder) if part)
            draw_words(painter, under, words, "small", "text_muted")
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 1.5, -0.5, -1.5), theme.radius("m"), theme.radius("m"))
