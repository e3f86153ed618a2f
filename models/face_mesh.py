"""Points all over a face (Kartynnik, Ablavatski, Grishchenko and Grundmann, "Real-time facial surface geometry from
monocular video on mobile GPUs", 2019): MediaPipe's Face Mesh of 468 points.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from models.errors import UnknownModel
from models.faces import FloatArray, ImageArray, Landmark
from models.opencv import cv2
from models.sessions import open_session
from models.store import ModelStore

DEFAULT_FACE_MESH = "face-mesh"
INPUT_PX = 192
POINTS = 468
SIDES = 1.5
"""Side of the square that the network is shown, in sides of the face's box."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """``points_px``: float32 (468, 3) x, y in pixels of the picture and depth on the same scale (less = nearer);
    ``presence`` in [0, 1]: whether there is a face.
    """

    points_px: FloatArray
    presence: float


class FaceMesh:
    """Finds the points. One object serves one thread."""

    def __init__(self, path: Path, *, name: str, version: str, device: str, threads: int) -> None:
        self.name = name
        self.version = version
        self._session = open_session(path, device=device, threads=threads, exact=True)

    def points(self, image_rgb: ImageArray, box_px: FloatArray, landmarks_px: FloatArray) -> Mesh:
        """The points of the face in ``box_px`` (x0, y0, x1, y1) of an RGB picture (height, width, 3).

        ``landmarks_px``: float32 (6, 2), rows by :class:`models.faces.Landmark`: the face is shown upright by its eyes.
        """
        to_input = _upright(box_px, landmarks_px)
        shown = cv2.warpAffine(image_rgb, to_input, (INPUT_PX, INPUT_PX), flags=cv2.INTER_LINEAR)
        planes = np.ascontiguousarray(cast("ImageArray", shown).transpose(2, 0, 1)[np.newaxis]).astype(np.float32) / 255
        numbers, presence = self._session.run(["points", "presence"], {"input": planes})
        found = np.asarray(numbers, np.float64).reshape(POINTS, 3)
        back = cv2.invertAffineTransform(to_input)
        depth = found[:, 2:] * float(np.hypot(back[0, 0], back[1, 0]))
        points = np.concatenate([found[:, :2] @ back[:, :2].T + back[:, 2], depth], axis=1)
        chance = 1.0 / (1.0 + np.exp(-np.clip(float(np.asarray(presence).item()), -80.0, 80.0)))
        return Mesh(points.astype(np.float32), float(chance))


def open_face_mesh(
    store: ModelStore, model: str = DEFAULT_FACE_MESH, *, device: str = "auto", threads: int = 1
) -> FaceMesh:
    """A mesh ready to run. Raises UnknownModel, ModelMissing, ModelCorrupt, DeviceUnavailable."""
    entry = store.entry(model)
    if entry.family != "face_mesh":
        raise UnknownModel(
            f"{entry.title} finds no points of faces.", action="Choose a model whose purpose is face_mesh."
        )
    return FaceMesh(store.path(model), name=model, version=store.version(model), device=device, threads=threads)


def _upright(box_px: FloatArray, landmarks_px: FloatArray) -> FloatArray:
    """float32 (2, 3): from the picture into the network's, turned so that the eyes lie level."""
    side = max(float((box_px[2:] - box_px[:2]).max()), 1.0) * SIDES
    across = landmarks_px[Landmark.EYE_RIGHT] - landmarks_px[Landmark.EYE_LEFT]
    angle = float(np.arctan2(across[1], across[0])) if np.isfinite(across).all() else 0.0
    scale = INPUT_PX / side
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * scale
    centre = (box_px[:2] + box_px[2:]).astype(np.float64) / 2
    return np.column_stack([turn, np.full(2, INPUT_PX / 2) - turn @ centre]).astype(np.float32)
