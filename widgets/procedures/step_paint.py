"""Painting the steps of a gold recording on its time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from core.procedures.types import Step
from widgets.cell_words import draw_words, text_width
from widgets.icons import paint_icon
from widgets.identity_look import identity_colour
from widgets.procedures.finding_words import numbered
from widgets.procedures.outcome_look import mixed
from widgets.procedures.wrapped_words import draw_wrapped
from widgets.theme import Theme
from widgets.time_text import format_span, format_time
from widgets.timeline.time_axis import TimeAxis, tick_step_s

RULER_PX, PLATE_PX, EDGE_PX = 24, 46, 8
_LEAST_NAME_PX, _LEAST_ROUND_PX, _LEAST_WRAPPED_PX = 26, 12, 46
_MIDDLE = Qt.AlignmentFlag.AlignHCenter


@dataclass(frozen=True, slots=True)
class StepPlaces:
    """Ruler, pictures and plates from top to bottom; ``axis`` begins at ``EDGE_PX``."""

    width_px: int
    height_px: int
    axis: TimeAxis

    @property
    def plates(self) -> QRect:
        """Where names stand."""
        return QRect(EDGE_PX, self.height_px - PLATE_PX - 6, round(self.axis.width_px), PLATE_PX)

    @property
    def thumbs(self) -> QRect:
        """Where pictures are."""
        return QRect(EDGE_PX, RULER_PX, round(self.axis.width_px), max(self.plates.top() - RULER_PX - 2, 0))

    def x_px(self, t_s: float) -> float:
        """Where a time is on the widget."""
        return EDGE_PX + self.axis.x_px(t_s)

    def t_s(self, x_px: float) -> float:
        """The time at a place of the widget."""
        return self.axis.t_s(x_px - EDGE_PX)

    def plate(self, step: Step) -> QRectF:
        """Where a step's plate is."""
        area = self.plates
        left, right = self.x_px(step.start_s), self.x_px(step.end_s)
        return QRectF(left + 0.5, area.top(), max(right - left - 1.0, 2.0), area.height())


def paint_ruler(painter: QPainter, places: StepPlaces, theme: Theme) -> None:
    """Ticks with times."""
    step_s, _parts = tick_step_s(places.axis.px_per_s, text_width("0:00:00.000", "monosmall") + 20)
    number = math.floor(places.axis.left_s / step_s)
    while number * step_s <= places.axis.right_s:
        x = places.x_px(number * step_s)
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.drawLine(QPointF(x, RULER_PX - 7), QPointF(x, RULER_PX))
        words = format_time(number * step_s)
        words = words if step_s < 1 else words[:-4]
        if x + 4 + text_width(words, "monosmall") <= places.width_px:
            place = QRect(round(x) + 4, 1, 110, RULER_PX - 6)
            draw_words(painter, place, words, "monosmall", "text_muted")
        number += 1


def paint_gaps(painter: QPainter, places: StepPlaces, steps: Sequence[Step], duration_s: float, theme: Theme) -> None:
    """Stretches that belong to no step: hatched, on the plates and as a veil over the pictures."""
    edges = [0.0, *(t_s for step in steps for t_s in (step.start_s, step.end_s)), duration_s]
    for start_s, end_s in zip(edges[::2], edges[1::2], strict=True):
        left, right = places.x_px(start_s), places.x_px(end_s)
        if right - left < 2 or right < 0 or left > places.width_px:
            continue
        plate = QRectF(left, places.plates.top(), right - left, PLATE_PX)
        painter.fillRect(plate, theme.colour("lane_alternate"))
        painter.fillRect(plate, QBrush(theme.colour("border_strong", 0.7), Qt.BrushStyle.BDiagPattern))
        thumbs = places.thumbs
        painter.fillRect(QRectF(left, thumbs.top(), right - left, thumbs.height()), theme.colour("surface", 0.62))


def paint_step(
    painter: QPainter, places: StepPlaces, step: Step, index: int, theme: Theme, *, chosen: bool, lit: bool
) -> None:
    """A step: its plate with number, name, length and signs, and its boundaries down through the pictures."""
    rect = places.plate(step)
    if rect.right() < 0 or rect.left() > places.width_px:
        return
    colour = identity_colour(index % 12)
    ground = mixed(colour, theme.colour("raised"), 0.34 if chosen else 0.24 if lit else 0.16)
    if rect.width() < _LEAST_ROUND_PX:
        painter.fillRect(rect, mixed(colour, theme.colour("raised"), 0.5))
    else:
        painter.setPen(
            QPen(theme.colour("accent") if chosen else mixed(colour, theme.colour("surface"), 0.7), 2 if chosen else 1)
        )
        painter.setBrush(ground)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.fillRect(QRectF(rect.left() + 2, rect.top() + 1, rect.width() - 4, 3), colour)
    thumbs = places.thumbs
    if chosen:
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(rect.left(), thumbs.top() + 1, rect.width(), thumbs.height() - 1))
    _paint_words(painter, places, rect, step, index)


