"""Reads an analysed episode. Every function may take tens of milliseconds: call them off the Qt thread."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from core.faces.screen_time import Span, total_s, union
from core.faces.types import Shot, TrackFlag
from core.library.library import Library
from core.library.types import Episode, Run
from core.media.thumbnails import ThumbStrip
from core.review.boxes import BoxIndex, boxes_at, clustering_of_current_tracks
from core.review.types import CropRow, EpisodeReview, IdentityRow, TrackRow

__all__ = ["BoxIndex", "boxes_at", "crops_of", "load_review", "read_metrics", "thumbs", "waveform"]


def load_review(library: Library, ep_id: str) -> EpisodeReview:
    """All shots, tracks and identities of the current runs, all of one moment. Raises NotFound."""
    with library.store.snapshot() as connection:
        return _load(library, connection, ep_id)


def _load(library: Library, connection: sqlite3.Connection, ep_id: str) -> EpisodeReview:
    episode = library.episodes.get(ep_id)
    run = library.runs.current(ep_id, "detect_track")
    shots = _shots(connection, run)
    tracks = _tracks(library, connection, run, episode)
    return EpisodeReview(
        ep_id=ep_id,
        title=episode.title,
        media_path=episode.media_path,
        duration_s=episode.info.duration_s,
        frame_count=int(run.summary.get("frames", 0)) if run else 0,
        width_px=episode.info.width_px,
        height_px=episode.info.height_px,
        shots=shots,
        tracks=tracks,
        identities=_identities(connection, ep_id, tracks, run),
        stages=tuple(episode.stages.values()),
    )


def crops_of(library: Library, ep_id: str, *, track_ids: Iterable[str]) -> list[CropRow]:
    """Stored crops of some tracks, in time order."""
    run = library.runs.current(ep_id, "detect_track")
    if run is None:
        return []
    wanted = list(track_ids)
    rows = []
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ",".join("?" * len(part))
        rows += (
            library.store.read()
            .execute(
                f"SELECT track_id, frame, t_s, overall, path FROM crops WHERE run_id = ? AND track_id IN ({marks})",  # noqa: S608  only question marks are put in
                (run.run_id, *part),
            )
            .fetchall()
        )
    crops = [
        CropRow(path=run.path / path, track_id=track_id, frame=frame, t_s=t_s, overall=overall)
        for track_id, frame, t_s, overall, path in rows
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


def _tracks(
    library: Library, connection: sqlite3.Connection, run: Run | None, episode: Episode
) -> tuple[TrackRow, ...]:
    if run is None:
        return ()
    assigned = _assignments(library, connection, episode.ep_id)
    embedded = library.runs.current(episode.ep_id, "faces_embed")
    of_these_tracks = embedded is not None and embedded.inputs.get("detect_track") == run.run_id
    mixed = frozenset(embedded.summary.get("mixed_tracks", ())) if embedded and of_these_tracks else frozenset[str]()
    rows = connection.execute(
        "SELECT track_id, shot_index, start_s, end_s, frames, quality, flags, best_crop FROM tracks "
        "WHERE run_id = ? ORDER BY start_s, track_id",
        (run.run_id,),
    )
    return tuple(_track(row, assigned.get(row["track_id"], (None, "")), run.path, mixed) for row in rows)


def _track(row: sqlite3.Row, assigned: tuple[str | None, str], folder: Path, mixed: frozenset[str]) -> TrackRow:
    identity_id, reason = assigned
    flags = [TrackFlag(flag) for flag in orjson.loads(row["flags"])]
    if row["track_id"] in mixed:
        flags.append(TrackFlag.MIXED)
    if reason:
        flags.append(TrackFlag.NO_USABLE_FACE)
    return TrackRow(
        track_id=row["track_id"],
        identity_id=identity_id,
        shot_index=row["shot_index"],
        start_s=row["start_s"],
        end_s=row["end_s"],
        frames=row["frames"],
        quality=row["quality"],
        flags=tuple(flags),
        best_crop=folder / row["best_crop"] if row["best_crop"] else None,
        unassigned_reason=reason,
    )


def _assignments(library: Library, connection: sqlite3.Connection, ep_id: str) -> dict[str, tuple[str | None, str]]:
    """Who each track belongs to, and for those that belong to nobody why; nothing from runs on other tracks."""
    run = clustering_of_current_tracks(library, ep_id)
    if run is None:
        return {}
    rows = connection.execute(
        "SELECT track_id, identity_id, reason FROM assignments WHERE ep_id = ? AND run_id = ?", (ep_id, run.run_id)
    )
    return {row["track_id"]: (row["identity_id"], row["reason"] or "") for row in rows}


def _identities(
    connection: sqlite3.Connection,
    ep_id: str,
    tracks: Sequence[TrackRow],
    run: Run | None,
) -> tuple[IdentityRow, ...]:
    """Largest screen time first."""
    if run is None:
        return ()
    members: dict[str, list[TrackRow]] = {}
    for track in tracks:
        if track.identity_id is not None:
            members.setdefault(track.identity_id, []).append(track)
    spans = _spans(connection, run)
    rows = connection.execute(
        "SELECT identity_id, name, locked, cohesion, mixed FROM identities WHERE ep_id = ? AND deleted = 0", (ep_id,)
    ).fetchall()
    found = [_identity(row, members[row["identity_id"]], spans) for row in rows if row["identity_id"] in members]
    return tuple(sorted(found, key=lambda one: (-one.screen_time_s, one.identity_id)))


def _spans(connection: sqlite3.Connection, run: Run) -> dict[str, list[Span]]:
    """When each track is on screen."""
    rows = connection.execute("SELECT track_id, spans FROM tracks WHERE run_id = ?", (run.run_id,))
    return {track_id: [Span(*span) for span in orjson.loads(spans)] for track_id, spans in rows}


def _identity(row: sqlite3.Row, tracks: list[TrackRow], spans: dict[str, list[Span]]) -> IdentityRow:
    intervals = union(span for track in tracks for span in spans[track.track_id])
    best = max(tracks, key=lambda track: (track.best_crop is not None, track.quality, track.track_id))
    number = int(row["identity_id"].rsplit("-", 1)[1])
    return IdentityRow(
        identity_id=row["identity_id"],
        name=row["name"] or "",
        track_ids=tuple(track.track_id for track in tracks),
        screen_time_s=total_s(intervals),
        intervals_s=tuple((span.start_s, span.end_s) for span in intervals),
        cohesion=row["cohesion"],
        mixed=bool(row["mixed"]),
        locked=bool(row["locked"]),
        colour_index=number - 1,
        best_crop=best.best_crop,
    )
