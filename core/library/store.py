"""The database of a library: one thread writes, every thread reads over its own connection."""

import logging
import queue
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from core.errors import Interrupted
from core.library.errors import database_error

log = logging.getLogger(__name__)

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 16_384


def connect(path: Path, *, create: bool = False, read_only: bool = False) -> sqlite3.Connection:
    """A connection with the settings of a library; the caller closes it. Transactions begin only when asked for."""
    mode = "rwc" if create else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_TIMEOUT_MS / 1000,
    )
    connection.row_factory = sqlite3.Row
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            # in WAL mode NORMAL loses nothing when a process dies, and stays whole when the power fails
            connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


class _Write(Generic[T]):
    """One transaction on its way to the writer."""

    def __init__(self, run: Callable[[sqlite3.Connection], T]) -> None:
        self.run = run
        self.future: Future[T] = Future()
        self.asked_s = time.monotonic()


class _Reader:
    """A thread's own connection; closed when the thread ends or the store closes."""

    def __init__(self, path: Path) -> None:
        self.connection = connect(path, read_only=True)

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()


class Store:
    """Small transactions go through :meth:`write`, in the order in which they come; reads never wait for them."""

    def __init__(self, path: Path) -> None:
        """Open a database whose schema is already up to date."""
        self._path = path
        self._writes: queue.SimpleQueue[_Write[Any] | None] = queue.SimpleQueue()
        self._local = threading.local()
        self._readers: weakref.WeakSet[_Reader] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False
        self._writing = connect(path)
        self._wait_ms = BUSY_TIMEOUT_MS
        self._held = False
        self._writer = threading.Thread(target=self._write_all, name="library-writer", daemon=True)
        self._writer.start()

    def write(self, run: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``run(connection)`` in the writer thread as one transaction and wait for what it returns.

        An exception rolls everything back and comes out here. Raises StorageFull, StorageUnwritable (also when another
        program held the database for BUSY_TIMEOUT_MS, however many writes waited), Interrupted.
        """
        if threading.current_thread() is self._writer:
            raise RuntimeError("a transaction is already open in this thread: use its connection")
        return self.write_later(run).result()

    def write_later(self, run: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """As :meth:`write` without waiting. Callbacks of the future run in the writer thread, after the commit."""
        write = _Write(run)
        with self._lock:
            self._refuse_when_closed()
            self._writes.put(write)
        return write.future

    def read(self) -> sqlite3.Connection:
        """This thread's connection; it can only read. Rows are sqlite3.Row. Raises Interrupted after the close."""
        self._refuse_when_closed()
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            try:
                reader = _Reader(self._path)
            except sqlite3.Error as error:
                raise self._for_people(error) from error
            self._local.reader = reader
            with self._lock:
                self._readers.add(reader)
        return reader.connection

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, seeing one and the same state of the database until the block ends."""
        connection = self.read()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    def close(self) -> None:
        """Finish the writes that were asked for and close all connections. No thread may be reading any more."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._writes.put(None)
        self._writer.join()
        with self._lock:
            for reader in list(self._readers):
                reader.connection.close()
        self._writing.close()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise Interrupted(f"The library {self._path.parent} was closed.", action="Open it again.")

    def _write_all(self) -> None:
        while (write := self._writes.get()) is not None:
            self._transact(write)
            del write  # its closure may hold a connection's worth of objects while we wait for the next

    def _transact(self, write: _Write[Any]) -> None:
        try:
            self._begin(write)
            result = write.run(self._writing)
            self._writing.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - handed to the thread that asked
            self._roll_back()
            write.future.set_exception(self._for_people(error) if isinstance(error, sqlite3.Error) else error)
        else:
            write.future.set_result(result)

    def _begin(self, write: _Write[Any]) -> None:
        """While another program holds the database, the time that a write stood in the queue counts as waiting."""
        waited_ms = int((time.monotonic() - write.asked_s) * 1000) if self._held else 0
        self._wait_at_most(max(0, BUSY_TIMEOUT_MS - waited_ms))
        try:
            self._writing.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._held = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            raise
        self._held = False

    def _wait_at_most(self, wait_ms: int) -> None:
        if wait_ms != self._wait_ms:
            self._writing.execute(f"PRAGMA busy_timeout = {wait_ms}")
            self._wait_ms = wait_ms

    def _roll_back(self) -> None:
        if self._writing.in_transaction:
            try:
                self._writing.execute("ROLLBACK")
            except sqlite3.Error:
                log.exception("a transaction of %s could not be rolled back", self._path)

    def _for_people(self, error: sqlite3.Error) -> Exception:
        return database_error(error, self._path) or error
