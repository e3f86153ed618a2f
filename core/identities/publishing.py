"""A new clustering in place of an older one is an edit as well: taking it back brings the older result to life."""

import json
import sqlite3

from core.audit.log import append
from core.identities.changes import RowChange, rows_to_json
from core.library.clock import now_text

COMMAND = "publish"
NAME = "Analyse again"


def log_publication(connection: sqlite3.Connection, ep_id: str, old_run: int, new_run: int) -> None:
    """Inside the transaction that made ``new_run`` of cluster the current one in place of ``old_run``.

    The rows say which runs were current with the old clustering and which are now. The first clustering of an episode
    replaces nothing and is no edit. Where the old one cannot come back, no edit below it can be taken back either.
    """
    old, new = _with_inputs(connection, old_run), _with_inputs(connection, new_run)
    there = {row["run_id"] for row in connection.execute("SELECT run_id FROM runs WHERE ep_id = ?", (ep_id,))}
    connection.execute("UPDATE edits SET state = 'dropped' WHERE ep_id = ? AND state = 'undone'", (ep_id,))
    if not old <= there:
        connection.execute("UPDATE edits SET state = 'past' WHERE ep_id = ? AND state = 'done'", (ep_id,))
        return
    rows = [RowChange("runs", (run_id,), {"current": 1}, {"current": 0}) for run_id in sorted(old - new)]
    rows += [RowChange("runs", (run_id,), {"current": 0}, {"current": 1}) for run_id in sorted(new - old)]
    connection.execute(
        "INSERT INTO edits (ep_id, run_id, name, command, request, rows, change, actor, created_at, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 'analysis', ?, 'done')",
        (
            ep_id,
            new_run,
            NAME,
            COMMAND,
            json.dumps({"old_run": old_run, "new_run": new_run}),
            rows_to_json(rows),
            json.dumps({"command": COMMAND, "runs": True}),
            now_text(),
        ),
    )
    details = {"what": "edit", "name": NAME, "command": COMMAND, "direction": "do"}
    append(connection, kind="edit", subject=ep_id, actor="analysis", details=details)


def _with_inputs(connection: sqlite3.Connection, run_id: int) -> set[int]:
    """A clustering with the runs that it was made from."""
    row = connection.execute("SELECT inputs FROM runs WHERE run_id = ?", (run_id,)).fetchone()
    return {run_id, *json.loads(row["inputs"]).values()}
