"""A remote engine for tests: a real HTTP server on a free port of this computer, which can misbehave."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from core.render.frame_sink import FrameSink

KEY = "s3cret-key-of-the-engine"


@cache
def video_of(frames: int, width_px: int = 1080, height_px: int = 1920) -> bytes:
    """A plain green cut, encoded as the local engine encodes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cut.mp4"
        picture = np.zeros((height_px, width_px, 3), np.uint8)
        picture[..., 1] = 160
        with FrameSink(path, width_px=width_px, height_px=height_px) as sink:
            for _ in range(frames):
                sink.write(picture)
        return path.read_bytes()


@dataclass(slots=True)
class MadeEngine:
    """What the server does, and what it was asked. ``way`` is one of the words that :class:`_Handler` knows."""

    way: str = "good"
    failing: frozenset[int] = frozenset()
    url: str = ""
    elsewhere: str = ""
    orders: list[dict[str, Any]] = field(default_factory=list)
    parts: list[dict[str, bytes]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def made_engine(way: str = "good", *, failing: frozenset[int] = frozenset()) -> Iterator[MadeEngine]:
    """A server while the block lasts. ``failing``: indices of segments that it cannot make."""
    engine = MadeEngine(way, failing)

    class Handler(_Handler):
        made = engine

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    engine.url = f"http://127.0.0.1:{server.server_address[1]}/api"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="made-engine")
    thread.start()
    try:
        yield engine
    finally:
        engine.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    made: MadeEngine
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """A segment is asked for."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._refused():
            return
        parts = _parts(self.headers["Content-Type"], body)
        order = json.loads(parts["request"])
        self.made.orders.append(order)
        self.made.parts.append(parts)
        self.made.asked.set()
        if self.made.way == "strange id":
            self._answer(201, {"id": "../../etc/passwd"})
        elif self.made.way == "no json":
            self._answer(200, b"<html>hello</html>")
        else:
            self._answer(201, {"id": f"{order['index']}-{order['frame_count']}"})

    def do_GET(self) -> None:
        """How a segment is, or its video."""
        if self._refused():
            return
        found = re.fullmatch(r"/api/segments/(\d+)-(\d+)(/video)?", self.path)
        assert found is not None, self.path
        index, frames = int(found[1]), int(found[2])
        if found[3]:
            self._send_video(frames)
        elif index in self.made.failing:
            self._answer(200, {"status": "failed", "error": f"out of paint, key {KEY}"})
        elif self.made.way == "slow":
            self._answer(200, {"status": "running", "progress": 0.5})
        elif self.made.way == "strange state":
            self._answer(200, {"status": "thinking"})
        else:
            self._answer(200, {"status": "done", "progress": 1.0})

    def do_DELETE(self) -> None:
        """A segment may be forgotten."""
        self.made.forgotten.append(self.path)
        self._answer(204, b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _refused(self) -> bool:
        made = self.made
        made.paths.append(self.path)
        if made.way == "redirect":
            self.send_response(307)
            self.send_header("Location", f"{made.elsewhere}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return True
        if made.way == "hang":
            made.asked.set()
            made.released.wait(20)
            return True
        if made.way == "500":
            self._answer(500, {"error": "broken"})
            return True
        if self.headers["Authorization"] != f"Bearer {KEY}":
            self._answer(401, {"error": "who are you"})
            return True
        return False

    def _send_video(self, frames: int) -> None:
        way = self.made.way
        if way == "oversize":
            self._stream(4_000_000, announced=False)
        elif way == "oversize announced":
            self._stream(4_000_000, announced=True)
        elif way == "trickle":
            self.made.asked.set()
            self._stream(1_000_000, announced=True, pause_s=0.05)
        else:
            body = {
                "wrong size": lambda: video_of(frames, 360, 640),
                "wrong count": lambda: video_of(frames + 1),
                "garbage": lambda: b"\x00" * 5_000,
            }.get(way, lambda: video_of(frames))()
            self._answer(200, body, cut_off=way == "dies")

    def _stream(self, size: int, *, announced: bool, pause_s: float = 0.0) -> None:
        self.send_response(200)
        if announced:
            self.send_header("Content-Length", str(size))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with suppress(OSError):
            for _ in range(size // 1_000):
                self.wfile.write(b"\x00" * 1_000)
                if pause_s and self.made.released.wait(pause_s):
                    return

    def _answer(self, status: int, body: object, *, cut_off: bool = False) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        with suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if cut_off else content)
        if cut_off:
            self.close_connection = True
            time.sleep(0)


def _parts(content_type: str, body: bytes) -> dict[str, bytes]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    assert isinstance(message, EmailMessage)
    found: dict[str, bytes] = {}
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(part.get_param("name", header="content-disposition"))] = content
    return found
