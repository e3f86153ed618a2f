"""``/events/stream``: what happens to jobs, as named server-sent events."""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.sse import SseResponse, sse_frame
from app.server.videoannotator import event_words
from app.server.videoannotator.desk import Context, require_key_from_elsewhere
from app.server.videoannotator.documented import API_VERSION, event_stream, refusals
from core.annotate.types import ANNOTATE
from core.errors import NotFound, RushesError
from core.jobs.events import Event, JobChanged, JobLogged
from core.jobs.types import JobState
from core.library.library import Library

router = APIRouter(prefix="/api/v1/events", tags=["events"])

HEARTBEAT_S = 30.0
MOST_REMEMBERED = 10_000


@router.get(
    "/stream",
    response_class=Response,
    responses=refusals() | event_stream("connected, then job.* as they happen, and heartbeat every 30 seconds."),
)
async def events_stream(
    request: Request,
    context: Context,
    job_id: Annotated[str | None, Query(description="Ours: only events of this job.")] = None,
    token: Annotated[str | None, Query(description="Ours: a key, for browsers, which send no headers here.")] = None,
) -> Response:
    """Server-sent events: connected, job.update, job.log, job.complete, job.error, job.cancelled, heartbeat."""
    await run_in_threadpool(require_key_from_elsewhere, request, context, token or "")
    return SseResponse(_frames(context, job_id or None))


async def _frames(context: ServerContext, job_id: str | None) -> AsyncIterator[bytes]:
    """Frames until the client goes or the server stops."""
    teller = _Teller(context.library)
    async with context.event_stream.listen(lambda event: event_words.may_concern(event, job_id)) as events:
        hello = event_words.plain(event_words.CONNECTED, message="Connected to the event stream", version=API_VERSION)
        yield _frame(hello)
        beat_at_s = time.monotonic() + HEARTBEAT_S
        while not events.ended:
            event = await events.next(max(0.0, beat_at_s - time.monotonic()))
            if event is not None:
                data = await run_in_threadpool(teller.told, event)
                if data is not None:
                    yield _frame(data)
            if time.monotonic() >= beat_at_s and not events.ended:
                yield _frame(event_words.plain(event_words.HEARTBEAT))
                beat_at_s = time.monotonic() + HEARTBEAT_S


def _frame(data: dict[str, Any]) -> bytes:
    return sse_frame(data, event=str(data["type"]))


class _Teller:
    """What one client has been told: each end of a job once, and nothing of a job after it was deleted."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._open: set[str] = set()
        self._ended: dict[str, None] = {}

    def told(self, event: Event) -> dict[str, Any] | None:
        """The data of the event for the client, None when there is nothing to say. Reads the database."""
        try:
            if isinstance(event, JobLogged):
                job = self._library.jobs.get(event.job_id)
                return event_words.logged(event) if job.type == ANNOTATE else None
            return self._changed(event) if isinstance(event, JobChanged) else None
        except RushesError:
            return None  # a line of a job that was deleted, or the library is closing

    def _changed(self, event: JobChanged) -> dict[str, Any] | None:
        try:
            job = self._library.jobs.get(event.job_id)
        except NotFound:
            return self._gone(event)
        if not job.state.ended:
            self._open.add(job.job_id)
            self._ended.pop(job.job_id, None)  # a job that is tried again ends again
        elif not JobState(event.state).ended or not self._ends_first(job.job_id):
            return None  # news from before the end: what was logged until then comes first, and the end has its own
        return event_words.changed(self._library, job)

    def _gone(self, event: JobChanged) -> dict[str, Any] | None:
        """A job that was deleted has an end too, unless it had ended before this client came."""
        was_open = event.job_id in self._open or event.state == JobState.CANCELED
        return event_words.deleted(event.job_id) if was_open and self._ends_first(event.job_id) else None

    def _ends_first(self, job_id: str) -> bool:
        self._open.discard(job_id)
        if job_id in self._ended:
            return False
        self._ended[job_id] = None
        if len(self._ended) > MOST_REMEMBERED:
            self._ended.pop(next(iter(self._ended)))
        return True
