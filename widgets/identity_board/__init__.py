"""The board of people: cards to be merged, split, named and locked."""

from widgets.identity_board.board import IdentityBoard
from widgets.identity_board.cards import IdentityCard

__all__ = ["IdentityBoard", "IdentityCard"]
