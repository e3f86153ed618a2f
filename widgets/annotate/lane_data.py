"""A lane as plain data, with what is needed to find and place its marks fast. Knows no Qt: made in worker threads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.annotate.types import Boxes, Floats, Series, Tier, TierKind, Times

MOST_LEVELS = 6
"""Marks that overlap lie below one another, as far as there are levels."""
TEXT_FROM_LABELS = 24
"""A lane with more different labels than these, most of them used once, holds text, not categories."""
BOX_GAP_S = 1.0
"""Sights of a track nearer than this are one span."""
_HELD_S = 0.04

Levels = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class CanvasMark:
    """An interval, or a point (both times alike). ``mark_id`` is unique in its lane; ``score`` in [0, 1]; ``hint`` is
    said on hover after label and times.
    """

    mark_id: int
    start_s: float
    end_s: float
    label: str = ""
    score: float | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class LaneRow:
    """A lane: marks (intervals, points, spans of boxes) or a series, as ``kind`` says.

    ``colour`` is an index of the label colours for the whole lane; None = each label has its own, the same in every
    lane. ``vocabulary`` are the labels that the digits 1 to 9 give; they get the first colours. Marks may come in any
    order; they are kept sorted by start.
    """

    lane_id: str
    title: str
    subtitle: str = ""
    kind: TierKind = TierKind.INTERVALS
    marks: Sequence[CanvasMark] = ()
    series: Series | None = None
    unit: str = ""
    editable: bool = False
    colour: int | None = None
    vocabulary: tuple[str, ...] = ()
    starts_s: Times = field(init=False, repr=False)
    ends_s: Times = field(init=False, repr=False)
    reach_s: Times = field(init=False, repr=False)
    """The latest end up to each mark: it rises, so it can be bisected where marks overlap."""
    labels: tuple[str, ...] = field(init=False, repr=False)
    """The different labels: those of the vocabulary first, then by first use."""
    label_index: npt.NDArray[np.int32] = field(init=False, repr=False)
    """For each mark its place in ``labels``."""
    levels: Levels = field(init=False, repr=False)
    level_count: int = field(init=False)
    places: dict[int, int] = field(init=False, repr=False)
    """The place of each mark by its id."""
    value_span: tuple[float, float] = field(init=False)
    """Least and greatest value to be shown of a series."""

    def __post_init__(self) -> None:
        marks = sorted(self.marks, key=lambda mark: (mark.start_s, mark.end_s))
        starts = np.fromiter((mark.start_s for mark in marks), np.float64, len(marks))
        ends = np.maximum(np.fromiter((mark.end_s for mark in marks), np.float64, len(marks)), starts)
        numbers = {label: at for at, label in enumerate(self.vocabulary)}
        index = np.fromiter((numbers.setdefault(mark.label, len(numbers)) for mark in marks), np.int32, len(marks))
        levels = label_levels(starts, ends, index) if not self.editable else None
        levels = levels_of(starts, ends) if levels is None else levels
        made = {
            "marks": tuple(marks),
            "starts_s": starts,
            "ends_s": ends,
            "reach_s": np.maximum.accumulate(ends) if len(ends) else ends,
            "labels": tuple(numbers),
            "label_index": index,
            "levels": levels,
            "level_count": int(levels.max()) + 1 if len(levels) else 1,
            "places": {mark.mark_id: at for at, mark in enumerate(marks)},
            "value_span": value_span(self.series),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.series) if self.series is not None else len(self.marks)

    @property
    def is_text(self) -> bool:
        """Whether the labels are sentences rather than categories: they would need too many colours."""
        used = len(self.labels) - len(self.vocabulary)
        return used > TEXT_FROM_LABELS and used * 2 > len(self.marks)

    def between(self, start_s: float, end_s: float) -> slice:
        """The marks that may touch a stretch of time, found by bisecting."""
        first = int(np.searchsorted(self.reach_s, start_s, side="left"))
        last = int(np.searchsorted(self.starts_s, end_s, side="right"))
        return slice(first, max(first, last))

    def at(self, t_s: float, slack_s: float = 0.0, level: int | None = None) -> int:
        """The place of the mark at a time (of a level), else of the nearest within the slack, else -1."""
        found = self.between(t_s - slack_s, t_s + slack_s)
        if found.start >= found.stop:
            return -1
        away_s = np.maximum(np.maximum(self.starts_s[found] - t_s, t_s - self.ends_s[found]), 0.0)
        if level is not None:
            away_s = np.where(self.levels[found] == level, away_s, np.inf)
        # of several at one place the shortest: the others are caught beside it
        order = np.lexsort((self.ends_s[found] - self.starts_s[found], away_s))
        best = int(order[0])
        return found.start + best if away_s[best] <= slack_s else -1

    def value_at(self, t_s: float) -> float | None:
        """The series' value of the sample that holds at a time; None where there is none."""
        if self.series is None or not len(self.series):
            return None
        at = int(np.searchsorted(self.series.times_s, t_s, side="right")) - 1
        if at < 0:
            return None
        value = float(self.series.values[at])
        return value if np.isfinite(value) and t_s <= float(self.series.times_s[-1]) + self.sample_s else None

    @property
    def sample_s(self) -> float:
        """The usual time between two samples."""
        if self.series is None or len(self.series) < 2:
            return _HELD_S
        times = self.series.times_s
        return float(times[-1] - times[0]) / (len(times) - 1)


