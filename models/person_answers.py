"""How the answers of person detectors are read, family by family, in pixels of the network's input.

- ``rtmo`` (Lu et al., "RTMO: Towards high-performance one-stage real-time multi-person pose estimation", 2024):
  ``dets`` (1, n, 5) left, top, right, bottom, score, and ``keypoints`` (1, n, k, 3) x, y, confidence.
- ``yolox`` (Ge et al., "YOLOX: Exceeding YOLO series in 2021", 2021): (1, cells, 5 + classes) of grids of 8, 16 and
  32 px: centre and logarithm of the size in cells, objectness, chance of each class.
- ``yolos`` (Fang et al., "You only look at one sequence", 2021; DETR's layout): ``logits`` (1, n, classes + 1), the
  last one for nothing, and ``pred_boxes`` (1, n, 4) centre and size in [0, 1].
- ``rows``: one output (n, 6 + 3k), with or without a leading 1: left, top, right, bottom, score, class, and k times
  x, y, confidence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from models.faces import FloatArray
from models.person_format import PersonFormat

STRIDES_PX = (8, 16, 32)
Shape: TypeAlias = Sequence[int | str | None]


@dataclass(frozen=True, slots=True)
class Answers:
    """``boxes`` (n, 4) and ``points`` (n, k, 3) in pixels of the input, ``scores`` (n,); ``points`` None = none."""

    boxes: FloatArray
    scores: FloatArray
    points: FloatArray | None = None

    def only(self, kept: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Answers":
        """The rows ``kept``: a mask or places."""
        return Answers(self.boxes[kept], self.scores[kept], None if self.points is None else self.points[kept])


def family_of(outputs: Mapping[str, Shape]) -> str:
    """The family that a network's outputs look like, "" when they look like none."""
    if {"dets", "keypoints"} <= set(outputs):
        return "rtmo"
    if {"logits", "pred_boxes"} <= set(outputs):
        return "yolos"
    shape = next(iter(outputs.values()), ())
    width = shape[-1] if shape else None
    if len(outputs) != 1 or not isinstance(width, int):
        return ""
    if len(shape) in {2, 3} and width >= 6 and (width - 6) % 3 == 0 and not _of_grids(shape):
        return "rows"
    return "yolox" if len(shape) == 3 and width >= 6 else ""


def read_answers(outputs: Mapping[str, FloatArray], form: PersonFormat, size_px: tuple[int, int]) -> Answers:
    """All people that the network names, unsorted and with their doubles. ``size_px``: (width, height) of the input.

    Raises ValueError when the shapes are none of the family's.
    """
    return _READERS[form.family](outputs, form, size_px)


def _rtmo(outputs: Mapping[str, FloatArray], _form: PersonFormat, _size_px: tuple[int, int]) -> Answers:
    dets, points = (outputs[name][0] for name in ("dets", "keypoints"))
    if dets.ndim != 2 or dets.shape[1] != 5 or points.ndim != 3 or points.shape[2] != 3 or len(dets) != len(points):
        raise ValueError(f"dets {dets.shape} and keypoints {points.shape} do not fit RTMO")
    return Answers(dets[:, :4], dets[:, 4], points)


def _yolox(outputs: Mapping[str, FloatArray], form: PersonFormat, size_px: tuple[int, int]) -> Answers:
    rows = next(iter(outputs.values()))[0]
    if rows.ndim != 2 or rows.shape[1] <= 5 + form.person_class:
        raise ValueError(f"{rows.shape} does not fit YOLOX with a class {form.person_class}")
    centre, size = rows[:, :2], rows[:, 2:4]
    if not form.decoded:
        cells, strides = _grid(size_px)
        if len(cells) != len(rows):
            raise ValueError(f"{len(rows)} rows for {len(cells)} cells of {size_px[0]} x {size_px[1]} px")
        centre, size = (centre + cells) * strides, np.exp(np.minimum(size, 20.0)) * strides
    scores = rows[:, 4] * rows[:, 5 + form.person_class]
    best = rows[:, 5:].argmax(axis=1) == form.person_class  # a dog that might be a person is a dog
    return Answers(_corners(centre, size), scores).only(best)


def _yolos(outputs: Mapping[str, FloatArray], form: PersonFormat, size_px: tuple[int, int]) -> Answers:
    logits, boxes = outputs["logits"][0], outputs["pred_boxes"][0]
    if logits.ndim != 2 or boxes.shape != (len(logits), 4) or logits.shape[1] <= form.person_class + 1:
        raise ValueError(f"logits {logits.shape} and pred_boxes {boxes.shape} do not fit YOLOS")
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    best = chances[:, :-1].argmax(axis=1) == form.person_class
    scale = np.array(size_px, np.float32)
    found = Answers(_corners(boxes[:, :2] * scale, boxes[:, 2:] * scale), chances[:, form.person_class])
    return found.only(best)


def _rows(outputs: Mapping[str, FloatArray], form: PersonFormat, _size_px: tuple[int, int]) -> Answers:
    rows = next(iter(outputs.values()))
    rows = rows[0] if rows.ndim == 3 else rows
    if rows.ndim != 2 or rows.shape[1] < 6 or (rows.shape[1] - 6) % 3:
        raise ValueError(f"{rows.shape} does not fit rows of a box, score, class and key points")
    points = rows[:, 6:].reshape(len(rows), -1, 3) if rows.shape[1] > 6 else None
    people = np.rint(rows[:, 5]) == form.person_class
    return Answers(rows[:, :4], rows[:, 4], points).only(people)


_READERS: Mapping[str, Callable[[Mapping[str, FloatArray], PersonFormat, tuple[int, int]], Answers]] = MappingProxyType(
    {"rtmo": _rtmo, "yolox": _yolox, "yolos": _yolos, "rows": _rows}
)


def _of_grids(shape: Shape) -> bool:
    """Whether there are as many rows as a square input has cells: 21 for each 32 x 32 px."""
    rows = shape[1] if len(shape) == 3 else None
    return isinstance(rows, int) and rows % 21 == 0 and round((rows / 21) ** 0.5) ** 2 * 21 == rows


def _grid(size_px: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Column and row of every cell, float32 (n, 2), and the cell's side, float32 (n, 1)."""
    cells, strides = [], []
    for stride in STRIDES_PX:
        columns, rows = np.meshgrid(np.arange(size_px[0] // stride), np.arange(size_px[1] // stride))
        cells.append(np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float32))
        strides.append(np.full((columns.size, 1), stride, np.float32))
    return np.concatenate(cells), np.concatenate(strides)


def _corners(centre: FloatArray, size: FloatArray) -> FloatArray:
    corners: FloatArray = np.concatenate([centre - size / 2, centre + size / 2], axis=1).astype(np.float32)
    return corners
