"""The stored images of the facebank: lossless, so that a vector made anew of them is the same."""

from pathlib import Path
from typing import cast

import numpy as np

from models.faces import ImageArray
from models.opencv import cv2


def png_bytes(rgb: ImageArray) -> bytes:
    """A picture (h, w, 3) as PNG."""
    _, data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    return bytes(data)


def read_png(path: Path) -> ImageArray:
    """RGB pixels (h, w, 3). Raises OSError, and ValueError for what is no image."""
    bgr = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError(f"{path} is no image")
    return cast("ImageArray", cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
