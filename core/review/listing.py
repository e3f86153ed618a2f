"""Whole lists of tracks and identities as plain rows for scripts: thousands in a few milliseconds.

Only what the database knows by itself; views that need intervals, crops or colours use :mod:`core.review.read`.
"""

import sqlite3
from typing import Any

import orjson

from core.faces.types import TrackFlag
from core.library.library import Library
from core.review.boxes import clustering_of_current_tracks

_TRACKS = (
    "SELECT t.track_id, t.shot_index, t.start_s, t.end_s, t.frames, t.quality, t.flags, t.state, t.delete_reason, "
    "t.parent, a.identity_id, a.reason FROM tracks t "
    "LEFT JOIN assignments a ON a.ep_id = :ep_id AND a.run_id = :cluster AND a.track_id = t.track_id "
    "WHERE t.run_id = :run AND t.state = :state ORDER BY t.start_s, t.track_id"
)
_IDENTITIES = (
    "SELECT identity_id, name, locked, labels, cohesion, mixed, revision FROM identities "
    "WHERE ep_id = ? AND run_id = ? AND deleted = 0 ORDER BY identity_id"
)
_MEMBERS = (
    "SELECT identity_id, track_id, by_person FROM assignments "
    "WHERE ep_id = ? AND run_id = ? AND identity_id IS NOT NULL ORDER BY track_id"
)


def track_listing(library: Library, ep_id: str, *, state: str = "live") -> list[dict[str, Any]]:
    """The tracks of the current detection in that ``state`` (live, deleted), by their start; empty before the first."""
    with library.store.snapshot() as connection:
        run = library.runs.current(ep_id, "detect_track")
        if run is None:
            return []
        clusters = clustering_of_current_tracks(library, ep_id)
        where = {
            "ep_id": ep_id,
            "run": run.run_id,
            "cluster": clusters.run_id if clusters else None,
            "state": state,
        }
        rows = connection.execute(_TRACKS, where).fetchall()
        mixed = _mixed_tracks(library, ep_id, run.run_id)
    return [_track(row, mixed) for row in rows]


def identity_listing(library: Library, ep_id: str) -> list[dict[str, Any]]:
    """The identities of the current clustering with their tracks, by id; empty before the first."""
    with library.store.snapshot() as connection:
        clusters = clustering_of_current_tracks(library, ep_id)
        if clusters is None:
            return []
        members: dict[str, list[str]] = {}
        by_person: set[str] = set()
        for identity_id, track_id, put_by_person in connection.execute(_MEMBERS, (ep_id, clusters.run_id)):
            members.setdefault(identity_id, []).append(track_id)
            if put_by_person:
                by_person.add(identity_id)
        rows = connection.execute(_IDENTITIES, (ep_id, clusters.run_id)).fetchall()
    return [
        _identity(row, members[row["identity_id"]], row["identity_id"] in by_person)
        for row in rows
        if row["identity_id"] in members
    ]


def _mixed_tracks(library: Library, ep_id: str, detect_run: int) -> frozenset[str]:
    embedded = library.runs.current(ep_id, "faces_embed")
    if embedded is None or embedded.inputs.get("detect_track") != detect_run:
        return frozenset()
    return frozenset(embedded.summary.get("mixed_tracks", ()))


def _track(row: sqlite3.Row, mixed: frozenset[str]) -> dict[str, Any]:
    track_id, shot, start_s, end_s, frames, quality, flags, state, delete_reason, parent, identity_id, reason = row
    shown: list[str] = orjson.loads(flags) if flags != "[]" else []
    if track_id in mixed:
        shown.append(str(TrackFlag.MIXED))
    return {
        "track_id": track_id,
        "identity_id": identity_id,
        "start_s": round(start_s, 3),
        "end_s": round(end_s, 3),
        "shot": shot,
        "detections": frames,
        "quality": round(quality, 4),
        "flags": shown,
        "unassigned_reason": (reason or None) if state == "live" else None,
        "state": state,
        "delete_reason": delete_reason,
        "parent": parent,
    }


def _identity(row: sqlite3.Row, track_ids: list[str], by_person: bool) -> dict[str, Any]:
    labels: dict[str, str] = orjson.loads(row["labels"])
    name = row["name"]
    confirmed = bool(name or row["locked"] or labels or by_person)
    return {
        "identity_id": row["identity_id"],
        "track_ids": track_ids,
        "locked": bool(row["locked"]),
        "labels": labels | {"name": name} if name else labels,
        "name": name,
        "revision": row["revision"],
        "confirmed": confirmed,
        "mixed": bool(row["mixed"]),
        "cohesion": round(row["cohesion"], 4),
    }
