"""A small HTTP server that breaks off, dawdles and refuses as a test wants it to."""

import hashlib
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from models.catalogue import Catalogue, ModelEntry, ModelFile, Source

CHUNK_BYTES = 1 << 14


def some_bytes(size: int, seed: str = "weights") -> bytes:
    """The same bytes for the same seed, which no packer shrinks."""
    return hashlib.shake_256(seed.encode()).digest(size)


@dataclass
class Server:
    """What it serves by path, how it misbehaves, and what it was asked for."""

    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    break_after: dict[str, int] = field(default_factory=dict)
    """Bytes after which the next answer for a path breaks off; once."""
    wait_after: dict[str, int] = field(default_factory=dict)
    """Bytes after which every answer for a path stands still until ``go_on`` is set."""
    ranges: bool = True
    go_on: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(path, Range header) of every request."""

    def url(self, path: str) -> str:
        """Address of a path."""
        return f"{self.address}{path}"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        state: Server = self.server.state  # type: ignore[attr-defined]
        wanted = self.headers.get("Range", "")
        state.asked.append((self.path, wanted))
        content = state.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and state.ranges else 0
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if self.path.endswith("/"):
            self.send_header("Content-Type", "text/html")  # pip reads no index page without it
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self._send(state, content, start)

    def _send(self, state: Server, content: bytes, start: int) -> None:
        end = state.break_after.pop(self.path, len(content))
        stop = state.wait_after.get(self.path, len(content) + 1)
        for place in range(start, end, CHUNK_BYTES):
            if place >= stop:
                state.go_on.wait(30)
            try:
                self.wfile.write(content[place : min(place + CHUNK_BYTES, end)])
            except OSError:
                return  # the client went away

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Server]:
    """A server on a free port of this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        state = Server(f"http://127.0.0.1:{server.server_address[1]}")
        server.state = state  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            state.go_on.set()
            server.shutdown()
            thread.join()


def entry_of(content: bytes, *sources: Source, model_id: str = "tiny", **changes: Any) -> ModelEntry:
    """A model of one file, ``weights.bin``, with these sources."""
    values: dict[str, Any] = {
        "id": model_id,
        "purpose": "face_detector",
        "title": f"A {model_id} model",
        "licence": "MIT",
        "consequence": "Free for any use.",
        "family": "blazeface",
        "files": (ModelFile("weights.bin", len(content), hashlib.sha256(content).hexdigest()),),
        "sources": sources,
    }
    return ModelEntry(**values | changes)


def catalogue_of(*entries: ModelEntry) -> Catalogue:
    """A catalogue of just these."""
    return Catalogue({entry.id: entry for entry in entries})


@dataclass
class Told:
    """Remembers what ``progress`` was told, and may call something at each call."""

    calls: list[tuple[str, str, int, int]] = field(default_factory=list)
    then: Callable[[], None] = lambda: None

    def __call__(self, model_id: str, stage: str, done: int, total: int) -> None:
        self.calls.append((model_id, stage, done, total))
        self.then()

    def stages(self) -> list[str]:
        """The stages in order, each once."""
        return list(dict.fromkeys(stage for _, stage, _, _ in self.calls))
