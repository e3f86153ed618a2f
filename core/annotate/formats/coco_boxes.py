"""Boxes as they are gathered from COCO's annotations."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.annotate.formats.faults import Faults
from core.annotate.formats.source import number_of
from core.annotate.types import Boxes, Floats, Tier, TierKind


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Names of keypoints and pairs of their places, from 0."""

    names: tuple[str, ...] = ()
    bones: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One box: corners in [0, 1]; ``points``: x, y in [0, 1] and confidence."""

    t_s: float
    frame: int
    bbox: list[float]
    score: float | None
    track: int
    track_name: str
    label: str
    extra: Mapping[str, Any]
    points: list[list[float]] | None


@dataclass(slots=True)
class CocoBoxes:
    """A boxes tier as it grows."""

    name: str
    rows: list[Found] = field(default_factory=list)
    skeleton: Skeleton = field(default_factory=Skeleton)

    def add(self, found: Found, skeleton: Skeleton) -> None:
        """One box more."""
        self.rows.append(found)
        if skeleton.names and not self.skeleton.names:
            self.skeleton = skeleton

    def tier(self, faults: Faults) -> Tier:
        """The boxes, by time."""
        rows = sorted(self.rows, key=lambda row: row.t_s)
        categories = tuple(dict.fromkeys(row.label for row in rows))
        places = {label: at for at, label in enumerate(categories)}
        values, labels = _extras(rows, self.name, faults)
        keypoints = self._keypoints(rows, faults)
        names = self.skeleton.names if keypoints is not None and keypoints.shape[1] == len(self.skeleton.names) else ()
        boxes = Boxes(
            frame=np.array([row.frame for row in rows], np.int64),
            t_s=np.array([row.t_s for row in rows], np.float64),
            bbox=np.array([row.bbox for row in rows], np.float64).astype(np.float32).reshape(-1, 4),
            score=_floats([row.score for row in rows]),
            track=np.array([row.track for row in rows], np.int64),
            category=np.array([places[row.label] for row in rows], np.int64),
            categories=categories,
            track_names={row.track: row.track_name for row in rows if row.track >= 0 and row.track_name},
            values=values,
            labels=labels,
            keypoints=keypoints,
            keypoint_names=names,
            skeleton=self.skeleton.bones if names else (),
        )
        return Tier(self.name, TierKind.BOXES, boxes=boxes)

    def _keypoints(self, rows: list[Found], faults: Faults) -> Floats | None:
        counts = {len(row.points) for row in rows if row.points is not None}
        if not counts:
            return None
        most = max(counts)
        if len(counts) > 1:
            faults.remark(f"“{self.name}” has boxes with fewer than {most} keypoints: the rest of them are unknown.")
        points = np.zeros((len(rows), most, 3), np.float32)
        for at, row in enumerate(rows):
            if row.points:
                points[at, : len(row.points)] = row.points
        return points


def _extras(rows: list[Found], name: str, faults: Faults) -> tuple[dict[str, Floats], dict[str, tuple[str, ...]]]:
    """Further fields: columns of numbers where all of them are numbers, else of text."""
    values: dict[str, Floats] = {}
    labels: dict[str, tuple[str, ...]] = {}
    for key in dict.fromkeys(key for row in rows for key in row.extra):
        column = [row.extra.get(key) for row in rows]
        if any(isinstance(one, dict | list) for one in column):
            faults.remark(f"“{key}” of “{name}” is neither number nor text and is not read.")
            continue
        numbers = [number_of(one) for one in column]
        if all(one is not None or given is None for one, given in zip(numbers, column, strict=True)):
            values[str(key)] = _floats(numbers)
        else:
            labels[str(key)] = tuple("" if one is None else str(one) for one in column)
    return values, labels


def _floats(column: list[float | None]) -> Floats:
    with np.errstate(over="ignore"):
        return np.array([math.nan if one is None else one for one in column], np.float64).astype(np.float32)
