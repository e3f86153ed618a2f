"""Vectors of whole pictures, that words can be compared with."""

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.annotate.looks.sampling import pts_at
from core.annotate.pipeline import Looker, SeenFrame
from core.annotate.types import Floats, Ints
from core.media.types import FrameTable, MediaInfo
from models.image_text import ImageText, open_image_text
from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class PictureVectorLook:
    """Vectors by ``model`` of about ``fps`` frames a second, or of just the frames ``pts`` where they are given."""

    model: str
    fps: float
    pts: tuple[int, ...] = ()
    sees_beyond: ClassVar[bool] = False

    def wanted(self, table: FrameTable) -> Ints | None:
        """See FrameLook."""
        return np.array(self.pts, np.int64) if self.pts else pts_at(table, self.fps)

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:
        """See FrameLook. Raises ModelMissing and the other errors of models."""
        model = open_image_text_once(self.model, str(model_root), device)
        return _VectorLooker(model, model.preferred_size(media.width_px, media.height_px))


@functools.lru_cache(maxsize=1)
def open_image_text_once(model: str, model_root: str, device: str) -> ImageText:
    """One model a process: loading takes longer than a short unit."""
    return open_image_text(ModelStore(Path(model_root)), model, device=device)


@dataclass(slots=True)
class _VectorLooker:
    """``pts`` and ``vectors`` float32 (frames, dim) of length 1."""

    model: ImageText
    size_px: tuple[int, int]
    pts: list[int] = field(default_factory=list)
    vectors: list[Floats] = field(default_factory=list)

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if seen.beyond:
            return
        self.pts.append(seen.pts)
        self.vectors.append(self.model.embed_pictures([seen.maker.rgb(seen.frame, self.size_px)])[0])

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """See Looker."""
        vectors = np.array(self.vectors, np.float32).reshape(len(self.vectors), self.model.dim)
        return {"pts": np.array(self.pts, np.int64), "vectors": vectors}
