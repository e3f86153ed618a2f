"""The segments of a transcript as lines for people: a long one is divided where a sentence ends or somebody pauses."""

from collections.abc import Iterable, Sequence
from math import exp
from typing import Any

from core.speech.spoken import clean
from core.speech.types import Segment, Word
from core.transcript.words import words_to_json

LONG_S = 12.0
_PAUSE_S = 0.7
_LEAST_S = 2.0
_ENDS = tuple(".?!…。！？؟")

NewLine = dict[str, Any]
"""Columns of the table ``transcript_lines`` without ids and state."""


def lines_of_segments(segments: Iterable[Segment]) -> list[NewLine]:
    """Lines by time; what says nothing is left out."""
    found = [line for segment in segments for line in _lines(segment)]
    return sorted(found, key=lambda line: (line["start_s"], line["end_s"]))


def _lines(segment: Segment) -> list[NewLine]:
    if not clean(segment.text):
        return []
    if not segment.words:
        return [_line(segment, (), segment.text, segment.start_s, segment.end_s)]
    parts = _parts(segment.words)
    texts = ["".join(word.text for word in part) for part in parts]
    bounds = [part[0].start_s for part in parts]
    ends = [max(word.end_s for word in part) for part in parts]
    bounds[0] = min(bounds[0], segment.start_s) if bounds[0] - segment.start_s < _PAUSE_S else bounds[0]
    return [
        _line(segment, part, text, start_s, max(start_s, end_s))
        for part, text, start_s, end_s in zip(parts, texts, bounds, ends, strict=True)
        if clean(text)
    ]


def _parts(words: Sequence[Word]) -> list[Sequence[Word]]:
    """All words together, or in parts when they take long."""
    if words[-1].end_s - words[0].start_s <= LONG_S:
        return [words]
    parts: list[Sequence[Word]] = []
    begin = 0
    for at in range(1, len(words)):
        pause_s = words[at].start_s - words[at - 1].end_s
        ended = words[at - 1].text.rstrip().endswith(_ENDS) or pause_s >= _PAUSE_S
        enough = words[at - 1].end_s - words[begin].start_s >= _LEAST_S
        if ended and enough and words[-1].end_s - words[at].start_s >= _LEAST_S:
            parts.append(words[begin:at])
            begin = at
    return [*parts, words[begin:]]


def _line(segment: Segment, words: Sequence[Word], text: str, start_s: float, end_s: float) -> NewLine:
    sure = sum(word.probability for word in words) / len(words) if words else exp(min(0.0, segment.avg_logprob))
    return {
        "start_s": round(start_s, 3),
        "end_s": round(end_s, 3),
        "text": clean(text),
        "words": words_to_json(words),
        "speaker_id": None,
        "language": segment.language,
        "confidence": round(min(1.0, max(0.0, sure)), 4),
        "by_person": 0,
    }
