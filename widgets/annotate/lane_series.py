"""Values over time: a line while there are few on the screen, else the least and greatest value of each column."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from widgets.annotate.lane_data import LaneRow
from widgets.theme import Theme
from widgets.timeline.time_axis import TimeAxis

MARGIN_PX = 6
LINE_PX = 8
"""Samples nearer than this on the screen are painted as a picture: a long smooth line costs far more."""
_FILL = 0.20
_GAPS = 4.0
"""Samples further apart than this many times the usual distance are not joined."""

Columns = npt.NDArray[np.float64]


def paint_series(
    painter: QPainter, area: QRect, lane: LaneRow, axis: TimeAxis, colour: QColor, theme: Theme, ratio: float
) -> None:
    """The curve of a lane with a line at nought."""
    series, curve = lane.series, area.adjusted(0, MARGIN_PX, 0, -MARGIN_PX)
    if series is None or not len(series):
        return
    low, high = lane.value_span
    if low < 0.0 < high:
        painter.setPen(QPen(theme.colour("border_strong"), 1, Qt.PenStyle.DashLine))
        y = curve.top() + (high / (high - low)) * curve.height()
        painter.drawLine(QPointF(curve.left(), y), QPointF(curve.right(), y))
    first = max(int(np.searchsorted(series.times_s, axis.left_s)) - 1, 0)
    last = min(int(np.searchsorted(series.times_s, axis.right_s, side="right")) + 1, len(series))
    if last - first <= curve.width() / LINE_PX:
        _paint_line(painter, curve, lane, axis, colour, slice(first, last))
        return
    picture = envelope_image(lane, axis, round(curve.width() * ratio), round(curve.height() * ratio), colour)
    painter.drawImage(curve, picture)


def y_px(curve_top: float, curve_height: float, lane: LaneRow, value: float) -> float:
    """The height of a value on the curve."""
    low, high = lane.value_span
    return curve_top + (1 - (value - low) / (high - low)) * curve_height


def envelope(lane: LaneRow, axis: TimeAxis, width_px: int) -> tuple[Columns, Columns]:
    """Least and greatest value of each column (device pixels); NaN where there is none."""
    nothing = np.full(width_px, np.nan)
    series = lane.series
    if series is None or not len(series) or width_px < 1 or axis.px_per_s <= 0:
        return nothing, nothing.copy()
    step_s = axis.width_px / axis.px_per_s / width_px
    edges_s = axis.left_s + np.arange(width_px + 1) * step_s
    at = np.searchsorted(series.times_s, edges_s)
    near = slice(max(int(at[0]) - 1, 0), int(at[-1]) + 1)
    times, values = series.times_s[near], series.values[near]
    at = np.clip(at - near.start, 0, len(times) - 1)
    middle = np.interp(edges_s[:-1] + step_s / 2, times, values)
    # a column with samples shows all of them, one without the line between its neighbours
    some = at[1:] > at[:-1]
    low = np.where(some, np.fmin.reduceat(values, at[:-1]), middle)
    high = np.where(some, np.fmax.reduceat(values, at[:-1]), middle)
    apart_s = max(lane.sample_s * _GAPS, step_s)
    before = times[np.maximum(at[:-1] - 1, 0)]
    outside = (edges_s[1:] < times[0]) | (edges_s[:-1] > times[-1]) | (~some & (times[at[1:]] - before > apart_s))
    low[outside], high[outside] = np.nan, np.nan
    return low, high


def envelope_image(lane: LaneRow, axis: TimeAxis, width_px: int, height_px: int, colour: QColor) -> QImage:
    """The curve as a picture: how much of each pixel it covers, and a soft ground down to nought."""
    low, high = envelope(lane, axis, width_px)
    least, most = lane.value_span
    scale = (height_px - 1.5) / (most - least)
    top = (most - high) * scale
    bottom = np.maximum((most - low) * scale, top) + 1.5
    # columns touch: a steep curve stays one line
    before_top, before_bottom = np.roll(top, 1), np.roll(bottom, 1)
    before_top[0], before_bottom[0] = np.nan, np.nan
    top, bottom = np.fmin(top, before_bottom - 1.0), np.fmax(bottom, before_top + 1.0)
    base = (most - min(max(0.0, least), most)) * scale + 1.5
    none = np.isnan(top) | np.isnan(bottom)
    top, bottom = np.where(none, 0.0, top).astype(np.float32), np.where(none, 0.0, bottom).astype(np.float32)
    fill_top, fill_bottom = np.minimum(top, np.float32(base)), np.maximum(bottom, np.float32(base))
    fill_bottom = np.where(none, fill_top, fill_bottom)
    lines = np.arange(height_px, dtype=np.float32)[:, np.newaxis]
    line = np.minimum(bottom, lines + 1) - np.maximum(top, lines)
    fill = np.minimum((np.minimum(fill_bottom, lines + 1) - np.maximum(fill_top, lines)) * 4, 1) * np.float32(_FILL)
    alpha = np.clip(np.maximum(line, fill) * 255, 0, 255)
    return tinted(alpha.astype(np.uint8), colour)


def tinted(alpha: npt.NDArray[np.uint8], colour: QColor) -> QImage:
    """A picture of one colour with the given opacity (height, width)."""
    height, width = alpha.shape
    image = QImage(alpha.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(_table(colour.rgb()))
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


@lru_cache(maxsize=64)
def _table(rgb: int) -> list[int]:
    return [alpha << 24 | rgb & 0xFFFFFF for alpha in range(256)]


def _paint_line(painter: QPainter, curve: QRect, lane: LaneRow, axis: TimeAxis, colour: QColor, shown: slice) -> None:
    series = lane.series
    if series is None:
        return
    low, high = lane.value_span
    times = series.times_s[shown]
    xs = curve.left() + (times - axis.left_s) * axis.px_per_s
    ys = curve.top() + (1 - (series.values[shown] - low) / (high - low)) * curve.height()
    apart_s = lane.sample_s * _GAPS
    path, fill = QPainterPath(), QPainterPath()
    base = y_px(curve.top(), curve.height(), lane, min(max(0.0, low), high))
    dots: list[QPointF] = []
    before_s, x_before = -np.inf, 0.0
    for t_s, x, y in zip(times.tolist(), xs.tolist(), ys.tolist(), strict=True):
        if not np.isfinite(y):
            before_s = -np.inf
            continue
        if t_s - before_s > apart_s:
            _close(fill, x_before, base)
            path.moveTo(x, y)
            fill.moveTo(x, base)
            fill.lineTo(x, y)
        else:
            path.lineTo(x, y)
            fill.lineTo(x, y)
        dots.append(QPointF(x, y))
        before_s, x_before = t_s, x
    _close(fill, x_before, base)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour.red(), colour.green(), colour.blue(), round(_FILL * 255)))
    painter.drawPath(fill)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1.6))
    painter.drawPath(path)
    if len(dots) <= curve.width() / 14:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for dot in dots:
            painter.drawEllipse(dot, 2.4, 2.4)


def _close(fill: QPainterPath, x: float, base: float) -> None:
    if not fill.isEmpty():
        fill.lineTo(x, base)
        fill.closeSubpath()
