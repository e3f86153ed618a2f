"""Praat's TextGrids, long and short form, in all its encodings.

Read as Praat reads them (“TextGrid file formats” in its manual): what counts are free-standing numbers, texts in
quotes and flags in angle brackets; everything else is decoration.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.annotate.formats.faults import Faults
from core.annotate.formats.source import Gathered, Source
from core.annotate.formats.texts import decoded
from core.annotate.formats.times import in_video
from core.annotate.types import Tier, TierKind
from core.errors import InvalidRequest

_TOKEN = re.compile(r'"(?:[^"]|"")*+"|<[^>\s]*>|![^\n]*|[^\s"]+')
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d{1,3})?%?")
_KINDS = {"IntervalTier": TierKind.INTERVALS, "TextTier": TierKind.POINTS}
_NAME_AND_HEAD = 3  # a tier's start, its end, its size
_ACTION = "Open it in Praat and save it as a text file again."


@dataclass(frozen=True, slots=True)
class _Token:
    line: int
    text: str | None = None
    number: float | None = None
    flag: bool = False


def read_textgrid(source: Source, faults: Faults) -> list[Tier]:
    """The tiers of a TextGrid; empty intervals are gaps. Raises InvalidRequest when it is none."""
    text = decoded(source.content, source.name, faults).lstrip("\ufeff")
    if "TextGrid" not in text[:300]:
        raise InvalidRequest(f"{source.name} is no TextGrid of Praat.", action=_ACTION)
    tokens = list(_tokens(text))
    first = next((at for at, token in enumerate(tokens) if token.text in _KINDS), None)
    if first is None:
        if any(token.flag for token in tokens):
            return []
        raise InvalidRequest(f"{source.name} holds no tiers of a TextGrid.", action=_ACTION)
    tiers: list[Gathered] = []
    at = first
    while at < len(tokens):
        at = _read_tier(tokens, at, tiers, faults)
    return [tier.tier() for tier in tiers]


def _tokens(text: str) -> Iterator[_Token]:
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        found = match.group()
        if found.startswith('"'):
            yield _Token(line, text=found[1:-1].replace('""', '"'))
        elif _NUMBER.fullmatch(found):
            yield _Token(line, number=float(found.rstrip("%").replace(",", ".")))
        elif found.startswith("<"):
            yield _Token(line, flag=True)


def _read_tier(tokens: list[_Token], at: int, tiers: list[Gathered], faults: Faults) -> int:
    """One tier from its class on; returns where the next begins."""
    kind = _KINDS[str(tokens[at].text)]
    line = tokens[at].line
    at += 1
    if at >= len(tokens) or tokens[at].text is None:
        faults.note(line, kind, "a tier without a name")
        return _next_tier(tokens, at)
    name = str(tokens[at].text).strip() or f"tier {len(tiers) + 1}"
    head, at = _numbers(tokens, at + 1, _NAME_AND_HEAD)
    if any(tier.name == name for tier in tiers):
        faults.remark(f"There are several tiers called “{name}”: the later ones are numbered.")
    tier = Gathered(name, kind)
    tiers.append(tier)
    read, at = _read_entries(tokens, at, tier, faults)
    if len(head) < _NAME_AND_HEAD or head[2] != read:
        said = f"{head[2]:.0f}" if len(head) == _NAME_AND_HEAD else "an unknown number of"
        faults.note(line, name, f"the tier should hold {said} entries and holds {read}", unit="line")
    return at


def _next_tier(tokens: list[_Token], at: int) -> int:
    while at < len(tokens) and tokens[at].text not in _KINDS:
        at += 1
    return at


def _numbers(tokens: list[_Token], at: int, most: int) -> tuple[list[float], int]:
    found: list[float] = []
    while at < len(tokens) and len(found) < most:
        number = tokens[at].number
        if number is None:
            break
        found.append(number)
        at += 1
    return found, at


def _read_entries(tokens: list[_Token], at: int, tier: Gathered, faults: Faults) -> tuple[int, int]:
    wanted = 2 if tier.kind is TierKind.INTERVALS else 1
    count = 0
    while at < len(tokens):
        times, after = _numbers(tokens, at, len(tokens))
        if after >= len(tokens) or (not times and tokens[after].text in _KINDS):
            if times:
                faults.note(tokens[at].line, tier.name, "the file breaks off in this entry")
            return count, after
        label = tokens[after].text
        if label is not None:
            count += 1
            _add(tier, times, wanted, label, tokens[at].line, faults)
        at = after + 1
    return count, at


def _add(tier: Gathered, times: list[float], wanted: int, label: str, line: int, faults: Faults) -> None:
    if len(times) != wanted:
        faults.note(line, label, f"it has {len(times)} times instead of {wanted}")
    elif not all(in_video(t_s) for t_s in times):
        faults.note(line, label, f"{times[0]:g} is no time of a video")
    elif times[-1] < times[0]:
        faults.note(line, label, f"it ends before it starts ({times[0]:g} to {times[-1]:g} s)")
    elif tier.kind is TierKind.POINTS or label.strip():
        tier.add(times[0], times[-1], label)
