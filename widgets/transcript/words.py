"""Where the words of a line stand in its text, and when each is said. Knows no widget."""

import re
from dataclasses import dataclass

from core.transcript.types import LineRow

_PIECES = re.compile(r"\S+")
LOW_PROBABILITY = 0.5
"""Words below it are underlined: the model was not sure."""


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A word: characters ``start`` to ``end`` of the line's text; seconds; ``probability`` in [0, 1]."""

    start: int
    end: int
    start_s: float
    end_s: float
    probability: float

    @property
    def unsure(self) -> bool:
        """Whether the model was not sure of it."""
        return self.probability < LOW_PROBABILITY


def word_spans(line: LineRow) -> tuple[WordSpan, ...]:
    """The words of a line in order. Without times of words (or where they do not fit the text) the line's time is
    shared out by length.
    """
    spans: list[WordSpan] = []
    at = 0
    for word in line.words:
        text = word.text.strip()
        found = line.text.find(text, at) if text else -1
        if found < 0:
            return _shared_out(line)
        spans.append(WordSpan(found, found + len(text), word.start_s, word.end_s, word.probability))
        at = found + len(text)
    return tuple(spans) if spans else _shared_out(line)


def span_at_char(spans: tuple[WordSpan, ...], char: int) -> int:
    """The word at a place between characters: the one it is in, else the next one; -1 behind the last."""
    return next((index for index, span in enumerate(spans) if char < span.end), -1)


def span_at_time(spans: tuple[WordSpan, ...], t_s: float) -> int:
    """The word that is being said: the last one that began, -1 before the first."""
    found = -1
    for index, span in enumerate(spans):
        if span.start_s > t_s:
            break
        found = index
    return found


def _shared_out(line: LineRow) -> tuple[WordSpan, ...]:
    pieces = [(found.start(), found.end()) for found in _PIECES.finditer(line.text)]
    letters = sum(end - start for start, end in pieces)
    spans: list[WordSpan] = []
    said = 0
    length_s = line.end_s - line.start_s
    for start, end in pieces:
        from_s = line.start_s + length_s * said / letters
        said += end - start
        spans.append(WordSpan(start, end, from_s, line.start_s + length_s * said / letters, 1.0))
    return tuple(spans)
