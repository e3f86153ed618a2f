"""Painting the alignment strip."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from core.procedures.types import FindingType, Verdict
from widgets.cell_words import draw_words, text_width
from widgets.icons import paint_icon
from widgets.procedures.alignment_places import LOOSE_END_PX, RULER_PX, AlignmentPlaces
from widgets.procedures.alignment_scene import AlignmentScene, Band, Mark, Ribbon
from widgets.procedures.finding_words import longer_words, numbered
from widgets.procedures.outcome_look import MARK_PX, fill_band, kind_words, kinds_in_order, look_of, mixed, paint_mark
from widgets.procedures.ribbon_image import ribbons_image
from widgets.procedures.wrapped_words import draw_wrapped
from widgets.theme import Theme, load_theme
from widgets.time_text import format_duration, format_span, format_time
from widgets.timeline.time_axis import tick_step_s

_LEAST_NAME_PX, _LEAST_NUMBER_PX, _LEAST_EDGED_PX, _LEAST_ROUND_PX, _LEAST_WRAPPED_PX = 30, 13, 9, 12, 46
_ROWS_AT_ONCE, _ITEMS_AT_ONCE = 48, 24
"""So much takes about a millisecond where there are hundreds of steps."""
_MIDDLE, _RIGHT = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight
translate = QCoreApplication.translate


def _ruler_times(places: AlignmentPlaces) -> Iterator[tuple[float, str, QRect]]:
    """Ticks of the ruler: where, the time, and the place of its words."""
    label_px = text_width("0:00:00.000", "monosmall") + 16
    step_s, _parts = tick_step_s(places.axis.px_per_s, label_px)
    first = math.floor(places.axis.left_s / step_s)
    for number in range(first, math.ceil(places.axis.right_s / step_s) + 1):
        x = places.x_px(number * step_s)
        words = format_time(number * step_s)
        words = words if step_s < 1 else words[:-4]
        yield x, words, QRect(round(x) + 4, 2, text_width(words, "monosmall") + 2, RULER_PX - 6)


def paint_ruler(painter: QPainter, places: AlignmentPlaces, theme: Theme) -> None:
    """Ticks with times."""
    bottom = places.trainee.bottom()
    for x, words, place in _ruler_times(places):
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawLine(QPointF(x, RULER_PX - 4), QPointF(x, bottom))
        if place.right() <= places.width_px:
            draw_words(painter, place, words, "monosmall", "text_muted")


def paint_lanes(painter: QPainter, places: AlignmentPlaces, scene: AlignmentScene, theme: Theme) -> None:
    """The ground of both lanes, as long as the recordings are."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for lane, duration_s in ((places.gold, scene.gold_duration_s), (places.trainee, scene.trainee_duration_s)):
        left, right = places.x_px(0.0), places.x_px(duration_s)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.setBrush(theme.colour("lane_alternate"))
        painter.drawRoundedRect(QRectF(left, lane.top(), right - left, lane.height()), 5, 5)
        painter.setPen(QPen(theme.colour("border_strong"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(left + 4, lane.center().y()), QPointF(right - 4, lane.center().y()))


def paint_titles(painter: QPainter, places: AlignmentPlaces, scene: AlignmentScene, titles: tuple[str, str]) -> None:
    """Which lane is which, and how long it is."""
    width = places.left_px - 16
    if width < 40:
        return
    lanes = ((places.gold, titles[0], scene.gold_duration_s), (places.trainee, titles[1], scene.trainee_duration_s))
    for lane, title, duration_s in lanes:
        top = QRect(10, round(lane.top()) + 5, width, 18)
        draw_words(painter, top, title, "strong", "text")
        draw_words(painter, top.translated(0, 18), format_duration(duration_s), "monosmall", "text_muted")


def ribbon_path(places: AlignmentPlaces, ribbon: Ribbon) -> QPainterPath:
    """The shape of a ribbon."""
    ys, lefts, rights = places.ribbon_edges(ribbon)
    down = [QPointF(x, y) for x, y in zip(lefts.tolist(), ys.tolist(), strict=True)]
    up = [QPointF(x, y) for x, y in zip(rights.tolist()[::-1], ys.tolist()[::-1], strict=True)]
    path = QPainterPath()
    path.addPolygon(QPolygonF([*down, *up]))
    path.closeSubpath()
    return path


def ribbon_slices(
    painter: QPainter, places: AlignmentPlaces, ribbons: Sequence[Ribbon], theme: Theme, ratio: float
) -> Iterator[None]:
    """Paint all ribbons: the less alike, the paler; swapped ones strong and on top, repeated ones dashed."""
    right_px = places.left_px + places.axis.width_px
    seen = [one for one in ribbons if _reaches(places, one, places.left_px, right_px)]
    for kind in (None, FindingType.EXECUTION_DEVIATION, FindingType.ORDER_SWAP):
        some = [one for one in seen if one.kind is kind and not one.thin]
        if some:
            yield from _filled_slices(painter, places, some, theme, ratio)
            yield from _edge_slices(painter, places, some, theme)
    for one in seen:
        if one.thin:
            look = look_of(one.kind)
            painter.setBrush(theme.colour(look.colour, 0.07))
            painter.setPen(QPen(theme.colour(look.colour, 0.8), 1.2, Qt.PenStyle.DashLine))
            painter.drawPath(ribbon_path(places, one))
            yield


def _reaches(places: AlignmentPlaces, ribbon: Ribbon, left_px: float, right_px: float) -> bool:
    first_s = min(ribbon.gold.start_s, ribbon.trainee.start_s)
    last_s = max(ribbon.gold.end_s, ribbon.trainee.end_s)
    return places.x_px(last_s) >= left_px and places.x_px(first_s) <= right_px


def _filled_slices(
    painter: QPainter, places: AlignmentPlaces, ribbons: Sequence[Ribbon], theme: Theme, ratio: float
) -> Iterator[None]:
    room, look = places.between, look_of(ribbons[0].kind)
    height_px, width_px = max(round(room.height() * ratio), 1), max(round(room.width() * ratio), 1)
    share = (np.arange(height_px) + 0.5) / height_px
    smooth = share * share * (3 - 2 * share)
    times_s = np.array([(one.gold.start_s, one.trainee.start_s, one.gold.end_s, one.trainee.end_s) for one in ribbons])
    ends = (times_s - places.axis.left_s) * places.axis.px_per_s
    lefts = (ends[:, :1] + smooth * (ends[:, 1:2] - ends[:, :1])) * ratio
    rights = (ends[:, 2:3] + smooth * (ends[:, 3:] - ends[:, 2:3])) * ratio
    base = 0.14 if look.pattern == Qt.BrushStyle.SolidPattern else 0.26
    strengths = np.array([base + 0.18 * min(max(one.similarity, 0.0), 1.0) for one in ribbons])
    for top in range(0, height_px, _ROWS_AT_ONCE):
        rows = slice(top, top + _ROWS_AT_ONCE)
        image = ribbons_image(
            lefts[:, rows], rights[:, rows], strengths, width_px, theme.colour(look.colour), look.pattern, top_px=top
        )
        image.setDevicePixelRatio(ratio)
        painter.drawImage(room.topLeft() + QPointF(0.0, top / ratio), image)
        yield


def _edge_slices(painter: QPainter, places: AlignmentPlaces, ribbons: Sequence[Ribbon], theme: Theme) -> Iterator[None]:
    look = look_of(ribbons[0].kind)
    strong = ribbons[0].kind is not None
    for at, ribbon in enumerate(ribbons):
        if at % _ITEMS_AT_ONCE == 0:
            yield
            painter.setPen(QPen(theme.colour(look.colour, 0.95 if strong else 0.5), 1.5 if strong else 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if (ribbon.gold.end_s - ribbon.gold.start_s) * places.axis.px_per_s < _LEAST_EDGED_PX and not ribbon.crosses:
            continue
        ys, lefts, rights = places.ribbon_edges(ribbon)
        for edge in (lefts, rights):
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(edge.tolist(), ys.tolist(), strict=True)]))


def paint_band(painter: QPainter, places: AlignmentPlaces, band: Band, theme: Theme) -> None:
    """Paint a band with number, name and times as far as there is room."""
    rect = places.band_rect(band)
    if rect.right() < places.left_px or rect.left() > places.left_px + places.axis.width_px:
        return
    absent = band.outcome is not None and band.outcome.trainee is None
    if rect.width() < _LEAST_ROUND_PX:
        _paint_thin(painter, rect, band, theme, absent=absent)
        return
    _paint_ground(painter, rect, band, theme, absent=absent)
    for stretch, kind in band.parts:
        left, right = places.x_px(stretch.start_s), places.x_px(stretch.end_s)
        part = QRectF(left, rect.top(), max(right - left - 0.5, 3.0), rect.height()).intersected(rect)
        fill_band(painter, part, look_of(kind), strength=0.5, radius_px=3)
        painter.setPen(QPen(theme.colour(look_of(kind).colour), 2))
        painter.drawLine(part.bottomLeft(), part.bottomRight())
    _paint_band_words(painter, places, rect, band, theme)


def _paint_thin(painter: QPainter, rect: QRectF, band: Band, theme: Theme, *, absent: bool) -> None:
    """With hundreds of steps on the screen a band is its colour and an edge; the marks tell the rest."""
    kind = band.parts[0][1] if band.parts else band.kind
    painter.fillRect(rect, _thin_ground(kind, absent=absent, on_gold=band.on_gold, theme_name=theme.name))
    painter.fillRect(QRectF(rect.left(), rect.top(), 1, rect.height()), theme.colour(look_of(band.kind).colour))


@lru_cache(maxsize=64)
def _thin_ground(kind: FindingType | None, *, absent: bool, on_gold: bool, theme_name: str) -> QColor:
    theme = load_theme(theme_name)
    strength = 0.6 if kind is not None else 0.0 if absent else 0.16 if on_gold else 0.26
    return mixed(theme.colour(look_of(kind).colour), theme.colour("raised"), strength)


def _paint_ground(painter: QPainter, rect: QRectF, band: Band, theme: Theme, *, absent: bool) -> None:
    look = look_of(band.kind)
    strength = 0.28 if band.kind is not None else 0.0 if absent else 0.16 if band.on_gold else 0.26
    ground = mixed(theme.colour(look.colour), theme.colour("raised"), strength)
    dashed = absent or band.kind is FindingType.STEP_EXTRA
    colour = "text_faint" if absent and band.kind is None else look.colour
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    painter.setPen(QPen(theme.colour(colour, 0.95 if band.kind else 0.7), 1.0 if band.kind is None else 1.6, style))
    painter.setBrush(ground)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    if band.kind is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(theme.colour(look.colour, 0.45), look.pattern))
        painter.drawRoundedRect(rect, 4, 4)


