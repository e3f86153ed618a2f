"""Where every face is at any moment: for drawing over the player, for exports, for screen time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson

from core.faces.screen_time import Span
from core.library.boxes import unpack_boxes
from core.library.library import Library
from core.library.types import Run
from core.review.types import BoxNow

BUCKET_S = 2.0
SAME_FRAME_S = 0.004  # a box drawn within 4 ms of its detection belongs to that very frame, up to 120 frames a second


@dataclass(frozen=True, slots=True)
class TrackBoxes:
    """One track's boxes in time order; ``interpolated`` marks those filled in between two detections.

    ``frames`` int32 (n,), ``t_s`` float64 (n,), ``bbox`` float32 (n, 4) in [0, 1], ``score`` float32 (n,),
    ``interpolated`` bool (n,). ``spans``: when the face is on screen, at least one; where it is lost for longer than
    the run's ``max_gap`` a new span begins, and none reaches over a cut.
    """

    track_id: str
    frames: npt.NDArray[np.int32]
    t_s: npt.NDArray[np.float64]
    bbox: npt.NDArray[np.float32]
    stored_score: npt.NDArray[np.float32]
    spans: tuple[Span, ...]

    @property
    def score(self) -> npt.NDArray[np.float32]:
        """The detector's score in [0, 1]; of a box that was filled in, the lesser of its neighbours'."""
        return np.clip(np.abs(self.stored_score), 0.0, 1.0)

    @property
    def interpolated(self) -> npt.NDArray[np.bool_]:
        """Stored as a score below zero: no detector gives one."""
        filled: npt.NDArray[np.bool_] = self.stored_score < 0
        return filled


def track_boxes(
    library: Library, ep_id: str, track_ids: Iterable[str] | None = None, *, run_id: int | None = None
) -> Iterator[TrackBoxes]:
    """Boxes of the tracks (all, or those named) of the current detection run, or of ``run_id``, in order of ids.

    Tracks that a person deleted, and those that their parts replaced, are left out unless they are named.
    """
    if run_id is None:
        run = library.runs.current(ep_id, "detect_track")
        if run is None:
            return
        run_id = run.run_id
    wanted = None if track_ids is None else set(track_ids)
    rows = library.store.read().execute(
        "SELECT track_id, state, spans, boxes FROM tracks WHERE run_id = ? ORDER BY track_id", (run_id,)
    )
    for track_id, state, spans, blob in rows:
        if state == "live" if wanted is None else track_id in wanted:
            yield TrackBoxes(track_id, *unpack_boxes(blob), tuple(Span(*span) for span in orjson.loads(spans)))


class BoxIndex:
    """All boxes of an episode, found by time in microseconds; made once, used for every frame drawn."""

    def __init__(self, tracks: Iterable[TrackBoxes], identity_of: dict[str, str | None]) -> None:
        """``identity_of``: who each track belongs to, by its id."""
        self._tracks = [track for track in tracks if len(track.t_s)]
        self._identity_of = dict(identity_of)
        self._buckets: dict[int, list[int]] = {}
        for index, track in enumerate(self._tracks):
            for bucket in _buckets(track.spans[0].start_s - SAME_FRAME_S, track.spans[-1].end_s):
                self._buckets.setdefault(bucket, []).append(index)

    def assign(self, identity_of: dict[str, str | None]) -> None:
        """After an edit: who the tracks belong to now."""
        self._identity_of.update(identity_of)

    def at(self, t_s: float) -> list[BoxNow]:
        """The faces on screen at ``t_s``; between two searched frames the box moves in a straight line."""
        found = []
        for index in self._buckets.get(int(t_s // BUCKET_S), ()):
            track = self._tracks[index]
            span = next((one for one in track.spans if one.start_s - SAME_FRAME_S <= t_s < one.end_s), None)
            if span is not None:
                found.append(self._box(track, span, t_s))
        return found

    def _box(self, track: TrackBoxes, span: Span, t_s: float) -> BoxNow:
        after = int(np.searchsorted(track.t_s, t_s + SAME_FRAME_S))
        before = max(0, after - 1)
        on_sample = abs(float(track.t_s[before]) - t_s) <= SAME_FRAME_S
        filled = bool(track.stored_score[before] < 0)
        last_of_span = after >= len(track.t_s) or track.t_s[after] >= span.end_s
        if on_sample or last_of_span or track.t_s[before] > t_s:
            bbox = track.bbox[before]
        else:
            part = (t_s - track.t_s[before]) / (track.t_s[after] - track.t_s[before])
            bbox = track.bbox[before] + (track.bbox[after] - track.bbox[before]) * np.float32(part)
            filled = filled or bool(track.stored_score[after] < 0)
        x0, y0, x1, y1 = (float(value) for value in bbox)
        return BoxNow(
            track_id=track.track_id,
            identity_id=self._identity_of.get(track.track_id),
            bbox=(x0, y0, x1, y1),
            interpolated=filled,
        )


def boxes_at(library: Library, ep_id: str) -> BoxIndex:
    """The index of an episode's current tracks and identities. Reads everything: call it off the Qt thread."""
    return BoxIndex(track_boxes(library, ep_id), _identities(library, ep_id))


def clustering_of_current_tracks(library: Library, ep_id: str) -> Run | None:
    """The current run of ``cluster`` if it was made from the current tracks: another run's ids mean other tracks."""
    tracks, clusters = library.runs.current(ep_id, "detect_track"), library.runs.current(ep_id, "cluster")
    if tracks is None or clusters is None or clusters.inputs.get("detect_track") != tracks.run_id:
        return None
    return clusters


def _identities(library: Library, ep_id: str) -> dict[str, str | None]:
    run = clustering_of_current_tracks(library, ep_id)
    if run is None:
        return {}
    rows = library.store.read().execute(
        "SELECT track_id, identity_id FROM assignments WHERE ep_id = ? AND run_id = ?", (ep_id, run.run_id)
    )
    return dict(rows.fetchall())


def _buckets(start_s: float, end_s: float) -> range:
    return range(int(start_s // BUCKET_S), int(end_s // BUCKET_S) + 1)
