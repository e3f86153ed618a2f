"""Files as answers: whole, or the ranges that a client asks for; what is refused is said in the API's own form."""

import os
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

GONE = "The file is not there any more."
_WORDS = {400: "The header Range cannot be read.", 416: "The range lies outside the file."}


class RangedFile(FileResponse):
    """As its parent, which refuses ranges in plain text, and takes a file that is gone for an error of the server."""

    def refused(self, request: HTTPConnection, status: int, words: str, headers: Mapping[str, str]) -> Response:
        """The answer 404 (``GONE``), 400 or 416 (a range) in the API's form."""
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        request = HTTPConnection(scope)
        refused: Message | None = None
        try:
            self.stat_result = await run_in_threadpool(os.stat, self.path)
        except OSError:  # it was deleted since it was looked up
            await self.refused(request, 404, GONE, {})(scope, receive, send)
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
            await self.refused(request, status, _WORDS[status], kept)(scope, receive, send)
