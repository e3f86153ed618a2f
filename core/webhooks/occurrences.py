"""What is told: ends of jobs, merges and splits, as the body that the reference documents."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.jobs.rows import job_of
from core.jobs.types import JobState


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One thing that happened. ``at`` is ISO 8601 with an offset; ``data`` is plain JSON data."""

    event: str
    ep_id: str | None
    job_id: str | None
    at: str
    data: Mapping[str, Any]

    def body(self) -> str:
        """What is posted. The same occurrence always gives the same text."""
        document = {
            "event": self.event,
            "ep_id": self.ep_id,
            "job_id": self.job_id,
            "timestamp": datetime.fromisoformat(self.at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "data": self.data,
        }
        return json.dumps(document, ensure_ascii=False)


_JOB_EVENTS = {JobState.SUCCEEDED: "job.completed", JobState.FAILED: "job.failed"}


def of_job(row: sqlite3.Row) -> Occurrence | None:
    """The end of a job; None while it has not ended, and when a person canceled it."""
    job = job_of(row)
    event = _JOB_EVENTS.get(job.state)
    if event is None or job.ended_at is None:
        return None
    data: dict[str, Any] = {
        "job_type": job.type,
        "state": str(job.state),
        "started_at": job.started_at,
        "ended_at": job.ended_at,
    }
    data |= {"summary": job.result} if job.state == JobState.SUCCEEDED else {"error": job.error}
    return Occurrence(event, job.ep_id, job.job_id, job.ended_at, data)


def of_edit(row: sqlite3.Row) -> Sequence[Occurrence]:
    """The merges and splits in an edit: one that was made of several steps may hold many."""
    change = json.loads(row["change"])
    about = {"edit_id": row["edit_id"], "name": row["name"], "actor": row["actor"]}
    found = []
    for result in change.get("results", [change]):
        if result.get("sources_deleted"):
            data = {name: result.get(name) for name in ("target_id", "track_ids", "sources_deleted")}
            found.append(Occurrence("identity.merged", row["ep_id"], None, row["created_at"], data | about))
        elif result.get("original_id") and result.get("new_id"):
            data = {name: result.get(name) for name in ("original_id", "new_id", "tracks_moved")}
            found.append(Occurrence("identity.split", row["ep_id"], None, row["created_at"], data | about))
    return found
