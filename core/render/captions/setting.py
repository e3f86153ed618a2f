"""Text set for a caption: which size, which lines, where each glyph stands."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import uharfbuzz as hb

from core.render.captions.breaking import Unit, even_lines, filled_lines, torn, units_of
from core.render.captions.faces import CaptionFace, chooser
from core.render.captions.wording import Paragraph, Wording
from core.render.types import CaptionRole
from core.reports.text.clusters import Cluster
from core.reports.text.shaping import Shaped, shaped

MOST_LINES = 4
LEAST_SCALE = 0.6
ELLIPSIS = "…"
_STEP = 0.02
_NEARLY_FULL = 0.78
"""Smaller sizes are only tried where none down to this one fits."""
_SMALLER_COSTS = 2.6
_LINE_COSTS = {CaptionRole.HOOK: 0.08, CaptionRole.BEAT: 0.08, CaptionRole.CTA: 0.4}
_FOURTH_LINE_COSTS = 0.2
_CLEAR_EM = 0.1
_STROKE_LEADING = 0.8
_PICTURES_RISE_EM = 0.06
"""How far emoji may reach into the room between lines: their round tops need less of it than letters."""
_BEFORE_ELLIPSIS = " .…。,;:-–—/、，；：\u200b"
_TIGHTER = 0.985
_HALF_EMPTY = frozenset("、。，．")
_HANGS_EM = 0.4
"""Stops as wide as a sign whose right half is empty: a line that ends with one is centred without that half."""
_TRIES = 8
_HOPELESS = 1.15
"""Text this much wider than all lines together is not tried: letters that join gain no more."""


@dataclass(frozen=True, slots=True)
class Line:
    """``width_em`` with tracking; ``above_em`` and ``below_em``: how far its ink reaches from its baseline."""

    shaped: Shaped
    width_em: float
    above_em: float
    below_em: float


@dataclass(frozen=True, slots=True)
class SetText:
    """Lines at a size. ``baselines_em`` from the first one's; ``shortened``: an ellipsis stands for the rest;
    ``price``: of where the lines end.
    """

    lines: tuple[Line, ...]
    baselines_em: tuple[float, ...]
    font_px: float
    shortened: bool
    cap_em: float
    price: float = 0.0

    @property
    def height_px(self) -> float:
        """From the top of the first line to the lowest ink."""
        return self.font_px * (self.top_em + self.bottom_em)

    @property
    def width_em(self) -> float:
        """Of the widest line."""
        return max((line.width_em for line in self.lines), default=0.0)

    @property
    def top_em(self) -> float:
        """From the first baseline up to the top of capitals or of the ink, the higher one."""
        return max(self.cap_em, self.lines[0].above_em)

    @property
    def bottom_em(self) -> float:
        """From the first baseline down to the lowest ink of all lines."""
        return max(base + line.below_em for base, line in zip(self.baselines_em, self.lines, strict=True))


def set_caption(
    wording: Wording, size_px: float, measure_px: float, height_px: float, *, stroke_em: float = 0.0
) -> SetText:
    """Set at ``size_px`` or smaller, to 60 %, on at most four lines inside ``measure_px`` by ``height_px``.

    Words are cut only where one is too long for a line at 60 %. What still finds no room is left out and an ellipsis
    says so. ``stroke_em``: how wide the stroke around the letters is, which sets lines further apart.
    """
    trials = ((1.0, _NEARLY_FULL, False), (_NEARLY_FULL, LEAST_SCALE, False), (1.0, LEAST_SCALE, True))
    for form in (wording, wording.joined()):
        for first, last, tear in trials:
            tried = [_whole(form, size, measure_px, stroke_em, tear=tear) for size in _sizes(size_px, first, last)]
            good = [one for one in tried if one is not None and one.height_px <= height_px]
            if good:
                return min(good, key=lambda one: _looks_worse(one, wording.role, size_px, measure_px))
    return _shortened(wording.joined(), size_px * LEAST_SCALE, measure_px, height_px, stroke_em)


def _looks_worse(text: SetText, role: CaptionRole, size_px: float, measure_px: float) -> float:
    """The larger, the worse: smaller type, more lines and uneven lines cost."""
    widths = [line.width_em * text.font_px / measure_px for line in text.lines]
    mean = sum(widths) / len(widths)
    uneven = 4 * sum((width - mean) ** 2 for width in widths)
    lines = _LINE_COSTS[role] * (len(widths) - 1) + _FOURTH_LINE_COSTS * (len(widths) >= MOST_LINES)
    return uneven + lines + text.price + _SMALLER_COSTS * (1 - text.font_px / size_px)


def width_em(clusters: Sequence[Cluster]) -> float:
    """Width of clusters on one line, in parts of the size."""
    return line_width_em(shaped(clusters)) if clusters else 0.0


def line_width_em(line: Shaped) -> float:
    """Width of a shaped line with the room between its letters."""
    return line.width + sum(room_em(run.face, glyph.advance) for run in line.runs for glyph in run.glyphs)


def room_em(face: object, advance: int) -> float:
    """What is added behind a glyph: tracking, or the bearings of a picture; marks get none."""
    if not isinstance(face, CaptionFace) or advance <= 0:
        return 0.0
    return face.tracking_em + 2 * face.bearing_em


def _sizes(size_px: float, first: float, last: float) -> list[float]:
    steps = round((first - last) / _STEP)
    return [size_px * (first - (first - last) * step / steps) for step in range(steps + 1)]


def _whole(form: Wording, font_px: float, measure_px: float, stroke_em: float, *, tear: bool) -> SetText | None:
    """All of the text at a size, or None; only with ``tear`` words may be cut."""
    measure_em = measure_px / font_px
    lines: list[Line] = []
    price = 0.0
    for paragraph in form.paragraphs:
        broken = _broken(paragraph, measure_em, MOST_LINES - len(lines), tear=tear)
        if broken is None:
            return None
        lines += broken[0]
        price += broken[1]
    return _stacked(lines, form, font_px, stroke_em, price=price)


def _broken(paragraph: Paragraph, measure_em: float, most_lines: int, *, tear: bool) -> tuple[list[Line], float] | None:
    """Lines of a paragraph and the price of their ends.

    Letters that join may be wider on their line than when measured apart: then it is set a bit tighter.
    """
    units = _units(paragraph.clusters)
    if sum(unit.width_em for unit in units) > measure_em * most_lines * _HOPELESS:
        return None
    for attempt in range(_TRIES):
        measure = measure_em * _TIGHTER**attempt
        broken = even_lines(torn(units, measure, width_em) if tear else units, measure, most_lines)
        if broken is None:
            return None
        lines = [_line(one) for one in broken.lines]
        if all(line.width_em <= measure_em for line in lines):
            return lines, broken.price
    return None


def _beginning(clusters: tuple[Cluster, ...], room_em: float) -> tuple[Cluster, ...]:
    """So many clusters that they are wider than the room; the narrowest letters are a fifth of an em."""
    return clusters[: max(40, int(room_em * 5))]


@functools.lru_cache(maxsize=64)
def _units(clusters: tuple[Cluster, ...]) -> list[Unit]:
    return units_of(clusters, width_em)


def _shortened(form: Wording, font_px: float, measure_px: float, height_px: float, stroke_em: float) -> SetText:
    """As many lines as there is room for, the last one with an ellipsis."""
    measure_em = measure_px / font_px
    paragraph = form.paragraphs[0]
    beginning = _beginning(paragraph.clusters, measure_em * MOST_LINES * 2)
    units = torn(_units(beginning), measure_em, width_em)
    for most_lines in range(MOST_LINES, 0, -1):
        filled, held = filled_lines(units, measure_em * _TIGHTER, most_lines)
        rest = [one for unit in units[held : held + 12] for one in unit.clusters]
        goes_on = held < len(units) or len(beginning) < len(paragraph.clusters)
        last = _cut([*filled[-1], *rest], form, paragraph.level, measure_em) if goes_on else filled[-1]
        lines = [_line(one) for one in [*filled[:-1], last]]
        found = _stacked(lines, form, font_px, stroke_em, shortened=goes_on)
        if most_lines == 1 or found.height_px <= height_px:
            return found
    raise AssertionError("a caption has at least one line")


def _cut(line: Sequence[Cluster], form: Wording, level: int, measure_em: float) -> list[Cluster]:
    """The beginning of a line with an ellipsis behind it, at a word's end where that leaves most of the line."""
    dots = (
        [Cluster(ELLIPSIS, ELLIPSIS, face, level)] if (face := chooser(form.family, form.role)(ELLIPSIS, None)) else []
    )
    kept = list(line)
    low, high = 0, len(kept)
    while low < high:
        middle = (low + high + 1) // 2
        if width_em([*_without_tail(kept[:middle]), *dots]) <= measure_em:
            low = middle
        else:
            high = middle - 1
    kept = kept[:low]
    spaces = [index for index, one in enumerate(kept) if one.shown == " "]
    inside = low < len(line) and line[low].shown != " "
    if inside and spaces and spaces[-1] > low * 0.55:
        kept = kept[: spaces[-1]]
    return [*_without_tail(kept), *dots]


