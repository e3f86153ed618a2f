"""A multipart form read as it comes: its file to disk, its small fields to memory. Format: RFC 7578."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.server.disk_writer import DiskWriter, Written, require_space
from core.errors import InvalidRequest, RushesError

if TYPE_CHECKING:  # the package defines it for type checkers alone
    from python_multipart.multipart import MultipartCallbacks

FIELD_LIMIT_BYTES = 64 * 1024
PARTS_LIMIT = 64
HEADER_LIMIT_BYTES = 8 * 1024


class TooLarge(RushesError):
    """An upload over its limit: 413."""


class PartMissing(InvalidRequest):
    """A form without the part that should be its file."""


class FileEmpty(InvalidRequest):
    """A form whose file has no bytes."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What came: the file with the name that its sender gave it, and all other fields, each with all its values."""

    file: Written
    file_name: str
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


async def receive_form(request: Request, path: Path, *, file_field: str, limit_bytes: int) -> Incoming:
    """Read the whole body; its part ``file_field`` becomes the file ``path``, which is gone again when this raises.

    Raises TooLarge, PartMissing, FileEmpty, InvalidRequest (no multipart, broken off), StorageFull,
    StorageUnwritable, starlette's ClientDisconnect.
    """
    boundary = _boundary(request, file_field)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal():
        if int(announced) > limit_bytes + PARTS_LIMIT * FIELD_LIMIT_BYTES:
            raise _over(limit_bytes)
        await run_in_threadpool(require_space, path.parent, int(announced))
    reader = _Reader(file_field, limit_bytes)
    parser = MultipartParser(boundary, reader.callbacks())
    async with DiskWriter(path) as writer:
        try:
            async for chunk in request.stream():
                parser.write(chunk)
                reader.refuse()
                for part in reader.take():
                    await writer.write(part)
            parser.finalize()
        except FormParserError as error:
            raise InvalidRequest(f"The multipart body is broken: {error}.", action="Send it again.") from error
        _require_whole(reader, file_field)
        written = await writer.finish()
    fields = {name: tuple(values) for name, values in reader.fields.items()}
    return Incoming(written, reader.file_name or "", fields)


def base_name(name: str) -> str:
    """The last part of a name from outside, without anything that a path could be made of."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    return "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*')[-120:].strip(". ")


def _require_whole(reader: "_Reader", file_field: str) -> None:
    if not reader.ended:
        raise InvalidRequest("The multipart body ends in its middle.", action="Send the whole file.")
    if reader.file_name is None:
        raise PartMissing(f"The form has no part “{file_field}”.", action=f"Send the file as {file_field}.")
    if not reader.file_bytes:
        raise FileEmpty(f"The part “{file_field}” is empty.", action="Send a whole file.")


class _Reader:
    """Callbacks of the parser: collects fields, and the file's bytes until someone takes them."""

    def __init__(self, file_field: str, limit_bytes: int) -> None:
        self.fields: dict[str, list[str]] = {}
        self.file_name: str | None = None
        self.file_bytes = 0
        self.ended = False
        self._file_field = file_field
        self._limit_bytes = limit_bytes
        self._pending: list[bytes] = []
        self._header, self._value = bytearray(), bytearray()
        self._name = ""
        self._in_file = False
        self._field = bytearray()
        self._parts = 0
        self._trouble: RushesError | None = None

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header_bytes(self._header, data, start, end),
            "on_header_value": lambda data, start, end: self._header_bytes(self._value, data, start, end),
            "on_header_end": self._header_end,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def take(self) -> list[bytes]:
        taken, self._pending = self._pending, []
        return taken

    def refuse(self) -> None:
        """Raise what a callback found wrong."""
        if self._trouble is not None:
            raise self._trouble

    def _begin(self) -> None:
        self._parts += 1
        self._name, self._in_file = "", False
        self._field.clear()
        if self._parts > PARTS_LIMIT:
            self._trouble = InvalidRequest(f"The form has more than {PARTS_LIMIT} parts.")

    def _header_bytes(self, into: bytearray, data: bytes, start: int, end: int) -> None:
        into.extend(data[start:end])
        if len(into) > HEADER_LIMIT_BYTES:
            self._trouble = InvalidRequest("A header of a part of the form is too long.")

    def _header_end(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            self._name = options.get(b"name", b"").decode("utf-8", "replace")
            if self._name == self._file_field:
                if self.file_name is not None:
                    message = f"The form has more than one part “{self._file_field}”."
                    self._trouble = InvalidRequest(message, action="Send each file in a request of its own.")
                self._in_file = True
                self.file_name = base_name(options.get(b"filename", b"").decode("utf-8", "replace"))
        self._header.clear()
        self._value.clear()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if not self._in_file:
            self._field.extend(data[start:end])
            if len(self._field) > FIELD_LIMIT_BYTES:
                limit_kb = FIELD_LIMIT_BYTES // 1024
                message = f"The field “{self._name[:60]}” of the form is too long: more than {limit_kb} KB."
                self._trouble = InvalidRequest(message, action="Send less in it.")
            return
        self.file_bytes += end - start
        if self.file_bytes > self._limit_bytes:
            self._trouble = _over(self._limit_bytes)
            return
        self._pending.append(data[start:end])

    def _part_end(self) -> None:
        if self._name and not self._in_file:
            self.fields.setdefault(self._name, []).append(self._field.decode("utf-8", "replace"))
        self._in_file = False

    def _end(self) -> None:
        self.ended = True


def _boundary(request: Request, file_field: str) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise InvalidRequest(
            "The content type of the request is not multipart/form-data with a boundary.",
            action=f"Send the file as a form field named {file_field}.",
        )
    return boundary


def _over(limit_bytes: int) -> TooLarge:
    shown = f"{limit_bytes / 1e9:g} GB" if limit_bytes >= 1e9 else f"{limit_bytes / 1e6:g} MB"
    return TooLarge(f"The file is larger than {shown}.", action="Send a smaller file.")
