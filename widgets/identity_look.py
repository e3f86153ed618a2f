"""How an identity looks everywhere: a colour that belongs to its id, a pattern and initials, so never colour alone.

The first twelve colours are Okabe and Ito's set and Paul Tol's "bright" and "muted" sets thinned out so that neighbours
differ for people with protanopia, deuteranopia and tritanopia, and each stands out on dark and on light ground.
"""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter

_COLOURS = tuple(
    QColor(text)
    for text in (
        "#56b4e9",  # sky blue
        "#e69f00",  # orange
        "#009e73",  # green
        "#cc79a7",  # pink
        "#d6c93a",  # yellow
        "#d55e00",  # vermilion
        "#7b8cff",  # indigo
        "#44aa99",  # teal
        "#cc6677",  # rose
        "#999933",  # olive
        "#b07ad6",  # violet
        "#88ccee",  # cyan
    )
)
_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense4Pattern,
    Qt.BrushStyle.FDiagPattern,
    Qt.BrushStyle.VerPattern,
    Qt.BrushStyle.DiagCrossPattern,
)
_DARK_INK = QColor("#0b0d12")
_LIGHT_INK = QColor("#ffffff")


def identity_colour(index: int) -> QColor:
    """The colour of an identity; it belongs to the id, whatever the order on the screen."""
    return QColor(_COLOURS[index % len(_COLOURS)])


def identity_pattern(index: int) -> Qt.BrushStyle:
    """The pattern over the colour: it changes when the colours begin again, so that no two of 72 look alike."""
    return _PATTERNS[index // len(_COLOURS) % len(_PATTERNS)]


def initials(label: str) -> str:
    """One to three signs for a small chip: ``Person 3`` gives ``P3``, ``Lisa Vander`` gives ``LV``."""
    words = [word for word in label.replace("-", " ").split() if word]
    if not words:
        return "?"
    if len(words) > 1 and words[-1].isdigit():
        return f"{words[0][0].upper()}{words[-1][-2:]}"
    if len(words) == 1:
        return words[0][:2].capitalize()
    return f"{words[0][0]}{words[-1][0]}".upper()


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2.2 between two opaque colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(ground: QColor) -> QColor:
    """Dark or light ink, whichever reads better on a ground."""
    return QColor(max((_DARK_INK, _LIGHT_INK), key=lambda ink: contrast(ink, ground)))


def paint_initials(painter: QPainter, rect: QRectF, label: str, colour_index: int, font: QFont) -> None:
    """Paint a round mark with initials in the identity's colour and pattern."""
    colour = identity_colour(colour_index)
    radius_px = min(rect.width(), rect.height()) * 0.3
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect, radius_px, radius_px)
    ink = text_on(colour)
    pattern = identity_pattern(colour_index)
    if pattern != Qt.BrushStyle.SolidPattern:
        veil = QColor(ink)
        veil.setAlphaF(0.22)
        painter.setBrush(QBrush(veil, pattern))
        painter.drawRoundedRect(rect, radius_px, radius_px)
    painter.setPen(ink)
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, initials(label))


def _luminance(colour: QColor) -> float:
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