def _paint_band_words(painter: QPainter, places: AlignmentPlaces, rect: QRectF, band: Band, theme: Theme) -> None:
    seen = rect.intersected(QRectF(places.left_px, 0, places.axis.width_px, places.height_px))
    room = round(seen.width()) - 12
    number = "" if band.step is None else str(band.step + 1)
    top = QRect(round(seen.left()) + 6, round(rect.top()) + 5, room, 18)
    plain_band = band.kind is None and not band.parts
    if band.kind is FindingType.STEP_EXTRA:
        if room >= 8:
            paint_icon(painter, "add", QRectF(top.left() - 1, top.top() + 2, 14, 14), "step_extra")
        top.setLeft(top.left() + 17)
        room -= 17
    if not plain_band and room >= _LEAST_NUMBER_PX - 6:
        _paint_plate(painter, top, room, band, theme)
    if room >= _LEAST_NAME_PX:
        words = _title(band)
        role = "strong" if text_width(words, "strong") <= room else "small"
        if text_width(words, role) > room and room >= _LEAST_WRAPPED_PX and not band.parts:
            draw_wrapped(painter, QRect(top.left(), top.top() - 1, room + 4, 38), words)
            return
        draw_words(painter, QRect(top.left(), top.top(), room, 18), words, role, "text")
        draw_words(painter, QRect(top.left(), top.top() + 18, room, 18), _under(band), "small", "text_muted")
    elif number and band.kind is FindingType.STEP_EXTRA and room >= 0:
        draw_words(painter, QRect(top.left(), top.top(), max(room + 8, 0), 18), number, "caption", "text")
    elif room + 12 >= _LEAST_NUMBER_PX and number and band.kind is not FindingType.STEP_EXTRA:
        whole = QRect(round(seen.left()), top.top(), round(seen.width()), 18)
        draw_words(painter, whole, number, "caption", "text", _MIDDLE)


