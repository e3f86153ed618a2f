"""How long, how often and how fast after each other the labels of a tier come."""

from collections.abc import Sequence

from core.annotate.measures.columns import ratio, row, times
from core.annotate.measures.sightings import sightings
from core.annotate.measures.spans import Company, inside, joined, length_s
from core.annotate.measures.types import Cell, MeasureOptions
from core.annotate.types import Boxes, Mark, Tier, TierKind

MOST_LABELS = 100
"""A tier with more labels, and no vocabulary, holds texts: it is measured as a whole."""


def label_rows(video: str, tier: Tier, duration_s: float) -> list[tuple[Cell, ...]]:
    """A row for each label, those of the vocabulary first, also when nobody used them."""
    about: dict[str, Cell] = {"video": video, "tier": tier.name, "coder": tier.coder}
    by_label: dict[str, list[Mark]] = {word: [] for word in tier.vocabulary}
    for mark in sorted(tier.marks, key=lambda mark: mark.start_s):
        by_label.setdefault(mark.label, []).append(mark)
    if len(by_label) > max(MOST_LABELS, len(tier.vocabulary)):
        return [row(**about, kind="tier", **_cells(tier, tier.marks, duration_s))]
    return [
        row(**about, kind="label", subject=label, **_cells(tier, marks, duration_s))
        for label, marks in by_label.items()
    ]


def _cells(tier: Tier, marks: Sequence[Mark], duration_s: float) -> dict[str, Cell]:
    if tier.kind is TierKind.POINTS:
        moments = sorted(mark.start_s for mark in marks)
        return {
            "count": len(moments),
            "share_of_tier": ratio(len(moments), len(tier.marks)),
            "rate_per_min": ratio(60.0 * len(moments), duration_s),
            "first_s": moments[0] if moments else None,
            "last_s": moments[-1] if moments else None,
        }
    # marks that touch stay two: a behaviour that begins anew is another one
    spans = inside(sorted((mark.start_s, mark.end_s) for mark in marks), duration_s)
    cells = times(spans, duration_s, 0.0)
    total_s = length_s(joined(spans))
    marked_s = length_s(joined(inside(((mark.start_s, mark.end_s) for mark in tier.marks), duration_s)))
    return cells | {
        "total_s": total_s,
        "share_of_video": ratio(total_s, duration_s),
        "share_of_tier": ratio(total_s, marked_s),
    }


def sight_rows(
    video: str, tier: Tier, boxes: Boxes, duration_s: float, options: MeasureOptions
) -> list[tuple[Cell, ...]]:
    """A row for each who is in the picture, and one for each pair that is there together."""
    about: dict[str, Cell] = {"video": video, "tier": tier.name, "coder": tier.coder}
    seen = {name: inside(spans, duration_s) for name, spans in sightings(boxes, options.gap_s).items()}
    seen = {name: spans for name, spans in seen.items() if spans}
    if not seen:
        return []
    company = Company(seen)
    with_others_s = company.with_others_s()
    any_s = company.any_s()
    rows = [
        row(
            **about,
            kind="on screen",
            subject=name,
            **times(spans, duration_s, any_s),
            overlap_s=with_others_s[name],
        )
        for name, spans in seen.items()
    ]
    return rows + [
        row(
            **about,
            kind="together",
            subject=one,
            other=other,
            total_s=together_s,
            share_of_video=ratio(together_s, duration_s),
            share_of_tier=ratio(together_s, any_s),
        )
        for (one, other), together_s in company.pairs_s().items()
    ]
