"""Painting around the marks: names on the left, cuts, the active lane, values under the pointer, what is selected."""

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from core.annotate.types import TierKind
from widgets.annotate.label_colours import mark_colour
from widgets.annotate.lane_data import LaneRow
from widgets.annotate.lane_marks import block_rect, paint_block, paint_point
from widgets.annotate.lane_rows import LaneRows, level_band
from widgets.annotate.lane_series import MARGIN_PX, y_px
from widgets.cell_words import draw_words, text_width
from widgets.icons import paint_icon
from widgets.theme import Theme
from widgets.time_text import format_span, format_time
from widgets.timeline.time_axis import TimeAxis

translate = QCoreApplication.translate
_ICONS = {
    TierKind.INTERVALS: "intervals",
    TierKind.POINTS: "points",
    TierKind.SERIES: "waveform",
    TierKind.BOXES: "person",
}
_CUT_LINES_FROM_PX = 30.0


def kind_words(kind: TierKind) -> str:
    """What a lane holds."""
    return {
        TierKind.INTERVALS: translate("Annotate", "Intervals"),
        TierKind.POINTS: translate("Annotate", "Points"),
        TierKind.SERIES: translate("Annotate", "Values over time"),
        TierKind.BOXES: translate("Annotate", "Boxes"),
    }[kind]


def value_words(value: float | None, unit: str) -> str:
    """A value with its unit; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.3g} {unit}".rstrip() if abs(value) < 1000 else f"{value:,.0f} {unit}".rstrip()


def mark_words(lane: LaneRow, place: int) -> str:
    """All that is known of a mark, on lines."""
    mark = lane.marks[place]
    if mark.end_s > mark.start_s:
        times = f"{format_time(mark.start_s)} – {format_time(mark.end_s)} ({format_span(mark.end_s - mark.start_s)})"
    else:
        times = format_time(mark.start_s)
    score = "" if mark.score is None else translate("Annotate", "score {score}").format(score=f"{mark.score:.2f}")
    label = mark.label or translate("Annotate", "without a label")
    return "\n".join(part for part in (label, times, score, mark.hint) if part)


def paint_cuts(
    painter: QPainter, rows: LaneRows, axis: TimeAxis, cuts_s: npt.NDArray[np.float64], theme: Theme
) -> None:
    """Where the picture changes: ticks under the ruler, and with few of them lines down through the lanes."""
    first, last = np.searchsorted(cuts_s, (axis.left_s, axis.right_s))
    xs = (rows.canvas_left + (cuts_s[first:last] - axis.left_s) * axis.px_per_s).tolist()
    if not xs or len(xs) > rows.canvas_width / 4:
        return
    bottom = float(rows.ruler.bottom())
    painter.setPen(QPen(theme.colour("text_faint"), 1))
    painter.drawLines([QLineF(x, bottom - 2, x, bottom) for x in xs])
    if len(xs) <= rows.canvas_width / _CUT_LINES_FROM_PX:
        painter.setPen(QPen(theme.colour("border_strong", 0.55), 1))
        painter.drawLines([QLineF(x, rows.lanes.top(), x, rows.lanes.bottom()) for x in xs])


def paint_grounds(painter: QPainter, rows: LaneRows, lanes: tuple[LaneRow, ...], active: int, theme: Theme) -> None:
    """The ground of the active lane and lines between the lanes."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for index in rows.visible_lanes():
        area = rows.lane(index)
        if index == active:
            painter.fillRect(area, theme.colour("accent_surface", 0.75))
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawLine(area.left(), area.bottom(), area.right(), area.bottom())
        if lanes[index].kind is TierKind.SERIES:
            painter.setPen(QPen(theme.colour("border"), 1, Qt.PenStyle.DotLine))
            middle = area.center().y()
            painter.drawLine(area.left(), middle, area.right(), middle)


