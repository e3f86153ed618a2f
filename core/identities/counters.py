"""Numbers of ids that are never given twice in an episode."""

import sqlite3

_NUMBERED = {"identity": ("identities", "identity_id"), "track": ("tracks", "track_id")}
KIND_OF_STAGE = {"cluster": "identity", "detect_track": "track"}
"""What a run of a stage numbers by itself, from 1 or from where it likes."""


def next_number(connection: sqlite3.Connection, ep_id: str, kind: str) -> int:
    """The next number of a kind: identity, track, revision, line."""
    return next_numbers(connection, ep_id, kind, 1)[0]


def next_numbers(connection: sqlite3.Connection, ep_id: str, kind: str, count: int) -> range:
    """The next ``count`` numbers of a kind."""
    row = connection.execute(
        "INSERT INTO counters (ep_id, kind, next) VALUES (:ep_id, :kind, 1 + :count) "
        "ON CONFLICT (ep_id, kind) DO UPDATE SET next = next + :count RETURNING next",
        {"ep_id": ep_id, "kind": kind, "count": count},
    ).fetchone()
    return range(int(row[0]) - count, int(row[0]))


def count_ids_of_run(connection: sqlite3.Connection, ep_id: str, stage: str, run_id: int) -> None:
    """After a run's rows were written: its ids are taken. Runs of other stages number nothing."""
    kind = KIND_OF_STAGE.get(stage)
    if kind is None:
        return
    table, column = _NUMBERED[kind]
    last = connection.execute(
        f"SELECT max(CAST(substr({column}, instr({column}, '-') + 1) AS INTEGER)) FROM {table} "  # noqa: S608  constants
        "WHERE ep_id = ? AND run_id = ?",
        (ep_id, run_id),
    ).fetchone()[0]
    connection.execute(
        "INSERT INTO counters (ep_id, kind, next) VALUES (:ep_id, :kind, :next) "
        "ON CONFLICT (ep_id, kind) DO UPDATE SET next = max(next, excluded.next)",
        {"ep_id": ep_id, "kind": kind, "next": (last or 0) + 1},
    )
