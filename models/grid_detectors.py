"""Detectors that answer for every cell of three grids (strides 8, 16, 32): YuNet and SCRFD."""

import functools
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np

from models.boxes import plain_nms
from models.errors import ModelCorrupt
from models.faces import LANDMARKS, FaceDetections, FloatArray, ImageArray, Landmark
from models.picture_input import PictureFormat, blob_of, fixed_size, scaled_to
from models.runtime import ort
from models.sessions import first_line, open_session

STRIDES = (8, 16, 32)
LONG_SIDE_PX = 640
YUNET_THRESHOLD, YUNET_IOU = 0.7, 0.3
SCRFD_THRESHOLD, SCRFD_IOU = 0.5, 0.4
_MOST_CANDIDATES = 5000
_ANCHORS = 2  # SCRFD's, at one place

RAW_BGR = PictureFormat((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), bgr=True)
UNIT_RGB = PictureFormat((127.5, 127.5, 127.5), (1 / 128, 1 / 128, 1 / 128), bgr=False)

_Rows = tuple[FloatArray, FloatArray, FloatArray]  # boxes (n, 4) and points (n, 5, 2) in pixels, scores (n,)


class GridDetector(ABC):
    """What both share; see :class:`models.faces.FaceDetector`. Subclasses say how a grid's numbers are read."""

    iou = YUNET_IOU

    def __init__(
        self,
        session: ort.InferenceSession,
        *,
        name: str,
        version: str,
        form: PictureFormat,
        threshold: float,
        long_side_px: int = LONG_SIDE_PX,
    ) -> None:
        self.name = name
        self.version = version
        self._session = session
        self._input = session.get_inputs()[0].name
        self._fixed = fixed_size(session)
        self._form = form
        self._threshold = threshold
        self._long_side_px = long_side_px

    def preferred_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """At most 640 px long."""
        return scaled_to(width_px, height_px, self._long_side_px)

    def detect(self, image_rgb: ImageArray, *, threshold: float | None = None) -> FaceDetections:
        """See :class:`models.faces.FaceDetector`."""
        least = self._threshold if threshold is None else threshold
        blob, scale = blob_of(image_rgb, self._form, self._fixed)
        grids = self._read(blob, least)
        boxes, points, scores = (np.concatenate(columns) for columns in zip(*grids, strict=True))
        size = np.array([image_rgb.shape[1], image_rgb.shape[0]], np.float32) * np.float32(scale)
        best = np.argsort(-scores, kind="stable")[:_MOST_CANDIDATES]
        boxes = (boxes[best].reshape(-1, 2, 2) / size).reshape(-1, 4).astype(np.float32)
        kept = plain_nms(boxes, scores[best], iou=self.iou)
        points = (points[best][kept] / size).astype(np.float32)
        return FaceDetections(boxes[kept], scores[best][kept], five_points(points))

    @abstractmethod
    def _read(self, blob: FloatArray, least: float) -> list[_Rows]:
        """Run the network on a blob (1, 3, h, w): candidates of each grid with a score of at least ``least``."""


class YuNet(GridDetector):
    """YuNet (Wu, Peng and Yu, 2023), the 2023mar export: class, objectness, box and five points of every cell."""

    def _read(self, blob: FloatArray, least: float) -> list[_Rows]:
        names = [f"{kind}_{stride}" for stride in STRIDES for kind in ("cls", "obj", "bbox", "kps")]
        answers = self._session.run(names, {self._input: blob})
        return [
            _yunet_rows(answers[4 * row : 4 * row + 4], stride, blob.shape[3], least)
            for row, stride in enumerate(STRIDES)
        ]


