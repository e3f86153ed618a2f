"""A meme's layout: a band for the words, and the picture above it, below it, or both."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.render.captions.fonts import family
from core.render.captions.placing import has_plate, stand
from core.render.captions.wording import worded
from core.render.compose.colours import colour
from core.render.compose.painters import Painter
from core.render.types import (
    HEIGHT_PX,
    WIDTH_PX,
    Archetype,
    CameraKey,
    CaptionPosition,
    CaptionSlot,
    RenderPlan,
    Rgb,
)

_LEAST_BAND, _MOST_BAND = 0.17, 0.5
_AROUND_WORDS = 0.033
"""Shares of the frame's height, as are the band's limits."""
_CLOSER = 1.55


@dataclass(frozen=True, slots=True)
class Panel:
    """A stretch of the frame over its whole width, in pixels; not whole ones, so that all sizes agree."""

    top: float
    bottom: float

    @property
    def height(self) -> float:
        """In pixels."""
        return self.bottom - self.top

    @property
    def rows(self) -> slice:
        """What is painted of it."""
        return slice(round(self.top), round(self.bottom))

    @property
    def offset(self) -> tuple[float, float]:
        """Where it begins in its rows."""
        return 0.0, self.top - self.rows.start


@dataclass(frozen=True, slots=True)
class Panels:
    """Where pictures go, and the band: None = there are no words or it is no meme."""

    places: tuple[Panel, ...]
    band: Panel | None
    colour: tuple[int, int, int]

    def fill_band(self, target: Rgb) -> None:
        """Paint the band."""
        if self.band is not None:
            target[self.band.rows] = self.colour


@dataclass(frozen=True, slots=True)
class Content:
    """A panel and what is drawn into it; ``closer``: a close look at it."""

    panel: Panel
    painter: Painter
    closer: bool = False


class PanelPainter:
    """Draws panels and their band."""

    def __init__(self, panels: Panels, contents: Sequence[Content]) -> None:
        self._panels = panels
        self._contents = tuple(contents)

    def draw(self, frame: int, key: CameraKey, target: Rgb) -> None:
        """Fill ``target``."""
        for content in self._contents:
            rows = target[content.panel.rows]
            content.painter.draw(frame, closer(key) if content.closer else key, rows)
        self._panels.fill_band(target)


def lay_out(plan: RenderPlan, height_px: int) -> Panels:
    """The panels of a plan for frames of a height.

    The band is as high as the highest of all captions needs, so that it stands still. In the upper or lower third it
    reaches the frame's edge, and there is one panel.
    """
    channels = np.rint(colour(plan.preset.look.band)).astype(int)
    ink = int(channels[0]), int(channels[1]), int(channels[2])
    if plan.archetype is not Archetype.MEME_TEXT or not plan.captions:
        return Panels((Panel(0, height_px),), None, ink)
    top_share, bottom_share = _band(plan)
    band = Panel(top_share * height_px, bottom_share * height_px)
    places = (Panel(0, band.top), Panel(band.bottom, height_px))
    return Panels(tuple(panel for panel in places if panel.height >= 1), band, ink)


def _band(plan: RenderPlan) -> tuple[float, float]:
    """Top and bottom of the band in shares of the frame's height; worked out at the full size, whatever is drawn."""
    edges = [_words_edges(slot, plan) for slot in plan.captions]
    words_top, words_bottom = min(top for top, _ in edges), max(bottom for _, bottom in edges)
    middle = (words_top + words_bottom) / 2
    half = min(_MOST_BAND, max(_LEAST_BAND, words_bottom - words_top + 2 * _AROUND_WORDS)) / 2
    position = plan.preset.caption_style.position
    top = 0.0 if position is CaptionPosition.UPPER_THIRD else middle - half
    bottom = 1.0 if position is CaptionPosition.LOWER_THIRD else middle + half
    return max(0.0, top), min(1.0, bottom)


def _words_edges(slot: CaptionSlot, plan: RenderPlan) -> tuple[float, float]:
    """Top and bottom of a caption, its plate included, in shares of the frame's height."""
    style = plan.preset.caption_style
    wording = worded(slot.text, family(style.font), slot.role, uppercase=style.uppercase)
    if not wording.paragraphs:
        return 0.5, 0.5
    plate = has_plate(style, slot.role)
    standing = stand(wording, style, plan.archetype, WIDTH_PX, HEIGHT_PX, plate=plate)
    boxes = [*standing.lines(), *([standing.plate] if standing.plate else [])]
    return min(box.top for box in boxes) / HEIGHT_PX, max(box.bottom for box in boxes) / HEIGHT_PX


def closer(key: CameraKey) -> CameraKey:
    """The same camera, nearer."""
    return CameraKey(key.at, key.x, key.y, key.zoom * _CLOSER, key.angle_deg)
