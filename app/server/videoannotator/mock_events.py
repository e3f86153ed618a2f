"""``/debug/mock-events``: a made-up job as server-sent events, so that clients can be tried without one.

Nothing here is true of any job, and every event says so with ``mock``.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from app.server.sse import sse_frame
from app.server.videoannotator import event_words

PAUSE_S = 0.05
MOCK_JOB = "mock-job"


def mock_frames(job_id: str | None) -> list[bytes]:
    """A job from its beginning to its end; ``job_id`` names it."""
    return [sse_frame(one, event=str(one["type"])) for one in _story(job_id or MOCK_JOB)]


async def paced(frames: list[bytes]) -> AsyncIterator[bytes]:
    """The frames one after the other."""
    for number, frame in enumerate(frames):
        if number:
            await asyncio.sleep(PAUSE_S)
        yield frame


def _story(job_id: str) -> list[dict[str, Any]]:
    update, log = event_words.UPDATE, event_words.LOG
    made: dict[str, Any] = {"job_id": job_id, "mock": True}
    return [
        event_words.plain(event_words.CONNECTED, message="Connected to the mock event stream", mock=True),
        event_words.plain(update, status="pending", progress=0.0, stage=None, **made),
        event_words.plain(update, status="running", progress=0.25, stage="decoding", **made),
        event_words.plain(log, level="info", message="This line of a log is made up.", **made),
        event_words.plain(update, status="running", progress=0.75, stage="writing", **made),
        event_words.plain(event_words.COMPLETE, status="completed", progress=1.0, stage=None, **made),
    ]
