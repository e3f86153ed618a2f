"""Rows of the table jobs as Job records."""

import json
import sqlite3
from collections.abc import Iterable

from core.jobs.types import Job, JobState


def job_of(row: sqlite3.Row) -> Job:
    """One job as it was when its row was read."""
    return Job(
        job_id=row["job_id"],
        type=row["type"],
        ep_id=row["ep_id"],
        state=JobState(row["state"]),
        priority=row["priority"],
        params=json.loads(row["params"]),
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        stage=row["stage"],
        done=row["done"],
        total=row["total"],
        unit=row["unit"],
        rate=row["rate"],
        eta_s=row["eta_s"],
        overall=row["overall"],
        attempts=row["attempts"],
        message=row["message"],
        error=row["error"],
        error_action=row["error_action"],
        result=json.loads(row["result"]),
        worker=row["worker"],
    )


def of_types(types: Iterable[str] | None, other_than: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """A condition on the column type, to be added to others, and its values."""
    wanted, unwanted = (None if types is None else tuple(types)), tuple(other_than)
    text = "" if wanted is None else f" AND type IN ({','.join('?' * len(wanted))})"
    text += f" AND type NOT IN ({','.join('?' * len(unwanted))})" if unwanted else ""
    return text, (wanted or ()) + unwanted
