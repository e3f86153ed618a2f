"""Faces frame by frame, without asking whose they are."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.annotate.pipeline import Found, PipelineContext, Video
from core.annotate.types import Series, Tier, TierKind
from core.annotate.vision.face_rows import FaceRows, boxes_of, face_look_of, faces_of


def find_faces(video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:
    """Tiers ``faces`` and ``face_count``. Raises ModelMissing, Canceled."""
    rows, _ = faces_of(face_look_of(video, config), float(config["min_face_px"]), context)
    boxes = boxes_of(rows, landmarks=bool(config["enable_landmarks"]), values={"size_px": rows.column("size_px")})
    return Found((Tier("faces", TierKind.BOXES, boxes=boxes), _count_tier(rows)))


def _count_tier(rows: FaceRows) -> Tier:
    counts = np.searchsorted(rows.pts, rows.searched_pts, side="right") - np.searchsorted(rows.pts, rows.searched_pts)
    return Tier("face_count", TierKind.SERIES, series=Series(rows.searched_s, counts.astype(np.float32)), unit="faces")
