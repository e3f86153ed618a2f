"""What find and replace look for: a value, its pattern, and the places in texts. Knows no database.

A person's pattern may take for ever on a text that almost matches, so looking has a time limit (the library ``regex``
has one, Python's ``re`` has none).
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

from core.errors import InvalidRequest

WITHIN_S = 0.5
"""For all texts together."""

Pattern = regex.Pattern[str]
Marks = tuple[tuple[int, int], ...]
"""(start, end) in characters."""


@dataclass(frozen=True, slots=True)
class FindQuery:
    """What to look for, and how; ``regex`` takes ``text`` as a regular expression."""

    text: str = ""
    match_case: bool = False
    whole_word: bool = False
    regex: bool = False

    def pattern(self) -> Pattern | None:
        """None without a text. Raises InvalidRequest for a regular expression that cannot be read."""
        if not self.text:
            return None
        source = self.text if self.regex else regex.escape(self.text, special_only=True)
        if self.whole_word:
            source = rf"(?<!\w)(?:{source})(?!\w)"
        try:
            return regex.compile(source, 0 if self.match_case else regex.IGNORECASE)
        except regex.error as error:
            raise InvalidRequest(
                f"“{self.text}” is no pattern: {error}.", action="Correct it, or switch patterns off."
            ) from error


class Watch:
    """Counts the time that one search may take over all its texts."""

    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._until_s = time.monotonic() + within_s

    @property
    def left_s(self) -> float:
        """Seconds left. Raises InvalidRequest when there are none."""
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            raise too_slow()
        return left_s


def places(pattern: Pattern, texts: Iterable[str]) -> Iterator[Marks]:
    """Where the pattern stands in each text; empty matches are left out. Raises InvalidRequest: it takes too long."""
    watch = Watch()
    for text in texts:
        try:
            found = tuple(match.span() for match in pattern.finditer(text, timeout=watch.left_s))
        except TimeoutError:
            raise too_slow() from None
        yield tuple((start, end) for start, end in found if end > start)


def too_slow() -> InvalidRequest:
    """The error of a pattern that takes too long."""
    return InvalidRequest(
        "Looking for this pattern takes too long.", action="Write it simpler: avoid one repetition inside another."
    )
