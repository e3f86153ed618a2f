"""What is to be done on the disk after a commit: noted in the same transaction, so that a crash cannot lose it."""

import logging
import sqlite3
import threading
from collections.abc import Callable

from core.errors import RushesError
from core.jobs.events import EventBus, Notice
from core.library.store import Store

log = logging.getLogger(__name__)


def note_chore(connection: sqlite3.Connection, kind: str, subject: str) -> None:
    """Ask for a chore inside the transaction that makes it necessary; call :meth:`Chores.do` after the commit."""
    connection.execute("INSERT INTO chores (kind, subject) VALUES (?, ?)", (kind, subject))


class Chores:
    """Does chores by kind. Each must be safe to do twice and read what it needs from the database itself."""

    def __init__(self, store: Store, events: EventBus) -> None:
        self._store = store
        self._events = events
        self._ways: dict[str, Callable[[str], object]] = {}
        self._lock = threading.RLock()
        self._slow: dict[str, threading.RLock] = {}

    def handle(self, kind: str, way: Callable[[str], object], *, slow: bool = False) -> None:
        """Say how a kind of chore is done; others do not wait for a ``slow`` one."""
        self._ways[kind] = way
        if slow:
            self._slow[kind] = threading.RLock()

    def do(self, kind: str, subject: str) -> bool:
        """Do it and forget it; when the disk refuses, tell the person and keep it for the next opening."""
        with self._slow.get(kind, self._lock):
            newest = self._store.read().execute("SELECT max(chore_id) FROM chores").fetchone()[0] or 0
            try:
                self._ways[kind](subject)
            except (RushesError, OSError) as error:
                self._put_off(kind, subject, error)
                return False
            self._store.write(
                lambda connection: connection.execute(
                    "DELETE FROM chores WHERE kind = ? AND subject = ? AND chore_id <= ?", (kind, subject, newest)
                )
            )
            return True

    def do_all(self) -> None:
        """Catch up on what an earlier process did not get to."""
        rows = self._store.read().execute("SELECT DISTINCT kind, subject FROM chores ORDER BY chore_id").fetchall()
        for row in rows:
            if row["kind"] in self._ways:
                self.do(row["kind"], row["subject"])

    def _put_off(self, kind: str, subject: str, error: Exception) -> None:
        log.warning("chore %s of %s was put off", kind, subject, exc_info=error)
        message = error.message if isinstance(error, RushesError) else f"{subject}: {error}."
        action = error.action if isinstance(error, RushesError) else ""
        self._events.publish(Notice("warning", message, action or "It is tried again when the library is opened."))
