"""Points all over the faces that were found: how a head is turned, how far mouth and eyes are open."""

import functools
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.annotate.looks.face_look import FaceLook, FaceSearch
from core.annotate.pipeline import Looker, SeenFrame
from core.annotate.types import Ints
from core.media.types import FrameTable, MediaInfo
from models.face_mesh import FaceMesh, open_face_mesh
from models.faces import FloatArray
from models.store import ModelStore

MEASURES = ("yaw_deg", "pitch_deg", "roll_deg", "mouth_opening", "eye_opening")
"""Columns of what is noted of each face."""
LEAST_PRESENCE = 0.5

# numbers of points of the mesh; left and right as seen in the picture
_EYE_LEFT, _EYE_RIGHT, _FOREHEAD, _CHIN = 33, 263, 10, 152
_LIPS = ((82, 87), (13, 14), (312, 317))
_LIDS = ((33, 133, 159, 145), (263, 362, 386, 374))

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaceMeshLook:
    """The points of all faces of ``faces``, by ``model``."""

    faces: FaceLook
    model: str
    sees_beyond: ClassVar[bool] = False

    def wanted(self, table: FrameTable) -> Ints | None:
        """The frames that are searched for faces."""
        return self.faces.wanted(table)

    def open(self, media: MediaInfo, model_root: Path, device: str) -> Looker:
        """See FrameLook. Raises ModelMissing and the other errors of models."""
        return _MeshLooker(
            FaceSearch(self.faces, media, model_root, device), _open_once(self.model, str(model_root), device)
        )


@functools.lru_cache(maxsize=1)
def _open_once(model: str, model_root: str, device: str) -> FaceMesh:
    return open_face_mesh(ModelStore(Path(model_root)), model, device=device)


@dataclass(slots=True)
class _MeshLooker:
    """``measures`` float32 (faces, 5) by MEASURES, in the order of the rows of the face look; NaN where unknown."""

    search: FaceSearch
    mesh: FaceMesh
    measures: list[tuple[float, ...]] = field(default_factory=list)

    def see(self, seen: SeenFrame) -> None:
        """See Looker."""
        if seen.beyond:
            return
        for face in self.search.faces(seen):
            found = self.mesh.points(face.crop.rgb, face.crop.box_px, face.crop.landmarks_px)
            known = found.presence >= LEAST_PRESENCE
            self.measures.append(face_measures(found.points_px) if known else (math.nan,) * len(MEASURES))

    def rows(self) -> dict[str, npt.NDArray[Any]]:
        """See Looker."""
        return {"measures": np.array(self.measures, np.float32).reshape(len(self.measures), len(MEASURES))}


def face_measures(points: FloatArray) -> tuple[float, ...]:
    """By MEASURES, of points (468, 3).

    Angles in degrees from the axes between the outer corners of the eyes and from forehead to chin: yaw turns to the
    picture's right, pitch up, roll clockwise. The mouth's opening is the gap between the inner lips (mean of three
    places) over the distance of the outer corners of the eyes; the eyes' that of the lids over the eye's own width.
    """
    exact = points.astype(np.float64)
    across = exact[_EYE_RIGHT] - exact[_EYE_LEFT]
    width = max(float(np.linalg.norm(across)), 1e-6)
    right = across / width
    down = exact[_CHIN] - exact[_FOREHEAD]
    down = down - right * float(right @ down)
    inward = np.cross(right, down / max(float(np.linalg.norm(down)), 1e-6))
    yaw = math.degrees(math.atan2(-inward[0], inward[2]))
    pitch = math.degrees(math.atan2(inward[1], math.hypot(inward[0], inward[2])))
    roll = math.degrees(math.atan2(right[1], right[0]))
    gap = float(np.mean([_apart(exact, upper, lower) for upper, lower in _LIPS]))
    eyes = [_apart(exact, up, low) / max(_apart(exact, out, inner), 1e-6) for out, inner, up, low in _LIDS]
    return yaw, pitch, roll, gap / width, float(np.mean(eyes))


def _apart(points: Doubles, one: int, other: int) -> float:
    return float(np.linalg.norm(points[one] - points[other]))
