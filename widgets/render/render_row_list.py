"""How the cards of renders look, and what can be pressed on them."""

from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from core.render.types import Phase
from widgets.cell_paint import paint_picture
from widgets.cell_words import draw_words
from widgets.flow.labels import badge_width_px, paint_badge
from widgets.history_list import when_words
from widgets.icons import paint_icon
from widgets.image_loader import Provide
from widgets.item_grid import CellState
from widgets.procedures.own_keys import ARROWS, ENTER, keeps
from widgets.render.parts import RenderRow
from widgets.render.render_words import phase_tone, phase_words
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme
from widgets.time_text import format_eta, format_span

ROW_PX = 92
_PICTURE = QSize(45, 80)
_BUTTON_PX, _PADDING_PX = 28, 6


class Deed(Enum):
    """What can be done with a render; the value is its icon."""

    OPEN = "play"
    USE_AGAIN = "replace"
    REVEAL = "folder"
    RETRY = "retry"
    CANCEL = "cancel"
    DELETE = "trash"


_KEYS = {
    int(Qt.Key.Key_Delete): Deed.DELETE,
    int(Qt.Key.Key_R): Deed.RETRY,
    int(Qt.Key.Key_C): Deed.CANCEL,
    int(Qt.Key.Key_U): Deed.USE_AGAIN,
    int(Qt.Key.Key_F): Deed.REVEAL,
}
_OWN_KEYS = ARROWS | ENTER | {Qt.Key(key) for key in _KEYS}


