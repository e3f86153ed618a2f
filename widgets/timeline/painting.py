"""Painting the rows of the timeline. Costs follow the pixels, not the number of things."""

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPen, QPolygonF

from widgets.identity_look import identity_colour, identity_pattern, initials, text_on
from widgets.theme import Theme
from widgets.time_text import format_time
from widgets.timeline.lanes import Lane
from widgets.timeline.rows import LANE_PX, Rows
from widgets.timeline.scene import Scene
from widgets.timeline.strips import coverage, row_image, runs_px, wave_image
from widgets.timeline.time_axis import TimeAxis, tick_step_s

MOST_RECTS = 160
"""More bars than these in one row are painted as one picture."""
_DIM = 0.32
SPEECH_PX = 4


def paint_ground(painter: QPainter, rows: Rows, theme: Theme) -> None:
    """The ground of the canvas and of the column of headers."""
    whole = QRect(0, 0, rows.width_px, rows.height_px)
    painter.fillRect(whole, theme.colour("surface"))
    area = rows.lanes
    painter.fillRect(area, theme.colour("lane"))
    for index in rows.visible_lanes():
        if index % 2:
            painter.fillRect(rows.lane(index).intersected(area), theme.colour("lane_alternate"))


def paint_ruler(painter: QPainter, rows: Rows, axis: TimeAxis, theme: Theme) -> None:
    """Ticks with times; as many as fit."""
    area = rows.ruler
    metrics = QFontMetrics(theme.font("monosmall"))
    step_s, parts = tick_step_s(axis.px_per_s, metrics.horizontalAdvance("0:00:00.000") + 20)
    minor_s = step_s / parts
    first = math.floor(axis.left_s / minor_s)
    last = math.ceil(axis.right_s / minor_s)
    minor, major = [], []
    painter.setFont(theme.font("monosmall"))
    painter.setPen(theme.colour("text_muted"))
    bottom = area.bottom() + 1
    for number in range(first, min(last, first + 2_000) + 1):
        x = area.left() + axis.x_px(number * minor_s)
        if number % parts:
            minor.append(QLineF(x, bottom - 4, x, bottom))
            continue
        major.append(QLineF(x, bottom - 9, x, bottom))
        words = _tick_words(number // parts * step_s, step_s)
        if x + 4 + metrics.horizontalAdvance(words) <= area.right():  # half a time reads as another time
            painter.drawText(QPointF(x + 4, bottom - 11), words)
    painter.setPen(QPen(theme.colour("border_strong"), 1))
    painter.drawLines(minor)
    painter.setPen(QPen(theme.colour("text_faint"), 1))
    painter.drawLines(major)
    painter.setPen(QPen(theme.colour("border"), 1))
    painter.drawLine(area.left(), bottom, area.right(), bottom)


def paint_shots(painter: QPainter, rows: Rows, axis: TimeAxis, scene: Scene, theme: Theme) -> None:
    """Shots in two shades; with few on the screen, their numbers and lines down through the lanes."""
    area = rows.shots.adjusted(0, 3, 0, -3)
    if area.height() <= 0 or not len(scene.shot_starts_s):
        return
    found = scene.shots_between(axis.left_s, axis.right_s)
    x0 = (scene.shot_starts_s[found] - axis.left_s) * axis.px_per_s
    x1 = (scene.shot_ends_s[found] - axis.left_s) * axis.px_per_s
    if len(x0) > MOST_RECTS * 2:
        _paint_dense_shots(painter, area, x0, x1, found.start, theme)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setFont(theme.font("caption"))
    for offset, (left, right) in enumerate(zip(x0.tolist(), x1.tolist(), strict=True)):
        rect = QRectF(area.left() + left + 0.5, area.top(), max(right - left - 1.0, 0.7), area.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("shot_b" if (found.start + offset) % 2 else "shot_a"))
        painter.drawRoundedRect(rect, 3, 3) if rect.width() > 8 else painter.drawRect(rect)
        if rect.width() > 30:
            painter.setPen(theme.colour("text_muted"))
            shown = QRectF(max(rect.left(), area.left()) + 6, rect.top(), 60, rect.height())
            painter.drawText(shown, Qt.AlignmentFlag.AlignVCenter, str(found.start + offset + 1))
    _paint_cut_lines(painter, rows, x0, theme)


def paint_wave(painter: QPainter, rows: Rows, axis: TimeAxis, scene: Scene, theme: Theme, ratio: float) -> None:
    """The sound."""
    area = rows.wave.adjusted(0, 2, 0, -2)
    if scene.peaks is None or area.height() <= 0:
        return
    width, height = round(area.width() * ratio), round(area.height() * ratio)
    picture = wave_image(
        scene.peaks, scene.peaks_per_s, axis.left_s, axis.px_per_s * ratio, width, height, theme.colour("waveform")
    )
    painter.drawImage(area, picture)


def paint_speech(painter: QPainter, rows: Rows, axis: TimeAxis, scene: Scene, theme: Theme) -> None:
    """When somebody speaks: thin bars at the lower edge of the sound, in the colours of the speakers."""
    wave = rows.wave
    area = QRect(wave.left(), wave.bottom() - SPEECH_PX, wave.width(), SPEECH_PX)
    if wave.height() <= 0:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    for colour_index in dict.fromkeys(span[2] for span in scene.speech):
        spans = np.array([span[:2] for span in scene.speech if span[2] == colour_index], dtype=np.float64)
        seen = spans[(spans[:, 1] >= axis.left_s) & (spans[:, 0] <= axis.right_s)]
        x0, x1 = runs_px((seen[:, 0] - axis.left_s) * axis.px_per_s, (seen[:, 1] - axis.left_s) * axis.px_per_s, 0.6)
        painter.setBrush(identity_colour(colour_index) if colour_index is not None else theme.colour("text_faint"))
        for left, right in zip(x0.tolist(), x1.tolist(), strict=True):
            painter.drawRect(QRectF(area.left() + left, area.top(), max(right - left, 1.0), area.height()))


def paint_lane(
    painter: QPainter, area: QRect, lane: Lane, axis: TimeAxis, theme: Theme, ratio: float, *, dim: bool
) -> None:
    """The bars of one lane."""
    found = lane.between(axis.left_s, axis.right_s)
    if found.start >= found.stop:
        return
    x0 = (lane.starts_s[found] - axis.left_s) * axis.px_per_s
    x1 = (lane.ends_s[found] - axis.left_s) * axis.px_per_s
    colour = lane_colour(lane, theme)
    if dim:
        colour.setAlphaF(_DIM)
    bars = area.adjusted(0, 6, 0, -6)
    if len(x0) > MOST_RECTS:
        run_starts, run_ends = runs_px(x0, x1, 0.6 / ratio)
        if len(run_starts) > MOST_RECTS:
            covered = coverage(x0 * ratio, x1 * ratio, round(area.width() * ratio))
            painter.drawImage(bars, row_image(np.sqrt(covered) * colour.alphaF(), QColor(colour.rgb())))
            return
        x0, x1 = run_starts, run_ends
    x0, x1 = np.maximum(x0, -20.0), np.minimum(x1, area.width() + 20.0)
    _paint_bars(painter, bars, x0, x1, colour, _pattern(lane))


def paint_headers(painter: QPainter, rows: Rows, scene: Scene, theme: Theme, titles: dict[str, str]) -> None:
    """The names of the rows: fixed ones, and chips for identities."""
    painter.setPen(theme.colour("text_faint"))
    painter.setFont(theme.font("caption"))
    for key, area in (("thumbs", rows.thumbs), ("shots", rows.shots), ("wave", rows.wave)):
        if area.height() > 0:
            place = QRect(16, area.top(), rows.header_px - 24, area.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, titles[key])
    painter.save()
    area = rows.lanes
    painter.setClipRect(QRect(0, area.top(), rows.header_px, area.height()))
    for index in rows.visible_lanes():
        lane = scene.lanes[index]
        _paint_header(painter, QRect(0, rows.lane(index).top(), rows.header_px, LANE_PX), lane, scene, theme)
    painter.restore()


def paint_edges(painter: QPainter, rows: Rows, theme: Theme) -> None:
    """Thin lines between the rows and beside the headers."""
    painter.setPen(QPen(theme.colour("border"), 1))
    painter.drawLine(rows.header_px - 1, 0, rows.header_px - 1, rows.height_px)
    for area in (rows.minimap, rows.lanes):
        top = area.top() if area is not rows.minimap else area.bottom()
        painter.drawLine(0, top, rows.width_px, top)
    if rows.lanes.height() > 0:
        painter.drawLine(0, rows.lanes.top(), rows.width_px, rows.lanes.top())


def paint_playhead(painter: QPainter, rows: Rows, x_px: float, theme: Theme) -> None:
    """The line of now with its handle on the ruler."""
    if not rows.canvas_left - 8 <= x_px <= rows.canvas_left + rows.canvas_width + 8:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    top = float(rows.ruler.bottom())
    painter.setPen(QPen(theme.colour("playhead"), 1.5))
    painter.drawLine(QPointF(x_px, top - 4), QPointF(x_px, rows.height_px))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("playhead"))
    shape = [(-5.5, -12), (5.5, -12), (5.5, -6), (0, 0), (-5.5, -6)]
    painter.drawPolygon(QPolygonF([QPointF(x_px + dx, top + dy) for dx, dy in shape]))


