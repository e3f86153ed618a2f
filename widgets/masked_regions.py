"""Hiding parts of a picture on the screen, as they are hidden in what leaves the library."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

Region = tuple[float, float, float, float]
"""x, y, width, height as fractions of the picture."""
BLOCKS = 6
"""Averages that are left along the longer side."""


def hide_regions(image: QImage, regions: Sequence[Region], mode: str) -> QImage:
    """A copy of a picture with regions pixelated, blurred or black; the picture itself where there are none."""
    if not regions or image.isNull():
        return image
    hidden = image.copy()
    painter = QPainter(hidden)
    ratio = image.devicePixelRatio()
    for region in regions:
        place = _place(region, image.width(), image.height())
        target = QRectF(place.x() / ratio, place.y() / ratio, place.width() / ratio, place.height() / ratio)
        if place.isEmpty():
            continue
        if mode == "black":
            painter.fillRect(target, Qt.GlobalColor.black)
        else:
            painter.drawImage(target, _averages(image.copy(place), smooth=mode == "blur"))
    painter.end()
    return hidden


def _place(region: Region, width_px: int, height_px: int) -> QRect:
    """Rounded outwards, so that no row of what is hidden stays."""
    x, y, width, height = region
    left, top = max(0, math.floor(x * width_px)), max(0, math.floor(y * height_px))
    right, bottom = math.ceil((x + width) * width_px), math.ceil((y + height) * height_px)
    return QRect(left, top, min(right, width_px) - left, min(bottom, height_px) - top)


def _averages(part: QImage, *, smooth: bool) -> QImage:
    size = part.size()
    block_px = max(size.width(), size.height()) / BLOCKS
    aspect, averaged = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    few = part.scaled(max(1, round(size.width() / block_px)), max(1, round(size.height() / block_px)), aspect, averaged)
    return few.scaled(size, aspect, averaged if smooth else Qt.TransformationMode.FastTransformation)
