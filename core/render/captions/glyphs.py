"""Set lines as coverage and colour: outlines filled by HarfBuzz with exact areas, so that edges are crisp."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

from core.render.captions.faces import CaptionFace
from core.render.captions.setting import Line, SetText, room_em
from core.render.types import Rgba
from core.reports.text.faces import Face

Coverage = npt.NDArray[np.uint8]
"""How much of each pixel is covered, uint8 (height, width)."""


@dataclass(frozen=True, slots=True, eq=False)
class Inked:
    """``plain`` and ``marked`` letters as coverage; ``pictures``: emoji in their colours, premultiplied alpha."""

    plain: Coverage
    marked: Coverage
    pictures: Rgba

    @property
    def letters(self) -> Coverage:
        """Plain and marked ones."""
        return np.maximum(self.plain, self.marked)

    @property
    def all(self) -> Coverage:
        """Letters and pictures."""
        covered: Coverage = np.maximum(self.letters, self.pictures[..., 3])
        return covered


@dataclass(frozen=True, slots=True)
class Placed:
    """A glyph, its origin in pixels from the upper left corner of a canvas, and how large a unit of its font is."""

    face: Face
    glyph: int
    x_px: float
    y_px: float
    unit_px: float


def place(text: SetText, middle_px: float, first_baseline_px: float) -> list[Placed]:
    """Each glyph of centred lines. Baselines lie on whole pixels, so that feet and crossbars are sharp."""
    placed: list[Placed] = []
    for line, base_em in zip(text.lines, text.baselines_em, strict=True):
        baseline = round(first_baseline_px + base_em * text.font_px)
        placed += _placed_line(line, middle_px - line.width_em * text.font_px / 2, baseline, text.font_px)
    return placed


def ink(placed: list[Placed], width_px: int, height_px: int, *, times: int = 1) -> Inked:
    """Draw glyphs on a canvas of that size; ``times`` as fine on request."""
    size = width_px * times, height_px * times
    return Inked(
        _covered([one for one in placed if not _has(one, "marked") and not _has(one, "colour")], *size, times),
        _covered([one for one in placed if _has(one, "marked") and not _has(one, "colour")], *size, times),
        _painted([one for one in placed if _has(one, "colour")], *size, times),
    )


def _placed_line(line: Line, left_px: float, baseline_px: float, font_px: float) -> list[Placed]:
    placed: list[Placed] = []
    x = left_px
    for run in line.shaped.runs:
        unit = font_px / run.face.upem
        for glyph in run.glyphs:
            room = room_em(run.face, glyph.advance) * font_px
            before = getattr(run.face, "bearing_em", 0.0) * font_px if room else 0.0
            origin = x + before + glyph.x_offset * unit, baseline_px - glyph.y_offset * unit
            placed.append(Placed(run.face, glyph.glyph, *origin, unit))
            x += glyph.advance * unit + room
    return placed


def _has(one: Placed, what: str) -> bool:
    return isinstance(one.face, CaptionFace) and bool(getattr(one.face, what))


def _covered(placed: list[Placed], width_px: int, height_px: int, times: int) -> Coverage:
    if not placed:
        return np.zeros((height_px, width_px), np.uint8)
    pen = hb.RasterDraw()
    pen.extents = hb.RasterExtents(x_origin=0, y_origin=0, width=width_px, height=height_px)
    for one in placed:
        pen.transform = _transform(one, height_px, times)
        pen.draw_glyph(one.face.hb_font, one.glyph)
    return _pixels(pen.render(), width_px, height_px, 1)[..., 0]


def _painted(placed: list[Placed], width_px: int, height_px: int, times: int) -> Rgba:
    if not placed:
        return np.zeros((height_px, width_px, 4), np.uint8)
    brush = hb.RasterPaint()
    brush.extents = hb.RasterExtents(x_origin=0, y_origin=0, width=width_px, height=height_px)
    for one in placed:
        brush.transform = _transform(one, height_px, times)
        brush.paint_glyph_or_fail(one.face.hb_font, one.glyph)
    return _pixels(brush.render(), width_px, height_px, 4)[..., [2, 1, 0, 3]]


def _transform(one: Placed, height_px: int, times: int) -> tuple[float, float, float, float, float, float]:
    """From units, y upwards, to pixels of a canvas whose rows HarfBuzz counts from the bottom."""
    unit = one.unit_px * times
    return unit, 0.0, 0.0, unit, one.x_px * times, height_px - one.y_px * times


def _pixels(image: "hb.RasterImage | None", width_px: int, height_px: int, channels: int) -> Rgba:
    if image is None:
        raise MemoryError(f"no room for a picture of {width_px} x {height_px} pixels")
    rows = np.frombuffer(image.buffer, np.uint8).reshape(height_px, image.extents.stride)
    return np.ascontiguousarray(rows[::-1, : width_px * channels].reshape(height_px, width_px, channels))
