"""Keeps text out of a transcript that the model invented over silence, noise or music.

A model that must write something where nobody speaks writes what its training data had there: thanks for watching, the
names of subtitlers, the same line over and over. What such a line looks like is not enough to drop it, for people say
"thank you" too: evidence that nobody spoke has to come with it. The thresholds for silence (no-speech 0.6, mean log
probability -1, compression 2.4) are those of Whisper's own decoding.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from core.speech.stock_lines import CREDITS, PHRASES
from core.speech.types import Segment, Word

NO_SPEECH, LOG_PROBABILITY, COMPRESSION = 0.6, -1.0, 2.4
_FASTEST_CHARS_PER_S = 45.0
_FASTEST_WIDE_PER_S = 20.0
_LOOP = 4
_REMEMBERED = 6

_ONLY_SOUNDS = re.compile(r"^(\s*[\[\(（【*♪♫][^\]\)）】*♪♫]*[\]\)）】*♪♫]\s*)+$")
_SIGNS = re.compile(r"[\W_]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a segment apart from its text.

    ``covered``: part of it that lies in voiced stretches; ``voice``: mean probability of speech; ``language``: how sure
    the language of its stretch is; ``checked``: voice activity counts (nobody asked to transcribe everything).
    """

    covered: float
    voice: float
    language: float = 1.0
    checked: bool = True


class Guard:
    """Judges the segments of one sound in their order."""

    def __init__(self) -> None:
        self._last: deque[str] = deque(maxlen=_REMEMBERED)

    def reason(self, segment: Segment, evidence: Evidence) -> str:
        """Why a segment is to be dropped; "" when it stays."""
        text = plain(segment.text)
        reason = (
            _no_words(segment.text, text)
            or _nobody_spoke(segment, evidence)
            or _stock(segment, text, evidence)
            or _too_fast(segment, text)
            or _loop(segment, text, evidence)
            or self._again(segment, text, evidence)
        )
        self._last.append(text)
        return reason

    def _again(self, segment: Segment, text: str, evidence: Evidence) -> str:
        """The same line as before: people do that, but not without a voice or over and over."""
        repeats = 0
        for earlier in reversed(self._last):
            if earlier != text:
                break
            repeats += 1
        if repeats >= 1 and _doubtful(segment, evidence):
            return "the same line again, without clear speech"
        if repeats >= _LOOP and len(text.split()) > 1 and _mean_word(segment.words) < 0.6:
            return "the same line over and over"
        return ""


def plain(text: str) -> str:
    """Lower case, without signs and accents' forms, single spaces: for comparing."""
    return _SIGNS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _no_words(text: str, bare: str) -> str:
    if not bare:
        return "no words, only signs"
    if _ONLY_SOUNDS.match(text):
        return "a description of a sound, not speech"
    return ""


def _nobody_spoke(segment: Segment, evidence: Evidence) -> str:
    if evidence.checked and evidence.covered < 0.1 and evidence.voice < 0.2:
        return "nobody speaks there"
    if segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < LOG_PROBABILITY:
        return "no speech, and hardly likely as text"
    if evidence.checked and segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < -0.6 and evidence.voice < 0.5:
        return "no clear speech"
    if evidence.language < 0.35 and segment.avg_logprob < -0.8 and evidence.voice < 0.6:
        return "no language is heard clearly"
    return ""


def _stock(segment: Segment, text: str, evidence: Evidence) -> str:
    if any(credit in text for credit in CREDITS):
        clear = evidence.voice > 0.8 and segment.avg_logprob > -0.3 and segment.no_speech_prob < 0.2
        return "" if clear else "a subtitler's credit that models write over silence and music"
    if text in PHRASES and _doubtful(segment, evidence):
        return "a stock line that models write over silence and music"
    return ""


def _doubtful(segment: Segment, evidence: Evidence) -> bool:
    """Whether the speech under a line is weak; a line that is often invented needs more."""
    return (
        (evidence.checked and evidence.voice < 0.5)
        or segment.no_speech_prob > 0.5
        or segment.avg_logprob < -0.7
        or evidence.language < 0.4
        or (bool(segment.words) and _mean_word(segment.words) < 0.35)
    )


def _too_fast(segment: Segment, text: str) -> str:
    wide = sum(1 for one in text if unicodedata.east_asian_width(one) in {"W", "F"})
    fastest = _FASTEST_WIDE_PER_S if wide > len(text) / 2 else _FASTEST_CHARS_PER_S
    length_s = max(0.02, segment.end_s - segment.start_s)
    if len(text) > 12 and len(text) / length_s > fastest:
        return f"{len(text) / length_s:.0f} characters a second: faster than anybody speaks"
    return ""


def _loop(segment: Segment, text: str, evidence: Evidence) -> str:
    """A few words over and over within one segment."""
    words = text.split()
    if len(words) == 1 and len(text) >= 12:
        words = list(text)  # scripts without spaces
    repeats, length = longest_loop(words)
    if repeats < _LOOP or repeats * length < 0.6 * len(words):
        return ""
    unlikely = segment.avg_logprob < -0.5 or _mean_word(segment.words) < 0.5 or _doubtful(segment, evidence)
    if segment.compression_ratio > COMPRESSION and (unlikely or repeats >= 3 * _LOOP):
        return f"the same words {repeats} times in a row"
    if repeats >= 2 * _LOOP and unlikely:
        return f"the same words {repeats} times in a row"
    return ""


def longest_loop(words: Sequence[str]) -> tuple[int, int]:
    """(how often, how many words) of the repetition in a row that covers most; (1, 0) without one."""
    best = (1, 0)
    for length in range(1, min(12, len(words) // 2) + 1):
        alike = 0
        for start in range(length, len(words)):
            alike = alike + 1 if words[start] == words[start - length] else 0
            repeats = alike // length + 1
            if repeats > 1 and repeats * length > best[0] * best[1]:
                best = (repeats, length)
    return best


def _mean_word(words: Sequence[Word]) -> float:
    return sum(word.probability for word in words) / len(words) if words else 1.0
