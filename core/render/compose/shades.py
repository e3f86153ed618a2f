"""What darkens or tints a picture softly: the gradient under captions and the vignette."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.render.compose.colours import Colour, colour, luma
from core.render.compose.dither import WHOLE, Deep, noise
from core.render.types import CaptionPosition, CaptionStyle, Look, Rgb

Floats = npt.NDArray[np.float32]

_SCRIM_STRENGTH = {CaptionPosition.LOWER_THIRD: 0.72, CaptionPosition.UPPER_THIRD: 0.66, CaptionPosition.CENTER: 0.34}


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """Laid over rows [``top``, ``bottom``) of a picture: times ``keep`` (0 to 256) plus ``add``, noise included."""

    top: int
    bottom: int
    keep: Deep
    add: Deep

    def apply(self, picture: Rgb) -> None:
        """In place, rounded without bands."""
        rows = picture[self.top : self.bottom]
        deep = np.multiply(rows, self.keep, dtype=np.uint16)
        np.add(deep, self.add, out=deep)
        np.right_shift(deep, 8, out=deep)
        np.copyto(rows, deep, casting="unsafe")


def make_shade(layers: list[tuple[Floats, Colour]]) -> Shade | None:
    """Of layers from the lowest to the highest: opacity (height, width) in [0, 1] and colour. None = nothing to see."""
    seen = np.zeros(layers[0][0].shape[0], bool) if layers else np.zeros(0, bool)
    for opacity, _ in layers:
        seen |= opacity.max(axis=1) > 0.5 / 255
    if not seen.any():
        return None
    rows = np.flatnonzero(seen)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    width = layers[0][0].shape[1]
    keep = np.ones((bottom - top, width, 1), np.float32)
    add = np.zeros((bottom - top, width, 3), np.float32)
    for opacity, tint in layers:
        part = opacity[top:bottom, :, None]
        keep *= 1 - part
        add *= 1 - part
        add += part * tint
    # Rounded down together, so that white stays below 256 however the two are rounded.
    keep_deep = np.repeat(np.floor(keep * WHOLE), 3, axis=2).astype(np.uint16)
    add_deep = np.minimum(np.floor(add * WHOLE), 255 * (WHOLE - keep_deep.astype(np.float32))).astype(np.uint16)
    return Shade(top, bottom, keep_deep, add_deep + noise(width, bottom)[top:bottom])


def vignette(width_px: int, height_px: int, strength: float) -> Floats:
    """Opacity of a soft darkening towards the corners, float32 (height, width)."""
    across = np.linspace(-1, 1, width_px, dtype=np.float32)
    down = np.linspace(-1, 1, height_px, dtype=np.float32)
    outward = np.sqrt((across**2)[None, :] * 0.75 + (down**2)[:, None]) / np.sqrt(1.75)
    return (smooth(((outward - 0.35) / 0.65).astype(np.float32)) * np.float32(strength)).astype(np.float32)


def scrim(width_px: int, height_px: int, position: CaptionPosition) -> Floats:
    """Opacity of the gradient at the captions' side, float32 (height, width)."""
    at = (np.arange(height_px, dtype=np.float32) + 0.5) / height_px
    if position is CaptionPosition.LOWER_THIRD:
        ramp = (at - 0.44) / 0.44
    elif position is CaptionPosition.UPPER_THIRD:
        ramp = (0.56 - at) / 0.44
    else:
        ramp = 1 - np.abs(at - 0.5) / 0.42
    column = (smooth(ramp.astype(np.float32)) * np.float32(_SCRIM_STRENGTH[position])).astype(np.float32)
    return np.repeat(column[:, None], width_px, axis=1)


def scrim_tint(style: CaptionStyle, look: Look) -> Colour:
    """Dark under light letters and light under dark ones, with a touch of the preset's own background."""
    own = colour(look.background[-1])
    if luma(colour(style.colour)) >= 0.5:
        return own * np.float32(0.55 if luma(own) < 0.4 else 0.12)
    return own if luma(own) > 0.7 else np.full(3, 250, np.float32)


def smooth(at: Floats) -> Floats:
    """From 0 to 1 with no edge at either end: 6t^5 - 15t^4 + 10t^3 (K. Perlin, Improving Noise, 2002)."""
    t = np.clip(at, 0, 1)
    return (t * t * t * (t * (t * 6 - 15) + 10)).astype(np.float32)
