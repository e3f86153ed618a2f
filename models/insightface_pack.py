"""Detector and embedder of an InsightFace pack, through the insightface library, on our own sessions."""

from pathlib import Path
from typing import Any

import numpy as np

from models.embedders import ARCFACE_112, BATCH
from models.errors import ModelCorrupt
from models.faces import FaceDetections, FloatArray, ImageArray, TrackCalibration
from models.grid_detectors import LONG_SIDE_PX, SCRFD_IOU, SCRFD_THRESHOLD, five_points
from models.packs import pack_file
from models.picture_input import filled_size, scaled_to
from models.sessions import first_line, open_session


class PackDetector:
    """SCRFD (Guo et al., 2022) of a pack."""

    def __init__(self, folder: Path, *, name: str, version: str, device: str, threads: int) -> None:
        from insightface.model_zoo.scrfd import SCRFD  # noqa: PLC0415  imports much

        self.name = name
        self.version = version
        path = pack_file(folder, "detection")
        session = open_session(path, device=device, threads=threads)
        # one session for every size: the library would make its own, with its own choice of device
        self._model: Any = SCRFD(model_file=str(path), session=session, static_shape_sessions=False)
        self._model.nms_thresh = SCRFD_IOU
        if not self._model.use_kps:
            raise ModelCorrupt(
                f"{path} finds no landmarks, without which faces cannot be aligned.", action="Choose another pack."
            )

    def preferred_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """At most 640 px long."""
        return scaled_to(width_px, height_px, LONG_SIDE_PX)

    def detect(self, image_rgb: ImageArray, *, threshold: float | None = None) -> FaceDetections:
        """See :class:`models.faces.FaceDetector`."""
        height, width = image_rgb.shape[:2]
        rows, points = self._model.detect(
            np.ascontiguousarray(image_rgb[:, :, ::-1]),
            input_size=filled_size(*scaled_to(width, height, LONG_SIDE_PX)),
            det_thresh=SCRFD_THRESHOLD if threshold is None else threshold,
        )
        size = np.array([width, height], np.float32)
        boxes = (rows[:, :4] / np.tile(size, 2)).astype(np.float32)
        return FaceDetections(boxes, rows[:, 4].astype(np.float32), five_points((points / size).astype(np.float32)))


class PackEmbedder:
    """ArcFace (Deng et al., 2019) of a pack."""

    def __init__(
        self, folder: Path, *, name: str, version: str, device: str, threads: int, calibration: TrackCalibration
    ) -> None:
        from insightface.model_zoo.arcface_onnx import ArcFaceONNX  # noqa: PLC0415  imports much

        self.name = name
        self.version = version
        self.calibration = calibration
        path = pack_file(folder, "recognition")
        session = open_session(path, device=device, threads=threads)
        self._model: Any = ArcFaceONNX(model_file=str(path), session=session)
        self.chip_size_px = int(self._model.input_size[0])
        self.template_px = (ARCFACE_112 * np.float32(self.chip_size_px / 112)).astype(np.float32)
        self.dim = self._probe_dim(path)

    def embed(self, chips_rgb: ImageArray) -> FloatArray:
        """Raw vectors, float32 (n, dim)."""
        if not len(chips_rgb):
            return np.zeros((0, self.dim), np.float32)
        return np.concatenate(
            [self._vectors(chips_rgb[start : start + BATCH]) for start in range(0, len(chips_rgb), BATCH)]
        )

    def _vectors(self, chips_rgb: ImageArray) -> FloatArray:
        chips = [np.ascontiguousarray(chip) for chip in chips_rgb[..., ::-1]]
        vectors: FloatArray = np.asarray(self._model.get_feat(chips), np.float32)
        return vectors

    def _probe_dim(self, path: Path) -> int:
        size = self.chip_size_px
        try:
            return int(self._vectors(np.zeros((1, size, size, 3), np.uint8)).shape[1])
        except Exception as error:
            raise ModelCorrupt(f"{path} cannot be run: {first_line(error)}.", action="Fetch the pack again.") from error
