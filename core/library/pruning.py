"""Which old runs of an episode are kept."""

import json
import sqlite3

KEPT_PER_STAGE = 3


def superseded(connection: sqlite3.Connection, ep_id: str) -> list[tuple[int, str]]:
    """(run id, stage) of the runs that nothing needs any more.

    Kept are the newest runs of each stage, those that a person's edits or identities stand on, and all that a kept run
    was made from.
    """
    rows = connection.execute(
        "SELECT run_id, stage, inputs, current FROM runs WHERE ep_id = ? ORDER BY run_id DESC", (ep_id,)
    ).fetchall()
    by_stage: dict[str, int] = {}
    kept = _edited(connection, ep_id)
    for row in rows:
        by_stage[row["stage"]] = by_stage.get(row["stage"], 0) + 1
        if row["current"] or by_stage[row["stage"]] <= KEPT_PER_STAGE:
            kept.add(row["run_id"])
    inputs = {row["run_id"]: set(json.loads(row["inputs"]).values()) for row in rows}
    _add_inputs(kept, inputs)
    return [(row["run_id"], row["stage"]) for row in rows if row["run_id"] not in kept]


def _edited(connection: sqlite3.Connection, ep_id: str) -> set[int]:
    rows = connection.execute(
        "SELECT run_id FROM edits WHERE ep_id = ? AND state = 'done' AND run_id IS NOT NULL "
        "UNION SELECT run_id FROM identities WHERE ep_id = ? AND deleted = 0 AND run_id IS NOT NULL",
        (ep_id, ep_id),
    )
    return {row["run_id"] for row in rows}


def _add_inputs(kept: set[int], inputs: dict[int, set[int]]) -> None:
    waiting = list(kept)
    while waiting:
        for run_id in inputs.get(waiting.pop(), set()) - kept:
            kept.add(run_id)
            waiting.append(run_id)
