"""Small pictures of any shape for plans."""

from pathlib import Path

import numpy as np
from PIL import Image


def picture(path: Path, width_px: int = 90, height_px: int = 160, *, shade: int = 0) -> str:
    """A gradient as PNG, JPEG or WebP by the name's ending; ``shade`` makes the content another."""
    down, across = np.mgrid[0:height_px, 0:width_px]
    rgb = np.stack([across % 256, down % 256, np.full_like(down, shade)], axis=-1).astype(np.uint8)
    Image.fromarray(rgb).save(path)
    return str(path)


def mask(path: Path, width_px: int = 90, height_px: int = 160, *, alpha: tuple[int, int] = (0, 255)) -> str:
    """A PNG whose left half has the first alpha, its right half the second."""
    rgba = np.full((height_px, width_px, 4), 255, np.uint8)
    rgba[:, : width_px // 2, 3], rgba[:, width_px // 2 :, 3] = alpha
    Image.fromarray(rgba).save(path)
    return str(path)
