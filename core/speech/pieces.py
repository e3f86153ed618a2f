"""Voiced stretches gathered into pieces for the model, and the way back from a piece's times to the file's."""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.speech.sound import RATE_HZ, Recording, Samples
from core.speech.voice import WINDOW, Probabilities, Span, merged

PIECE_S = 480.0
"""Most speech in one piece: long enough that the padding of its last window costs little, short enough for memory."""
JOIN_S = 2.0
"""Pauses up to this stay in the sound, as faster-whisper's own filter leaves them."""
AIR_S = 0.25
_LOOK_BACK_S = 10.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Voiced spans in which one language is spoken (None: it was not asked for)."""

    spans: tuple[Span, ...]
    language: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """What the model hears in one go: ``spans`` of the file put together."""

    spans: tuple[Span, ...]
    language: str | None

    @property
    def start_s(self) -> float:
        """Where it begins in the file."""
        return self.spans[0][0] / RATE_HZ

    @property
    def voiced_s(self) -> float:
        """How much the model hears."""
        return sum(end - start for start, end in self.spans) / RATE_HZ


def pieces_of(stretches: Sequence[Stretch], probabilities: Probabilities, samples: int) -> Iterator[Piece]:
    """Pieces of at most ``PIECE_S``, cut between spans, or where speech is least likely when one span is longer."""
    longest = round(PIECE_S * RATE_HZ)
    for stretch in stretches:
        waiting: list[Span] = []
        for span in _roomy(stretch.spans, samples):
            for part in _cut(span, longest, probabilities):
                if waiting and sum(end - start for start, end in waiting) + part[1] - part[0] > longest:
                    yield Piece(tuple(waiting), stretch.language)
                    waiting = []
                waiting.append(part)
        if waiting:
            yield Piece(tuple(waiting), stretch.language)


def _roomy(spans: Sequence[Span], samples: int) -> list[Span]:
    """With short pauses bridged and air at both ends, but never into the next span."""
    air = round(AIR_S * RATE_HZ)
    joined = merged(spans, round(JOIN_S * RATE_HZ))
    if len(spans) == 1 and spans[0] == (0, samples):
        return joined
    return merged([(max(0, start - air), min(samples, end + air)) for start, end in joined], 0)


def _cut(span: Span, longest: int, probabilities: Probabilities) -> Iterator[Span]:
    start, end = span
    while end - start > longest:
        latest = start + longest
        earliest = latest - round(_LOOK_BACK_S * RATE_HZ)
        cut = least_voiced(probabilities, earliest, latest)
        yield start, cut
        start = cut
    yield start, end


def least_voiced(probabilities: Probabilities, earliest: int, latest: int) -> int:
    """The sample between two at which speech is least likely."""
    first, last = earliest // WINDOW, max(earliest // WINDOW + 1, latest // WINDOW)
    part = probabilities[first:last]
    if len(part) == 0:
        return latest
    smooth = np.convolve(part, np.ones(3, np.float32) / 3, mode="same")
    return int(first + int(np.argmin(smooth))) * WINDOW + WINDOW // 2


def samples_of(recording: Recording, piece: Piece) -> Samples:
    """The sound of a piece, its spans one after the other."""
    return np.concatenate([recording.read(start, end) for start, end in piece.spans])


class PieceClock:
    """Seconds in a piece to seconds in the file."""

    def __init__(self, piece: Piece) -> None:
        self._spans = piece.spans
        lengths = np.cumsum([end - start for start, end in piece.spans])
        self._ends_s = [float(length) / RATE_HZ for length in lengths]

    def span_at(self, piece_s: float) -> int:
        """Which span a moment of the piece lies in."""
        return min(bisect.bisect_right(self._ends_s, piece_s), len(self._spans) - 1)

    def file_s(self, piece_s: float, span: int) -> float:
        """The moment in the file, held within ``span``."""
        start, end = self._spans[span]
        before_s = self._ends_s[span - 1] if span else 0.0
        return min(max(piece_s - before_s + start / RATE_HZ, start / RATE_HZ), end / RATE_HZ)
