"""Hiding parts of pictures, so that nothing of them is left: pixelated, blurred or black."""

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from core.errors import InvalidRequest
from core.procedures.types import Masks
from models.opencv import cv2

MODES = ("pixelate", "blur", "black")
BLOCKS = 6
"""What is hidden keeps at most this many averages along its longer side: no face is known from 6 x 6."""

Picture = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]


def check_masks(masks: Masks) -> None:
    """Raises InvalidRequest for an unknown mode and for regions that lie outside the picture or have no size."""
    if masks.mode not in MODES:
        raise InvalidRequest(
            f"Pictures cannot be masked by {masks.mode!r}.", action=f"Choose one of: {', '.join(MODES)}."
        )
    for x, y, width, height in masks.regions:
        inside = 0 <= x <= 1 and 0 <= y <= 1 and width > 0 and height > 0 and x + width <= 1 and y + height <= 1
        if not inside:
            raise InvalidRequest(
                f"The masked region {x:g}, {y:g}, {width:g}, {height:g} does not lie inside the picture.",
                action="Give x, y, width and height as fractions of the picture, from 0 to 1.",
            )


def masked(picture_rgb: Picture, boxes: Sequence[Box], mode: str) -> Picture:
    """A copy of an uint8 (h, w, 3) picture with boxes (x, y, w, h; fractions of it) hidden; itself without boxes.

    Bounds are rounded outwards, so that no row of what is hidden stays. Raises InvalidRequest for an unknown mode.
    """
    if mode not in MODES:
        raise InvalidRequest(f"Pictures cannot be masked by {mode!r}.", action=f"Choose one of: {', '.join(MODES)}.")
    if not boxes:
        return picture_rgb
    picture = picture_rgb.copy()
    height_px, width_px = picture.shape[:2]
    for x, y, width, height in boxes:
        left, right = _outward(x, x + width, width_px)
        top, bottom = _outward(y, y + height, height_px)
        if right > left and bottom > top:
            picture[top:bottom, left:right] = _hidden(picture[top:bottom, left:right], mode)
    return picture


def _outward(start: float, end: float, size_px: int) -> tuple[int, int]:
    return max(0, math.floor(start * size_px + 1e-6)), min(size_px, math.ceil(end * size_px - 1e-6))


def _hidden(part: Picture, mode: str) -> Picture:
    if mode == "black":
        return np.zeros_like(part)
    height_px, width_px = part.shape[:2]
    block_px = max(height_px, width_px) / BLOCKS
    blocks = (max(1, round(width_px / block_px)), max(1, round(height_px / block_px)))
    small = cv2.resize(part, blocks, interpolation=cv2.INTER_AREA)
    # blurred is made from the averages alone: a blur of the picture itself could be undone in part
    method = cv2.INTER_LINEAR if mode == "blur" else cv2.INTER_NEAREST
    return cast("Picture", cv2.resize(small, (width_px, height_px), interpolation=method).reshape(part.shape))
