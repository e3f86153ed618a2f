"""Who talks how long and how fast they answer each other, out of tiers of speakers."""

import re
import statistics
from collections.abc import Mapping, Sequence

from core.annotate.measures.columns import mean, row, times
from core.annotate.measures.sightings import Spans
from core.annotate.measures.spans import Company, inside, joined, length_s
from core.annotate.measures.turns import answers_of, turns_of
from core.annotate.measures.types import Cell, MeasureOptions
from core.annotate.types import Mark, Tier, TierKind

SPEAKER = "speaker"
"""The attribute of a mark that says who says it; else its label does."""
_SPEAKERS = re.compile(r"\b(speakers?|talk)\b", re.IGNORECASE)


def conversation_name(tier: Tier, options: MeasureOptions) -> str:
    """Which conversation a tier belongs to, "" = it holds no talk.

    Tiers called ``speakers: Ann`` and ``speakers: Bea`` are one conversation, ``speakers``.
    """
    if tier.kind is not TierKind.INTERVALS or tier.parent:
        return ""
    if options.talk is not None:
        return tier.name.partition(": ")[0] if tier.name in options.talk else ""
    if any(mark.attributes.get(SPEAKER) for mark in tier.marks):
        return tier.name
    found = _SPEAKERS.search(tier.name)
    return tier.name[: found.end()] if found else ""


def talk_rows(
    video: str, name: str, tiers: Sequence[Tier], duration_s: float, options: MeasureOptions
) -> list[tuple[Cell, ...]]:
    """A row for each speaker of a conversation, and one for all of them."""
    talk = _talk(tiers, duration_s)
    about: dict[str, Cell] = {"video": video, "tier": name, "coder": tiers[0].coder}
    if not talk:
        return [row(**about, kind="conversation", count=0, total_s=0.0, turns=0, answers=0, silence_s=duration_s)]
    company = Company(talk)
    all_s = sum(length_s(spans) for spans in talk.values())
    turns = turns_of(talk, pause_s=options.pause_s)
    answers = answers_of(turns, latency_s=options.latency_s)
    overlap_s = company.with_others_s()
    rows = []
    for speaker, spans in talk.items():
        lengths = [turn.end_s - turn.start_s for turn in turns if turn.speaker == speaker]
        offsets = [answer.offset_s for answer in answers if answer.speaker == speaker]
        cells = times(spans, duration_s, all_s) | _turn_cells(lengths, offsets)
        rows.append(row(**about, **cells, kind="talk", subject=speaker, overlap_s=overlap_s[speaker]))
    together = joined(span for spans in talk.values() for span in spans)
    cells = times(together, duration_s, 0.0) | _turn_cells(
        [turn.end_s - turn.start_s for turn in turns], [answer.offset_s for answer in answers]
    )
    silence_s = max(duration_s - length_s(together), 0.0)
    rows.append(row(**about, **cells, kind="conversation", overlap_s=company.several_s(), silence_s=silence_s))
    return rows


def _talk(tiers: Sequence[Tier], duration_s: float) -> Mapping[str, Spans]:
    """When each speaker talks, inside the video; those of the vocabulary first."""
    marks = sorted((mark for tier in tiers for mark in tier.marks), key=lambda mark: mark.start_s)
    found: dict[str, list[tuple[float, float]]] = {word: [] for tier in tiers for word in tier.vocabulary}
    for mark in marks:
        found.setdefault(_speaker(mark), []).append((mark.start_s, mark.end_s))
    spoken = {name: inside(joined(spans), duration_s) for name, spans in found.items()}
    return {name: spans for name, spans in spoken.items() if spans}


def _speaker(mark: Mark) -> str:
    return str(mark.attributes.get(SPEAKER) or mark.label)


def _turn_cells(lengths: Sequence[float], offsets: Sequence[float]) -> dict[str, Cell]:
    return {
        "turns": len(lengths),
        "mean_turn_s": mean(lengths),
        "answers": len(offsets),
        "latency_s": statistics.median(offsets) if offsets else None,
    }
