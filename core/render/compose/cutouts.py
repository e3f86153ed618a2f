"""A subject that was cut out of its picture, with its shadow and glow, moving before a background."""

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from core.render.compose.camera import Matrix, looking, within_part
from core.render.compose.colours import colour
from core.render.compose.dither import WHOLE, noise
from core.render.compose.grading import graded
from core.render.compose.levels import scaled_to
from core.render.compose.shades import Floats
from core.render.compose.stills import Coverage, Opened
from core.render.types import CameraKey, Look, Rgb, Rgba
from models.opencv import cv2

_SEEN = 8  # alpha that counts when the edges of a subject are looked for
_DENSITY = 1.15
_PARALLAX = 0.10
_ZOOM_SHARE = 0.7
_SIDE_ROOM, _LEAST_HELD_BACK = 0.03, 0.5
# A subject whose lower edge was cut by its picture's border for this share of its width stands on the frame's edge.
_CUT_SHARE = 0.3
_BELOW_EDGE = 1.004
_ROWS_AT_ONCE = 256  # floating point for a whole layer would take hundreds of megabytes


@dataclass(frozen=True, slots=True)
class Box:
    """Where a subject has its place at zoom 1, in shares of the place's width and height.

    From ``top`` to ``bottom`` it may reach where it is nearest: neither the place's edge nor words cut it off.
    """

    width: float
    height: float
    middle_y: float
    top: float = 0.05
    bottom: float = 0.95


