"""Rows of many thousand things as pictures: the work is one NumPy pass over what is visible, whatever the number.

All widths are device pixels. Pictures are ARGB32 premultiplied.
"""

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


def runs_px(x0_px: Floats, x1_px: Floats, join_px: float) -> tuple[Floats, Floats]:
    """Join bars that are nearer than ``join_px``; the bars are sorted by their left edge."""
    if not len(x0_px):
        return x0_px, x1_px
    reach = np.maximum.accumulate(x1_px)
    begins = np.concatenate(([True], x0_px[1:] > reach[:-1] + join_px))
    at = np.flatnonzero(begins)
    return x0_px[at], np.maximum.reduceat(x1_px, at)


def coverage(x0_px: Floats, x1_px: Floats, width_px: int) -> Floats:
    """How much of each pixel column is covered by bars, in [0, 1]; bars thinner than a pixel count as one pixel."""
    ends = np.maximum(x1_px, x0_px + 1.0)
    low = np.clip(x0_px, 0, width_px)
    high = np.clip(ends, 0, width_px)
    change = np.zeros(width_px + 2)
    for places, sign in ((low, 1.0), (high, -1.0)):
        column = places.astype(np.int64)
        part = places - column
        change += sign * np.bincount(column, weights=1.0 - part, minlength=width_px + 2)
        change += sign * np.bincount(column + 1, weights=part, minlength=width_px + 2)
    return np.clip(np.cumsum(change)[:width_px], 0.0, 1.0)


def row_image(alpha: Floats, colour: QColor) -> QImage:
    """A picture one pixel high: the colour with the given opacity for each column, to be stretched when painted."""
    return _tinted(np.rint(alpha * 255.0).astype(np.uint8)[np.newaxis, :], colour)


def wave_image(
    peaks: npt.NDArray[np.float32],
    per_second: float,
    left_s: float,
    px_per_s: float,
    width_px: int,
    height_px: int,
    colour: QColor,
) -> QImage:
    """The sound between two times: least and greatest sample of each column, as a filled shape.

    ``peaks`` is float32 (n, 2) in [-1, 1], ``per_second`` rows a second from second 0.
    """
    edges_s = left_s + np.arange(width_px + 1) / px_per_s
    rows = np.clip((edges_s * per_second).astype(np.int64), 0, max(len(peaks) - 1, 0))
    inside = edges_s[:-1] < len(peaks) / per_second
    low = np.minimum.reduceat(peaks[:, 0], rows[:-1]) if len(peaks) else np.zeros(width_px)
    high = np.maximum.reduceat(peaks[:, 1], rows[:-1]) if len(peaks) else np.zeros(width_px)
    if len(peaks):
        # reduceat runs to the end behind its last index: the last column ends where its edge is
        last = slice(int(rows[-2]), max(int(rows[-1]), int(rows[-2]) + 1))
        low[-1], high[-1] = peaks[last, 0].min(), peaks[last, 1].max()
    middle = (height_px - 1) / 2
    top = np.where(inside, middle - np.clip(high, -1, 1) * middle, middle)
    bottom = np.where(inside, middle - np.clip(low, -1, 1) * middle, middle)
    lines = np.arange(height_px)[:, np.newaxis]
    drawn = (lines >= np.floor(np.minimum(top, middle - 0.4))) & (lines <= np.ceil(np.maximum(bottom, middle + 0.4)))
    strength = np.where(inside, 255, 60).astype(np.uint8)
    return _tinted(np.where(drawn, strength[np.newaxis, :], 0).astype(np.uint8), colour)


def _tinted(alpha: Bytes, colour: QColor) -> QImage:
    height, width = alpha.shape
    pixels = np.empty((height, width, 4), dtype=np.uint8)
    wide = alpha.astype(np.uint16)
    for channel, value in enumerate((colour.blue(), colour.green(), colour.red())):
        pixels[..., channel] = wide * value // 255
    pixels[..., 3] = alpha
    return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
