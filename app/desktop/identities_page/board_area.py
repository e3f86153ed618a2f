"""The middle of the Identities page: filters over the board, and the names that a person gives one after the other."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.desktop.edit_follow import FreshRows
from app.desktop.identities_page.board_data import BoardData
from app.desktop.identities_page.cards import cards_of
from app.desktop.identities_page.filters import Kind, KindCounts, fits, fitting
from app.desktop.identities_page.head import FilterBar
from widgets.flow import ElidedLabel
from widgets.identity_board import IdentityBoard


class BoardArea(QWidget):
    """Keeps the cards in step with the data. The page hears the board's own signals from ``board``."""

    name_given = Signal(str, str)
    """An identity and its new name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data: BoardData | None = None
        self._cast_names: dict[str, str] = {}
        self._shown: set[str] = set()
        self._listed: list[str] = []
        self._just_named: set[str] = set()
        self._counts = KindCounts()
        self.filters = FilterBar()
        self.board = IdentityBoard(_picture)
        self._hint = ElidedLabel("", "small")
        self._hint.setContentsMargins(24, 4, 24, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self.board, 1)
        column.addWidget(self._hint)
        self.filters.changed.connect(self.show_all)
        self.board.hint_changed.connect(self._show_hint)
        self.board.rename_requested.connect(self._on_name)
        self._hint.hide()

    # ---- what the page says

    def show_data(self, data: BoardData) -> None:
        """Another episode, or this one read anew."""
        self._data = data
        self._just_named = set()
        self._counts = KindCounts()
        self.board.set_episode(data.ep_id)
        self.show_all()
        self._count(data, data.identities)
        self._offer_names(data)

    def clear(self) -> None:
        """No episode is open."""
        self._data = None
        self._shown, self._listed = set(), []
        self.board.set_cards([])

    def show_all(self) -> None:
        """Show everybody who fits the filters."""
        data = self._data
        if data is None:
            return
        chosen = self.board.selected()
        shown = fitting(data, self.filters.kind)
        cards = cards_of(data, shown, self._cast_names)
        if shown == self._listed:
            self.board.update_cards(cards)  # the same people read anew: place, selection and a name being written stay
        else:
            self.board.set_cards(cards)
        self._shown, self._listed = set(shown), shown
        self.board.set_filter(self.filters.text)
        self.board.set_selected([one for one in chosen if one in self._shown])

    def show_rows(self, rows: FreshRows) -> None:
        """Some identities are other than before."""
        self.update_cards(rows.identities, rows.gone_identities)
        self._just_named -= rows.identities.keys()

    def update_cards(self, identity_ids: Iterable[str], gone: Iterable[str] = ()) -> None:
        """Paint some cards anew; who no longer fits the filter leaves."""
        data = self._data
        if data is None:
            return
        gone = list(gone)
        touched = [one for one in identity_ids if one in data.identities]
        fit = [one for one in touched if fits(data, data.identities[one], self.filters.kind)]
        leave = {*gone, *touched} - set(fit)
        self._shown = (self._shown | set(fit)) - leave
        self._listed = []
        self.board.update_cards(cards_of(data, fit, self._cast_names), sorted(leave))
        self._count(data, {*touched, *gone})

    def set_cast_names(self, names: dict[str, str]) -> None:
        """Cast members by their id, for the notes on the cards."""
        if names != self._cast_names:
            self._cast_names = names
            if self._data is not None:
                self.update_cards(list(self._data.identities))
                self._offer_names(self._data)

    def begin_rename(self, identity_id: str) -> None:
        """Let the person write a name on a card."""
        self.board.set_selected([identity_id])
        self.board.begin_rename(identity_id)

    def go_to_unnamed(self) -> bool:
        """Select the next card without a name; False = everybody has one."""
        data = self._data
        found = data.next_unnamed(self.board.current() or "", self._order()) if data is not None else None
        if found is not None:
            self.board.set_selected([found])
            self.board.setFocus()
        return found is not None

    # ---- inside

    def _order(self) -> Sequence[str]:
        data = self._data
        return [one for one in data.shown_order() if one in self._shown] if data is not None else ()

    def _on_name(self, identity_id: str, name: str, go_on: bool) -> None:
        """Take a name; the next card without one is written on at once."""
        data = self._data
        if data is None:
            return
        self._just_named.add(identity_id)
        follower = data.next_unnamed(identity_id, [one for one in self._order() if one not in self._just_named])
        self.name_given.emit(identity_id, name)
        if follower is not None and go_on:
            QTimer.singleShot(0, self.board, lambda: self.begin_rename(follower))

    def _count(self, data: BoardData, identity_ids: Iterable[str]) -> None:
        self._counts.update(data, identity_ids)
        self.filters.set_counts({kind: self._counts.of(kind) for kind in Kind})

    def _offer_names(self, data: BoardData) -> None:
        """While a name is written, those of the cast are offered."""
        given = {identity.name for identity in data.identities.values()}
        self.board.set_known_names(sorted(set(self._cast_names.values()) - given))

    def _show_hint(self, text: str) -> None:
        self._hint.set_text(text)
        self._hint.setVisible(bool(text))


def _picture(key: object) -> Path | None:
    return key if isinstance(key, Path) else None
