"""Jobs: a cut is asked for; jobs are listed, followed, cancelled and deleted."""

import time
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.json_bytes import json_answer
from app.server.pytoon import answers
from app.server.pytoon.desk import JOB_NOT_FOUND, Actor, Context, Settings, render_of
from app.server.pytoon.documented import refusals
from app.server.pytoon.environment import Environment
from app.server.pytoon.fields import JobRequest
from app.server.pytoon.job_words import job_record, segment_record
from app.server.pytoon.refusals import Refused
from app.server.pytoon.requesting import ask_for, render_request
from app.server.speech_errors import Unavailable
from core.errors import NotFound
from core.jobs.events import Event, RenderChanged
from core.render.records import Render
from core.render.types import Phase

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

MOST_LISTED = 200
MOST_OFFSET = 2**31 - 1
CANCEL_WITHIN_S = 10.0
"""A running job stops within three seconds; a computer that is busy may take longer to say so."""
LOOK_AGAIN_S = 2.0
"""An event that was lost costs no more than this."""
CANCELED = "canceled"


@router.post("", status_code=201, response_model=answers.JobCreated, responses=refusals(400, 413, 507))
def submit_job(context: Context, settings: Settings, actor: Actor, body: JobRequest) -> Response:
    """Ask for a cut. Everything is checked first: what cannot be rendered makes no job."""
    wanted = render_request(context.library, body, remote_allowed=_remote_allowed(context, settings))
    render = ask_for(context.library, wanted, actor)
    # as it was made: a worker may have begun with it since
    told = {"job_id": render.job_id, "status": Phase.QUEUED, "segments": render.segment_count}
    return json_answer(told, 201)


@router.get("", response_model=answers.JobList, responses=refusals())
def list_jobs(
    context: Context,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
    offset: Annotated[int, Query(ge=0, le=MOST_OFFSET)] = 0,
    status: Annotated[Phase | None, Query(description="Only jobs in this state.")] = None,
) -> Response:
    """Ours: jobs, newest first."""
    phases = () if status is None else (status,)
    found = context.library.renders.list(limit=limit + 1, offset=offset, phases=phases)
    more = offset + limit if len(found) > limit else None
    jobs = [job_record(one) for one in found[:limit]]
    return json_answer({"jobs": jobs, "limit": limit, "offset": offset, "next_offset": more})


@router.get("/{job_id}", response_model=answers.JobStatus, responses=refusals(404))
def get_job(context: Context, job_id: str) -> Response:
    """How far a job is: QUEUED, PLANNING, RENDERING_SEGMENTS, ASSEMBLING, then DONE or FAILED."""
    return json_answer(job_record(render_of(context.library, job_id)))


@router.get("/{job_id}/segments", response_model=answers.SegmentList, responses=refusals(404))
def get_segments(context: Context, job_id: str) -> Response:
    """How far each segment of a job is."""
    render = render_of(context.library, job_id)
    segments = context.library.renders.segments(render.job_id)
    return json_answer({"job_id": render.job_id, "segments": [segment_record(one) for one in segments]})


@router.post("/{job_id}/cancel", response_model=answers.JobStatus, responses=refusals(404, 409))
async def cancel_job(context: Context, job_id: str) -> Response:
    """Ours: stop a job; answers when it has stopped. Its partial files go away, its row says FAILED, canceled."""
    render = await run_in_threadpool(render_of, context.library, job_id)
    if not render.phase.ended:
        try:
            await run_in_threadpool(context.library.renders.cancel, job_id)
        except NotFound:
            raise Refused(404, JOB_NOT_FOUND) from None
        render = await _ended(context, job_id)
    if render.phase.ended and render.failure != CANCELED:
        raise Refused(409, f"The job has ended already: {render.phase}.", action="Nothing was changed.")
    return json_answer(job_record(render))


@router.delete("/{job_id}", status_code=204, response_class=Response, responses=refusals(404))
def delete_job(context: Context, actor: Actor, job_id: str) -> Response:
    """Ours: delete a job, whatever it is doing, with its files."""
    render_of(context.library, job_id)
    try:
        context.library.renders.delete(job_id, actor=actor)
    except NotFound:
        raise Refused(404, JOB_NOT_FOUND) from None  # somebody else was quicker
    return Response(status_code=204)


def _remote_allowed(context: ServerContext, settings: Environment) -> bool:
    """A client cannot decide that pictures leave this machine: whoever runs the server does."""
    return settings.remote_allowed or context.settings.remote_render_allowed


async def _ended(context: ServerContext, job_id: str) -> Render:
    """The render when it has ended, or as it is after CANCEL_WITHIN_S. Raises Unavailable when the server stops."""
    deadline_s = time.monotonic() + CANCEL_WITHIN_S

    def changed(event: Event) -> bool:
        return isinstance(event, RenderChanged) and event.job_id == job_id

    async with context.event_stream.listen(changed) as events:
        while True:
            render = await run_in_threadpool(render_of, context.library, job_id)
            left_s = deadline_s - time.monotonic()
            if render.phase.ended or left_s <= 0:
                return render
            if events.ended:
                raise Unavailable("The server is stopping.", action="Ask again once it is back.")
            await events.next(min(left_s, LOOK_AGAIN_S))
