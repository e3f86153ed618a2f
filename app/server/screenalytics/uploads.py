"""Multipart uploads, read as they come: the file goes to where it belongs, nothing is held twice, limits hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.server.screenalytics.refusals import Refused, too_large
from core.errors import InvalidRequest

if TYPE_CHECKING:  # the package defines it for type checkers alone
    from python_multipart.multipart import MultipartCallbacks

FIELD_LIMIT_BYTES = 4096
FIELDS_LIMIT = 32
WRITE_BYTES = 1 << 20
_LIMIT_ACTION = "Send a smaller file, or attach it by video_path."


@dataclass(slots=True)
class Form:
    """What came: small fields by name, and the base name of the file, None when no file part came."""

    fields: dict[str, str] = field(default_factory=dict)
    file_name: str | None = None
    file_bytes: int = 0


async def read_form(request: Request, sink: Callable[[], BinaryIO], *, file_field: str, limit_bytes: int) -> Form:
    """Read a multipart body; its part ``file_field`` goes into ``sink()``, which the caller closes.

    Raises Refused (413 over ``limit_bytes``, 422 without the file part), InvalidRequest (no multipart, broken off).
    """
    boundary = _boundary(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit_bytes + FIELDS_LIMIT * (FIELD_LIMIT_BYTES + 1024):
        raise _over(limit_bytes)
    reader = _Reader(file_field, limit_bytes)
    parser = MultipartParser(boundary, reader.callbacks())
    target: BinaryIO | None = None
    try:
        async for chunk in request.stream():
            parser.write(chunk)
            reader.refuse()
            if len(reader.pending) >= WRITE_BYTES:
                target = target or sink()
                await run_in_threadpool(target.write, reader.take())
        parser.finalize()
    except FormParserError as error:
        raise InvalidRequest(f"The multipart body is broken: {error}.", action="Send it again.") from error
    reader.refuse()
    if not reader.ended:
        raise InvalidRequest("The multipart body ends in its middle.", action="Send the whole file.")
    if reader.form.file_name is None:
        raise Refused(422, "VALIDATION_ERROR", f"{file_field}: a file part of this name is required.")
    target = target or sink()
    await run_in_threadpool(target.write, reader.take())
    return reader.form


def base_name(name: str) -> str:
    """The last part of a name from outside, without anything that a path could be made of."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    return "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*')[-120:].strip(". ")


class _Reader:
    """Callbacks of the parser: collects fields, and the file's bytes until someone takes them."""

    def __init__(self, file_field: str, limit_bytes: int) -> None:
        self.form = Form()
        self.pending = bytearray()
        self.ended = False
        self._file_field = file_field
        self._limit_bytes = limit_bytes
        self._header, self._value = bytearray(), bytearray()
        self._name = ""
        self._in_file = False
        self._field = bytearray()
        self._parts = 0
        self._trouble: Refused | None = None

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def take(self) -> bytes:
        taken = bytes(self.pending)
        self.pending.clear()
        return taken

    def refuse(self) -> None:
        """Raise what a callback found wrong."""
        if self._trouble is not None:
            raise self._trouble

    def _begin(self) -> None:
        self._parts += 1
        self._name, self._in_file = "", False
        self._field.clear()
        if self._parts > FIELDS_LIMIT:
            self._trouble = Refused(400, "INVALID_REQUEST", f"The form has more than {FIELDS_LIMIT} parts.")

    def _header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            if self._name == self._file_field and self.form.file_name is None:
                self._in_file = True
                self.form.file_name = base_name(options.get(b"filename", b"").decode("utf-8", "replace"))
        self._header.clear()
        self._value.clear()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if not self._in_file:
            if len(self._field) < FIELD_LIMIT_BYTES:
                self._field.extend(data[start:end])
            return
        self.form.file_bytes += end - start
        if self.form.file_bytes > self._limit_bytes:
            self._trouble = _over(self._limit_bytes)
            return
        self.pending.extend(data[start:end])

    def _part_end(self) -> None:
        if self._name and not self._in_file:
            self.form.fields[self._name] = bytes(self._field[:FIELD_LIMIT_BYTES]).decode("utf-8", "replace")
        self._in_file = False

    def _end(self) -> None:
        self.ended = True


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise InvalidRequest(
            "The content type of the request is not multipart/form-data with a boundary.",
            action="Send the file as a form field named file.",
        )
    return boundary


def _over(limit_bytes: int) -> Refused:
    shown = f"{limit_bytes / 1e9:g} GB" if limit_bytes >= 1e9 else f"{limit_bytes / 1e6:g} MB"
    return too_large(f"The file is larger than {shown}.", action=_LIMIT_ACTION)
