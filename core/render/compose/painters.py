"""What a segment shows, drawn into a place: a picture that fills it, a subject that was cut out, or a background."""

from typing import Protocol, cast

import numpy as np

from core.render.compose.camera import Filling
from core.render.compose.cutouts import Cutout
from core.render.compose.levels import make_level
from core.render.compose.planes import GRID, Light, Plane, enlarge
from core.render.compose.shades import Floats, Shade
from core.render.types import CameraKey, Look, Rgb
from models.opencv import cv2

# A level is this much denser than the place at the middle zoom of its move: finer than this shimmers, coarser blurs.
_DENSITY = 1.2


class Painter(Protocol):
    """Draws one segment's content."""

    def draw(self, frame: int, key: CameraKey, target: Rgb) -> None:
        """Fill ``target``, the place that the painter was made for, with frame ``frame`` of the cut."""
        ...


class FullPicture:
    """A picture that fills its place under a camera."""

    def __init__(
        self,
        rgb: Rgb,
        place: tuple[float, float],
        keys: tuple[CameraKey, ...],
        look: Look,
        *,
        shade: Shade | None = None,
        offset: tuple[float, float] = (0.0, 0.0),
        reduced: float = 1.0,
    ) -> None:
        """``place``: width and height in pixels; ``offset``: where it is in the target; ``keys``: the whole move.

        ``reduced``: the size of this frame by that of the full one.
        """
        self._filling = filling_of(rgb, place, keys)
        zooms = [key.zoom for key in keys]
        density = _DENSITY / self._filling.scale_at(float(np.sqrt(min(zooms) * max(zooms))))
        self._level = make_level(rgb, self._filling.seen(keys), density, look, enlarged=density / reduced)
        self._shade = shade
        self._offset = np.array(offset, np.float64)

    def draw(self, frame: int, key: CameraKey, target: Rgb) -> None:  # noqa: ARG002  it moves with the camera alone
        """Fill ``target``; its size may be the place's, rounded up."""
        matrix = self._filling.at(key)
        matrix[:, 2] -= matrix[:, :2] @ self._offset
        self._level.warp(matrix, target)
        if self._shade is not None:
            self._shade.apply(target)


class Backdrop:
    """A plane with what lies on it for good: a vignette, a shadow, a glow."""

    def __init__(self, plane: Plane, darkness: Floats | None = None, glow: Light | None = None) -> None:
        """``darkness``: opacity of black, (height, width) of the grid; ``glow``: light that is screened over it."""
        self._plane = plane
        self._keep = None if darkness is None else (1 - darkness)[..., None]
        self._glow = glow
        self._dimmed = None if glow is None else 1 - glow / np.float32(255)

    def draw(self, frame: int, key: CameraKey, target: Rgb) -> None:
        """Fill ``target``, of any size."""
        light = self._plane.at(frame, key)
        if self._keep is not None:
            light *= self._keep
        if self._glow is not None and self._dimmed is not None:
            light *= self._dimmed
            light += self._glow
        enlarge(light, target)


class OnBackdrop:
    """A subject that was cut out, before a backdrop."""

    def __init__(self, backdrop: Painter, cutout: Cutout) -> None:
        self._backdrop = backdrop
        self._cutout = cutout

    def draw(self, frame: int, key: CameraKey, target: Rgb) -> None:
        """Fill ``target``."""
        self._backdrop.draw(frame, key, target)
        self._cutout.draw(key, target)


def filling_of(rgb: Rgb, place: tuple[float, float], keys: tuple[CameraKey, ...]) -> Filling:
    """How a picture fills a place over a whole move."""
    steepest = max((abs(key.angle_deg) for key in keys), default=0.0)
    return Filling((rgb.shape[1], rgb.shape[0]), place, steepest)


def blurred(picture: Floats, sigma_share: float) -> Floats:
    """A map of the grid, softened by a share of its width."""
    return cast("Floats", cv2.GaussianBlur(picture, (0, 0), sigma_share * GRID[0]))
