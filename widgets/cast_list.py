"""The cast: members with their reference photos; photos and people are dropped on them."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.cast.types import CastMember
from widgets.cell_paint import paint_picture, paint_row_ground
from widgets.cell_words import draw_words
from widgets.drag_gesture import DragGesture
from widgets.drop_overlay import DropOverlay, EdgeScroll
from widgets.flow.labels import Tone, badge_width_px, paint_badge
from widgets.image_loader import Provide
from widgets.item_grid import CellState
from widgets.moderation_mime import ARROW, DragLoad, assign_hint, cast_mime, load_of, locked_words
from widgets.row_list import RowList
from widgets.theme import current_theme
from widgets.time_text import format_span

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
GOOD_QUALITY = 0.5
"""A best photo below this tells people apart badly."""
ENOUGH_PHOTOS = 2
ROW_PX = 68
_FACE_PX = 52


class CastList(QWidget):
    """Members of the cast. Drop photos on a member, or below the last for a new one; drop people of the board on a
    member; drag a member onto somebody on the board.
    """

    selection_changed = Signal()
    activated = Signal(str)
    """Enter or a double click: a cast id."""
    photos_dropped = Signal(str, list)
    """Cast id or "" = somebody new, list[Path]."""
    assign_requested = Signal(list, str)
    """list[person id], cast id: they are that member."""
    context_menu_requested = Signal(str, QPoint)
    hint_changed = Signal(str)

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = _MemberRows(provide)
        self._quiet = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows)
        self.setFocusProxy(self.rows)
        self.setAccessibleName(self.tr("Cast"))
        rows = self.rows
        rows.selection_changed.connect(self._on_selection)
        rows.activated.connect(lambda row: self.activated.emit(rows.item(row).cast_id))
        rows.photos_dropped.connect(self.photos_dropped)
        rows.assign_requested.connect(self.assign_requested)
        rows.hint_changed.connect(self.hint_changed)
        rows.context_menu_requested.connect(
            lambda row, place: self.context_menu_requested.emit(rows.item(row).cast_id if row >= 0 else "", place)
        )

    def set_members(self, members: Sequence[CastMember]) -> None:
        """Show these in this order; who was selected stays so."""
        chosen = self.selected()
        self._quiet = True
        self.rows.set_items(tuple(members))
        self.select(chosen)
        self._quiet = False
        if self.selected() != chosen:
            self.selection_changed.emit()

    def selected(self) -> str | None:
        """The selected member's id."""
        rows = self.rows.selected()
        return self.rows.item(rows[0]).cast_id if rows else None

    def select(self, cast_id: str | None) -> None:
        """Select a member and bring it into view; None = nobody."""
        row = next((at for at in range(self.rows.count) if self.rows.item(at).cast_id == cast_id), -1)
        if row >= 0:
            self.rows.set_current(row)
        else:
            self.rows.set_selected(())

    def set_photos_accepted(self, accepted: bool) -> None:
        """Whether photos can be dropped; people always can."""
        self.rows.takes_photos = accepted

    def set_empty_text(self, text: str) -> None:
        """What is written where nobody is."""
        self.rows.set_empty_text(text)

    def stop(self) -> None:
        """End the threads that load pictures."""
        self.rows.stop()

    def _on_selection(self) -> None:
        if not self._quiet:
            self.selection_changed.emit()