def paint_hover(painter: QPainter, rows: Rows, x_px: float, t_s: float, theme: Theme) -> None:
    """A hair line under the pointer with its time on the ruler."""
    painter.setPen(QPen(theme.colour("text", 0.35), 1))
    painter.drawLine(QPointF(x_px, rows.ruler.top() + 4), QPointF(x_px, rows.height_px))
    words = format_time(t_s)
    font = theme.font("monosmall")
    width = QFontMetrics(font).horizontalAdvance(words) + 12
    left = min(max(x_px - width / 2, rows.canvas_left), rows.canvas_left + rows.canvas_width - width)
    chip = QRectF(left, rows.ruler.top() + 3, width, 18)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("border_strong"), 1))
    painter.setBrush(theme.colour("tooltip"))
    painter.drawRoundedRect(chip, 4, 4)
    painter.setPen(theme.colour("text"))
    painter.setFont(font)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)


def lane_colour(lane: Lane, theme: Theme) -> QColor:
    """The identity's colour, grey for those without."""
    return identity_colour(lane.colour_index) if lane.colour_index is not None else theme.colour("text_faint")


def _pattern(lane: Lane) -> Qt.BrushStyle:
    return identity_pattern(lane.colour_index) if lane.colour_index is not None else Qt.BrushStyle.BDiagPattern