def value_span(series: Series | None) -> tuple[float, float]:
    """Least and greatest value to be shown: 0 to 1 for shares, from 0 where that is near, else what there is."""
    values: Floats = series.values if series is not None else np.zeros(0, np.float32)
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if low >= 0.0 and 0.3 <= high <= 1.0:
        return 0.0, 1.0
    low = 0.0 if 0.0 < low <= high / 2 else low
    return (low - 0.5, high + 0.5) if high - low < 1e-9 else (low, high)


def levels_of(starts_s: Times, ends_s: Times) -> Levels:
    """On which level each mark lies so that none covers another; the last level takes what is left. Sorted by start."""
    levels = np.zeros(len(starts_s), np.int16)
    if not np.any(starts_s[1:] < np.maximum.accumulate(ends_s)[:-1] - 1e-9):
        return levels
    free_s = [-np.inf] * MOST_LEVELS
    for at, (start, end) in enumerate(zip(starts_s.tolist(), ends_s.tolist(), strict=True)):
        level = next((one for one, until in enumerate(free_s) if until <= start + 1e-9), MOST_LEVELS - 1)
        free_s[level] = max(end, free_s[level])
        levels[at] = level
    return levels


def label_levels(starts_s: Times, ends_s: Times, label_index: npt.NDArray[np.int32]) -> Levels | None:
    """A level for each label, where there are few of them that overlap one another but never themselves: each speaker
    and each track keeps its height. None where that is not so.
    """
    used, levels = np.unique(label_index, return_inverse=True)
    if not 2 <= len(used) <= MOST_LEVELS or not np.any(starts_s[1:] < np.maximum.accumulate(ends_s)[:-1] - 1e-9):
        return None
    for level in range(len(used)):
        chosen = levels == level
        if np.any(starts_s[chosen][1:] < ends_s[chosen][:-1] - 1e-9):
            return None
    return levels.astype(np.int16)


def box_spans(boxes: Boxes, gap_s: float = BOX_GAP_S) -> tuple[CanvasMark, ...]:
    """When each track is to be seen, named as the track is; boxes without a track by their category."""
    if not len(boxes):
        return ()
    who = np.where(boxes.track >= 0, boxes.track, -1 - boxes.category)
    order = np.lexsort((boxes.t_s, who))
    who, times, scores = who[order], boxes.t_s[order], boxes.score[order]
    begins = np.flatnonzero(np.concatenate(([True], (who[1:] != who[:-1]) | (np.diff(times) > gap_s))))
    counts = np.diff(np.append(begins, len(who)))
    means = np.add.reduceat(scores, begins) / counts
    ends = begins + counts - 1
    rows = zip(
        who[begins].tolist(), times[begins].tolist(), times[ends].tolist(), means.tolist(), counts.tolist(), strict=True
    )
    return tuple(
        CanvasMark(at, start, end + _HELD_S, _name_of(boxes, one), min(max(mean, 0.0), 1.0), f"{count:,} ×")
        for at, (one, start, end, mean, count) in enumerate(rows)
    )


def marks_of(tier: Tier) -> tuple[CanvasMark, ...]:
    """The marks of a tier, numbered from 0 in their order; spans for a tier of boxes."""
    if tier.boxes is not None:
        return box_spans(tier.boxes)
    return tuple(
        CanvasMark(at, mark.start_s, mark.end_s, mark.label, mark.score, _attributes_words(mark.attributes.items()))
        for at, mark in enumerate(tier.marks)
    )


def lane_of(
    tier: Tier, lane_id: str, *, title: str = "", subtitle: str = "", editable: bool = False, colour: int | None = None
) -> LaneRow:
    """A lane that shows a tier. ``mark_id`` is the mark's place in ``tier.marks``."""
    return LaneRow(
        lane_id,
        title or tier.name,
        subtitle or tier.coder,
        tier.kind,
        marks_of(tier),
        tier.series,
        tier.unit,
        editable,
        colour,
        tier.vocabulary,
    )


def _name_of(boxes: Boxes, one: int) -> str:
    if one < 0:
        return boxes.categories[-1 - one] if -1 - one < len(boxes.categories) else ""
    return boxes.track_names.get(one) or f"#{one}"


def _attributes_words(attributes: Iterable[tuple[str, object]]) -> str:
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in attributes
    )
