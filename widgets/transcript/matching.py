"""Finding text in lines: what is highlighted and counted. Knows no widget."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.transcript.find_query import FindQuery, Marks, Pattern, places
from core.transcript.types import LineRow

__all__ = ["FindQuery", "Marks", "Match", "find_matches"]


@dataclass(frozen=True, slots=True)
class Match:
    """One place where it stands."""

    line_id: str
    start: int
    end: int


def find_matches(lines: Sequence[LineRow], pattern: Pattern | None) -> list[Match]:
    """All places in the order of the lines. Raises InvalidRequest for a pattern that takes too long."""
    if pattern is None:
        return []
    marks = places(pattern, [line.text for line in lines])
    return [Match(line.line_id, start, end) for line, spans in zip(lines, marks, strict=True) for start, end in spans]