class Cutout:
    """Draws a subject. Shadow and glow are part of its layer, so all moves together in one warp."""

    def __init__(
        self,
        opened: Opened,
        place: tuple[float, float],
        box: Box,
        keys: tuple[CameraKey, ...],
        look: Look,
        *,
        offset: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """``place``: width and height in pixels; ``offset``: where it is in the target; ``keys``: the whole move."""
        assert opened.coverage is not None
        left, top, right, bottom = subject_edges(opened.coverage)
        subject = right - left, bottom - top
        self._stands = is_cut_below(opened.coverage)
        self._place, self._box, self._offset = place, box, offset
        fitted = min(place[0] * box.width / subject[0], place[1] * box.height / subject[1])
        if not self._stands:
            fitted *= self._held_back((subject[0] * fitted, subject[1] * fitted), keys)
        self._scale = 1 / fitted  # pixels of the picture on one of the place
        self._middle = (left + right) / 2, bottom if self._stands else (top + bottom) / 2
        zooms = [_zoomed(key) for key in keys]
        density = _DENSITY * fitted * math.sqrt(min(zooms) * max(zooms))
        self._reach_px = max(place[0] * 0.16 * density * self._scale, 4.0)
        self._layer = self._make_layer(opened, (left, top, right, bottom), density, look)

    def draw(self, key: CameraKey, target: Rgb) -> None:
        """Lay the subject over ``target``."""
        matrix = self._matrix(key)
        left, top, right, bottom = self._covered(matrix, target)
        if right <= left or bottom <= top:
            return
        moved = matrix.copy()
        moved[:, 2] += matrix[:, :2] @ np.array([left, top], np.float64)
        drawn = cv2.warpAffine(
            self._layer, moved, (right - left, bottom - top), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        lay_over(cast("Rgba", drawn), target[top:bottom, left:right])

    def _held_back(self, size: tuple[float, float], keys: tuple[CameraKey, ...]) -> float:
        """How much smaller a subject of that size is drawn, so that the whole move keeps all of it in its box."""
        (width, height), box = self._place, self._box
        factor = 1.0
        for key in keys:
            turned = math.radians(abs(key.angle_deg))
            nearness = _zoomed(key) / 2
            across = (size[0] * math.cos(turned) + size[1] * math.sin(turned)) * nearness
            along = (size[1] * math.cos(turned) + size[0] * math.sin(turned)) * nearness
            aside, down = _PARALLAX * abs(key.x - 0.5), box.middle_y - _PARALLAX * 0.5 * (key.y - 0.5)
            beside = (0.5 - _SIDE_ROOM - aside) * width
            above_and_below = min(down - box.top, box.bottom - down) * height
            factor = min(factor, beside / across, above_and_below / along)
        return max(factor, _LEAST_HELD_BACK)

    def _matrix(self, key: CameraKey) -> Matrix:
        """From the place to the layer."""
        width, height = self._place
        scale = self._scale / _zoomed(key)
        # What stands on the edge reaches a little past it and does not turn: nothing may show under it.
        down = _BELOW_EDGE if self._stands else self._box.middle_y - _PARALLAX * 0.5 * (key.y - 0.5)
        angle = 0.0 if self._stands else math.radians(key.angle_deg)
        shown_at = width * (0.5 - _PARALLAX * (key.x - 0.5)), height * down
        looked = looking(scale, angle, self._middle, (2 * shown_at[0], 2 * shown_at[1]))
        looked[:, 2] -= looked[:, :2] @ np.array(self._offset, np.float64)
        return within_part(looked, *self._part)

    def _covered(self, matrix: Matrix, target: Rgb) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the part of ``target`` that the layer reaches."""
        height, width = self._layer.shape[:2]
        back = cv2.invertAffineTransform(matrix)
        corners = np.array([(x, y, 1.0) for x in (-1, width) for y in (-1, height)]) @ back.T
        low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0)) + 1
        return (
            max(0, int(low[0])),
            max(0, int(low[1])),
            min(target.shape[1], int(high[0])),
            min(target.shape[0], int(high[1])),
        )

    def _make_layer(self, opened: Opened, edges: tuple[int, int, int, int], density: float, look: Look) -> Rgba:
        """Premultiplied: the subject over its shadow over its glow, with room for both around it."""
        assert opened.coverage is not None
        left, top, right, bottom = edges
        size = max(2, round((right - left) * density)), max(2, round((bottom - top) * density))
        pad = math.ceil(self._reach_px)
        across, down = size[0] / (right - left), size[1] / (bottom - top)
        self._part = left - pad / across, top - pad / down, across, down
        rgb = graded(
            np.ascontiguousarray(opened.rgb[top:bottom, left:right]), look.grade_contrast, look.grade_saturation
        )
        alpha = np.ascontiguousarray(opened.coverage[top:bottom, left:right])
        premultiplied = cv2.multiply(rgb, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB), scale=1 / 255)
        colours = _padded(scaled_to(cast("Rgb", premultiplied), size), pad)
        coverage = _padded(scaled_to(alpha, size), pad)
        shadow, halo = self._shadow_and_halo(coverage, look)
        layer = np.empty((*coverage.shape, 4), np.uint8)
        for top_row in range(0, len(layer), _ROWS_AT_ONCE):
            rows = slice(top_row, top_row + _ROWS_AT_ONCE)
            layer[rows] = _merged(colours[rows], coverage[rows], shadow[rows], halo[rows], look)
        return layer

    def _shadow_and_halo(self, coverage: Coverage, look: Look) -> tuple[Floats, Floats]:
        """Opacity of the shadow and of the glow under the subject, before the subject is laid over them."""
        opacity = coverage.astype(np.float32) / np.float32(255)
        shadow, halo = np.zeros_like(opacity), np.zeros_like(opacity)
        if look.shadow and not self._stands:
            reach = self._reach_px
            wide = _softened(opacity, reach * 0.24, reach * 0.20) * np.float32(0.42)
            tight = _softened(opacity, reach * 0.05, reach * 0.045) * np.float32(0.26)
            shadow = 1 - (1 - wide) * (1 - tight)
        if look.glow:
            halo = _softened(opacity, self._reach_px * 0.26, 0) * np.float32(0.75)
        return shadow, halo


def _zoomed(key: CameraKey) -> float:
    """How much larger than its place a subject is: less than a picture would be, for nothing of it may be lost."""
    return 1 + max(0.0, key.zoom - 1) * _ZOOM_SHARE


def subject_edges(coverage: Coverage) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is there; the whole picture when nothing is."""
    seen = coverage >= _SEEN
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return 0, 0, coverage.shape[1], coverage.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def lay_over(premultiplied: Rgba, under: Rgb) -> None:
    """Blend a premultiplied layer into a picture of its size, in place."""
    alpha = np.ascontiguousarray(premultiplied[..., 3])
    kept = cv2.multiply(np.ascontiguousarray(under), cv2.cvtColor(255 - alpha, cv2.COLOR_GRAY2RGB), scale=1 / 255)
    under[...] = cv2.add(kept, cv2.cvtColor(premultiplied, cv2.COLOR_RGBA2RGB))


def _merged(colours: Rgb, coverage: Coverage, shadow: Floats, halo: Floats, look: Look) -> Rgba:
    """Subject over shadow over glow, premultiplied. What is soft is dithered, a subject's own pixels are not."""
    seen = 1 - coverage.astype(np.float32) / np.float32(255)
    under = halo + shadow * (1 - halo)
    values = np.empty((*coverage.shape, 4), np.float32)
    values[..., :3] = colours
    if look.glow:
        values[..., :3] += colour(look.glow) * (halo * (1 - shadow * np.float32(0.5)) * seen)[..., None]
    values[..., 3] = coverage + under * seen * 255
    grain = noise(values.shape[1], values.shape[0])[..., :1].astype(np.float32) / WHOLE
    soft = (coverage < 255) & (values[..., 3] > 0)
    merged: Rgba = np.minimum(values + np.where(soft[..., None], grain, 0.5), 255).astype(np.uint8)
    return merged


def is_cut_below(coverage: Coverage) -> bool:
    """Whether the picture's lower border went through the subject: it then stands on the frame's lower edge."""
    left, _, right, bottom = subject_edges(coverage)
    if bottom < coverage.shape[0]:
        return False
    return float(np.mean(coverage[-1, left:right] >= 128)) >= _CUT_SHARE


def _padded(pixels: npt.NDArray[np.uint8], pad: int) -> npt.NDArray[np.uint8]:
    return cast("Coverage", cv2.copyMakeBorder(pixels, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0))


def _softened(opacity: Floats, sigma_px: float, down_px: float) -> Floats:
    """Blurred and moved down. Wide blurs are made at a fraction of the size: nobody sees the difference."""
    step = max(1, int(sigma_px / 2.5))
    height, width = opacity.shape
    small = cv2.resize(opacity, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma_px / step), borderType=cv2.BORDER_CONSTANT)
    whole = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    move = np.array([[1, 0, 0], [0, 1, down_px]], np.float64)
    return cast("Floats", cv2.warpAffine(whole, move, (width, height), flags=cv2.INTER_LINEAR))
