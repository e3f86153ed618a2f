"""Text set in a measure: lines that never leave it."""

import functools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.reports.text.clusters import Cluster, base_level, clusters_of
from core.reports.text.faces import Weight
from core.reports.text.shaping import EMPTY, Shaped, shaped, shaped_text

ELLIPSIS = "…"
_BREAK_AFTER = frozenset("-/\\_–—|")
_NO_LINE_BEGINS = frozenset("、。，．」』）】〉》！？：；・ーっッゃゅょャュョ々")
_SLACK_PT = 0.01


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks; sizes in points. ``leading`` from line to line; ``align`` is left, right or centre."""

    size: float
    leading: float
    weight: Weight = Weight.REGULAR
    colour: str = "#15181d"
    align: str = "left"
    tabular: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of text in a measure; ``style`` may be smaller than what was asked for. Sizes in points."""

    lines: tuple[Shaped, ...]
    style: Style
    measure: float

    @property
    def height(self) -> float:
        """Of all lines."""
        return len(self.lines) * self.leading

    @property
    def leading(self) -> float:
        """The style's, or more where a script needs more room above and below."""
        tallest = max((line.ascent - line.descent for line in self.lines), default=0.0)
        return max(self.style.leading, tallest * self.style.size * 0.98)

    @property
    def width(self) -> float:
        """Of the widest line."""
        return max((line.width for line in self.lines), default=0.0) * self.style.size


@functools.lru_cache(maxsize=8_000)
def set_text(text: str, style: Style, measure: float, *, most_lines: int = 0) -> Block:
    """Text in lines no wider than ``measure``; with ``most_lines`` the rest is left out and an ellipsis says so."""
    whole = shaped_text(text, style.weight, tabular=style.tabular)
    if whole.width * style.size <= measure + _SLACK_PT:
        return Block((whole,) if whole.runs else (), style, measure)
    clusters = clusters_of(text, style.weight)
    lines = _lines(clusters, style, measure)
    if most_lines and len(lines) > most_lines:
        kept = [one for line in lines[:most_lines] for one in line]
        last = kept[sum(len(line) for line in lines[: most_lines - 1]) :]
        lines = [*lines[: most_lines - 1], _cut(last, base_level(text), style, measure)]
    return Block(tuple(shaped(line, tabular=style.tabular) for line in lines), style, measure)


def fit_text(text: str, style: Style, measure: float, *, most_lines: int = 1, smallest: float = 6.0) -> Block:
    """Text made smaller until it stands in ``most_lines``; at ``smallest`` points the rest is left out."""
    size = style.size
    while size > smallest:
        smaller = replace(style, size=size, leading=style.leading * size / style.size)
        block = set_text(text, smaller, measure)
        if len(block.lines) <= most_lines:
            return block
        size -= max(0.5, style.size * 0.06)
    least = replace(style, size=smallest, leading=style.leading * smallest / style.size)
    return set_text(text, least, measure, most_lines=most_lines)


def _lines(clusters: Sequence[Cluster], style: Style, measure: float) -> list[list[Cluster]]:
    lines: list[list[Cluster]] = []
    line: list[Cluster] = []
    for unit in _units(clusters):
        if _fits([*line, *unit], style, measure):
            line += unit
            continue
        if line:
            lines.append(line)
        *full, line = _torn(unit, style, measure)
        lines += full
    lines.append(line)
    return [trimmed for one in lines if (trimmed := _trimmed(one))]


def _units(clusters: Sequence[Cluster]) -> list[list[Cluster]]:
    """What is kept together: words with the space behind them, parts of a path, single signs of Han and kana."""
    units: list[list[Cluster]] = []
    for index, one in enumerate(clusters):
        if index and not _may_break(clusters[index - 1].shown, one.shown):
            units[-1].append(one)
        else:
            units.append([one])
    return units


def _may_break(before: str, after: str) -> bool:
    if after == " " or after[0] in _NO_LINE_BEGINS:
        return False
    if before == " " or before in _BREAK_AFTER:
        return True
    return _is_wide(before) or _is_wide(after)


def _is_wide(text: str) -> bool:
    return unicodedata.east_asian_width(text[0]) in "WF"


def _torn(unit: list[Cluster], style: Style, measure: float) -> list[list[Cluster]]:
    """A unit that is wider than a line, cut where it is full; a single cluster is never cut."""
    if _fits(unit, style, measure):
        return [unit]
    parts: list[list[Cluster]] = [[]]
    for one in unit:
        if parts[-1] and not _fits([*parts[-1], one], style, measure):
            parts.append([])
        parts[-1].append(one)
    return parts


def _cut(line: list[Cluster], base: int, style: Style, measure: float) -> list[Cluster]:
    """The beginning of a line with an ellipsis behind it, no wider than the measure."""
    dots = clusters_of(ELLIPSIS, style.weight)
    dots = [one._replace(level=base) for one in dots]
    kept = _trimmed(line)
    while kept and not _fits([*kept, *dots], style, measure):
        kept = _trimmed(kept[:-1])
    return [*kept, *dots]


def _fits(line: list[Cluster], style: Style, measure: float) -> bool:
    width = shaped(_trimmed(line), tabular=style.tabular).width if line else EMPTY.width
    return width * style.size <= measure + _SLACK_PT


def _trimmed(line: list[Cluster]) -> list[Cluster]:
    last = len(line)
    while last and line[last - 1].text == " ":
        last -= 1
    first = 0
    while first < last and line[first].text == " ":
        first += 1
    return list(line[first:last])
