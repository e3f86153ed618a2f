"""WebVTT and SRT, as they are written everywhere: MM:SS, commas or points, voices, tags, missing blank lines."""

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

import orjson

from core.annotate.formats.faults import Faults
from core.annotate.formats.holding import SPEAKER
from core.annotate.formats.source import Gathering, Source
from core.annotate.formats.subtitles_out import SPOKEN, TIERS_NOTE
from core.annotate.formats.texts import decoded
from core.annotate.formats.times import fault_of, seconds_of
from core.annotate.types import NO_ATTRIBUTES, Tier, TierKind

_ARROW = re.compile(r"^\s*(\S+?)\s*-{1,2}>\s*(\S+)(.*)$")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]*)>", re.IGNORECASE)
# what stands in other brackets is said or done by somebody: <laughs>
_TAG = re.compile(r"</?(?:(?:b|i|u|s|c|v|em|strong|font|span|lang|ruby|rt)(?:[\s.][^<>]*)?|\d[\d:.,]*)>", re.IGNORECASE)
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_NAMED = re.compile(r"(.+) #\d+")
_BLOCKS = ("NOTE", "STYLE", "REGION")


@dataclass(slots=True)
class _Cue:
    line: int
    timing: str
    start: str
    end: str
    name: str = ""
    lines: list[str] = field(default_factory=list)


def read_webvtt(source: Source, faults: Faults) -> list[Tier]:
    """Cues as intervals; a voice becomes the attribute ``speaker``."""
    lines = decoded(source.content, source.name, faults).split("\n")
    if not lines[0].lstrip().startswith("WEBVTT"):
        faults.remark("The file does not begin with WEBVTT.")
        return _tiers(_cues(lines, 0, faults), faults)
    belonging = _belonging(lines)
    header = 1
    while header < len(lines) and lines[header].strip() and not _ARROW.match(lines[header]):
        header += 1  # metadata up to the first empty line
    return _tiers(_cues(lines, header, faults), faults, belonging)


def read_srt(source: Source, faults: Faults) -> list[Tier]:
    """Cues as intervals."""
    return _tiers(_cues(decoded(source.content, source.name, faults).split("\n"), 0, faults), faults)


def _cues(lines: list[str], first: int, faults: Faults) -> Iterator[_Cue]:
    cue: _Cue | None = None
    block: list[tuple[int, str]] = []  # lines since the last empty one that belong to no cue yet
    for number, line in enumerate([*lines[first:], ""], start=first + 1):
        matched = _ARROW.match(line)
        if matched and ":" in matched.group(1) + matched.group(2):
            name = _name_before(cue, block, faults)
            if cue is not None:
                yield cue
            cue = _Cue(number, line, matched.group(1), matched.group(2), name)
            block = []
        elif not line.strip():
            if cue is not None:
                yield cue
            else:
                _note_stray(block, faults)
            cue, block = None, []
        elif cue is not None:
            cue.lines.append(line)
        else:
            block.append((number, line))


def _name_before(cue: _Cue | None, block: list[tuple[int, str]], faults: Faults) -> str:
    """The identifier in front of a timing line; in files without empty lines the last line of the cue before."""
    if cue is not None:
        numbered = bool(cue.lines) and cue.lines[-1].strip().isdecimal()
        return cue.lines.pop().strip() if numbered else ""
    if len(block) > 1:
        _note_stray(block[:-1], faults)
    return block[-1][1].strip() if block else ""


def _note_stray(block: list[tuple[int, str]], faults: Faults) -> None:
    """Lines that are neither cue nor comment."""
    if not block or block[0][1].lstrip().split(" ")[0].split("\t")[0].rstrip(":") in _BLOCKS:
        return
    for number, line in block:
        if not (line.strip().isdecimal() and len(block) == 1):
            why = "its times cannot be read" if "->" in line else "text without times"
            faults.note(number, line, why)
        else:
            faults.note(number, line, "a number without a cue")


class _Belonging:
    """Which tier a cue belongs to, by its identifier: a number in a range that a note names, or ``NAME #NUMBER``."""

    def __init__(self, ranges: list[tuple[int, int, str]] | None = None) -> None:
        self._ranges = sorted(ranges or [])
        self._firsts = [first for first, _, _ in self._ranges]

    def tier_of(self, name: str) -> str:
        """The tier's name; that of what is said when nothing tells."""
        if named := _NAMED.fullmatch(name):
            return named.group(1)
        if len(self._ranges) == 1:
            return self._ranges[0][2]
        if name.isascii() and name.isdecimal() and (place := bisect.bisect_right(self._firsts, int(name)) - 1) >= 0:
            _, last, tier = self._ranges[place]
            return tier if int(name) <= last else SPOKEN[0]
        return SPOKEN[0]


def _belonging(lines: list[str]) -> _Belonging:
    """What our own note says of the identifiers; a note that somebody changed beyond reading says nothing."""
    start = f"NOTE {TIERS_NOTE}"
    noted = next((line.removeprefix(start) for line in lines if line.startswith(start)), "[]")
    try:
        ranges = [(int(first), int(last), str(tier)) for tier, first, last in orjson.loads(noted) if first <= last]
    except (ValueError, TypeError):
        return _Belonging()
    return _Belonging(ranges)


def _tiers(cues: Iterator[_Cue], faults: Faults, belonging: _Belonging | None = None) -> list[Tier]:
    belonging = belonging or _Belonging()
    gathering = Gathering()
    for cue in cues:
        start_s, end_s = seconds_of(cue.start), seconds_of(cue.end)
        why = fault_of(start_s if ":" in cue.start else None, end_s if ":" in cue.end else None)
        if why or start_s is None or end_s is None:
            faults.note(cue.line, cue.timing, why)
            continue
        tier = gathering.tier(belonging.tier_of(cue.name), TierKind.INTERVALS)
        spoken = list(_voices("\n".join(cue.lines)))
        if not spoken:
            faults.note(cue.line, cue.timing, "a cue without text")
        for speaker, text in spoken:
            tier.add(start_s, end_s, text, None, {SPEAKER: speaker} if speaker else NO_ATTRIBUTES)
    return gathering.made()


def _voices(text: str) -> Iterator[tuple[str, str]]:
    """Speaker and what they say, "" for nobody."""
    parts = _VOICE.split(text)
    if plain := _plain(parts[0]):
        yield "", plain
    for speaker, said in zip(parts[1::2], parts[2::2], strict=True):
        if plain := _plain(said):
            yield unescape(" ".join(speaker.split())), plain


def _plain(text: str) -> str:
    """Text without tags, overrides and entities; lines stay."""
    bare = unescape(_OVERRIDE.sub("", _TAG.sub("", text)))
    return "\n".join(line.strip() for line in bare.split("\n") if line.strip())
