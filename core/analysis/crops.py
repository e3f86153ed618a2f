"""Square crops around faces: cut once from the decoded picture, used for vectors, for views and for exports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import simplejpeg

from models.faces import FloatArray, ImageArray
from models.opencv import cv2

CROP_SCALE = 1.9  # side of the crop in sides of the face box: holds the chip of every embedder, rolled heads too
CROP_MAX_PX = 192  # larger faces are shrunk: embedders take 112 to 150 px out of the middle four fifths


RegionReader = Callable[[int, int, int, int], ImageArray]


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop and where the face lies in it: ``landmarks_px`` (6, 2) and ``box_px`` (x0, y0, x1, y1) in crop pixels.

    ``scale`` is crop pixels per source pixel.
    """

    rgb: ImageArray
    landmarks_px: FloatArray
    box_px: FloatArray
    scale: float


def cut_crop(
    region_of: RegionReader, size_px: tuple[int, int], box: npt.NDArray[np.float32], landmarks: FloatArray
) -> Crop | None:
    """The crop of one face; ``box`` and ``landmarks`` in [0, 1] of the picture, whose (width, height) is ``size_px``.

    ``region_of(left, top, right, bottom)`` gives RGB pixels of the picture. None if the box lies outside.
    """
    width_px, height_px = size_px
    size = np.array([width_px, height_px], np.float32)
    low, high = box[:2] * size, box[2:] * size
    half_px = max(float((high - low).max()), 2.0) * CROP_SCALE / 2
    centre = (low + high) / 2
    left, top = (max(0, int(np.floor(value - half_px))) for value in centre)
    right = min(width_px, int(np.ceil(centre[0] + half_px)))
    bottom = min(height_px, int(np.ceil(centre[1] + half_px)))
    if right - left < 4 or bottom - top < 4:
        return None
    region = region_of(left, top, right, bottom)
    scale = min(1.0, CROP_MAX_PX / max(region.shape[:2]))
    if scale < 1.0:
        region = _shrunk(region, max(4, round(region.shape[1] * scale)), max(4, round(region.shape[0] * scale)))
    origin = np.array([left, top], np.float32)
    return Crop(
        rgb=np.ascontiguousarray(region),
        landmarks_px=((landmarks * size - origin) * scale).astype(np.float32),
        box_px=np.concatenate([(low - origin) * scale, (high - origin) * scale]).astype(np.float32),
        scale=scale,
    )


def _shrunk(region: ImageArray, width_px: int, height_px: int) -> ImageArray:
    """Halved by area while that is not too much, then scaled bilinearly: misses no pixel at a tenth of the cost."""
    height, width = region.shape[:2]
    while height >= 2 * height_px and width >= 2 * width_px:
        height, width = height // 2, width // 2
        even = region[: 2 * height, : 2 * width]
        region = cast("ImageArray", cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA))
    return cast("ImageArray", cv2.resize(region, (width_px, height_px), interpolation=cv2.INTER_LINEAR))


def encode_crop(rgb: ImageArray, quality: int) -> bytes:
    """JPEG without chroma subsampling: vectors are computed from these very bytes, now and at a later run."""
    data: bytes = simplejpeg.encode_jpeg(rgb, quality=quality, colorspace="RGB", colorsubsampling="444")
    return data


def decode_crop(data: bytes) -> ImageArray:
    """RGB pixels of an encoded crop. Raises ValueError for bytes that are no JPEG."""
    rgb: ImageArray = simplejpeg.decode_jpeg(data, colorspace="RGB")
    return rgb
