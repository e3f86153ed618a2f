"""The grid of the board: paints cards, begins drags, takes drops, and holds the field for a name."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QMimeData, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from widgets.drag_gesture import DragGesture
from widgets.drop_overlay import DropOverlay, EdgeScroll
from widgets.identity_board.card_cache import CardCache
from widgets.identity_board.card_paint import card_height, paint_card, paint_card_outline, places_in, words_of_card
from widgets.identity_board.cards import CardShelf, IdentityCard
from widgets.identity_board.dropping import DropDoes, DropPlan, plan_drop
from widgets.identity_board.name_field import NameField
from widgets.image_loader import Provide
from widgets.item_grid import CellState, ItemGrid
from widgets.moderation_mime import DragLoad, identities_mime, load_of

CARD_PX = 148


class BoardGrid(ItemGrid[IdentityCard]):
    """Knows rows and cards; what a drop, a key or a name means is the board's to say."""

    dropped = Signal(object, object)
    """DragLoad, DropPlan."""
    hint_changed = Signal(str)
    key_wished = Signal(str)
    """``rename``, ``lock`` or ``target``."""
    name_written = Signal(str, str, bool)

    smallest_cell_px = 96
    largest_cell_px = 320

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        self.shelf = CardShelf()
        self.ep_id = ""
        self.known_names: Sequence[str] = ()
        self._cache = CardCache()
        super().__init__(CARD_PX, provide, parent)
        self._layout.gap_px, self._layout.margin_px = 12, 16
        self._gesture = DragGesture(self, self.mime_of, self._picture_of)
        self._edge = EdgeScroll(self)
        self._edge.scrolled.connect(self._show_hovered)
        self._hovered: tuple[DragLoad, QPoint] | None = None
        self.overlay = DropOverlay(self.viewport())
        self.field = NameField(self.viewport())
        self._next_frame = QTimer(self)
        self._next_frame.setSingleShot(True)
        self._next_frame.setInterval(0)
        self._next_frame.timeout.connect(lambda: self.viewport().update())
        self._naming = ""
        self.field.accepted.connect(self._on_name)
        self.field.cancelled.connect(self._on_name_given_up)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._place_field())
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("People"))

    # ---- what a card is ----

    def height_of_cell(self, width_px: int) -> int:
        """Picture, stripe and words."""
        return card_height(width_px)

    def image_of(self, item: IdentityCard, cell: QRect) -> tuple[object, QSize] | None:
        """The best crop."""
        return None if item.image is None else (item.image, places_in(cell).picture.size())

    def paint_item(self, painter: QPainter, item: IdentityCard, cell: QRect, state: CellState) -> None:
        """Paint a card, or the picture of it that is kept."""
        ratio = self.devicePixelRatioF()
        size = places_in(cell).picture.size() * ratio
        image = self.loader.image(item.image, size) if item.image is not None else None
        if image is not None:
            image.setDevicePixelRatio(ratio)  # before the key is read: setting it may change the key
        looks = (item, state.selected, state.hovered, state.focused, image.cacheKey() if image is not None else 0)
        done = self._cache.paint(
            painter, cell, looks, ratio, lambda inside, place: paint_card(inside, self.loader, item, place, state)
        )
        if not done:
            paint_card_outline(painter, item, cell)

    def _paint(self, event: QPaintEvent) -> None:
        """Never longer than a frame: cards that are left over stand as outlines until the next one, at once."""
        view = self.viewport().size() * self.devicePixelRatioF()
        self._cache.begin_frame(view.width() * view.height() * 4)
        super()._paint(event)
        if self._cache.late:
            self._next_frame.start()

    def words_of(self, item: IdentityCard) -> str:
        """Everything that the card says."""
        return words_of_card(item)

    # ---- cards ----

    def show_cards(self, cards: Sequence[IdentityCard]) -> None:
        """Show these from the start."""
        self.shelf.set_cards(cards)
        self.end_naming()
        self.set_items(self.shelf.shown)

    def take_cards(self, changed: Iterable[IdentityCard], removed: Iterable[str]) -> None:
        """Newer cards: only their rectangles are painted anew as long as none comes or goes."""
        chosen, current, first = self.chosen_ids(), self.current_id(), self._first_id()
        rows = self.shelf.update(changed, removed)
        if rows is None:
            self._show_shelf(chosen, current, first)
            return
        visible = self.visible()
        for row in rows:
            if row in visible:
                self.viewport().update(self.rect_of(row).adjusted(-4, -4, 4, 4))

    def search(self, text: str) -> None:
        """Show only cards that fit."""
        chosen, current = self.chosen_ids(), self.current_id()
        if self.shelf.set_filter(text):
            self._show_shelf(chosen, current, "")

    def chosen_ids(self) -> list[str]:
        """Ids of the selected cards in the order of the board."""
        return self.shelf.ids_of(self.selected())

    def choose_ids(self, identity_ids: Iterable[str]) -> None:
        """Select just these; the first comes into view and gets the keyboard's place."""
        rows = [row for one in identity_ids if (row := self.shelf.row_of(one)) >= 0]
        if rows and self.current() not in rows:
            self._selection.press(rows[0], toggle=False, extend=False)
            self.current_changed.emit(rows[0])
            self.scroll_to(rows[0])
            self.setAccessibleDescription(self.words_of(self.item(rows[0])))
            self._selection.choose(rows)
            self._after_selection()
        else:
            self.set_selected(rows)

    def current_id(self) -> str | None:
        """The card with the keyboard's place."""
        row = self.current()
        return self.shelf.shown[row].identity_id if 0 <= row < len(self.shelf.shown) else None

    # ---- names ----

    def begin_naming(self, identity_id: str) -> None:
        """Open the field on a card."""
        row, card = self.shelf.row_of(identity_id), self.shelf.card(identity_id)
        if row < 0 or card is None or (self.field.is_open and self._naming == identity_id):
            return
        self.end_naming()
        self.scroll_to(row)
        self._naming = identity_id
        self._place_field()
        self.field.begin(card.label if card.named else "", card.label, self.known_names)

    def end_naming(self) -> None:
        """Close the field; what was written is given up."""
        self._naming = ""
        if self.field.is_open:
            self.field.close_field()

    # ---- drag and drop ----

    def mime_of(self, rows: Sequence[int]) -> QMimeData | None:
        """The people of some rows as mime data."""
        ids = self.shelf.ids_of(rows)
        label = self.item(rows[0]).label if len(rows) == 1 else ""
        return identities_mime(
            self.ep_id, ids, tracks=self.shelf.tracks_of(ids), label=label, locked=self.shelf.first_locked(ids)
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what is understood."""
        self._hover_drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show what a drop here would do."""
        self._hover_drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show nothing more."""
        event.accept()
        self._end_hover()

    def dropEvent(self, event: QDropEvent) -> None:
        """Do it."""
        load = load_of(event.mimeData())
        plan = self._plan_at(load, event.position().toPoint())
        self._end_hover()
        if load is None or not plan.accepted:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.MoveAction)
        event.accept()
        self.dropped.emit(load, plan)

    def _hover_drag(self, event: QDragMoveEvent) -> None:
        place = event.position().toPoint()
        load = load_of(event.mimeData())
        if load is None:
            event.ignore()
            return
        plan = self._plan_at(load, place)
        self._hovered = (load, place)
        self._edge.hold(place)
        self._show_plan(plan, place)
        if plan.accepted:
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()
        else:
            event.ignore()

    def _show_hovered(self) -> None:
        """The cards moved under the pointer."""
        if self._hovered is not None:
            load, place = self._hovered
            self._show_plan(self._plan_at(load, place), place)

    def _plan_at(self, load: DragLoad | None, place: QPoint) -> DropPlan:
        if load is None:
            return DropPlan(DropDoes.NOTHING)
        row = self.index_at(place)
        return plan_drop(load, self.item(row) if row >= 0 else None, self.shelf, self.ep_id)

    def _show_plan(self, plan: DropPlan, place: QPoint) -> None:
        if not plan.hint:
            if self.overlay.text:
                self.hint_changed.emit("")
            self.overlay.clear()
            return
        new_hint = plan.hint != self.overlay.text
        row = self.shelf.row_of(plan.target_id) if plan.target_id else -1
        refused = plan.does == DropDoes.REFUSED
        if row >= 0:
            self.overlay.show_hint(plan.hint, place, self.rect_of(row), refused=refused)
        else:
            ghost = QRect() if refused else self._place_of_new()
            self.overlay.show_hint(plan.hint, place, ghost, refused=refused, ghost=True)
        if new_hint:
            self.hint_changed.emit(plan.hint)

    def _place_of_new(self) -> QRect:
        """Where the next card would be; empty when that is not on the screen."""
        place = self.rect_of(self.count)
        return place if self.viewport().rect().intersects(place.adjusted(0, 0, 0, -place.height() // 2)) else QRect()

    def _end_hover(self) -> None:
        self._edge.stop()
        self._hovered = None
        if self.overlay.text:
            self.hint_changed.emit("")
        self.overlay.clear()

    # ---- mouse and keys ----

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 and Enter name, L locks, M asks into whom; else as every grid."""
        wishes = {Qt.Key.Key_F2: "rename", Qt.Key.Key_L: "lock", Qt.Key.Key_M: "target"}
        wish = wishes.get(Qt.Key(event.key()))
        if wish is not None and not event.modifiers():
            self.key_wished.emit(wish)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field goes with its card."""
        super().resizeEvent(event)
        self._place_field()

    # ---- parts ----

    def _show_shelf(self, chosen: Sequence[str], current: str | None, first: str) -> None:
        """Other cards are shown than before: selection, keyboard's place and first row go by id."""
        was_row = self.current()
        self.refresh_items(self.shelf.shown)
        rows = [row for one in chosen if (row := self.shelf.row_of(one)) >= 0]
        self._selection.choose(rows)
        row = self.shelf.row_of(current) if current is not None else -1
        if row < 0 and current is not None and self.count:
            row = min(was_row, self.count - 1)  # its neighbour, so that the keyboard goes on from here
        self._selection.current = self._selection._anchor = row  # noqa: SLF001 - the grid owns its selection
        if first and (top := self.shelf.row_of(first)) >= 0 and top not in self.visible():
            self.scroll_to(top)
        if self._naming and self.shelf.row_of(self._naming) < 0:
            self.end_naming()
        self._place_field()
        self._hover = -1
        self.viewport().update()
        if self.current_id() != current:
            self.current_changed.emit(row)
        if len(rows) != len(chosen):
            self.selection_changed.emit()

    def _first_id(self) -> str:
        visible = self.visible()
        return self.shelf.shown[visible.start].identity_id if visible else ""

    def _picture_of(self, row: int) -> QImage | None:
        image = self.item(row).image
        return self.loader.peek(image) if image is not None else None

    def _place_field(self) -> None:
        row = self.shelf.row_of(self._naming) if self._naming else -1
        if row >= 0:
            name = places_in(self.rect_of(row)).name
            height = max(self.field.sizeHint().height(), name.height())
            self.field.setGeometry(name.left() - 5, name.bottom() + 2 - height, name.width() + 10, height)

    def _on_name(self, name: str, go_on: bool) -> None:
        identity_id, self._naming = self._naming, ""
        self.setFocus()
        if identity_id:
            self.name_written.emit(identity_id, name, go_on)

    def _on_name_given_up(self) -> None:
        self._naming = ""
        self.setFocus()
