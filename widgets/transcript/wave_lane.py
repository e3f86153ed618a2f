"""The sound around the playhead, with the lines over it; their boundaries can be dragged."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.transcript.types import LineRow
from widgets.cell_words import draw_words, text_width
from widgets.identity_look import identity_colour
from widgets.theme import Theme, current_theme
from widgets.time_text import format_time
from widgets.timeline.strips import wave_image
from widgets.timeline.time_axis import TimeAxis, tick_step_s
from widgets.transcript.looks import SpeakerLook
from widgets.transcript.snapping import dragged, silence_targets, snapped, word_targets

HEIGHT_PX = 112
RULER_PX = 20
CAPTION_PX = 20
REACH_PX = 6
SNAP_PX = 9
SHOWN_S = 14.0
"""How much is on the screen at first."""
_LEAST_SHOWN_S, _MOST_SHOWN_S = 0.5, 600.0


@dataclass(frozen=True, slots=True)
class Grip:
    """A boundary under the pointer: ``edge`` is start or end."""

    line_id: str
    edge: str


class WaveLane(QWidget):
    """Click = go there; drag a boundary = other times (Alt: without snapping, Escape: leave it); wheel = zoom,
    Shift+wheel = along. Left and Right go on by a tenth of a second, plus and minus zoom.
    """

    seek_requested = Signal(float, bool)
    """Seconds; False while dragging."""
    times_committed = Signal(str, float, float)
    """A line with its new start and end."""
    line_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("waveLane")
        self.setAccessibleName(self.tr("Sound with the lines"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.axis = TimeAxis(1.0, 1.0)
        self._position_s = 0.0
        self._lines: Sequence[LineRow] = ()
        self._starts: list[float] = []
        self._looks: Mapping[str, SpeakerLook] = {}
        self._selected: frozenset[str] = frozenset()
        self._peaks: npt.NDArray[np.float32] | None = None
        self._peaks_per_s = 50.0
        self._hover: Grip | None = None
        self._drag: Grip | None = None
        self._drag_times: tuple[float, float] | None = None
        self._seeking = False

    # ---- what the panel says

    def set_duration(self, duration_s: float) -> None:
        """The length of the film."""
        self.axis = TimeAxis(max(duration_s, 0.001), max(self.width(), 1)).showing(0.0, min(SHOWN_S, duration_s))
        self.update()

    def set_waveform(self, peaks: npt.NDArray[np.float32] | None, per_second: float = 50.0) -> None:
        """Least and greatest sample, float32 (n, 2) in [-1, 1]; None = not known."""
        self._peaks, self._peaks_per_s = peaks, per_second
        self.update()

    def set_lines(self, lines: Sequence[LineRow], looks: Mapping[str, SpeakerLook]) -> None:
        """The lines over the sound, sorted by time."""
        self._lines, self._looks = lines, looks
        self._starts = [line.start_s for line in lines]
        self.update()

    def set_selected(self, line_ids: Sequence[str]) -> None:
        """Lines that stand out."""
        self._selected = frozenset(line_ids)
        self.update()

    def set_position(self, t_s: float) -> None:
        """Where the film is; the view goes along."""
        self._position_s = t_s
        if self._drag is None and not self._seeking:
            shown_s = self.axis.right_s - self.axis.left_s
            if not self.axis.left_s + shown_s * 0.04 <= t_s <= self.axis.right_s - shown_s * 0.1:
                self.axis = self.axis.centred_on(t_s + shown_s * 0.3)
        self.update()

    # ---- places

    def x_of(self, line_id: str, edge: str) -> float:
        """Where a boundary of a line is."""
        line = next(one for one in self._lines if one.line_id == line_id)
        return self.axis.x_px(line.start_s if edge == "start" else line.end_s)

    def shown_lines(self) -> Sequence[LineRow]:
        """The lines on the screen, and the one that begins before."""
        first = max(bisect_left(self._starts, self.axis.left_s) - 3, 0)
        last = bisect_left(self._starts, self.axis.right_s)
        return [line for line in self._lines[first:last] if line.end_s >= self.axis.left_s]

    def grip_at(self, place: QPointF) -> Grip | None:
        """The boundary under a place; one of a selected line first."""
        found: list[tuple[bool, float, Grip]] = []
        for line in self.shown_lines():
            for edge, t_s in (("start", line.start_s), ("end", line.end_s)):
                away = abs(self.axis.x_px(t_s) - place.x())
                if away <= REACH_PX:
                    found.append((line.line_id not in self._selected, away, Grip(line.line_id, edge)))
        return min(found, key=lambda one: one[:2])[2] if found else None

    # ---- what Qt says

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(600, HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The scale stays."""
        super().resizeEvent(event)
        shown_s = min(self.axis.right_s - self.axis.left_s, self.axis.duration_s)
        left_s = self.axis.left_s
        self.axis = TimeAxis(self.axis.duration_s, max(self.width(), 1)).showing(left_s, left_s + shown_s)

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a boundary, or go there."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._drag = self.grip_at(event.position())
        if self._drag is None:
            self._seeking = True
            self.seek_requested.emit(self.axis.t_s(event.position().x()), False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or show what could be dragged."""
        if self._drag is not None:
            free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            self._drag_times = self._times_at(self._drag, event.position().x(), free=free)
            self.update()
        elif self._seeking:
            self.seek_requested.emit(self.axis.t_s(event.position().x()), False)
        else:
            grip = self.grip_at(event.position())
            if grip != self._hover:
                self._hover = grip
                self.setCursor(Qt.CursorShape.SplitHCursor if grip else Qt.CursorShape.ArrowCursor)
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The new times are told once, at the end."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        drag, times, seeking = self._drag, self._drag_times, self._seeking
        self._drag, self._drag_times, self._seeking = None, None, False
        if drag is not None:
            if times is not None:
                self.times_committed.emit(drag.line_id, *times)
            self.update()
        elif seeking:
            t_s = self.axis.t_s(event.position().x())
            self.seek_requested.emit(t_s, True)
            under = [line for line in self.shown_lines() if line.start_s <= t_s < line.end_s]
            if under:
                self.line_clicked.emit(under[-1].line_id)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer."""
        super().leaveEvent(event)
        self._hover = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer; with Shift, along."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().x():
            self.axis = self.axis.panned(turned)
        else:
            self._zoom(math.pow(1.2, turned / 120), event.position().x())
        self.update()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self._drag is not None:
            self._drag = self._drag_times = None
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom(0.5 if key == Qt.Key.Key_Minus else 2.0, self.axis.x_px(self._position_s))
        else:
            super().keyPressEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint everything: it costs by the pixels."""
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("lane"))
        self._paint_ruler(painter, theme)
        self._paint_wave(painter, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in self.shown_lines():
            self._paint_block(painter, line, theme)
        x_px = self.axis.x_px(self._position_s)
        painter.setPen(QPen(theme.colour("playhead"), 1.5))
        painter.drawLine(QPointF(x_px, 0), QPointF(x_px, self.height()))
        if self._drag is not None and self._drag_times is not None:
            self._paint_drag(painter, self._drag_times[0 if self._drag.edge == "start" else 1], theme)
        painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "border"), 1))
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))
        painter.end()

    # ---- inside

    def _zoom(self, factor: float, at_px: float) -> None:
        shown_s = (self.axis.right_s - self.axis.left_s) / factor
        if _LEAST_SHOWN_S <= shown_s <= _MOST_SHOWN_S:
            self.axis = self.axis.zoomed(factor, at_px)

    def _times_at(self, grip: Grip, x_px: float, *, free: bool) -> tuple[float, float]:
        line = next(one for one in self._lines if one.line_id == grip.line_id)
        t_s = self.axis.t_s(x_px)
        if not free:
            near_s = SNAP_PX / self.axis.px_per_s
            targets = word_targets(self.shown_lines(), line.line_id, t_s - near_s, t_s + near_s)
            targets += silence_targets(self._peaks, self._peaks_per_s, self.axis.left_s, self.axis.right_s)
            t_s = snapped(t_s, [*targets, self._position_s], near_s)
        return dragged(line, grip.edge, t_s, self.axis.duration_s)

    def _wave_area(self) -> QRect:
        return QRect(0, RULER_PX + CAPTION_PX, self.width(), self.height() - RULER_PX - CAPTION_PX - 4)

    def _paint_ruler(self, painter: QPainter, theme: Theme) -> None:
        step_s, _parts = tick_step_s(self.axis.px_per_s, text_width("0:00:00.000", "monosmall") + 24)
        number = math.floor(self.axis.left_s / step_s)
        while number * step_s <= self.axis.right_s:
            x_px = self.axis.x_px(number * step_s)
            painter.setPen(QPen(theme.colour("border_strong"), 1))
            painter.drawLine(QPointF(x_px, 4), QPointF(x_px, RULER_PX))
            words = format_time(number * step_s)
            place = QRect(round(x_px) + 5, 0, 100, RULER_PX)
            draw_words(painter, place, words if step_s < 1 else words[:-4], "monosmall", "text_faint")
            number += 1

    def _paint_wave(self, painter: QPainter, theme: Theme) -> None:
        area, ratio = self._wave_area(), self.devicePixelRatioF()
        if self._peaks is None or area.width() < 2:
            return
        size = (round(area.width() * ratio), round(area.height() * ratio))
        scale = self.axis.px_per_s * ratio
        colour = theme.colour("waveform")
        painter.drawImage(area, wave_image(self._peaks, self._peaks_per_s, self.axis.left_s, scale, *size, colour))

    def _paint_block(self, painter: QPainter, line: LineRow, theme: Theme) -> None:
        start_s, end_s = line.start_s, line.end_s
        if self._drag is not None and self._drag_times is not None and self._drag.line_id == line.line_id:
            start_s, end_s = self._drag_times
        left, right = self.axis.x_px(start_s), self.axis.x_px(end_s)
        look = self._looks.get(line.speaker_id or "")
        colour = identity_colour(look.colour_index) if look is not None else theme.colour("text_faint")
        chosen = line.line_id in self._selected
        area = QRectF(left + 0.5, RULER_PX + 1, max(right - left - 1, 2), self.height() - RULER_PX - 4)
        ground = QColor(colour)
        ground.setAlphaF(0.30 if chosen else 0.13)
        painter.setPen(QPen(colour, 2 if chosen else 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(area, 4, 4)
        words = f"{look.label}: {line.text}" if look is not None else line.text
        shown = QRect(round(max(area.left(), 0)) + 7, RULER_PX + 2, 0, CAPTION_PX - 2)
        shown.setWidth(round(min(area.right(), self.width())) - shown.left() - 6)
        if shown.width() > 24:
            draw_words(painter, shown, words, "small", "text")
        for edge, x_px in (("start", left), ("end", right)):
            lit = self._hover == Grip(line.line_id, edge) or self._drag == Grip(line.line_id, edge)
            if lit or chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("text") if lit else colour)
                painter.drawRoundedRect(QRectF(x_px - 2, self.height() / 2 - 2, 4, 26), 2, 2)

    def _paint_drag(self, painter: QPainter, t_s: float, theme: Theme) -> None:
        x_px, words = self.axis.x_px(t_s), format_time(t_s)
        width = text_width(words, "monosmall") + 14
        left = min(max(x_px - width / 2, 2), self.width() - width - 2)
        chip = QRectF(left, 1, width, RULER_PX - 2)
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("tooltip"))
        painter.drawRoundedRect(chip, 4, 4)
        draw_words(painter, chip.toRect(), words, "monosmall", "text", Qt.AlignmentFlag.AlignHCenter)
