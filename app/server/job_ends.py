"""Waiting in the event loop for the end of a job: no thread is held, however long it takes."""

import time

from starlette.concurrency import run_in_threadpool

from app.server.context import ServerContext
from app.server.speech_errors import Unavailable
from core.jobs.events import Event, JobChanged
from core.jobs.types import Job, JobState

LOOK_AGAIN_S = 10.0
"""An event that was lost costs no more than this."""


async def wait_for_end(context: ServerContext, job_id: str, *, within_s: float) -> Job:
    """The job when it has ended, or as it is after ``within_s``.

    Raises NotFound, and Unavailable when the server stops.
    """
    deadline_s = time.monotonic() + within_s

    def ended(event: Event) -> bool:
        return isinstance(event, JobChanged) and event.job_id == job_id and JobState(event.state).ended

    async with context.event_stream.listen(ended) as events:
        while True:
            job = await run_in_threadpool(context.library.jobs.get, job_id)
            left_s = deadline_s - time.monotonic()
            if job.state.ended or left_s <= 0:
                return job
            if events.ended:
                raise Unavailable("The server is stopping.", action="Ask again once it is back.")
            await events.next(min(left_s, LOOK_AGAIN_S))
