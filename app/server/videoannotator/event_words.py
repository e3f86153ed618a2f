"""Events of the library as the document's named events; each has its name as ``type`` in its data too."""

from typing import Any

from app.server.videoannotator.job_words import (
    RESULT_STATUSES,
    STATUSES,
    error_message,
    names_asked_for,
    progress_of,
    result_path,
)
from app.server.videoannotator.times import now_zulu
from core.annotate.types import ANNOTATE
from core.jobs.events import Event, JobChanged, JobLogged
from core.jobs.types import Job, JobState
from core.library.library import Library

UPDATE, LOG = "job.update", "job.log"
COMPLETE, ERROR, CANCELLED = "job.complete", "job.error", "job.cancelled"
CONNECTED, HEARTBEAT = "connected", "heartbeat"
LAST = {JobState.SUCCEEDED: COMPLETE, JobState.FAILED: ERROR, JobState.CANCELED: CANCELLED}
"""The last event of a job, by how it ended."""


def may_concern(event: Event, job_id: str | None) -> bool:
    """Whether an event is about a job of pipelines, as far as it can be told without a look; called at publication."""
    if isinstance(event, JobChanged):
        return event.type == ANNOTATE and job_id in {None, event.job_id}
    return isinstance(event, JobLogged) and event.level != "debug" and job_id in {None, event.job_id}


def plain(name: str, **more: Any) -> dict[str, Any]:
    """The data of an event."""
    return {"type": name, **more, "timestamp": now_zulu("milliseconds")}


def changed(library: Library, job: Job) -> dict[str, Any]:
    """The data of a job's change."""
    data: dict[str, Any] = {
        "job_id": job.job_id,
        "status": STATUSES[job.state],
        "progress": progress_of(job),
        "stage": job.stage or None,
        "message": job.message or None,
    }
    if job.state == JobState.SUCCEEDED:
        data |= {"result_path": result_path(library, job), "results_url": f"/api/v1/jobs/{job.job_id}/results"}
    if job.state.ended:
        data["error_message"] = error_message(job)
    else:
        names = names_asked_for(job)
        data["pipelines"] = {
            names.get(one.pipeline, one.pipeline): {
                "status": RESULT_STATUSES[one.state],
                "progress": one.progress,
                "stage": one.stage or None,
            }
            for one in library.annotations.results(job_id=job.job_id)
        }
    return plain(LAST.get(job.state, UPDATE), **data)


def logged(event: JobLogged) -> dict[str, Any]:
    """The data of a line of a job's log."""
    return plain(LOG, job_id=event.job_id, level=event.level, message=event.text)


def deleted(job_id: str) -> dict[str, Any]:
    """The data of the end of a job that was deleted before it ended."""
    return plain(
        CANCELLED, job_id=job_id, status="cancelled", progress=None, message="The job was deleted.", deleted=True
    )
