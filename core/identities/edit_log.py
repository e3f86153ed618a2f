"""The edits of an episode in one line: done, undone, redone, across restarts and new analyses."""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.audit.log import append
from core.errors import Conflict, InvalidRequest
from core.identities.changes import (
    TRANSCRIPT_COMMANDS,
    TRANSCRIPT_STAGES,
    Direction,
    RowChange,
    rows_from_json,
    rows_to_json,
    write_rows,
)
from core.identities.commands import Done, Step, apply_step
from core.identities.draft import Draft, current_runs
from core.identities.export import IDENTITIES_CHORE
from core.identities.settle import change_set, give_revisions, settle
from core.jobs.events import EditApplied, EpisodeChanged, EventBus
from core.library.chores import Chores, note_chore
from core.library.clock import now_text
from core.library.runs import EXPORT_CHORE
from core.library.store import Store

RECENT = 500


@dataclass(frozen=True, slots=True)
class Edit:
    """A row of the log. ``state``: done, undone (can be redone), dropped (a newer edit took its place) or past (its
    runs were removed: it can no longer be undone). ``change`` is its change set; ``turned_by`` and ``turned_at`` in it
    say who undid or redid it last, and when.
    """

    edit_id: int
    ep_id: str
    name: str
    command: str
    actor: str
    created_at: str
    state: str
    change: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What an edit of a transcript did inside its transaction. ``request`` names in ``runs`` the runs that taking it
    back needs, ``run_id`` is the transcript's; ``result`` joins the change set.
    """

    name: str
    command: str
    run_id: int
    rows: Sequence[RowChange]
    request: dict[str, Any]
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Applied:
    """What a transaction of the log gave. ``runs``: those made current. ``identities``: any may have changed."""

    edit_id: int
    name: str
    change: dict[str, Any]
    runs: tuple[int, ...] = ()
    identities: bool = True


class EditLog:
    """Every call is one transaction and one event; the file of identities follows within a second."""

    def __init__(self, store: Store, events: EventBus, chores: Chores, export_soon: Callable[[str], None]) -> None:
        self._store = store
        self._events = events
        self._chores = chores
        self._export_soon = export_soon
        # edits are told in the order in which they were made: views that hear them the other way round show the past
        self._in_order = threading.RLock()

    def apply(
        self,
        ep_id: str,
        steps: Sequence[Step],
        *,
        actor: str,
        name: str | None = None,
        seen: Mapping[str, int] | None = None,
    ) -> EditApplied:
        """Do steps as one edit; ``name`` is what people read behind "Undo", by default the first step's.

        ``seen``: revisions of identities as the caller knows them. What changes nothing is not logged: its event has
        ``edit_id`` 0 and is not published. Raises Conflict when someone changed one of ``seen`` since, and what the
        steps raise; then nothing is changed.
        """
        with self._in_order:
            applied = self._store.write(lambda connection: _apply(connection, ep_id, steps, actor, name, seen or {}))
            return self._tell(ep_id, applied, "do")

    def write(self, ep_id: str, edit: Callable[[sqlite3.Connection], Written], *, actor: str) -> EditApplied:
        """An edit of a transcript, in the same line of edits; it needs no identities. As :meth:`apply` otherwise."""

        def run(connection: sqlite3.Connection) -> _Applied:
            written = edit(connection)
            change = {"command": written.command} | change_set(connection, ep_id, 0, written.rows) | written.result
            edit_id = log_written(connection, ep_id, written, change, actor) if written.rows else 0
            return _Applied(edit_id, written.name, change, identities=False)

        with self._in_order:
            return self._tell(ep_id, self._store.write(run), "do")

    def undo(self, ep_id: str, *, actor: str) -> EditApplied:
        """Take back the last edit. Raises InvalidRequest when there is none, Conflict."""
        return self._go(ep_id, "undo", actor)

    def redo(self, ep_id: str, *, actor: str) -> EditApplied:
        """Do the edit again that was taken back last. Raises InvalidRequest when there is none, Conflict."""
        return self._go(ep_id, "redo", actor)

    def undo_name(self, ep_id: str) -> str | None:
        """What undo would take back."""
        row = _next(self._store.read(), ep_id, "undo")
        return row["name"] if row is not None else None

    def redo_name(self, ep_id: str) -> str | None:
        """What redo would do."""
        row = _next(self._store.read(), ep_id, "redo")
        return row["name"] if row is not None else None

    def history(self, ep_id: str, *, limit: int = RECENT, before: int | None = None) -> list[Edit]:
        """The newest edits, oldest first, also dropped and past ones; ``before`` an edit_id, for older ones."""
        rows = self._store.read().execute(
            "SELECT * FROM edits WHERE ep_id = ? AND (? IS NULL OR edit_id < ?) ORDER BY edit_id DESC LIMIT ?",
            (ep_id, before, before, limit),
        )
        return [
            Edit(
                edit_id=row["edit_id"],
                ep_id=row["ep_id"],
                name=row["name"],
                command=row["command"],
                actor=row["actor"],
                created_at=row["created_at"],
                state=row["state"],
                change=json.loads(row["change"]),
            )
            for row in reversed(rows.fetchall())
        ]

    def _go(self, ep_id: str, direction: Direction, actor: str) -> EditApplied:
        with self._in_order:
            applied = self._store.write(lambda connection: _go(connection, ep_id, direction, actor))
            for run_id in applied.runs:
                self._chores.do(EXPORT_CHORE, str(run_id))
            return self._tell(ep_id, applied, direction)

    def _tell(self, ep_id: str, applied: _Applied, direction: str) -> EditApplied:
        event = EditApplied(ep_id, applied.edit_id, applied.name, direction, applied.change)
        if applied.edit_id:
            if applied.identities:
                self._export_soon(ep_id)
            self._events.publish(event)
        if applied.runs:
            stage = "cluster" if applied.identities else TRANSCRIPT_STAGES[0]
            self._events.publish(EpisodeChanged(ep_id, stage=stage))
        return event


def log_written(
    connection: sqlite3.Connection, ep_id: str, written: Written, change: dict[str, Any], actor: str
) -> int:
    """Put an edit of a transcript into the log, inside its transaction; returns its id."""
    request = json.dumps(written.request, ensure_ascii=False)
    return _insert(
        connection, ep_id, written.run_id, written.name, written.command, request, written.rows, change, actor
    )


def _apply(
    connection: sqlite3.Connection,
    ep_id: str,
    steps: Sequence[Step],
    actor: str,
    name: str | None,
    seen: Mapping[str, int],
) -> _Applied:
    draft = Draft.begin(connection, ep_id)
    _require_unchanged(draft, seen)
    done = [apply_step(draft, step) for step in steps]
    settle(draft)
    rows = draft.rows
    title = name or (done[0].name if done else "")
    change = {"command": steps[0].command if len(steps) == 1 else "several"} | _results(done)
    change = change_set(connection, ep_id, draft.cluster_run, rows) | change
    if not rows:
        return _Applied(0, title, change)
    give_revisions(connection, ep_id, draft.cluster_run, rows)
    edit_id = _insert(
        connection, ep_id, draft.cluster_run, title, change["command"], _steps_to_json(steps), rows, change, actor
    )
    note_chore(connection, IDENTITIES_CHORE, ep_id)
    return _Applied(edit_id, title, change)


def _insert(
    connection: sqlite3.Connection,
    ep_id: str,
    run_id: int,
    name: str,
    command: str,
    request: str,
    rows: Sequence[RowChange],
    change: dict[str, Any],
    actor: str,
) -> int:
    """A done edit; what was undone before it can no longer be redone."""
    connection.execute("UPDATE edits SET state = 'dropped' WHERE ep_id = ? AND state = 'undone'", (ep_id,))
    cursor = connection.execute(
        "INSERT INTO edits (ep_id, run_id, name, command, request, rows, change, actor, created_at, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'done')",
        (
            ep_id,
            run_id,
            name,
            command,
            request,
            rows_to_json(rows),
            json.dumps(change, ensure_ascii=False),
            actor,
            now_text(),
        ),
    )
    edit_id = int(cursor.lastrowid or 0)
    _note(connection, ep_id, edit_id, name, command, "do", actor)
    return edit_id


def _note(
    connection: sqlite3.Connection, ep_id: str, edit_id: int, name: str, command: str, direction: str, actor: str
) -> None:
    details = {"what": "edit", "edit_id": edit_id, "name": name, "command": command, "direction": direction}
    append(connection, kind="edit", subject=ep_id, actor=actor, details=details)


def _go(connection: sqlite3.Connection, ep_id: str, direction: Direction, actor: str) -> _Applied:
    row = _next(connection, ep_id, direction)
    of_transcript = row is not None and is_of_transcript(row["command"])
    if not of_transcript and (row is not None or not _has_transcript(connection, ep_id)):
        current_runs(connection, ep_id)  # an analysis that is half way must not be mixed with an older one
    if row is None:
        raise InvalidRequest(f"There is nothing to {direction}.")
    rows = rows_from_json(row["rows"])
    if direction == "undo":
        rows = [one.turned() for one in reversed(rows)]
    write_rows(connection, rows)
    cluster_run = 0 if of_transcript else current_runs(connection, ep_id)[1]
    give_revisions(connection, ep_id, cluster_run, rows)
    change = {"command": row["command"], "by": actor} | change_set(connection, ep_id, cluster_run, rows)
    state = "undone" if direction == "undo" else "done"
    connection.execute(
        "UPDATE edits SET state = ?, change = json_set(change, '$.turned_by', ?, '$.turned_at', ?) WHERE edit_id = ?",
        (state, actor, now_text(), row["edit_id"]),
    )
    _note(connection, ep_id, row["edit_id"], row["name"], row["command"], direction, actor)
    if not of_transcript:
        note_chore(connection, IDENTITIES_CHORE, ep_id)
    runs = _runs_made_current(rows)
    for run_id in runs:
        note_chore(connection, EXPORT_CHORE, str(run_id))
    return _Applied(row["edit_id"], row["name"], change, runs, identities=not of_transcript)


def is_of_transcript(command: str) -> bool:
    """Whether an edit in the log is one of a transcript."""
    return command.startswith(TRANSCRIPT_COMMANDS)


def _has_transcript(connection: sqlite3.Connection, ep_id: str) -> bool:
    query = "SELECT 1 FROM runs WHERE ep_id = ? AND stage = ? AND current = 1"
    return connection.execute(query, (ep_id, TRANSCRIPT_STAGES[0])).fetchone() is not None


def _next(connection: sqlite3.Connection, ep_id: str, direction: str) -> sqlite3.Row | None:
    """Of the done edits the newest, of the undone ones the oldest."""
    state, order = ("done", "DESC") if direction == "undo" else ("undone", "ASC")
    row: sqlite3.Row | None = connection.execute(
        f"SELECT * FROM edits WHERE ep_id = ? AND state = ? ORDER BY edit_id {order} LIMIT 1",  # noqa: S608  constants
        (ep_id, state),
    ).fetchone()
    return row


def _require_unchanged(draft: Draft, seen: Mapping[str, int]) -> None:
    for identity_id, revision in seen.items():
        row = draft.any_identity(identity_id)
        if row is None or row["deleted"] or row["revision"] != revision:
            raise Conflict(
                f"{identity_id} was changed by someone else in the meantime.",
                action="Look at its present state, then decide again.",
            )


def _results(done: Sequence[Done]) -> dict[str, Any]:
    return done[0].result if len(done) == 1 else {"results": [one.result for one in done]}


def _runs_made_current(rows: Sequence[RowChange]) -> tuple[int, ...]:
    return tuple(int(row.key[0] or 0) for row in rows if row.table == "runs" and row.after.get("current"))


def _steps_to_json(steps: Sequence[Step]) -> str:
    return json.dumps(
        [
            {
                "command": step.command,
                "payload": {key: value for key, value in step.payload.items() if key != "machine"},
            }
            for step in steps
        ],
        ensure_ascii=False,
    )