def _yunet_rows(answers: list[FloatArray], stride: int, width_px: int, least: float) -> _Rows:
    classes, objects, boxes, points = (answer[0] for answer in answers)
    scores = np.sqrt(np.clip(classes[:, 0], 0, 1) * np.clip(objects[:, 0], 0, 1))
    found = np.flatnonzero(scores >= least)
    columns = width_px // stride
    cells = np.stack([found % columns, found // columns], axis=1).astype(np.float32)
    centre = (cells + boxes[found, :2]) * stride
    half = np.exp(boxes[found, 2:4]) * (stride / 2)
    placed = (points[found].reshape(-1, 5, 2) + cells[:, None]) * stride
    return np.concatenate([centre - half, centre + half], axis=1), placed, scores[found]


class Scrfd(GridDetector):
    """SCRFD (Guo et al., 2022) with points: scores, distances to the four sides, and five points of two anchors."""

    iou = SCRFD_IOU

    def _read(self, blob: FloatArray, least: float) -> list[_Rows]:
        answers = [
            answer.reshape(-1, answer.shape[-1]) for answer in self._session.run(None, {self._input: blob})
        ]  # with or without a batch axis
        height_px, width_px = blob.shape[2:4]
        return [
            _scrfd_rows(answers[row::3], _anchors(height_px // stride, width_px // stride), stride, least)
            for row, stride in enumerate(STRIDES)
        ]


def _scrfd_rows(answers: list[FloatArray], anchors: FloatArray, stride: int, least: float) -> _Rows:
    scores, sides, points = answers
    found = np.flatnonzero(scores[:, 0] >= least)
    centre = anchors[found] * stride
    sides = sides[found] * stride
    placed = points[found].reshape(-1, 5, 2) * stride + centre[:, None]
    return np.concatenate([centre - sides[:, :2], centre + sides[:, 2:]], axis=1), placed, scores[found, 0]


@functools.lru_cache(maxsize=32)
def _anchors(rows: int, columns: int) -> FloatArray:
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    return np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), _ANCHORS, axis=0)


def open_yunet(path: Path, *, name: str, version: str, device: str, threads: int) -> YuNet:
    """The catalogue's YuNet."""
    session = open_session(path, device=device, threads=threads)
    return YuNet(session, name=name, version=version, form=RAW_BGR, threshold=YUNET_THRESHOLD)


def layout_of(session: ort.InferenceSession, path: Path) -> type[GridDetector]:
    """Which of the two a network is, told by its outputs. Raises ModelCorrupt when it is neither."""
    names = {one.name for one in session.get_outputs()}
    if {f"{kind}_{stride}" for stride in STRIDES for kind in ("cls", "obj", "bbox", "kps")} <= names:
        return YuNet
    widths = [one.shape[-1] for one in session.get_outputs()]
    if widths == [1, 1, 1, 4, 4, 4, 10, 10, 10]:
        return Scrfd
    raise ModelCorrupt(
        f"{path} is no face detector that Rushes can read: its outputs are neither YuNet's nor SCRFD's with points.",
        action="Choose a YuNet (2023mar) or SCRFD (bnkps) export.",
    )


def check_runs(detector: GridDetector, path: Path) -> None:
    """Try an own file once. Raises ModelCorrupt with onnxruntime's reason."""
    try:
        detector.detect(np.zeros((64, 64, 3), np.uint8))
    except Exception as error:
        raise ModelCorrupt(
            f"{path} does not take pictures as its outputs promise: {first_line(error)}.", action="Choose another file."
        ) from error


def five_points(points: FloatArray) -> FloatArray:
    """(n, 6, 2) landmarks from the usual five (n, 5, 2): eye, eye, nose, mouth corner, mouth corner, in any order of
    sides; left and right are put as seen in the picture."""
    landmarks = np.full((len(points), LANDMARKS, 2), np.nan, np.float32)
    mirrored = points[:, 0, 0] > points[:, 1, 0]
    ordered = points.copy()
    ordered[mirrored] = points[mirrored][:, [1, 0, 2, 4, 3]]
    landmarks[:, Landmark.EYE_LEFT], landmarks[:, Landmark.EYE_RIGHT] = ordered[:, 0], ordered[:, 1]
    landmarks[:, Landmark.NOSE] = ordered[:, 2]
    landmarks[:, Landmark.MOUTH_LEFT], landmarks[:, Landmark.MOUTH_RIGHT] = ordered[:, 3], ordered[:, 4]
    landmarks[:, Landmark.MOUTH_CENTRE] = (ordered[:, 3] + ordered[:, 4]) / 2
    return landmarks
