"""What is drawn over a frame: face boxes with names, subtitles, time."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from widgets.identity_look import identity_colour, text_on
from widgets.theme import current_theme

_CHIP_PX = 20.0
_SMALL_BOX_PX = 28.0


def paint_box(
    painter: QPainter,
    rect: QRectF,
    words: str,
    colour_index: int | None,
    frame: QRectF,
    *,
    dashed: bool,
    lit: bool,
    faded: bool,
) -> None:
    """Paint a face box in its identity's colour with a chip of its name; dashed = interpolated."""
    theme = current_theme()
    colour = identity_colour(colour_index) if colour_index is not None else QColor("#d5d9e0")
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(0.55 if faded else 1.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius_px = min(6.0, rect.width() * 0.12)
    painter.setPen(QPen(QColor(0, 0, 0, 130), 4.5 if lit else 3.5))
    painter.drawRoundedRect(rect, radius_px, radius_px)
    pen = QPen(colour, 3.0 if lit else 2.0)
    if dashed:
        pen.setDashPattern([3.0, 2.4])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawRoundedRect(rect, radius_px, radius_px)
    if lit:
        veil = QColor(colour)
        veil.setAlphaF(0.16)
        painter.fillRect(rect, veil)
    if words and (rect.width() >= _SMALL_BOX_PX or lit):
        _paint_name(painter, rect, words, colour, frame, theme.font("strong" if lit else "small"))
    painter.restore()


def paint_subtitle(painter: QPainter, frame: QRectF, text: str, speaker: str) -> None:
    """Paint what is said at the lower edge of the frame, the speaker's name above it."""
    if not text:
        return
    theme = current_theme()
    font = QFont(theme.font("strong"))
    font.setPixelSize(max(round(frame.height() / 22), 12))
    metrics = QFontMetricsF(font)
    room = QRectF(frame.left() + frame.width() * 0.1, frame.top(), frame.width() * 0.8, frame.height())
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
    words = metrics.boundingRect(room, flags, text)
    words.moveCenter(QPointF(frame.center().x(), 0))
    words.moveBottom(frame.bottom() - frame.height() * 0.05)
    ground = words.adjusted(-10, -5, 10, 5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("scrim"))
    painter.drawRoundedRect(ground, 6, 6)
    painter.setFont(font)
    painter.setPen(theme.colour("on_scrim"))
    painter.drawText(words, flags, text)
    if speaker:
        small = theme.font("caption")
        width_px = QFontMetricsF(small).horizontalAdvance(speaker) + 14
        chip = QRectF(ground.left(), ground.top() - 22, width_px, 19)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("scrim"))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(theme.colour("on_scrim"))
        painter.setFont(small)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, speaker)
    painter.restore()


def paint_hud(painter: QPainter, frame: QRectF, words: str) -> None:
    """Paint time and frame number in the corner."""
    theme = current_theme()
    font = theme.font("monosmall")
    width_px = QFontMetricsF(font).horizontalAdvance(words) + 16
    chip = QRectF(frame.left() + 12, frame.top() + 12, width_px, 22)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("scrim"))
    painter.drawRoundedRect(chip, 5, 5)
    painter.setPen(theme.colour("on_scrim"))
    painter.setFont(font)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)
    painter.restore()


def _paint_name(painter: QPainter, rect: QRectF, words: str, colour: QColor, frame: QRectF, font: QFont) -> None:
    metrics = QFontMetricsF(font)
    most_px = max(rect.width(), 120.0)
    shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, most_px)
    width_px = metrics.horizontalAdvance(shown) + 14
    left = min(max(rect.left() - 1, frame.left()), frame.right() - width_px)
    above = rect.top() - _CHIP_PX - 3
    top = above if above >= frame.top() else min(rect.bottom() + 3, frame.bottom() - _CHIP_PX)
    chip = QRectF(left, top, width_px, _CHIP_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(chip, 5, 5)
    painter.setPen(text_on(colour))
    painter.setFont(font)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, shown)
