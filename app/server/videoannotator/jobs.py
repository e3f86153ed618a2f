"""Jobs: a video comes in and pipelines run on it; jobs are listed, followed, cancelled and deleted."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.server.job_ends import wait_for_end
from app.server.json_bytes import json_answer
from app.server.videoannotator import answers
from app.server.videoannotator.configs import checked_for_job, fault_record, names_written, require_valid
from app.server.videoannotator.desk import Actor, Context, Pipelines, Settings, annotate_job
from app.server.videoannotator.documented import refusals
from app.server.videoannotator.job_rows import page_of_jobs
from app.server.videoannotator.job_words import STATES, STATUSES, job_record
from app.server.videoannotator.refusals import Refused, Unprocessable, job_not_found
from app.server.videoannotator.uploads import JobForm, job_form
from core.annotate.configuring import Checked
from core.annotate.registry import Registry
from core.errors import NotFound, RushesError, UnsupportedMedia
from core.jobs.types import Job, JobState

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

MOST_PER_PAGE = 200
CANCEL_WITHIN_S = 10.0
"""A running job stops within two seconds; a computer that is busy may take longer to say so."""

_TEXT_OR_NULL: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "null"}]}
_FORM: dict[str, Any] = {
    "title": "Body_submit_job_api_v1_jobs__post",
    "type": "object",
    "required": ["video"],
    "properties": {
        "video": {
            "type": "string",
            "format": "binary",
            "title": "Video",
            "description": "Video file to process (MP4, AVI, MOV, MKV, WEBM)",
        },
        "config": _TEXT_OR_NULL
        | {"title": "Config", "description": "Parameters of pipelines as a JSON object, by pipeline."},
        "selected_pipelines": _TEXT_OR_NULL
        | {"title": "Selected Pipelines", "description": "Names or aliases of pipelines, separated by commas."},
    },
}


@router.post(
    "",
    status_code=201,
    response_model=answers.JobResponse,
    responses=refusals(400, 413, 507),
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}},
)
async def submit_job(
    request: Request, context: Context, settings: Settings, pipelines: Pipelines, actor: Actor
) -> Response:
    """Take a video and have pipelines run on it: those that are chosen, else the usual ones that are available."""
    limit_bytes = min(settings.upload_limit_bytes, context.settings.upload_limit_bytes)
    async with job_form(request, context.library, limit_bytes=limit_bytes) as form:
        job = await run_in_threadpool(_take_in, context, pipelines, form, actor)
    return json_answer(await run_in_threadpool(job_record, context.library, job), 201)


@router.get("", response_model=answers.JobListResponse, responses=refusals())
def list_jobs(
    context: Context,
    page: Annotated[int, Query(ge=1)] = 1,
    per_page: Annotated[int, Query(ge=1, le=MOST_PER_PAGE)] = 10,
    status_filter: str | None = None,
) -> Response:
    """Jobs, newest first."""
    jobs, total = page_of_jobs(context.library, _state(status_filter), page, per_page)
    records = [job_record(context.library, one) for one in jobs]
    return json_answer({"jobs": records, "total": total, "page": page, "per_page": per_page})


@router.get("/{job_id}", response_model=answers.JobResponse, responses=refusals(404))
def get_job_status(context: Context, job_id: str) -> Response:
    """How far a job is."""
    return json_answer(job_record(context.library, annotate_job(context.library, job_id)))


@router.delete("/{job_id}", status_code=204, response_class=Response, responses=refusals(404))
def cancel_job(context: Context, actor: Actor, job_id: str) -> Response:
    """Delete a job, whatever it is doing, with its files."""
    annotate_job(context.library, job_id)
    try:
        context.library.annotations.delete_job(job_id, actor=actor)
    except NotFound:
        raise job_not_found(job_id) from None  # somebody else was quicker
    return Response(status_code=204)


@router.post("/{job_id}/cancel", response_model=answers.JobResponse, responses=refusals(404, 409))
async def cancel_job_endpoint(context: Context, job_id: str) -> Response:
    """Stop a job; results of pipelines that are through stay. Answers when it has stopped."""
    job = await run_in_threadpool(annotate_job, context.library, job_id)
    if job.state in {JobState.QUEUED, JobState.RUNNING}:
        try:
            await run_in_threadpool(context.library.jobs.cancel, job_id)
            job = await wait_for_end(context, job_id, within_s=CANCEL_WITHIN_S)
        except NotFound:
            raise job_not_found(job_id) from None  # it was deleted meanwhile
    if job.state in {JobState.SUCCEEDED, JobState.FAILED}:
        raise _already_ended(job)
    return json_answer(await run_in_threadpool(job_record, context.library, job))


def _take_in(context: Context, pipelines: Registry, form: JobForm, actor: str) -> Job:
    """A video with its file and its job: all of them or none."""
    checked = checked_for_job(form.config, form.pipelines, context.models, pipelines)
    require_valid(checked, pipelines)
    annotations = context.library.annotations
    try:
        video = annotations.add_video(form.path, owned=True, file_name=form.file_name, actor=actor)
    except UnsupportedMedia as error:  # it names the file as it lies here, which tells the sender nothing
        said = error.message.replace(str(form.path), f"“{form.file_name}”").replace(form.path.name, form.file_name)
        raise UnsupportedMedia(said, action=error.action) from error
    try:
        return annotations.request(
            video.media_id,
            form.pipelines,
            form.config or {},
            requested_by=actor,
            models=context.models,
            known=pipelines,
            as_written=_as_written(form, checked, pipelines),
        )
    except RushesError:
        annotations.delete_video(video.media_id, actor=actor)
        raise


def _as_written(form: JobForm, checked: Checked, pipelines: Registry) -> dict[str, Any]:
    """So that answers name everything as the client did, and repeat what was not used of it."""
    names = list(form.pipelines or ())
    warnings = [fault_record(one) for one in checked.warnings]
    return {"config": form.config, "pipelines": names, "names": names_written(names, pipelines), "warnings": warnings}


def _state(status_filter: str | None) -> JobState | None:
    if not status_filter:
        return None
    state = STATES.get(status_filter)
    if state is None:
        raise Unprocessable(
            ["query", "status_filter"],
            f"There is no status “{status_filter[:60]}”.",
            kind="enum",
            action=f"Use one of: {', '.join(STATES)}.",
        )
    return state


def _already_ended(job: Job) -> Refused:
    word = STATUSES[job.state]
    return Refused(
        409,
        "JOB_ALREADY_COMPLETED",
        f"Job {job.job_id} is already {word} (status: {word})",
        detail={"job_id": job.job_id, "status": word},
        hint="Cannot cancel a job that has already finished",
    )
