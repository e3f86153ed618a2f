"""How good a decoded frame is as a still, and the black bars around it."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from models.opencv import cv2

Pixels = npt.NDArray[np.uint8]
LOOKED_AT_PX = (960, 960)
_SHARPNESS_HALF = 0.02
"""Laplacian energy over grey energy of a picture that counts as half sharp, at the size above."""
_DARK_LEVEL = 26
_FLAT_SPREAD = 8
"""Grey levels between the darkest and the brightest pixel of a line of a bar; the night is never so even."""
_WIDEST_BAR, _WIDEST_FLAT_BAR = 0.3, 0.42
_UNEVEN_BARS = 0.02


@dataclass(frozen=True, slots=True)
class Bars:
    """Black bars at the edges, in shares of the picture's width and height."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    def with_(self, other: "Bars") -> "Bars":
        """At each edge the wider of the two."""
        return Bars(*(max(pair) for pair in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """``sharpness`` and ``light`` in [0, 1], inside of the picture's own ``bars``; ``rows`` and ``columns``: the
    brightest grey level of each, uint8."""

    sharpness: float
    light: float
    rows: Pixels
    columns: Pixels
    bars: Bars


def look_at(rgb: Pixels) -> Look:
    """``rgb`` uint8 (height, width, 3). ``light`` falls for pictures that are nearly black, white or flat."""
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    rows, columns = grey.max(axis=1), grey.max(axis=0)
    bars = _flat_bars(grey, rows, columns)
    inner = without_bars(grey, bars)
    energy = float(inner.var())
    edges = float(cv2.Laplacian(inner, cv2.CV_32F).var()) / 16
    sharpness = edges / (edges + _SHARPNESS_HALF * energy) if energy > 1 else 0.0
    mean = float(inner.mean()) / 255
    light = min(1.0, mean / 0.22, (1 - mean) / 0.12, energy / 200)
    return Look(sharpness, max(0.0, light), rows, columns, bars)


def bars_of(looks: Sequence[Look]) -> Bars:
    """Bars that all pictures share: one dark scene alone makes none where another picture shows something."""
    if not looks:
        return Bars()
    rows = np.max([look.rows for look in looks], axis=0)
    columns = np.max([look.columns for look in looks], axis=0)
    top, bottom = _dark_ends(rows > _DARK_LEVEL, _WIDEST_BAR)
    left, right = _dark_ends(columns > _DARK_LEVEL, _WIDEST_BAR)
    return Bars(left, top, right, bottom)


def _flat_bars(grey: Pixels, rows: Pixels, columns: Pixels) -> Bars:
    """Bars of one picture alone: black, even, and as wide on both sides."""
    shown_rows = (rows > _DARK_LEVEL) | (rows - grey.min(axis=1) > _FLAT_SPREAD)
    shown_columns = (columns > _DARK_LEVEL) | (columns - grey.min(axis=0) > _FLAT_SPREAD)
    top, bottom = _dark_ends(shown_rows, _WIDEST_FLAT_BAR)
    left, right = _dark_ends(shown_columns, _WIDEST_FLAT_BAR)
    if abs(top - bottom) > _UNEVEN_BARS:
        top = bottom = 0.0
    if abs(left - right) > _UNEVEN_BARS:
        left = right = 0.0
    return Bars(left, top, right, bottom)


def _dark_ends(shown: npt.NDArray[np.bool_], widest: float) -> tuple[float, float]:
    """Shares of the lines before the first and behind the last that shows something; (0, 0) where they are too many."""
    lines = np.flatnonzero(shown)
    if not len(lines):
        return 0.0, 0.0
    ends = lines[0] / len(shown), (len(shown) - 1 - lines[-1]) / len(shown)
    # a line more than was found: the edge of a bar is half dark
    first, last = (float(end) + 1 / len(shown) if end > 0.01 else 0.0 for end in ends)
    return (0.0, 0.0) if max(first, last) > widest else (first, last)


def without_bars(rgb: Pixels, bars: Bars) -> Pixels:
    """The picture inside its bars, contiguous."""
    height, width = rgb.shape[:2]
    rows = slice(int(np.ceil(bars.top * height)), height - int(np.ceil(bars.bottom * height)))
    columns = slice(int(np.ceil(bars.left * width)), width - int(np.ceil(bars.right * width)))
    return np.ascontiguousarray(rgb[rows, columns])


def focus_inside(box: tuple[float, float, float, float], bars: Bars) -> tuple[float, float]:
    """The middle of a face, a little lower so that there is room for the shoulders, in shares of the inner picture."""
    x = (box[0] + box[2]) / 2
    y = (box[1] + box[3]) / 2 + 0.15 * (box[3] - box[1])
    return (
        _share((x - bars.left) / (1 - bars.left - bars.right)),
        _share((y - bars.top) / (1 - bars.top - bars.bottom)),
    )


def _share(part: float) -> float:
    return round(min(1.0, max(0.0, part)), 4)
