"""Text in tables: nothing that a spreadsheet would run, and back again without loss."""

import re

from core.spreadsheet import harmless

_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(text: str) -> str:
    """The text as a cell; what looks guarded already is guarded once more, so that :func:`unguarded` gives it back."""
    return f"'{text}" if text[:1] == "'" and _GUARDED.match(text) else harmless(text)


def unguarded(cell: str) -> str:
    """The text of a cell."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell
