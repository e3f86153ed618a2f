"""Which items of a grid are selected, as file managers do it."""

from collections.abc import Iterable


class GridSelection:
    """Selected indices, the current one, and the anchor from where Shift selects."""

    def __init__(self) -> None:
        self.chosen: set[int] = set()
        self.current = -1
        self._anchor = -1
        self._count = 0

    def reset(self, count: int) -> None:
        """Forget everything; there are ``count`` items now."""
        self.chosen = set()
        self.current = self._anchor = -1
        self._count = count

    def keep_within(self, count: int) -> None:
        """Forget what is beyond ``count`` items."""
        self._count = count
        self.chosen = {index for index in self.chosen if index < count}
        self.current = min(self.current, count - 1)
        self._anchor = min(self._anchor, count - 1)

    def choose(self, indices: Iterable[int]) -> bool:
        """Select just these; returns whether anything changed."""
        chosen = {index for index in indices if 0 <= index < self._count}
        changed = chosen != self.chosen
        self.chosen = chosen
        return changed

    def press(self, index: int, *, toggle: bool, extend: bool) -> bool:
        """Press on an item; returns whether the selection changed."""
        self.current = index
        if extend and self._anchor >= 0:
            low, high = sorted((self._anchor, index))
            span = set(range(low, high + 1))
            return self.choose(self.chosen | span if toggle else span)
        self._anchor = index
        if toggle:
            return self.choose(self.chosen ^ {index})
        return self.choose({index})
