"""Tiers as columns for JSON and back, with every row checked."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from core.annotate.formats.faults import Faults
from core.annotate.formats.times import MOST_S
from core.annotate.types import NO_ATTRIBUTES, Boxes, Mark, Series, Tier, TierKind

Raw: TypeAlias = Mapping[str, Any]


class _Unreadable(Exception):
    """A tier whose columns cannot be what they should be."""


def raw_tier(tier: Tier) -> dict[str, Any]:
    """A tier for orjson with numpy."""
    raw: dict[str, Any] = {
        "name": tier.name,
        "kind": str(tier.kind),
        "unit": tier.unit,
        "coder": tier.coder,
        "vocabulary": list(tier.vocabulary),
        "parent": tier.parent,
    }
    if tier.series is not None:
        return raw | {"times_s": _array(tier.series.times_s), "values": _array(tier.series.values)}
    if tier.boxes is not None:
        return raw | _raw_boxes(tier.boxes)
    return raw | _raw_marks(tier.marks)


def _raw_marks(marks: Sequence[Mark]) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "start_s": [mark.start_s for mark in marks],
        "end_s": [mark.end_s for mark in marks],
        "label": [mark.label for mark in marks],
    }
    if any(mark.score is not None for mark in marks):
        raw["score"] = [mark.score for mark in marks]
    if any(mark.attributes for mark in marks):
        raw["attributes"] = [dict(mark.attributes) for mark in marks]
    return raw


def _raw_boxes(boxes: Boxes) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "frame": _array(boxes.frame),
        "t_s": _array(boxes.t_s),
        "bbox": _array(boxes.bbox),
        "score": _array(boxes.score),
        "track": _array(boxes.track),
        "category": _array(boxes.category),
        "categories": list(boxes.categories),
        "track_names": {str(track): name for track, name in boxes.track_names.items()},
        "values": {name: _array(column) for name, column in boxes.values.items()},
        "labels": {name: list(column) for name, column in boxes.labels.items()},
    }
    if boxes.keypoints is not None:
        raw["keypoints"] = _array(boxes.keypoints)
        raw["keypoint_names"] = list(boxes.keypoint_names)
        raw["skeleton"] = [list(pair) for pair in boxes.skeleton]
    return raw


def _array(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.ascontiguousarray(values)


def tier_of(raw: object, number: int, faults: Faults) -> Tier | None:
    """The tier of an entry of ``tiers``; None (and noted) when it is none, without the rows that cannot be read."""
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str) or not raw["name"]:
        faults.note(number, raw, "a tier without a name", unit="tier")
        return None
    name = raw["name"]
    try:
        kind = TierKind(raw.get("kind", ""))
    except ValueError:
        faults.note(number, name, f"“{raw.get('kind')}” is no kind of tier", unit="tier")
        return None
    try:
        return Tier(
            name,
            kind,
            marks=_marks(raw, name, kind, faults) if kind in {TierKind.INTERVALS, TierKind.POINTS} else (),
            series=_series(raw, name, faults) if kind is TierKind.SERIES else None,
            boxes=_boxes(raw, name, faults) if kind is TierKind.BOXES else None,
            unit=str(raw.get("unit") or ""),
            coder=str(raw.get("coder") or ""),
            vocabulary=tuple(_texts(raw, "vocabulary", None)),
            parent=str(raw.get("parent") or ""),
        )
    except _Unreadable as error:
        faults.note(number, name, str(error), unit="tier")
        return None


def _marks(raw: Raw, name: str, kind: TierKind, faults: Faults) -> tuple[Mark, ...]:
    starts, ends = _numbers(raw, "start_s", np.float64), _numbers(raw, "end_s", np.float64)
    count = len(starts)
    labels = _texts(raw, "label", count)
    scores = _column(raw, "score", count) if "score" in raw else [None] * count
    attributes = _column(raw, "attributes", count) if "attributes" in raw else [None] * count
    if len(ends) != count:
        raise _Unreadable("its columns differ in length")
    good = _in_range(starts) & _in_range(ends) & (ends >= starts)
    if kind is TierKind.POINTS:
        good &= starts == ends
    _note_rows(~good, name, faults, "no times of a mark")
    times = zip(starts.tolist(), ends.tolist(), good.tolist(), strict=True)
    marks = [
        Mark(start_s, end_s, labels[row], _score(scores[row]), _attributes(attributes[row]))
        for row, (start_s, end_s, is_good) in enumerate(times)
        if is_good
    ]
    return tuple(sorted(marks, key=lambda mark: mark.start_s))


def _score(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _attributes(raw: object) -> Mapping[str, str | float | int | bool]:
    if not isinstance(raw, dict) or not raw:
        return NO_ATTRIBUTES
    return {key: value if isinstance(value, str | float | int) else str(value) for key, value in raw.items()}


def _series(raw: Raw, name: str, faults: Faults) -> Series:
    times, values = _numbers(raw, "times_s", np.float64), _numbers(raw, "values", np.float32)
    if len(times) != len(values):
        raise _Unreadable("its columns differ in length")
    good = _in_range(times)
    _note_rows(~good, name, faults, "no time of a sample")
    times, values = times[good], values[good]
    order = np.argsort(times, kind="stable")
    return Series(times[order], values[order])


def _boxes(raw: Raw, name: str, faults: Faults) -> Boxes:
    times = _numbers(raw, "t_s", np.float64)
    count = len(times)
    bbox = _matrix(raw, "bbox", (count, 4))
    category = _whole(raw, "category", count)
    categories = tuple(_texts(raw, "categories", None))
    good = _in_range(times) & np.isfinite(bbox).all(axis=1) & (category >= 0) & (category < len(categories))
    good &= (bbox[:, 2] >= bbox[:, 0]) & (bbox[:, 3] >= bbox[:, 1])
    _note_rows(~good, name, faults, "no time, box or category of a box")
    kept = np.flatnonzero(good)
    kept = kept[np.argsort(times[kept], kind="stable")]
    scores = _numbers(raw, "score", np.float32, count)
    keypoints = _keypoints(raw, count)
    names = raw.get("track_names")
    return Boxes(
        frame=_whole(raw, "frame", count)[kept],
        t_s=times[kept],
        bbox=bbox[kept],
        score=scores[kept],
        track=_whole(raw, "track", count)[kept],
        category=category[kept],
        categories=categories,
        track_names=_track_names(names) if isinstance(names, dict) else {},
        values={key: _numbers(_part(raw, "values"), key, np.float32, count)[kept] for key in _part(raw, "values")},
        labels={
            key: tuple(column[row] for row in kept.tolist())
            for key, column in ((key, _texts(_part(raw, "labels"), key, count)) for key in _part(raw, "labels"))
        },
        keypoints=keypoints[kept] if keypoints is not None else None,
        keypoint_names=tuple(_texts(raw, "keypoint_names", None)),
        skeleton=_skeleton(raw.get("skeleton"), keypoints.shape[1] if keypoints is not None else 0),
    )


def _part(raw: Raw, key: str) -> Raw:
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def _track_names(raw: Raw) -> dict[int, str]:
    try:
        return {int(track): str(name) for track, name in raw.items()}
    except ValueError as error:
        raise _Unreadable("“track_names” must go by the numbers of tracks") from error


def _keypoints(raw: Raw, count: int) -> npt.NDArray[np.float32] | None:
    if raw.get("keypoints") is None:
        return None
    rows = raw["keypoints"]
    points = len(rows[0]) if isinstance(rows, list) and rows and isinstance(rows[0], list) else 0
    points = points or len(_texts(raw, "keypoint_names", None))
    return _matrix(raw, "keypoints", (count, points, 3))


def _skeleton(raw: object, points: int) -> tuple[tuple[int, int], ...]:
    pairs = [pair for pair in raw if isinstance(pair, list) and len(pair) == 2] if isinstance(raw, list) else []
    return tuple((a, b) for a, b in pairs if all(isinstance(one, int) and 0 <= one < points for one in (a, b)))


def _column(raw: Raw, key: str, count: int | None) -> list[Any]:
    column = raw.get(key, [] if count is None else None)
    if not isinstance(column, list):
        raise _Unreadable(f"it has no column “{key}”")
    if count is not None and len(column) != count:
        raise _Unreadable(f"column “{key}” has {len(column)} rows instead of {count}")
    return column


def _texts(raw: Raw, key: str, count: int | None) -> list[str]:
    column = _column(raw, key, count)
    if not all(isinstance(one, str) for one in column):
        raise _Unreadable(f"column “{key}” must hold texts")
    return column


def _numbers(raw: Raw, key: str, dtype: type[Any], count: int | None = None) -> npt.NDArray[Any]:
    column = _column(raw, key, count) if count is not None else _column(raw, key, len(raw.get(key) or []))
    return _converted(column, key, dtype)


def _converted(column: list[Any], key: str, dtype: type[Any]) -> npt.NDArray[Any]:
    if not set(map(type, column)) <= {int, float, type(None)}:
        raise _Unreadable(f"column “{key}” must hold numbers")
    try:
        with np.errstate(over="ignore"):
            return np.array(column, dtype=np.float64).astype(dtype, copy=False)
    except (TypeError, ValueError, OverflowError) as error:
        raise _Unreadable(f"column “{key}” must hold numbers") from error


def _whole(raw: Raw, key: str, count: int) -> npt.NDArray[np.int64]:
    column = _column(raw, key, count)
    if not set(map(type, column)) <= {int}:
        raise _Unreadable(f"column “{key}” must hold whole numbers")
    try:
        return np.array(column, dtype=np.int64)
    except OverflowError as error:
        raise _Unreadable(f"column “{key}” holds a number beyond all bounds") from error


def _matrix(raw: Raw, key: str, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    column = _column(raw, key, shape[0])
    if not column:
        return np.zeros(shape, np.float32)
    try:
        with np.errstate(over="ignore"):
            matrix = np.array(column, dtype=np.float64).astype(np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise _Unreadable(f"column “{key}” must hold rows of numbers") from error
    if matrix.shape != shape:
        raise _Unreadable(f"column “{key}” must hold rows of {shape[1]}")
    return matrix


def _in_range(times: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return np.asarray((times >= 0) & (times <= MOST_S))


def _note_rows(bad: npt.NDArray[np.bool_], name: str, faults: Faults, why: str) -> None:
    for row in np.flatnonzero(bad).tolist():
        faults.note(row + 1, f"tier {name}", why, unit="row")
