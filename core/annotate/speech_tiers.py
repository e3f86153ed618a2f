"""Tiers out of what the speech engine and the search for speakers found. Times in seconds with three decimals."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from core.annotate.types import Attribute, Mark, Tier, TierKind
from core.speech.languages import LANGUAGES
from core.speech.types import Diarization, Segment, Transcript, Turn, Word

if TYPE_CHECKING:
    from core.transcript.labelling import Turns

UTTERANCES, WORDS, LANGUAGE, SPEAKERS = "utterances", "words", "language", "speakers"
SPEAKER = "speaker"
"""Attribute of an utterance and of a word: the label of who says it."""
_LEAST_S = 0.001


def transcript_tiers(transcript: Transcript, *, words: bool) -> tuple[Tier, ...]:
    """Utterances (text, score = the mean probability of a token), their words, and the language over time."""
    segments = _apart(transcript.segments)
    tiers = [Tier(UTTERANCES, TierKind.INTERVALS, marks=tuple(_utterance(one) for one in segments))]
    if words:
        marks = tuple(_word(word) for segment in segments for word in segment.words)
        tiers.append(Tier(WORDS, TierKind.INTERVALS, marks=marks, parent=UTTERANCES))
    tiers.append(Tier(LANGUAGE, TierKind.INTERVALS, marks=_languages(segments, transcript)))
    return tuple(tiers)


def cut_by_speaker(transcript: Transcript, turns: Sequence[Turn]) -> Transcript:
    """The same transcript with utterances divided where another speaker goes on; needs times of words."""
    from core.transcript.labelling import Turns, speaker_parts  # noqa: PLC0415  only where speakers are wanted
    from core.transcript.types import WordRow  # noqa: PLC0415  as above

    known = Turns(turns)
    parts: list[Segment] = []
    for segment in transcript.segments:
        rows = [WordRow(one.start_s, one.end_s, one.text, one.probability) for one in segment.words]
        spans = speaker_parts(rows, known)
        if len(spans) < 2:
            parts.append(segment)
            continue
        for begin, end, _ in spans:
            spoken = segment.words[begin:end]
            text = "".join(word.text for word in spoken).strip()
            parts.append(replace(segment, start_s=spoken[0].start_s, end_s=spoken[-1].end_s, text=text, words=spoken))
    return replace(transcript, segments=tuple(parts))


def with_speakers(tiers: Sequence[Tier], turns: Sequence[Turn]) -> tuple[Tier, ...]:
    """Utterances and words that know who says them, where somebody is near."""
    from core.transcript.labelling import Turns  # noqa: PLC0415  only where speakers are wanted

    known = Turns(turns)
    return tuple(_said_by(tier, known) if tier.name in {UTTERANCES, WORDS} else tier for tier in tiers)


def speaker_tier(turns: Sequence[Turn]) -> Tier:
    """Who speaks when; marks of different speakers may overlap."""
    marks = [Mark(round(one.start_s, 3), round(one.end_s, 3), label_of(one.speaker)) for one in turns]
    ordered = sorted((one for one in marks if one.end_s > one.start_s), key=lambda one: (one.start_s, one.label))
    names = tuple(dict.fromkeys(label_of(one) for one in sorted({turn.speaker for turn in turns})))
    return Tier(SPEAKERS, TierKind.INTERVALS, marks=tuple(ordered), vocabulary=names)


def tidy_turns(diarization: Diarization, *, merge_gap_s: float, min_turn_s: float) -> tuple[Turn, ...]:
    """Turns with the pauses of one speaker bridged, then those that are still short left out, by start."""
    found: list[Turn] = []
    for turn in sorted(diarization.turns, key=lambda one: (one.speaker, one.start_s)):
        if found and found[-1].speaker == turn.speaker and turn.start_s - found[-1].end_s < merge_gap_s:
            found[-1] = replace(found[-1], end_s=max(found[-1].end_s, turn.end_s))
        else:
            found.append(turn)
    kept = [one for one in found if one.end_s - one.start_s >= min_turn_s]
    return tuple(sorted(kept, key=lambda one: (one.start_s, one.speaker)))


def label_of(speaker: int) -> str:
    """``SPEAKER_00``, as the tools of this field name whom nobody has named."""
    return f"SPEAKER_{speaker:02d}"


def _utterance(segment: Segment) -> Mark:
    attributes: dict[str, Attribute] = {
        "language": segment.language,
        "no_speech": round(segment.no_speech_prob, 4),
        "compression_ratio": round(segment.compression_ratio, 3),
    }
    score = round(min(1.0, math.exp(segment.avg_logprob)), 4)
    return Mark(segment.start_s, segment.end_s, segment.text, score, attributes)


def _word(word: Word) -> Mark:
    return Mark(word.start_s, word.end_s, word.text, round(min(1.0, max(0.0, word.probability)), 4))


def _languages(segments: Sequence[Segment], transcript: Transcript) -> tuple[Mark, ...]:
    """From the first to the last utterance of a run in one language; no score where several were found."""
    guess = transcript.language
    score = None if guess.mixed else round(min(1.0, max(0.0, guess.confidence)), 4)
    marks = []
    for code, group in groupby(segments, key=lambda one: one.language):
        run = list(group)
        name: Mapping[str, Attribute] = {"name": LANGUAGES.get(code, code)}
        marks.append(Mark(run[0].start_s, run[-1].end_s, code, score, name))
    return tuple(marks)


def _said_by(tier: Tier, known: "Turns") -> Tier:
    marks = []
    before: int | None = None
    for mark in tier.marks:
        speaker = known.speaker(mark.start_s, mark.end_s, before)
        before = before if speaker is None else speaker
        attributes = mark.attributes if speaker is None else {**mark.attributes, SPEAKER: label_of(speaker)}
        marks.append(replace(mark, attributes=attributes))
    return replace(tier, marks=tuple(marks))


def _apart(segments: Sequence[Segment]) -> list[Segment]:
    """By time, in whole milliseconds, none over another and none without length; words lie inside and in a row.

    Where the language changes, both sides hear a little of the other: they share the time that both claim.
    """
    found: list[Segment] = []
    free_s = 0.0
    for segment in _shared(sorted(segments, key=lambda one: (one.start_s + one.end_s, one.start_s))):
        words = _in_a_row(segment.words, free_s)
        start_s = words[0].start_s if words else max(free_s, round(segment.start_s, 3))
        end_s = words[-1].end_s if words else max(round(segment.end_s, 3), round(start_s + _LEAST_S, 3))
        found.append(replace(segment, start_s=start_s, end_s=end_s, words=words))
        free_s = end_s
    return found


def _shared(segments: Sequence[Segment]) -> list[Segment]:
    """Neighbours that overlap are cut in the middle of it, if that leaves something of the words on both sides."""
    found = list(segments)
    for at, (before, after) in enumerate(pairwise(segments)):
        begin_s, end_s = max(before.start_s, after.start_s), min(before.end_s, after.end_s)
        cut_s = (begin_s + end_s) / 2
        last_s = before.words[-1].start_s if before.words else before.start_s
        first_s = after.words[0].end_s if after.words else after.end_s
        if begin_s < end_s and last_s < cut_s < first_s:
            found[at] = _within(found[at], float("-inf"), cut_s)
            found[at + 1] = _within(after, cut_s, float("inf"))
    return found


def _within(segment: Segment, from_s: float, to_s: float) -> Segment:
    words = tuple(replace(one, start_s=max(from_s, one.start_s), end_s=min(to_s, one.end_s)) for one in segment.words)
    return replace(segment, start_s=max(from_s, segment.start_s), end_s=min(to_s, segment.end_s), words=words)


def _in_a_row(words: Sequence[Word], free_s: float) -> tuple[Word, ...]:
    found = []
    for word in words:
        text = word.text.strip()
        if not text:
            continue
        start_s = max(free_s, round(word.start_s, 3))
        free_s = max(round(word.end_s, 3), round(start_s + _LEAST_S, 3))
        found.append(replace(word, start_s=start_s, end_s=free_s, text=text))
    return tuple(found)
