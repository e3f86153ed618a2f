"""Who runs the jobs, and what they are at."""

from typing import Any

from app.server.context import ServerContext
from app.server.videoannotator.job_rows import jobs_in, numbers_by_state
from core.annotate.types import ANNOTATE
from core.jobs.types import JobState

QUEUE = "embedded"
"""The queue is a table of the library's database; runners are threads of this process."""


def worker_figures(context: ServerContext) -> dict[str, Any]:
    """The document's ``workers``. Runners are woken by each new job and never poll, so the interval is 0."""
    at_work = jobs_in(context.library, JobState.RUNNING)
    runners = context.library.jobs.attendance.number_for(ANNOTATE)
    return {
        "status": "running" if runners else "stopped",
        "active_jobs": len(at_work),
        "processing_jobs": at_work,
        "queued_jobs": numbers_by_state(context.library)[JobState.QUEUED],
        "max_concurrent_workers": runners,
        "poll_interval_seconds": 0,
    }