def _paint_plate(painter: QPainter, top: QRect, room: int, band: Band, theme: Theme) -> None:
    """A quiet ground behind words that stand on a pattern."""
    words = _title(band) if room >= _LEAST_NAME_PX else ""
    width = min(max(text_width(words, "strong"), text_width(_under(band), "small")) + 8, room + 6)
    if words and width > 16:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("surface", 0.82))
        painter.drawRoundedRect(QRectF(top.left() - 4, top.top() - 1, width, 38), 3, 3)


def _title(band: Band) -> str:
    return band.name if band.step is None else numbered(band.step, band.name)


def _under(band: Band) -> str:
    if band.kind is FindingType.STEP_EXTRA or band.kind is FindingType.STEP_MISSING:
        return kind_words(band.kind)
    length = format_span(band.stretch.end_s - band.stretch.start_s)
    if band.on_gold or band.outcome is None:
        return length
    away = longer_words(band.stretch.end_s - band.stretch.start_s, band.outcome.gold.end_s - band.outcome.gold.start_s)
    return f"{length}  {away}".rstrip()


def paint_loose_end(painter: QPainter, places: AlignmentPlaces, band: Band, theme: Theme) -> None:
    """Below a step that was not done: a ribbon that ends in nothing."""
    rect, room = places.band_rect(band), places.between
    reach = min(room.height() * 0.3, LOOSE_END_PX)
    look = look_of(band.kind)
    colour = look.colour if band.kind is not None else "text_faint"
    middle = rect.center().x()
    tail = QPolygonF(
        [
            rect.bottomLeft(),
            rect.bottomRight(),
            QPointF(middle + 3, room.top() + reach),
            QPointF(middle - 3, room.top() + reach),
        ]
    )
    painter.setPen(QPen(theme.colour(colour, 0.8), 1.2, Qt.PenStyle.DashLine))
    painter.setBrush(theme.colour(colour, 0.14))
    painter.drawPolygon(tail)


