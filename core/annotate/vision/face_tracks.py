"""Faces followed through shots."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.annotate.pipeline import PipelineContext
from core.annotate.types import Ints
from core.annotate.vision.face_rows import FaceRows
from core.annotate.vision.tracking import SHOT_LOOK, TrackRules, follow_all
from core.faces.screen_time import Span
from core.faces.track import seen_together
from core.faces.types import Track

__all__ = ["SHOT_LOOK", "FaceTracks", "follow"]


@dataclass(frozen=True, slots=True)
class FaceTracks:
    """``rows``: the faces that belong to a track; ``track``: its number of each, from 1 by first appearance.

    ``spans``: when each track is on screen; ``together``: pairs of places in ``tracks`` that were seen in one shot at
    the same time.
    """

    rows: FaceRows
    kept: Ints
    track: Ints
    tracks: tuple[Track, ...]
    spans: Mapping[int, list[Span]]
    together: npt.NDArray[np.int32]


def follow(rows: FaceRows, config: Mapping[str, Any], context: PipelineContext) -> FaceTracks:
    """Tracks of at least ``min_track_s`` and the faces of them. ``kept`` of the result: their places in ``rows``.

    Every face that was found may begin a track.
    """
    rules = TrackRules(float(config["detection_confidence"]), float(config["max_gap_s"]), float(config["min_track_s"]))
    found = follow_all(rows, rules, context)
    return FaceTracks(
        rows.only(found.kept), found.kept, found.track, found.tracks, found.spans, seen_together(found.tracks)
    )
