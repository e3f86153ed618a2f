"""The columns of measures, and rows of them."""

import math
from collections.abc import Sequence

from core.annotate.measures.sightings import Spans
from core.annotate.measures.spans import length_s
from core.annotate.measures.types import Cell, Column

COLUMNS = (
    Column("video", "Video", number=False),
    Column("tier", "Tier", number=False),
    Column("coder", "Coder", number=False),
    Column("kind", "Kind", number=False),
    Column("subject", "Who or what", number=False),
    Column("other", "With", number=False),
    Column("count", "Count"),
    Column("total_s", "Total", "s"),
    Column("share_of_video", "Share of the video"),
    Column("share_of_tier", "Share of the tier"),
    Column("mean_s", "Mean length", "s"),
    Column("rate_per_min", "Rate", "1/min"),
    Column("first_s", "First", "s"),
    Column("last_s", "Last", "s"),
    Column("turns", "Turns"),
    Column("mean_turn_s", "Mean turn", "s"),
    Column("answers", "Answers"),
    Column("latency_s", "Median latency", "s"),
    Column("overlap_s", "Overlap", "s"),
    Column("silence_s", "Silence", "s"),
)
"""``kind`` says what a row is about:

talk: a speaker. ``count``: stretches of speech; ``share_of_tier``: of all speakers' talk; ``latency_s``: the median
    offset of ``answers``; ``overlap_s``: talk while somebody else talks too.
conversation: all speakers of a tier. ``total_s``: time in which anybody talks; ``overlap_s``: in which several do.
label: marks of a label. ``share_of_tier``: of the marked time; of points: of the count.
tier: all marks of a tier whose labels are no categories.
on screen: a track or a person in the picture. ``count``: times of coming into sight.
together: two of them at the same time.
"""

_NAMES = tuple(column.name for column in COLUMNS)
_DIGITS = 6


def row(**cells: Cell) -> tuple[Cell, ...]:
    """A row; columns that are not named do not apply. Numbers are rounded to microseconds."""
    unknown = cells.keys() - set(_NAMES)
    if unknown:
        raise ValueError(f"there are no columns {sorted(unknown)}")
    return tuple(_rounded(cells.get(name)) for name in _NAMES)


def times(spans: Spans, duration_s: float, all_s: float) -> dict[str, Cell]:
    """What intervals of one subject that do not overlap come to; ``all_s``: seconds of all subjects."""
    total_s = length_s(spans)
    return {
        "count": len(spans),
        "total_s": total_s,
        "share_of_video": ratio(total_s, duration_s),
        "share_of_tier": ratio(total_s, all_s),
        "mean_s": ratio(total_s, len(spans)),
        "rate_per_min": ratio(60.0 * len(spans), duration_s),
        "first_s": spans[0][0] if spans else None,
        "last_s": max(end_s for _, end_s in spans) if spans else None,
    }


def ratio(part: float, whole: float) -> float | None:
    """None where there is no whole."""
    return part / whole if whole else None


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return math.fsum(values) / len(values) if values else None


def _rounded(cell: Cell) -> Cell:
    if not isinstance(cell, float):
        return cell
    return round(cell, _DIGITS) if math.isfinite(cell) else None