def _without_tail(clusters: list[Cluster]) -> list[Cluster]:
    last = len(clusters)
    while last and clusters[last - 1].shown[-1:] in _BEFORE_ELLIPSIS:
        last -= 1
    return clusters[:last]


def _line(clusters: Sequence[Cluster]) -> Line:
    first, last = 0, len(clusters)
    while last and clusters[last - 1].shown == " ":
        last -= 1
    while first < last and clusters[first].shown == " ":
        first += 1
    line = shaped(clusters[first:last])
    above, below = _ink_em(line)
    hangs = line.text[-1:] in _HALF_EMPTY
    return Line(line, line_width_em(line) - (_HANGS_EM if hangs else 0.0), above, below)


def _ink_em(line: Shaped) -> tuple[float, float]:
    above, below = 0.0, 0.0
    for run in line.runs:
        for glyph in run.glyphs:
            top, bottom = _extent(run.face.hb_font, glyph.glyph)
            rises = _PICTURES_RISE_EM if getattr(run.face, "colour", False) else 0.0
            above = max(above, (top + glyph.y_offset) / run.face.upem - rises)
            below = max(below, -(bottom + glyph.y_offset) / run.face.upem)
    return above, below


@functools.lru_cache(maxsize=20_000)
def _extent(font: hb.Font, glyph: int) -> tuple[int, int]:
    extents = font.get_glyph_extents(glyph)
    return (extents.y_bearing, extents.y_bearing + extents.height) if extents is not None else (0, 0)


def _stacked(
    lines: Sequence[Line],
    form: Wording,
    font_px: float,
    stroke_em: float,
    *,
    price: float = 0.0,
    shortened: bool = False,
) -> SetText:
    """Line under line: the family's leading, more where marks above and below would touch."""
    leading = form.family.capital_leading_em if form.capitals else form.family.leading_em
    baselines = [0.0]
    for upper, lower in pairwise(lines):
        clear = max(_CLEAR_EM, 2 * stroke_em + _CLEAR_EM / 3)
        apart = max(leading + stroke_em * _STROKE_LEADING, upper.below_em + lower.above_em + clear)
        baselines.append(baselines[-1] + apart)
    whole_px = [math.floor(base * font_px + 0.5) / font_px for base in baselines]
    return SetText(tuple(lines), tuple(whole_px), font_px, shortened, form.family.cap_em, price)
