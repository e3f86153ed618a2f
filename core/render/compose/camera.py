"""Where each pixel of a place lies in a picture: crop-to-fill, without distortion, without bars, sub-pixel."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.render.types import CameraKey

Matrix: TypeAlias = npt.NDArray[np.float64]
"""2 x 3: from pixels of what is drawn to those of the picture. A pixel's middle has whole coordinates."""


@dataclass(frozen=True, slots=True)
class Filling:
    """How a camera looks at a picture so that it fills a place.

    Sizes are (width, height) in pixels. ``steepest_deg`` is the largest angle of the whole move: the camera keeps its
    distance from the picture's edges by it, so that turning does not push it about.
    """

    picture: tuple[float, float]
    place: tuple[float, float]
    steepest_deg: float = 0.0

    def at(self, key: CameraKey) -> Matrix:
        """For one moment. A key that would show an edge of the picture is brought in until it does not."""
        angle = math.radians(abs(key.angle_deg))
        steepest = max(angle, math.radians(abs(self.steepest_deg)))
        scale = min(self.scale_at(key.zoom), self._covering(angle))
        (width, height), (across, down) = self.picture, self.place
        middle = (
            _between(_reach(across, down, steepest) * scale, width, key.x),
            _between(_reach(down, across, steepest) * scale, height, key.y),
        )
        return looking(scale, math.radians(key.angle_deg), middle, self.place)

    def scale_at(self, zoom: float) -> float:
        """Pixels of the picture on one pixel of the place, for an upright picture; a zoom below 1 is taken as 1."""
        return min(self.picture[0] / self.place[0], self.picture[1] / self.place[1]) / max(1.0, zoom)

    def _covering(self, angle: float) -> float:
        """The largest scale at which a turned place lies inside the picture."""
        across, down = self.place
        return min(
            self.picture[0] / (across * math.cos(angle) + down * math.sin(angle)),
            self.picture[1] / (down * math.cos(angle) + across * math.sin(angle)),
        )

    def seen(self, keys: Iterable[CameraKey]) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of all that a move shows, in pixels of the picture."""
        corners = np.array([(x, y, 1.0) for x in (-0.5, self.place[0] - 0.5) for y in (-0.5, self.place[1] - 0.5)])
        points = np.concatenate([corners @ self.at(key).T for key in keys]) + 0.5
        left, top = points.min(axis=0)
        right, bottom = points.max(axis=0)
        return max(0.0, left), max(0.0, top), min(self.picture[0], right), min(self.picture[1], bottom)


def looking(scale: float, angle: float, middle: tuple[float, float], place: tuple[float, float]) -> Matrix:
    """With ``scale`` pixels of the picture on one of the place, whose middle shows ``middle``.

    ``angle`` in radians turns the picture counter-clockwise as it is seen.
    """
    cosine, sine = math.cos(angle) * scale, math.sin(angle) * scale
    across, down = 0.5 - place[0] / 2, 0.5 - place[1] / 2
    return np.array(
        [
            [cosine, -sine, middle[0] + cosine * across - sine * down - 0.5],
            [sine, cosine, middle[1] + sine * across + cosine * down - 0.5],
        ]
    )


def within_part(matrix: Matrix, left: float, top: float, across: float, down: float) -> Matrix:
    """The same look at a part of the picture that begins at (``left``, ``top``) and is scaled by two factors."""
    factors = np.array([across, down])
    moved = matrix.copy()
    moved[:, 2] = (moved[:, 2] + 0.5 - np.array([left, top])) * factors - 0.5
    moved[:, :2] *= factors[:, None]
    return moved


def _reach(along: float, across: float, angle: float) -> float:
    """How far a turned place reaches along one axis, the most of all angles up to this one."""
    if angle > math.atan2(across, along):
        return math.hypot(along, across)
    return along * math.cos(angle) + across * math.sin(angle)


def _between(reach: float, length: float, share: float) -> float:
    """The middle of a stretch of ``reach`` that lies at ``share`` of what ``length`` leaves to it."""
    kept = min(reach, length)
    return kept / 2 + min(1.0, max(0.0, share)) * (length - kept)
