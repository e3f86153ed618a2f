"""The segments of a render as blocks that fill."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.render.types import LOCAL_ENGINE, RenderedSegment, SegmentState
from widgets.icons import paint_icon
from widgets.painted_canvas import PaintedCanvas
from widgets.procedures.own_keys import ENDS, ENTER, keeps
from widgets.render.render_words import segment_words
from widgets.theme import Theme, current_theme

HEIGHT_PX = 40
_GAP_PX, _INSET_PX = 3, 1
_NUMBER_FROM_PX, _ICON_FROM_PX = 16, 44
_OWN_KEYS = ENDS | ENTER | {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space}
_LOOKS = {
    SegmentState.QUEUED: ("clock", "text_faint", "lane", "border"),
    SegmentState.RENDERING: ("play", "accent", "lane", "accent"),
    SegmentState.DONE: ("check", "success", "success_surface", "success"),
    SegmentState.FAILED: ("error", "error", "error_surface", "error"),
}
"""Icon, ink, ground and edge of a state."""


class SegmentBlocks(PaintedCanvas):
    """As wide as the segments last. Left and Right go from one to the next, Enter shows one."""

    segment_activated = Signal(int)
    """The index of a segment to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._segments: tuple[RenderedSegment, ...] = ()
        self._fell_back = False
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName(self.tr("Segments"))

    def set_segments(self, segments: Sequence[RenderedSegment], *, fell_back: bool = False) -> None:
        """Show these; ``fell_back``: some were drawn by another engine than asked for, which is marked."""
        if (tuple(segments), fell_back) == (self._segments, self._fell_back):
            return
        self._segments, self._fell_back = tuple(segments), fell_back
        self._current = min(self._current, max(len(segments) - 1, 0))
        self._tell()
        self.update()

    def segments(self) -> tuple[RenderedSegment, ...]:
        """What is shown."""
        return self._segments

    def current(self) -> int:
        """The segment that the keyboard is on."""
        return self._current

    def rect_of(self, at: int) -> QRectF:
        """Where a segment is."""
        room = self.width() - 2 * _INSET_PX
        total_s = sum(one.duration_s for one in self._segments) or 1.0
        start_s = sum(one.duration_s for one in self._segments[:at])
        gap = _GAP_PX if at < len(self._segments) - 1 else 0
        left = _INSET_PX + room * start_s / total_s
        width = max(room * self._segments[at].duration_s / total_s - gap, 2.0)
        return QRectF(left, _INSET_PX, width, self.height() - 2 * _INSET_PX)

    # ---- what Qt says ----

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(240, HEIGHT_PX)

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window; say what a segment is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self._at(event.pos().x())
            QToolTip.showText(event.globalPos(), self._words(at) if at >= 0 else "", self)
            return True
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along, show one."""
        last = len(self._segments) - 1
        targets = {
            int(Qt.Key.Key_Left): self._current - 1,
            int(Qt.Key.Key_Right): self._current + 1,
            int(Qt.Key.Key_Home): 0,
            int(Qt.Key.Key_End): last,
        }
        if event.key() in targets and last >= 0:
            self._current = min(max(targets[event.key()], 0), last)
            self._tell()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and last >= 0:
            self.segment_activated.emit(self._segments[self._current].index)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show one."""
        at = self._at(event.position().x())
        if at >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._current = at
            self._tell()
            self.update()
            self.segment_activated.emit(self._segments[at].index)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The blocks."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, segment in enumerate(self._segments):
            self._paint_block(painter, segment, self.rect_of(at), theme)
        if self.hasFocus() and self._segments:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.drawRoundedRect(self.rect_of(self._current).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.end()

    # ---- inside ----

    def _paint_block(self, painter: QPainter, segment: RenderedSegment, place: QRectF, theme: Theme) -> None:
        icon_name, ink, ground, edge = _LOOKS[segment.state]
        box = place.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(box, 5, 5)
        if segment.state is SegmentState.RENDERING:
            painter.save()
            share = min(max(segment.progress, 0.0), 1.0)
            painter.setClipRect(QRectF(box.left(), box.top(), box.width() * share, box.height()))
            painter.setBrush(theme.colour("accent_fill", 0.38))
            painter.drawRoundedRect(box, 5, 5)
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour(edge, None if edge == "border" else 0.7), 1))
        painter.drawRoundedRect(box, 5, 5)
        self._paint_content(painter, segment, box, (icon_name, ink), theme)

    def _paint_content(
        self, painter: QPainter, segment: RenderedSegment, box: QRectF, look: tuple[str, str], theme: Theme
    ) -> None:
        """The number, the state's icon beside it where there is room, a mark of an engine that was not asked for."""
        icon_name, ink = look
        if box.width() < _NUMBER_FROM_PX:
            return
        painter.setFont(theme.font("monosmall"))
        painter.setPen(theme.colour("text" if ink == "accent" else ink))
        number = str(segment.index + 1)
        if box.width() >= _ICON_FROM_PX:
            paint_icon(painter, icon_name, QRectF(box.center().x() - 17, box.center().y() - 7, 14, 14), ink)
            place = QRectF(box.center().x() + 1, box.top(), box.width() / 2, box.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, number)
        else:
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, number)
        if self._marked(segment):
            side = min(12.0, box.width() / 2)
            paint_icon(painter, "warning", QRectF(box.right() - side - 2, box.top() + 2, side, side), "warning")

    def _marked(self, segment: RenderedSegment) -> bool:
        return self._fell_back and segment.engine == LOCAL_ENGINE and segment.state is SegmentState.DONE

    def _words(self, at: int) -> str:
        return segment_words(self._segments[at], fell_back=self._marked(self._segments[at]))

    def _tell(self) -> None:
        self.setAccessibleDescription(self._words(self._current) if self._segments else "")

    def _at(self, x_px: float) -> int:
        return next((at for at in range(len(self._segments)) if x_px <= self.rect_of(at).right() + _GAP_PX), -1)
