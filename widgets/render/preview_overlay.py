"""What is drawn over a preview: the zone that captions keep to, and what apps put over an upright video."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QApplication

from widgets.theme import Theme, current_theme

translate = QApplication.translate

APP_AREAS = (QRectF(0.0, 0.0, 1.0, 0.075), QRectF(0.86, 0.46, 0.14, 0.34), QRectF(0.0, 0.80, 1.0, 0.20))
"""What apps for upright videos cover, as fractions of the frame: tabs and search above, buttons at the right, name and
words below. Rounded to what such apps have in common; each moves its own parts from time to time.
"""


def paint_safe_zone(painter: QPainter, frame: QRectF, zone: QRectF) -> None:
    """Darken what lies outside of the zone (fractions of the frame) and frame it."""
    theme = current_theme()
    inner = placed(frame, zone)
    outside = QPainterPath()
    outside.addRect(frame)
    hole = QPainterPath()
    hole.addRect(inner)
    painter.fillPath(outside - hole, theme.colour("scrim", 0.4))
    for colour, width, style in (("scrim", 3.0, Qt.PenStyle.SolidLine), ("on_scrim", 1.4, Qt.PenStyle.DashLine)):
        painter.setPen(QPen(theme.colour(colour), width, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(inner)
    _paint_words(painter, QPointF(inner.left(), inner.top()), translate("PreviewOverlay", "Safe zone"), theme)


def paint_app_areas(painter: QPainter, frame: QRectF) -> None:
    """Veil what apps cover, with outlines of what stands there."""
    theme = current_theme()
    areas = [placed(frame, area) for area in APP_AREAS]
    veil = QPainterPath()
    for area in areas:
        piece = QPainterPath()
        piece.addRect(area)
        veil |= piece
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillPath(veil, theme.colour("scrim", 0.45))
    painter.setPen(QPen(theme.colour("on_scrim", 0.55), 1, Qt.PenStyle.DotLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(veil.simplified())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("on_scrim", 0.8))
    _paint_tabs(painter, areas[0])
    _paint_buttons(painter, areas[1])
    _paint_lines(painter, areas[2])


def placed(frame: QRectF, part: QRectF) -> QRectF:
    """A part given in fractions, in pixels."""
    return QRectF(
        frame.left() + part.left() * frame.width(),
        frame.top() + part.top() * frame.height(),
        part.width() * frame.width(),
        part.height() * frame.height(),
    )


def _paint_tabs(painter: QPainter, area: QRectF) -> None:
    height = area.height() * 0.12
    for centre, share in ((0.38, 0.14), (0.60, 0.18)):
        width = area.width() * share
        bar = QRectF(area.left() + area.width() * centre - width / 2, area.top() + area.height() * 0.6, width, height)
        painter.drawRoundedRect(bar, height / 2, height / 2)


def _paint_buttons(painter: QPainter, area: QRectF) -> None:
    """Five round buttons below one another."""
    radius = area.width() * 0.22
    for at in range(5):
        painter.drawEllipse(QPointF(area.center().x(), area.top() + area.height() * (at + 0.5) / 5), radius, radius)


def _paint_lines(painter: QPainter, area: QRectF) -> None:
    """A picture, a name, two lines of words."""
    left, height = area.left() + area.width() * 0.05, area.height() * 0.055
    radius = area.height() * 0.09
    painter.drawEllipse(QPointF(left + radius, area.top() + area.height() * 0.24), radius, radius)
    for row, start, share in ((0.215, 0.12, 0.26), (0.45, 0.0, 0.62), (0.60, 0.0, 0.44)):
        bar = QRectF(left + area.width() * start, area.top() + area.height() * row, area.width() * share, height)
        painter.drawRoundedRect(bar, height / 2, height / 2)


def _paint_words(painter: QPainter, place: QPointF, words: str, theme: Theme) -> None:
    font = theme.font("caption")
    chip = QRectF(place.x(), place.y(), QFontMetricsF(font).horizontalAdvance(words) + 12, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("scrim"))
    painter.drawRect(chip)
    painter.setPen(theme.colour("on_scrim"))
    painter.setFont(font)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)
