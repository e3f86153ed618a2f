"""How what became of a step looks everywhere: a colour, an icon, a pattern and a word, so never the colour alone.

The colours (``step_…`` of the theme) stay apart for people with protanopia, deuteranopia and tritanopia: they differ in
lightness as well as in hue.
"""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from core.procedures.types import FindingType, StepOutcome
from widgets.icons import paint_icon
from widgets.theme import current_theme

translate = QCoreApplication.translate
MARK_PX = 20


@dataclass(frozen=True, slots=True)
class Look:
    """``colour`` is a name of the theme; ``pattern`` lies over the colour in bars and bands."""

    colour: str
    icon: str
    pattern: Qt.BrushStyle


DONE = Look("step_done", "check", Qt.BrushStyle.SolidPattern)
_LOOKS = {
    FindingType.STEP_MISSING: Look("step_missing", "close", Qt.BrushStyle.BDiagPattern),
    FindingType.ORDER_SWAP: Look("step_swapped", "replace", Qt.BrushStyle.DiagCrossPattern),
    FindingType.EXECUTION_DEVIATION: Look("step_deviation", "warning", Qt.BrushStyle.FDiagPattern),
    FindingType.STEP_EXTRA: Look("step_extra", "add", Qt.BrushStyle.Dense5Pattern),
    FindingType.OVER_TIME: Look("step_over_time", "clock", Qt.BrushStyle.VerPattern),
}
_WORST_FIRST = (
    FindingType.STEP_MISSING,
    FindingType.ORDER_SWAP,
    FindingType.EXECUTION_DEVIATION,
    FindingType.OVER_TIME,
    FindingType.STEP_EXTRA,
)


def look_of(kind: FindingType | None) -> Look:
    """The look of a kind of finding; None = done well."""
    return DONE if kind is None else _LOOKS[kind]


def kind_words(kind: FindingType | None) -> str:
    """One or two words for legends and badges."""
    words = {
        FindingType.STEP_MISSING: translate("Procedures", "Not done"),
        FindingType.ORDER_SWAP: translate("Procedures", "Wrong order"),
        FindingType.EXECUTION_DEVIATION: translate("Procedures", "Done differently"),
        FindingType.STEP_EXTRA: translate("Procedures", "Extra"),
        FindingType.OVER_TIME: translate("Procedures", "Too long"),
    }
    return translate("Procedures", "As shown") if kind is None else words[kind]


def worst(kinds: set[FindingType]) -> FindingType | None:
    """The kind that gives a step its look."""
    return next((kind for kind in _WORST_FIRST if kind in kinds), None)


def kinds_in_order() -> tuple[FindingType, ...]:
    """All kinds, the worst first: the order of legends and bars."""
    return _WORST_FIRST


def kind_of_lost(name: str) -> FindingType | None:
    """The kind of a key of ``StepOutcome.lost``; None = a name that this program does not know."""
    return FindingType(name) if name in tuple(FindingType) else None


def outcome_words(outcome: StepOutcome, kind: FindingType | None) -> str:
    """What became of a step, for tool tips and screen readers."""
    if outcome.trainee is None and outcome.optional:
        return translate("Procedures", "Left out (optional)")
    return kind_words(kind)


def fill_band(painter: QPainter, rect: QRectF, look: Look, *, strength: float, radius_px: float = 4.0) -> None:
    """A band in the colour of an outcome, with its pattern when it is not plain."""
    theme = current_theme()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(look.colour, strength))
    painter.drawRoundedRect(rect, radius_px, radius_px)
    if look.pattern != Qt.BrushStyle.SolidPattern:
        painter.setBrush(QBrush(theme.colour(look.colour, min(strength * 1.6, 1.0)), look.pattern))
        painter.drawRoundedRect(rect, radius_px, radius_px)


def paint_mark(painter: QPainter, middle: QPointF, kind: FindingType, *, size_px: int = MARK_PX) -> None:
    """The round mark of a kind of finding: its icon on the surface in a ring of its colour."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    mark = _mark(kind, size_px, ratio, current_theme().name)
    half = mark.width() / ratio / 2
    painter.drawPixmap(QPointF(middle.x() - half, middle.y() - half), mark)


@lru_cache(maxsize=128)
def _mark(kind: FindingType, size_px: int, ratio: float, _theme_name: str) -> QPixmap:
    theme, look = current_theme(), look_of(kind)
    side_px = size_px + 2
    pixmap = QPixmap(round(side_px * ratio), round(side_px * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour(look.colour), 1.5))
    painter.setBrush(theme.colour("surface"))
    rect = QRectF(1, 1, size_px, size_px)
    painter.drawEllipse(rect)
    inset = size_px * 0.2
    paint_icon(painter, look.icon, rect.adjusted(inset, inset, -inset, -inset), look.colour)
    painter.end()
    return pixmap


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """A colour between two opaque ones; ``share`` of the first in [0, 1]."""
    return QColor(
        round(one.red() * share + other.red() * (1 - share)),
        round(one.green() * share + other.green() * (1 - share)),
        round(one.blue() * share + other.blue() * (1 - share)),
    )
