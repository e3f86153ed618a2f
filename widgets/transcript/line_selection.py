"""Which lines are selected, by their ids, so that it survives edits. Knows no widget."""

from collections.abc import Sequence

from core.transcript.types import LineRow


class LineSelection:
    """A set of lines, one of them current; ranges go from the anchor."""

    def __init__(self) -> None:
        self._order: list[str] = []
        self._place: dict[str, int] = {}
        self._chosen: set[str] = set()
        self._anchor = ""
        self.current = ""

    def set_lines(self, lines: Sequence[LineRow]) -> None:
        """Other lines, or newer ones; where the current one went, the one at its place becomes current."""
        at = self._place.get(self.current, -1)
        self._order = [line.line_id for line in lines]
        self._place = {line_id: index for index, line_id in enumerate(self._order)}
        self._chosen &= self._place.keys()
        if self.current and self.current not in self._place:
            self.current = self._order[min(at, len(self._order) - 1)] if self._order and at >= 0 else ""
            self._chosen = {self.current} if self.current else set()
        if self._anchor not in self._place:
            self._anchor = self.current

    def __contains__(self, line_id: str) -> bool:
        return line_id in self._chosen

    @property
    def ids(self) -> list[str]:
        """The selected lines in their order."""
        return sorted(self._chosen, key=self._place.__getitem__)

    @property
    def index(self) -> int:
        """The place of the current line, -1 = none."""
        return self._place.get(self.current, -1)

    def index_of(self, line_id: str) -> int:
        """The place of a line, -1 = not there."""
        return self._place.get(line_id, -1)

    def choose(self, index: int) -> None:
        """Just this one."""
        self.current = self._anchor = self._order[index]
        self._chosen = {self.current}

    def choose_ids(self, line_ids: Sequence[str]) -> None:
        """Just these; the last one becomes current."""
        there = [line_id for line_id in line_ids if line_id in self._place]
        self._chosen = set(there)
        if there:
            self.current = there[-1]
            self._anchor = there[0]

    def toggle(self, index: int) -> None:
        """This one too, or no more."""
        self.current = self._anchor = self._order[index]
        self._chosen ^= {self.current}

    def extend(self, index: int) -> None:
        """All from the anchor to this one."""
        start = self._place.get(self._anchor, index)
        first, last = sorted((start, index))
        self._chosen = set(self._order[first : last + 1])
        self.current = self._order[index]

    def choose_all(self) -> None:
        """Every line."""
        self._chosen = set(self._order)

    def clear(self) -> None:
        """None."""
        self._chosen = set()
