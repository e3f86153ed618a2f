"""What darkens or tints a picture softly: the gradient under captions and the vignette."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.render.compose.colours import Colour, colour, luma
from core.render.compose.dither import WHOLE, Deep, noise
from core.render.types import CaptionPosition, CaptionStyle, Look, Rgb
from models.opencv import cv2

Floats = npt.NDArray[np.float32]

_NOTHING: Colour = np.zeros(3, np.float32)

_SCRIM_STRENGTH = {CaptionPosition.LOWER_THIRD: 0.74, CaptionPosition.UPPER_THIRD: 0.70, CaptionPosition.CENTER: 0.30}
# On white a vignette looks like dirt, and so does a gradient that begins and ends within the picture.
_BRIGHT, _DARK = 0.78, 0.4
_VIGNETTE_ON_BRIGHT, _SCRIM_ON_BRIGHT = 0.25, 1.15


@dataclass(frozen=True, slots=True, eq=False)
class Tint:
    """Something laid over a picture: ``opacity`` (height, width) in [0, 1], the colour that it adds, and the shares of
    red, green and blue, in [0, 1], that it lets through: a dark one keeps the blacks black and gives whites its hue."""

    opacity: Floats
    colour: Colour
    through: Colour


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


def make_shade(layers: Sequence[Tint]) -> Shade | None:
    """Of layers from the lowest to the highest. None = nothing to see."""
    seen = np.zeros(layers[0].opacity.shape[0], bool) if layers else np.zeros(0, bool)
    for layer in layers:
        seen |= layer.opacity.max(axis=1) > 0.5 / 255
    if not seen.any():
        return None
    rows = np.flatnonzero(seen)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    width = layers[0].opacity.shape[1]
    keep = np.ones((bottom - top, width, 3), np.float32)
    add = np.zeros((bottom - top, width, 3), np.float32)
    for layer in layers:
        part = layer.opacity[top:bottom, :, None]
        passed = 1 - part * (1 - layer.through)
        keep *= passed
        add *= passed
        add += part * layer.colour
    # Rounded down together, so that white stays below 256 however the two are rounded.
    keep_deep = np.floor(keep * WHOLE).astype(np.uint16)
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
        ramp = (at - 0.42) / 0.52
    elif position is CaptionPosition.UPPER_THIRD:
        ramp = (0.58 - at) / 0.52
    else:
        ramp = 1 - np.abs(at - 0.5) / 0.42
    column = (smooth(ramp.astype(np.float32)) * np.float32(_SCRIM_STRENGTH[position])).astype(np.float32)
    return np.repeat(column[:, None], width_px, axis=1)


def hero_shade(size: tuple[int, int], style: CaptionStyle, look: Look, *, words: bool, bright: bool) -> Shade | None:
    """Over a picture that fills a frame of (width, height): the vignette, and the gradient where there are ``words``.

    ``bright``: the picture is mostly white (:func:`is_bright`).
    """
    layers = []
    if look.vignette > 0:
        strength = look.vignette * (_VIGNETTE_ON_BRIGHT if bright else 1.0)
        layers.append(Tint(vignette(*size, strength), _NOTHING, _NOTHING))
    if words and not (bright and style.position is CaptionPosition.CENTER):
        opacity = scrim(*size, style.position) * np.float32(_SCRIM_ON_BRIGHT if bright else 1.0)
        layers.append(_scrim_tint(opacity, style, look, bright=bright))
    return make_shade(layers)


def is_bright(rgb: Rgb) -> bool:
    """Whether a picture is mostly white, as pictures of products are."""
    small = cv2.resize(rgb, (16, 16), interpolation=cv2.INTER_AREA).reshape(-1, 3).mean(axis=0)
    return luma(small.astype(np.float32)) > _BRIGHT


def _scrim_tint(opacity: Floats, style: CaptionStyle, look: Look, *, bright: bool) -> Tint:
    """Dark under light letters and light under dark ones, in the hue of the preset's own background.

    Over a bright picture the gradient takes the background's middle colour: white fades to a hue instead of to black.
    """
    own = colour(look.background[-1])
    if luma(colour(style.colour)) < 0.5:
        return Tint(opacity, own if luma(own) > 0.7 else np.full(3, 250, np.float32), _NOTHING)
    if style.position is CaptionPosition.CENTER:  # across the subject a hue would look like a cast
        own = own * np.float32(0.3) + np.float32(0.7 * 255 * luma(own))
    middle = colour(look.background[len(look.background) // 2])
    if bright and luma(middle) < _DARK:
        own = middle
    return Tint(opacity, _NOTHING, own * np.float32((1.0 if luma(own) < _DARK else 0.12) / 255))


def smooth(at: Floats) -> Floats:
    """From 0 to 1 with no edge at either end: 6t^5 - 15t^4 + 10t^3 (K. Perlin, Improving Noise, 2002)."""
    t = np.clip(at, 0, 1)
    return (t * t * t * (t * (t * 6 - 15) + 10)).astype(np.float32)
