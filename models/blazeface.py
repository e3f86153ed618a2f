"""BlazeFace, full range (Bazarevsky et al., 2019; MediaPipe's sparse-anchor variant): 192 px, one anchor a cell."""

from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt

from models.boxes import weighted_nms
from models.faces import LANDMARKS, FaceDetections, FloatArray, ImageArray, Landmark
from models.opencv import cv2
from models.sessions import open_session

INPUT_PX = 192
CELLS = 48
THRESHOLD = 0.5
NMS_IOU = 0.3
CONTAINED = 0.6
EDGE_SLACK = 0.01  # of a tile: a face cut by a tile's inner edge is left to the others

# rows of the network's six points: image-left eye, image-right eye, nose tip, mouth centre, ear, ear
_POINTS = (Landmark.EYE_LEFT, Landmark.EYE_RIGHT, Landmark.NOSE, Landmark.MOUTH_CENTRE)


def _anchors() -> FloatArray:
    cells = (np.arange(CELLS) + 0.5) / CELLS
    x, y = np.meshgrid(cells, cells)
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


class BlazeFace:
    """``tiled`` also searches two square halves, which finds faces half as large at three times the cost."""

    def __init__(self, path: Path, *, name: str, version: str, device: str, threads: int, tiled: bool) -> None:
        self.name = name
        self.version = version
        self._tiled = tiled
        self._session = open_session(path, device=device, threads=threads)
        self._anchors = _anchors()

    def preferred_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Whole: the longer side is the network's input; tiled: the shorter one is."""
        side = min(width_px, height_px) if self._tiled else max(width_px, height_px)
        scale = min(1.0, INPUT_PX / side)
        return max(1, round(width_px * scale)), max(1, round(height_px * scale))

    def detect(self, image_rgb: ImageArray, *, threshold: float | None = None) -> FaceDetections:
        """See :class:`models.faces.FaceDetector`."""
        height, width = image_rgb.shape[:2]
        views = [(0.0, 0.0, float(width), float(height))]
        if self._tiled and max(width, height) > 1.15 * min(width, height):
            views += _tiles(width, height)
        batch = np.stack([_letterboxed(image_rgb, view) for view in views])
        regressor, classifier = self._session.run(["regressor", "classifier"], {"input": batch})
        least = THRESHOLD if threshold is None else threshold
        parts = [
            self._decode(regressor[index], classifier[index, :, 0], view, (width, height), least)
            for index, view in enumerate(views)
        ]
        boxes, scores, points = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        boxes, scores, points = weighted_nms(boxes, scores, points, iou=NMS_IOU, contained=CONTAINED)
        landmarks = np.full((len(scores), LANDMARKS, 2), np.nan, np.float32)
        for row, landmark in enumerate(_POINTS):
            landmarks[:, landmark] = points[:, row]
        return FaceDetections(boxes, scores, landmarks)

    def _decode(
        self,
        regressor: FloatArray,
        logits: FloatArray,
        view: tuple[float, float, float, float],
        size: tuple[int, int],
        least: float,
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Boxes and points of one view in [0, 1] of the whole picture."""
        scores = 1.0 / (1.0 + np.exp(-np.clip(logits, -80, 80)))
        found = np.flatnonzero(scores >= least)
        values = regressor[found] / INPUT_PX
        anchors = self._anchors[found]
        centre, half = values[:, :2] + anchors, values[:, 2:4] / 2
        points = values[:, 4 : 4 + 2 * len(_POINTS)].reshape(-1, len(_POINTS), 2) + anchors[:, None]
        left, top, right, bottom = view
        side = max(right - left, bottom - top)
        margin = np.array([(side - (right - left)) / 2, (side - (bottom - top)) / 2], np.float32)
        corner = np.array([left, top], np.float32) - margin
        whole = np.array(size, np.float32)
        low, high = (centre - half) * side + corner, (centre + half) * side + corner
        inside = _clear_of_inner_edges(low, high, view, size)
        boxes = np.concatenate([low / whole, high / whole], axis=1)
        placed = (points * side + corner) / whole
        return (
            boxes[inside].astype(np.float32),
            scores[found][inside].astype(np.float32),
            placed[inside].astype(np.float32),
        )


def _tiles(width: int, height: int) -> list[tuple[float, float, float, float]]:
    """Two squares of the shorter side at both ends of the longer one; they meet or overlap up to 2 : 1."""
    if width > height:
        side = max(height, (width + 1) // 2)
        return [(0.0, 0.0, float(side), float(height)), (float(width - side), 0.0, float(width), float(height))]
    side = max(width, (height + 1) // 2)
    return [(0.0, 0.0, float(width), float(side)), (0.0, float(height - side), float(width), float(height))]


def _letterboxed(image: ImageArray, view: tuple[float, float, float, float]) -> FloatArray:
    left, top, right, bottom = (int(value) for value in view)
    part = image[top:bottom, left:right]
    scale = INPUT_PX / max(part.shape[:2])
    width, height = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    if (width, height) != (part.shape[1], part.shape[0]):
        method = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR  # above half size no pixel is missed
        part = cast("ImageArray", cv2.resize(part, (width, height), interpolation=method))
    canvas = np.full((INPUT_PX, INPUT_PX, 3), -1.0, np.float32)  # black after scaling
    x, y = (INPUT_PX - width) // 2, (INPUT_PX - height) // 2
    canvas[y : y + height, x : x + width] = (part.astype(np.float32) - 127.5) / 127.5
    return canvas.transpose(2, 0, 1)


def _clear_of_inner_edges(
    low: FloatArray, high: FloatArray, view: tuple[float, float, float, float], size: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Faces of a tile that do not touch an edge inside the picture, where they may be cut."""
    slack = EDGE_SLACK * max(view[2] - view[0], view[3] - view[1])
    clear = np.ones(len(low), np.bool_)
    for axis in (0, 1):
        if view[axis] > 0:
            clear &= low[:, axis] >= view[axis] + slack
        if view[axis + 2] < size[axis]:
            clear &= high[:, axis] <= view[axis + 2] - slack
    return clear
