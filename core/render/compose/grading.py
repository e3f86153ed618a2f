"""The colour grade of a preset and the sharpening of enlarged pictures, once for each picture."""

from typing import cast

import numpy as np
import numpy.typing as npt

from core.render.types import Rgb
from models.opencv import cv2

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def graded(rgb: Rgb, contrast: float, saturation: float) -> Rgb:
    """A picture with a contrast curve around the middle (soft at both ends) and more or less colour."""
    if saturation != 1.0:
        rgb = cast("Rgb", cv2.transform(rgb, _saturating(saturation)))
    if contrast != 1.0:
        rgb = cast("Rgb", cv2.LUT(rgb, contrast_curve(contrast)))
    return rgb


def contrast_curve(contrast: float) -> npt.NDArray[np.uint8]:
    """256 values with the slope ``contrast`` in the middle; above 1 an S from black to white, so that nothing clips."""
    at = np.linspace(-1, 1, 256)
    if contrast > 1:
        strength = _tanh_strength(contrast)
        curved = np.tanh(strength * at) / np.tanh(strength)
    else:
        curved = at * contrast
    values: npt.NDArray[np.uint8] = np.rint((curved + 1) * 127.5).astype(np.uint8)
    return values


def sharpened(rgb: Rgb, enlarged: float) -> Rgb:
    """An unsharp mask for a picture that will be enlarged by a factor: the further, the stronger, up to a limit."""
    amount = min(0.6, 0.3 * enlarged)
    return cast("Rgb", cv2.addWeighted(rgb, 1 + amount, cv2.GaussianBlur(rgb, (0, 0), 0.8), -amount, 0))


def _saturating(saturation: float) -> npt.NDArray[np.float32]:
    """The 3 x 3 that moves colours away from their grey."""
    grey = np.tile(_LUMA, (3, 1))
    return grey + (np.eye(3, dtype=np.float32) - grey) * np.float32(saturation)


def _tanh_strength(slope: float) -> float:
    """The k with k / tanh(k) = slope, by halving: the quotient rises with k and is never below k."""
    low, high = 1e-6, slope
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if middle / np.tanh(middle) < slope else (low, middle)
    return high
