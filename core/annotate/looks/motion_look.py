"""How much changes from one sampled frame to the next, region by region."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from core.annotate.looks.sampling import pts_at
from core.annotate.pipeline import Looked, Looker, SeenFrame
from core.annotate.types import Floats, Ints
from core.media.types import FrameTable, MediaInfo
from models.opencv import cv2

LONG_SIDE_PX = 320
"""Frames are compared at this size: smaller movement than a pixel of it does not count."""
BLUR_PX = 1.0

Region: TypeAlias = tuple[float, float, float, float]
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class MotionLook:
    """``regions``: left, top, right, bottom in [0, 1]; ``fps``: frames compared a second; ``noise``: a pixel has
    changed when its light differs by more than so many of 255 levels.
    """

    regions: tuple[Region, ...]
    fps: float
    noise: float
    sees_beyond: ClassVar[bool] = False

    def wanted(self, table: FrameTable) -> Ints | None:
        """About ``fps`` frames a second."""
        return pts_at(table, self.fps)

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:  # noqa: ARG002
        """See FrameLook."""
        scale = min(1.0, LONG_SIDE_PX / max(media.width_px, media.height_px))
        return _MotionLooker(self, (max(2, round(media.width_px * scale)), max(2, round(media.height_px * scale))))


@dataclass(slots=True)
class _MotionLooker:
    """``pts`` of each frame with ``changed`` and ``difference`` (frames, regions), NaN for a range's first frame;
    ``first`` and ``last``: the pictures at the range's ends.
    """

    look: MotionLook
    size_px: tuple[int, int]
    pts: list[int] = field(default_factory=list)
    changes: list[Floats] = field(default_factory=list)
    first: Grey | None = None
    last: Grey | None = None

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if seen.beyond:
            return
        grey = cast("Grey", cv2.cvtColor(seen.maker.rgb(seen.frame, self.size_px), cv2.COLOR_RGB2GRAY))
        grey = cast("Grey", cv2.GaussianBlur(grey, (0, 0), BLUR_PX))
        if self.last is None:
            self.first = grey
            self.changes.append(np.full((len(self.look.regions), 2), np.nan, np.float32))
        else:
            self.changes.append(changes_between(self.last, grey, self.look))
        self.pts.append(seen.pts)
        self.last = grey

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """See Looker."""
        changes = np.array(self.changes, np.float32).reshape(-1, len(self.look.regions), 2)
        ends = [one for one in (self.first, self.last) if one is not None]
        none = np.zeros((0, self.size_px[1], self.size_px[0]), np.uint8)
        return {
            "pts": np.array(self.pts, np.int64),
            "changed": changes[:, :, 0],
            "difference": changes[:, :, 1],
            "first": np.stack(ends[:1]) if ends else none,
            "last": np.stack(ends[1:]) if ends else none,
        }


def changes_between(before: Grey, after: Grey, look: MotionLook) -> Floats:
    """float32 (regions, 2): share of pixels that changed, and mean difference of light of all of them, in [0, 1]."""
    difference = cast("Grey", cv2.absdiff(before, after))
    rows = []
    for region in look.regions:
        left, top, right, bottom = _bounds(region, before.shape[1], before.shape[0])
        part = difference[top:bottom, left:right]
        over = part > look.noise
        rows.append((float(over.mean()), float(np.where(over, part, 0).mean()) / 255))
    return np.array(rows, np.float32)


def _bounds(region: Region, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """The pixels of a region, at least one each way."""
    left, top = (
        min(round(share * size), size - 1) for share, size in zip(region[:2], (width_px, height_px), strict=True)
    )
    right, bottom = round(region[2] * width_px), round(region[3] * height_px)
    return left, top, max(left + 1, right), max(top + 1, bottom)


@dataclass(frozen=True, slots=True)
class Movement:
    """``times_s`` float64 (n,) of the later frame of each pair; ``changed`` and ``difference`` float32 (n, regions)."""

    times_s: npt.NDArray[np.float64]
    before_s: npt.NDArray[np.float64]
    changed: Floats
    difference: Floats


def movement_of(looked: Looked, look: MotionLook) -> Movement:
    """The ranges put together."""
    arrays, table = looked.arrays, looked.table
    changed, difference = arrays["changed"].copy(), arrays["difference"].copy()
    starts = np.flatnonzero(np.isnan(changed[:, 0])) if len(changed) else np.zeros(0, np.int64)
    for seam, row in enumerate(starts[1:].tolist()):
        both = changes_between(arrays["last"][seam], arrays["first"][seam + 1], look)
        changed[row], difference[row] = both[:, 0], both[:, 1]
    times_s = (arrays["pts"] - table.origin_pts).astype(np.float64) * float(table.time_base)
    return Movement(times_s[1:], times_s[:-1], changed[1:], difference[1:])
