"""A detection run becomes visible: its folder by one rename, its rows in one transaction."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from core.analysis.crop_table import CropTable
from core.faces.screen_time import Span
from core.faces.track import TrackPositions
from core.faces.types import Shot, Track
from core.library.boxes import pack_boxes
from core.library.library import Library
from core.library.types import Run, RunFolder

NEXT_TRACK = "SELECT coalesce((SELECT next FROM counters WHERE ep_id = ? AND kind = 'track'), 1)"
"""SQL for the number of the next track of an episode: an id of an older detection never means another face."""


class NumbersTaken(Exception):
    """Since the tracks were numbered, one of these numbers was given to another track."""


@dataclass(frozen=True, slots=True)
class RunRows:
    """What a detection run tells the database. ``first_number``: the tracks are numbered from here."""

    ep_id: str
    shots: Sequence[Shot]
    tracks: Sequence[Track]
    positions: dict[str, TrackPositions]
    spans: dict[str, list[Span]]
    crops: CropTable
    first_number: int = 1

    def insert(self, connection: sqlite3.Connection, run_id: int) -> None:
        """Rows of shots, tracks and crops; called inside the transaction that makes the run current.

        Raises NumbersTaken.
        """
        if connection.execute(NEXT_TRACK, (self.ep_id,)).fetchone()[0] != self.first_number:
            raise NumbersTaken
        connection.executemany(
            "INSERT INTO shots (run_id, idx, start_frame, end_frame, start_pts, end_pts, start_s, end_s) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (run_id, s.index, s.start_frame, s.end_frame, s.start_pts, s.end_pts, s.start_s, s.end_s)
                for s in self.shots
            ],
        )
        best = {
            track_id: int(rows[np.argmax(self.crops.column("overall")[rows])])
            for track_id, rows in self.crops.by_track()
        }
        connection.executemany(
            "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, flags, "
            "best_crop, boxes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [self._track_row(run_id, track, best[track.track_id]) for track in self.tracks],
        )
        overall = self.crops.column("overall").tolist()
        connection.executemany(
            "INSERT INTO crops (run_id, track_id, frame, t_s, overall, path) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    run_id,
                    str(self.crops.track_ids[row]),
                    int(self.crops.frames[row]),
                    float(self.crops.t_s[row]),
                    overall[row],
                    self.crops.path(row),
                )
                for row in range(len(self.crops))
            ],
        )

    def _track_row(self, run_id: int, track: Track, best: int) -> tuple[Any, ...]:
        positions, spans = self.positions[track.track_id], self.spans[track.track_id]
        # a score below zero marks a box that was filled in: no detector gives one
        score = np.where(positions.interpolated, -np.abs(positions.score) - 1e-6, positions.score)
        return (
            run_id,
            self.ep_id,
            track.track_id,
            track.shot_index,
            spans[0].start_s,
            spans[-1].end_s,
            orjson.dumps([[span.start_s, span.end_s] for span in spans]).decode(),
            len(track.detections),
            float(self.crops.column("overall")[best]),
            orjson.dumps([str(flag) for flag in track.flags]).decode(),
            self.crops.path(best),
            pack_boxes(positions.frames, positions.t_s, positions.bbox, score.astype(np.float32)),
        )


@contextlib.contextmanager
def new_run(
    library: Library, ep_id: str, stage: str, params: dict[str, Any], inputs: dict[str, int]
) -> Iterator[RunFolder]:
    """A run to be written and published inside the block; when the block fails, nothing of it stays."""
    folder = library.runs.begin(ep_id, stage, params, inputs)
    try:
        yield folder
    except BaseException:
        library.runs.discard(folder)
        raise


def publish_tracks(library: Library, folder: RunFolder, summary: dict[str, Any], rows: RunRows) -> Run:
    """Make a finished detection run the current one."""
    return library.runs.publish(folder, summary, rows.insert)
