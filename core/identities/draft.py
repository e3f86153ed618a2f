"""An edit while it is made: it reads the present state, changes rows in the open transaction and keeps their record."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from core.errors import Conflict, InvalidRequest, NotFound
from core.identities.changes import TABLES, RowChange, Value, write_rows

CHOOSE = "Look at the list of identities."


@dataclass(slots=True)
class Draft:
    """One transaction's view of an episode: its current tracks ``detect_run`` and identities ``cluster_run``.

    Commands read through it and change rows through :meth:`set`; what they inserted is dead until a change of a row
    brings it to life, so that taking the changes back is all that undo has to do.
    """

    connection: sqlite3.Connection
    ep_id: str
    detect_run: int
    cluster_run: int
    changes: dict[tuple[str, tuple[Value, ...]], RowChange] = field(default_factory=dict)

    @classmethod
    def begin(cls, connection: sqlite3.Connection, ep_id: str) -> Self:
        """Raises NotFound, InvalidRequest when there are no identities of the present tracks."""
        detect_run, cluster_run = current_runs(connection, ep_id)
        return cls(connection, ep_id, detect_run, cluster_run)

    @property
    def rows(self) -> list[RowChange]:
        """What was changed so far, without rows that came back to what they were."""
        return [row for row in self.changes.values() if not row.empty]

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
        row = self.identity(identity_id)
        if row["locked"]:
            raise InvalidRequest(f"{label_of(row)} ({identity_id}) is locked.", action="Unlock it first.")
        return row

    def tracks_of(self, identity_id: str) -> list[str]:
        """The live tracks of an identity, in order of ids."""
        return [
            row["track_id"]
            for row in self.connection.execute(
                "SELECT track_id FROM assignments WHERE run_id = ? AND identity_id = ? ORDER BY track_id",
                (self.cluster_run, identity_id),
            )
        ]

    def track(self, track_id: str, *, state: str = "live") -> sqlite3.Row:
        """A track with its assignment (``identity_id``, ``reason``, ``by_person``). Raises NotFound, InvalidRequest."""
        row: sqlite3.Row | None = self.connection.execute(
            "SELECT t.*, a.identity_id, a.reason, a.by_person FROM tracks t "
            "LEFT JOIN assignments a ON a.ep_id = t.ep_id AND a.run_id = ? AND a.track_id = t.track_id "
            "WHERE t.run_id = ? AND t.track_id = ?",
            (self.cluster_run, self.detect_run, track_id),
        ).fetchone()
        if row is None or row["state"] == "void":
            raise NotFound(f"“{self.ep_id}” has no track “{track_id}”.", action="Look at its list of tracks.")
        if row["state"] != state:
            raise _wrong_state(row)
        return row

    # ---- changing ----

    def set(self, table: str, key: tuple[Value, ...], **after: Value) -> None:
        """Change columns of a row. Raises Conflict when the row is gone."""
        names = tuple(sorted(after))
        row = self.connection.execute(_select(table, names), key).fetchone()
        if row is None:
            raise Conflict(f"The row {'/'.join(map(str, key))} of {table} is gone.")
        change = RowChange(table, key, {name: row[name] for name in names}, {name: after[name] for name in names})
        if change.empty:
            return
        write_rows(self.connection, [change])
        earlier = self.changes.get((table, key))
        self.changes[table, key] = change if earlier is None else earlier.joined(change)

    def set_identity(self, identity_id: str, **after: Value) -> None:
        """Change columns of an identity."""
        self.set("identities", (self.ep_id, self.cluster_run, identity_id), **after)

    def set_track(self, track_id: str, **after: Value) -> None:
        """Change columns of a track."""
        self.set("tracks", (self.detect_run, track_id), **after)

    def assign(self, track_id: str, identity_id: str | None, *, reason: str = "", by_person: bool = True) -> None:
        """Say who a track belongs to."""
        self.set(
            "assignments",
            (self.ep_id, self.cluster_run, track_id),
            identity_id=identity_id,
            reason=reason,
            by_person=int(by_person),
        )

    def new_identity(self) -> str:
        """A living identity without tracks, under an id that was never given before."""
        identity_id = f"identity-{self.next_number('identity'):05d}"
        self.connection.execute(
            "INSERT INTO identities (ep_id, run_id, identity_id, deleted) VALUES (?, ?, ?, 1)",
            (self.ep_id, self.cluster_run, identity_id),
        )
        self.set_identity(identity_id, deleted=0)
        return identity_id

    def next_number(self, kind: str) -> int:
        """A number of a kind (identity, track) that was never given in this episode."""
        table, column, run_id = _NUMBERED[kind]
        last = self.connection.execute(
            f"SELECT max({column}) FROM {table} WHERE ep_id = ? AND run_id = ?",  # noqa: S608  constants
            (self.ep_id, self.cluster_run if run_id == "cluster" else self.detect_run),
        ).fetchone()[0]
        least = int(str(last).rsplit("-", 1)[1]) + 1 if last else 1
        row = self.connection.execute(
            "INSERT INTO counters (ep_id, kind, next) VALUES (:ep_id, :kind, :least + 1) ON CONFLICT (ep_id, kind) "
            "DO UPDATE SET next = max(next, :least) + 1 RETURNING next - 1",
            {"ep_id": self.ep_id, "kind": kind, "least": least},
        ).fetchone()
        return int(row[0])


_NUMBERED = {"identity": ("identities", "identity_id", "cluster"), "track": ("tracks", "track_id", "detect")}


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


_SELECTS: dict[tuple[str, tuple[str, ...]], str] = {}


def _select(table: str, columns: tuple[str, ...]) -> str:
    known = _SELECTS.get((table, columns))
    if known is None:
        found = " AND ".join(f"{key} = ?" for key in TABLES[table].key)
        known = f"SELECT {', '.join(columns)} FROM {table} WHERE {found}"  # noqa: S608  names of TABLES
        _SELECTS[table, columns] = known
    return known