def pictures_of(mime: QMimeData) -> list[Path]:
    """Pictures among dragged files."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.casefold() in PICTURE_SUFFIXES]


class _MemberRows(RowList[CastMember]):
    photos_dropped = Signal(str, list)
    assign_requested = Signal(list, str)
    hint_changed = Signal(str)

    def __init__(self, provide: Provide | None, parent: QWidget | None = None) -> None:
        super().__init__(provide, parent, gap_px=2, margin_px=8)
        self.takes_photos = True
        self._gesture = DragGesture(self, self.mime_of, self._picture_of, self._pressed_beside)
        self._overlay = DropOverlay(self.viewport())
        self._edge = EdgeScroll(self)
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Cast"))
        self.set_empty_text(self.tr("Nobody is in the cast yet. Drop a photo of somebody here."))

    # ---- how a row looks ----

    def height_of_cell(self, _width_px: int) -> int:
        return ROW_PX

    def image_of(self, item: CastMember, _cell: QRect) -> tuple[object, QSize] | None:
        best = _best_photo(item)
        return (best, QSize(_FACE_PX, _FACE_PX)) if best is not None else None

    def words_of(self, item: CastMember) -> str:
        badge, _tone = self._badge_of(item)
        return ", ".join(part for part in (item.name, self._facts(item), badge) if part)

    def paint_item(self, painter: QPainter, item: CastMember, cell: QRect, state: CellState) -> None:
        theme = current_theme()
        ground = paint_row_ground(painter, cell, state)
        picture = QRect(cell.left() + 8, cell.top() + 8, _FACE_PX, _FACE_PX)
        paint_picture(painter, self.loader, _best_photo(item), picture, "person", ground=ground)
        left = picture.right() + 13
        badge, tone = self._badge_of(item)
        name_right = cell.right() - 12
        if badge:
            name_right -= round(badge_width_px(badge, theme)) + 8
            paint_badge(painter, QPointF(name_right + 8, cell.top() + 13), badge, tone, theme)
        draw_words(painter, QRect(left, cell.top() + 11, name_right - left, 22), item.name, "strong", "text")
        line = QRect(left, cell.top() + 35, cell.right() - 12 - left, 18)
        draw_words(painter, line, self._facts(item), "small", "text_muted")
        if state.focused:
            painter.setPen(QPen(theme.colour("focus"), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5), theme.radius("m"), theme.radius("m"))

    def _facts(self, item: CastMember) -> str:
        count = len(item.seeds)
        photos = self.tr("1 photo") if count == 1 else self.tr("{count} photos").format(count=count)
        seen = self.tr("1 episode") if item.episodes == 1 else self.tr("{n} episodes").format(n=item.episodes)
        parts = [photos if count else "", seen if item.episodes else self.tr("not seen yet")]
        if item.screen_time_s > 0:
            parts.append(format_span(item.screen_time_s))
        return "  ·  ".join(part for part in parts if part)

    def _badge_of(self, item: CastMember) -> tuple[str, Tone]:
        """How well the photos will do: none, weak, too few, or their best quality."""
        if not item.seeds:
            return self.tr("no photo"), "warning"
        best = max(seed.quality for seed in item.seeds)
        if best < GOOD_QUALITY:
            return self.tr("weak photo {quality}").format(quality=f"{best:.0%}"), "warning"
        if len(item.seeds) < ENOUGH_PHOTOS:
            return self.tr("add a photo"), "plain"
        return self.tr("quality {quality}").format(quality=f"{best:.0%}"), "success"

    # ---- drag and drop ----

    def mime_of(self, rows: Sequence[int]) -> QMimeData | None:
        return cast_mime(self.item(rows[0]).cast_id, self.item(rows[0]).name) if rows else None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._hover_drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._hover_drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        event.accept()
        self._end_hover()

    def dropEvent(self, event: QDropEvent) -> None:
        row = self.index_at(event.position().toPoint())
        cast_id = self.item(row).cast_id if row >= 0 else ""
        photos, load = self._photos(event.mimeData()), load_of(event.mimeData())
        hint, accepted = self._plan(event.mimeData(), row)
        self._end_hover()
        if not hint or not accepted:
            event.ignore()
            return
        event.accept()
        if load is not None:
            self.assign_requested.emit(list(load.identity_ids), cast_id)
        else:
            self.photos_dropped.emit(cast_id, photos)

    def _hover_drag(self, event: QDragMoveEvent) -> None:
        place = event.position().toPoint()
        row = self.index_at(place)
        hint, accepted = self._plan(event.mimeData(), row)
        self._edge.hold(place)
        if hint:
            new_hint = hint != self._overlay.text
            target = self.rect_of(row) if row >= 0 else QRect()
            self._overlay.show_hint(hint, place, target, refused=not accepted)
            if new_hint:
                self.hint_changed.emit(hint)
        else:
            self._end_hover()
        event.setAccepted(bool(hint) and accepted)

    def _plan(self, mime: QMimeData, row: int) -> tuple[str, bool]:
        """The hint, and whether the drop does anything; "" = this is not for the cast."""
        load = load_of(mime)
        if load is not None:
            return self._plan_people(load, row)
        if not mime.hasUrls() or not self.takes_photos:
            return "", False
        count = len(self._photos(mime))
        if not count:
            return self.tr("Only pictures can be references"), False
        photos = self.tr("1 photo") if count == 1 else self.tr("{count} photos").format(count=count)
        return f"{photos} {ARROW} {self.item(row).name if row >= 0 else self.tr('new member')}", True

    def _plan_people(self, load: DragLoad, row: int) -> tuple[str, bool]:
        if load.cast_id:
            return "", False
        if not load.identity_ids:
            return self.tr("Drop people here; faces go onto the board"), False
        if row < 0:
            return self.tr("Drop on a member"), False
        if load.locked and len(load.identity_ids) > 1:
            return locked_words(load.locked), False
        return assign_hint(load, self.item(row).name), True

    def _photos(self, mime: QMimeData) -> list[Path]:
        return pictures_of(mime) if self.takes_photos else []

    def _end_hover(self) -> None:
        self._edge.stop()
        if self._overlay.text:
            self.hint_changed.emit("")
        self._overlay.clear()

    # ---- mouse: one member at a time ----

    def _pressed_beside(self, event: QMouseEvent) -> bool:
        """Beside the rows nobody is selected, and no rubber band is drawn."""
        beside = event.button() == Qt.MouseButton.LeftButton and self.index_at(event.position().toPoint()) < 0
        if beside:
            self.set_selected(())
        return beside

    def _after_selection(self) -> None:
        """Only one member is selected: the one pressed last."""
        if len(self._selection.chosen) > 1:
            self._selection.choose((self._selection.current,))
        super()._after_selection()

    def _picture_of(self, row: int) -> QImage | None:
        best = _best_photo(self.item(row))
        return self.loader.peek(best) if best is not None else None


def _best_photo(member: CastMember) -> Path | None:
    best = max(member.seeds, key=lambda seed: seed.quality, default=None)
    return best.display_path if best is not None else None
