"""What was found of faces in the whole video, in rows, and as boxes to annotate with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.analysis.plan import TILED_FROM_SHORT_SIDE_PX
from core.annotate.looks.face_look import QUALITY_FIELDS, FaceLook
from core.annotate.pipeline import PipelineContext, Video
from core.annotate.types import Boxes, Floats, Ints
from core.faces.types import FaceQuality
from models.faces import Landmark

LEAST_CONFIDENCE = 0.05
"""Below it every place of the picture is a face: seconds of work for each picture, and nothing that is true."""

POINT_NAMES = tuple(one.name.lower() for one in Landmark)
_LINES = (
    (Landmark.EYE_LEFT, Landmark.EYE_RIGHT),
    (Landmark.EYE_LEFT, Landmark.NOSE),
    (Landmark.EYE_RIGHT, Landmark.NOSE),
    (Landmark.NOSE, Landmark.MOUTH_CENTRE),
    (Landmark.NOSE, Landmark.MOUTH_LEFT),
    (Landmark.NOSE, Landmark.MOUTH_RIGHT),
    (Landmark.MOUTH_LEFT, Landmark.MOUTH_RIGHT),
)


@dataclass(frozen=True, slots=True)
class FaceRows:
    """A row for each face, by time, then by falling score.

    ``searched_pts``, ``searched_s``: the frames that were searched. ``place``: the row of the face in its frame before
    any was left out; ``quality`` float32 (n, q) by QUALITY_FIELDS.
    """

    searched_pts: Ints
    searched_s: npt.NDArray[np.float64]
    pts: Ints
    t_s: npt.NDArray[np.float64]
    frame: Ints
    place: Ints
    box: Floats
    score: Floats
    landmarks: Floats
    quality: Floats

    def __len__(self) -> int:
        return len(self.pts)

    def column(self, name: str) -> Floats:
        """A measure of FaceQuality, float32 (n,)."""
        column: Floats = self.quality[:, QUALITY_FIELDS.index(name)]
        return column

    def quality_of(self, row: int) -> FaceQuality:
        """All measures of one face."""
        return FaceQuality(**dict(zip(QUALITY_FIELDS, self.quality[row].tolist(), strict=True)))

    def only(self, kept: npt.NDArray[np.bool_] | Ints) -> "FaceRows":
        """The rows ``kept``; the searched frames stay."""
        names = ("pts", "t_s", "frame", "place", "box", "score", "landmarks", "quality")
        return FaceRows(self.searched_pts, self.searched_s, *(getattr(self, name)[kept] for name in names))


def face_look_of(video: Video, config: Mapping[str, Any]) -> FaceLook:
    """What a face pipeline wants of the frames: equal for all that have equal settings of the detector."""
    short_side_px = min(video.info.width_px, video.info.height_px)
    choice = config["small_faces"]
    tiled = choice == "on" or (choice == "auto" and short_side_px >= TILED_FROM_SHORT_SIDE_PX)
    return FaceLook(
        model=str(config["detector"]),
        threshold=max(LEAST_CONFIDENCE, float(config["detection_confidence"])),
        fps=float(config["pictures_per_second"]),
        tiled=tiled and str(config["detector"]).startswith("blazeface"),
    )


def faces_of(look: FaceLook, min_face_px: float, context: PipelineContext) -> tuple[FaceRows, npt.NDArray[np.bool_]]:
    """Faces of at least ``min_face_px``, and which of all that were found they are: bool (found,)."""
    looked = context.looked(look)
    context.used(look.model)
    for warning in looked.warnings:
        context.warn(warning)
    context.check()
    arrays, table = looked.arrays, looked.table

    def seconds(pts: Ints) -> npt.NDArray[np.float64]:
        times: npt.NDArray[np.float64] = (pts - table.origin_pts).astype(np.float64) * float(table.time_base)
        return times

    pts, searched = arrays["face_pts"], arrays["pts"]
    index_of = dict(zip(searched.tolist(), arrays["index"].tolist(), strict=True))
    first = np.searchsorted(pts, pts)
    rows = FaceRows(
        searched_pts=searched,
        searched_s=seconds(searched),
        pts=pts,
        t_s=seconds(pts),
        frame=np.array([index_of[one] for one in pts.tolist()], np.int64),
        place=np.arange(len(pts)) - first,
        box=arrays["boxes"],
        score=arrays["scores"],
        landmarks=arrays["landmarks"],
        quality=arrays["quality"],
    )
    kept = rows.column("size_px") >= min_face_px
    return rows.only(kept), kept


def boxes_of(
    rows: FaceRows,
    *,
    landmarks: bool,
    track: Ints | None = None,
    track_names: Mapping[int, str] | None = None,
    values: Mapping[str, Floats] | None = None,
) -> Boxes:
    """The faces as boxes; ``landmarks``: with the points that the detector gives."""
    named = [place for place in Landmark if landmarks and np.isfinite(rows.landmarks[:, place]).all(axis=1).any()]
    numbers = {place: number for number, place in enumerate(named)}
    return Boxes(
        frame=rows.frame,
        t_s=rows.t_s,
        bbox=rows.box,
        score=np.clip(rows.score, 0.0, 1.0).astype(np.float32),
        track=np.full(len(rows), -1, np.int64) if track is None else track,
        category=np.zeros(len(rows), np.int64),
        categories=("face",),
        track_names=dict(track_names or {}),
        values=dict(values or {}),
        keypoints=_keypoints(rows, named) if named else None,
        keypoint_names=tuple(POINT_NAMES[place] for place in named),
        skeleton=tuple((numbers[one], numbers[other]) for one, other in _LINES if one in numbers and other in numbers),
    )


def _keypoints(rows: FaceRows, named: list[Landmark]) -> Floats:
    """float32 (n, k, 3); a point outside the picture, or that a face lacks, has the confidence 0."""
    points = rows.landmarks[:, [int(place) for place in named]]
    inside = (points.min(axis=2) >= 0) & (points.max(axis=2) <= 1)  # NaN is neither
    placed = np.where(inside[:, :, np.newaxis], points, 0.0)
    confidence = np.where(inside, np.clip(rows.score, 0.0, 1.0).reshape(-1, 1), 0.0)
    return np.concatenate([placed, confidence[:, :, np.newaxis]], axis=2).astype(np.float32)
