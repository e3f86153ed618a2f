"""Painting intervals, points and spans of boxes. Costs follow the pixels: what is thinner than can be told apart is
blended into one picture for each level.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from core.annotate.types import TierKind
from widgets.annotate.label_colours import NEUTRAL, mark_colour
from widgets.annotate.lane_data import LaneRow
from widgets.annotate.lane_rows import LEVEL_PX, level_band
from widgets.cell_words import draw_words, elided, text_width
from widgets.identity_look import identity_pattern, text_on
from widgets.theme import Theme, current_theme
from widgets.timeline.time_axis import TimeAxis

THIN_PX = 9.0
GAP_FROM_PX = 2.5
"""Marks narrower than this are blended where there are many."""
FEW = 60
"""So many marks of a lane on the screen are always painted one by one."""
BLOCKS_AT_ONCE = 100
WORDS_FROM_PX = 16.0
LEAST_WORDS_PX = 30.0
"""Words are cut to no less than this: an ellipsis alone says nothing."""
_ROUND_FROM_PX = 8.0
POINT_PX = 5.0

_STEPS = 8
"""Scores are shown in so many steps."""
_IN_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


def paint_marks(
    painter: QPainter, area: QRect, lane: LaneRow, axis: TimeAxis, colours: Ints, theme: Theme, ratio: float
) -> Iterator[None]:
    """The marks of a lane, a little at a time; ``colours`` are the colour indices of its labels."""
    found = lane.between(axis.left_s, axis.right_s)
    if found.start >= found.stop:
        return
    x0 = (lane.starts_s[found] - axis.left_s) * axis.px_per_s
    x1 = (lane.ends_s[found] - axis.left_s) * axis.px_per_s
    places = np.arange(found.start, found.stop)
    thin = np.zeros(len(x0), np.bool_)
    if len(x0) > FEW:
        thin = _crowded(x0) if lane.kind is TierKind.POINTS else x1 - x0 < THIN_PX
    if thin.any():
        indices = colours[lane.label_index[found]]
        for level in range(lane.level_count):
            chosen = thin & (lane.levels[found] == level)
            if chosen.any():
                strip = blended(x0[chosen] * ratio, x1[chosen] * ratio, indices[chosen], axis.width_px * ratio, theme)
                painter.drawImage(level_band(area, level).adjusted(0, 2, 0, -2), strip)
                yield
    shown = ~thin
    if lane.kind is TierKind.POINTS:
        _paint_points(painter, area, lane, places[shown], x0[shown], colours, theme)
        return
    places, x0, x1 = places[shown], x0[shown], x1[shown]
    for first in range(0, len(places), BLOCKS_AT_ONCE):
        part = slice(first, first + BLOCKS_AT_ONCE)
        _paint_blocks(painter, area, lane, places[part], x0[part], x1[part], colours, theme)
        yield


def blended(x0_px: Floats, x1_px: Floats, indices: Ints, width_px: float, theme: Theme) -> QImage:
    """A picture one pixel high: for each column the mixture of the colours of the marks in it, and how full it is."""
    width = max(round(width_px), 1)
    colours = [mark_colour(index, theme) for index in range(NEUTRAL, int(indices.max()) + 1)]
    tints = np.array([(one.blue(), one.green(), one.red(), 1.0) for one in colours])
    weights = tints.T[:, indices - NEUTRAL]
    # a mark that is wide enough keeps a gap to the next one
    ends = np.where(x1_px - x0_px > GAP_FROM_PX, x1_px - 1.0, np.maximum(x1_px, x0_px + 1.0))
    change = np.zeros((4, width + 2))
    for edges, sign in ((np.clip(x0_px, 0, width), 1.0), (np.clip(ends, 0, width), -1.0)):
        column = edges.astype(np.int64)
        part = edges - column
        for channel in range(4):
            full, rest = weights[channel] * (1.0 - part), weights[channel] * part
            change[channel] += sign * np.bincount(column, weights=full, minlength=width + 2)
            change[channel, 1:] += sign * np.bincount(column, weights=rest, minlength=width + 2)[:-1]
    mixed = np.cumsum(change, axis=1)[:, :width]
    total = mixed[3]
    alpha = np.sqrt(np.clip(total, 0.0, 1.0))
    pixels = np.empty((width, 4), np.uint8)
    pixels[:, :3] = (mixed[:3] * (alpha / np.maximum(total, 1e-6))).T
    pixels[:, 3] = alpha * 255.0
    return QImage(pixels.tobytes(), width, 1, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()


def block_rect(area: QRect, level: int, left_px: float, right_px: float) -> QRectF:
    """Where a block is; ``left_px`` counts from the lane's left edge. Far ends are cut: they cannot be seen."""
    band = level_band(area, level)
    left, right = max(left_px, -30.0), min(right_px, area.width() + 30.0)
    return QRectF(band.left() + left + 0.5, band.top() + 0.5, max(right - left - 1.0, 1.5), band.height() - 1.0)


def paint_block(painter: QPainter, rect: QRectF, index: int, theme: Theme) -> None:
    """One block that is being drawn or moved."""
    pen, brush, veil = _brushes(index, _STEPS, rect.width() < _ROUND_FROM_PX, theme.name)
    painter.setPen(pen)
    for one in (brush, veil):
        painter.setBrush(one)
        painter.drawRoundedRect(rect, 3.5, 3.5)


