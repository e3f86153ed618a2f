"""A name over two lines, where it is too long for one."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QTextOption

from widgets.theme import current_theme


def draw_wrapped(painter: QPainter, place: QRect, words: str) -> None:
    """Two small lines in a place that is as high as they are; what is over is cut with an ellipsis."""
    theme = current_theme()
    font = theme.font("small")
    painter.setFont(font)
    painter.setPen(theme.colour("text"))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    unbroken = words.replace("  ", "\u00a0\u00a0")  # the number stays with the name
    shown = QFontMetrics(font).elidedText(unbroken, Qt.TextElideMode.ElideRight, round(place.width() * 1.75))
    painter.drawText(QRectF(place), shown, option)
