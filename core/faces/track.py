"""Faces followed through the searched frames of a shot; a track never crosses a cut."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.faces.association import Followed, overlap, pair
from core.faces.parameters import DetectParameters
from core.faces.types import SHORT_TRACK_S, Detection, Track, TrackFlag
from core.media.types import FrameTable

SECOND_ROUND_LIKENESS = 0.35
SAME_PLACE_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class TrackCounts:
    """What happened so far. ``lost``: tracks whose face was not found any more while their shot went on.

    ``switches``: tracks that began where another had ended (overlapping boxes, within the buffer, same shot): one
    face that was broken into two tracks. The document's ``id_switches``.
    """

    born: int = 0
    lost: int = 0
    switches: int = 0


@dataclass(frozen=True, slots=True)
class TrackPositions:
    """Where a track's face is in every decoded frame that it is known for.

    ``frames`` int32 (n,); ``t_s`` float64 (n,); ``bbox`` float32 (n, 4); ``score`` float32 (n,) of the detection, or
    of the weaker neighbour where interpolated; ``interpolated`` bool (n,).
    """

    frames: npt.NDArray[np.int32]
    t_s: npt.NDArray[np.float64]
    bbox: npt.NDArray[np.float32]
    score: npt.NDArray[np.float32]
    interpolated: npt.NDArray[np.bool_]


class Tracker:
    """Follows faces shot by shot: ``start_shot``, ``add_frame`` for every searched frame, ``end_shot``.

    ``sampling_step_frames`` is the usual distance of searched frames in decoded frames; the buffer of lost tracks is
    never shorter than two such steps, whatever ``track_buffer`` says. ``id_base`` numbers the first track.
    """

    def __init__(self, parameters: DetectParameters, sampling_step_frames: int, *, id_base: int = 1) -> None:
        self._parameters = parameters
        self._step_frames = max(1, sampling_step_frames)
        self._buffer_frames = max(parameters.track_buffer, 2 * self._step_frames)
        self._next_id = id_base
        self._shot_index: int | None = None
        self._last_frame = -1
        self._growing: list[Followed] = []
        self._ended: list[Followed] = []
        self._counts = TrackCounts()

    @property
    def counts(self) -> TrackCounts:
        """Counts over the shots that have ended."""
        return self._counts

    def start_shot(self, index: int) -> None:
        """Begin a shot; the one before must have ended."""
        if self._shot_index is not None:
            raise ValueError(f"shot {self._shot_index} has not ended")
        self._shot_index = index
        self._last_frame = -1

    def add_frame(self, frame: int, pts: int, t_s: float, detections: Iterable[Detection]) -> None:
        """The faces of one searched frame (decoded-frame index, PTS, seconds); frames come in rising order."""
        if self._shot_index is None or frame <= self._last_frame:
            raise ValueError(f"frame {frame} (PTS {pts}) is outside a shot or out of order")
        self._last_frame = frame
        self._retire(frame)
        found = sorted(detections, key=_left_to_right)
        if not found and not self._growing:
            return
        high = [one for one in found if one.score >= self._parameters.track_high_thresh]
        low = [one for one in found if one.score < self._parameters.track_high_thresh]
        unmatched, strangers = self._link(self._growing, high, t_s)
        # a weak detection may continue a face that was there just now, but never begins or revives a track
        waiting, _ = self._link([one for one in unmatched if not one.lost], low, t_s, SECOND_ROUND_LIKENESS)
        for track in waiting:
            track.lost = True
        self._growing += [Followed.begin(one) for one in strangers if one.score >= self._parameters.new_track_thresh]

    def end_shot(self) -> list[Track]:
        """The shot's tracks, numbered by first appearance, then from left to right."""
        if self._shot_index is None:
            raise ValueError("no shot has started")
        finished = sorted(self._ended + self._growing, key=_first_appearance)
        tracks = [self._finish(one, self._shot_index) for one in finished]
        _count_switches(tracks, self._buffer_frames)
        self._counts = TrackCounts(
            born=self._counts.born + len(tracks),
            lost=self._counts.lost + sum(self._was_lost(track) for track in tracks),
            switches=self._counts.switches + sum(track.switches for track in tracks),
        )
        self._growing, self._ended, self._shot_index = [], [], None
        return tracks

    def _link(
        self, tracks: list[Followed], detections: list[Detection], t_s: float, least: float = 0.0
    ) -> tuple[list[Followed], list[Detection]]:
        """Continue tracks with detections; returns what was left of both."""
        pairs = pair(tracks, detections, t_s=t_s, least=least)
        for row, column in pairs:
            tracks[row].add(detections[column])
        rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
        return (
            [one for index, one in enumerate(tracks) if index not in rows],
            [one for index, one in enumerate(detections) if index not in columns],
        )

    def _retire(self, frame: int) -> None:
        expired = [one for one in self._growing if frame - one.last.frame > self._buffer_frames]
        if expired:
            self._ended += expired
            self._growing = [one for one in self._growing if frame - one.last.frame <= self._buffer_frames]

    def _was_lost(self, track: Track) -> bool:
        return self._last_frame - track.detections[-1].frame >= self._step_frames

    def _finish(self, followed: Followed, shot_index: int) -> Track:
        track = Track(f"track-{self._next_id:05d}", shot_index, followed.detections)
        self._next_id += 1
        if track.detections[-1].t_s - track.detections[0].t_s < SHORT_TRACK_S:
            track.flags.append(TrackFlag.SHORT)
        limit_frames = gap_limit_frames(self._parameters, self._step_frames)
        steps = np.diff([one.frame for one in track.detections])
        if bool(((steps > self._step_frames) & (steps <= limit_frames)).any()):
            track.flags.append(TrackFlag.INTERPOLATED)
        return track