class RenderRowList(RowList[RenderRow]):
    """Enter opens, R tries again, C cancels, U uses again, F opens the folder, Delete deletes."""

    deed_requested = Signal(object, object)
    """A :class:`Deed` and the row."""

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(provide, parent, gap_px=8, margin_px=12)
        self._over: tuple[int, Deed] | None = None
        self.setAccessibleName(self.tr("Renders"))
        self.activated.connect(self._open)

    def deeds_of(self, row: RenderRow) -> tuple[Deed, ...]:
        """What can be done with a render now."""
        if not row.phase.ended:
            return (Deed.CANCEL,)
        if row.phase is Phase.DONE:
            return (Deed.OPEN, Deed.USE_AGAIN, Deed.REVEAL, Deed.DELETE)
        return (Deed.RETRY, Deed.USE_AGAIN, Deed.DELETE)

    def deed_words(self, deed: Deed) -> str:
        """A deed in words."""
        words = {
            Deed.OPEN: self.tr("Play"),
            Deed.USE_AGAIN: self.tr("Use these settings again"),
            Deed.REVEAL: self.tr("Open the folder"),
            Deed.RETRY: self.tr("Try again"),
            Deed.CANCEL: self.tr("Cancel"),
            Deed.DELETE: self.tr("Delete with its files…"),
        }
        return words[deed]

    # ---- how a card looks ----

    def height_of_cell(self, _width_px: int) -> int:
        """All cards are of one height."""
        return ROW_PX

    def image_of(self, item: RenderRow, _cell: QRect) -> tuple[object, QSize] | None:
        """The thumbnail."""
        return (item.picture, _PICTURE) if item.picture is not None else None

    def words_of(self, item: RenderRow) -> str:
        """Title, state, preset, length, when, what went wrong."""
        state = phase_words(item.phase, canceled=item.canceled)
        return ", ".join(part for part in (item.title, state, self._facts(item), *self._lines(item)) if part)

    def tip_of(self, item: RenderRow) -> str:
        """The words on lines of their own."""
        fallback = self.tr("Drawn on this machine instead: {reason}").format(reason=item.fallback_reason)
        parts = (item.title, self._facts(item), *self._lines(item), fallback if item.fallback_reason else "")
        return "\n".join(part for part in parts if part)

    def paint_item(self, painter: QPainter, item: RenderRow, cell: QRect, state: CellState) -> None:
        """Paint a card."""
        theme = current_theme()
        self._paint_card(painter, cell, state, theme)
        ground = "accent_surface" if state.selected else "raised"
        place = QRect(cell.topLeft() + QPoint(_PADDING_PX, _PADDING_PX), _PICTURE)
        failed = item.phase is Phase.FAILED
        paint_picture(painter, self.loader, item.picture, place, "render", ground=ground, dimmed=failed, radius_px=5)
        left, right = place.right() + 12, cell.right() - 10
        top = cell.top() + 9
        title_right = self._paint_state(painter, item, right, top, theme)
        draw_words(painter, QRect(left, top - 1, title_right - left - 8, 20), item.title, "strong")
        draw_words(painter, QRect(left, top + 19, right - left, 18), self._facts(item), "small", "text_muted")
        deeds = self.deeds_of(item)
        room = right - left - len(deeds) * _BUTTON_PX
        self._paint_below(painter, item, QRect(left, top + 38, right - left, 36), room, theme)
        for at, deed in enumerate(deeds):
            self._paint_button(painter, item, deed, self._button_rect(cell, len(deeds), at), theme)

    def _paint_card(self, painter: QPainter, cell: QRect, state: CellState, theme: Theme) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if state.selected else "border_strong" if state.hovered else "border"
        painter.setPen(QPen(theme.colour(edge), 1.5 if state.selected else 1))
        painter.setBrush(theme.colour("accent_surface" if state.selected else "raised"))
        painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("l"), theme.radius("l"))
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(1, 1, -1, -1), theme.radius("l"), theme.radius("l"))

    def _paint_state(self, painter: QPainter, item: RenderRow, right: int, top: int, theme: Theme) -> int:
        """The badges at the right end; returns where they begin."""
        left = float(right)
        words = phase_words(item.phase, canceled=item.canceled)
        badges = [(words, phase_tone(item.phase, canceled=item.canceled))]
        if item.fallback_reason:
            badges.append((self.tr("Fallback"), "warning"))
        for text, tone in badges:
            left -= badge_width_px(text, theme)
            paint_badge(painter, QPointF(left, top), text, tone, theme)
            left -= 4
        return round(left)

    def _paint_below(self, painter: QPainter, item: RenderRow, place: QRect, room_px: int, theme: Theme) -> None:
        """How far it is, or what went wrong and what to do; ``room_px``: how wide it may be beside the buttons."""
        if not item.phase.ended:
            bar = QRectF(place.left(), place.top() + 4, room_px, 6)
            _paint_bar(painter, bar, item, theme)
            words = self._pace(item)
            draw_words(painter, QRect(place.left(), place.top() + 15, room_px, 18), words, "small", "text_muted")
            return
        lines = self._lines(item)
        wrong = item.phase is Phase.FAILED and not item.canceled
        for at, (words, colour) in enumerate(
            zip(lines, ("error" if wrong else "text_muted", "text_muted"), strict=False)
        ):
            above_buttons = at == 0 and len(lines) > 1
            line = QRect(place.left(), place.top() + 17 * at, place.width() if above_buttons else room_px, 17)
            draw_words(painter, line, words, "small", colour)

    def _paint_button(self, painter: QPainter, item: RenderRow, deed: Deed, place: QRect, theme: Theme) -> None:
        if self._over is not None and self._over[1] is deed and self._item_or_none(self._over[0]) is item:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("pressed"))
            painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), 5, 5)
        paint_icon(painter, deed.value, QRectF(place).adjusted(6, 6, -6, -6), "icon")

    def _facts(self, item: RenderRow) -> str:
        length = self.tr("{seconds} s").format(seconds=f"{item.duration_s:g}")
        return " · ".join(part for part in (item.preset, length, when_words(item.when)) if part)

    def _lines(self, item: RenderRow) -> tuple[str, ...]:
        if item.phase is Phase.FAILED and not item.canceled:
            return tuple(part for part in (item.error, item.error_action) if part)
        if item.phase is Phase.DONE and item.took_s is not None:
            return (self.tr("took {span}").format(span=format_span(item.took_s)),)
        return () if item.phase.ended else (self._pace(item),)

    def _pace(self, item: RenderRow) -> str:
        if item.phase is Phase.QUEUED:
            return ""
        percent = "" if item.progress_pct is None else f"{min(max(item.progress_pct, 0.0), 100.0):.0f} %"
        return " · ".join(part for part in (percent, format_eta(item.eta_s)) if part)

    # ---- mouse and keys ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A button does what it says; elsewhere a press selects."""
        deed = self._deed_at(event.position().toPoint())
        if deed is not None and event.button() == Qt.MouseButton.LeftButton:
            self.set_current(deed[0])
            self.deed_requested.emit(deed[1], self.item(deed[0]))
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Twice on a button is not twice its deed."""
        if self._deed_at(event.position().toPoint()) is None:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the button under the pointer."""
        super().mouseMoveEvent(event)
        over = self._deed_at(event.position().toPoint())
        if over != self._over:
            self._over = over
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        row = self._item_or_none(self.current())
        deed = _KEYS.get(event.key()) if not event.modifiers() else None
        if row is not None and deed in self.deeds_of(row):
            self.deed_requested.emit(deed, row)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the own keys from the window."""
        return keeps(event, _OWN_KEYS) or super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tips of buttons."""
        if event.type() == QEvent.Type.Leave:
            self._over = None
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            deed = self._deed_at(event.pos())
            if deed is not None:
                QToolTip.showText(event.globalPos(), self.deed_words(deed[1]), self)
                return True
        return super().viewportEvent(event)

    def _after_selection(self) -> None:
        """One at a time."""
        if len(self._selection.chosen) > 1:
            self._selection.choose((self._selection.current,))
        super()._after_selection()

    def _item_or_none(self, at: int) -> RenderRow | None:
        return self.item(at) if 0 <= at < self.count else None

    def _button_rect(self, cell: QRect, count: int, at: int) -> QRect:
        left = cell.right() - 6 - (count - at) * _BUTTON_PX
        return QRect(left, cell.bottom() - _BUTTON_PX - 6, _BUTTON_PX, _BUTTON_PX)

    def _deed_at(self, place: QPoint) -> tuple[int, Deed] | None:
        row = self.index_at(place)
        if row < 0:
            return None
        deeds, cell = self.deeds_of(self.item(row)), self.rect_of(row)
        at = next((at for at in range(len(deeds)) if self._button_rect(cell, len(deeds), at).contains(place)), -1)
        return (row, deeds[at]) if at >= 0 else None

    def _open(self, at: int) -> None:
        row = self._item_or_none(at)
        if row is not None and row.phase.ended:
            self.deed_requested.emit(self.deeds_of(row)[0], row)


def _paint_bar(painter: QPainter, bar: QRectF, item: RenderRow, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("border_strong", 0.6))
    painter.drawRoundedRect(bar, 3, 3)
    if item.phase is Phase.QUEUED or item.progress_pct is None:
        return
    share = min(max(item.progress_pct / 100, 0.0), 1.0)
    painter.setBrush(theme.colour("accent_fill"))
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * share, bar.height()), bar.height()), 3, 3)
