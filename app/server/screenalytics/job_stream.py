"""A job's progress as server-sent events: bare ``data:`` lines that end after ``done`` or ``error``."""

import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool

from app.server.screenalytics import job_words
from app.server.screenalytics.desk import Context
from app.server.screenalytics.envelope import json_bytes
from core.errors import RushesError
from core.jobs.events import Event, JobChanged
from core.jobs.types import Job, JobState

REPEAT_S = 5.0
"""A silent stage repeats its line, so that proxies keep the connection and clients see that the server lives."""

_STOPPING = "The server is stopping. The job goes on when it starts again."


async def job_frames(context: Context, job_id: str) -> AsyncIterator[bytes]:
    """Frames from now until the job ends. Leaving early stops nothing but the frames."""

    def about_it(event: Event) -> bool:
        return isinstance(event, JobChanged) and event.job_id == job_id

    last: tuple[Any, ...] = ()
    sent_at_s = 0.0
    async with context.event_stream.listen(about_it) as events:
        while True:
            try:
                job = await run_in_threadpool(context.library.jobs.get, job_id)
            except RushesError as error:  # taken off the list, or the library is closing
                yield _data({"phase": "error", "job_id": job_id, "error": error.message})
                return
            if job.state.ended:
                yield _data(_last_frame(job))
                return
            now = (job.state, job.stage, job.done)
            if now != last or time.monotonic() - sent_at_s >= REPEAT_S:
                yield _data(_frame(job))
                last, sent_at_s = now, time.monotonic()
            await events.next(REPEAT_S)
            if events.ended:
                yield _data({"phase": "error", "job_id": job_id, "error": _STOPPING})
                return


def _frame(job: Job) -> dict[str, Any]:
    frame: dict[str, Any] = {
        "phase": job_words.phase(job),
        "frames_done": job.done,
        "frames_total": job.total,
        "elapsed_sec": job_words.elapsed_s(job),
    }
    if job.eta_s is not None:
        frame["eta_sec"] = round(job.eta_s, 1)
    return frame | {"job_id": job.job_id, "state": job_words.STATES[job.state]}


def _last_frame(job: Job) -> dict[str, Any]:
    told = {"elapsed_sec": job_words.elapsed_s(job), "job_id": job.job_id, "state": job_words.STATES[job.state]}
    if job.state == JobState.SUCCEEDED:
        summary = job_words.summary(job)
        counts = {name: summary.get(name, 0) for name in ("tracks_born", "tracks_lost", "id_switches")}
        return {"phase": "done", **counts, **told}
    return {"phase": "error", "error": job.error or job.message or "Canceled.", "action": job.error_action, **told}


def _data(frame: dict[str, Any]) -> bytes:
    return b"data: " + json_bytes(frame) + b"\n\n"
