"""How far two lanes of a video agree: figures and lanes of agreement, computed away from the Qt thread."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.annotate_page.book import Lane
from core.annotate.types import TierKind
from core.errors import InvalidRequest
from widgets.annotate import AgreementFigures
from widgets.annotate.lane_data import LaneRow, lane_of

if TYPE_CHECKING:
    from core.annotate.agreement.types import Agreement, Der

STEP_S = 0.1
AGREE, DISAGREE = "agree", "disagree"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``rows``: both lanes, then where they agree and where they do not."""

    pair: tuple[str, str]
    figures: AgreementFigures
    rows: tuple[LaneRow, ...]


def _tr(text: str) -> str:
    return QCoreApplication.translate("annotate", text)


def compare(a: Lane, b: Lane, *, duration_s: float, tolerance_s: float) -> Comparison:
    """Compare two lanes of intervals or points. Slow. Raises InvalidRequest for what cannot be compared."""
    from core.annotate.agreement.alpha import alpha_by_time
    from core.annotate.agreement.kappa import kappa_by_events, kappa_by_time
    from core.annotate.agreement.lanes import agreement_tiers

    agree, disagree = agreement_tiers(a.tier, b.tier, tolerance_s=tolerance_s)
    by_time = kappa_by_time(a.tier, b.tier, duration_s=duration_s, step_s=STEP_S)
    by_events = kappa_by_events(a.tier, b.tier, tolerance_s=tolerance_s)
    alpha = alpha_by_time([a.tier, b.tier], duration_s=duration_s, step_s=STEP_S)
    shown = by_time if a.kind is TierKind.INTERVALS else by_events
    of_time = shown is by_time
    figures = AgreementFigures(
        _known(by_time.kappa),
        _known(by_events.kappa),
        _known(alpha),
        _known(shown.observed),
        shown.labels,
        tuple(tuple(count * STEP_S if of_time else float(count) for count in row) for row in shown.matrix),
        "s" if of_time else "",
        _event_counts(by_events),
        _notes(a, b),
    )
    rows = (
        lane_of(a.tier, a.lane_id, title=a.title, subtitle=a.origin),
        lane_of(b.tier, b.lane_id, title=b.title, subtitle=b.origin),
        lane_of(agree, AGREE, title=_tr("Agree"), subtitle=_tr("the same label")),
        lane_of(disagree, DISAGREE, title=_tr("Differ"), subtitle=_tr("one ≠ other")),
    )
    return Comparison((a.lane_id, b.lane_id), figures, rows)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _event_counts(agreement: "Agreement") -> tuple[int, int, int]:
    """Pairs, and events that only the first or only the second coder has."""
    both = sum(1 for one, other in agreement.pairs if one is not None and other is not None)
    first = sum(1 for _one, other in agreement.pairs if other is None)
    second = sum(1 for one, _other in agreement.pairs if one is None)
    return both, first, second


def _notes(a: Lane, b: Lane) -> tuple[str, ...]:
    """What tells of speakers: they are the same people whatever both lanes call them."""
    if a.kind is not TierKind.INTERVALS or not any("speaker" in one.tier.name.casefold() for one in (a, b)):
        return ()
    from core.annotate.agreement.der import der

    try:
        found: Der = der(a.tier, b.tier)
    except InvalidRequest as error:
        return (error.message,)
    if not math.isfinite(found.rate):
        return ()
    words = _tr(
        "As speakers, whatever they are called: {rate} of the time is wrong "
        "(missed {missed} s, too much {false} s, confused {confused} s)"
    )
    return (
        words.format(
            rate=f"{found.rate:.1%}",
            missed=f"{found.missed_s:.1f}",
            false=f"{found.false_alarm_s:.1f}",
            confused=f"{found.confusion_s:.1f}",
        ),
    )
