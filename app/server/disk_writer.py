"""Bytes that come over the wire go to disk in a thread of their own, so that the disk never stops the reading."""

import asyncio
import hashlib
import logging
import os
import queue
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import RushesError, StorageFull
from core.storage import storage_error

log = logging.getLogger(__name__)

MOST_WAITING_BYTES = 64 * 1024 * 1024
"""The network is ahead of the disk by at most this much; then it waits."""
SPARE_BYTES = 64 * 1024 * 1024
"""Space that an upload leaves free."""


@dataclass(frozen=True, slots=True)
class Written:
    """A whole file. ``sha256`` of its bytes in hexadecimal."""

    path: Path
    size_bytes: int
    sha256: str


class DiskWriter:
    """One file. Use it in ``async with``: a file that was not finished goes away."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._chunks: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting_bytes = 0
        self._room = asyncio.Event()
        self._room.set()
        self._ended = asyncio.Event()
        self._trouble: RushesError | None = None
        self._abandoned = False
        self._hash = hashlib.sha256()
        self._size_bytes = 0
        self._thread = threading.Thread(target=self._work, name="upload-writer")

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._ended.is_set() or kind is not None:
            self._abandoned = True
            self._chunks.put(None)

    async def write(self, chunk: bytes) -> None:
        """Hand on a chunk. Raises StorageFull, StorageUnwritable for one that came before."""
        if self._trouble is not None:
            raise self._trouble
        with self._lock:
            self._waiting_bytes += len(chunk)
            if self._waiting_bytes > MOST_WAITING_BYTES:
                self._room.clear()
        self._chunks.put(chunk)
        await self._room.wait()

    async def finish(self) -> Written:
        """Returns when everything is on its way to the disk. Raises StorageFull, StorageUnwritable."""
        self._chunks.put(None)
        await self._ended.wait()
        if self._trouble is not None:
            raise self._trouble
        return Written(self._path, self._size_bytes, self._hash.hexdigest())

    # ------------------------------------------------------------------ in the thread

    def _work(self) -> None:
        try:
            self._write_all()
        except OSError as error:
            self._trouble = storage_error(error, self._path)
        except RushesError as error:
            self._trouble = error
        finally:
            self._in_loop(self._ended)
            self._in_loop(self._room)
            if self._trouble is not None or self._abandoned:
                _forget(self._path)

    def _write_all(self) -> None:
        with self._path.open("wb", buffering=0) as file:
            while (chunk := self._chunks.get()) is not None and not self._abandoned:
                _write(file.fileno(), chunk)
                self._hash.update(chunk)
                self._size_bytes += len(chunk)
                self._make_room(len(chunk))

    def _make_room(self, size_bytes: int) -> None:
        with self._lock:
            was_full = self._waiting_bytes > MOST_WAITING_BYTES
            self._waiting_bytes -= size_bytes
            room = was_full and self._waiting_bytes <= MOST_WAITING_BYTES
        if room:
            self._in_loop(self._room)

    def _in_loop(self, event: asyncio.Event) -> None:
        try:
            self._loop.call_soon_threadsafe(event.set)
        except RuntimeError:
            return  # its loop was closed: nobody waits any more


def require_space(folder: Path, size_bytes: int) -> None:
    """Raise StorageFull when an upload of this size would not leave SPARE_BYTES free."""
    free = shutil.disk_usage(folder).free
    if size_bytes + SPARE_BYTES > free:
        raise StorageFull(
            f"An upload of {size_bytes / 1e6:.1f} MB does not fit: {free / 1e6:.0f} MB are free beside {folder}, "
            f"and {SPARE_BYTES / 1e6:.0f} MB of the disk stay so.",
            action="Free some space, or move the library to a larger disk.",
        )


def _write(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s could not be removed: %s", path, error)