def paint_point(painter: QPainter, x: float, band: QRectF, colour: QColor, *, lit: bool = False) -> None:
    """A stem with a diamond on top."""
    painter.setPen(QPen(colour, 2 if lit else 1.3))
    painter.drawLine(QPointF(x, band.top() + POINT_PX), QPointF(x, band.bottom()))
    painter.setPen(QPen(text_on(colour), 1) if lit else Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    middle, size = QPointF(x, band.top() + POINT_PX), POINT_PX + (1.5 if lit else 0.0)
    corners = ((0.0, -size), (size, 0.0), (0.0, size), (-size, 0.0))
    painter.drawPolygon(QPolygonF([middle + QPointF(dx, dy) for dx, dy in corners]))


def _paint_blocks(
    painter: QPainter,
    area: QRect,
    lane: LaneRow,
    places: npt.NDArray[np.int64],
    x0: Floats,
    x1: Floats,
    colours: Ints,
    theme: Theme,
) -> None:
    """Blocks of one look after another: changing pens and brushes costs as much as painting."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    marks = [lane.marks[place] for place in places.tolist()]
    rects = [
        block_rect(area, level, left, right)
        for level, left, right in zip(lane.levels[places].tolist(), x0.tolist(), x1.tolist(), strict=True)
    ]
    indices = colours[lane.label_index[places]].tolist()
    looks: dict[tuple[int, int, bool], list[QRectF]] = {}
    for rect, mark, index in zip(rects, marks, indices, strict=True):
        sure = _STEPS if mark.score is None else round(min(max(mark.score, 0.0), 1.0) * _STEPS)
        looks.setdefault((index, sure, rect.width() < _ROUND_FROM_PX), []).append(rect)
    for (index, sure, small), alike in looks.items():
        _paint_alike(painter, alike, index, sure, theme, small=small)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colour("text"))
    for rect, mark in zip(rects, marks, strict=True):
        if mark.label and rect.width() >= WORDS_FROM_PX:
            _write(painter, area, rect, mark.label)


def _paint_alike(painter: QPainter, rects: list[QRectF], index: int, sure: int, theme: Theme, *, small: bool) -> None:
    pen, brush, veil = _brushes(index, sure, small, theme.name)
    painter.setPen(pen)
    painter.setBrush(brush)
    if small:
        painter.drawRects(rects)
        return
    for rect in rects:
        painter.drawRoundedRect(rect, 3.5, 3.5)
    painter.setPen(Qt.PenStyle.NoPen)
    if veil.style() != Qt.BrushStyle.NoBrush:
        painter.setBrush(veil)
        painter.drawRects(rects)
    painter.setBrush(pen.color())
    painter.drawRects([QRectF(rect.left(), rect.top() + 2, 2.5, rect.height() - 4) for rect in rects])


def _write(painter: QPainter, area: QRect, rect: QRectF, label: str) -> None:
    """The label, from where the block comes into view."""
    left = max(round(rect.left()), area.left())
    width = round(min(rect.right(), area.right())) - left - 9
    if width >= min(LEAST_WORDS_PX, text_width(label, "small") + 2):
        place = QRectF(left + 6, rect.top(), width, rect.height())
        painter.drawText(place, _IN_MIDDLE, elided(label, "small", width))


@lru_cache(maxsize=1024)
def _brushes(index: int, sure: int, small: bool, _theme_name: str) -> tuple[QPen, QBrush, QBrush]:
    """Edge, ground and pattern of blocks; pale where the score is low."""
    theme = current_theme()
    colour = mark_colour(index, theme)
    ground, veil = QColor(colour), QColor(colour)
    share = sure / _STEPS
    ground.setAlphaF(0.85 if small else 0.16 + 0.26 * share if theme.dark else 0.12 + 0.22 * share)
    veil.setAlphaF(0.35)
    pattern = identity_pattern(index) if index >= 0 else Qt.BrushStyle.SolidPattern
    plain = pattern == Qt.BrushStyle.SolidPattern
    return QPen(colour, 1), QBrush(ground), QBrush() if plain else QBrush(veil, pattern)


def _paint_points(
    painter: QPainter,
    area: QRect,
    lane: LaneRow,
    places: npt.NDArray[np.int64],
    x0: Floats,
    colours: Ints,
    theme: Theme,
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    following = np.append(x0[1:], area.width())
    for place, x, following_px in zip(places.tolist(), x0.tolist(), following.tolist(), strict=True):
        index = int(colours[lane.label_index[place]])
        band = level_band(area, int(lane.levels[place]))
        paint_point(painter, area.left() + x, band, mark_colour(index, theme))
        room = min(following_px - x - POINT_PX * 2 - 5, 200.0)
        label = lane.marks[place].label
        if label and room >= min(LEAST_WORDS_PX, text_width(label, "small") + 2):
            words = QRect(round(area.left() + x + POINT_PX + 3), round(band.top()), round(room), LEVEL_PX)
            draw_words(painter, words, label, "small", "text")


def _crowded(x0: Floats) -> npt.NDArray[np.bool_]:
    """Points that are too near to their neighbours to be told apart."""
    before, after = np.diff(x0, prepend=-np.inf), np.diff(x0, append=np.inf)
    return np.minimum(before, after) < POINT_PX
