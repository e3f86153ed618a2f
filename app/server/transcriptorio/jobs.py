"""Jobs of the document: those that turn speech into text, and no others of the library."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.server.job_ends import wait_for_end
from app.server.json_bytes import json_answer
from app.server.transcriptorio import answers, fields
from app.server.transcriptorio.desk import Automated, Context
from app.server.transcriptorio.documented import refusals
from app.server.transcriptorio.job_rows import ids_in_state, numbers_by_state, page_of_jobs
from app.server.transcriptorio.job_words import STATES, WORDS, job_record
from core.errors import Conflict, InvalidRequest, NotFound
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.subtitling.types import SPEECH_TYPES

router = APIRouter(prefix="/api/jobs", tags=["Jobs"])

CANCEL_SHOWS_WITHIN_S = 4.0
"""A running job stops a moment after it was asked to; the answer waits for it as long as this."""

StatusWord = Literal["queued", "processing", "completed", "failed", "cancelled"]


@router.get("", response_model=answers.JobPage, responses=refusals())
def list_jobs(
    context: Context,
    status_filter: StatusWord | None = None,
    page: Annotated[int, Query(ge=1, le=10**9)] = 1,
    page_size: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Response:
    """A page of jobs, newest first."""
    state = STATES[status_filter] if status_filter is not None else None
    jobs, total = page_of_jobs(context.library, state, offset=(page - 1) * page_size, limit=page_size)
    records = [job_record(context.library, job) for job in jobs]
    return json_answer({"jobs": records, "total": total, "page": page, "page_size": page_size})


@router.get("/stats", response_model=answers.QueueStats, responses=refusals())
def job_stats(context: Context) -> Response:
    """How many jobs there are in each state."""
    return json_answer(queue_record(context.library))


@router.get("/{job_id}", response_model=answers.JobRecord, responses=refusals(404))
def get_job(context: Context, job_id: str) -> Response:
    """One job."""
    return json_answer(job_record(context.library, speech_job(context.library, job_id)))


@router.post("", status_code=201, response_model=answers.JobRecord, responses=refusals(409))
def create_job(context: Context, automation: Automated, body: fields.JobRequest) -> Response:
    """Put a file into the queue; one that waits or is at work is refused. A file that is not there makes it fail."""
    job = automation.submit_file(
        body.file_path,
        source_lang=body.source_lang,
        target_lang=body.target_lang,
        preset=body.quality_preset,
        task=body.transcribe_or_translate,
        priority=body.priority,
        manual=body.is_manual_request,
        overwrite=body.overwrite,
        must_exist=False,
    )
    return json_answer(job_record(context.library, job), 201)


@router.post("/queue/clear", response_model=answers.Message, responses=refusals())
def clear_queue(context: Context) -> Response:
    """Take all completed jobs off the list; what they wrote stays."""
    cleared = 0
    for job_id in ids_in_state(context.library, JobState.SUCCEEDED):
        try:
            context.library.jobs.remove(job_id)
        except (NotFound, Conflict):
            continue  # someone else was quicker
        cleared += 1
    return json_answer({"message": f"Cleared {cleared} completed jobs"})


@router.post("/{job_id}/retry", response_model=answers.JobRecord, responses=refusals(404, 409))
def retry_job(context: Context, job_id: str) -> Response:
    """Put a failed job into the queue again."""
    job = speech_job(context.library, job_id)
    if job.state != JobState.FAILED:
        raise InvalidRequest(
            f"The job {job_id} is {WORDS[job.state]}: only a failed one can be tried again.",
            action="Create a new job instead.",
        )
    return json_answer(job_record(context.library, context.library.jobs.retry(job_id)))


@router.delete("/{job_id}", response_model=answers.Message, responses=refusals(404))
async def delete_job(context: Context, job_id: str) -> Response:
    """Cancel a job that waits or is at work."""
    return await _cancel(context, job_id)


@router.post("/{job_id}/cancel", response_model=answers.Message, responses=refusals(404))
async def cancel_job(context: Context, job_id: str) -> Response:
    """Cancel a job that waits or is at work."""
    return await _cancel(context, job_id)


async def _cancel(context: Context, job_id: str) -> Response:
    job = await run_in_threadpool(_ask_to_stop, context.library, job_id)
    if not job.state.ended:
        await wait_for_end(context, job_id, within_s=CANCEL_SHOWS_WITHIN_S)
    return json_answer({"message": f"Job {job_id} cancelled successfully"})


def _ask_to_stop(library: Library, job_id: str) -> Job:
    job = speech_job(library, job_id)
    if job.state.ended:
        raise InvalidRequest(
            f"The job {job_id} is {WORDS[job.state]} already: there is nothing to cancel.",
            action="GET /api/jobs lists what waits and what runs.",
        )
    return library.jobs.cancel(job_id)


def speech_job(library: Library, job_id: str) -> Job:
    """A job of this API. Raises NotFound, also for the library's other jobs."""
    job = library.jobs.get(job_id)
    if job.type not in SPEECH_TYPES:
        raise NotFound(f"There is no job {job_id} here.", action="GET /api/jobs lists what there is.")
    return job


def queue_record(library: Library) -> dict[str, int]:
    """As the document writes figures of the queue."""
    numbers = numbers_by_state(library)
    return {"total_jobs": sum(numbers.values()), **{WORDS[state]: numbers[state] for state in JobState}}
