"""Vectors of the faces of a few frames a second, by which people are told apart."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.analysis.embed_unit import open_embedder_once
from core.annotate.looks.face_look import FaceLook, FaceSearch, SeenFace
from core.annotate.looks.sampling import thinned
from core.annotate.pipeline import Looker, SeenFrame
from core.annotate.types import Floats, Ints
from core.faces.parameters import SMALLEST_FACE_PX
from core.media.types import FrameTable, MediaInfo
from models.chips import align_chip
from models.faces import FaceEmbedder

MOST_FACES = 8
"""Of one frame: the largest; a crowd would take minutes."""


@dataclass(frozen=True, slots=True)
class FaceVectorLook:
    """Vectors by ``embedder`` of what ``faces`` finds, of at most ``fps`` of its frames a second."""

    faces: FaceLook
    embedder: str
    fps: float
    sees_beyond: ClassVar[bool] = False

    def wanted(self, table: FrameTable) -> Ints | None:
        """Some of the frames that are searched for faces."""
        searched = self.faces.wanted(table)
        return searched if searched is None else thinned(searched, table, self.fps)

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:
        """See FrameLook. Raises ModelMissing and the other errors of models."""
        embedder = open_embedder_once(self.embedder, device, str(model_root))
        return _VectorLooker(FaceSearch(self.faces, media, model_root, device), embedder)


@dataclass(slots=True)
class _VectorLooker:
    """``pts`` and ``place`` (the row of the face in its frame) with a raw vector each."""

    search: FaceSearch
    embedder: FaceEmbedder
    pts: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    vectors: list[Floats] = field(default_factory=list)

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if seen.beyond:
            return
        faces = self.search.faces(seen)
        usable = [place for place, face in enumerate(faces) if _usable(face)]
        for place in sorted(sorted(usable, key=lambda one: (-faces[one].quality.size_px, one))[:MOST_FACES]):
            crop = faces[place].crop
            chip = align_chip(
                crop.rgb,
                crop.landmarks_px,
                template_px=self.embedder.template_px,
                size_px=self.embedder.chip_size_px,
            )
            # one at a time, so that a vector never depends on the company
            self.vectors.append(self.embedder.embed(chip[np.newaxis])[0])
            self.pts.append(seen.pts)
            self.place.append(place)

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """See Looker."""
        return {
            "pts": np.array(self.pts, np.int64),
            "place": np.array(self.place, np.int64),
            "vectors": np.array(self.vectors, np.float32).reshape(len(self.vectors), self.embedder.dim),
        }


def _usable(face: SeenFace) -> bool:
    return face.quality.size_px >= SMALLEST_FACE_PX and bool(np.isfinite(face.quality.yaw_deg))
