"""Names with their values, two pairs a row."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.reports import look
from core.reports.flow import Stack
from core.reports.table import Cell, Column, Row, TextCell, spread, text_cell
from core.reports.text.layout import set_text


def value_words(value: object) -> str:
    """A parameter for people."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def pairs_stack(pairs: Sequence[tuple[str, str]], check: Callable[[], None]) -> Stack:
    """Two pairs a row; a long value has a row to itself."""
    wide = [Column("", width) for width in spread([96, 0])]
    narrow = [Column("", width) for width in spread([96, 0, 96, 0])]
    rows: list[Row] = []
    waiting: list[Cell] = []

    def flush() -> None:
        if waiting:
            rows.append(Row(narrow, (*waiting, *(_EMPTY,) * (4 - len(waiting))), padding=2.6, middle=False))
            waiting.clear()

    for name, value in pairs:
        if not _is_short(value, narrow[1].width):
            flush()
            rows.append(Row(wide, _cells(wide, name, value), padding=2.6, middle=False))
            continue
        waiting.extend(_cells(narrow[:2], name, value))
        if len(waiting) == 4:
            flush()
    flush()
    return Stack(rows, check=check, space_after=16)


_NAME = replace(look.SMALL, size=8, leading=11.5)
_VALUE = replace(look.QUIET, size=8, leading=11.5)
_EMPTY = TextCell(())


def _cells(columns: list[Column], name: str, value: str) -> tuple[Cell, Cell]:
    return text_cell(columns[0], name, _NAME), text_cell(columns[1], value, _VALUE, most_lines=6)


def _is_short(value: str, width: float) -> bool:
    return set_text(value, _VALUE, 1e6).width <= width
