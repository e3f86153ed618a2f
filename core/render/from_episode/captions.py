"""Captions out of what is said in a part of an episode: the strongest short line first, then the others in order."""

import re

from core.errors import NotFound
from core.library.library import Library
from core.render.caption_slots import clean_text
from core.render.from_episode.stills import part_of
from core.render.prompt_texts import phrases_of
from core.render.types import Captions
from core.transcript.reading import load_transcript
from core.transcript.types import LineRow

MOST_BEATS = 12
LONGEST_BEAT = 90
_LEAST_CONFIDENCE = 0.35
_SOUND_WORDS = re.compile(r"[\[(♪*][^\])♪*]*[\])♪*]|♪")
_FILLERS = re.compile(
    r"^(?:(?:uh+|um+|er+|hm+|mm+|ah+|oh+|yeah|yes|no|ok(?:ay)?|well|so|right|you know|i mean|like)[\s,.!?…-]*)+$",
    re.IGNORECASE,
)


def captions_of_episode(
    library: Library, ep_id: str, *, start_s: float | None = None, end_s: float | None = None
) -> Captions:
    """Hook and beats of the lines that lie in the part for the most, none for a part where nobody speaks; no cta.

    Raises NotFound (episode, or it has no transcript), InvalidRequest (an empty part).
    """
    episode = library.episodes.get(ep_id)
    part = part_of(episode, start_s, end_s)
    transcript = load_transcript(library, ep_id)
    if not transcript.run_id:
        raise NotFound(
            f"“{episode.title}” has no transcript.", action="Transcribe it first, or write the captions yourself."
        )
    phrases = _phrases([line for line in transcript.lines if _lies_in(line, *part)])
    if not phrases:
        return Captions()
    hook = max(range(len(phrases)), key=lambda index: (_strength(phrases[index]), -index))
    beats = [phrase for index, phrase in enumerate(phrases) if index != hook]
    return Captions(hook=phrases[hook], beats=tuple(_evenly(beats)))


def _lies_in(line: LineRow, start_s: float, end_s: float) -> bool:
    inside_s = min(line.end_s, end_s) - max(line.start_s, start_s)
    return inside_s > 0 and inside_s >= (line.end_s - line.start_s) / 2


def _phrases(lines: list[LineRow]) -> list[str]:
    """What can be read at a glance, each text once; sounds, fillers and what was hardly understood are left out."""
    found: dict[str, str] = {}
    for line in lines:
        if line.confidence < _LEAST_CONFIDENCE and not line.by_person:
            continue
        for phrase in phrases_of(clean_text(_SOUND_WORDS.sub(" ", line.text))):
            if any(sign.isalnum() for sign in phrase) and not _FILLERS.match(phrase) and len(phrase) <= LONGEST_BEAT:
                found.setdefault(phrase.casefold(), phrase)
    return list(found.values())


def _strength(phrase: str) -> float:
    """Short, whole, and a question or an exclamation: that makes people stay."""
    signs = len(phrase)
    length = 1.0 if 12 <= signs <= 42 else 0.5 if signs <= 60 and signs >= 6 else 0.0
    ending = 1.0 if phrase.endswith(("?", "？", "؟")) else 0.7 if phrase.endswith(("!", "！")) else 0.0
    return length + ending


def _evenly(beats: list[str]) -> list[str]:
    """As many as there may be, from the whole part, in order."""
    if len(beats) <= MOST_BEATS:
        return beats
    return [beats[round(index * (len(beats) - 1) / (MOST_BEATS - 1))] for index in range(MOST_BEATS)]
