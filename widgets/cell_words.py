"""Words in cells: cut to their place and measured once, because measuring is the dearest part of painting them."""

from functools import lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from widgets.theme import current_theme


def elided(text: str, role: str, width_px: int) -> str:
    """A text in a font of the scale, cut to a width with an ellipsis."""
    return _elided(text, role, max(width_px, 0), current_theme().name)


def text_width(text: str, role: str) -> int:
    """The width of a text in a font of the scale."""
    return _width(text, role, current_theme().name)


def draw_words(
    painter: QPainter,
    rect: QRect,
    text: str,
    role: str = "body",
    colour: str = "text",
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line in the middle of a rectangle's height, cut to its width."""
    theme = current_theme()
    painter.setFont(theme.font(role))
    painter.setPen(theme.colour(colour))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | align, elided(text, role, rect.width()))


@lru_cache(maxsize=8192)
def _elided(text: str, role: str, width_px: int, _theme_name: str) -> str:
    return QFontMetrics(current_theme().font(role)).elidedText(text, Qt.TextElideMode.ElideRight, width_px)


@lru_cache(maxsize=8192)
def _width(text: str, role: str, _theme_name: str) -> int:
    return QFontMetrics(current_theme().font(role)).horizontalAdvance(text)
