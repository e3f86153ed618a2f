"""Shots out of the changes from frame to frame."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.annotate.looks.shot_look import Changes, ShotLook, changes_of
from core.annotate.pipeline import Found, PipelineContext
from core.annotate.types import Mark, Series, Tier, TierKind
from core.faces.types import Shot
from core.shots.find import shots_between
from core.shots.peaks import confirmed_cuts

USUAL_THRESHOLD = 27.0
USUAL_SHOT_S = 0.5


def look_of(config: Mapping[str, Any]) -> ShotLook:
    """What scene detection wants of the frames."""
    return ShotLook(str(config["detector"]))


def shots_in(changes: Changes, *, threshold: float = USUAL_THRESHOLD, min_shot_s: float = USUAL_SHOT_S) -> list[Shot]:
    """Shots that together cover every frame. ``threshold`` on the scale of scenedetect's content value.

    No cut lies less than ``min_shot_s`` after the first frame or another cut; of two that are closer the stronger one
    stays.
    """
    table = changes.table
    found = confirmed_cuts(changes.scores, threshold)
    start_s = table.seconds(int(table.pts[0]))
    times_s = {frame: table.seconds(int(table.pts[frame])) for frame in found}
    kept: list[int] = []
    for frame in sorted(found, key=lambda cut: (-float(changes.scores[cut]), cut)):
        apart_s = min((abs(times_s[frame] - times_s[other]) for other in kept), default=np.inf)
        if min(apart_s, times_s[frame] - start_s) >= min_shot_s - 1e-6:
            kept.append(frame)
    return shots_between(sorted(kept), table)


def find_scenes(config: Mapping[str, Any], context: PipelineContext) -> Found:
    """Tiers ``shots``, ``cuts`` and, when they are asked for, ``labels`` and ``frame_change``.

    Raises UnsupportedMedia, ModelMissing and the other errors of models, Canceled.
    """
    look = look_of(config)
    looked = context.looked(look)
    for warning in looked.warnings:
        context.warn(warning)
    context.check()
    changes = changes_of(looked, look)
    shots = shots_in(changes, threshold=float(config["threshold"]), min_shot_s=float(config["min_shot_s"]))
    tiers = [_shots_tier(shots), _cuts_tier(shots, changes)]
    if config["labels"]:
        tiers += _labels_tiers(shots, config, context)
    if config["change_series"]:
        tiers.append(_change_tier(changes))
    return Found(tuple(tiers))


def _labels_tiers(shots: list[Shot], config: Mapping[str, Any], context: PipelineContext) -> list[Tier]:
    from core.annotate.vision.shot_labels import labels_tier, words_of  # noqa: PLC0415  loads onnxruntime

    return [labels_tier(shots, config, context)] if words_of(config) else []


def _shots_tier(shots: list[Shot]) -> Tier:
    digits = max(3, len(str(len(shots))))
    marks = tuple(
        Mark(
            one.start_s,
            one.end_s,
            f"shot {one.index + 1:0{digits}d}",
            attributes={"first_frame": one.start_frame, "last_frame": one.end_frame - 1},
        )
        for one in shots
    )
    return Tier("shots", TierKind.INTERVALS, marks=marks)


def _cuts_tier(shots: list[Shot], changes: Changes) -> Tier:
    marks = tuple(
        Mark(
            one.start_s,
            one.start_s,
            "cut",
            attributes={"frame": one.start_frame, "change": round(float(changes.change[one.start_frame]), 3)},
        )
        for one in shots[1:]
    )
    return Tier("cuts", TierKind.POINTS, marks=marks, vocabulary=("cut",))


def _change_tier(changes: Changes) -> Tier:
    times_s = (changes.table.pts - changes.table.origin_pts).astype(np.float64) * float(changes.table.time_base)
    return Tier("frame_change", TierKind.SERIES, series=Series(times_s, changes.change), unit="content value")
