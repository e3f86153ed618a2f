"""What stands around the similarity map: times along its edges, and what the colours mean."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from widgets.cell_words import draw_words, text_width
from widgets.procedures.heat_colours import heat_scale
from widgets.theme import Theme
from widgets.time_text import format_time
from widgets.timeline.time_axis import tick_step_s

translate = QCoreApplication.translate
LEFT_PX, TOP_PX, RIGHT_PX, BOTTOM_PX = 66, 30, 52, 12
_SCALE_PX = 10
_LEAST_MOVE_PX = 1.5
_MIDDLE, _RIGHT = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight


def paint_axes(painter: QPainter, area: QRectF, gold_s: float, trainee_s: float, theme: Theme) -> None:
    """Times along both edges."""
    painter.setPen(QPen(theme.colour("border_strong"), 1))
    label_px = text_width("0:00:00", "monosmall") + 22
    px_per_s = area.width() / trainee_s
    step_s, _parts = tick_step_s(px_per_s, label_px)
    title = translate("Procedures", "Trainee")
    for number in range(1, int(trainee_s / step_s) + 1):
        x = area.left() + number * step_s * px_per_s
        painter.drawLine(QPointF(x, area.top() - 5), QPointF(x, area.top()))
        if x + label_px / 2 < area.right() + RIGHT_PX:
            place = QRect(round(x - label_px / 2), 6, label_px, 18)
            draw_words(painter, place, _tick(number * step_s, step_s), "monosmall", "text_muted", _MIDDLE)
        painter.setPen(QPen(theme.colour("border_strong"), 1))
    draw_words(painter, QRect(round(area.left()), 6, label_px, 18), title, "caption", "text")
    _paint_gold_axis(painter, area, gold_s, theme)


def _paint_gold_axis(painter: QPainter, area: QRectF, gold_s: float, theme: Theme) -> None:
    px_per_s = area.height() / gold_s
    step_s, _parts = tick_step_s(px_per_s, 34)
    for number in range(1, int(gold_s / step_s) + 1):
        y = area.top() + number * step_s * px_per_s
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.drawLine(QPointF(area.left() - 5, y), QPointF(area.left(), y))
        place = QRect(2, round(y) - 9, LEFT_PX - 10, 18)
        draw_words(painter, place, _tick(number * step_s, step_s), "monosmall", "text_muted", _RIGHT)
    draw_words(
        painter, QRect(2, TOP_PX - 2, LEFT_PX - 10, 18), translate("Procedures", "Gold"), "caption", "text", _RIGHT
    )


def paint_scale(painter: QPainter, area: QRectF, theme: Theme) -> None:
    """What the colours mean."""
    height = min(area.height() - 40, 160.0)
    if height < 40:
        return
    bar = QRectF(area.right() + 14, area.top() + 20, _SCALE_PX, height)
    painter.drawImage(bar, heat_scale())
    painter.setPen(QPen(theme.colour("border_strong"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    room = QRect(round(area.right()) + 2, 0, RIGHT_PX - 4, 18)
    draw_words(painter, room.translated(0, TOP_PX), translate("Procedures", "alike"), "caption", "text_muted", _MIDDLE)
    below = room.translated(0, round(bar.bottom()) + 2)
    draw_words(painter, below, translate("Procedures", "unlike"), "caption", "text_muted", _MIDDLE)


def thinned(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The points (n, 2) of a line without those that are nearer to one another than can be seen; both ends stay."""
    if len(points) < 3:
        return points
    moved = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    slots = (moved / _LEAST_MOVE_PX).astype(np.int64)
    keep = np.concatenate(([True], slots[1:] > slots[:-1]))
    keep[-1] = True
    return points[keep]


def _tick(t_s: float, step_s: float) -> str:
    words = format_time(t_s)
    words = words if step_s < 1 else words[:-4]
    return words.removeprefix("0:")
