"""Praat's TextGrid in its long form, through praatio: interval tiers without gaps, point tiers."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.annotate.formats.holding import note_lost, without_overlaps
from core.annotate.formats.json_document import encodable
from core.annotate.types import Document, Tier, TierKind

_TITLE = "Praat"
_DIGITS = 6


def textgrid_bytes(document: Document, tiers: Sequence[Tier], _options: Mapping[str, Any], notes: list[str]) -> bytes:
    """A TextGrid as UTF-8."""
    from praatio.utilities.textgrid_io import getTextgridAsStr  # noqa: PLC0415

    note_lost(tiers, _TITLE, notes)
    apart = without_overlaps(tiers, _TITLE, notes)
    ends = [mark.end_s for tier in apart for mark in tier.marks]
    end_s = round(max([document.media.duration_s, *ends], default=0.0), _DIGITS) or 1.0
    raw = {
        "xmin": 0.0,
        "xmax": end_s,
        "tiers": [
            {
                "class": "TextTier" if tier.kind is TierKind.POINTS else "IntervalTier",
                "name": encodable(tier.name),
                "xmin": 0.0,
                "xmax": end_s,
                "entries": _points(tier) if tier.kind is TierKind.POINTS else _intervals(tier, notes),
            }
            for tier in apart
        ],
    }
    text: str = getTextgridAsStr(raw, "long_textgrid", includeBlankSpaces=True, minimumIntervalLength=None)
    return text.encode()


def _points(tier: Tier) -> list[tuple[float, str]]:
    """Praat holds one point at a time; labels of one time share it."""
    at_time: dict[float, list[str]] = {}
    for mark in tier.marks:
        at_time.setdefault(round(mark.start_s, _DIGITS), []).append(_label(mark.label))
    return [(t_s, " / ".join(labels)) for t_s, labels in at_time.items()]


def _intervals(tier: Tier, notes: list[str]) -> list[tuple[float, float, str]]:
    entries: list[tuple[float, float, str]] = []
    left_out = unlabelled = 0
    before_s = 0.0
    for mark in sorted(tier.marks, key=lambda one: (one.start_s, one.end_s)):
        # a mark may begin up to half a millisecond before the one before it ends: rounding, no overlap
        start_s, end_s = max(round(mark.start_s, _DIGITS), before_s), round(mark.end_s, _DIGITS)
        if end_s <= start_s:
            left_out += 1
            continue
        unlabelled += not _label(mark.label)
        entries.append((start_s, end_s, _label(mark.label)))
        before_s = end_s
    if left_out:
        notes.append(f"{left_out:,} marks of “{tier.name}” without length are left out: Praat holds none.")
    if unlabelled:
        notes.append(f"{unlabelled:,} marks of “{tier.name}” without a label look like gaps in Praat.")
    return entries


def _label(text: str) -> str:
    return encodable(text).strip()
