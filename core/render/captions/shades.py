"""What lies under and around the letters, as soft or sharp coverage: strokes, shadows, glows, plates, darkenings."""

import numpy as np
import numpy.typing as npt

from core.render.captions.glyphs import Coverage
from core.render.captions.placing import Box
from models.opencv import cv2

Share = npt.NDArray[np.float32]
"""How much of each pixel, float32 (height, width) in [0, 1]."""
STROKE_TIMES = 3
_WIDE_PX = 14
_SOFT_ACROSS_EM, _SOFT_DOWN_EM, _SOFT_BLUR_EM = 0.5, 0.32, 0.46


def share(coverage: Coverage) -> Share:
    """Coverage as a share."""
    return coverage.astype(np.float32) / np.float32(255)


def stroke(fine: Coverage, radius_px: float) -> Share:
    """Letters made larger all around by ``radius_px``, with round corners; ``fine`` is STROKE_TIMES as large.

    By the exact distance to the letters (Felzenszwalb and Huttenlocher, 2012), then averaged down.
    """
    found = np.zeros((fine.shape[0] // STROKE_TIMES, fine.shape[1] // STROKE_TIMES), np.float32)
    inside = fine > 127
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(rows):
        return found
    reach = int(radius_px) + 2
    top, left = (max(0, int(ends[0]) // STROKE_TIMES - reach) for ends in (rows, columns))
    bottom = min(found.shape[0], int(rows[-1]) // STROKE_TIMES + 1 + reach)
    right = min(found.shape[1], int(columns[-1]) // STROKE_TIMES + 1 + reach)
    part = inside[top * STROKE_TIMES : bottom * STROKE_TIMES, left * STROKE_TIMES : right * STROKE_TIMES]
    away = cv2.distanceTransform((~part).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    grown = np.clip(radius_px * STROKE_TIMES + 0.5 - away, 0.0, 1.0)
    found[top:bottom, left:right] = cv2.resize(grown, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    return found


def blurred(what: Share, sigma_px: float, *, down_px: float = 0.0) -> Share:
    """Softened and moved down by whole pixels. Wide blurs are made on a smaller picture, where nothing is lost."""
    times = 4 if sigma_px >= _WIDE_PX else 2 if sigma_px >= _WIDE_PX / 2 else 1
    size = what.shape[1::-1]
    small = what if times == 1 else cv2.resize(what, _smaller(size, times), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.3, sigma_px / times), borderType=cv2.BORDER_CONSTANT)
    if times > 1:
        soft = cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC).clip(0.0, 1.0)
    moved = round(down_px)
    if moved:
        soft = np.roll(soft, moved, axis=0)
        soft[:moved] = 0
    return np.asarray(soft, np.float32)


def _smaller(size: tuple[int, ...], times: int) -> tuple[int, int]:
    return max(1, round(size[0] / times)), max(1, round(size[1] / times))


def rounded(box: Box, radius_px: float, shape: tuple[int, int]) -> Share:
    """A rectangle with round corners, its edges smooth to parts of a pixel."""
    rows = np.arange(shape[0], dtype=np.float32)[:, None] + 0.5
    columns = np.arange(shape[1], dtype=np.float32)[None, :] + 0.5
    radius = min(radius_px, (box.right - box.left) / 2, (box.bottom - box.top) / 2)
    beside = np.maximum(box.left + radius - columns, columns - (box.right - radius))
    beyond = np.maximum(box.top + radius - rows, rows - (box.bottom - radius))
    corner = np.hypot(np.maximum(beside, 0), np.maximum(beyond, 0))
    signed = corner + np.minimum(np.maximum(beside, beyond), 0) - radius
    return np.asarray(np.clip(0.5 - signed, 0.0, 1.0), np.float32)


def soft_ground(lines: list[Box], font_px: float, shape: tuple[int, int]) -> Share:
    """A cloud that follows the lines: full under the letters, gone a line's height away from them."""
    ground = np.zeros(shape, np.float32)
    for line in lines:
        top, bottom = line.top - _SOFT_DOWN_EM * font_px, line.bottom + _SOFT_DOWN_EM * font_px
        left, right = line.left - _SOFT_ACROSS_EM * font_px, line.right + _SOFT_ACROSS_EM * font_px
        grown = Box(left, top, right, bottom)
        ground = np.maximum(ground, rounded(grown, 0.5 * font_px, shape))
    soft = blurred(ground, _SOFT_BLUR_EM * font_px)
    return np.asarray(np.minimum(soft / max(float(soft.max()), 1e-6), 1.0), np.float32)


def fading(zone: Box, edge_px: float, shape: tuple[int, int]) -> Share:
    """1 inside a zone, 0 outside of it, with a smooth step of ``edge_px`` along the inner side of its edge."""
    rows = np.arange(shape[0], dtype=np.float32)[:, None] + 0.5
    columns = np.arange(shape[1], dtype=np.float32)[None, :] + 0.5
    across = np.clip(np.minimum(columns - zone.left, zone.right - columns) / max(1.0, edge_px), 0, 1)
    down = np.clip(np.minimum(rows - zone.top, zone.bottom - rows) / max(1.0, edge_px), 0, 1)
    return np.asarray(across * across * (3 - 2 * across) * (down * down * (3 - 2 * down)), np.float32)


def band(top_px: float, bottom_px: float, shape: tuple[int, int]) -> Share:
    """Rows from top to bottom, over the whole width."""
    rows = np.arange(shape[0], dtype=np.float32) + 0.5
    inside = np.clip(np.minimum(rows - top_px, bottom_px - rows) + 0.5, 0.0, 1.0)
    return np.ascontiguousarray(np.broadcast_to(inside[:, None], shape).astype(np.float32))


def around(letters: Coverage, everything: Coverage, reach_px: int) -> npt.NDArray[np.bool_]:
    """The pixels next to letters, up to ``reach_px`` away, that no letter and no picture touches."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach_px + 1, 2 * reach_px + 1))
    near = cv2.dilate((letters > 127).astype(np.uint8), disc) > 0
    found: npt.NDArray[np.bool_] = near & (everything < 4)
    return found
