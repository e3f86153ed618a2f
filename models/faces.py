"""What every face model gives and takes, whichever network is behind it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.calibration import TrackCalibration

__all__ = [
    "LANDMARKS",
    "FaceDetections",
    "FaceDetector",
    "FaceEmbedder",
    "FloatArray",
    "ImageArray",
    "Landmark",
    "TrackCalibration",
]

FloatArray = npt.NDArray[np.float32]
ImageArray = npt.NDArray[np.uint8]


class Landmark(IntEnum):
    """Rows of a landmark array. Left and right are as seen in the picture; absent points are NaN."""

    EYE_LEFT = 0
    EYE_RIGHT = 1
    NOSE = 2
    MOUTH_CENTRE = 3
    MOUTH_LEFT = 4
    MOUTH_RIGHT = 5


LANDMARKS = len(Landmark)


@dataclass(frozen=True, slots=True)
class FaceDetections:
    """Faces of one picture, best score first.

    ``boxes``: float32 (n, 4), x0 y0 x1 y1 in [0, 1] of the picture; ``scores``: float32 (n,) in [0, 1];
    ``landmarks``: float32 (n, 6, 2) in [0, 1] of the picture, rows by :class:`Landmark`.
    """

    boxes: FloatArray
    scores: FloatArray
    landmarks: FloatArray

    def __len__(self) -> int:
        return len(self.scores)


class FaceDetector(Protocol):
    """Finds faces. One object serves one thread."""

    @property
    def name(self) -> str:
        """The catalogue's id of the model."""

    @property
    def version(self) -> str:
        """First 12 hex digits of the model file's sha256."""

    def preferred_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """The (width, height) that a picture of this size should be scaled to before :meth:`detect`."""

    def detect(self, image_rgb: ImageArray, *, threshold: float | None = None) -> FaceDetections:
        """Faces of an RGB picture (height, width, 3), after non-maximum suppression.

        ``threshold`` replaces the model's own score threshold (in [0, 1]).
        """


class FaceEmbedder(Protocol):
    """Turns aligned chips into vectors. One object serves one thread."""

    @property
    def name(self) -> str:
        """The catalogue's id of the model."""

    @property
    def version(self) -> str:
        """First 12 hex digits of the model file's sha256."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def chip_size_px(self) -> int:
        """Side of the square chip that :meth:`embed` takes."""

    @property
    def template_px(self) -> FloatArray:
        """Where the landmarks lie in the chip: float32 (6, 2) in pixels, rows by :class:`Landmark`, NaN = not used."""

    @property
    def calibration(self) -> "TrackCalibration":
        """How vectors of this model are compared."""

    def embed(self, chips_rgb: ImageArray) -> FloatArray:
        """Raw (not normalised) vectors, float32 (n, dim), of RGB chips (n, size, size, 3)."""