def paint_finding_mark(painter: QPainter, middle: QPointF, mark: Mark, theme: Theme, *, chosen: bool) -> None:
    """The mark of a finding; dismissed ones are pale and struck through, confirmed ones carry a tick."""
    painter.setOpacity(0.45 if mark.verdict is Verdict.DISMISSED and not chosen else 1.0)
    paint_mark(painter, middle, mark.kind)
    if mark.verdict is Verdict.DISMISSED:
        painter.setPen(QPen(theme.colour("text"), 1.5))
        painter.drawLine(QLineF(middle.x() - 8, middle.y() + 8, middle.x() + 8, middle.y() - 8))
    painter.setOpacity(1.0)
    if mark.verdict is Verdict.CONFIRMED:
        tick = QRectF(middle.x() + 3, middle.y() - 13, 12, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("success"))
        painter.drawEllipse(tick)
        paint_icon(painter, "check", tick.adjusted(1.5, 1.5, -1.5, -1.5), "surface")
    if chosen:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("focus"), 2.5))
        painter.drawEllipse(middle, MARK_PX / 2 + 3, MARK_PX / 2 + 3)


def paint_legend(painter: QPainter, places: AlignmentPlaces, kinds: set[FindingType]) -> None:
    """What the colours and marks mean; only those that occur."""
    x, y = places.left_px + 2.0, places.height_px - 11.0
    for kind in (None, *(one for one in kinds_in_order() if one in kinds)):
        look, words = look_of(kind), kind_words(kind)
        width = text_width(words, "small")
        if x + width + 30 > places.width_px:
            return
        swatch = QRectF(x, y - 8, 16, 16)
        fill_band(painter, swatch, look, strength=0.35, radius_px=3)
        paint_icon(painter, look.icon, swatch.adjusted(1.5, 1.5, -1.5, -1.5), "text")
        draw_words(painter, QRect(round(x) + 22, round(y) - 9, width + 4, 18), words, "small", "text_muted")
        x += width + 44


