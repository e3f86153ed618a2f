"""Anything that is found frame by frame, followed through shots: faces and people alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.annotate.looks.shot_look import ShotLook, changes_of
from core.annotate.pipeline import PipelineContext
from core.annotate.types import Floats, Ints
from core.annotate.vision.shots import shots_in
from core.faces.parameters import DetectParameters
from core.faces.screen_time import Span, track_spans
from core.faces.track import Tracker, gap_limit_frames
from core.faces.types import Detection, Shot, Track
from core.media.types import FrameTable
from models.faces import LANDMARKS

SHOT_LOOK = ShotLook()
"""Tracks end at cuts, which are looked for as scene detection does by default."""
_NO_LANDMARKS = np.full((LANDMARKS, 2), np.nan, np.float32)  # tracks are followed by boxes alone


class Sightings(Protocol):
    """A row for each thing, by time. ``searched_pts``, ``searched_s``: the frames that were searched."""

    @property
    def searched_pts(self) -> Ints:
        """int64 (frames,), rising."""

    @property
    def searched_s(self) -> npt.NDArray[np.float64]:
        """Their seconds."""

    @property
    def pts(self) -> Ints:
        """int64 (n,): the frame of each row."""

    @property
    def t_s(self) -> npt.NDArray[np.float64]:
        """Its seconds."""

    @property
    def box(self) -> Floats:
        """float32 (n, 4) in [0, 1]."""

    @property
    def score(self) -> Floats:
        """float32 (n,)."""

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class TrackRules:
    """``begin_score``: only what is found with at least this begins a track; a weaker one may go on with a track that
    was there the moment before. A track goes on after at most ``max_gap_s``; shorter ones than ``min_track_s`` are
    left out.
    """

    begin_score: float
    max_gap_s: float
    min_track_s: float


@dataclass(frozen=True, slots=True)
class Followed:
    """``kept``: places of the rows that belong to a track; ``track``: its number of each, from 1 by first appearance.

    ``spans``: when each track is on screen, by number.
    """

    kept: Ints
    track: Ints
    tracks: tuple[Track, ...]
    spans: Mapping[int, list[Span]]


def follow_all(rows: Sightings, rules: TrackRules, context: PipelineContext) -> Followed:
    """Tracks of at least ``min_track_s``. Asks for SHOT_LOOK. Raises UnsupportedMedia, Canceled."""
    changes = changes_of(context.looked(SHOT_LOOK), SHOT_LOOK)
    table, shots = changes.table, shots_in(changes)
    searched = np.searchsorted(table.pts, rows.searched_pts)
    step = int(np.median(np.diff(searched))) if len(searched) > 1 else 1
    parameters = _parameters(rules, table)
    tracks = _tracks(rows, table, shots, searched, Tracker(parameters, step), context)
    limit_frames = gap_limit_frames(parameters, step)
    spans = [track_spans(one, shots[one.shot_index], rows.searched_s, max_gap_frames=limit_frames) for one in tracks]
    long = [place for place, one in enumerate(spans) if one[-1].end_s - one[0].start_s >= rules.min_track_s - 1e-6]
    tracks, spans = [tracks[place] for place in long], [spans[place] for place in long]
    number = np.zeros(len(rows), np.int64)
    for count, track in enumerate(tracks, start=1):
        number[[one.detection_id for one in track.detections]] = count
    kept = np.flatnonzero(number)
    return Followed(kept, number[kept], tuple(tracks), dict(enumerate(spans, start=1)))


def _parameters(rules: TrackRules, table: FrameTable) -> DetectParameters:
    """``max_gap_s`` in frames, as the tracker counts."""
    frame_s = float(np.median(np.diff(table.pts)) * table.time_base) if len(table) > 1 else 1.0
    gap_frames = round(rules.max_gap_s / max(frame_s, 1e-6))
    return DetectParameters(
        max_gap=min(gap_frames, 100_000),
        track_buffer=min(max(1, gap_frames), 100_000),
        track_high_thresh=rules.begin_score,
        new_track_thresh=rules.begin_score,
    )


def _tracks(
    rows: Sightings, table: FrameTable, shots: list[Shot], searched: Ints, tracker: Tracker, context: PipelineContext
) -> list[Track]:
    by_pts = _by_pts(rows, table)
    tracks: list[Track] = []
    for shot in shots:
        tracker.start_shot(shot.index)
        first, last = np.searchsorted(searched, (shot.start_frame, shot.end_frame))
        for place in range(int(first), int(last)):
            pts = int(rows.searched_pts[place])
            tracker.add_frame(int(searched[place]), pts, float(rows.searched_s[place]), by_pts.get(pts, []))
        tracks += tracker.end_shot()
        context.check()
        context.progress("track", shot.end_frame, len(table), unit="frames")
    return tracks


def _by_pts(rows: Sightings, table: FrameTable) -> dict[int, list[Detection]]:
    by_pts: dict[int, list[Detection]] = {}
    frames = np.searchsorted(table.pts, rows.pts)
    for row in range(len(rows)):
        x0, y0, x1, y1 = (float(value) for value in rows.box[row])
        pts = int(rows.pts[row])
        found = Detection(
            detection_id=row,
            frame=int(frames[row]),
            pts=pts,
            t_s=float(rows.t_s[row]),
            bbox=(x0, y0, x1, y1),
            score=float(rows.score[row]),
            landmarks=_NO_LANDMARKS,
        )
        by_pts.setdefault(pts, []).append(found)
    return by_pts
