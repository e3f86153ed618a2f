"""Files as answers: whole, or the ranges that a client asks for; refusals of ranges in the document's form."""

import os

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from app.server.sopilot.refusals import refusal

_WORDS = {400: "The header Range cannot be read.", 416: "The range lies outside the file."}


class FileAnswer(FileResponse):
    """As its parent, which refuses ranges in plain text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        refused: Message | None = None
        try:
            self.stat_result = await run_in_threadpool(os.stat, self.path)
        except FileNotFoundError:  # it was deleted since it was looked up
            await refusal(404, "The file is not there any more. Ask for it again.")(scope, receive, send)
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
            kept = {name.decode(): value.decode() for name, value in refused["headers"] if name == b"content-range"}
            await refusal(refused["status"], _WORDS[refused["status"]], headers=kept)(scope, receive, send)
