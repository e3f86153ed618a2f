"""Soft backgrounds: worked out small with floating point, enlarged and rounded without bands."""

import math
from collections.abc import Sequence
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from core.render.compose.camera import Filling, Matrix, within_part
from core.render.compose.colours import colour, gradient, luma
from core.render.compose.dither import WHOLE, rounded
from core.render.compose.grading import graded
from core.render.compose.levels import scaled_to
from core.render.types import FPS, HEIGHT_PX, WIDTH_PX, CameraKey, Look, Rgb
from models.opencv import cv2

Light = npt.NDArray[np.float32]
"""float32 (height, width, 3), from 0 to 255."""

GRID = (WIDTH_PX // 4, HEIGHT_PX // 4)
"""Width and height of a plane, whatever the frame's size: a preview has the same light as the full frame."""

BLUR, BLUR_BEHIND_ITSELF = 0.066, 0.085
"""Of the grid's width; wider where the subject stands before its own blur, so that nobody sees double."""
# Lights: the background's own colour brighter, a little white, and the accent's colour added. More white turns chalky.
_OWN_LIGHT, _WHITE_LIGHT, _WHITE_ON_PALE, _ACCENT_LIGHT = 0.5, 0.05, 0.6, 0.10
_SLANT = 0.18


class Plane(Protocol):
    """What lies behind everything."""

    def at(self, frame: int, key: CameraKey) -> Light:
        """The light of one moment, a fresh array of the grid's size."""
        ...


def enlarge(light: Light, target: Rgb) -> None:
    """Fill ``target`` with a plane."""
    deep = np.clip(light * np.float32(WHOLE), 0, 255 * WHOLE).astype(np.uint16)
    height, width = target.shape[:2]
    rounded(cv2.resize(deep, (width, height), interpolation=cv2.INTER_LINEAR), target)


class GradientPlane:
    """The preset's background with two soft lights that drift; ``phase`` in [0, 1) says where they begin."""

    def __init__(self, look: Look, accent: str, phase: float) -> None:
        width, height = GRID
        down = (np.arange(height, dtype=np.float32) + 0.5) / height
        across = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
        # The gradient falls a little to the side, which looks lit instead of painted.
        slanted = (down[:, None] + across[None, :] * _SLANT + _SLANT / 2) / (1 + _SLANT)
        self._base = gradient(look.background, slanted.astype(np.float32))
        # Dark and strong colours are lit by more of themselves, pale ones by white.
        pale = min(1.0, max(0.0, (luma(colour(look.background[0])) - 0.45) / 0.4))
        room = np.float32(255) - self._base
        own = self._base * room * np.float32((1 - pale) * _OWN_LIGHT / 255)
        white = _WHITE_LIGHT + (_WHITE_ON_PALE - _WHITE_LIGHT) * pale
        self._key: Light = own + (room - own) * np.float32(white)
        self._accent = colour(accent) * room * np.float32(_ACCENT_LIGHT / 255)
        self._phase = phase * math.tau

    def at(self, frame: int, key: CameraKey) -> Light:  # noqa: ARG002  a background of its own follows no camera
        """The light of one moment."""
        time_s = frame / FPS
        first = _spot(
            0.5 + 0.16 * math.sin(math.tau * time_s / 17 + self._phase),
            0.40 + 0.05 * math.cos(math.tau * time_s / 13 + self._phase),
            0.46,
        )
        second = _spot(
            0.5 + 0.42 * math.cos(math.tau * time_s / 23 + 1.3 * self._phase),
            0.80 + 0.08 * math.sin(math.tau * time_s / 19 + self._phase),
            0.40,
        )
        light: Light = self._base + self._key * first[..., None]
        light += self._accent * second[..., None]
        return light


class BlurredPlane:
    """A blurred and darkened copy of a picture, which moves less than the picture before it."""

    def __init__(self, rgb: Rgb, look: Look, keys: tuple[CameraKey, ...], blur: float = BLUR) -> None:
        height, width = rgb.shape[:2]
        self._filling = Filling((width, height), GRID)
        left, top, right, bottom = self._filling.seen(_followed(key) for key in keys)
        density = 1 / self._filling.scale_at(1)
        margin = 2 * blur * GRID[0] / density
        left, top = max(0, int(left - margin)), max(0, int(top - margin))
        right, bottom = min(width, math.ceil(right + margin)), min(height, math.ceil(bottom + margin))
        size = max(2, round((right - left) * density)), max(2, round((bottom - top) * density))
        # A little more colour makes up for what darkening takes.
        scaled = graded(scaled_to(rgb[top:bottom, left:right], size), look.grade_contrast, look.grade_saturation * 1.15)
        blurred = cv2.GaussianBlur(scaled.astype(np.float32), (0, 0), blur * GRID[0], borderType=cv2.BORDER_REFLECT_101)
        self._light: Light = blurred * np.float32(look.backdrop_light * (1 - look.backdrop_tint))
        self._tint = _down(look.background) * np.float32(look.backdrop_tint) if look.backdrop_tint else None
        self._part = float(left), float(top), size[0] / (right - left), size[1] / (bottom - top)

    def at(self, frame: int, key: CameraKey) -> Light:  # noqa: ARG002  it moves with the camera alone
        """The light of one moment."""
        looked: Matrix = within_part(self._filling.at(_followed(key)), *self._part)
        moved = cv2.warpAffine(
            self._light,
            looked,
            GRID,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return cast("Light", moved if self._tint is None else moved + self._tint)


def _down(stops: Sequence[str]) -> Light:
    """The gradient from top to bottom over the grid's height, one pixel wide."""
    places = ((np.arange(GRID[1]) + 0.5) / GRID[1]).astype(np.float32)
    return gradient(stops, places[:, None])


def _followed(key: CameraKey) -> CameraKey:
    """The camera for what is far behind: the same way, but less."""
    return CameraKey(key.at, 0.5 + (key.x - 0.5) * 0.5, 0.5 + (key.y - 0.5) * 0.5, 1.05 + (key.zoom - 1) * 0.4)


def _spot(x: float, y: float, radius: float) -> npt.NDArray[np.float32]:
    """A round light, 1 in its middle; places and radius in widths, except ``y`` in heights."""
    width, height = GRID
    across = ((np.arange(width, dtype=np.float32) + 0.5) / width - x) / radius
    down = ((np.arange(height, dtype=np.float32) + 0.5) / height - y) * (height / width) / radius
    spot: npt.NDArray[np.float32] = np.exp(-0.5 * down**2)[:, None] * np.exp(-0.5 * across**2)[None, :]
    return spot
