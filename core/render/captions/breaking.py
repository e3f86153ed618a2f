"""Where a caption's lines may end, and which ends make the most even lines.

The rules follow Unicode Standard Annex 14 as far as captions need them. Han and kana may break between signs, Thai and
its neighbours, which are written without spaces, between clusters; Hangul breaks at spaces, as is usual in captions.
"""

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.reports.text.clusters import Cluster

Measure: TypeAlias = Callable[[Sequence[Cluster]], float]
"""How wide clusters are on one line, in parts of the size."""
_NO_LINE_BEGINS = frozenset(
    "、。，．」』）】〉》〕｝！？：；・…‥ーゝゞ々〜～ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
    ",.!?;:)]}%‰’”»›…°؟،؛।॥ฯๆ៖។"
)
_NO_LINE_ENDS = frozenset("「『（【〈《〔｛([{“‘«‹„‚¿¡#@$€£¥₹")
_AFTER_SIGN = {"-": 0.25, "‐": 0.25, "–": 0.2, "—": 0.1, "/": 0.3, "|": 0.2, "\\": 0.5, "_": 0.6, "\u200b": 0.0}
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_HONORIFICS = frozenset("おご")
_DANGLING = 0.05
_SHORT_WORD = 2
_TORN = 2.5
"""What breaking inside a word costs, or between a word and its stop; the other prices are relative to it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Clusters that stay together, with the space behind them.

    ``width_em`` with and ``bare_em`` without that space; ``price``: of ending a line here, ``inf`` where the line must
    not end.
    """

    clusters: tuple[Cluster, ...]
    width_em: float
    bare_em: float
    price: float


def price_between(before: Cluster, after: Cluster) -> float | None:
    """What a line's end between two clusters costs; None where only an emergency puts one."""
    last, first = before.shown[-1:], after.shown[:1]
    if first == " " or first in _NO_LINE_BEGINS or last in _NO_LINE_ENDS:
        return None
    if last == " ":
        return 0.0
    if last in _AFTER_SIGN:
        return _AFTER_SIGN[last]
    if _is_picture(before) or _is_picture(after):
        return 0.1 if _is_picture(before) else 0.4
    return _price_without_spaces(_script(last), _script(first), last, first)


def _price_without_spaces(last: str, first: str, end: str, sign: str) -> float | None:
    """Between two scripts that put no spaces, ``end`` before and ``sign`` after: a phrase tends to begin where hiragana
    or a stop ends, but not between a polite prefix and its word."""
    if "thai" in (last, first):
        return 0.25 if sign in _LEADING_VOWELS or last != first else 0.7
    east = {"han", "hiragana", "katakana", "stop"}
    if last not in east and first not in east:
        return None
    if last == "stop":
        return 0.0
    if last == "hiragana" and first != "hiragana":
        return 0.03 if end not in _HONORIFICS else 0.6
    if last == first == "katakana":
        return None
    prices = {("han", "hiragana"): 0.8, ("katakana", "hiragana"): 0.9, ("hiragana", "hiragana"): 0.4}
    return prices.get((last, first), 0.3)


def units_of(clusters: Sequence[Cluster], width_em: Measure) -> list[Unit]:
    """Cut at all places where a line may end."""
    groups: list[tuple[list[Cluster], float]] = []
    start = 0
    for index in range(1, len(clusters) + 1):
        price = 0.0 if index == len(clusters) else price_between(clusters[index - 1], clusters[index])
        if price is not None:
            groups.append((list(clusters[start:index]), price))
            start = index
    units = []
    for number, (group, asked) in enumerate(groups):
        bare = group[:-1] if group[-1].shown == " " else group
        following = groups[number + 1][0] if number + 1 < len(groups) else []
        price = asked + (_price_at_space(bare, following) if len(bare) < len(group) else 0.0)
        units.append(Unit(tuple(group), width_em(group), width_em(bare), price))
    return units


def torn(units: Sequence[Unit], measure_em: float, width_em: Measure) -> list[Unit]:
    """The same, with units that are wider than a line cut into clusters."""
    found: list[Unit] = []
    for unit in units:
        if unit.bare_em <= measure_em:
            found.append(unit)
            continue
        for index, one in enumerate(unit.clusters):
            last = index + 1 == len(unit.clusters)
            price = unit.price if last else _TORN
            alone = (one,)
            found.append(Unit(alone, width_em(alone), 0.0 if one.shown == " " else width_em(alone), price))
    return found


