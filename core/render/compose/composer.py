"""The frames of a cut. Frame n is drawn from the plan and n alone: preview, thumbnail and render are the same."""

from core.render.captions.layer import CaptionLayer, blend
from core.render.compose.caption_layers import CaptionLayers
from core.render.compose.opened import OpenedStills
from core.render.compose.reel import Reel
from core.render.timing import captions_at
from core.render.types import HEIGHT_PX, WIDTH_PX, CaptionSlot, RenderPlan, Rgb

UNDER_WIDTH_PX, UNDER_HEIGHT_PX = 405, 720
"""Captions are made legible on pictures of this size at every size of the frame, so that all sizes look the same."""


class Composer:
    """Draws frames of one plan at one size. Belongs to one thread at a time; ``close`` gives its memory back.

    Pictures are opened when a frame first shows them; only those of neighbouring segments stay.
    """

    def __init__(self, plan: RenderPlan, *, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> None:
        """Nothing is opened yet. ``width_px`` by ``height_px`` is 9:16; smaller than the full size for previews."""
        self._plan = plan
        self._size = width_px, height_px
        self._open()

    def frame(self, frame: int, *, captions: bool = True) -> Rgb:
        """Frame ``frame`` of the cut, uint8 (height, width, 3), the caller's own.

        Raises IndexError outside the cut, MediaMissing and UnsupportedMedia for pictures that cannot be read.
        """
        picture = self._reel.frame(frame)
        if captions:
            for slot, opacity in captions_at(self._plan, frame):
                blend(picture, self._captions.of(slot), opacity)
        return picture

    def caption(self, slot: CaptionSlot) -> CaptionLayer:
        """How one of the plan's captions is drawn: its lines, size, and whether it had to be shortened."""
        return self._captions.of(slot)

    def close(self) -> None:
        """Forget everything that was opened; a later frame opens it again."""
        self._open()

    def _open(self) -> None:
        width, height = self._size
        stills = OpenedStills(self._plan, max(width, UNDER_WIDTH_PX), max(height, UNDER_HEIGHT_PX))
        self._reel = Reel(self._plan, width, height, stills)
        under = self._reel if width <= UNDER_WIDTH_PX else Reel(self._plan, UNDER_WIDTH_PX, UNDER_HEIGHT_PX, stills)
        self._captions = CaptionLayers(self._plan, width, height, band=self._reel.has_band, under=under.frame)
