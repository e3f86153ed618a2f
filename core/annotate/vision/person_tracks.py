"""People followed through shots: their boxes with key points, and when each one is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.annotate.looks.person_look import PersonLook
from core.annotate.pipeline import Found, PipelineContext, Video
from core.annotate.types import Boxes, Floats, Ints, Mark, Series, Tier, TierKind
from core.annotate.vision.tracking import Followed, TrackRules, follow_all
from models.pose import keypoint_names, skeleton_of


@dataclass(frozen=True, slots=True)
class PersonRows:
    """A row for each person, by time, then by falling score. ``points`` float32 (n, k, 3), k may be 0.

    ``searched_pts``, ``searched_s``: the frames that were searched.
    """

    searched_pts: Ints
    searched_s: npt.NDArray[np.float64]
    pts: Ints
    t_s: npt.NDArray[np.float64]
    frame: Ints
    box: Floats
    score: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.pts)

    def only(self, kept: npt.NDArray[np.bool_] | Ints) -> "PersonRows":
        """The rows ``kept``; the searched frames stay."""
        names = ("pts", "t_s", "frame", "box", "score", "points")
        return PersonRows(self.searched_pts, self.searched_s, *(getattr(self, name)[kept] for name in names))


def person_look_of(config: Mapping[str, Any]) -> PersonLook:
    """What tracking wants of the frames."""
    threshold = float(config["confidence_threshold"])
    keep = config["keep_threshold"]
    return PersonLook(
        model=str(config["model"]).strip(),
        threshold=threshold if keep is None else min(threshold, float(keep)),
        iou=float(config["iou_threshold"]),
        fps=float(config["pictures_per_second"]),
    )


def track_people(video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:
    """Tiers ``persons``, ``presence`` and ``person_count``. Raises ModelMissing and the other errors of models,
    UnsupportedMedia, Canceled.
    """
    rows = _rows(person_look_of(config), context)
    height_px = ((rows.box[:, 3] - rows.box[:, 1]) * video.info.height_px).astype(np.float32)
    rows = rows.only(height_px >= float(config["min_height_px"]))
    rules = TrackRules(float(config["confidence_threshold"]), float(config["max_gap_s"]), float(config["min_track_s"]))
    followed = follow_all(rows, rules, context)
    rows = rows.only(followed.kept)
    with_points = bool(config["enable_keypoints"])
    if with_points and not rows.points.shape[1]:
        context.warn("The model finds people without key points: there are boxes alone.")
    return Found(
        (
            Tier("persons", TierKind.BOXES, boxes=_boxes(rows, followed, video, config)),
            _presence(rows, followed),
            _counts(rows),
        )
    )


def _rows(look: PersonLook, context: PipelineContext) -> PersonRows:
    looked = context.looked(look)
    arrays, table = looked.arrays, looked.table
    for model in dict.fromkeys(arrays["model"].tolist()):
        context.used(str(model))
    for warning in looked.warnings:
        context.warn(warning)
    context.check()

    def seconds(pts: Ints) -> npt.NDArray[np.float64]:
        times: npt.NDArray[np.float64] = (pts - table.origin_pts).astype(np.float64) * float(table.time_base)
        return times

    pts, searched = arrays["person_pts"], arrays["pts"]
    index_of = dict(zip(searched.tolist(), arrays["index"].tolist(), strict=True))
    return PersonRows(
        searched_pts=searched,
        searched_s=seconds(searched),
        pts=pts,
        t_s=seconds(pts),
        frame=np.array([index_of[one] for one in pts.tolist()], np.int64),
        box=arrays["boxes"],
        score=arrays["scores"],
        points=arrays["points"],
    )


def _boxes(rows: PersonRows, followed: Followed, video: Video, config: Mapping[str, Any]) -> Boxes:
    count = rows.points.shape[1] if config["enable_keypoints"] else 0
    height_px = ((rows.box[:, 3] - rows.box[:, 1]) * video.info.height_px).astype(np.float32)
    return Boxes(
        frame=rows.frame,
        t_s=rows.t_s,
        bbox=rows.box,
        score=rows.score,
        track=followed.track,
        category=np.zeros(len(rows), np.int64),
        categories=("person",),
        track_names={number: _name(number) for number in range(1, len(followed.tracks) + 1)},
        values={"height_px": height_px},
        keypoints=_sure(rows.points, float(config["keypoint_threshold"])) if count else None,
        keypoint_names=keypoint_names(count) if count else (),
        skeleton=skeleton_of(count) if count else (),
    )


def _sure(points: Floats, threshold: float) -> Floats:
    """Points that are less sure have no place and the confidence 0, as those that are not seen."""
    confidence = points[:, :, 2:]
    sure: Floats = np.where((confidence >= threshold) & (confidence > 0), points, 0.0).astype(np.float32)
    return sure


def _presence(rows: PersonRows, followed: Followed) -> Tier:
    """When each person is there. ``score``: mean confidence of the track."""
    marks = []
    for number in range(1, len(followed.tracks) + 1):
        score = round(float(rows.score[followed.track == number].mean()), 4)
        marks += [
            Mark(span.start_s, span.end_s, _name(number), score, {"track": number}) for span in followed.spans[number]
        ]
    marks.sort(key=lambda one: (one.start_s, one.end_s, one.attributes["track"]))
    return Tier("presence", TierKind.INTERVALS, marks=tuple(marks))


def _counts(rows: PersonRows) -> Tier:
    counts = np.searchsorted(rows.pts, rows.searched_pts, side="right") - np.searchsorted(rows.pts, rows.searched_pts)
    series = Series(rows.searched_s, counts.astype(np.float32))
    return Tier("person_count", TierKind.SERIES, series=series, unit="people")


def _name(number: int) -> str:
    return f"person {number}"
