"""All ribbons of one look as one picture: the work is one NumPy pass over the pixels, whatever their number."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, qRgba

Floats = npt.NDArray[np.float64]
_HATCH_PX = 7


def ribbons_image(
    lefts_px: Floats,
    rights_px: Floats,
    strengths: Floats,
    width_px: int,
    colour: QColor,
    pattern: Qt.BrushStyle,
    *,
    top_px: int = 0,
) -> QImage:
    """A picture of ribbons in device pixels.

    ``lefts_px``, ``rights_px``: float64 (n, height), their edges in each row of pixels; ``strengths`` (n,): opacity of
    each in [0, 1]; where ribbons lie on one another opacities add up. ``pattern``: a hatching over the colour, that
    goes on over pictures with another ``top_px``, the row at which this one begins.
    """
    count, height_px = lefts_px.shape
    if not count or not height_px or width_px <= 0:
        return QImage()
    opacity = _coverage(lefts_px, rights_px, strengths, width_px)
    hatched = _hatching(height_px, width_px, pattern, top_px)
    if hatched is not None:
        opacity = np.where(hatched & (opacity > 0.02), np.minimum(opacity * 1.9, 1.0), opacity)
    values = np.rint(np.clip(opacity, 0.0, 1.0) * 255.0).astype(np.uint8)
    image = QImage(values.tobytes(), width_px, height_px, width_px, QImage.Format.Format_Indexed8)
    image.setColorTable(list(_table(colour.red(), colour.green(), colour.blue())))
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


@lru_cache(maxsize=32)
def _table(red: int, green: int, blue: int) -> tuple[int, ...]:
    return tuple(qRgba(red, green, blue, alpha) for alpha in range(256))


def _coverage(lefts_px: Floats, rights_px: Floats, strengths: Floats, width_px: int) -> Floats:
    """Opacity of each pixel: what begins and ends in each row is summed up from left to right."""
    count, height_px = lefts_px.shape
    stride = width_px + 2
    rows = np.broadcast_to(np.arange(height_px) * stride, (count, height_px))
    weights = np.broadcast_to(strengths[:, np.newaxis], (count, height_px))
    places: list[npt.NDArray[np.int64]] = []
    amounts: list[Floats] = []
    for edges, sign in ((lefts_px, 1.0), (np.maximum(rights_px, lefts_px + 0.7), -1.0)):
        inside = np.clip(edges, 0.0, width_px)
        columns = inside.astype(np.int64)
        parts = inside - columns
        flat = (rows + columns).ravel()
        places += [flat, flat + 1]
        amounts += [((1.0 - parts) * weights * sign).ravel(), (parts * weights * sign).ravel()]
    change = np.bincount(np.concatenate(places), weights=np.concatenate(amounts), minlength=height_px * stride)
    return np.asarray(np.cumsum(change[: height_px * stride].reshape(height_px, stride), axis=1)[:, :width_px])


def _hatching(height_px: int, width_px: int, pattern: Qt.BrushStyle, top_px: int) -> npt.NDArray[np.bool_] | None:
    if pattern == Qt.BrushStyle.SolidPattern:
        return None
    rows, columns = np.ogrid[top_px : top_px + height_px, :width_px]
    falling = (columns - rows) % _HATCH_PX == 0
    if pattern == Qt.BrushStyle.FDiagPattern:
        return np.asarray(falling)
    rising = (columns + rows) % _HATCH_PX == 0
    return np.asarray(rising if pattern == Qt.BrushStyle.BDiagPattern else rising | falling)
