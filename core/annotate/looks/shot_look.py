"""How much each frame differs from the one before it: what shots are found by."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np
import numpy.typing as npt

from core.annotate.looks.sampling import decoded_table
from core.annotate.pipeline import Looked, Looker, SeenFrame
from core.annotate.types import Floats, Ints
from core.errors import UnsupportedMedia
from core.media.small import sampling_step
from core.media.types import FrameTable, MediaInfo
from core.shots.scorer import ContentScorer, FlashWatch, ImageArray, content_scorer
from models.opencv import cv2

TINY_PX = (16, 9)
"""Width and height of the pictures by which a flash is told from a cut: it may begin in one range, end in another."""


@dataclass(frozen=True, slots=True)
class ShotLook:
    """``detector`` as in ``core.shots.find.find_shots``, without ``off``."""

    detector: str = "pyscenedetect"
    sees_beyond: ClassVar[bool] = False

    def wanted(self, table: FrameTable) -> Ints | None:  # noqa: ARG002
        """Every frame."""
        return None

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:  # noqa: ARG002
        """See FrameLook."""
        return _ShotLooker(content_scorer(self.detector), _small_shape(media))


@dataclass(slots=True)
class _ShotLooker:
    """``pts`` and ``change`` of each frame (NaN for a range's first one), a tiny picture of each; ``first`` and
    ``last``: the small pictures at the range's ends, by which the seams are scored.
    """

    content: ContentScorer
    shape: tuple[int, int, int]
    pts: list[int] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    tiny: list[ImageArray] = field(default_factory=list)
    first: ImageArray | None = None
    last: ImageArray | None = None

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if seen.beyond:
            return
        small = seen.maker.small_bgr(seen.frame)
        score = self.content.score(small)
        self.change.append(score if self.pts else np.nan)
        self.pts.append(seen.pts)
        self.tiny.append(cast("ImageArray", cv2.resize(small, TINY_PX, interpolation=cv2.INTER_AREA)))
        if self.first is None:
            self.first = small
        self.last = small

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """See Looker."""
        ends = [one for one in (self.first, self.last) if one is not None]
        none = np.zeros((0, *self.shape), np.uint8)
        return {
            "pts": np.array(self.pts, np.int64),
            "change": np.array(self.change, np.float32),
            "tiny": np.array(self.tiny, np.uint8).reshape(-1, TINY_PX[1], TINY_PX[0], 3),
            "first": np.stack(ends[:1]) if ends else none,
            "last": np.stack(ends[1:]) if ends else none,
        }


def _small_shape(media: MediaInfo) -> tuple[int, int, int]:
    """Shape of ``PictureMaker.small_bgr``'s pictures, so that a range without frames fits the others."""
    step = sampling_step(media.coded_width_px, media.coded_height_px)
    width, height = (max(2, side // step // 2 * 2) for side in (media.coded_width_px, media.coded_height_px))
    return height, width, 3


@dataclass(frozen=True, slots=True)
class Changes:
    """``change`` float32 (n,): content value of every decoded frame against the one before, 0 for the first;
    ``scores`` float32 (n,): the same with flashes marked, as ``find_shots`` takes them.
    """

    table: FrameTable
    change: Floats
    scores: Floats


def changes_of(looked: Looked, look: ShotLook) -> Changes:
    """The ranges put together. Raises UnsupportedMedia when not one frame could be decoded."""
    pts, change = looked.arrays["pts"], looked.arrays["change"].copy()
    if not len(pts):
        raise UnsupportedMedia(
            "The video holds no frame that can be decoded.", action="Play it elsewhere to check it, or convert it."
        )
    starts = np.flatnonzero(np.isnan(change))
    change[starts[0]] = 0.0
    for seam, row in enumerate(starts[1:].tolist()):
        content = content_scorer(look.detector)
        content.score(looked.arrays["last"][seam])
        change[row] = content.score(looked.arrays["first"][seam + 1])
    watch, tiny = FlashWatch(), looked.arrays["tiny"]
    scores = [watch.judged(picture, score) for picture, score in zip(tiny, change.tolist(), strict=True)]
    return Changes(decoded_table(looked.table, pts), change, np.array(scores, np.float32))
