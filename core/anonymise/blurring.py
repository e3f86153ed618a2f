"""Covering parts of decoded pictures, in their own colour planes: what is not covered stays as it was.

Blur and pixelate keep nothing but the mean of each of a few cells. A Gaussian blur could be undone in part; the mean of
many pixels cannot.
"""

from collections.abc import Sequence
from typing import TypeAlias, cast

import av
import numpy as np
import numpy.typing as npt

from core.anonymise.covering import Rect
from core.anonymise.types import Style
from models.opencv import cv2

MOST_CELLS, LEAST_CELLS = 8.0, 2.0
LEAST_CELL_PX = 6
"""Of small faces, cells are larger than the share of the face: a face of 24 px is known again from 8 cells."""
_BLACK_LUMA, _BLACK_LUMA_FULL, _GREY_CHROMA = 16, 0, 128
_DETAIL_OF_BLUR = 0.5

Plane: TypeAlias = npt.NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
"""Luma (height, width) and twice chroma (height / 2, width / 2)."""


def cells_across(strength: float) -> float:
    """Cells across a cover: 8 at 0, 2 at 1."""
    return MOST_CELLS + (LEAST_CELLS - MOST_CELLS) * strength


class Brush:
    """Covers rectangles of upright planes."""

    def __init__(self, style: Style, strength: float, *, full_range: bool = False) -> None:
        self._style = style
        self._cells = cells_across(strength)
        self._black = _BLACK_LUMA_FULL if full_range else _BLACK_LUMA

    def cover(self, planes: Planes, rects: Sequence[Rect]) -> None:
        """Change the planes where the rectangles lie; bounds go outwards to whole 2 x 2 pixels."""
        height, width = planes[0].shape
        for rect in rects:
            left, top, right, bottom = _pixels(rect, width, height)
            if right > left and bottom > top:
                self._cover(planes, left, top, right, bottom)

    def _cover(self, planes: Planes, left: int, top: int, right: int, bottom: int) -> None:
        luma = planes[0][top:bottom, left:right]
        chroma = [plane[top // 2 : bottom // 2, left // 2 : right // 2] for plane in planes[1:]]
        if self._style == "box":
            luma[:] = self._black
            for plane in chroma:
                plane[:] = _GREY_CHROMA
            return
        cell_px = max(LEAST_CELL_PX, max(right - left, bottom - top) / self._cells)
        for plane, scale in ((luma, 1), (chroma[0], 2), (chroma[1], 2)):
            plane[:] = self._coarse(plane, cell_px / scale)

    def _coarse(self, plane: Plane, cell_px: float) -> Plane:
        height, width = plane.shape
        if self._style == "blur":
            cell_px *= 1 + _DETAIL_OF_BLUR  # without steps between cells more of a face is seen in as many
        grid = (max(1, round(width / cell_px)), max(1, round(height / cell_px)))
        means = cv2.resize(np.ascontiguousarray(plane), grid, interpolation=cv2.INTER_AREA)
        how = cv2.INTER_NEAREST if self._style == "pixelate" else cv2.INTER_LINEAR
        return cast("Plane", cv2.resize(means, (width, height), interpolation=how))


def _pixels(rect: Rect, width: int, height: int) -> tuple[int, int, int, int]:
    left, top = int(np.floor(rect[0] * width)) // 2 * 2, int(np.floor(rect[1] * height)) // 2 * 2
    right, bottom = -(-int(np.ceil(rect[2] * width)) // 2) * 2, -(-int(np.ceil(rect[3] * height)) // 2) * 2
    return max(0, left), max(0, top), min(width, right), min(height, bottom)


def upright_planes(frame: av.VideoFrame, rotation_deg: int) -> Planes:
    """Copies of the planes of an 8-bit 4:2:0 frame, turned upright; an odd last row or column is left out."""
    width, height = frame.width // 2 * 2, frame.height // 2 * 2
    cut = ((width, height), (width // 2, height // 2), (width // 2, height // 2))
    found = []
    for plane, (columns, rows) in zip(frame.planes, cut, strict=True):
        pixels = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:rows, :columns]
        found.append(np.ascontiguousarray(np.rot90(pixels, rotation_deg // 90)) if rotation_deg else pixels.copy())
    return found[0], found[1], found[2]


def frame_of(planes: Planes, format_name: str) -> av.VideoFrame:
    """A frame of these planes."""
    height, width = planes[0].shape
    frame = av.VideoFrame(width, height, format_name)
    for plane, pixels in zip(frame.planes, planes, strict=True):
        room = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        room[: pixels.shape[0], : pixels.shape[1]] = pixels
    return frame
