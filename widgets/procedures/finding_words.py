"""Findings in words that a trainer understands. Steps are counted from 1 here."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from core.procedures.types import Finding, FindingType, Stretch
from widgets.time_text import format_span, format_time

translate = QCoreApplication.translate
PLUS, MINUS = "+", "\u2212"


def step_title(index: int | None, names: Sequence[str]) -> str:
    """``Step 3 “Fit the seal”``; a step without a name is only counted."""
    if index is None:
        return translate("Procedures", "A step")
    name = names[index].strip() if 0 <= index < len(names) else ""
    if not name or name == default_name(index):
        return translate("Procedures", "Step {number}").format(number=index + 1)
    # isolated, so that a name written from right to left leaves the sentence in order
    return translate("Procedures", "Step {number} “{name}”").format(number=index + 1, name=f"\u2068{name}\u2069")


def default_name(index: int) -> str:
    """What a step is called that nobody has named."""
    return translate("Procedures", "Step {number}").format(number=index + 1)


def numbered(index: int, name: str) -> str:
    """``3  Fit the seal`` for a band; a step that nobody has named is only counted."""
    if not name or name == default_name(index):
        return default_name(index)
    return f"{index + 1}  \u2068{name}\u2069"


def finding_title(finding: Finding, names: Sequence[str]) -> str:
    """One sentence that says what happened."""
    step = step_title(finding.gold_step, names)
    if finding.type is FindingType.STEP_MISSING:
        return translate("Procedures", "{step} was not done").format(step=step)
    if finding.type is FindingType.ORDER_SWAP:
        return translate("Procedures", "{step} came out of order").format(step=step)
    if finding.type is FindingType.OVER_TIME:
        return translate("Procedures", "{step} took too long").format(step=step)
    if finding.type is FindingType.EXECUTION_DEVIATION:
        return translate("Procedures", "{step} was done differently").format(step=step)
    if finding.repeats is not None:
        return translate("Procedures", "{step} was done again").format(step=step_title(finding.repeats, names))
    return translate("Procedures", "Something was done that is no step")


def confidence_words(confidence: float) -> str:
    """How sure the machine is, in words."""
    if confidence >= 0.85:
        return translate("Procedures", "Very likely")
    if confidence >= 0.6:
        return translate("Procedures", "Likely")
    if confidence >= 0.35:
        return translate("Procedures", "Possible")
    return translate("Procedures", "Uncertain")


def sentence(reason: str) -> str:
    """A reason as a sentence of its own."""
    text = reason.strip()
    return text if not text else f"{text[0].upper()}{text[1:]}{'' if text[-1] in '.!?…' else '.'}"


def points_words(points: float) -> str:
    """``4.2 points``; whole numbers without a fraction."""
    if abs(points - 1) < 0.005:
        return translate("Procedures", "1 point")
    return translate("Procedures", "{points} points").format(points=figure(points))


def figure(points: float) -> str:
    """Points with as many digits as they have: 12, 4.5, 0.25."""
    return f"{points + 0.0:.2f}".rstrip("0").rstrip(".")


def stretch_words(stretch: Stretch | None) -> str:
    """``0:00:04.000 – 0:00:08.250 (4.2 s)``."""
    if stretch is None:
        return translate("Procedures", "not there")
    length = format_span(stretch.end_s - stretch.start_s)
    return f"{format_time(stretch.start_s)} – {format_time(stretch.end_s)} ({length})"


def longer_words(spent_s: float, shown_s: float) -> str:
    """``+3.1 s`` against the gold recording; empty for a difference that nobody notices."""
    away_s = spent_s - shown_s
    if abs(away_s) < 0.05:
        return ""
    return (PLUS if away_s > 0 else MINUS) + format_span(abs(away_s))