def gap_limit_frames(parameters: DetectParameters, sampling_step_frames: int) -> int:
    """Largest distance in decoded frames of two detections between which the face counts as present.

    ``max_gap``, but a single missed search (two steps) is always bridged unless ``max_gap`` is 0, and neighbouring
    searches always belong together: with a stride of 8 a limit of 5 frames would take every track apart.
    """
    step = max(1, sampling_step_frames)
    return max(parameters.max_gap, 2 * step) if parameters.max_gap > 0 else step


def interpolate(track: Track, table: FrameTable, *, max_gap_frames: int) -> TrackPositions:
    """Positions in every decoded frame from the first to the last detection, except in longer gaps.

    ``max_gap_frames`` as by :func:`gap_limit_frames`. Linear in time (PTS).
    """
    known = np.array([one.frame for one in track.detections], np.int64)
    known_s = np.array([one.t_s for one in track.detections], np.float64)
    boxes = np.array([one.bbox for one in track.detections], np.float64)
    scores = np.array([one.score for one in track.detections], np.float64)
    frames = np.arange(known[0], known[-1] + 1)
    after = np.searchsorted(known, frames)
    before = np.maximum(np.searchsorted(known, frames, side="right") - 1, 0)
    kept = known[after] - known[before] <= max_gap_frames
    frames, after, before = frames[kept], after[kept], before[kept]
    t_s = ((table.pts[frames] - table.origin_pts) * float(table.time_base)).astype(np.float64)
    exact = after == before
    t_s[exact] = known_s[after[exact]]
    bbox = np.stack([np.interp(t_s, known_s, boxes[:, side]) for side in range(4)], axis=1)
    return TrackPositions(
        frames.astype(np.int32),
        t_s,
        bbox.astype(np.float32),
        np.minimum(scores[before], scores[after]).astype(np.float32),
        ~exact,
    )


def seen_together(tracks: Iterable[Track]) -> npt.NDArray[np.int32]:
    """int32 (p, 2): index pairs (rising) of tracks of one shot whose spans of frames overlap: two people.

    The spans reach from the first to the last detection, so a face that is only interpolated counts too.
    """
    spans = sorted(
        (track.shot_index, track.detections[0].frame, track.detections[-1].frame, index)
        for index, track in enumerate(tracks)
    )
    pairs: list[tuple[int, int]] = []
    open_spans: list[tuple[int, int, int, int]] = []
    for span in spans:
        open_spans = [one for one in open_spans if one[0] == span[0] and one[2] >= span[1]]
        pairs += [(min(one[3], span[3]), max(one[3], span[3])) for one in open_spans]
        open_spans.append(span)
    return np.array(sorted(pairs), np.int32).reshape(-1, 2)


def _count_switches(tracks: list[Track], buffer_frames: int) -> None:
    """Set ``switches`` of every track that took over where another one (not yet taken over) had ended."""
    ends = sorted((track.detections[-1].frame, index) for index, track in enumerate(tracks))
    taken: set[int] = set()
    for track in tracks:
        first = track.detections[0]
        earliest, latest = bisect_left(ends, (first.frame - buffer_frames,)), bisect_left(ends, (first.frame,))
        for _, index in ends[earliest:latest]:
            last = tracks[index].detections[-1]
            if index not in taken and overlap(last.bbox, first.bbox) >= SAME_PLACE_OVERLAP:
                taken.add(index)
                track.switches = 1
                break


def _left_to_right(detection: Detection) -> tuple[float, ...]:
    return (detection.bbox[0], detection.bbox[1], -detection.score, detection.detection_id)


def _first_appearance(followed: Followed) -> tuple[float, ...]:
    first = followed.detections[0]
    return (first.frame, *_left_to_right(first))
