"""The outermost layer of a listener: request ids, one log line and one count for each request, an end for streams."""

import asyncio
import json
import logging
import re
import secrets
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.metrics import Metrics
from app.server.recent_requests import RecentRequest, RecentRequests

log = logging.getLogger(__name__)
access_log = logging.getLogger("rushes.access")

_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
ABORTED = 499
"""The status in the log when the client went away before an answer began."""


class Exchanges:
    """ASGI middleware. Streams of events are known by their content type and are ended when the server stops."""

    def __init__(self, app: ASGIApp, metrics: Metrics, recent: RecentRequests, name_of: Callable[[str], str]) -> None:
        """``name_of`` tells which API a path belongs to."""
        self._app = app
        self._metrics = metrics
        self._recent = recent
        self._name_of = name_of
        self._streams: set[asyncio.Task[object]] = set()
        self._stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and say how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        task = _this_task()
        exchange = _Exchange(scope, send, lambda: self._stream_begins(task))
        try:
            await self._app(scope, receive, exchange.send)
            if self._stopping:
                await exchange.end_stream()  # its frames ended with their source, without a last word
        except asyncio.CancelledError:
            if not (self._stopping and exchange.streams):
                raise
            task.uncancel()
            await exchange.end_stream()
        except Exception:
            # the API's own handler has answered and logged it, or the client has gone
            if not exchange.status:
                log.exception("request %s failed", exchange.request_id)
                await exchange.fail()
        finally:
            self._streams.discard(task)
            self._tell(scope, exchange)

    def end_streams(self) -> None:
        """Finish all streams of events in an orderly way. Call it in the event loop."""
        self._stopping = True
        for task in self._streams:
            task.cancel()

    def _stream_begins(self, task: "asyncio.Task[object]") -> None:
        """``task`` is the request's own; the frames are sent by a child of it."""
        self._streams.add(task)
        if self._stopping:
            task.cancel()

    def _tell(self, scope: Scope, exchange: "_Exchange") -> None:
        seconds = time.monotonic() - exchange.began_s
        api, status = self._name_of(scope["path"]), exchange.status or ABORTED
        self._metrics.count(api, scope["method"] if scope["method"] in _METHODS else "OTHER", status, seconds)
        client, state = scope.get("client"), scope.get("state", {})
        noted = RecentRequest(
            at_s=time.time(),
            request_id=exchange.request_id,
            method=scope["method"],
            path=scope["path"],
            status=status,
            took_ms=round(seconds * 1000, 2),
            key_id=state.get("key_id"),
            client=client[0] if client else None,
        )
        self._recent.note(api, noted)
        access_log.info(
            "%s %s %d",
            scope["method"],
            scope["path"],
            status,
            extra={
                "fields": {
                    "request_id": noted.request_id,
                    "api": api,
                    "method": noted.method,
                    "path": noted.path,
                    "status": status,
                    "ms": noted.took_ms,
                    "key_id": noted.key_id,
                    "client": noted.client,
                }
            },
        )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Exchange:
    """One request: its id, and what went back so far."""

    def __init__(self, scope: Scope, send: Send, stream_begins: Callable[[], None]) -> None:
        self.began_s = time.monotonic()
        self.request_id = _request_id(scope)
        self.status = 0
        self.streams = False
        self._ended = False
        self._send = send
        self._stream_begins = stream_begins

    async def send(self, message: Message) -> None:
        """As the server's own, with our headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            headers["X-Content-Type-Options"] = "nosniff"
            self.streams = headers.get("content-type", "").startswith("text/event-stream")
            await self._send(message)
            if self.streams:
                self._stream_begins()
            return
        self._ended = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def end_stream(self) -> None:
        """The last word of a stream of events that was cut short, so that its client sees an orderly end."""
        if self.streams and not self._ended:
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def fail(self) -> None:
        """Answer 500 for a defect that no API caught."""
        text = f"The server failed on this request. Its log has the details under {self.request_id}."
        body = {
            "ok": False,
            "error": {"code": "INTERNAL_ERROR", "message": text, "details": {}},
            "meta": {"request_id": self.request_id},
        }
        await self.send(
            {"type": "http.response.start", "status": 500, "headers": [(b"content-type", b"application/json")]}
        )
        await self.send({"type": "http.response.body", "body": json.dumps(body).encode()})


def _request_id(scope: Scope) -> str:
    """The client's own when it is harmless in a log, else a new one."""
    given = Headers(scope=scope).get("x-request-id", "")
    request_id = given if _SANE_ID.fullmatch(given) else f"req-{secrets.token_hex(6)}"
    scope.setdefault("state", {})["request_id"] = request_id
    return request_id


def _this_task() -> "asyncio.Task[object]":
    task = asyncio.current_task()
    assert task is not None, "requests are handled in tasks"
    return task
