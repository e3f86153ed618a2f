"""What faces do: size, head pose, quality, opening of mouth and eyes, as columns of the boxes and as series."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.annotate.looks.face_mesh_look import MEASURES, FaceMeshLook
from core.annotate.pipeline import Found, PipelineContext, Video
from core.annotate.types import Floats, Series, Tier, TierKind
from core.annotate.vision.face_attributes import attributes_of, emotion_tier
from core.annotate.vision.face_rows import FaceRows, boxes_of, face_look_of, faces_of
from core.annotate.vision.face_tracks import FaceTracks, follow
from core.annotate.vision.smoothing import smoothed
from models.face_mesh import DEFAULT_FACE_MESH

OF_MESH = {"pose": ("yaw_deg", "pitch_deg", "roll_deg"), "mouth": ("mouth_opening",), "eyes": ("eye_opening",)}
OF_QUALITY = {
    "size": {"size_px": "size_px"},
    "quality": {
        "quality": "overall",
        "blur": "blur",
        "brightness": "brightness",
        "contrast": "contrast",
        "visible": "visible",
    },
}
UNITS = {"yaw_deg": "°", "pitch_deg": "°", "roll_deg": "°", "size_px": "px", "age_years": "years"}
"""Of the measures that have one; the others are shares."""
SIGNALS = ("size_px", *(name for names in OF_MESH.values() for name in names), "quality", "age_years")
"""Measures that are worth a series of their own."""


def needs_mesh(config: Mapping[str, Any]) -> bool:
    """Whether any measure is asked for that needs the points of the mesh."""
    return any(name in OF_MESH for name in config["measures"])


def mesh_look_of(video: Video, config: Mapping[str, Any]) -> FaceMeshLook:
    """What the analysis wants of the frames besides the faces."""
    return FaceMeshLook(face_look_of(video, config), DEFAULT_FACE_MESH)


def analyse(video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:
    """Tier ``faces`` with a column for each measure, ``emotions`` when they are asked for, and series.

    Raises ModelMissing and the other errors of models, Canceled.
    """
    found, kept = faces_of(face_look_of(video, config), float(config["min_face_px"]), context)
    mesh = _mesh_rows(video, config, context)
    attributes = attributes_of(video, config, context)
    followed = follow(found, config, context)
    attributes = attributes.only(np.flatnonzero(kept)[followed.kept])
    values = _values(followed.rows, None if mesh is None else mesh[kept][followed.kept], config) | attributes.values
    boxes = boxes_of(followed.rows, landmarks=bool(config["enable_landmarks"]), track=followed.track, values=values)
    tiers = [Tier("faces", TierKind.BOXES, boxes=replace(boxes, labels=attributes.labels))]
    if attributes.chances is not None:
        tiers.append(emotion_tier(followed, attributes.chances))
    tiers += _series(followed, values, str(config["series"]), float(config["smoothing_s"]))
    return Found(tuple(tiers))


def _mesh_rows(video: Video, config: Mapping[str, Any], context: PipelineContext) -> Floats | None:
    if not needs_mesh(config):
        return None
    look = mesh_look_of(video, config)
    rows: Floats = context.looked(look).arrays["measures"]
    context.used(look.model)
    return rows


def _values(rows: FaceRows, mesh: Floats | None, config: Mapping[str, Any]) -> dict[str, Floats]:
    values: dict[str, Floats] = {}
    for measure in sorted(set(config["measures"])):
        for name, column in OF_QUALITY.get(measure, {}).items():
            values[name] = rows.column(column)
        for name in OF_MESH.get(measure, ()):
            assert mesh is not None
            values[name] = mesh[:, MEASURES.index(name)]
    return values


def _series(followed: FaceTracks, values: Mapping[str, Floats], which: str, smoothing_s: float) -> Iterator[Tier]:
    names = [name for name in SIGNALS if name in values and which != "none"]
    if which == "largest_face":
        times_s, rows = followed.rows.searched_s, _largest(followed.rows)
        for name in names:
            picked = np.full(len(times_s), np.nan, np.float32)
            picked[rows >= 0] = values[name][rows[rows >= 0]]
            yield _tier(name, name, times_s, smoothed(times_s, picked, smoothing_s))
    elif which == "every_track":
        for number in range(1, len(followed.tracks) + 1):
            of_track = followed.track == number
            for name in names:
                times_s = followed.rows.t_s[of_track]
                yield _tier(
                    f"{name} track {number}", name, times_s, smoothed(times_s, values[name][of_track], smoothing_s)
                )


def _tier(title: str, name: str, times_s: npt.NDArray[np.float64], values: Floats) -> Tier:
    return Tier(title, TierKind.SERIES, series=Series(times_s, values), unit=UNITS.get(name, "share"))


def _largest(rows: FaceRows) -> npt.NDArray[np.int64]:
    """int64 (searched,): the row of the largest face of each searched frame, -1 where there is none."""
    largest = np.full(len(rows.searched_pts), -1, np.int64)
    sizes_px = rows.column("size_px")
    for row, frame in enumerate(np.searchsorted(rows.searched_pts, rows.pts).tolist()):
        if largest[frame] < 0 or sizes_px[row] > sizes_px[largest[frame]]:
            largest[frame] = row
    return largest
