"""The board of people."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.identity_board.board_grid import BoardGrid
from widgets.identity_board.cards import IdentityCard
from widgets.identity_board.dropping import DropDoes, DropPlan, plan_merge_into
from widgets.image_loader import Provide
from widgets.moderation_mime import DragLoad, people_words
from widgets.target_chooser import Target, TargetChooser


class IdentityBoard(QWidget):
    """People as cards, put right by hand.

    Mouse: drag people onto somebody = merge; drag tracks, faces or a cast member onto somebody; drop tracks or faces on
    empty space = a new person; a rubber band, Ctrl and Shift select. Keyboard: arrows, Space, Shift and Ctrl+A select,
    F2 or Enter names (Enter takes the name, Escape gives it up), L locks, M asks into whom the selected people go.
    Nothing changes by itself: the page answers a signal with newer cards.
    """

    merge_requested = Signal(list, str)
    """list[source id], target id."""
    move_tracks_requested = Signal(list, str)
    """list[track id], person or "" = a new person."""
    move_crops_requested = Signal(list, str)
    """list[(track id, decoded-frame index)], person or "" = a new person."""
    assign_requested = Signal(list, str)
    """list[person id], cast id: they are that cast member."""
    rename_requested = Signal(str, str, bool)
    """A person, the new name, and whether the next is to be named at once."""
    lock_toggled = Signal(str)
    """A person; with several selected it comes once for each."""
    activated = Signal(str)
    """Enter or a double click on a card; with Enter the field for the name is open then."""
    selection_changed = Signal()
    current_changed = Signal(str)
    """The card with the keyboard's place, "" = none."""
    context_menu_requested = Signal(str, QPoint)
    """A person or "" = empty space, and the place on the screen."""
    hint_changed = Signal(str)
    """What a drop would do, "" = nothing is dragged here."""

    def __init__(self, provide: Provide | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._provide = provide
        self.grid = BoardGrid(provide)
        self.chooser: TargetChooser | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid)
        self.setFocusProxy(self.grid)
        self.setAccessibleName(self.tr("Board of people"))
        grid = self.grid
        grid.set_empty_text(self.tr("Nobody fits."))
        grid.dropped.connect(self._on_drop)
        grid.hint_changed.connect(self.hint_changed)
        grid.key_wished.connect(self._on_key)
        grid.name_written.connect(self.rename_requested)
        grid.activated.connect(self._on_activated)
        grid.selection_changed.connect(self.selection_changed)
        grid.current_changed.connect(lambda _row: self.current_changed.emit(self.current() or ""))
        grid.context_menu_requested.connect(self._on_menu)

    # ---- what a page says ----

    def set_episode(self, ep_id: str) -> None:
        """Drags of other episodes are refused from now on; "" = not known."""
        self.grid.ep_id = ep_id

    def set_cards(self, cards: Sequence[IdentityCard]) -> None:
        """Show these people in this order, from the start; nobody is selected."""
        self.grid.show_cards(cards)

    def update_cards(self, changed: Iterable[IdentityCard], removed: Iterable[str] = ()) -> None:
        """Newer cards of some people; unknown ones come last, or where they were before they went. Selection, place
        and filter stay. Costs as much as there are changes.
        """
        self.grid.take_cards(changed, removed)

    def set_filter(self, text: str) -> None:
        """Show only people whose name, note or id holds all words."""
        self.grid.search(text)

    def set_known_names(self, names: Sequence[str]) -> None:
        """Names to be offered while one is written."""
        self.grid.known_names = tuple(names)

    def set_empty_text(self, text: str) -> None:
        """What is written where nobody is."""
        self.grid.set_empty_text(text)

    def selected(self) -> list[str]:
        """Ids of the selected people, in the order of the board."""
        return self.grid.chosen_ids()

    def set_selected(self, identity_ids: Iterable[str]) -> None:
        """Select just these of the shown people; the first gets the keyboard's place and comes into view."""
        self.grid.choose_ids(identity_ids)

    def current(self) -> str | None:
        """The person with the keyboard's place."""
        return self.grid.current_id()

    def card(self, identity_id: str) -> IdentityCard | None:
        """The card of a person, shown or not."""
        return self.grid.shelf.card(identity_id)

    def shown_ids(self) -> list[str]:
        """Ids of those who fit the search, in order."""
        return [card.identity_id for card in self.grid.shelf.shown]

    def place_of(self, identity_id: str) -> tuple[QWidget, QPoint] | None:
        """The viewport, and the middle of a card on it; None = not shown. For menus, tests and tours."""
        row = self.grid.shelf.row_of(identity_id)
        return (self.grid.viewport(), self.grid.rect_of(row).center()) if row >= 0 else None

    def scroll_to(self, identity_id: str) -> None:
        """Bring a card into view."""
        self.grid.scroll_to(self.grid.shelf.row_of(identity_id))

    def begin_rename(self, identity_id: str) -> None:
        """Open the field for the name on a card; ``rename_requested`` comes when Enter takes it."""
        self.grid.begin_naming(identity_id)

    def cell_width(self) -> int:
        """The wished width of a card."""
        return self.grid.cell_width()

    def set_cell_width(self, width_px: int) -> None:
        """Zoom, from 96 to 320 pixels; also Ctrl+wheel, Ctrl+plus and Ctrl+minus."""
        self.grid.set_cell_width(width_px)

    def open_chooser(self) -> None:
        """Ask into whom the selected people go, by writing."""
        chosen = self.selected() or [one for one in (self.current(),) if one is not None]
        if not chosen:
            return
        chooser = TargetChooser(self, self._provide)
        chooser.set_targets([self._target(card, chosen) for card in self.grid.shelf.all()])
        chooser.identity_chosen.connect(lambda target_id: self._merge_into(tuple(chosen), target_id))
        title = self.tr("Merge {people} into").format(people=self._who(chosen))
        self.chooser = chooser
        chooser.finished.connect(lambda _code: self._forget(chooser))
        chooser.open_over(self, title)

    def stop(self) -> None:
        """End the threads that load pictures."""
        if self.chooser is not None:
            self.chooser.close()
        self.grid.stop()

    # ---- parts ----

    def _target(self, card: IdentityCard, chosen: Sequence[str]) -> Target:
        plan = plan_merge_into(tuple(chosen), card, self.grid.shelf)
        return Target(
            target_id=card.identity_id,
            label=card.label,
            note=plan.hint,
            colour_index=card.colour_index,
            image=card.image,
            enabled=plan.does == DropDoes.MERGE,
        )

    def _who(self, chosen: Sequence[str]) -> str:
        card = self.card(chosen[0])
        return card.label if len(chosen) == 1 and card is not None else people_words(len(chosen))

    def _forget(self, chooser: TargetChooser) -> None:
        if self.chooser is chooser:
            self.chooser = None
        chooser.deleteLater()

    def _merge_into(self, chosen: tuple[str, ...], target_id: str) -> None:
        target = self.card(target_id)
        if target is not None:
            plan = plan_merge_into(chosen, target, self.grid.shelf)
            if plan.does == DropDoes.MERGE:
                self.merge_requested.emit(list(plan.sources), target_id)

    def _on_drop(self, load: DragLoad, plan: DropPlan) -> None:
        match plan.does:
            case DropDoes.MERGE:
                self.merge_requested.emit(list(plan.sources), plan.target_id)
            case DropDoes.MOVE_TRACKS:
                self.move_tracks_requested.emit(list(load.track_ids), plan.target_id)
            case DropDoes.MOVE_CROPS:
                self.move_crops_requested.emit(list(load.crops), plan.target_id)
            case DropDoes.ASSIGN:
                self.assign_requested.emit([plan.target_id], load.cast_id)
            case DropDoes.NOTHING | DropDoes.REFUSED:
                return

    def _on_key(self, wish: str) -> None:
        current = self.current()
        if wish == "target":
            self.open_chooser()
        elif wish == "rename" and current is not None:
            self.begin_rename(current)
        elif wish == "lock":
            for identity_id in self.selected() or ([current] if current is not None else []):
                self.lock_toggled.emit(identity_id)

    def _on_activated(self, row: int) -> None:
        identity_id = self.grid.shelf.shown[row].identity_id
        self.begin_rename(identity_id)
        self.activated.emit(identity_id)

    def _on_menu(self, row: int, place: QPoint) -> None:
        self.context_menu_requested.emit(self.grid.shelf.shown[row].identity_id if row >= 0 else "", place)
