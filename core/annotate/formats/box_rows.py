"""Boxes and samples out of the rows of a table."""

import math
import re
from dataclasses import dataclass, field

import numpy as np

from core.annotate.formats.delimited import Row
from core.annotate.formats.faults import Faults
from core.annotate.formats.headings import Headings
from core.annotate.types import Boxes, Floats, Series, Tier, TierKind

_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d{1,3})?")
_AXES = ("x", "y", "confidence")
_OUTSIDE = 0.5
"""A box may reach this part of the picture's size out of it, as trackers guess it; further out it is a slip."""


@dataclass(slots=True)
class SeriesRows:
    """A series as it grows."""

    name: str
    unit: str
    times_s: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, row: Row, t_s: float, cell: str, faults: Faults) -> None:
        """One sample; an empty cell means that the value is not known."""
        value = number(cell) if cell else math.nan
        if value is None:
            faults.note(row.line, row.text, f"“{cell}” is no number")
            return
        self.times_s.append(t_s)
        self.values.append(value)

    def tier(self) -> Tier:
        """The series, by time."""
        times = np.array(self.times_s, np.float64)
        order = np.argsort(times, kind="stable")
        with np.errstate(over="ignore"):
            values = np.array(self.values, np.float64).astype(np.float32)
        return Tier(self.name, TierKind.SERIES, series=Series(times[order], values[order]), unit=self.unit)


@dataclass(slots=True)
class BoxRows:
    """Boxes as they grow; ``others``: columns without a meaning of their own, by heading."""

    name: str
    headings: Headings
    others: dict[str, int]
    times_s: list[float] = field(default_factory=list)
    bbox: list[list[float]] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    frame: list[int] = field(default_factory=list)
    track: list[int] = field(default_factory=list)
    label: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    extra: list[list[str]] = field(default_factory=list)

    def add(self, row: Row, t_s: float, faults: Faults) -> None:
        """One box, corners in [0, 1]."""
        cells = {name: self.headings.cell(row.cells, name) for name in ("x0", "y0", "x1", "y1")}
        corners = [number(cell) for cell in cells.values()]
        score, frame, track = (self._optional(row, name) for name in ("score", "frame", "track"))
        bbox = [one for one in corners if one is not None]
        why = _why_not(bbox)
        if not why and None in (score, frame, track):
            why = "its score, frame or track is no number (of a frame or track: no whole one)"
        if why or score is None or frame is None or track is None:
            faults.note(row.line, row.text, why)
            return
        self.times_s.append(t_s)
        self.bbox.append(bbox)
        self.score.append(score)
        self.frame.append(-1 if math.isnan(frame) else int(frame))
        self.track.append(-1 if math.isnan(track) else int(track))
        label_at = self.headings.at.get("label")
        self.label.append(row.cells[label_at] if label_at is not None else "")
        if (name := self.headings.cell(row.cells, "track_name")) and self.track[-1] >= 0:
            self.names[self.track[-1]] = name
        self.extra.append([row.cells[at] for at in self.others.values()])

    def _optional(self, row: Row, meaning: str) -> float | None:
        """A number; NaN for an empty cell, None for what is no number."""
        cell = self.headings.cell(row.cells, meaning)
        if not cell:
            return math.nan
        value = number(cell)
        whole = value is not None and abs(value) < 2**53 and value == int(value)
        return value if whole or meaning == "score" else None

    def tier(self) -> Tier:
        """The boxes, by time."""
        times = np.array(self.times_s, np.float64)
        order = np.argsort(times, kind="stable")
        rows = order.tolist()
        categories = tuple(dict.fromkeys(self.label))
        places = {name: at for at, name in enumerate(categories)}
        columns = {
            name: [self.extra[row][at] for row in rows]
            for at, name in enumerate(self.others)
            if any(one[at] for one in self.extra)
        }
        numeric = {name: _floats(column) for name, column in columns.items()}
        values = {name: column for name, column in numeric.items() if column is not None}
        keypoint_names, keypoints = _keypoints(values)
        boxes = Boxes(
            frame=np.array(self.frame, np.int64)[order],
            t_s=times[order],
            bbox=np.array(self.bbox, np.float64).astype(np.float32).reshape(-1, 4)[order],
            score=np.array(self.score, np.float64).astype(np.float32)[order],
            track=np.array(self.track, np.int64)[order],
            category=np.array([places[one] for one in self.label], np.int64)[order],
            categories=categories,
            track_names=dict(self.names),
            values=values,
            labels={name: tuple(column) for name, column in columns.items() if numeric[name] is None},
            keypoints=keypoints,
            keypoint_names=keypoint_names,
        )
        return Tier(self.name, TierKind.BOXES, boxes=boxes)


def number(cell: str) -> float | None:
    """A finite number, decimal point or comma; None when it is none."""
    value = float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else math.nan
    return value if math.isfinite(value) else None


def _why_not(bbox: list[float]) -> str:
    if len(bbox) != 4:
        return "a corner of its box is no number"
    if not all(-_OUTSIDE <= one <= 1 + _OUTSIDE for one in bbox):
        return "its box must be given in parts of the picture, from 0 to 1"
    return "" if bbox[2] >= bbox[0] and bbox[3] >= bbox[1] else "its box is inside out"


def _floats(column: list[str]) -> Floats | None:
    """The column as numbers, NaN where it is empty; None when one cell is no number."""
    values = [number(cell) if cell else math.nan for cell in column]
    if any(value is None for value in values):
        return None
    return np.array(values, np.float64).astype(np.float32)


def _keypoints(values: dict[str, Floats]) -> tuple[tuple[str, ...], Floats | None]:
    """Points out of ``name.x``, ``name.y``, ``name.confidence``; those columns are taken out of ``values``."""
    names = [name.removesuffix(".x") for name in values if name.endswith(".x")]
    names = [name for name in names if all(f"{name}.{axis}" in values for axis in _AXES)]
    if not names:
        return (), None
    points = [np.stack([values.pop(f"{name}.{axis}") for axis in _AXES], axis=1) for name in names]
    return tuple(names), np.stack(points, axis=1)
