"""The canvas of the screen-time chart: rows of people, bars over time."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from widgets.cell_paint import paint_picture
from widgets.cell_words import draw_words, text_width
from widgets.identity_look import paint_initials
from widgets.image_loader import ImageLoader, Provide
from widgets.screen_time_rows import TimeRow, words_of_bar, words_of_row
from widgets.theme import Theme, current_theme
from widgets.time_text import format_span, format_time
from widgets.timeline.painting import paint_lane
from widgets.timeline.time_axis import TimeAxis, tick_step_s

HEADER_PX = 176
NARROW_HEADER_PX = 128
NARROW_BELOW_PX = 480
RULER_PX = 28
ROW_PX = 46
_FACE_PX = 34
_REACH_PX = 3
_ZOOM = 1.3
_STEPS_PER_PAGE = 0.9


class TimeCanvas(QAbstractScrollArea):
    """Paints only the rows and bars that can be seen."""

    seek_requested = Signal(float)
    row_activated = Signal(str)

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[TimeRow] = ()
        self._axis = TimeAxis(0.0, 1.0)
        self._row, self._bar = -1, -1
        self._hover_px: int | None = None
        self._panning = False
        self.loader = ImageLoader(provide, self)
        self.loader.loaded.connect(lambda _key: self.viewport().update())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setMinimumSize(QSize(280, 120))
        self.setAccessibleName(self.tr("Screen time"))
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())
        self.horizontalScrollBar().valueChanged.connect(self._on_pan)

    def set_rows(self, rows: Sequence[TimeRow], duration_s: float, *, keep_view: bool) -> None:
        """Show these rows; ``keep_view``: the stretch of time on the screen stays."""
        key = self._rows[self._row].lane.lane_id if 0 <= self._row < len(self._rows) else None
        self._rows = rows
        self._row = next((at for at, row in enumerate(rows) if row.lane.lane_id == key), -1)
        self._bar = -1
        if keep_view and duration_s == self._axis.duration_s:
            self._relayout()
        else:
            self._set_axis(TimeAxis(duration_s, self._lane_width()).fitted())

    # ---- where things are ----

    @property
    def header_px(self) -> int:
        """The width of the column of people."""
        return NARROW_HEADER_PX if self.viewport().width() < NARROW_BELOW_PX else HEADER_PX

    def view(self) -> tuple[float, float]:
        """The stretch of time on the screen."""
        return self._axis.left_s, self._axis.right_s

    def row_rect(self, row: int) -> QRect:
        """Where the bars of a row are on the viewport."""
        top = RULER_PX + row * ROW_PX - self.verticalScrollBar().value()
        return QRect(self.header_px, top, self._lane_width(), ROW_PX)

    def bar_rect(self, row: int, bar: int) -> QRect:
        """Where a bar is on the viewport."""
        proof = self._rows[row].proofs[bar]
        area = self.row_rect(row)
        left = area.left() + round(self._axis.x_px(proof.start_s))
        width = max(round((proof.end_s - proof.start_s) * self._axis.px_per_s), 2)
        return QRect(left, area.top() + 6, width, ROW_PX - 12)

    def bar_at(self, place: QPoint) -> tuple[int, int] | None:
        """(row, interval) under a place; thin ones are caught within three pixels."""
        row = self._row_at(place)
        if row < 0 or place.x() < self.header_px or not self._axis.px_per_s:
            return None
        t_s = self._axis.left_s + (place.x() - self.header_px) / self._axis.px_per_s
        found = self._rows[row].lane.at(t_s, _REACH_PX / self._axis.px_per_s)
        return (row, found) if found >= 0 else None

    # ---- zoom ----

    def zoom_by(self, factor: float, at_px: float | None = None) -> None:
        """Larger or smaller; the time at a place of the bars stays there."""
        self._set_axis(self._axis.zoomed(factor, self._axis.width_px / 2 if at_px is None else at_px))

    def fit(self) -> None:
        """Everything on the screen."""
        self._set_axis(self._axis.fitted())

    # ---- what Qt says ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._set_axis(self._axis.resized(self._lane_width()))

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme is switched."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms around the pointer, Shift pans, otherwise the rows scroll."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(_ZOOM if delta > 0 else 1 / _ZOOM, event.position().x() - self.header_px)
            event.accept()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._set_axis(self._axis.panned(delta / 2))
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a bar goes to its first frame, beside it to that time."""
        place = event.position().toPoint()
        row = self._row_at(place)
        if event.button() != Qt.MouseButton.LeftButton or row < 0:
            return
        hit = self.bar_at(place)
        self._row, self._bar = row, hit[1] if hit is not None else -1
        self._say_current()
        if hit is not None:
            self.seek_requested.emit(self._rows[row].proofs[hit[1]].start_s)
        elif place.x() >= self.header_px:
            self.seek_requested.emit(self._axis.t_s(place.x() - self.header_px))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Belongs to the press."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a name: the person is wanted."""
        place = event.position().toPoint()
        row = self._row_at(place)
        if row >= 0 and place.x() < self.header_px and self._rows[row].named:
            self.row_activated.emit(self._rows[row].lane.lane_id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hair line follows, and the pointer tells where a click does something."""
        place = event.position().toPoint()
        inside = place.x() >= self.header_px and bool(self._rows)
        self._hover_px = place.x() if inside else None
        cursor = Qt.CursorShape.PointingHandCursor if self.bar_at(place) else Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() != cursor:
            self.viewport().setCursor(cursor)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down: people; Left and Right: bars; Enter goes there; plus, minus, 0 zoom."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._rows:
            step = 1 if key == Qt.Key.Key_Down else -1
            self._go(min(max(self._row + step, 0), len(self._rows) - 1), self._bar)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End) and self._rows:
            self._go_bar(Qt.Key(key))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._row >= 0 and self._rows[self._row].proofs:
            self.seek_requested.emit(self._rows[self._row].proofs[max(self._bar, 0)].start_s)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(_ZOOM, self._zoom_anchor_px())
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / _ZOOM, self._zoom_anchor_px())
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips with the proof; the hair line leaves with the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self.bar_at(event.pos())
            row = self._row_at(event.pos())
            words = words_of_bar(self._rows[hit[0]], hit[1]) if hit is not None else ""
            if not words and row >= 0 and event.pos().x() < self.header_px:
                words = words_of_row(self._rows[row])
            QToolTip.showText(event.globalPos(), words, self)
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover_px = None
            self.viewport().update()
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what can be seen."""
        with self.loader.resting():
            painter = QPainter(self.viewport())
            painter.fillRect(event.rect(), current_theme().colour("surface"))
            if self._rows:
                self._paint_all(painter)
            else:
                words, middle = self.tr("Nobody is on screen."), Qt.AlignmentFlag.AlignHCenter
                draw_words(painter, self.viewport().rect(), words, "body", "text_muted", middle)
            painter.end()

    # ---- painting ----

    def _paint_all(self, painter: QPainter) -> None:
        theme = current_theme()
        ratio = self.devicePixelRatioF()
        view = self.viewport().rect()
        top = self.verticalScrollBar().value()
        rows = range(top // ROW_PX, min((top + view.height() - RULER_PX) // ROW_PX + 1, len(self._rows)))
        for row in rows:
            area = self.row_rect(row)
            painter.setClipRect(QRect(0, RULER_PX, view.width(), view.height() - RULER_PX))
            ground = self._ground_of(row)
            painter.fillRect(QRect(0, area.top(), view.width(), ROW_PX), theme.colour(ground))
            self._paint_header(painter, row, QRect(0, area.top(), self.header_px, ROW_PX), ground, theme)
            painter.setClipRect(area.intersected(QRect(0, RULER_PX, view.width(), view.height() - RULER_PX)))
            bars = area.adjusted(0, 4, 0, -4)
            paint_lane(painter, bars, self._rows[row].lane, self._axis, theme, ratio, dim=False)
            if row == self._row and self._bar >= 0 and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colour("focus"), 2))
                painter.drawRoundedRect(QRectF(self.bar_rect(row, self._bar)).adjusted(-2, -1, 2, 1), 4, 4)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._paint_ruler(painter, theme)
        if self._hover_px is not None:
            self._paint_hover(painter, self._hover_px, theme)

    def _ground_of(self, row: int) -> str:
        if row == self._row:
            return "accent_surface"
        return "lane_alternate" if row % 2 else "lane"

    def _paint_header(self, painter: QPainter, row: int, area: QRect, ground: str, theme: Theme) -> None:
        one = self._rows[row]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = area.left() + 10
        if area.width() >= HEADER_PX:
            face = QRect(left, area.top() + (ROW_PX - _FACE_PX) // 2, _FACE_PX, _FACE_PX)
            placeholder = "person" if one.named else "unassigned"
            paint_picture(painter, self.loader, one.picture, face, placeholder, ground=ground, radius_px=4)
            left = face.right() + 9
        elif one.lane.colour_index is not None:
            mark = QRectF(left, area.center().y() - 9, 26, 19)
            paint_initials(painter, mark, one.lane.label, one.lane.colour_index, theme.font("caption"))
            left += 33
        line = QRect(left, area.top() + 5, area.right() - left - 6, 19)
        draw_words(painter, line, one.lane.label, "strong", "text" if one.named else "text_muted")
        under = line.translated(0, 17)
        share = f"{one.share:.0%}"
        draw_words(painter, under, format_span(one.total_s), "monosmall", "text")
        if text_width(format_span(one.total_s), "monosmall") + text_width(share, "monosmall") + 8 < under.width():
            draw_words(painter, under, share, "monosmall", "text_faint", Qt.AlignmentFlag.AlignRight)

    def _paint_ruler(self, painter: QPainter, theme: Theme) -> None:
        view = self.viewport().rect()
        painter.fillRect(QRect(0, 0, view.width(), RULER_PX), theme.colour("surface"))
        label_px = text_width("0:00:00.000", "monosmall") + 16
        step_s, _parts = tick_step_s(self._axis.px_per_s, label_px)
        painter.setClipRect(QRect(self.header_px, 0, self._lane_width(), view.height()))
        first, last = math.floor(self._axis.left_s / step_s), math.ceil(self._axis.right_s / step_s)
        for number in range(first, last + 1):
            x = self.header_px + round(self._axis.x_px(number * step_s))
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.drawLine(x, RULER_PX, x, view.height())
            painter.setPen(QPen(theme.colour("text_faint"), 1))
            painter.drawLine(x, RULER_PX - 6, x, RULER_PX - 1)
            words = format_time(number * step_s)
            place = QRect(x + 4, 2, label_px, RULER_PX - 6)
            draw_words(painter, place, words if step_s < 1 else words[:-4], "monosmall", "text_muted")
        painter.setClipping(False)
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawLine(0, RULER_PX - 1, view.width(), RULER_PX - 1)
        painter.drawLine(self.header_px - 1, 0, self.header_px - 1, view.height())

    def _paint_hover(self, painter: QPainter, x: int, theme: Theme) -> None:
        painter.setPen(QPen(theme.colour("text", 0.35), 1))
        painter.drawLine(x, RULER_PX - 4, x, self.viewport().height())
        words = format_time(self._axis.t_s(x - self.header_px))
        width = text_width(words, "monosmall") + 12
        left = min(max(x - width // 2, self.header_px), self.viewport().width() - width - 1)
        chip = QRect(left, 3, width, RULER_PX - 9)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("border_strong"), 1))
        painter.setBrush(theme.colour("tooltip"))
        painter.drawRoundedRect(QRectF(chip), 4, 4)
        draw_words(painter, chip, words, "monosmall", "text", Qt.AlignmentFlag.AlignHCenter)

    # ---- parts ----

    def _row_at(self, place: QPoint) -> int:
        if place.y() < RULER_PX:
            return -1
        row = (place.y() - RULER_PX + self.verticalScrollBar().value()) // ROW_PX
        return row if row < len(self._rows) else -1

    def _lane_width(self) -> int:
        return max(self.viewport().width() - self.header_px, 1)

    def _go_bar(self, key: Qt.Key) -> None:
        row = max(self._row, 0)
        last = len(self._rows[row].proofs) - 1
        at = {
            Qt.Key.Key_Left: self._bar - 1,
            Qt.Key.Key_Right: self._bar + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }[key]
        self._go(row, min(max(at, 0), last))

    def _go(self, row: int, bar: int) -> None:
        self._row = row
        self._bar = min(bar, len(self._rows[row].proofs) - 1)
        area, bars_top = self.row_rect(row), self.verticalScrollBar()
        if area.top() < RULER_PX:
            bars_top.setValue(bars_top.value() + area.top() - RULER_PX)
        elif area.bottom() > self.viewport().height():
            bars_top.setValue(bars_top.value() + area.bottom() - self.viewport().height())
        if self._bar >= 0:
            proof = self._rows[row].proofs[self._bar]
            if not self._axis.left_s <= proof.start_s < self._axis.right_s:
                self._set_axis(self._axis.centred_on(proof.start_s))
        self._say_current()

    def _say_current(self) -> None:
        words = (
            words_of_bar(self._rows[self._row], self._bar) if self._bar >= 0 else words_of_row(self._rows[self._row])
        )
        self.setAccessibleDescription(words.replace("\n", ", "))
        self.viewport().update()

    def _zoom_anchor_px(self) -> float | None:
        if self._row < 0 or self._bar < 0:
            return None
        x = self._axis.x_px(self._rows[self._row].proofs[self._bar].start_s)
        return x if 0 <= x <= self._axis.width_px else None

    def _set_axis(self, axis: TimeAxis) -> None:
        self._axis = axis
        self._relayout()

    def _relayout(self) -> None:
        room = max(self.viewport().height() - RULER_PX, 1)
        down = self.verticalScrollBar()
        down.setRange(0, max(len(self._rows) * ROW_PX - room, 0))
        down.setPageStep(room)
        down.setSingleStep(ROW_PX // 2)
        self._panning = True
        across = self.horizontalScrollBar()
        hidden_px = self._axis.duration_s * self._axis.px_per_s - self._axis.width_px
        across.setRange(0, max(round(hidden_px), 0) if hidden_px >= 1 else 0)
        across.setPageStep(max(round(self._axis.width_px * _STEPS_PER_PAGE), 1))
        across.setSingleStep(40)
        across.setValue(round(self._axis.left_s * self._axis.px_per_s))
        self._panning = False
        self.viewport().update()

    def _on_pan(self, value_px: int) -> None:
        if not self._panning and self._axis.px_per_s:
            moved_px = self._axis.left_s * self._axis.px_per_s - value_px
            self._axis = self._axis.panned(moved_px)
            self.viewport().update()
