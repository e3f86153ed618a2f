"""Faces of sampled frames: where they are and how well they can be seen.

All face pipelines ask for this look: equal settings are searched once.
"""

import functools
import math
import threading
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.analysis.crops import Crop, cut_crop
from core.analysis.detect_unit import open_detector_once
from core.annotate.looks.sampling import pts_at
from core.annotate.pipeline import Looker, SeenFrame
from core.annotate.types import Floats, Ints
from core.faces.quality import measure_quality
from core.faces.types import FaceQuality
from core.media.types import FrameTable, MediaInfo
from models.faces import LANDMARKS, FaceDetector

QUALITY_FIELDS = tuple(one.name for one in fields(FaceQuality))
_PREPARED = threading.local()  # what was found in the frame that this thread looks at: looks of one frame share it


@dataclass(frozen=True, slots=True)
class FaceLook:
    """``model``: id of a detector; ``threshold``: least score in [0, 1]; ``fps``: frames searched a second;
    ``tiled``: the two halves of the picture are searched too.
    """

    model: str
    threshold: float
    fps: float
    tiled: bool
    sees_beyond: ClassVar[bool] = False

    def wanted(self, table: FrameTable) -> Ints | None:
        """About ``fps`` frames a second."""
        return pts_at(table, self.fps)

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:
        """See FrameLook. Raises ModelMissing and the other errors of models."""
        return _FaceLooker(FaceSearch(self, media, model_root, device))


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of a frame: ``box`` float32 (4,) clipped to the picture, ``landmarks`` float32 (6, 2) in [0, 1]."""

    box: Floats
    score: float
    landmarks: Floats
    quality: FaceQuality
    crop: Crop


class FaceSearch:
    """Finds the faces of frames. Several looks of one thread that ask for the same frame search it once."""

    def __init__(self, look: FaceLook, media: MediaInfo, model_root: Path, device: str) -> None:
        self._look = look
        self._media = media
        self._detector: FaceDetector = open_detector_once(look.model, device, look.tiled, str(model_root))
        self._size = self._detector.preferred_size(media.width_px, media.height_px)

    def faces(self, seen: SeenFrame) -> tuple[SeenFace, ...]:
        """The faces of a frame, best score first."""
        last = getattr(_PREPARED, "last", None)
        if last is not None and last[0] is seen.frame and last[1] == self._look:
            found: tuple[SeenFace, ...] = last[2]
            return found
        found = tuple(self._search(seen))
        _PREPARED.last = (seen.frame, self._look, found)
        return found

    def _search(self, seen: SeenFrame) -> list[SeenFace]:
        found = self._detector.detect(
            seen.maker.rgb(seen.frame, self._size, quick=True), threshold=self._look.threshold
        )
        region_of = functools.partial(seen.maker.region, seen.frame)
        size_px = (self._media.width_px, self._media.height_px)
        faces = []
        for box, score, landmarks in zip(found.boxes, found.scores, found.landmarks, strict=True):
            inside = np.clip(box, 0.0, 1.0)  # detectors also guess the part of a face that the picture cuts off
            crop = cut_crop(region_of, size_px, box, landmarks) if (inside[2:] > inside[:2]).all() else None
            if crop is not None:
                faces.append(SeenFace(inside, float(score), landmarks, _quality(crop, float(score)), crop))
        return faces


def _quality(crop: Crop, score: float) -> FaceQuality:
    return measure_quality(
        crop.rgb, landmarks_px=crop.landmarks_px, box_px=crop.box_px, score=score, source_scale=crop.scale
    )


@dataclass(slots=True)
class _FaceLooker:
    """``pts`` and ``index`` of every searched frame; of every face its frame's PTS and what was measured."""

    search: FaceSearch
    pts: list[int] = field(default_factory=list)
    index: list[int] = field(default_factory=list)
    face_pts: list[int] = field(default_factory=list)
    faces: list[SeenFace] = field(default_factory=list)

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if seen.beyond:
            return
        self.pts.append(seen.pts)
        self.index.append(seen.index)
        for face in self.search.faces(seen):
            self.face_pts.append(seen.pts)
            self.faces.append(SeenFace(face.box, face.score, face.landmarks, face.quality, _NO_CROP))

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """See Looker."""
        count = len(self.faces)
        return {
            "pts": np.array(self.pts, np.int64),
            "index": np.array(self.index, np.int64),
            "face_pts": np.array(self.face_pts, np.int64),
            "boxes": np.array([one.box for one in self.faces], np.float32).reshape(count, 4),
            "scores": np.array([one.score for one in self.faces], np.float32),
            "landmarks": np.array([one.landmarks for one in self.faces], np.float32).reshape(count, LANDMARKS, 2),
            "quality": np.array([astuple(one.quality) for one in self.faces], np.float32).reshape(
                count, len(QUALITY_FIELDS)
            ),
        }


_NO_CROP = Crop(np.zeros((0, 0, 3), np.uint8), np.zeros((LANDMARKS, 2), np.float32), np.zeros(4, np.float32), math.nan)