def paint_now(
    painter: QPainter, places: AlignmentPlaces, lane: QRectF, x_px: float, words: str, theme: Theme, *, below: bool
) -> None:
    """The line of now of one lane, with its time in a chip outside the lane."""
    painter.setPen(QPen(theme.colour("playhead"), 1.6))
    painter.drawLine(QPointF(x_px, lane.top() - 3), QPointF(x_px, lane.bottom() + 3))
    width = text_width(words, "monosmall") + 10
    top = lane.bottom() + 3 if below else lane.top() - 20
    left = min(max(x_px - width / 2, lane.left()), lane.right() - width)
    chip = QRectF(left, top, width, 16)
    if not below:
        for _x, _words, hidden in _ruler_times(places):
            if hidden.intersects(chip.toRect()):
                painter.fillRect(hidden, theme.colour("surface"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("playhead"))
    painter.drawRoundedRect(chip, 3, 3)
    painter.setFont(theme.font("monosmall"))
    painter.setPen(theme.colour("on_scrim"))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)


def scene_slices(
    painter: QPainter,
    places: AlignmentPlaces,
    scene: AlignmentScene,
    marks: Mapping[str, QPointF],
    theme: Theme,
    ratio: float,
) -> Iterator[None]:
    """Everything that does not move; see SlicedLayer."""
    painter.setClipRect(QRectF(places.left_px - 1, 0, places.axis.width_px + 2, places.height_px))
    paint_ruler(painter, places, theme)
    paint_lanes(painter, places, scene, theme)
    yield from ribbon_slices(painter, places, scene.ribbons, theme, ratio)
    for at, band in enumerate(scene.bands):
        if at % _ITEMS_AT_ONCE == 0:
            yield
        if band.on_gold and band.outcome is not None and band.outcome.trainee is None:
            paint_loose_end(painter, places, band, theme)
        paint_band(painter, places, band, theme)
    for at, mark in enumerate(scene.marks):
        if at % _ITEMS_AT_ONCE == 0:
            yield
        paint_finding_mark(painter, marks[mark.finding_id], mark, theme, chosen=False)
    painter.setClipping(False)
    titles = (translate("Procedures", "Gold"), translate("Procedures", "Trainee"))
    paint_titles(painter, places, scene, titles)
    if places.with_legend:
        paint_legend(painter, places, scene.kinds())
    if scene.why_zero:
        draw_words(painter, places.between.toRect(), scene.why_zero, "strong", "error", _MIDDLE)


def paint_lit(
    painter: QPainter, places: AlignmentPlaces, scene: AlignmentScene, steps: Collection[int | None], theme: Theme
) -> None:
    """Outline the bands and ribbons of steps."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("text"), 2))
    for ribbon in scene.ribbons:
        if ribbon.step in steps and not ribbon.thin:
            painter.drawPath(ribbon_path(places, ribbon))
    for band in scene.bands:
        if band.step is not None and band.step in steps:
            painter.drawRoundedRect(places.band_rect(band), 4, 4)
