"""Reads an analysed episode. Every function may take tens of milliseconds: call them off the Qt thread."""

import sqlite3
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from core.faces.types import Shot
from core.library.library import Library
from core.library.types import Run
from core.media.thumbnails import ThumbStrip
from core.review.boxes import BoxIndex, boxes_at
from core.review.rows import Rows
from core.review.types import CropRow, EpisodeReview, IdentityRow, TrackRow

__all__ = [
    "BoxIndex",
    "boxes_at",
    "crops_of",
    "load_review",
    "read_identities",
    "read_metrics",
    "read_tracks",
    "thumbs",
    "waveform",
]


def load_review(library: Library, ep_id: str) -> EpisodeReview:
    """All shots, tracks and identities of the current runs, all of one moment. Raises NotFound."""
    with library.store.snapshot() as connection:
        return _load(library, connection, ep_id)


def _load(library: Library, connection: sqlite3.Connection, ep_id: str) -> EpisodeReview:
    episode = library.episodes.get(ep_id)
    run = library.runs.current(ep_id, "detect_track")
    rows = Rows.of(library, connection, ep_id)
    tracks = rows.tracks() if rows else ()
    live = tuple(track for track in tracks if track.state == "live")
    return EpisodeReview(
        ep_id=ep_id,
        title=episode.title,
        media_path=episode.media_path,
        duration_s=episode.info.duration_s,
        frame_count=int(run.summary.get("frames", 0)) if run else 0,
        width_px=episode.info.width_px,
        height_px=episode.info.height_px,
        shots=_shots(connection, run),
        tracks=live,
        identities=rows.identities(live) if rows else (),
        stages=tuple(episode.stages.values()),
        deleted_tracks=tuple(track for track in tracks if track.state == "deleted"),
    )


def read_tracks(library: Library, ep_id: str, track_ids: Iterable[str]) -> list[TrackRow]:
    """Some tracks as they are now, live or deleted; those that are gone are left out."""
    with library.store.snapshot() as connection:
        rows = Rows.of(library, connection, ep_id)
        return list(rows.tracks(track_ids)) if rows else []


def read_identities(library: Library, ep_id: str, identity_ids: Iterable[str]) -> list[IdentityRow]:
    """Some identities as they are now; those that are gone are left out."""
    wanted = list(identity_ids)
    with library.store.snapshot() as connection:
        rows = Rows.of(library, connection, ep_id)
        if rows is None:
            return []
        return list(rows.identities(rows.tracks(rows.members_of(wanted)), wanted))


def crops_of(library: Library, ep_id: str, *, track_ids: Iterable[str], with_excluded: bool = False) -> list[CropRow]:
    """Stored crops of some tracks, in time order; faces that a person took out only ``with_excluded``."""
    run = library.runs.current(ep_id, "detect_track")
    if run is None:
        return []
    rows = library.store.read().execute(
        "SELECT track_id, frame, t_s, overall, path, excluded FROM crops "
        "WHERE run_id = ? AND track_id IN (SELECT value FROM json_each(?))",
        (run.run_id, orjson.dumps(list(track_ids)).decode()),
    )
    crops = [
        CropRow(run.path / path, track_id, frame, t_s, overall, excluded)
        for track_id, frame, t_s, overall, path, excluded in rows
        if with_excluded or not excluded
    ]
    return sorted(crops, key=lambda crop: (crop.t_s, crop.track_id))


def thumbs(library: Library, ep_id: str) -> ThumbStrip | None:
    """Thumbnails along the episode, None before its first analysis."""
    run = library.runs.current(ep_id, "detect_track")
    return ThumbStrip(run.path) if run else None


def waveform(library: Library, ep_id: str) -> npt.NDArray[np.float32] | None:
    """float32 (n, 2): least and greatest sample of each fiftieth of a second; None if there is no sound."""
    run = library.runs.current(ep_id, "detect_track")
    if run is None:
        return None
    peaks: npt.NDArray[np.float32] = np.load(run.path / "waveform.npy")
    return peaks if len(peaks) else None


def read_metrics(library: Library, ep_id: str) -> dict[str, Any]:
    """``track_metrics.json`` of the newest stage that wrote one, empty before the first."""
    runs = [run for stage in ("detect_track", "cluster") if (run := library.runs.current(ep_id, stage)) is not None]
    for run in sorted(runs, key=lambda one: one.run_id, reverse=True):
        path = run.path / "track_metrics.json"
        if path.exists():
            document: dict[str, Any] = orjson.loads(path.read_bytes())
            return document
    return {}


def _shots(connection: sqlite3.Connection, run: Run | None) -> tuple[Shot, ...]:
    if run is None:
        return ()
    rows = connection.execute(
        "SELECT idx, start_frame, end_frame, start_pts, end_pts, start_s, end_s FROM shots WHERE run_id = ? "
        "ORDER BY idx",
        (run.run_id,),
    )
    return tuple(Shot(*row) for row in rows)
