"""People with a single track, each beside whom it looks like most."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from core.suggestions.types import Suggestion
from widgets.cell_paint import paint_picture
from widgets.cell_words import draw_words, text_width
from widgets.drag_gesture import DragGesture
from widgets.icons import paint_icon
from widgets.image_loader import Provide
from widgets.item_grid import CellState
from widgets.moderation_mime import identities_mime
from widgets.row_list import RowList
from widgets.theme import Theme, current_theme

ROW_PX = 76
_FACE_PX = 60
_BUTTON_PX = 28
_OWN_KEYS = (Qt.Key.Key_Y, Qt.Key.Key_N, Qt.Key.Key_Delete)


class SingletonTray(RowList[Suggestion]):
    """Sorted by the best match, the surest first. Y or Enter: it is that person; N or Delete: it is not. The tick and
    the cross on a row do the same. A row can be dragged onto somebody on the board.
    """

    accepted = Signal(str)
    """A suggestion's key."""
    rejected = Signal(str)

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        self.ep_id = ""
        super().__init__(provide, parent, gap_px=6, margin_px=12)
        self._gesture = DragGesture(self, self.mime_of, self._picture_of, self._answered)
        self._went: int | None = None
        self.setAccessibleName(self.tr("Single tracks"))
        self.set_empty_text(self.tr("Nobody is alone: every track belongs to somebody with more."))
        self.activated.connect(lambda row: self.accepted.emit(self.item(row).key))

    def set_singletons(self, found: Sequence[Suggestion]) -> None:
        """Show these; the keyboard's place stays where it was, so that answers can be given one after the other."""
        ordered = sorted(found, key=lambda one: (-one.likeness, one.key))
        row = self.current()
        kept = {self.item(at).key for at in self.selected()}
        scrolled = self.verticalScrollBar().value()
        self.set_items(ordered)
        self.verticalScrollBar().setValue(scrolled)
        self.set_selected([at for at, one in enumerate(ordered) if one.key in kept])
        if row >= 0 and ordered and not self.selected():
            self.set_current(min(row, len(ordered) - 1))

    def set_episode(self, ep_id: str) -> None:
        """Drags name this episode."""
        self.ep_id = ep_id

    # ---- how a row looks ----

    def height_of_cell(self, _width_px: int) -> int:
        """All rows are of one height."""
        return ROW_PX

    def image_of(self, item: Suggestion, _cell: QRect) -> tuple[object, QSize] | None:
        """The single face."""
        return (item.left[0], QSize(_FACE_PX, _FACE_PX)) if item.left else None

    def words_of(self, item: Suggestion) -> str:
        """Who looks like whom, and how much."""
        return self.tr("{who} looks like {target}, likeness {percent}. {reason}").format(
            who=item.identity_label, target=item.target_label, percent=f"{item.likeness:.0%}", reason=item.reason
        )

    def paint_item(self, painter: QPainter, item: Suggestion, cell: QRect, state: CellState) -> None:
        """Paint a row."""
        theme = current_theme()
        ground = "accent_surface" if state.selected else "hover" if state.hovered else "raised"
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent" if state.selected else "border"), 1))
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("m"), theme.radius("m"))
        left = QRect(cell.left() + 8, cell.top() + 8, _FACE_PX, _FACE_PX)
        right = left.translated(_FACE_PX + 26, 0)
        for faces, place in ((item.left, left), (item.right, right)):
            key = faces[0] if faces else None
            paint_picture(painter, self.loader, key, place, "person", ground=ground, radius_px=theme.radius("s"))
        arrow = QRectF(left.right() + 6, left.center().y() - 8, 16, 16)
        paint_icon(painter, "chevron-right", arrow, "text_faint")
        yes, no = self._buttons_in(cell)
        self._paint_words(
            painter, item, QRect(right.right() + 12, cell.top(), round(yes.left()) - right.right() - 20, ROW_PX)
        )
        self._paint_buttons(painter, yes, no, theme)
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(-2.5, -2.5, 2.5, 2.5), 8, 8)

    # ---- mouse and keys ----

    def event(self, event: QEvent) -> bool:
        """The two answers go before the shortcuts of the window while this has the keyboard."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS and not event.modifiers():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Y accepts, N and Delete reject the current row."""
        row = self.current()
        if row >= 0 and not event.modifiers() and event.key() == Qt.Key.Key_Y:
            self.accepted.emit(self.item(row).key)
        elif row >= 0 and not event.modifiers() and event.key() in (Qt.Key.Key_N, Qt.Key.Key_Delete):
            self.rejected.emit(self.item(row).key)
        else:
            super().keyPressEvent(event)

    def _answered(self, event: QMouseEvent) -> bool:
        """Whether the tick or the cross of a row was pressed."""
        place = event.position().toPoint()
        row = self.index_at(place)
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            yes, no = self._buttons_in(self.rect_of(row))
            for button, answer in ((yes, self.accepted), (no, self.rejected)):
                if button.contains(QPointF(place)):
                    answer.emit(self.item(row).key)
                    return True
        return False

    def mime_of(self, rows: Sequence[int]) -> QMimeData | None:
        """The people of some rows."""
        found = [self.item(row) for row in rows]
        label = found[0].identity_label if len(found) == 1 else ""
        tracks = sum(len(one.track_ids) for one in found)
        return identities_mime(self.ep_id, [one.identity_id for one in found], tracks=tracks, label=label)

    # ---- parts ----

    def _ask(self, index: int, item: Suggestion, ratio: float) -> None:
        """Both faces of a row are wanted, not only the first."""
        super()._ask(index, item, ratio)
        if item.right:
            self._shown.setdefault(item.right[0], []).append(index)
            self.loader.image(item.right[0], QSize(_FACE_PX, _FACE_PX) * ratio)

    def _buttons_in(self, cell: QRect) -> tuple[QRectF, QRectF]:
        top = cell.center().y() - _BUTTON_PX / 2
        no = QRectF(cell.right() - _BUTTON_PX - 10, top, _BUTTON_PX, _BUTTON_PX)
        return no.translated(-_BUTTON_PX - 6, 0), no

    def _paint_buttons(self, painter: QPainter, yes: QRectF, no: QRectF, theme: Theme) -> None:
        for place, name, tone in ((yes, "check", "success"), (no, "close", "text_muted")):
            painter.setPen(QPen(theme.colour("border_strong"), 1))
            painter.setBrush(theme.colour("surface"))
            painter.drawRoundedRect(place, theme.radius("m"), theme.radius("m"))
            paint_icon(painter, name, place.adjusted(6, 6, -6, -6), tone)

    def _paint_words(self, painter: QPainter, item: Suggestion, place: QRect) -> None:
        theme = current_theme()
        line = QRect(place.left(), place.top() + 9, place.width(), 20)
        draw_words(painter, line, item.target_label, "strong", "text")
        draw_words(painter, line.translated(0, 20), item.identity_label, "small", "text_muted")
        percent = f"{item.likeness:.0%}"
        bar_line = line.translated(0, 40)
        draw_words(painter, bar_line, percent, "monosmall", "text", Qt.AlignmentFlag.AlignRight)
        groove = QRectF(
            bar_line.left(), bar_line.center().y() - 2, bar_line.width() - text_width("100%", "monosmall") - 8, 5
        )
        if groove.width() > 12:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("border_strong"))
            painter.drawRoundedRect(groove, 2.5, 2.5)
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(
                QRectF(groove.topLeft(), QSize(max(round(groove.width() * item.likeness), 5), 5)), 2.5, 2.5
            )

    def _picture_of(self, row: int) -> QImage | None:
        faces = self.item(row).left
        return self.loader.peek(faces[0]) if faces else None
