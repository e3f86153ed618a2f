"""Jobs of the library in the document's words."""

from typing import Any

from app.server.sopilot.figures import STATUSES
from app.server.sopilot.times import zulu
from core.jobs.types import Job, JobState


def status_word(job: Job) -> str:
    """queued, running, completed or failed."""
    return STATUSES[job.state]


def error_message(job: Job) -> str | None:
    """Why a job failed, in one string; null while nothing is wrong."""
    if job.state == JobState.CANCELED:
        return job.error or job.message or "It was canceled."
    return " ".join(part for part in (job.error, job.error_action) if part) or None


def job_times(job: Job) -> dict[str, str | None]:
    """When it was asked for, began and ended."""
    return {
        "queued_at": zulu(job.created_at),
        "started_at": zulu(job.started_at),
        "finished_at": zulu(job.ended_at),
    }


def progress_of(job: Job) -> dict[str, Any]:
    """Ours: how far a job is. ``progress`` is a fraction of the whole job, null when unknown."""
    done = 1.0 if job.state == JobState.SUCCEEDED else job.overall
    return {"progress": done, "stage": job.stage or None, "canceled": job.state == JobState.CANCELED}


def requested_by(job: Job) -> str | None:
    """Who asked for it."""
    return str(job.params.get("requested_by") or "") or None
