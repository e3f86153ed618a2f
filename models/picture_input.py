"""Pictures as the inputs of detectors that take them at any size in steps, or at one fixed size."""

from dataclasses import dataclass
from typing import cast

import numpy as np

from models.faces import FloatArray, ImageArray
from models.opencv import cv2
from models.runtime import ort

STEP_PX = 32  # the coarsest grid of the detectors here


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """``mean`` and ``scale`` per RGB channel, (value - mean) * scale; ``bgr``: the network wants that order."""

    mean: tuple[float, float, float]
    scale: tuple[float, float, float]
    bgr: bool


def fixed_size(session: ort.InferenceSession) -> tuple[int, int] | None:
    """(width, height) that the graph demands, None when it takes any."""
    height, width = session.get_inputs()[0].shape[2:4]
    return (width, height) if isinstance(width, int) and isinstance(height, int) else None


def blob_of(image_rgb: ImageArray, form: PictureFormat, fixed: tuple[int, int] | None) -> tuple[FloatArray, float]:
    """(1, 3, height, width) float32 with the picture in its upper left corner on black, and the scale it has there.

    Without a fixed size the picture keeps its own, filled up to whole steps.
    """
    height, width = image_rgb.shape[:2]
    if fixed is None:
        canvas_size, scale = filled_size(width, height), 1.0
    else:
        canvas_size, scale = fixed, min(fixed[0] / width, fixed[1] / height)
    if scale != 1.0:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        image_rgb = cast("ImageArray", cv2.resize(image_rgb, size, interpolation=method))
    canvas = np.zeros((1, 3, canvas_size[1], canvas_size[0]), np.float32)
    shown = canvas[0, :, : image_rgb.shape[0], : image_rgb.shape[1]]
    shown[:] = (image_rgb[:, :, ::-1] if form.bgr else image_rgb).transpose(2, 0, 1)
    mean, factor = (_per_channel(values, bgr=form.bgr) for values in (form.mean, form.scale))
    if mean.any():
        canvas -= mean
    if (factor != 1).any():
        canvas *= factor
    return canvas, scale


def _per_channel(values: tuple[float, float, float], *, bgr: bool) -> FloatArray:
    return np.array(values[::-1] if bgr else values, np.float32).reshape(3, 1, 1)


def scaled_to(width_px: int, height_px: int, long_side_px: int) -> tuple[int, int]:
    """(width, height) with at most ``long_side_px`` on the longer side; never larger than it was."""
    scale = min(1.0, long_side_px / max(width_px, height_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))


def filled_size(width_px: int, height_px: int) -> tuple[int, int]:
    """(width, height) filled up to whole steps."""
    return -(-width_px // STEP_PX) * STEP_PX, -(-height_px // STEP_PX) * STEP_PX
