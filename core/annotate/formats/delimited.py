"""Tables of text: any usual delimiter, a header, rows with the number of the line that they begin on."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from core.annotate.formats.faults import Faults
from core.annotate.formats.guarding import unguarded

_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_CELL = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row: where it begins, and its cells, as many as the header has."""

    line: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """The row for people."""
        return ", ".join(self.cells)


@dataclass(frozen=True, slots=True)
class Delimited:
    """A table; it can be gone over more than once, so that no table lies in memory as rows."""

    text: str
    delimiter: str
    header: tuple[str, ...]
    first: int
    """Number of the header's line."""

    def rows(self, faults: Faults | None = None) -> Iterator[Row]:
        """The rows under the header; what is no row is noted if ``faults`` is given."""
        width = len(self.header)
        for line, cells in _records(self.text, self.delimiter, faults):
            if line <= self.first or not any(one.strip() for one in cells):
                continue
            if len(cells) > width and any(one.strip() for one in cells[width:]):
                if faults is not None:
                    faults.note(line, ", ".join(cells), f"it has {len(cells)} cells under {width} headings")
                continue
            filled = [unguarded(one) for one in cells[:width]] + [""] * (width - len(cells))
            yield Row(line, tuple(filled))


def delimited(text: str, delimiter: str = "") -> Delimited:
    """The table that a text holds; the first line that is not empty is its header."""
    lines = text.lstrip("\ufeff").split("\n")
    at = next((number for number, line in enumerate(lines) if line.strip()), 0)
    head = lines[at]
    if head.lower().startswith("sep=") and len(head) == len("sep=,"):  # spreadsheets write this
        delimiter, at, head = head[-1], at + 1, lines[at + 1] if at + 1 < len(lines) else ""
    chosen = delimiter or max(_DELIMITERS, key=head.count)
    for line, cells in _records(text.lstrip("\ufeff"), chosen, None):
        if line > at:
            return Delimited(text.lstrip("\ufeff"), chosen, tuple(unguarded(one.strip()) for one in cells), line)
    return Delimited(text, chosen, (), at + 1)


class _Lines:
    """The lines of a text for the csv module, which remembers how the row began that is being read."""

    def __init__(self, text: str) -> None:
        self._file = io.StringIO(text, newline="")
        self._begins = True
        self.first = ""

    def begin(self) -> None:
        """The next line begins a row."""
        self._begins = True

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._file)
        if self._begins:
            self.first, self._begins = line, False
        return line


def _records(text: str, delimiter: str, faults: Faults | None) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if faults is not None:
                why = f"{error}" if reader.line_num == line else f"{error}; read up to line {reader.line_num}"
                faults.note(line, lines.first, f"its quotes are not right: {why}")
            continue
        yield line, cells
