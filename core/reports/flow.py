"""What stands on the pages: headings, paragraphs, and stacks of rows that go on over any number of pages."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Protocol

from reportlab.platypus.flowables import Flowable

from core.reports import look, palette
from core.reports.canvas import ReportCanvas
from core.reports.text.layout import Style, set_text

_FEWEST_TOGETHER = 2
_SLACK_PT = 0.01


class Item(Protocol):
    """A row of a stack; ``height`` in points."""

    @property
    def height(self) -> float:
        """How much of the page it takes."""

    def draw(self, canvas: ReportCanvas, x: float, top: float, width: float) -> None:
        """Draw it with its upper left corner at (x, top)."""


class Section(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A heading with an entry in the outline and some words below it."""

    def __init__(self, title: str, words: str = "", *, key: str) -> None:
        super().__init__()
        self._title = title
        self._words = words
        self._key = key

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """reportlab asks for the size."""
        self._heading = set_text(self._title, look.HEADING, available_width)
        self._paragraph = set_text(self._words, look.QUIET, min(available_width, 400))
        self.width = available_width
        self.height = self._heading.height + (self._paragraph.height + 5 if self._words else 0) + 10
        return self.width, self.height

    def draw(self) -> None:
        """reportlab has moved the origin to the lower left corner."""
        canvas: ReportCanvas = self.canv
        canvas.bookmarkHorizontal(self._key, 0, self.height + 14)
        canvas.addOutlineEntry(self._title, self._key, level=0)
        below = canvas.draw_block(self._heading, 0, self.height)
        if self._words:
            canvas.draw_block(self._paragraph, 0, below - 5)


class Words(Flowable):  # type: ignore[misc]
    """A paragraph."""

    def __init__(self, text: str, style: Style = look.BODY, *, space_after: float = 8) -> None:
        super().__init__()
        self._text = text
        self._style = style
        self._space_after = space_after

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """reportlab asks for the size."""
        self._block = set_text(self._text, self._style, available_width)
        self.width, self.height = available_width, self._block.height + self._space_after
        return self.width, self.height

    def draw(self) -> None:
        """reportlab has moved the origin to the lower left corner."""
        canvas: ReportCanvas = self.canv
        canvas.draw_block(self._block, 0, self.height)


class Stack(Flowable):  # type: ignore[misc]
    """Rows below each other with a head that stands on every page again. Items are shared by its parts.

    ``check`` is called now and then while it is drawn: it raises when the work is to stop. ``fewest``: so many rows
    stand together where the stack begins and where it goes on.
    """

    def __init__(
        self,
        items: Sequence[Item],
        head: Item | None = None,
        *,
        check: Callable[[], None] = lambda: None,
        space_after: float = 26,
        fewest: int = _FEWEST_TOGETHER,
    ) -> None:
        super().__init__()
        self._fewest = fewest
        self._items = items
        self._head = head
        self._check = check
        self._space_after = space_after
        self._first, self._last = 0, len(items)
        self._ends = [0.0]
        for item in items:
            self._ends.append(self._ends[-1] + item.height)

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """reportlab asks for the size."""
        self.width = available_width
        self.height = self._head_height + self._ends[self._last] - self._ends[self._first]
        return self.width, self.height

    def getSpaceAfter(self) -> float:
        """Room below the last part."""
        return self._space_after if self._last == len(self._items) else 0.0

    def split(self, _available_width: float, available_height: float) -> list["Stack"]:
        """The rows that fit and the rest; empty when so few fit that they had better begin on the next page."""
        room = available_height - self._head_height + self._ends[self._first] + _SLACK_PT
        fits = bisect_right(self._ends, room, self._first, self._last + 1) - 1 - self._first
        if fits < min(self._fewest, self._last - self._first):
            return []
        if self._last - self._first - fits == 1 and fits > self._fewest > 1:
            fits -= 1  # a single row does not go over alone
        middle = self._first + fits
        return [self._part(self._first, middle), self._part(middle, self._last)]

    def draw(self) -> None:
        """reportlab has moved the origin to the lower left corner."""
        canvas: ReportCanvas = self.canv
        self._check()
        top = self.height
        if self._head is not None:
            self._head.draw(canvas, 0, top, self.width)
            top -= self._head.height
        for item in self._items[self._first : self._last]:
            item.draw(canvas, 0, top, self.width)
            top -= item.height

    @property
    def _head_height(self) -> float:
        return self._head.height if self._head is not None else 0.0

    def _part(self, first: int, last: int) -> "Stack":
        part = Stack((), self._head, check=self._check, space_after=self._space_after, fewest=self._fewest)
        part._items, part._ends = self._items, self._ends
        part._first, part._last = first, last
        return part


def rule_below(canvas: ReportCanvas, x: float, top: float, width: float, height: float) -> None:
    """The hairline between two rows."""
    canvas.draw_rule(x, top - height, width, colour=palette.RULE, weight=0.5)
