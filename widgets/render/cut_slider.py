"""The time of a cut: its captions as bars, its segments as pieces, and the moment that is shown."""

from bisect import bisect_left, bisect_right
from itertools import pairwise

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.render.types import FPS, CaptionRole
from widgets.cell_words import draw_words
from widgets.painted_canvas import PaintedCanvas
from widgets.procedures.own_keys import ARROWS, ENDS, keeps
from widgets.render.parts import CutMarks, SlotMark
from widgets.theme import Theme, current_theme
from widgets.time_text import format_time

HEIGHT_PX = 50
_EDGE_PX, _LANE_TOP, _LANE_PX, _TRACK_TOP, _TRACK_PX = 8, 5, 22, 33, 9
_LEAST_WORDS_PX = 26
_COLOURS = {
    CaptionRole.HOOK: ("accent_surface", "accent"),
    CaptionRole.BEAT: ("pressed", "text"),
    CaptionRole.CTA: ("success_surface", "success"),
}
_OWN_KEYS = ARROWS | ENDS | {Qt.Key.Key_Space, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class CutSlider(PaintedCanvas):
    """Left and Right step by frames (Shift: by seconds), Page keys go from segment to segment, Up and Down from caption
    to caption, Home and End to the ends, Space plays and pauses.
    """

    frame_sought = Signal(int, bool)
    """A frame; False while it is dragged."""
    play_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks = CutMarks()
        self._frame = 0
        self._drags = False
        self._ground: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName(self.tr("Time of the cut"))

    def set_marks(self, marks: CutMarks) -> None:
        """Show another cut; the moment stays where it can."""
        self._marks = marks
        self._frame = self._kept(self._frame)
        self.renew()

    def marks(self) -> CutMarks:
        """What is shown."""
        return self._marks

    def set_frame(self, frame: int) -> None:
        """Show another moment."""
        self._frame = self._kept(frame)
        words = self.tr("{time}, frame {frame} of {count}")
        told = words.format(time=format_time(self._frame / FPS), frame=self._frame, count=self._marks.frame_count)
        slot = self.slot_at(self._frame)
        self.setAccessibleDescription(f"{told}, {slot.text}" if slot else told)
        self.update()

    def frame(self) -> int:
        """The moment that is shown."""
        return self._frame

    def slot_at(self, frame: int) -> SlotMark | None:
        """The caption of a frame."""
        return next((one for one in self._marks.slots if one.start_frame <= frame < one.end_frame), None)

    def x_of(self, frame: float) -> float:
        """Where a frame begins, in pixels."""
        width = self.width() - 2 * _EDGE_PX
        return _EDGE_PX + width * frame / max(self._marks.frame_count, 1)

    def frame_at(self, x_px: float) -> int:
        """The frame at a place."""
        width = max(self.width() - 2 * _EDGE_PX, 1)
        return self._kept(int((x_px - _EDGE_PX) / width * self._marks.frame_count))

    def renew(self) -> None:
        """Paint everything anew."""
        self._ground = None
        self.update()

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(320, HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other places."""
        super().resizeEvent(event)
        self.renew()

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window; say what a caption is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            slot = self.slot_at(self.frame_at(event.pos().x())) if self._marks.frame_count else None
            QToolTip.showText(event.globalPos(), slot.text if slot is not None else "", self)
            return True
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the cut."""
        target = self._target_of(event)
        if event.key() == Qt.Key.Key_Space:
            self.play_toggled.emit()
        elif target is not None and self._marks.frame_count:
            self._seek(target, final=True)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton and self._marks.frame_count:
            self._drags = True
            self._seek(self.frame_at(event.position().x()), final=False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along."""
        if self._drags:
            self._seek(self.frame_at(event.position().x()), final=False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay here."""
        if self._drags and event.button() == Qt.MouseButton.LeftButton:
            self._drags = False
            self._seek(self.frame_at(event.position().x()), final=True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The kept picture of the cut, what was seen of it, and the moment."""
        theme, ratio = current_theme(), self.devicePixelRatioF()
        if self._ground is None or self._ground.devicePixelRatio() != ratio:
            self._ground = self._paint_ground(theme, ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._marks.frame_count:
            self._paint_played(painter, theme)
            self._paint_moment(painter, theme)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.radius("m"), theme.radius("m"))
        painter.end()

    # ---- inside ----

    def _kept(self, frame: int) -> int:
        return min(max(frame, 0), max(self._marks.frame_count - 1, 0))

    def _seek(self, frame: int, *, final: bool) -> None:
        self.set_frame(frame)
        self.frame_sought.emit(self._frame, final)

    def _target_of(self, event: QKeyEvent) -> int | None:
        step = FPS if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        now, last = self._frame, self._marks.frame_count - 1
        borders = [0, *self._marks.borders]
        starts = [one.start_frame for one in self._marks.slots] or [0]
        targets = {
            int(Qt.Key.Key_Left): now - step,
            int(Qt.Key.Key_Right): now + step,
            int(Qt.Key.Key_Home): 0,
            int(Qt.Key.Key_End): last,
            int(Qt.Key.Key_PageUp): _before(borders, now),
            int(Qt.Key.Key_PageDown): _after(borders, now, last),
            int(Qt.Key.Key_Up): _before(starts, now),
            int(Qt.Key.Key_Down): _after(starts, now, last),
        }
        return targets.get(event.key())

    def _pieces(self) -> list[QRectF]:
        """The segments on the track, a gap between each."""
        if not self._marks.frame_count:
            return []
        ends = [0, *self._marks.borders, self._marks.frame_count]
        made = []
        for start, end in pairwise(ends):
            left, right = self.x_of(start), self.x_of(end)
            gap = 2.0 if end < self._marks.frame_count else 0.0
            made.append(QRectF(left, _TRACK_TOP, max(right - left - gap, 1.0), _TRACK_PX))
        return made

    def _paint_ground(self, theme: Theme, ratio: float) -> QPixmap:
        ground = QPixmap(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))
        ground.setDevicePixelRatio(ratio)
        ground.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        lane = QRectF(_EDGE_PX, _LANE_TOP, self.width() - 2 * _EDGE_PX, _LANE_PX)
        painter.setBrush(theme.colour("lane"))
        painter.drawRoundedRect(lane, theme.radius("s"), theme.radius("s"))
        for slot in self._marks.slots:
            self._paint_slot(painter, slot, theme)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("border_strong"))
        for piece in self._pieces():
            painter.drawRoundedRect(piece, 3, 3)
        painter.end()
        return ground

    def _paint_slot(self, painter: QPainter, slot: SlotMark, theme: Theme) -> None:
        surface, ink = _COLOURS[slot.role]
        left, right = self.x_of(slot.start_frame), self.x_of(slot.end_frame)
        bar = QRectF(left + 0.5, _LANE_TOP + 0.5, max(right - left - 2, 2), _LANE_PX - 1)
        painter.setPen(QPen(theme.colour(ink, 0.45), 1))
        painter.setBrush(theme.colour(surface))
        painter.drawRoundedRect(bar, theme.radius("s"), theme.radius("s"))
        if bar.width() >= _LEAST_WORDS_PX:
            place = QRect(round(bar.left()) + 5, _LANE_TOP, round(bar.width()) - 8, _LANE_PX)
            draw_words(painter, place, " ".join(slot.text.split()), "caption", ink)

    def _paint_played(self, painter: QPainter, theme: Theme) -> None:
        seen = QRectF(0, 0, self.x_of(self._frame), self.height())
        painter.save()
        painter.setClipRect(seen)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent_fill"))
        for piece in self._pieces():
            painter.drawRoundedRect(piece, 3, 3)
        painter.restore()

    def _paint_moment(self, painter: QPainter, theme: Theme) -> None:
        x_px = self.x_of(self._frame)
        painter.setPen(QPen(theme.colour("playhead"), 2))
        painter.drawLine(QLineF(x_px, 3, x_px, self.height() - 3))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("playhead"))
        painter.drawPolygon(QPolygonF([QPointF(x_px - 5, 0), QPointF(x_px + 5, 0), QPointF(x_px, 6)]))
        painter.drawEllipse(QPointF(x_px, _TRACK_TOP + _TRACK_PX / 2), 5, 5)


def _before(places: list[int], now: int) -> int:
    at = bisect_left(places, now)
    return places[at - 1] if at else 0


def _after(places: list[int], now: int, last: int) -> int:
    at = bisect_right(places, now)
    return places[at] if at < len(places) else last
