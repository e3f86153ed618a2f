"""What the trail tells of jobs: that one was asked for, and how it ended."""

import math
import sqlite3
from collections.abc import Sequence
from typing import Any

from core.audit.log import append
from core.jobs.types import Job, JobState
from core.procedures.types import SCORE

STATUS_WORDS = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "running",
    JobState.SUCCEEDED: "completed",
    JobState.FAILED: "failed",
    JobState.CANCELED: "canceled",
}
_MOST_NAMED = 200


def note_job(connection: sqlite3.Connection, job: Job) -> Job:
    """An entry for a job as it is now, inside the transaction that made it so; the job comes back."""
    params = job.params
    append(
        connection,
        kind="job",
        subject=_subject(job),
        actor=str(params.get("requested_by") or ""),
        job_id=job.job_id,
        task_id=str(params["task_id"]) if params.get("task_id") else None,
        details={
            "type": job.type,
            "status": STATUS_WORDS[job.state],
            "queued_at": job.created_at,
            "started_at": job.started_at,
            "finished_at": job.ended_at,
            "model_name": _model_name(job.result),
            "score": _score(job),
            "error_message": job.error or None,
        },
    )
    return job


def note_removed(connection: sqlite3.Connection, job_ids: Sequence[str]) -> None:
    """Ended jobs were taken off the list; what the trail says of them stays."""
    if job_ids:
        one = job_ids[0] if len(job_ids) == 1 else None
        subject = one or f"{len(job_ids)} jobs"
        details = {"what": "jobs", "count": len(job_ids), "job_ids": list(job_ids[:_MOST_NAMED])}
        append(connection, kind="deletion", subject=subject, job_id=one, details=details)


def _subject(job: Job) -> str:
    """What the job is about: two videos, one, an episode, a file, or a task."""
    params = job.params
    if job.type == SCORE:
        return f"{params.get('gold_video_id', '?')}→{params.get('trainee_video_id', '?')}"
    for value in (params.get("video_id"), job.ep_id, params.get("file_path"), params.get("task_id")):
        if value is not None and value != "":
            return str(value)
    return ""


def _model_name(result: dict[str, Any]) -> str | None:
    for key in ("embedding_model", "model_name"):
        if isinstance(name := result.get(key), str) and name:
            return name
    return None


def _score(job: Job) -> float | None:
    score = job.result.get("score") if job.type == SCORE else None
    is_number = isinstance(score, (int, float)) and not isinstance(score, bool) and math.isfinite(score)
    return float(score) if is_number and score is not None else None
