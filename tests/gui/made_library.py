"""A real library with one analysed episode, published from a made review."""

import sqlite3
from pathlib import Path

import numpy as np
import orjson

from core.library.boxes import pack_boxes
from core.library.library import Library
from core.media.thumbnails import ThumbWriter
from core.review.types import EpisodeReview, TrackRow
from tests.gui.review_support import coded_picture


def add_analysed(library: Library, film: Path, review: EpisodeReview) -> str:
    """Add ``film`` and publish the review's shots, tracks and identities as its runs; returns the episode's id."""
    ep_id = library.episodes.add(film).ep_id
    tracked = publish_tracks(library, ep_id, review)
    publish_identities(library, ep_id, review, {"detect_track": tracked})
    return ep_id


def publish_tracks(library: Library, ep_id: str, review: EpisodeReview) -> int:
    """A run of the first stage; returns its id."""
    folder = library.runs.begin(ep_id, "detect_track", {}, {})
    np.save(folder.path / "waveform.npy", np.zeros((round(review.duration_s * 50), 2), np.float32))
    with ThumbWriter(folder.path) as thumbs:
        for second in range(int(review.duration_s)):
            thumbs.add_picture(float(second), coded_picture(second))

    def rows(connection: sqlite3.Connection, run_id: int) -> None:
        connection.executemany(
            "INSERT INTO shots (run_id, idx, start_frame, end_frame, start_pts, end_pts, start_s, end_s) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (run_id, s.index, s.start_frame, s.end_frame, s.start_pts, s.end_pts, s.start_s, s.end_s)
                for s in review.shots
            ],
        )
        connection.executemany(
            "INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, flags, "
            "boxes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(run_id, ep_id, t.track_id, t.shot_index, t.start_s, t.end_s),
                    *(orjson.dumps([[t.start_s, t.end_s]]).decode(), t.frames, t.quality, "[]", _boxes(t)),
                )
                for t in review.tracks
            ],
        )
        connection.executemany(
            "INSERT INTO crops (run_id, track_id, frame, t_s, overall, path) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (run_id, t.track_id, round(t.start_s * 25), t.start_s, 0.8, f"crops/{t.track_id}/frame_000000.jpg")
                for t in review.tracks
            ],
        )

    summary = {"frames": review.frame_count, "sampling_step_s": 0.04}
    return library.runs.publish(folder, summary, rows).run_id


def _boxes(track: TrackRow) -> bytes:
    times_s = np.arange(track.start_s, track.end_s, 0.04)
    return pack_boxes(
        np.round(times_s * 25), times_s, np.tile([0.2, 0.2, 0.5, 0.8], (len(times_s), 1)), np.ones(len(times_s))
    )


def publish_identities(library: Library, ep_id: str, review: EpisodeReview, inputs: dict[str, int]) -> None:
    """Runs of the later stages."""
    embedded = library.runs.publish(library.runs.begin(ep_id, "faces_embed", {}, inputs), {}, None).run_id

    def rows(connection: sqlite3.Connection, run_id: int) -> None:
        connection.executemany(
            "INSERT INTO identities (ep_id, identity_id, run_id, labels) VALUES (?, ?, ?, ?)",
            [(ep_id, one.identity_id, run_id, orjson.dumps({}).decode()) for one in review.identities],
        )
        connection.executemany(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason) VALUES (?, ?, ?, ?, ?)",
            [(ep_id, run_id, t.track_id, t.identity_id, t.unassigned_reason) for t in review.tracks],
        )

    folder = library.runs.begin(ep_id, "cluster", {}, {**inputs, "faces_embed": embedded})
    library.runs.publish(folder, {}, rows)