def paint_headers(
    painter: QPainter, rows: LaneRows, lanes: tuple[LaneRow, ...], active: int, tints: list[QColor], theme: Theme
) -> None:
    """The names of the lanes on the screen."""
    painter.save()
    painter.setClipRect(QRect(0, rows.lanes.top(), rows.header_px, rows.lanes.height()))
    for index in rows.visible_lanes():
        area = rows.lane(index)
        place = QRect(0, area.top(), rows.header_px - 1, area.height())
        _paint_header(painter, place, lanes[index], tints[index], theme, active=index == active)
    painter.restore()


def _paint_header(painter: QPainter, area: QRect, lane: LaneRow, tint: QColor, theme: Theme, *, active: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if active:
        painter.fillRect(area, theme.colour("accent_surface"))
        painter.fillRect(QRect(0, area.top(), 3, area.height()), theme.colour("accent"))
    painter.setPen(QPen(theme.colour("border"), 1))
    painter.drawLine(QPointF(area.left(), area.bottom() + 0.5), QPointF(area.right(), area.bottom() + 0.5))
    side = 20
    chip = QRectF(12, area.center().y() - side / 2 + 0.5, side, side)
    ground = QColor(tint)
    ground.setAlphaF(0.22)
    painter.setPen(QPen(tint, 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(chip, 5, 5)
    icon = "rename" if lane.editable else _ICONS[lane.kind]
    paint_icon(painter, icon, chip.adjusted(3.5, 3.5, -3.5, -3.5), "text" if lane.editable else "icon")
    count, right = _figures(lane), area.right() - 10
    if count:
        width = max(text_width(words, "monosmall") for words in count) + 4
        right -= width + 6
        _draw_figures(painter, QRect(right + 6, area.top(), width, area.height()), lane, count)
    left = 42
    role = "strong" if active or lane.editable else "body"
    if lane.subtitle and area.height() >= 36:
        middle = area.center().y()
        draw_words(painter, QRect(left, middle - 16, right - left, 18), lane.title, role, "text")
        draw_words(painter, QRect(left, middle + 1, right - left, 16), lane.subtitle, "caption", "text_faint")
    else:
        draw_words(painter, QRect(left, area.top(), right - left, area.height()), lane.title, role, "text")


def _figures(lane: LaneRow) -> tuple[str, ...]:
    """How many marks there are; of a curve its scale."""
    if lane.kind is not TierKind.SERIES:
        return (f"{len(lane):,}",) if len(lane) else ()
    low, high = lane.value_span
    return (value_words(high, lane.unit), value_words(low, ""))


def _draw_figures(painter: QPainter, place: QRect, lane: LaneRow, words: tuple[str, ...]) -> None:
    right = Qt.AlignmentFlag.AlignRight
    if lane.kind is not TierKind.SERIES:
        draw_words(painter, place, words[0], "monosmall", "text_faint", right)
        return
    draw_words(
        painter, QRect(place.left(), place.top() + 1, place.width(), 16), words[0], "monosmall", "text_faint", right
    )
    below = QRect(place.left(), place.bottom() - 16, place.width(), 16)
    draw_words(painter, below, words[1], "monosmall", "text_faint", right)


def paint_values(
    painter: QPainter,
    rows: LaneRows,
    lanes: tuple[LaneRow, ...],
    x_px: float,
    t_s: float,
    tints: list[QColor],
    theme: Theme,
) -> None:
    """The value of every curve where the hair line is."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index in rows.visible_lanes():
        lane = lanes[index]
        if lane.kind is not TierKind.SERIES:
            continue
        area = rows.lane(index)
        value = lane.value_at(t_s)
        words = value_words(value, lane.unit)
        y = area.center().y()
        if value is not None:
            y = round(y_px(area.top() + MARGIN_PX, area.height() - 2 * MARGIN_PX, lane, value))
            painter.setPen(QPen(theme.colour("lane"), 1.5))
            painter.setBrush(tints[index])
            painter.drawEllipse(QPointF(x_px, y), 4, 4)
        _paint_chip(painter, area, x_px, y, words, theme)


def _paint_chip(painter: QPainter, area: QRect, x_px: float, y: float, words: str, theme: Theme) -> None:
    width = text_width(words, "monosmall") + 12
    left = x_px + 8 if x_px + width + 12 < area.right() else x_px - width - 8
    top = min(max(y - 9, area.top() + 1), area.bottom() - 19)
    chip = QRectF(left, top, width, 18)
    painter.setPen(QPen(theme.colour("border_strong"), 1))
    painter.setBrush(theme.colour("tooltip"))
    painter.drawRoundedRect(chip, 4, 4)
    draw_words(painter, chip.toRect(), words, "monosmall", "text", Qt.AlignmentFlag.AlignHCenter)


def paint_selected(
    painter: QPainter, area: QRect, lane: LaneRow, axis: TimeAxis, places: list[int], theme: Theme, *, grips: bool
) -> None:
    """A ring around selected marks, with grips where they can be dragged."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for place in places:
        left, right = axis.x_px(float(lane.starts_s[place])), axis.x_px(float(lane.ends_s[place]))
        if right < -4 or left > area.width() + 4:
            continue
        rect = block_rect(area, int(lane.levels[place]), left, right)
        if lane.kind is TierKind.POINTS:
            rect = QRectF(area.left() + left - 6, rect.top() - 1, 12, rect.height() + 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("text"), 2))
        painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), 4.5, 4.5)
        if grips and lane.kind is not TierKind.POINTS:
            painter.setPen(QPen(theme.colour("surface"), 1))
            painter.setBrush(theme.colour("text"))
            for x in (rect.left() - 1, rect.right() + 1):
                painter.drawRoundedRect(QRectF(x - 2.5, rect.center().y() - 7, 5, 14), 2, 2)


