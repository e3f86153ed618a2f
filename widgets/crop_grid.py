"""The grid of face crops."""

from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from widgets.cell_paint import paint_picture, paint_ring
from widgets.flow.labels import Tone, badge_width_px, paint_badge
from widgets.identity_look import paint_initials
from widgets.image_loader import Provide
from widgets.item_grid import CellState, ItemGrid
from widgets.theme import current_theme

_WORDS_PX = 18


@dataclass(frozen=True, slots=True)
class GridItem:
    """A crop with its words.

    ``image`` is the key given to the provider; ``caption`` stands below, ``note`` below that; ``badge`` lies over the
    picture; ``who`` with ``colour_index`` marks the identity by initials and colour; ``dimmed`` = not used, say why in
    ``tip``.
    """

    image: Hashable
    caption: str = ""
    note: str = ""
    badge: str = ""
    badge_tone: Tone = "plain"
    colour_index: int | None = None
    who: str = ""
    dimmed: bool = False
    tip: str = ""


class CropGrid(ItemGrid[GridItem]):
    """Crops in squares. Give it ``GridItem``s by ``set_items``."""

    def __init__(
        self,
        provide: Provide | None = None,
        parent: QWidget | None = None,
        *,
        note_line: bool = False,
        aspect: float = 1.0,
    ) -> None:
        """``aspect``: width over height of the pictures, 1 for faces."""
        self._aspect = aspect
        self._lines = 2 if note_line else 1
        super().__init__(96, provide, parent)
        self._layout.gap_px, self._layout.margin_px = 8, 12
        self.setAccessibleName(self.tr("Face crops"))

    def height_of_cell(self, width_px: int) -> int:
        """The picture and the words below."""
        return self._picture_px(width_px) + 4 + self._lines * _WORDS_PX

    def image_of(self, item: GridItem, cell: QRect) -> tuple[object, QSize] | None:
        """The picture's place."""
        return item.image, QSize(cell.width(), self._picture_px(cell.width()))

    def words_of(self, item: GridItem) -> str:
        """Caption, note, badge."""
        return ", ".join(part for part in (item.who, item.caption, item.note, item.badge) if part)

    def tip_of(self, item: GridItem) -> str:
        """The tip, else the words."""
        return item.tip or self.words_of(item)

    def paint_item(self, painter: QPainter, item: GridItem, cell: QRect, state: CellState) -> None:
        """Paint a crop."""
        theme = current_theme()
        square = QRect(cell.left(), cell.top(), cell.width(), self._picture_px(cell.width()))
        paint_picture(painter, self.loader, item.image, square, "person", dimmed=item.dimmed)
        if item.badge:
            width_px = badge_width_px(item.badge, theme)
            place = QPointF(square.right() - width_px - 5, square.top() + 6)
            paint_badge(painter, place, item.badge, item.badge_tone, theme)
        if item.colour_index is not None:
            mark = QRectF(square.left() + 6, square.bottom() - 25, 26, 20)
            paint_initials(painter, mark, item.who, item.colour_index, theme.font("caption"))
        paint_ring(painter, square, state)
        self._paint_words(painter, item, cell, square, state)

    def _picture_px(self, width_px: int) -> int:
        return round(width_px / self._aspect)

    def _paint_words(self, painter: QPainter, item: GridItem, cell: QRect, square: QRect, state: CellState) -> None:
        theme = current_theme()
        lines = ((item.caption, "text" if state.selected else "text_muted"), (item.note, "text_faint"))
        painter.setFont(theme.font("monosmall"))
        metrics = QFontMetrics(theme.font("monosmall"))
        for number, (words, colour) in enumerate(lines[: self._lines]):
            line = QRect(cell.left(), square.bottom() + 4 + number * _WORDS_PX, cell.width(), _WORDS_PX)
            painter.setPen(theme.colour(colour))
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, shown)
