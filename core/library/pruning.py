"""Which old runs of an episode are kept."""

import json
import sqlite3

from core.identities.changes import TRANSCRIPT_COMMANDS, rows_from_json
from core.identities.publishing import COMMAND as PUBLISH

KEPT_PER_STAGE = 3


def superseded(connection: sqlite3.Connection, ep_id: str) -> list[tuple[int, str]]:
    """(run id, stage) of the runs that nothing needs any more.

    Kept are the newest runs of each stage, and all that a kept run was made from.
    """
    rows = connection.execute(
        "SELECT run_id, stage, inputs, current FROM runs WHERE ep_id = ? ORDER BY run_id DESC", (ep_id,)
    ).fetchall()
    by_stage: dict[str, int] = {}
    kept: set[int] = set()
    for row in rows:
        by_stage[row["stage"]] = by_stage.get(row["stage"], 0) + 1
        if row["current"] or by_stage[row["stage"]] <= KEPT_PER_STAGE:
            kept.add(row["run_id"])
    inputs = {row["run_id"]: set(json.loads(row["inputs"]).values()) for row in rows}
    _add_inputs(kept, inputs)
    return [(row["run_id"], row["stage"]) for row in rows if row["run_id"] not in kept]


def let_edits_pass(connection: sqlite3.Connection, ep_id: str, gone: set[int]) -> None:
    """Edits whose runs go away can no longer be taken back, nor any before them: they stay in the history as past."""
    newest = 0
    for row in connection.execute(_EDITS, (ep_id,)):
        needed = {row["run_id"]}
        if row["command"] == PUBLISH:
            needed |= set(json.loads(row["request"]).values())
        elif row["command"].startswith(TRANSCRIPT_COMMANDS):
            needed |= set(json.loads(row["request"])["runs"])
        needed |= {one.key[0] for one in rows_from_json(row["rows"]) if one.table == "runs"}
        if needed & gone:
            newest = max(newest, row["edit_id"])
    connection.execute(
        "UPDATE edits SET state = CASE state WHEN 'undone' THEN 'dropped' ELSE 'past' END "
        "WHERE ep_id = ? AND edit_id <= ? AND state IN ('done', 'undone')",
        (ep_id, newest),
    )


_EDITS = (
    "SELECT edit_id, run_id, command, request, "
    """CASE WHEN instr(rows, '["runs",[') THEN rows ELSE '[]' END AS rows FROM edits WHERE ep_id = ?"""
)
"""The rows only of edits that made a run current or took that back."""


def _add_inputs(kept: set[int], inputs: dict[int, set[int]]) -> None:
    waiting = list(kept)
    while waiting:
        for run_id in inputs.get(waiting.pop(), set()) - kept:
            kept.add(run_id)
            waiting.append(run_id)
