"""A file as answer, whole or the range that a client asks for; refusals of ranges in the document's envelope."""

import os
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from app.server.videoannotator.refusals import refusal
from core.annotate.formats.catalogue import FORMATS

MEDIA_TYPES = {one.suffix.lower(): one.media_type for one in FORMATS.values()} | {
    ".txt": "text/plain",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
}
ANY = "application/octet-stream"
_WORDS = {400: "The header Range cannot be read.", 416: "The range lies outside the file."}


def media_type_of(path: Path) -> str:
    """By the end of the name."""
    return MEDIA_TYPES.get(path.suffix.lower(), ANY)


class ResultFile(FileResponse):
    """As its parent, which refuses ranges in plain text."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, media_type=media_type_of(path), filename=path.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        request = HTTPConnection(scope)
        refused: Message | None = None
        try:
            self.stat_result = await run_in_threadpool(os.stat, self.path)
        except OSError:  # it was deleted since it was looked up
            gone = refusal(request, 404, "FILE_NOT_FOUND", "The file is not there any more.", hint="Ask for it again.")
            await gone(scope, receive, send)
            return
        self.set_stat_headers(self.stat_result)

        async def passing(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in _WORDS:
                refused = message
            elif refused is None:
                await send(message)

        await super().__call__(scope, receive, passing)
        if refused is not None:
            status = refused["status"]
            kept = {name.decode(): value.decode() for name, value in refused["headers"] if name == b"content-range"}
            answer = refusal(request, status, "INVALID_RANGE", _WORDS[status], hint="Ask without Range.", headers=kept)
            await answer(scope, receive, send)
