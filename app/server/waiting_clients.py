"""Clients that wait for what was said in the sound they sent, until they hang up or the server stops."""

import asyncio
import contextlib
import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.server.context import ServerContext
from app.server.job_ends import wait_for_end
from core.errors import NotFound, RushesError
from core.subtitling.answers import AsrAnswer
from core.subtitling.requests import AsrRequests
from core.subtitling.types import AsrTicket

LONGEST_S = 24 * 3600.0
"""Clients give up much sooner."""


class HungUp(RushesError):
    """The client has gone: nobody reads an answer."""


async def answer_for(request: Request, context: ServerContext, requests: AsrRequests, ticket: AsrTicket) -> AsrAnswer:
    """The answer, as soon as it is there; no thread is held meanwhile.

    Raises HungUp (the job was canceled if nobody else waits for it), Unavailable when the server stops, and what
    :meth:`core.subtitling.requests.AsrRequests.answer` raises.
    """
    with _WAITING.joined(requests, ticket.job_id) as alone:
        if not ticket.cached and await _hung_up_first(request, context, ticket.job_id):
            if alone():
                await run_in_threadpool(_cancel, context, ticket.job_id)
            raise HungUp("The client hung up.")
    return await run_in_threadpool(requests.answer, ticket)


async def _hung_up_first(request: Request, context: ServerContext, job_id: str) -> bool:
    """Wait for both; whether the client went away before the job ended."""
    end = asyncio.create_task(_end(context, job_id))
    gone = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({end, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not end.done():
            return True
        end.result()
        return False
    finally:
        for task in (end, gone):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, RushesError):
                await task


async def _end(context: ServerContext, job_id: str) -> None:
    await wait_for_end(context, job_id, within_s=LONGEST_S)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _cancel(context: ServerContext, job_id: str) -> None:
    with contextlib.suppress(NotFound):
        context.library.jobs.cancel(job_id)


class _Waiting:
    """How many clients wait for each job, over all servers of a library."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: weakref.WeakKeyDictionary[AsrRequests, Counter[str]] = weakref.WeakKeyDictionary()

    @contextmanager
    def joined(self, requests: AsrRequests, job_id: str) -> Iterator["_Alone"]:
        with self._lock:
            numbers = self._numbers.setdefault(requests, Counter())
            numbers[job_id] += 1
        try:
            yield _Alone(self._lock, numbers, job_id)
        finally:
            with self._lock:
                numbers[job_id] -= 1
                if numbers[job_id] <= 0:
                    del numbers[job_id]


class _Alone:
    """Whether nobody else waits for a job."""

    def __init__(self, lock: threading.Lock, numbers: Counter[str], job_id: str) -> None:
        self._lock = lock
        self._numbers = numbers
        self._job_id = job_id

    def __call__(self) -> bool:
        with self._lock:
            return self._numbers[self._job_id] <= 1


_WAITING = _Waiting()
