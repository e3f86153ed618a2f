"""A person on the board as plain data, and the cards in their order."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """A person. ``image`` is the key given to the provider, None = no picture.

    ``named``: a person gave the name, else ``label`` is made from the id. ``cohesion`` in [0, 1], 1 = all tracks alike.
    ``mixed``: it looks like two people. ``confirmed``: named, labelled, locked or put together by hand. ``note`` is one
    more word, for example the cast member.
    """

    identity_id: str
    label: str
    named: bool = False
    colour_index: int = 0
    image: Hashable = None
    tracks: int = 0
    screen_time_s: float = 0.0
    cohesion: float = 1.0
    locked: bool = False
    mixed: bool = False
    confirmed: bool = False
    note: str = ""

    @property
    def searched(self) -> str:
        """What a search looks at."""
        return f"{self.label} {self.note} {self.identity_id}".casefold()


class CardShelf:
    """The cards in their order and those of them that fit the search.

    ``shown`` is what the grid paints. A card that comes back gets its old place: an undo must not shuffle the board.
    """

    def __init__(self) -> None:
        self._cards: dict[str, IdentityCard] = {}
        self._order: dict[str, None] = {}
        self._fitting: set[str] = set()
        self._searched: dict[str, str] = {}
        self._filter = ""
        self.shown: list[IdentityCard] = []
        self._rows: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._cards)

    def set_cards(self, cards: Sequence[IdentityCard]) -> None:
        """Hold these in this order."""
        self._cards = {card.identity_id: card for card in cards}
        self._order = dict.fromkeys(self._cards)
        self._searched = {}
        self._refit()

    def set_filter(self, text: str) -> bool:
        """Show only cards that hold all words; returns whether the search changed."""
        text = " ".join(text.casefold().split())
        if text == self._filter:
            return False
        self._filter = text
        self._refit()
        return True

    def update(self, changed: Iterable[IdentityCard], removed: Iterable[str]) -> list[int] | None:
        """Take newer cards. Returns the rows to be painted anew; None = other cards are shown than before.

        Costs as much as there are changes; only when cards come or go the rows are counted anew.
        """
        moved = False
        rows: list[int] = []
        for identity_id in removed:
            if self._cards.pop(identity_id, None) is not None:
                moved |= identity_id in self._fitting
                self._fitting.discard(identity_id)
        for card in changed:
            one = card.identity_id
            self._cards[one] = card
            self._searched.pop(one, None)
            self._order.setdefault(one)
            fits, fitted = self._fits(card), one in self._fitting
            if fits != fitted:
                moved = True
                (self._fitting.add if fits else self._fitting.discard)(one)
            elif fits and not moved:
                row = self._rows[one]
                self.shown[row] = card
                rows.append(row)
        if moved:
            self._recount()
            return None
        return rows

    def card(self, identity_id: str) -> IdentityCard | None:
        """A card, shown or not."""
        return self._cards.get(identity_id)

    def all(self) -> list[IdentityCard]:
        """All cards in their order, whatever is searched for."""
        return [self._cards[one] for one in self._order if one in self._cards]

    def row_of(self, identity_id: str) -> int:
        """The row of a shown card, -1 = not shown."""
        return self._rows.get(identity_id, -1)

    def ids_of(self, rows: Iterable[int]) -> list[str]:
        """Ids of shown cards."""
        return [self.shown[row].identity_id for row in rows]

    def tracks_of(self, identity_ids: Iterable[str]) -> int:
        """How many tracks some people have together."""
        return sum(card.tracks for one in identity_ids if (card := self._cards.get(one)) is not None)

    def first_locked(self, identity_ids: Iterable[str]) -> str:
        """The label of the first locked one, "" = none."""
        found = (card for one in identity_ids if (card := self._cards.get(one)) is not None and card.locked)
        return next((card.label for card in found), "")

    def _fits(self, card: IdentityCard) -> bool:
        if not self._filter:
            return True
        searched = self._searched.get(card.identity_id)
        if searched is None:
            searched = self._searched[card.identity_id] = card.searched
        return all(word in searched for word in self._filter.split(" "))

    def _refit(self) -> None:
        self._fitting = {one for one, card in self._cards.items() if self._fits(card)}
        self._recount()

    def _recount(self) -> None:
        cards = self._cards
        self.shown = [cards[one] for one in self._order if one in self._fitting]
        self._rows = {card.identity_id: row for row, card in enumerate(self.shown)}
