"""``/api/v1/jobs/{job_id}/events``: the state of one job as it changes, as server-sent events."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.pytoon.desk import Context, render_of
from app.server.pytoon.documented import event_stream, refusals
from app.server.pytoon.job_words import job_record
from app.server.pytoon.refusals import Refused
from app.server.sse import HEARTBEAT, SseResponse, sse_frame
from core.jobs.events import Event, RenderChanged
from core.render.types import Phase

router = APIRouter(prefix="/api/v1/jobs", tags=["events"])

HEARTBEAT_S = 15.0
STATUS, DELETED = "status", "deleted"


@router.get(
    "/{job_id}/events",
    response_class=Response,
    responses=refusals(404) | event_stream("status with each change, until the job is DONE, FAILED or deleted."),
)
async def job_events(context: Context, job_id: str) -> Response:
    """Ours: the job's record now and after each change; the stream ends with the job."""
    await run_in_threadpool(render_of, context.library, job_id)
    return SseResponse(_frames(context, job_id))


async def _frames(context: ServerContext, job_id: str) -> AsyncIterator[bytes]:
    def changed(event: Event) -> bool:
        return isinstance(event, RenderChanged) and event.job_id == job_id

    async with context.event_stream.listen(changed) as events:
        told: dict[str, Any] = {}
        while not events.ended:
            try:
                record = await run_in_threadpool(lambda: job_record(render_of(context.library, job_id)))
            except Refused:
                yield sse_frame({"job_id": job_id}, event=DELETED)
                return
            if record != told:
                told = record
                yield sse_frame(record, event=STATUS)
            if Phase(record["status"]).ended:
                return
            event = await events.next(HEARTBEAT_S)
            if event is None and not events.ended:
                yield HEARTBEAT
