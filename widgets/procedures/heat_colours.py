"""The colours of similarity: a scale whose lightness rises evenly, readable in grey and by colour-blind people.

Method: the anchors follow "cividis" (Nuñez, Anderton, Renslow 2018: Optimizing colormaps with consideration for color
vision deficiency, PLOS ONE 13(7)).
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage, qRgb

_ANCHORS = (
    (0, 34, 78),
    (33, 53, 107),
    (65, 77, 107),
    (96, 99, 111),
    (124, 123, 120),
    (155, 147, 118),
    (188, 174, 108),
    (222, 203, 90),
    (254, 232, 56),
)


@lru_cache(maxsize=1)
def heat_table() -> tuple[int, ...]:
    """256 colours as 0xffRRGGBB, from unlike to alike."""
    at = np.linspace(0, len(_ANCHORS) - 1, 256)
    channels = [np.interp(at, range(len(_ANCHORS)), [anchor[c] for anchor in _ANCHORS]) for c in range(3)]
    return tuple(qRgb(round(red), round(green), round(blue)) for red, green, blue in zip(*channels, strict=True))


def similarities(rows: Sequence[Sequence[int]]) -> npt.NDArray[np.uint8]:
    """Rows of 0 … 255 as an array (gold, trainee); nothing where there are no rows."""
    if not len(rows) or not len(rows[0]):
        return np.zeros((0, 0), dtype=np.uint8)
    # by way of bytes: ten times faster than asking NumPy to look at every number
    return np.frombuffer(b"".join(map(bytes, rows)), dtype=np.uint8).reshape(len(rows), len(rows[0]))


def heat_image(values: npt.NDArray[np.uint8]) -> QImage:
    """The picture of similarities, one pixel each."""
    height, width = values.shape
    if not height or not width:
        return QImage()
    image = QImage(values.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(list(heat_table()))
    return image.convertToFormat(QImage.Format.Format_RGB32)


def heat_scale() -> QImage:
    """One column of all colours, alike on top."""
    return heat_image(np.arange(255, -1, -1, dtype=np.uint8)[:, np.newaxis])
