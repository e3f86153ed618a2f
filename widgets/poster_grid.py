"""The grid of episodes: a poster, what it is called, how far it is."""

from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.cell_paint import paint_picture
from widgets.flow.labels import BADGE_HEIGHT_PX, Tone, badge_width_px, paint_badge
from widgets.image_loader import Provide
from widgets.item_grid import CellState, ItemGrid
from widgets.theme import Theme, current_theme
from widgets.time_text import format_duration

_PADDING_PX = 12
_WORDS_PX = 88


@dataclass(frozen=True, slots=True)
class BadgeSpec:
    """A word with a tone."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class PosterItem:
    """An episode as a card.

    ``image`` is the key given to the provider, None = no poster yet; ``notice`` is a problem in two words (``Media
    missing``); ``progress`` in [0, 1] = work is under way.
    """

    image: Hashable | None
    title: str
    subtitle: str = ""
    duration_s: float | None = None
    badges: tuple[BadgeSpec, ...] = ()
    notice: str = ""
    progress: float | None = None
    tip: str = ""


class PosterGrid(ItemGrid[PosterItem]):
    """Episodes as cards. Give it ``PosterItem``s by ``set_items``."""

    smallest_cell_px = 160
    largest_cell_px = 560

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(248, provide, parent)
        self._layout.gap_px = 16
        self._layout.margin_px = 24
        self.setAccessibleName(self.tr("Episodes"))

    def height_of_cell(self, width_px: int) -> int:
        """A 16:9 poster and the words below."""
        return width_px * 9 // 16 + _WORDS_PX

    def image_of(self, item: PosterItem, cell: QRect) -> tuple[object, QSize] | None:
        """The poster."""
        return (item.image, _poster_of(cell).size()) if item.image is not None else None

    def words_of(self, item: PosterItem) -> str:
        """Title, subtitle, length, states."""
        length = format_duration(item.duration_s) if item.duration_s is not None else ""
        states = [badge.text for badge in item.badges]
        return ", ".join(part for part in (item.title, item.subtitle, length, item.notice, *states) if part)

    def tip_of(self, item: PosterItem) -> str:
        """The tip, else the words."""
        return item.tip or self.words_of(item)

    def paint_item(self, painter: QPainter, item: PosterItem, cell: QRect, state: CellState) -> None:
        """Paint a card."""
        theme = current_theme()
        self._paint_card(painter, cell, state, theme)
        poster = _poster_of(cell)
        paint_picture(painter, self.loader, item.image, poster, "video", ground="raised", dimmed=bool(item.notice))
        if item.duration_s is not None:
            lift_px = 0 if item.progress is None else 12
            _paint_length(painter, poster.adjusted(0, 0, 0, -lift_px), format_duration(item.duration_s), theme)
        if item.notice:
            place = QPointF(poster.left() + 8, poster.top() + 8)
            paint_badge(painter, place, item.notice, "error", theme)
        if item.progress is not None:
            _paint_progress(painter, poster, item.progress, theme)
        self._paint_words(painter, item, cell, poster, theme)

    def _paint_card(self, painter: QPainter, cell: QRect, state: CellState, theme: Theme) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if state.selected else "border_strong" if state.hovered else "border"
        painter.setPen(QPen(theme.colour(edge), 2 if state.selected else 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("l"), theme.radius("l"))
        if state.focused:
            painter.setPen(QPen(theme.colour("text"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(-3.5, -3.5, 3.5, 3.5), 13, 13)

    def _paint_words(self, painter: QPainter, item: PosterItem, cell: QRect, poster: QRect, theme: Theme) -> None:
        left, width = cell.left() + _PADDING_PX, cell.width() - 2 * _PADDING_PX
        for words, role, colour, top in (
            (item.title, "strong", "text", poster.bottom() + 9),
            (item.subtitle, "small", "text_muted", poster.bottom() + 29),
        ):
            painter.setFont(theme.font(role))
            painter.setPen(theme.colour(colour))
            shown = QFontMetrics(theme.font(role)).elidedText(words, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRect(left, top, width, 20), Qt.AlignmentFlag.AlignVCenter, shown)
        at_px = float(left)
        top_px = cell.bottom() - 9 - BADGE_HEIGHT_PX
        for badge in item.badges:
            if at_px + badge_width_px(badge.text, theme) > left + width:
                break
            at_px += paint_badge(painter, QPointF(at_px, top_px), badge.text, badge.tone, theme) + 4


def _poster_of(cell: QRect) -> QRect:
    inset_px = 6
    return QRect(
        cell.left() + inset_px,
        cell.top() + inset_px,
        cell.width() - 2 * inset_px,
        (cell.width() - 2 * inset_px) * 9 // 16,
    )


def _paint_length(painter: QPainter, poster: QRect, text: str, theme: Theme) -> None:
    font = theme.font("monosmall")
    width_px = QFontMetricsF(font).horizontalAdvance(text) + 12
    rect = QRectF(poster.right() - width_px - 6, poster.bottom() - 25, width_px, 19)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("scrim"))
    painter.drawRoundedRect(rect, theme.radius("s"), theme.radius("s"))
    painter.setPen(theme.colour("on_scrim"))
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def _paint_progress(painter: QPainter, poster: QRect, fraction: float, theme: Theme) -> None:
    groove = QRectF(poster.left() + 8, poster.bottom() - 11, poster.width() - 16, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("scrim"))
    painter.drawRoundedRect(groove, 2, 2)
    groove.setWidth(groove.width() * min(max(fraction, 0.0), 1.0))
    painter.setBrush(theme.colour("on_scrim"))
    painter.drawRoundedRect(groove, 2, 2)
