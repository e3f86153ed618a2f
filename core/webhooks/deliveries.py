"""The table of deliveries: every occurrence is a row for each address, from before it is sent until it was taken."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.library.clock import now_text
from core.webhooks.occurrences import Occurrence, of_edit, of_job

CURSOR = "webhooks.cursor"
KEPT_DAYS = 7
LATE_S = 3600.0
"""A job that ended longer ago was told long since: what is heard of it now is something else."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body on its way to an address."""

    delivery_id: int
    webhook_id: str
    event: str
    url: str
    secret: str
    body: str
    attempts: int


def note_job(connection: sqlite3.Connection, job_id: str) -> int:
    """Note the end of a job for all who want to know; returns how many deliveries were added."""
    row = connection.execute("SELECT * FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
    occurrence = of_job(row) if row is not None else None
    if occurrence is None or _age_s(occurrence.at) > LATE_S:
        return 0
    return _note(connection, [occurrence], ended_at=occurrence.at)


def note_edit(connection: sqlite3.Connection, edit_id: int) -> int:
    """Note the merges and splits of an edit; returns how many deliveries were added."""
    row = connection.execute("SELECT * FROM edits WHERE edit_id = ?", (edit_id,)).fetchone()
    return _note(connection, of_edit(row), edit_id=edit_id) if row is not None else 0


def note_missed(connection: sqlite3.Connection) -> int:
    """Note what happened while nobody listened: since the last occurrence that was noted."""
    if not _wanted(connection):
        return 0
    cursor = _read_cursor(connection)
    added = 0
    for row in connection.execute("SELECT * FROM edits WHERE edit_id > ? ORDER BY edit_id", (cursor["edit_id"],)):
        added += _note(connection, of_edit(row), edit_id=row["edit_id"])
    ended = connection.execute(
        "SELECT * FROM jobs WHERE ended_at > ? AND state IN ('succeeded', 'failed') ORDER BY ended_at",
        (cursor["ended_at"],),
    )
    for row in ended.fetchall():
        occurrence = of_job(row)
        if occurrence is not None:
            added += _note(connection, [occurrence], ended_at=occurrence.at)
    return added


def note_directly(connection: sqlite3.Connection, occurrence: Occurrence) -> int:
    """Note something that is neither the end of a job nor an edit."""
    return _note(connection, [occurrence])


def begin_from_now(connection: sqlite3.Connection) -> None:
    """Nothing that happened before is told to an address that is added now."""
    newest = connection.execute("SELECT coalesce(max(edit_id), 0) FROM edits").fetchone()[0]
    _write_cursor(connection, {"edit_id": newest, "ended_at": now_text()})


def due(connection: sqlite3.Connection) -> Sequence[Delivery]:
    """The oldest waiting delivery of each address whose time has come: an address gets its events in order."""
    rows = connection.execute(
        "SELECT d.*, w.url, w.secret FROM deliveries d JOIN webhooks w USING (webhook_id) WHERE d.delivery_id IN "
        "(SELECT min(delivery_id) FROM deliveries WHERE state = 'waiting' GROUP BY webhook_id) "
        "AND d.next_at <= ? AND w.active = 1 ORDER BY d.next_at",
        (now_text(),),
    )
    columns = ("delivery_id", "webhook_id", "event", "url", "secret", "body", "attempts")
    return [Delivery(**{name: row[name] for name in columns}) for row in rows]


def seconds_to_next(connection: sqlite3.Connection) -> float | None:
    """How long until something is due; None when nothing waits."""
    row = connection.execute(
        "SELECT min(next_at) FROM (SELECT d.next_at FROM deliveries d JOIN webhooks w USING (webhook_id) "
        "WHERE w.active = 1 AND d.delivery_id IN "
        "(SELECT min(delivery_id) FROM deliveries WHERE state = 'waiting' GROUP BY webhook_id))"
    ).fetchone()
    return max(0.0, -_age_s(row[0])) if row[0] is not None else None


def mark_delivered(connection: sqlite3.Connection, delivery_id: int) -> None:
    """It was taken. Old rows go, so that the table does not grow for ever."""
    connection.execute(
        "UPDATE deliveries SET state = 'delivered', attempts = attempts + 1, next_at = ?, last_error = '' "
        "WHERE delivery_id = ?",
        (now_text(), delivery_id),
    )
    old = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).isoformat(timespec="milliseconds")
    connection.execute("DELETE FROM deliveries WHERE state <> 'waiting' AND next_at < ?", (old,))


def mark_failed(connection: sqlite3.Connection, delivery_id: int, error: str, again_in_s: float | None) -> None:
    """It was not taken; ``again_in_s`` None = it is given up."""
    state = "given_up" if again_in_s is None else "waiting"
    next_at = (datetime.now(UTC) + timedelta(seconds=again_in_s or 0.0)).isoformat(timespec="milliseconds")
    connection.execute(
        "UPDATE deliveries SET state = ?, attempts = attempts + 1, next_at = ?, last_error = ? WHERE delivery_id = ?",
        (state, next_at, error[:500], delivery_id),
    )


def _note(
    connection: sqlite3.Connection, occurrences: Iterable[Occurrence], *, edit_id: int = 0, ended_at: str = ""
) -> int:
    """Add the rows, and move the cursor in the same transaction: an occurrence is noted once."""
    hooks = _wanted(connection)
    if not hooks:
        return 0
    added = sum(_add(connection, hooks, occurrence) for occurrence in occurrences)
    cursor = _read_cursor(connection)
    moved = {"edit_id": max(cursor["edit_id"], edit_id), "ended_at": max(cursor["ended_at"], ended_at)}
    if moved != cursor:
        _write_cursor(connection, moved)
    return added


def _add(connection: sqlite3.Connection, hooks: Sequence[tuple[str, frozenset[str]]], occurrence: Occurrence) -> int:
    body = occurrence.body()
    added = 0
    for webhook_id, events in hooks:
        if occurrence.event in events:
            added += connection.execute(
                "INSERT INTO deliveries (webhook_id, event, body, next_at, state) SELECT ?, ?, ?, ?, 'waiting' "
                "WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE webhook_id = ? AND event = ? AND body = ?)",
                (webhook_id, occurrence.event, body, now_text(), webhook_id, occurrence.event, body),
            ).rowcount
    return added


def _wanted(connection: sqlite3.Connection) -> Sequence[tuple[str, frozenset[str]]]:
    rows = connection.execute("SELECT webhook_id, events FROM webhooks WHERE active = 1")
    return [(row["webhook_id"], frozenset(json.loads(row["events"]))) for row in rows]


def _read_cursor(connection: sqlite3.Connection) -> dict[str, Any]:
    row = connection.execute("SELECT value FROM settings WHERE key = ?", (CURSOR,)).fetchone()
    return json.loads(row["value"]) if row is not None else {"edit_id": 0, "ended_at": ""}


def _write_cursor(connection: sqlite3.Connection, cursor: dict[str, Any]) -> None:
    connection.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", (CURSOR, json.dumps(cursor)))


def _age_s(at: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()