def _paint_bars(
    painter: QPainter, area: QRect, x0: np.ndarray, x1: np.ndarray, colour: QColor, pattern: Qt.BrushStyle
) -> None:
    rects = [
        QRectF(area.left() + left, area.top(), max(right - left, 1.5), area.height())
        for left, right in zip(x0.tolist(), x1.tolist(), strict=True)
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = text_on(colour)
    ink.setAlphaF(0.28 * colour.alphaF())
    brushes = [QBrush(colour)] + ([QBrush(ink, pattern)] if pattern != Qt.BrushStyle.SolidPattern else [])
    for brush in brushes:
        painter.setBrush(brush)
        for rect in rects:
            radius_px = min(rect.width() / 4, 3.0)
            if radius_px > 0.75:
                painter.drawRoundedRect(rect, radius_px, radius_px)
            else:
                painter.drawRect(rect)


def _paint_dense_shots(
    painter: QPainter, area: QRect, x0: np.ndarray, x1: np.ndarray, first: int, theme: Theme
) -> None:
    for parity, name in enumerate(("shot_a", "shot_b")):
        chosen = slice((parity - first) % 2, None, 2)
        covered = coverage(x0[chosen], x1[chosen], area.width())
        painter.drawImage(area, row_image(covered, theme.colour(name)))


def _paint_cut_lines(painter: QPainter, rows: Rows, x0: np.ndarray, theme: Theme) -> None:
    if len(x0) > rows.canvas_width / 24:
        return
    area = rows.lanes
    painter.setPen(QPen(theme.colour("border", 0.8), 1))
    painter.drawLines(
        [QLineF(area.left() + x, area.top(), area.left() + x, area.bottom()) for x in x0.tolist() if x > 0]
    )


def _paint_header(painter: QPainter, area: QRect, lane: Lane, scene: Scene, theme: Theme) -> None:
    chosen = scene.selected_lane == lane.lane_id
    if chosen:
        painter.fillRect(area, theme.colour("accent_surface"))
    colour = lane_colour(lane, theme)
    mark = QRectF(14, area.top() + 5, 26, area.height() - 10)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(mark, 5, 5)
    painter.setPen(text_on(colour))
    painter.setFont(theme.font("caption"))
    painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, initials(lane.label) if lane.colour_index is not None else "?")
    role = "strong" if chosen else "small"
    painter.setFont(theme.font(role))
    painter.setPen(theme.colour("text"))
    metrics = QFontMetrics(theme.font("caption"))
    count = str(len(lane))
    count_px = metrics.horizontalAdvance(count) + 8
    place = QRect(48, area.top(), area.width() - 48 - count_px - 8, area.height())
    shown = QFontMetrics(theme.font(role)).elidedText(lane.label, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
    painter.setFont(theme.font("caption"))
    painter.setPen(theme.colour("text_faint"))
    right = QRect(area.width() - count_px - 8, area.top(), count_px, area.height())
    painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)


def _tick_words(t_s: float, step_s: float) -> str:
    words = format_time(t_s)
    return words if step_s < 1 else words[:-4]
