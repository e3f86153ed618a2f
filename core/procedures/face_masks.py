"""Where the faces of a video are, so that they can be hidden: looked for in every sampled frame, held in between."""

import functools
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt

from core.faces.parameters import DEFAULT_DETECTOR
from core.jobs.executors import report_unit
from core.media.pictures import PictureMaker
from core.media.types import MediaInfo
from core.procedures.masking import Box
from core.procedures.sampled_frames import Pulse, sampled_frames
from core.procedures.types import Floats
from models.face_models import open_detector
from models.faces import FaceDetector
from models.opencv import cv2
from models.store import ModelStore

FACE_MODEL = DEFAULT_DETECTOR
THRESHOLD = 0.35
"""Lower than where faces are looked for to be named: a hidden plate costs less than a face that is seen."""
SIDE_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 0.35, 0.55, 0.30
"""Of a face's box, added on each side: hair, ears and chin make a person known too."""
HELD_S = 0.75
"""A face hides its place this long before and after the frame it was found in: it may turn away and move."""
PART_THRESHOLD = 0.6
"""In parts of the picture hands are large enough to be taken for faces: they are what a procedure is about."""
PART = 0.55
"""Of the picture's width and height: the four parts that are looked at on their own."""

Picture = npt.NDArray[np.uint8]
_stills_lock = threading.Lock()  # a detector serves one thread


@dataclass(frozen=True, slots=True)
class FaceBoxes:
    """``times_s`` float64 (n,) of the frames that were searched; ``counts`` int64 (n,) faces of each; ``boxes``
    float32 (sum, 4): x, y, w, h as fractions of the upright picture, enlarged, one frame after the other.
    """

    times_s: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    boxes: Floats

    def at(self, t_s: float, *, held_s: float = HELD_S) -> tuple[Box, ...]:
        """All boxes of frames at most ``held_s`` away."""
        first = int(np.searchsorted(self.times_s, t_s - held_s - 1e-6))
        last = int(np.searchsorted(self.times_s, t_s + held_s + 1e-6))
        starts = np.concatenate([[0], np.cumsum(self.counts)])
        return as_boxes(self.boxes[int(starts[first]) : int(starts[last])])


@dataclass(frozen=True, slots=True)
class FaceUnit:
    """A range of the video in which to look for faces: the frames ``pts`` (never falling) from ``start_pts`` on."""

    index: int
    media: MediaInfo
    start_pts: int
    pts: npt.NDArray[np.int64]
    device: str
    model_root: str
    work_dir: str


def run_face_unit(unit: FaceUnit) -> tuple[Floats, ...]:
    """Enlarged boxes float32 (faces, 4) of each of ``unit.pts``. Raises Canceled."""
    detector = open_detector_once(unit.device, unit.model_root)
    maker = PictureMaker(unit.media)
    found: list[Floats] = []
    size = search_size(detector, unit.media.width_px, unit.media.height_px)
    pulse = Pulse(unit.work_dir, f"Stopped while looking for faces in {unit.media.path}.")
    for frame, moments in sampled_frames(unit.media.path, unit.start_pts, unit.pts, pulse=pulse):
        found += [faces_in(detector, maker.rgb(frame, size))] * moments
        report_unit(unit.work_dir, unit.index, len(found))
    return tuple(found) or (np.zeros((0, 4), np.float32),) * len(unit.pts)


@functools.lru_cache(maxsize=1)
def open_detector_once(device: str, model_root: str) -> FaceDetector:
    """One detector a process; tiled, because small faces are faces too."""
    return open_detector(FACE_MODEL, store=ModelStore(Path(model_root)), device=device, threads=1, tiled=True)


def search_size(detector: FaceDetector, width_px: int, height_px: int) -> tuple[int, int]:
    """The (width, height) that a picture of this size should have for :func:`faces_in`."""
    width, height = detector.preferred_size(width_px, height_px)
    scale = min(1 / PART, width_px / width, height_px / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def faces_in(detector: FaceDetector, picture_rgb: Picture) -> Floats:
    """float32 (n, 4): x, y, w, h, enlarged and cut at the picture's edges, of the faces of one picture.

    The picture is looked at whole and in four parts that overlap, so that faces far away are found too.
    """
    height_px, width_px = picture_rgb.shape[:2]
    found = []
    for left, top, part in ((0.0, 0.0, 1.0), *((x, y, PART) for x in (0.0, 1 - PART) for y in (0.0, 1 - PART))):
        x0, y0 = round(left * width_px), round(top * height_px)
        view = picture_rgb[y0 : y0 + max(1, round(part * height_px)), x0 : x0 + max(1, round(part * width_px))]
        size = detector.preferred_size(view.shape[1], view.shape[0])
        small = cast("Picture", cv2.resize(view, size, interpolation=cv2.INTER_AREA))
        boxes = detector.detect(small, threshold=THRESHOLD if part == 1.0 else PART_THRESHOLD).boxes
        place = np.array([view.shape[1], view.shape[0]] * 2, np.float32)
        found.append((boxes * place + np.array([x0, y0] * 2)) / np.array([width_px, height_px] * 2))
    return _enlarged(np.concatenate(found).astype(np.float32))


def _enlarged(boxes: Floats) -> Floats:
    """x, y, w, h of boxes x0, y0, x1, y1 with their margins, largest first; what lies inside another is left out."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    left, right = boxes[:, 0] - SIDE_MARGIN * width, boxes[:, 2] + SIDE_MARGIN * width
    top, bottom = boxes[:, 1] - TOP_MARGIN * height, boxes[:, 3] + BOTTOM_MARGIN * height
    large = np.clip(np.stack([left, top, right, bottom], axis=1), 0, 1)
    kept: list[int] = []
    for index in np.argsort(-width * height, kind="stable").tolist():
        inner = np.clip(boxes[index], 0, 1)
        inside = [bool((inner[:2] >= large[one, :2]).all() and (inner[2:] <= large[one, 2:]).all()) for one in kept]
        if not any(inside) and (large[index, 2:] > large[index, :2]).all():
            kept.append(index)
    large = large[kept]
    return np.concatenate([large[:, :2], large[:, 2:] - large[:, :2]], axis=1).astype(np.float32)


def faces_in_picture(picture_rgb: Picture, models: ModelStore) -> tuple[Box, ...]:
    """Boxes of the faces of one picture of any size. Raises ModelMissing: nothing may be shown then."""
    detector = open_detector_once("cpu", str(models.root))
    height_px, width_px = picture_rgb.shape[:2]
    size = search_size(detector, width_px, height_px)
    with _stills_lock:
        return as_boxes(
            faces_in(detector, cast("Picture", cv2.resize(picture_rgb, size, interpolation=cv2.INTER_AREA)))
        )


def as_boxes(rows: Floats) -> tuple[Box, ...]:
    """float32 (n, 4) as plain numbers."""
    return tuple((float(x), float(y), float(w), float(h)) for x, y, w, h in rows)
