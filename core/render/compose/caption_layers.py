"""The captions of a plan as layers, each drawn once."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from core.render.captions.draw import draw_caption
from core.render.captions.layer import CaptionLayer
from core.render.types import Backing, CaptionSlot, CaptionStyle, RenderPlan, Rgb

_MOST = 4
_MOMENTS = (0.12, 0.37, 0.63, 0.88)


class CaptionLayers:
    """Draws a slot's text once, on what lies under it, and keeps the layer while it is on screen."""

    def __init__(
        self,
        plan: RenderPlan,
        width_px: int,
        height_px: int,
        *,
        band: bool,
        under: Callable[[int], Rgb],
    ) -> None:
        """``band``: the words stand on a meme's band; ``under`` draws a frame without captions, at any size."""
        self._plan = plan
        self._size = width_px, height_px
        self._band = band
        self._under = under
        self._layers: OrderedDict[CaptionSlot, CaptionLayer] = OrderedDict()

    def of(self, slot: CaptionSlot) -> CaptionLayer:
        """The layer of a slot."""
        layer = self._layers.get(slot)
        if layer is None:
            while len(self._layers) >= _MOST:
                self._layers.popitem(last=False)
            layer = self._draw(slot)
            self._layers[slot] = layer
        self._layers.move_to_end(slot)
        return layer

    def close(self) -> None:
        """Forget all layers."""
        self._layers.clear()

    def _draw(self, slot: CaptionSlot) -> CaptionLayer:
        width, height = self._size
        return draw_caption(
            slot.text,
            self._style(),
            slot.role,
            self._plan.archetype,
            width_px=width,
            height_px=height,
            under=self._pictures_under(slot),
            alone=not self._plan.stills,
        )

    def _pictures_under(self, slot: CaptionSlot) -> Sequence[Rgb]:
        """What lies under a slot's text at some moments of its time."""
        length = slot.end_frame - slot.start_frame
        frames = sorted({slot.start_frame + int(length * moment) for moment in _MOMENTS})
        return [self._under(frame) for frame in frames]

    def _style(self) -> CaptionStyle:
        """A meme's words stand on its band and need no other backing."""
        style = self._plan.preset.caption_style
        if self._band and style.backing in {Backing.BAND, Backing.SOFT}:
            return replace(style, backing=Backing.NONE)
        return style
