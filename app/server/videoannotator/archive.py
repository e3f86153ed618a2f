"""Several files as one ZIP that is made while it is sent: nothing is written, nothing large is held."""

import io
import os
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from starlette.responses import StreamingResponse

from core.errors import MediaMissing

CHUNK_BYTES = 256 * 1024
_ZIP64_FROM_BYTES = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Member:
    """A file and its name in the archive."""

    name: str
    path: Path


class _Sink(io.RawIOBase):
    """What the archive is written to: it can only be appended to, and is taken away piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def zip_answer(members: Sequence[Member], file_name: str) -> StreamingResponse:
    """The files as an archive. All are opened first, so that a file that is gone is told with a status.

    Raises MediaMissing.
    """
    with ExitStack() as stack:
        opened = [(member, stack.enter_context(_open(member.path))) for member in members]
        kept = stack.pop_all()
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return StreamingResponse(_chunks(opened, kept), media_type="application/zip", headers=headers)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise MediaMissing(
            f"The file {path.name} of this result is not there any more.", action="Run the pipeline again."
        ) from error


def _chunks(opened: Sequence[tuple[Member, BinaryIO]], kept: ExitStack) -> Iterator[bytes]:
    sink = _Sink()
    with kept, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for member, file in opened:
            size_bytes = member.path.stat().st_size if member.path.exists() else 0
            info = zipfile.ZipInfo(member.name, _moment(file))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=size_bytes > _ZIP64_FROM_BYTES) as into:
                while chunk := file.read(CHUNK_BYTES):
                    into.write(chunk)
                    if ready := sink.take():
                        yield ready
    yield sink.take()


def _moment(file: BinaryIO) -> tuple[int, int, int, int, int, int]:
    """When the file was written, as far as ZIP can say it."""
    year, month, day, hour, minute, second = time.gmtime(os.fstat(file.fileno()).st_mtime)[:6]
    return (min(2107, max(1980, year)), month, day, hour, minute, second)
