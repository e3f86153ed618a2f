"""Imported tiers against the video that they are for."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.annotate.formats.faults import Faults
from core.annotate.formats.holding import overlaps
from core.annotate.types import Boxes, Mark, MediaFacts, Series, Tier, TierKind

_ROUNDING_S = 0.5
"""Other programs round the end of the video; what ends this little after it means its end."""


def fitted(tiers: list[Tier], facts: MediaFacts | None, faults: Faults) -> list[Tier]:
    """The tiers within the video: what begins after its end is a fault, what ends after it is cut and remarked."""
    for tier in tiers:
        if tier.kind is TierKind.INTERVALS and overlaps(tier.marks):
            faults.remark(f"Marks of “{tier.name}” overlap.")
    if facts is None or facts.duration_s <= 0:
        return tiers
    return [_fitted(tier, facts.duration_s, faults) for tier in tiers]


def _fitted(tier: Tier, duration_s: float, faults: Faults) -> Tier:
    if tier.series is not None:
        inside = tier.series.times_s <= duration_s + _ROUNDING_S
        _note_outside(tier, ~inside, duration_s, faults)
        return replace(tier, series=Series(tier.series.times_s[inside], tier.series.values[inside]))
    if tier.boxes is not None:
        inside = tier.boxes.t_s <= duration_s + _ROUNDING_S
        _note_outside(tier, ~inside, duration_s, faults)
        return replace(tier, boxes=rows_of(tier.boxes, np.flatnonzero(inside)))
    marks, cut = [], 0
    for number, mark in enumerate(tier.marks, start=1):
        if mark.start_s > duration_s + _ROUNDING_S:
            why = f"it starts at {mark.start_s:.3f} s, after the video's end at {duration_s:.3f} s"
            faults.note(number, f"{tier.name}: {mark.label}", why, unit="mark")
            continue
        cut += mark.end_s > duration_s + _ROUNDING_S
        marks.append(_clipped(mark, duration_s))
    if cut:
        faults.remark(f"{cut:,} marks of “{tier.name}” end after the video and were cut at {duration_s:.3f} s.")
    return replace(tier, marks=tuple(marks))


def _clipped(mark: Mark, duration_s: float) -> Mark:
    if mark.end_s <= duration_s:
        return mark
    return replace(mark, start_s=min(mark.start_s, duration_s), end_s=duration_s)


def _note_outside(tier: Tier, outside: npt.NDArray[np.bool_], duration_s: float, faults: Faults) -> None:
    """Rows lie by time: all from the first one on are outside."""
    count = int(outside.sum())
    if count:
        why = f"it and {count - 1:,} rows after it lie after the video's end at {duration_s:.3f} s"
        faults.note(len(outside) - count + 1, tier.name, why, unit="row")


def rows_of(boxes: Boxes, rows: npt.NDArray[np.intp]) -> Boxes:
    """Some rows of boxes."""
    kept = rows.tolist()
    return replace(
        boxes,
        frame=boxes.frame[rows],
        t_s=boxes.t_s[rows],
        bbox=boxes.bbox[rows],
        score=boxes.score[rows],
        track=boxes.track[rows],
        category=boxes.category[rows],
        values={name: column[rows] for name, column in boxes.values.items()},
        labels={name: tuple(column[row] for row in kept) for name, column in boxes.labels.items()},
        keypoints=boxes.keypoints[rows] if boxes.keypoints is not None else None,
    )
