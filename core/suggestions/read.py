"""Reads the people of an episode out of a library, all of one moment."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Any

import orjson

from core.analysis.track_vectors import TrackVectors
from core.analysis.vectors_now import vectors_now
from core.faces.parameters import ClusterParameters
from core.identities.steps import Rejection
from core.library.library import Library
from core.library.types import Run
from core.review.boxes import clustering_of_current_tracks
from core.suggestions.people import People, PersonNow, TrackNow
from core.suggestions.together import Together

TRIES = 3

_TRACKS = (
    "SELECT t.track_id, t.start_s, t.end_s, t.quality, a.identity_id, coalesce(a.by_person, 0) AS by_person "
    "FROM tracks t LEFT JOIN assignments a ON a.ep_id = :ep_id AND a.run_id = :cluster AND a.track_id = t.track_id "
    "WHERE t.run_id = :detect AND t.state = 'live' ORDER BY t.track_id"
)
_PEOPLE = (
    "SELECT identity_id, name, locked, labels, revision FROM identities "
    "WHERE ep_id = :ep_id AND run_id = :cluster AND deleted = 0 ORDER BY identity_id"
)
_DECIDED = (
    "SELECT kind, {columns} FROM {table} d JOIN runs r ON r.run_id = d.run_id AND r.current = 1 "
    "WHERE d.ep_id = ? AND d.live = 1"
)

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """The current runs that suggestions stand on."""

    detect: Run
    faces: Run
    cluster: Run


def current_runs(library: Library, ep_id: str) -> Runs | None:
    """None until there are identities, and vectors, of the current tracks."""
    cluster = clustering_of_current_tracks(library, ep_id)
    detect, faces = library.runs.current(ep_id, "detect_track"), library.runs.current(ep_id, "faces_embed")
    if cluster is None or detect is None or faces is None or faces.inputs.get("detect_track") != detect.run_id:
        return None
    return Runs(detect, faces, cluster)


def state_key(connection: sqlite3.Connection, ep_id: str) -> Key:
    """What tells two states of an episode apart: its current runs, its last edits, done or undone, and the cast."""
    runs = connection.execute(
        "SELECT stage, run_id FROM runs WHERE ep_id = ? AND current = 1 ORDER BY stage", (ep_id,)
    ).fetchall()
    edits = connection.execute(
        "SELECT max(edit_id), max(CASE WHEN state = 'done' THEN edit_id END) FROM edits WHERE ep_id = ?", (ep_id,)
    ).fetchone()
    members = connection.execute("SELECT cast_id, show_slug, name FROM cast_members ORDER BY cast_id").fetchall()
    seeds = connection.execute("SELECT seed_id, embedder FROM seeds ORDER BY seed_id").fetchall()
    return (tuple(map(tuple, runs)), tuple(edits), tuple(map(tuple, members)), tuple(map(tuple, seeds)))


def read_people(library: Library, ep_id: str, together: Together | None) -> tuple[Key, People, Together] | None:
    """The people with the key of their state; ``together`` of an earlier call saves reading boxes again.

    Vectors are summarised outside of the database's snapshot, so the state is looked at before and after. Should it
    change all the time, the newest rows are taken: an edit made from them meets the check of revisions anyway.
    """
    runs = current_runs(library, ep_id)
    if runs is None:
        return None
    if together is None or together.run_id != runs.detect.run_id:
        together = Together(runs.detect.run_id)
    for left in reversed(range(TRIES)):
        before = state_key(library.store.read(), ep_id)
        vectors = vectors_now(library, ep_id)
        if vectors is None:
            return None
        with library.store.snapshot() as connection:
            key = state_key(connection, ep_id)
            if key == before or not left:
                return key, _people(library, connection, ep_id, runs, vectors, together), together
    return None


def _people(
    library: Library, connection: sqlite3.Connection, ep_id: str, runs: Runs, vectors: TrackVectors, together: Together
) -> People:
    where = {"ep_id": ep_id, "detect": runs.detect.run_id, "cluster": runs.cluster.run_id}
    tracks = tuple(
        TrackNow(
            row["track_id"], row["identity_id"], row["start_s"], row["end_s"], row["quality"], bool(row["by_person"])
        )
        for row in connection.execute(_TRACKS, where)
    )
    together.read(library, ep_id, [one.track_id for one in tracks])
    return People(
        ep_id,
        tracks,
        _identities(connection, where, tracks),
        vectors=vectors,
        shared=together.pairs([one.track_id for one in tracks]),
        must=_links(connection, ep_id, "must"),
        cannot=_links(connection, ep_id, "cannot"),
        rejected=_rejected(connection, ep_id),
        parameters=_parameters(runs.cluster),
    )


def _identities(
    connection: sqlite3.Connection, where: dict[str, Any], tracks: tuple[TrackNow, ...]
) -> tuple[PersonNow, ...]:
    members: dict[str, list[int]] = defaultdict(list)
    for row, track in enumerate(tracks):
        if track.identity_id is not None:
            members[track.identity_id].append(row)
    found = []
    for row in connection.execute(_PEOPLE, where):
        held = members.get(row["identity_id"])
        if not held:
            continue
        labels: dict[str, str] = orjson.loads(row["labels"])
        longest = max(held, key=lambda one: (tracks[one].length_ms, -one))
        by_person = any(tracks[one].by_person for one in held)
        found.append(
            PersonNow(
                identity_id=row["identity_id"],
                name=row["name"],
                person_id=labels.get("person_id") or "",
                locked=bool(row["locked"]),
                confirmed=bool(row["name"] or row["locked"] or labels or by_person),
                revision=row["revision"],
                tracks=tuple(held),
                speaker=tracks[longest].track_id,
            )
        )
    return tuple(found)


def _links(connection: sqlite3.Connection, ep_id: str, kind: str) -> tuple[tuple[str, str], ...]:
    rows = connection.execute(_DECIDED.format(columns="first_track, second_track", table="links"), (ep_id,))
    return tuple((row["first_track"], row["second_track"]) for row in rows if row["kind"] == kind)


def _rejected(connection: sqlite3.Connection, ep_id: str) -> tuple[Rejection, ...]:
    rows = connection.execute(_DECIDED.format(columns="first_track, second", table="rejections"), (ep_id,))
    return tuple(Rejection(row["kind"], row["first_track"], row["second"]) for row in rows)


def _parameters(run: Run) -> ClusterParameters:
    """The clustering's own; a run of another Rushes may hold others too."""
    names = {one.name for one in fields(ClusterParameters)}
    return ClusterParameters(**{name: value for name, value in run.params.items() if name in names})