def _paint_words(painter: QPainter, places: StepPlaces, rect: QRectF, step: Step, index: int) -> None:
    seen = rect.intersected(QRectF(EDGE_PX, rect.top(), places.axis.width_px, rect.height()))
    room = round(seen.width()) - 14
    top = QRect(round(seen.left()) + 8, round(rect.top()) + 7, room, 18)
    number = str(index + 1)
    if room < _LEAST_NAME_PX:
        if rect.width() >= text_width(number, "caption") + 4:
            place = QRect(round(seen.left()), top.top(), round(seen.width()), 18)
            draw_words(painter, place, number, "caption", "text", _MIDDLE)
        return
    signs = signs_of(step)
    shown = signs if room > 34 + 18 * len(signs) else ()
    words, under = numbered(index, step.name), top.translated(0, 18)
    for at, icon in enumerate(shown):
        mark = QRectF(top.right() - 13 - 18 * at, under.top() + 2, 14, 14)
        paint_icon(painter, icon, mark, "warning" if icon == "cast" else "icon")
    words_px = room + 4 - 18 * len(shown)
    if text_width(words, "strong") >= room and words_px >= _LEAST_WRAPPED_PX:
        draw_wrapped(painter, QRect(top.left(), top.top() - 2, words_px, 38), words)
        return
    draw_words(painter, top, words, "strong", "text")
    draw_words(
        painter, under.adjusted(0, 0, -18 * len(shown), 0), format_span(step.duration_s), "monosmall", "text_muted"
    )


def signs_of(step: Step) -> tuple[str, ...]:
    """Icons of what a step is: critical a star, optional an open ring, any order two arrows, own time a clock."""
    signs = (
        ("cast", step.critical),
        ("unassigned", step.optional),
        ("automation", step.any_order),
        ("clock", step.allowed_s is not None),
    )
    return tuple(icon for icon, there in signs if there)


def paint_boundaries(
    painter: QPainter, places: StepPlaces, steps: Sequence[Step], theme: Theme, *, over_pictures: bool
) -> None:
    """Where steps begin and end, light over pictures."""
    thumbs = places.thumbs
    last_px = -10.0
    for t_s in sorted({t_s for step in steps for t_s in (step.start_s, step.end_s)}):
        x = places.x_px(t_s)
        if x - last_px < 1.5 or not -2 < x < places.width_px + 2:
            continue
        last_px = x
        if not over_pictures:
            painter.fillRect(QRectF(x - 0.5, thumbs.top(), 1, thumbs.height()), theme.colour("border_strong"))
            continue
        painter.fillRect(QRectF(x - 1.5, thumbs.top(), 3, thumbs.height()), theme.colour("scrim"))
        painter.fillRect(QRectF(x - 0.5, thumbs.top(), 1, thumbs.height()), theme.colour("on_scrim"))


def paint_handle(painter: QPainter, places: StepPlaces, t_s: float, theme: Theme) -> None:
    """The boundary that could be dragged, or is."""
    x = places.x_px(t_s)
    painter.setPen(QPen(theme.colour("accent"), 2))
    painter.drawLine(QPointF(x, RULER_PX), QPointF(x, places.plates.bottom()))
    grip = QRectF(x - 4, places.plates.center().y() - 12, 8, 24)
    painter.setPen(QPen(theme.colour("surface"), 1))
    painter.setBrush(theme.colour("accent"))
    painter.drawRoundedRect(grip, 4, 4)


def paint_hint(painter: QPainter, places: StepPlaces, t_s: float, words: str, theme: Theme) -> None:
    """A chip with a time at the ruler."""
    width = text_width(words, "monosmall") + 14
    left = min(max(places.x_px(t_s) - width / 2, 2.0), places.width_px - width - 2)
    chip = QRectF(left, 1, width, RULER_PX - 4)
    painter.setPen(QPen(theme.colour("accent"), 1))
    painter.setBrush(theme.colour("tooltip"))
    painter.drawRoundedRect(chip, 4, 4)
    draw_words(painter, chip.toRect(), words, "monosmall", "text", _MIDDLE)


def paint_new(painter: QPainter, places: StepPlaces, start_s: float, end_s: float, words: str, theme: Theme) -> None:
    """The step that a drag over a gap would make."""
    left, right = places.x_px(start_s), places.x_px(end_s)
    rect = QRectF(left, places.plates.top(), right - left, PLATE_PX)
    painter.setPen(QPen(theme.colour("accent"), 2, Qt.PenStyle.DashLine))
    painter.setBrush(theme.colour("accent", 0.22))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 5, 5)
    if rect.width() > 30:
        draw_words(painter, rect.toRect().adjusted(8, 0, -6, 0), words, "strong", "text")


def paint_playhead(painter: QPainter, places: StepPlaces, t_s: float, theme: Theme) -> None:
    """The line of now."""
    x = places.x_px(t_s)
    painter.setPen(QPen(theme.colour("playhead"), 1.8))
    painter.drawLine(QPointF(x, RULER_PX - 8), QPointF(x, places.height_px - 4))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("playhead"))
    painter.drawPolygon([QPointF(x - 5, RULER_PX - 10), QPointF(x + 5, RULER_PX - 10), QPointF(x, RULER_PX - 2)])
