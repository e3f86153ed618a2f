"""A picture as a card before its own blur: rounded corners, a fine edge, a soft shadow, a glow."""

import math
from dataclasses import dataclass

import numpy as np

from core.render.compose.colours import colour
from core.render.compose.painters import FullPicture, Painter, blurred
from core.render.compose.places import card_size
from core.render.compose.planes import GRID, Light
from core.render.compose.shades import Floats
from core.render.types import HEIGHT_PX, WIDTH_PX, CameraKey, Look, Rgb
from models.opencv import cv2

_EDGE_PX, _EDGE_OPACITY = 2.0, 0.20
_GLOWING_EDGE_PX, _GLOWING_EDGE_OPACITY = 3.5, 0.85


@dataclass(frozen=True, slots=True)
class CardPlace:
    """A card's rectangle and its corners' radius in pixels of a frame; not whole ones, so that all sizes agree."""

    left: float
    top: float
    width: float
    height: float
    corner: float

    def on(self, width_px: int) -> "CardPlace":
        """The same in a frame (or grid) of another width."""
        factor = width_px / WIDTH_PX
        return CardPlace(*(value * factor for value in (self.left, self.top, self.width, self.height, self.corner)))


def place_card(picture: tuple[int, int], look: Look, middle_y: float) -> CardPlace:
    """Where a picture of (width, height) has its card in the full frame; ``middle_y`` in shares of its height."""
    width, height = card_size(picture[0] / picture[1], look.subject_width)
    top = HEIGHT_PX * middle_y - height / 2
    return CardPlace((WIDTH_PX - width) / 2, top, width, height, min(look.corner_px, width / 2, height / 2))


class Card:
    """Draws a picture in its card, before a backdrop that has the card's shadow already."""

    def __init__(
        self,
        backdrop: Painter,
        rgb: Rgb,
        place: CardPlace,
        keys: tuple[CameraKey, ...],
        look: Look,
        width_px: int,
    ) -> None:
        place = place.on(width_px)
        self._backdrop = backdrop
        self._rows = slice(math.floor(place.top), math.ceil(place.top + place.height))
        self._columns = slice(math.floor(place.left), math.ceil(place.left + place.width))
        size = self._columns.stop - self._columns.start, self._rows.stop - self._rows.start
        offset = place.left - self._columns.start, place.top - self._rows.start
        self._picture = FullPicture(
            rgb, (place.width, place.height), keys, look, offset=offset, reduced=width_px / WIDTH_PX
        )
        self._drawn = np.empty((size[1], size[0], 3), np.uint8)
        factor = width_px / WIDTH_PX
        self._cut_out(_inside(place, offset, size), look, factor)

    def _cut_out(self, distance: Floats, look: Look, factor: float) -> None:
        """How much is kept of what lies behind, how much of the picture, and the edge's own light."""
        inside = np.clip(0.5 - distance, 0, 1)
        thickness, strength = (_GLOWING_EDGE_PX, _GLOWING_EDGE_OPACITY) if look.glow else (_EDGE_PX, _EDGE_OPACITY)
        half = thickness * factor / 2
        edge = np.clip(half + 0.5 - np.abs(distance + half), 0, min(1.0, 2 * half)) * np.float32(strength) * inside
        tint = (colour(look.glow) * 0.6 + 255 * 0.4) if look.glow else colour("#ffffff")
        self._behind = _whole((1 - inside)[..., None] * np.full(3, 255, np.float32))
        self._kept = _whole((inside - edge)[..., None] * np.full(3, 255, np.float32))
        self._edge = _whole(edge[..., None] * tint)

    def draw(self, frame: int, key: CameraKey, target: Rgb) -> None:
        """Fill ``target``."""
        self._backdrop.draw(frame, key, target)
        self._picture.draw(frame, key, self._drawn)
        cv2.multiply(self._drawn, self._kept, dst=self._drawn, scale=1 / 255)
        cv2.add(self._drawn, self._edge, dst=self._drawn)
        part = target[self._rows, self._columns]
        part[...] = cv2.add(cv2.multiply(np.ascontiguousarray(part), self._behind, scale=1 / 255), self._drawn)


def card_shadow(place: CardPlace) -> Floats:
    """Opacity of a card's shadow on the grid: a wide one that falls and a tight one that lifts the edge."""
    shape = _on_grid(place, down=0.030)
    wide = blurred(shape, 0.050) * np.float32(0.55)
    tight = blurred(_on_grid(place, down=0.008), 0.012) * np.float32(0.35)
    return (1 - (1 - wide) * (1 - tight)).astype(np.float32)


def card_glow(place: CardPlace, glow: str) -> Light:
    """The light around a card on the grid."""
    shape = _on_grid(place, down=0.0)
    halo = blurred(shape, 0.085) * np.float32(0.55) + blurred(shape, 0.022) * np.float32(0.35)
    return (np.clip(halo, 0, 1)[..., None] * colour(glow)).astype(np.float32)


def _on_grid(place: CardPlace, *, down: float) -> Floats:
    """A card's shape, moved down by a share of the width."""
    small = place.on(GRID[0])
    distance = _inside(small, (small.left, small.top + down * GRID[0]), GRID)
    shape: Floats = np.clip(0.5 - distance, 0, 1).astype(np.float32)
    return shape


def _inside(place: CardPlace, offset: tuple[float, float], size: tuple[int, int]) -> Floats:
    """Signed distance to a rounded rectangle at ``offset`` for each pixel of ``size``, negative inside.

    The usual closed form (I. Quilez, "2D distance functions").
    """
    across = np.abs(np.arange(size[0], dtype=np.float32) + 0.5 - offset[0] - place.width / 2)
    down = np.abs(np.arange(size[1], dtype=np.float32) + 0.5 - offset[1] - place.height / 2)
    x = (across - (place.width / 2 - place.corner))[None, :]
    y = (down - (place.height / 2 - place.corner))[:, None]
    outside = np.hypot(np.maximum(x, 0), np.maximum(y, 0))
    distance: Floats = (outside + np.minimum(np.maximum(x, y), 0) - place.corner).astype(np.float32)
    return distance


def _whole(values: Floats) -> Rgb:
    return np.ascontiguousarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
