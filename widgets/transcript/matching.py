"""Finding text in lines: what is highlighted and counted. Knows no widget."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.transcript.types import LineRow

Marks = tuple[tuple[int, int], ...]
"""(start, end) in characters."""


@dataclass(frozen=True, slots=True)
class FindQuery:
    """What to look for, and how."""

    text: str = ""
    match_case: bool = False
    whole_word: bool = False
    regex: bool = False

    def pattern(self) -> re.Pattern[str] | None:
        """None without a text. ``re.error`` for a regular expression that cannot be read."""
        if not self.text:
            return None
        source = self.text if self.regex else re.escape(self.text)
        if self.whole_word:
            source = rf"(?<!\w)(?:{source})(?!\w)"
        return re.compile(source, 0 if self.match_case else re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Match:
    """One place where it stands."""

    line_id: str
    start: int
    end: int


def find_matches(lines: Sequence[LineRow], pattern: re.Pattern[str] | None) -> list[Match]:
    """All places in the order of the lines; empty matches are left out."""
    if pattern is None:
        return []
    return [
        Match(line.line_id, found.start(), found.end())
        for line in lines
        for found in pattern.finditer(line.text)
        if found.end() > found.start()
    ]
