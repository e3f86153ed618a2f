"""Tracks and identities out of the database, all of one moment: whole episodes, or just those that an edit touched."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import orjson

from core.faces.screen_time import Span, total_s, union
from core.faces.types import TrackFlag
from core.library.library import Library
from core.library.types import Run
from core.review.boxes import clustering_of_current_tracks
from core.review.types import IdentityRow, TrackRow

_TRACKS = (
    "SELECT t.track_id, t.shot_index, t.start_s, t.end_s, t.frames, t.quality, t.flags, t.best_crop, t.state, "
    "t.delete_reason, t.parent, a.identity_id, a.reason "
    "FROM tracks t LEFT JOIN assignments a ON a.ep_id = :ep_id AND a.run_id = :cluster AND a.track_id = t.track_id "
    "WHERE t.run_id = :run AND t.state IN ('live', 'deleted')"
)
_IDENTITIES = (
    "SELECT identity_id, name, locked, labels, cohesion, mixed, revision, EXISTS ("
    "SELECT 1 FROM assignments a WHERE a.run_id = i.run_id AND a.identity_id = i.identity_id AND a.by_person = 1"
    ") AS by_person "
    "FROM identities i WHERE i.ep_id = :ep_id AND i.run_id = :cluster AND i.deleted = 0"
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads the tracks of ``run`` and the identities of ``clustering``, None while none was made from these tracks."""

    connection: sqlite3.Connection
    ep_id: str
    run: Run
    clustering: Run | None
    mixed: frozenset[str]

    @classmethod
    def of(cls, library: Library, connection: sqlite3.Connection, ep_id: str) -> Self | None:
        """For the current runs of an episode; None before the first detection."""
        run = library.runs.current(ep_id, "detect_track")
        if run is None:
            return None
        embedded = library.runs.current(ep_id, "faces_embed")
        of_these_tracks = embedded is not None and embedded.inputs.get("detect_track") == run.run_id
        mixed = (
            frozenset(embedded.summary.get("mixed_tracks", ())) if embedded and of_these_tracks else frozenset[str]()
        )
        return cls(connection, ep_id, run, clustering_of_current_tracks(library, ep_id), mixed)

    def tracks(self, track_ids: Iterable[str] | None = None) -> tuple[TrackRow, ...]:
        """Live and deleted tracks, all or those named, by their start."""
        rows = self._select(_TRACKS, "t.track_id", track_ids)
        rows.sort(key=lambda row: (row["start_s"], row["track_id"]))
        return tuple(self._track(row) for row in rows)

    def members_of(self, identity_ids: Iterable[str]) -> list[str]:
        """Ids of the tracks that belong to some identities."""
        statement = "SELECT track_id FROM assignments WHERE ep_id = :ep_id AND run_id = :cluster"
        return [row["track_id"] for row in self._select(statement, "identity_id", identity_ids)]

    def identities(
        self, tracks: Sequence[TrackRow], identity_ids: Iterable[str] | None = None
    ) -> tuple[IdentityRow, ...]:
        """Identities, all or those named, that hold some of ``tracks``; the largest screen time first."""
        members: dict[str, list[TrackRow]] = {}
        for track in tracks:
            if track.identity_id is not None and track.state == "live":
                members.setdefault(track.identity_id, []).append(track)
        spans = self._spans(None if identity_ids is None else [track.track_id for track in tracks])
        rows = self._select(_IDENTITIES, "i.identity_id", identity_ids)
        found = [_identity(row, members[row["identity_id"]], spans) for row in rows if row["identity_id"] in members]
        return tuple(sorted(found, key=lambda one: (-one.screen_time_s, one.identity_id)))

    def _spans(self, track_ids: list[str] | None) -> dict[str, list[Span]]:
        """When each track is on screen."""
        rows = self._select("SELECT track_id, spans FROM tracks WHERE run_id = :run", "track_id", track_ids)
        return {track_id: [Span(*span) for span in orjson.loads(spans)] for track_id, spans in rows}

    def _select(self, statement: str, column: str, ids: Iterable[str] | None) -> list[sqlite3.Row]:
        """The rows of a statement, all or those whose ``column`` is among ``ids``."""
        where = {
            "ep_id": self.ep_id,
            "run": self.run.run_id,
            "cluster": self.clustering.run_id if self.clustering else None,
        }
        if ids is None:
            return self.connection.execute(statement, where).fetchall()
        listed = orjson.dumps(list(ids)).decode()
        return self.connection.execute(
            f"{statement} AND {column} IN (SELECT value FROM json_each(:ids))",  # noqa: S608  constants of this module
            where | {"ids": listed},
        ).fetchall()

    def _track(self, row: sqlite3.Row) -> TrackRow:
        reason = (row["reason"] or "") if row["state"] == "live" else ""
        flags = [TrackFlag(flag) for flag in orjson.loads(row["flags"])]
        if row["track_id"] in self.mixed:
            flags.append(TrackFlag.MIXED)
        if reason:
            flags.append(TrackFlag.NO_USABLE_FACE)
        return TrackRow(
            track_id=row["track_id"],
            identity_id=row["identity_id"],
            shot_index=row["shot_index"],
            start_s=row["start_s"],
            end_s=row["end_s"],
            frames=row["frames"],
            quality=row["quality"],
            flags=tuple(flags),
            best_crop=_within(self.run.path, row["best_crop"]),
            unassigned_reason=reason,
            state=row["state"],
            delete_reason=row["delete_reason"],
            parent=row["parent"],
        )


def _identity(row: sqlite3.Row, tracks: list[TrackRow], spans: dict[str, list[Span]]) -> IdentityRow:
    intervals = union(span for track in tracks for span in spans[track.track_id])
    best = max(tracks, key=lambda track: (track.best_crop is not None, track.quality, track.track_id))
    labels: dict[str, str] = orjson.loads(row["labels"])
    return IdentityRow(
        identity_id=row["identity_id"],
        name=row["name"],
        track_ids=tuple(track.track_id for track in tracks),
        screen_time_s=total_s(intervals),
        intervals_s=tuple((span.start_s, span.end_s) for span in intervals),
        cohesion=row["cohesion"],
        mixed=bool(row["mixed"]),
        locked=bool(row["locked"]),
        colour_index=int(row["identity_id"].rsplit("-", 1)[1]) - 1,
        best_crop=best.best_crop,
        labels=labels,
        revision=row["revision"],
        confirmed=bool(row["name"] or row["locked"] or labels or row["by_person"]),
    )


def _within(folder: Path, name: str | None) -> Path | None:
    return folder / name if name else None
