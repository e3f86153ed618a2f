"""The part of a picture that a segment shows, graded and at a size from which each frame is a single cheap warp."""

from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

from core.render.compose.camera import Matrix, within_part
from core.render.compose.grading import graded, sharpened
from core.render.types import Look, Rgb, Rgba
from models.opencv import cv2

Pixels: TypeAlias = npt.NDArray[np.uint8]

_MARGIN_PX = 2


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """``pixels``: the part from (``left``, ``top``) of the picture, scaled by ``across`` and ``down``.

    There are four channels because warping four takes half the time of warping three; the last one is of no meaning.
    """

    pixels: Rgba
    left: float
    top: float
    across: float
    down: float

    def warp(self, matrix: Matrix, target: Rgb) -> None:
        """Fill ``target`` with what ``matrix`` (target to picture) sees.

        Linear: OpenCV's linear warp is exact in its places, its cubic one moves in steps of a 32nd of a pixel; the
        level has about the density of the target, so that linear costs no sharpness that can be seen.
        """
        height, width = target.shape[:2]
        looked = within_part(matrix, self.left, self.top, self.across, self.down)
        drawn = cv2.warpAffine(
            self.pixels,
            looked,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        cv2.cvtColor(drawn, cv2.COLOR_RGBA2RGB, dst=target)


def make_level(
    rgb: Rgb, seen: tuple[float, float, float, float], density: float, look: Look, *, enlarged: float
) -> Level:
    """A level of what is ``seen`` (left, top, right, bottom in pixels) with ``density`` pixels for one of ``rgb``.

    ``enlarged``: its density in the full frame, which decides the sharpening at every size.
    """
    height, width = rgb.shape[:2]
    margin = _MARGIN_PX / min(1.0, density)
    left, top = max(0, int(seen[0] - margin)), max(0, int(seen[1] - margin))
    right, bottom = min(width, int(np.ceil(seen[2] + margin))), min(height, int(np.ceil(seen[3] + margin)))
    part = rgb[top:bottom, left:right]
    size = max(2, round((right - left) * density)), max(2, round((bottom - top) * density))
    if enlarged > 1:
        part = sharpened(np.ascontiguousarray(part), enlarged)
    scaled = graded(scaled_to(part, size), look.grade_contrast, look.grade_saturation)
    pixels = cast("Rgba", cv2.cvtColor(scaled, cv2.COLOR_RGB2RGBA))
    return Level(pixels, left, top, size[0] / (right - left), size[1] / (bottom - top))


def scaled_to(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Pixels at (width, height): the mean of areas where it shrinks, cubic where it grows."""
    shrinks = size[0] <= pixels.shape[1] and size[1] <= pixels.shape[0]
    way = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cast("Pixels", cv2.resize(np.ascontiguousarray(pixels), size, interpolation=way))
