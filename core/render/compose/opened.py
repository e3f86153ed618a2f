"""The pictures of a plan, opened when they are needed, at the size that is needed."""

from collections import OrderedDict

from core.render.compose.stills import Opened, open_still
from core.render.types import RenderPlan

_MOST_BYTES = 32_000_000
_SPARE = 1.25


class OpenedStills:
    """Keeps the last ones, large ones shorter: for segments that show a picture again and for what is under words."""

    def __init__(self, plan: RenderPlan, width_px: int, height_px: int) -> None:
        self._plan = plan
        self._size = width_px, height_px
        self._opened: OrderedDict[int, Opened] = OrderedDict()

    def __getitem__(self, picture: int) -> Opened:
        """A picture by its number. Raises MediaMissing, UnsupportedMedia."""
        opened = self._opened.get(picture)
        if opened is None:
            opened = open_still(self._plan.stills[picture], needed_px=self._needed_px(picture))
            self._opened[picture] = opened
            while len(self._opened) > 1 and sum(each.byte_count for each in self._opened.values()) > _MOST_BYTES:
                self._opened.popitem(last=False)
        self._opened.move_to_end(picture)
        return opened

    def _needed_px(self, picture: int) -> tuple[int, int]:
        """Width and height that the picture fills where the camera is nearest."""
        zooms = [key.zoom for segment in self._plan.segments if segment.picture == picture for key in segment.keys]
        factor = max(1.0, *zooms, 1.0) * _SPARE
        return round(self._size[0] * factor), round(self._size[1] * factor)
