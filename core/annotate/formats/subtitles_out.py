"""Intervals as subtitles: SRT through the writer of the transcripts, WebVTT with voices and provenance."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import orjson

from core.annotate.formats.holding import SPEAKER, in_ms, note_lost
from core.annotate.formats.json_document import encodable, provenance_text
from core.annotate.formats.times import clock
from core.annotate.types import Document, Mark, Tier
from core.speech.types import Cue

SPOKEN = ("utterances", "captions", "subtitles", "transcript", "segments")
TIERS_NOTE = "Rushes tiers: "
"""Before a JSON list of name, first and last cue identifier of each tier."""
_NOTE = "Rushes: "
_FRACTION = re.compile(r"(:\d\d)\.(?=\d)")


def srt_bytes(_document: Document, tiers: Sequence[Tier], options: Mapping[str, Any], notes: list[str]) -> bytes:
    """SubRip: text and times alone."""
    from core.speech.subtitle_formats import write_cues  # noqa: PLC0415  loads pysubs2

    chosen = _spoken(tiers, options, notes)
    note_lost(chosen, "SubRip", notes)
    cues = [Cue(mark.start_s, mark.end_s, _lines(mark)) for _, mark in _in_order(chosen, notes)]
    return write_cues(cues, "srt").encode()


def webvtt_bytes(document: Document, tiers: Sequence[Tier], options: Mapping[str, Any], notes: list[str]) -> bytes:
    """WebVTT (W3C): the speaker as ``<v Name>``; in notes the provenance, and which cues belong to which tier.

    Identifiers of cues are plain numbers: many readers take anything else for the last line of the cue before.
    """
    chosen = _spoken(tiers, options, notes)
    note_lost(chosen, "WebVTT", notes, keeps=(SPEAKER,))
    shown = _in_order(chosen, notes)
    next_number: dict[str, int] = {}
    ranges: list[tuple[str, int, int]] = []
    first = 1
    for tier in chosen:
        count = sum(one is tier for one, _ in shown)
        next_number[tier.name] = first
        ranges.append((encodable(tier.name), first, first + count - 1))
        first += count
    blocks = ["WEBVTT", *_provenance_notes(document), _note(TIERS_NOTE, orjson.dumps(ranges).decode())]
    for tier, mark in shown:
        text = "\n".join(escape(line, quote=False) for line in _lines(mark))
        number = next_number[tier.name]
        next_number[tier.name] += 1
        blocks.append(f"{number}\n{clock(mark.start_s)} --> {clock(mark.end_s)}\n{_voice(mark)}{text}")
    return ("\n\n".join(blocks) + "\n").encode()


def _provenance_notes(document: Document) -> list[str]:
    """One NOTE for each pipeline."""
    return [_note(_NOTE, provenance_text(one)) for one in document.provenance]


def _note(what: str, json_text: str) -> str:
    """A comment may hold no arrow and no empty line; what looks like the time of a cue is one to some readers."""
    return f"NOTE {what}" + _FRACTION.sub(r"\1\\u002e", json_text.replace("-->", "--\\u003e"))


def _voice(mark: Mark) -> str:
    speaker = " ".join(str(mark.attributes.get(SPEAKER, "")).split())
    return f"<v {escape(speaker, quote=False)}>" if speaker else ""


def _spoken(tiers: Sequence[Tier], options: Mapping[str, Any], notes: list[str]) -> list[Tier]:
    """What is to be read: the tier of what is said if there is one, else all that lie in no other tier."""
    if options.get("tiers"):
        return list(tiers)
    named = [tier for tier in tiers if tier.name.lower() in SPOKEN]
    chosen = named or [tier for tier in tiers if not tier.parent] or list(tiers)
    if left := [tier.name for tier in tiers if tier not in chosen]:
        notes.append(f"Left out of the subtitles: {', '.join(left)}.")
    return chosen


def _in_order(tiers: Sequence[Tier], notes: list[str]) -> list[tuple[Tier, Mark]]:
    marks = [(tier, mark) for tier in tiers for mark in tier.marks]
    shown = [pair for pair in marks if _lines(pair[1]) and in_ms(pair[1].end_s) > in_ms(pair[1].start_s)]
    if len(shown) < len(marks):
        notes.append(f"{len(marks) - len(shown):,} marks without text or shorter than a millisecond are left out.")
    return sorted(shown, key=lambda pair: (pair[1].start_s, pair[1].end_s))


def _lines(mark: Mark) -> tuple[str, ...]:
    lines = encodable(mark.label).splitlines()
    return tuple(line for line in lines if line.strip())
