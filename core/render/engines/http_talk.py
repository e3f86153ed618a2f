"""HTTP with one server: time and size limits, no redirects, and a caller that hears of cancellation at any moment."""

import http.client
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from core.errors import RushesError
from core.render.engines.addresses import checked_url
from core.render.engines.engine import RemoteFailed
from core.storage import storage_error

LOOK_EVERY_S = 0.1
LEAVE_WITHIN_S = 0.3
ANSWER_MOST_BYTES = 1_000_000
_PIECE_BYTES = 1 << 16
_LINE_END = b"\r\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a form: a text as JSON, or a file."""

    name: str
    content: bytes | Path
    content_type: str
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is empty where it went into a file."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """One request. ``into``: where the body of a good answer goes; ``within_s``: for all of it."""

    method: str
    path: str
    parts: Sequence[Part] = ()
    into: Path | None = None
    most_bytes: int = ANSWER_MOST_BYTES
    within_s: float = 60.0


@dataclass(slots=True)
class _Exchange:
    """What the thread that talks shares with the one that waits."""

    answer: Answer | None = None
    error: Exception | None = None
    left: bool = False
    connection: http.client.HTTPConnection | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def leave(self) -> None:
        """Let go at once, wherever it is."""
        with self.lock:
            self.left = True
            sock = None if self.connection is None else self.connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class HttpTalk:
    """Several threads may ask at the same time. The key is in the header ``Authorization`` and nowhere else."""

    def __init__(self, url: str, key: str, *, timeout_s: float) -> None:
        """``timeout_s``: without a byte for so long, it is given up. Raises InvalidRequest for the address."""
        self._parts = checked_url(url)
        self._key = key
        self._timeout_s = timeout_s

    @property
    def host(self) -> str:
        """For people."""
        return self._parts.netloc

    def ask(self, question: Question, check: Callable[[], None]) -> Answer:
        """The answer, whatever its status but a redirect. Raises RemoteFailed, StorageFull, StorageUnwritable and what
        ``check`` raises; then nothing more is written to ``into``.
        """
        exchange = _Exchange()
        thread = threading.Thread(target=self._talk, args=(question, exchange), name="render-engine", daemon=True)
        deadline_s = time.monotonic() + question.within_s
        thread.start()
        try:
            while thread.is_alive():
                thread.join(LOOK_EVERY_S)
                check()
                if time.monotonic() > deadline_s:
                    raise self._failed(f"took longer than {question.within_s:g} s")
        finally:
            if thread.is_alive():
                exchange.leave()
                thread.join(LEAVE_WITHIN_S)
        if exchange.error is not None:
            raise exchange.error
        if exchange.answer is None:
            raise self._failed("did not answer")
        return exchange.answer

    def _talk(self, question: Question, exchange: _Exchange) -> None:
        try:
            exchange.answer = self._exchange(question, exchange)
        except RushesError as error:
            exchange.error = error
        except TimeoutError:
            exchange.error = self._failed(f"said nothing for {self._timeout_s:g} s")
        except (OSError, http.client.HTTPException, ValueError) as error:
            exchange.error = self._failed(f"was not reached: {str(error) or type(error).__name__}")

    def _exchange(self, question: Question, exchange: _Exchange) -> Answer:
        connection = self._connection()
        with exchange.lock:
            exchange.connection = connection
        try:
            headers = {"Accept": "*/*", "User-Agent": "Rushes", "Connection": "close"}
            if self._key:
                headers["Authorization"] = f"Bearer {self._key}"
            body: Iterator[bytes] | None = None
            if question.parts:
                form = _Form(question.parts)
                headers |= {"Content-Type": form.content_type, "Content-Length": str(form.size_bytes())}
                body = form.pieces(exchange)
            connection.request(question.method, self._parts.path + question.path, body=body, headers=headers)
            with connection.getresponse() as response:
                return self._read(response, question, exchange)
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._timeout_s, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._timeout_s)

    def _read(self, response: http.client.HTTPResponse, question: Question, exchange: _Exchange) -> Answer:
        if 300 <= response.status < 400:
            raise self._failed(
                f"sends on to another address ({response.status})", action="Enter the address that it really has."
            )
        good = 200 <= response.status < 300
        most_bytes = question.most_bytes if good else ANSWER_MOST_BYTES
        if (response.length or 0) > most_bytes:
            raise self._too_large(most_bytes)
        if question.into is not None and good:
            self._read_into(question.into, response, most_bytes, exchange)
            return Answer(response.status, b"")
        body = response.read(most_bytes + 1)
        if len(body) > most_bytes:
            raise self._too_large(most_bytes)
        return Answer(response.status, body)

    def _read_into(self, path: Path, response: http.client.HTTPResponse, most_bytes: int, exchange: _Exchange) -> None:
        try:
            file = path.open("xb")
        except OSError as error:
            raise storage_error(error, path) from error
        with file:
            size_bytes = 0
            while piece := response.read(_PIECE_BYTES):
                size_bytes += len(piece)
                if size_bytes > most_bytes:
                    raise self._too_large(most_bytes)
                if exchange.left:
                    return
                _write(file, piece, path)
        if response.length:
            raise self._failed("broke off in the middle")

    def _too_large(self, most_bytes: int) -> RemoteFailed:
        return self._failed(f"sends more than {most_bytes / 1e6:g} MB")

    def _failed(self, what: str, action: str = "") -> RemoteFailed:
        return RemoteFailed(
            f"The remote engine at {self.host} {what}.",
            action=action or "Look whether it runs, or render on this computer.",
        )


class _Form:
    """multipart/form-data (RFC 7578), read from its files piece by piece."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._boundary = secrets.token_hex(16)
        self._parts = [(self._head(part), part.content) for part in parts]
        self._end = f"--{self._boundary}--\r\n".encode()

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    def size_bytes(self) -> int:
        contents = (content.stat().st_size if isinstance(content, Path) else len(content) for _, content in self._parts)
        return sum(contents) + sum(len(head) + len(_LINE_END) for head, _ in self._parts) + len(self._end)

    def pieces(self, exchange: _Exchange) -> Iterator[bytes]:
        for head, content in self._parts:
            yield head
            if isinstance(content, Path):
                with content.open("rb") as file:
                    while (piece := file.read(_PIECE_BYTES)) and not exchange.left:
                        yield piece
            else:
                yield content
            yield _LINE_END
        yield self._end

    def _head(self, part: Part) -> bytes:
        named = f'; filename="{part.file_name}"' if part.file_name else ""
        return (
            f'--{self._boundary}\r\nContent-Disposition: form-data; name="{part.name}"{named}\r\n'
            f"Content-Type: {part.content_type}\r\n\r\n"
        ).encode()


def _write(file: BinaryIO, piece: bytes, path: Path) -> None:
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        raise storage_error(error, path) from error


def header_safe(key: str) -> bool:
    """Whether a key can stand in a header."""
    return key.isascii() and key.isprintable()