def paint_draft(
    painter: QPainter,
    area: QRect,
    lane: LaneRow,
    level: int,
    span: tuple[float, float],
    index: int,
    axis: TimeAxis,
    theme: Theme,
    *,
    snapped: bool,
) -> None:
    """The mark as it would be, and its times."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left, right = axis.x_px(span[0]), axis.x_px(span[1])
    colour = mark_colour(index, theme)
    if lane.kind is TierKind.POINTS:
        paint_point(painter, area.left() + left, level_band(area, level), colour, lit=True)
        words = format_time(span[0])
    else:
        rect = block_rect(area, level, left, right)
        paint_block(painter, rect, index, theme)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect, 4, 4)
        words = f"{format_time(span[0])} – {format_time(span[1])}  {format_span(span[1] - span[0])}"
    if right < 0 or left > area.width():
        return
    words = f"{words}  \u25c6" if snapped else words
    width = text_width(words, "monosmall") + 14
    x = min(max(area.left() + (left + right) / 2 - width / 2, area.left() + 2), area.right() - width - 2)
    band = level_band(area, level)
    top = band.top() - 21 if band.top() - 21 > 58 else band.bottom() + 3
    chip = QRectF(x, top, width, 18)
    painter.setPen(QPen(theme.colour("accent"), 1))
    painter.setBrush(theme.colour("tooltip"))
    painter.drawRoundedRect(chip, 4, 4)
    draw_words(painter, chip.toRect(), words, "monosmall", "text", Qt.AlignmentFlag.AlignHCenter)


def paint_pending(painter: QPainter, lane_area: QRect, x_px: float, theme: Theme) -> None:
    """Where a mark was begun by a key and not ended yet."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("accent"), 2, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x_px, lane_area.top()), QPointF(x_px, lane_area.bottom()))
    words = translate("Annotate", "Start")
    chip = QRectF(x_px + 1, lane_area.top() + 1, text_width(words, "caption") + 10, 15)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent_fill"))
    painter.drawRoundedRect(chip, 3, 3)
    draw_words(painter, chip.toRect(), words, "caption", "on_accent", Qt.AlignmentFlag.AlignHCenter)


def paint_lane_gap(painter: QPainter, rows: LaneRows, y: int, theme: Theme) -> None:
    """Where a dragged lane would go."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("accent"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(6, y, rows.width_px - 18, y)
