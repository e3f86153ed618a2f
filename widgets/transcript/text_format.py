"""A look for a part of a text."""

from PySide6.QtGui import QTextCharFormat, QTextLayout


def format_range(start: int, end: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    """Characters ``start`` to ``end`` look like this."""
    part = QTextLayout.FormatRange()
    # PySide's stubs do not know the fields of this record
    part.start = start  # type: ignore[attr-defined]
    part.length = end - start  # type: ignore[attr-defined]
    part.format = look  # type: ignore[attr-defined]
    return part