@dataclass(frozen=True, slots=True)
class Broken:
    """Lines of clusters and what their ends cost."""

    lines: tuple[tuple[Cluster, ...], ...]
    price: float


def even_lines(units: Sequence[Unit], measure_em: float, most_lines: int) -> Broken | None:
    """The fewest lines that hold all units, broken so that they are of much the same width; None: they need more.

    The least sum of squared differences from the mean width and of prices (Knuth and Plass, Breaking Paragraphs into
    Lines, 1981, without stretchable spaces).
    """
    total = sum(unit.width_em for unit in units)
    if not units or any(unit.bare_em > measure_em for unit in units):
        return None
    for count in range(max(1, math.ceil(total / measure_em - 0.5)), most_lines + 1):
        ends = _cheapest(units, measure_em, total / count, count)
        if ends is not None:
            starts = [0, *ends[:-1]]
            lines = [
                tuple(one for unit in units[first:last] for one in unit.clusters)
                for first, last in zip(starts, ends, strict=True)
            ]
            return Broken(tuple(lines), sum(units[end - 1].price for end in ends[:-1]))
    return None


def filled_lines(units: Sequence[Unit], measure_em: float, most_lines: int) -> tuple[list[list[Cluster]], int]:
    """Lines filled one after another until there are enough, and how many units they hold."""
    lines: list[list[Cluster]] = [[]]
    width = 0.0
    for index, unit in enumerate(units):
        if lines[-1] and width + unit.bare_em > measure_em:
            if len(lines) == most_lines:
                return lines, index
            lines.append([])
            width = 0.0
        lines[-1] += unit.clusters
        width += unit.width_em
    return lines, len(units)


def _cheapest(units: Sequence[Unit], measure_em: float, ideal_em: float, count: int) -> list[int] | None:
    """Where each of exactly ``count`` lines ends; None when they cannot hold all."""
    best: list[dict[int, tuple[float, list[int]]]] = [{0: (0.0, [])}]
    for _ in range(count):
        reached: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, ends) in best[-1].items():
            width = 0.0
            for end in range(start + 1, len(units) + 1):
                bare = width + units[end - 1].bare_em
                if bare > measure_em:
                    break
                width += units[end - 1].width_em
                paid = cost + ((bare - ideal_em) / measure_em) ** 2 * 4
                if end < len(units):
                    paid += units[end - 1].price
                if end not in reached or paid < reached[end][0]:
                    reached[end] = (paid, [*ends, end])
        best.append(reached)
    found = best[-1].get(len(units))
    return found[1] if found else None


def _price_at_space(word: Sequence[Cluster], following: Sequence[Cluster]) -> float:
    """A short word at a line's end would rather stand with what follows; a sign after a space never begins a line."""
    if word and word[-1].shown in _NO_LINE_ENDS:
        return _TORN
    if following and not any(one.shown[:1].isalnum() or _is_picture(one) for one in following if one.shown != " "):
        return _TORN
    if word and word[-1].shown in {".", "!", "?", ",", ":", ";", "…", "—", "–"}:
        return -0.03
    letters = sum(one.shown[:1].isalpha() for one in word)
    return _DANGLING if letters == len(word) <= _SHORT_WORD else 0.0


def _is_picture(one: Cluster) -> bool:
    return bool(getattr(one.face, "colour", False))


def _script(sign: str) -> str:
    code = ord(sign) if sign else 0
    if 0x0E00 <= code <= 0x0EFF or 0x1780 <= code <= 0x17FF or 0x1000 <= code <= 0x109F:
        return "thai"
    if 0x3041 <= code <= 0x309F:
        return "hiragana"
    if 0x30A0 <= code <= 0x30FF or 0x31F0 <= code <= 0x31FF:
        return "katakana"
    if code in (0x3001, 0x3002, 0xFF01, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F, 0x30FB):
        return "stop"
    if 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF:
        return "han"
    return "han" if 0x3000 < code < 0x3040 or unicodedata.east_asian_width(sign or "a") == "F" else ""
