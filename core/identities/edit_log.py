"""Edits that people made, done and taken back in order, across restarts."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidRequest, NotFound
from core.identities.commands import Outcome, Step, apply_step
from core.identities.export import IDENTITIES_CHORE
from core.jobs.events import EditApplied, EventBus
from core.library.chores import Chores, note_chore
from core.library.clock import now_text
from core.library.store import Store


@dataclass(frozen=True, slots=True)
class Edit:
    """A row of the log. ``state`` is done, undone (can be redone) or dropped (a newer edit took its place)."""

    edit_id: int
    ep_id: str
    name: str
    command: str
    do: dict[str, Any]
    undo: dict[str, Any]
    actor: str
    created_at: str
    state: str


EditList = list[Edit]  # inside the class, ``list`` is its method


class EditLog:
    """Every call is one transaction, one event and one export. Edits belong to the clustering that they were made on:
    those of an earlier one stay in the log but cannot be undone any more, because its identities are gone."""

    def __init__(self, store: Store, events: EventBus, chores: Chores) -> None:
        self._store = store
        self._events = events
        self._chores = chores

    def apply(self, ep_id: str, command: str, payload: dict[str, Any], *, name: str, actor: str) -> EditApplied:
        """Do an edit; ``name`` is what people read behind "Undo". Raises what the command raises, NotFound.

        Edits that were undone before can no longer be redone.
        """
        step = Step(command, payload)

        def run(connection: sqlite3.Connection) -> tuple[int, Outcome]:
            run_id = _cluster_run(connection, ep_id)
            outcome = apply_step(connection, ep_id, step)
            connection.execute("UPDATE edits SET state = 'dropped' WHERE ep_id = ? AND state = 'undone'", (ep_id,))
            cursor = connection.execute(
                "INSERT INTO edits (ep_id, run_id, name, command, do, undo, actor, created_at, state) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'done')",
                (ep_id, run_id, name, step.command, _to_json(step), _to_json(outcome.inverse), actor, now_text()),
            )
            note_chore(connection, IDENTITIES_CHORE, ep_id)
            return int(cursor.lastrowid or 0), outcome

        edit_id, outcome = self._store.write(run)
        return self._tell(ep_id, edit_id, name, "do", step, outcome)

    def undo(self, ep_id: str) -> EditApplied:
        """Take back the last edit. Raises InvalidRequest when there is none."""
        return self._go(ep_id, "undo")

    def redo(self, ep_id: str) -> EditApplied:
        """Do the edit again that was taken back last. Raises InvalidRequest when there is none."""
        return self._go(ep_id, "redo")

    def undo_name(self, ep_id: str) -> str | None:
        """What undo would take back."""
        return self._name(ep_id, "undo")

    def redo_name(self, ep_id: str) -> str | None:
        """What redo would do."""
        return self._name(ep_id, "redo")

    def list(self, ep_id: str) -> EditList:
        """All edits of an episode, oldest first, also dropped ones."""
        rows = self._store.read().execute("SELECT * FROM edits WHERE ep_id = ? ORDER BY edit_id", (ep_id,))
        return [
            Edit(
                edit_id=row["edit_id"],
                ep_id=row["ep_id"],
                name=row["name"],
                command=row["command"],
                do=json.loads(row["do"]),
                undo=json.loads(row["undo"]),
                actor=row["actor"],
                created_at=row["created_at"],
                state=row["state"],
            )
            for row in rows
        ]

    def _go(self, ep_id: str, direction: str) -> EditApplied:
        def run(connection: sqlite3.Connection) -> tuple[int, str, Step, Outcome]:
            row = _next(connection, ep_id, direction)
            if row is None:
                raise InvalidRequest(f"There is nothing to {direction}.")
            step = _from_json(row["undo" if direction == "undo" else "do"])
            outcome = apply_step(connection, ep_id, step)
            # what the step gave back is exact for the present state: it is what leads back next time
            column, state = ("do", "undone") if direction == "undo" else ("undo", "done")
            connection.execute(
                f"UPDATE edits SET state = ?, {column} = ? WHERE edit_id = ?",  # noqa: S608  one of two constants
                (state, _to_json(outcome.inverse), row["edit_id"]),
            )
            note_chore(connection, IDENTITIES_CHORE, ep_id)
            return row["edit_id"], row["name"], step, outcome

        edit_id, name, step, outcome = self._store.write(run)
        return self._tell(ep_id, edit_id, name, direction, step, outcome)

    def _name(self, ep_id: str, direction: str) -> str | None:
        row = _next(self._store.read(), ep_id, direction)
        return row["name"] if row is not None else None

    def _tell(self, ep_id: str, edit_id: int, name: str, direction: str, step: Step, outcome: Outcome) -> EditApplied:
        event = EditApplied(ep_id, edit_id, name, direction, {"command": step.command, **outcome.change})
        self._chores.do(IDENTITIES_CHORE, ep_id)
        self._events.publish(event)
        return event


def _next(connection: sqlite3.Connection, ep_id: str, direction: str) -> sqlite3.Row | None:
    """Of the done edits the newest, of the undone ones the oldest; only those of the current clustering."""
    state, order = ("done", "DESC") if direction == "undo" else ("undone", "ASC")
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM edits WHERE ep_id = ? AND state = ? AND run_id IS "  # noqa: S608  one of two constants
        "(SELECT run_id FROM runs WHERE ep_id = ? AND stage = 'cluster' AND current = 1) "
        f"ORDER BY edit_id {order} LIMIT 1",
        (ep_id, state, ep_id),
    ).fetchone()
    return row


def _cluster_run(connection: sqlite3.Connection, ep_id: str) -> int | None:
    if connection.execute("SELECT 1 FROM episodes WHERE ep_id = ?", (ep_id,)).fetchone() is None:
        raise NotFound(f"There is no episode “{ep_id}” in this library.", action="Look at the list of episodes.")
    row = connection.execute(
        "SELECT run_id FROM runs WHERE ep_id = ? AND stage = 'cluster' AND current = 1", (ep_id,)
    ).fetchone()
    return int(row["run_id"]) if row is not None else None


def _to_json(step: Step) -> str:
    return json.dumps({"command": step.command, "payload": step.payload})


def _from_json(text: str) -> Step:
    document = json.loads(text)
    return Step(document["command"], document["payload"])
