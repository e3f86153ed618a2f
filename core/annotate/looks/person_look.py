"""People of sampled frames: where they are, and their key points."""

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
from models.opencv import cv2
from models.person_choice import chosen_person_detector
from models.person_detector import PersonDetector, open_person_detector
from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class PersonLook:
    """``model``: id of a detector or name of an own file, "" = the first that is installed; ``threshold``: least score
    in [0, 1]; ``iou``: of boxes that overlap by more, the best one stays; ``fps``: frames searched a second.
    """

    model: str
    threshold: float
    iou: float
    fps: float
    sees_beyond: ClassVar[bool] = False

    def wanted(self, table: FrameTable) -> Ints | None:
        """About ``fps`` frames a second."""
        return pts_at(table, self.fps)

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:
        """See FrameLook. Raises ModelMissing and the other errors of models."""
        model = chosen_person_detector(ModelStore(model_root), self.model)
        detector = _open_once(model, str(model_root), device)
        return _PersonLooker(self, detector, detector.preferred_size(media.width_px, media.height_px), model)


@functools.lru_cache(maxsize=2)
def _open_once(model: str, model_root: str, device: str) -> PersonDetector:
    """One detector a process: loading takes longer than a short unit."""
    cv2.setNumThreads(1)  # each worker has one core; OpenCV's own threads would only get in each other's way
    return open_person_detector(ModelStore(Path(model_root)), model, device=device)


@dataclass(slots=True)
class _PersonLooker:
    """``pts`` and ``index`` of every searched frame, the ``model`` that each range was searched with; of every person
    its frame's PTS, box, score and ``points`` (people, k, 3), k = 0 where the model gives none.
    """

    look: PersonLook
    detector: PersonDetector
    size_px: tuple[int, int]
    model: str
    pts: list[int] = field(default_factory=list)
    index: list[int] = field(default_factory=list)
    person_pts: list[int] = field(default_factory=list)
    boxes: list[Floats] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    points: list[Floats] = field(default_factory=list)

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if seen.beyond:
            return
        self.pts.append(seen.pts)
        self.index.append(seen.index)
        picture = seen.maker.rgb(seen.frame, self.size_px, quick=True)
        found = self.detector.detect(picture, threshold=self.look.threshold, iou=self.look.iou)
        for row in range(len(found)):
            self.person_pts.append(seen.pts)
            self.boxes.append(found.boxes[row])
            self.scores.append(float(found.scores[row]))
            if found.keypoints is not None:
                self.points.append(found.keypoints[row])

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """See Looker."""
        count = len(self.boxes)
        return {
            "pts": np.array(self.pts, np.int64),
            "index": np.array(self.index, np.int64),
            "model": np.array([self.model]),
            "person_pts": np.array(self.person_pts, np.int64),
            "boxes": np.array(self.boxes, np.float32).reshape(count, 4),
            "scores": np.array(self.scores, np.float32),
            "points": np.array(self.points, np.float32).reshape(count, self.detector.keypoints, 3),
        }
