"""What is laid under a caption's letters, from the ground upwards, and the letters' colours."""

from dataclasses import dataclass

import numpy as np

from core.render.captions import shades
from core.render.captions.colours import BLACK, DARK, LIGHT, Colour, backs_darkly, colour, legible, on_plate
from core.render.captions.glyphs import Coverage, Inked
from core.render.captions.legibility import Coat
from core.render.captions.placing import SOFT_EDGE_EM, Box, Standing
from core.render.types import Backing, CaptionRole, CaptionStyle

_LEAST = {Backing.NONE: 0.0, Backing.SOFT: 0.1, Backing.PLATE: 0.8, Backing.BAND: 0.72}
_BAND_PAD_EM = 0.5


@dataclass(frozen=True, slots=True)
class Canvas:
    """The part of the frame that is worked on; its sides in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.height, self.width

    def here(self, box: Box) -> Box:
        """A box of the frame on this canvas."""
        return Box(box.left - self.left, box.top - self.top, box.right - self.left, box.bottom - self.top)


def letter_colours(style: CaptionStyle, role: CaptionRole) -> tuple[Colour, Colour]:
    """Of plain and of marked words."""
    accent = colour(style.accent)
    if role is CaptionRole.CTA:
        return on_plate(accent), on_plate(accent)
    letters = colour(style.colour)
    return letters, legible(accent, letters)


def coats_of(
    style: CaptionStyle, role: CaptionRole, standing: Standing, canvas: Canvas, inked: Inked, fine: Coverage | None
) -> tuple[Coat, ...]:
    """From the ground upwards; the first one is what may be made stronger.

    ``fine``: letters and pictures STROKE_TIMES as large, where there is a stroke.
    """
    size = standing.text.font_px
    inner = shades.fading(canvas.here(standing.zone), SOFT_EDGE_EM * size, canvas.shape)
    if role is CaptionRole.CTA and standing.plate is not None:
        return _call_to_action(colour(style.accent), canvas.here(standing.plate), size, inner)
    dark = backs_darkly(colour(style.colour))
    far = BLACK if dark else LIGHT
    ground = _ground(style, standing, canvas, DARK if dark else LIGHT, far, inner)
    inside = ground.share if standing.plate is not None else inner
    coats = [ground]
    body = shades.share(inked.all)
    outline = shades.stroke(fine, standing.stroke_px) if fine is not None else None
    if outline is not None:
        body = np.maximum(body, outline)
    if style.shadow:
        coats.append(Coat(far, shades.blurred(body, 0.2 * size, down_px=0.06 * size) * inside, 0.42))
    if style.glow:
        coats.append(Coat(colour(style.accent), shades.blurred(body, 0.34 * size) * inside, 0.62))
    if style.shadow or style.glow:
        coats.append(Coat(far, shades.blurred(body, 0.045 * size, down_px=0.03 * size) * inner, 0.6))
    if outline is not None:
        coats.append(Coat(far, outline))
    return tuple(coats)


def _call_to_action(accent: Colour, plate: Box, size_px: float, inner: shades.Share) -> tuple[Coat, ...]:
    """A plate in the accent's colour, round at its ends, that casts a soft shadow."""
    sharp = shades.rounded(plate, _corner_px(plate, size_px), (inner.shape[0], inner.shape[1]))
    shadow = shades.blurred(sharp, 0.3 * size_px, down_px=0.12 * size_px) * inner
    return Coat(BLACK, shadow, 0.34), Coat(accent, sharp)


def _ground(
    style: CaptionStyle, standing: Standing, canvas: Canvas, plate_colour: Colour, far: Colour, inner: shades.Share
) -> Coat:
    size, lines = standing.text.font_px, [canvas.here(line) for line in standing.lines()]
    least = _LEAST[style.backing]
    if standing.plate is not None:
        plate = canvas.here(standing.plate)
        return Coat(plate_colour, shades.rounded(plate, min(_corner_px(plate, size), 0.45 * size), canvas.shape), least)
    if style.backing is Backing.BAND:
        pad = _BAND_PAD_EM * size + standing.stroke_px
        return Coat(far, shades.band(lines[0].top - pad, lines[-1].bottom + pad, canvas.shape), least)
    return Coat(far, shades.soft_ground(lines, size, canvas.shape) * inner, least)


def _corner_px(plate: Box, size_px: float) -> float:
    """Half its height where it holds one line, a fixed corner where it holds more."""
    height = plate.bottom - plate.top
    return height / 2 if height < 2.1 * size_px else 0.6 * size_px
