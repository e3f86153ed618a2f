"""The pictures of a cut without its captions, at one size."""

from collections import OrderedDict
from collections.abc import Iterator

import numpy as np

from core.render.compose.opened import OpenedStills
from core.render.compose.painters import Painter
from core.render.compose.stages import Stage
from core.render.timing import camera, on_screen, weights
from core.render.types import CameraKey, RenderPlan, Rgb
from models.opencv import cv2

# The segment that is drawn, its neighbour in a crossfade, and one more for whoever scrubs back and forth.
_MOST_PAINTERS = 3


class Reel:
    """Draws the segments that a frame shows and mixes them."""

    def __init__(self, plan: RenderPlan, width_px: int, height_px: int, stills: OpenedStills) -> None:
        self._plan = plan
        self._size = width_px, height_px
        self._stage = Stage(plan, width_px, height_px, stills)
        self._painters: OrderedDict[int, Painter] = OrderedDict()

    @property
    def has_band(self) -> bool:
        """Whether captions stand on a meme's band."""
        return self._stage.has_band

    def frame(self, frame: int) -> Rgb:
        """Frame ``frame`` of the cut, uint8 (height, width, 3), the caller's own."""
        mixed: Rgb | None = None
        before = 0.0
        for index, weight in weights(self._plan, frame):
            drawn = self._drawn(index, frame)
            before += weight
            if mixed is None:
                mixed = drawn
            else:
                share = weight / before
                cv2.addWeighted(mixed, 1 - share, drawn, share, 0, dst=mixed)
        assert mixed is not None  # timing always names a segment
        return mixed

    def _drawn(self, index: int, frame: int) -> Rgb:
        """One segment's picture."""
        width, height = self._size
        target = np.empty((height, width, 3), np.uint8)
        segment = self._plan.segments[index]
        self._painter(index).draw(frame, camera(segment, self._plan, frame), target)
        return target

    def _painter(self, index: int) -> Painter:
        """A segment's painter, made when it is first needed."""
        painter = self._painters.get(index)
        if painter is None:
            while len(self._painters) >= _MOST_PAINTERS:
                self._painters.popitem(last=False)
            painter = self._stage.painter(self._plan.segments[index], tuple(self._keys(index)))
            self._painters[index] = painter
        self._painters.move_to_end(index)
        return painter

    def _keys(self, index: int) -> Iterator[CameraKey]:
        """Where the camera is at each frame that shows the segment."""
        segment = self._plan.segments[index]
        start, end = on_screen(segment, self._plan)
        first, last = max(0, int(start) - 1), min(self._plan.frame_count - 1, int(end) + 1)
        return (camera(segment, self._plan, frame) for frame in range(first, last + 1))
