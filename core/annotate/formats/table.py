"""A document as one long table: a row for each mark, sample and box."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from core.annotate.types import Boxes, Tier

TEXT_COLUMNS = ("tier", "kind", "label", "unit", "track_name", "coder", "parent")
BASE_COLUMNS = (
    "tier", "kind", "start_s", "end_s", "duration_s", "label", "score", "value", "unit", "frame", "track",
    "track_name", "x0", "y0", "x1", "y1", "coder", "parent",
)  # fmt: skip
OF_MARKS_TOO = ("frame", "track")
"""Columns of boxes that hold the attribute of that name of marks, where it is a whole number."""
_ALWAYS = BASE_COLUMNS[:6]
_TIME_DIGITS = 6


@dataclass(slots=True)
class Table:
    """Columns of equal length; None where a row has no such value."""

    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in BASE_COLUMNS})
    rows: int = 0

    def extend(self, count: int, given: dict[str, Sequence[Any]]) -> None:
        """More rows; columns that are not given hold None there."""
        for name, values in given.items():
            if name not in self.columns:
                self.columns[name] = [None] * self.rows
            self.columns[name].extend(values)
        self.rows += count
        for column in self.columns.values():
            if len(column) < self.rows:
                column.extend([None] * (self.rows - len(column)))

    def used(self) -> dict[str, list[Any]]:
        """The columns that say anything, and those that every reader expects."""
        return {
            name: column
            for name, column in self.columns.items()
            if name in _ALWAYS or any(value is not None and value != "" for value in column)
        }


def table_of(tiers: Sequence[Tier]) -> Table:
    """The tiers as rows, tier by tier, each by time."""
    table = Table()
    for tier in tiers:
        count = len(tier)
        given: dict[str, Sequence[Any]] = {
            "tier": [tier.name] * count,
            "kind": [str(tier.kind)] * count,
            "unit": [tier.unit or None] * count,
            "coder": [tier.coder or None] * count,
            "parent": [tier.parent or None] * count,
        }
        table.extend(count, given | _rows(tier))
    return table


def _rows(tier: Tier) -> dict[str, Sequence[Any]]:
    if tier.series is not None:
        times = _times(tier.series.times_s)
        return _spans(times, times) | {"value": _numbers(tier.series.values)}
    if tier.boxes is not None:
        return _box_rows(tier.boxes)
    return _mark_rows(tier)


def _mark_rows(tier: Tier) -> dict[str, Sequence[Any]]:
    starts = _times(np.array([mark.start_s for mark in tier.marks]))
    ends = _times(np.array([mark.end_s for mark in tier.marks]))
    rows = _spans(starts, ends) | {
        "label": [mark.label for mark in tier.marks],
        "score": [mark.score for mark in tier.marks],
    }
    for name in dict.fromkeys(name for mark in tier.marks for name in mark.attributes):
        values = [mark.attributes.get(name) for mark in tier.marks]
        shared = name in OF_MARKS_TOO and all(value is None or type(value) is int for value in values)
        rows[name if shared else _free(name)] = values
    return rows


def _box_rows(boxes: Boxes) -> dict[str, Sequence[Any]]:
    times = _times(boxes.t_s)
    rows = _spans(times, times) | {
        "label": [boxes.categories[at] for at in boxes.category.tolist()],
        "score": _numbers(boxes.score),
        "frame": boxes.frame.tolist(),
        "track": [track if track >= 0 else None for track in boxes.track.tolist()],
        "track_name": [boxes.track_names.get(track) for track in boxes.track.tolist()],
    }
    for at, name in enumerate(("x0", "y0", "x1", "y1")):
        rows[name] = _numbers(boxes.bbox[:, at])
    for name, values in boxes.values.items():
        rows[_free(name)] = _numbers(values)
    for name, labels in boxes.labels.items():
        rows[_free(name)] = labels
    return rows | _point_rows(boxes)


def _point_rows(boxes: Boxes) -> dict[str, Sequence[Any]]:
    if boxes.keypoints is None:
        return {}
    names = boxes.keypoint_names or tuple(f"point_{at + 1}" for at in range(boxes.keypoints.shape[1]))
    return {
        f"{name}.{axis}": _numbers(boxes.keypoints[:, point, at])
        for point, name in enumerate(names)
        for at, axis in enumerate(("x", "y", "confidence"))
    }


def _spans(starts: list[float], ends: list[float]) -> dict[str, Sequence[Any]]:
    durations = [round(end_s - start_s, _TIME_DIGITS) for start_s, end_s in zip(starts, ends, strict=True)]
    return {"start_s": starts, "end_s": ends, "duration_s": durations}


def _free(name: str) -> str:
    """A column's name that is none of ours."""
    return f"{name}_" if name.rstrip("_") in BASE_COLUMNS else name


def _times(times: npt.NDArray[np.float64]) -> list[float]:
    rounded: list[float] = np.round(times, _TIME_DIGITS).tolist()
    return rounded


def _numbers(values: npt.NDArray[np.float32]) -> list[float | None]:
    """In the fewest digits that mean the same float32; None for NaN."""
    return [None if text == "nan" else float(text) for text in values.astype(np.float32).astype("U32").tolist()]
