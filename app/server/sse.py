"""Server-sent events: the one response class for all streams. Format: WHATWG HTML, chapter 9.2."""

from collections.abc import AsyncIterator

import orjson
from starlette.responses import StreamingResponse

HEARTBEAT = b": still here\n\n"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class SseResponse(StreamingResponse):
    """Sends frames as they come; proxies are asked not to hold them back."""

    def __init__(self, frames: AsyncIterator[bytes]) -> None:
        super().__init__(frames, media_type="text/event-stream", headers=HEADERS)


def sse_frame(data: object, *, event: str = "") -> bytes:
    """One frame with JSON in its ``data``; ``event`` names it for ``addEventListener``."""
    name = f"event: {event}\n".encode() if event else b""
    return name + b"data: " + orjson.dumps(data) + b"\n\n"
