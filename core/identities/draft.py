"""An edit while it is made: it reads the present state, changes rows in the open transaction and keeps their record."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.errors import Conflict, InvalidRequest, NotFound
from core.identities.changes import Value, listed
from core.identities.row_draft import RowDraft

CHOOSE = "Look at the list of identities."


@dataclass(slots=True)
class Draft(RowDraft):
    """One transaction's view of an episode: its current tracks ``detect_run`` and identities ``cluster_run``.

    Commands read through it and change rows through :meth:`set`; what they inserted is dead until a change of a row
    brings it to life, so that taking the changes back is all that undo has to do.
    """

    detect_run: int
    cluster_run: int

    @classmethod
    def begin(cls, connection: sqlite3.Connection, ep_id: str) -> Self:
        """Raises NotFound, InvalidRequest when there are no identities of the present tracks."""
        detect_run, cluster_run = current_runs(connection, ep_id)
        return cls(connection, ep_id, detect_run, cluster_run)

    # ---- reading ----

    def identity(self, identity_id: str) -> sqlite3.Row:
        """A live identity. Raises NotFound."""
        row = self.any_identity(identity_id)
        if row is None:
            raise NotFound(f"“{self.ep_id}” has no identity “{identity_id}”.", action=CHOOSE)
        if row["deleted"]:
            raise NotFound(
                f"“{self.ep_id}” has no identity “{identity_id}” any more: it was merged or emptied.", action=CHOOSE
            )
        return row

    def any_identity(self, identity_id: str) -> sqlite3.Row | None:
        """An identity, also a dead one."""
        row: sqlite3.Row | None = self.connection.execute(
            "SELECT * FROM identities WHERE ep_id = ? AND run_id = ? AND identity_id = ?",
            (self.ep_id, self.cluster_run, identity_id),
        ).fetchone()
        return row

    def unlocked(self, identity_id: str) -> sqlite3.Row:
        """A live identity whose tracks may be changed. Raises NotFound, InvalidRequest."""
        return self.all_unlocked([identity_id])[0]

    def all_unlocked(self, identity_ids: Iterable[str]) -> list[sqlite3.Row]:
        """Live identities, in the order asked for, whose tracks may be changed. Raises NotFound, InvalidRequest."""
        wanted = list(identity_ids)
        query = (
            "SELECT * FROM identities WHERE ep_id = ? AND run_id = ? AND deleted = 0 "
            "AND identity_id IN (SELECT value FROM json_each(?))"
        )
        found = {
            row["identity_id"]: row
            for row in self.connection.execute(query, (self.ep_id, self.cluster_run, listed(wanted)))
        }
        rows = [found.get(identity_id) or self.identity(identity_id) for identity_id in wanted]
        for row in rows:
            if row["locked"]:
                raise InvalidRequest(f"{label_of(row)} ({row['identity_id']}) is locked.", action="Unlock it first.")
        return rows

    def tracks_of(self, *identity_ids: str) -> list[str]:
        """The live tracks of identities, in order of ids."""
        query = (
            "SELECT track_id FROM assignments WHERE run_id = ? "
            "AND identity_id IN (SELECT value FROM json_each(?)) ORDER BY track_id"
        )
        rows = self.connection.execute(query, (self.cluster_run, listed(identity_ids)))
        return [row["track_id"] for row in rows]

    def track(self, track_id: str, *, state: str = "live") -> sqlite3.Row:
        """As :meth:`tracks`, for one."""
        return self.tracks([track_id], state=state)[0]

    def tracks(self, track_ids: Iterable[str], *, state: str = "live") -> list[sqlite3.Row]:
        """Tracks, in the order asked for, without ``boxes`` and ``spans``, with their assignments (``identity_id``,
        ``reason``, ``by_person``). Raises NotFound, InvalidRequest, Conflict when one is not in ``state``.
        """
        wanted = list(track_ids)
        found = {
            row["track_id"]: row
            for row in self.connection.execute(
                _TRACKS, {"cluster": self.cluster_run, "detect": self.detect_run, "ids": listed(wanted)}
            )
        }
        rows = []
        for track_id in wanted:
            row = found.get(track_id)
            if row is None or row["state"] == "void":
                raise NotFound(f"“{self.ep_id}” has no track “{track_id}”.", action="Look at its list of tracks.")
            if row["state"] != state:
                raise _wrong_state(row)
            rows.append(row)
        return rows

    def unlocked_places(self, tracks: Iterable[sqlite3.Row]) -> list[str]:
        """The identities that tracks are in, none of them locked. Raises InvalidRequest."""
        places = sorted({row["identity_id"] for row in tracks if row["identity_id"] is not None})
        self.all_unlocked(places)
        return places

    # ---- changing ----

    def set_identities(self, identity_ids: Iterable[str], **after: Value) -> None:
        """Change columns of identities."""
        self.set_rows("identities", (self.ep_id, self.cluster_run), dict.fromkeys(identity_ids, after))

    def set_tracks(self, track_ids: Iterable[str], **after: Value) -> None:
        """Change columns of tracks."""
        self.set_rows("tracks", (self.detect_run,), dict.fromkeys(track_ids, after))

    def assign(
        self, track_ids: Iterable[str], identity_id: str | None, *, reason: str = "", by_person: bool = True
    ) -> None:
        """Say who tracks belong to."""
        self.place(dict.fromkeys(track_ids, placed(identity_id, reason, by_person=by_person)))

    def place(self, places: Mapping[str, dict[str, Value]]) -> None:
        """Say of each track who it belongs to: ``places`` by track id, made by :func:`placed`."""
        self.set_rows("assignments", (self.ep_id, self.cluster_run), places)

    def new_identity(self) -> str:
        """A living identity without tracks, under an id that was never given before."""
        identity_id = f"identity-{self.next_number('identity'):05d}"
        self.connection.execute(
            "INSERT INTO identities (ep_id, run_id, identity_id, deleted) VALUES (?, ?, ?, 1)",
            (self.ep_id, self.cluster_run, identity_id),
        )
        self.set_identities([identity_id], deleted=0)
        return identity_id


_TRACKS = (
    "SELECT t.track_id, t.shot_index, t.start_s, t.end_s, t.flags, t.state, t.delete_reason, t.best_crop, t.parent, "
    "a.identity_id, a.reason, a.by_person "
    "FROM tracks t LEFT JOIN assignments a ON a.ep_id = t.ep_id AND a.run_id = :cluster AND a.track_id = t.track_id "
    "WHERE t.run_id = :detect AND t.track_id IN (SELECT value FROM json_each(:ids))"
)


def placed(identity_id: str | None, reason: str = "", *, by_person: bool = True) -> dict[str, Value]:
    """The columns of an assignment."""
    return {"identity_id": identity_id, "reason": reason, "by_person": int(by_person)}


def current_runs(connection: sqlite3.Connection, ep_id: str) -> tuple[int, int]:
    """Ids of the current detect_track and cluster runs. Raises NotFound, InvalidRequest when they do not belong
    together: then there are no identities of the present tracks to be edited.
    """
    if connection.execute("SELECT 1 FROM episodes WHERE ep_id = ?", (ep_id,)).fetchone() is None:
        raise NotFound(f"There is no episode “{ep_id}” in this library.", action="Look at the list of episodes.")
    runs = {
        row["stage"]: row
        for row in connection.execute(
            "SELECT run_id, stage, inputs FROM runs WHERE ep_id = ? AND current = 1", (ep_id,)
        )
    }
    if "cluster" not in runs or "detect_track" not in runs:
        raise InvalidRequest(f"“{ep_id}” has no identities yet.", action="Analyse it first: run cluster.")
    made_from = json.loads(runs["cluster"]["inputs"]).get("detect_track")
    if made_from != runs["detect_track"]["run_id"]:
        raise InvalidRequest(
            f"“{ep_id}” was searched for faces again: its identities do not belong to the present tracks.",
            action="Let the analysis finish, or run cluster.",
        )
    return int(runs["detect_track"]["run_id"]), int(runs["cluster"]["run_id"])


def label_of(row: sqlite3.Row) -> str:
    """The name of an identity's row, or ``Person 3`` made from its id."""
    return str(row["name"]) or f"Person {int(str(row['identity_id']).rsplit('-', 1)[1])}"


def labels_of(row: sqlite3.Row) -> dict[str, Any]:
    """The labels of an identity's row."""
    found: dict[str, Any] = json.loads(row["labels"])
    return found


def unique_ids(ids: Iterable[str], what: str) -> list[str]:
    """Ids without repetition, in their order. Raises InvalidRequest when there is none."""
    found = list(dict.fromkeys(ids))
    if not found:
        raise InvalidRequest(f"No {what} was named.", action=f"Name at least one {what}.")
    return found


def counted(count: int, one: str, many: str) -> str:
    """``1 track``, ``3 tracks``."""
    return f"{count} {one if count == 1 else many}"


def _wrong_state(row: sqlite3.Row) -> Exception:
    track_id = row["track_id"]
    if row["state"] == "deleted":
        return InvalidRequest(f"{track_id} was deleted.", action="Restore it first.")
    if row["state"] == "split":
        return Conflict(f"{track_id} was split into parts.", action="Choose one of its parts.")
    return InvalidRequest(f"{track_id} is not deleted.", action="Choose a deleted track.")
