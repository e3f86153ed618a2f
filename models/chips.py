"""Aligned chips: a face turned, scaled and moved so that its landmarks lie where the embedder expects them."""

from typing import cast

import numpy as np
import numpy.typing as npt

from models.faces import FloatArray, ImageArray
from models.opencv import cv2

SHRINK_BELOW = 0.5  # bilinear sampling skips pixels beyond half size: shrink by area first


def similarity(points: FloatArray, template: FloatArray) -> npt.NDArray[np.float64]:
    """float64 (2, 3): the similarity (rotation, scale, shift) that brings ``points`` nearest to ``template``.

    Least squares in closed form (Umeyama, 1991) over the rows that are finite in both, at least two; raises
    ValueError with fewer.
    """
    used = np.isfinite(points).all(axis=1) & np.isfinite(template).all(axis=1)
    if used.sum() < 2:
        raise ValueError("a face needs at least two landmarks to be aligned")
    source, target = points[used].astype(np.float64), template[used].astype(np.float64)
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    first, second = source - source_mean, target - target_mean
    spread = max(float((first**2).sum()), 1e-12)
    cosine = float((first * second).sum()) / spread
    sine = float((first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]).sum()) / spread
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([rotation, target_mean - rotation @ source_mean])


def align_chip(image_rgb: ImageArray, landmarks_px: FloatArray, *, template_px: FloatArray, size_px: int) -> ImageArray:
    """The chip, uint8 (size, size, 3); what lies outside the picture is black. Raises ValueError: too few landmarks."""
    matrix = similarity(landmarks_px, template_px)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < SHRINK_BELOW:
        height, width = image_rgb.shape[:2]
        smaller = (max(1, round(width * scale * 1.5)), max(1, round(height * scale * 1.5)))
        image_rgb = cast("ImageArray", cv2.resize(image_rgb, smaller, interpolation=cv2.INTER_AREA))
        matrix = matrix.copy()
        matrix[:, 0] *= width / smaller[0]
        matrix[:, 1] *= height / smaller[1]
    return cast("ImageArray", cv2.warpAffine(image_rgb, matrix, (size_px, size_px), flags=cv2.INTER_LINEAR))
