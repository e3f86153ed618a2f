"""Keeps ``identities.json`` in step with edits: within a second, never inside an edit."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

WAIT_S = 0.25  # edits that follow each other closely are written once


class ExportWorker:
    """One thread that starts with the first edit. What a kill leaves undone stands among the chores of the library."""

    def __init__(self, export: Callable[[str], object]) -> None:
        self._export = export
        self._waiting: dict[str, None] = {}
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def ask(self, ep_id: str) -> None:
        """Write an episode's file soon; after :meth:`close` it waits for the next opening of the library."""
        with self._changed:
            if self._closing.is_set():
                return
            self._waiting[ep_id] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="identities-export", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Write what is waiting and end the thread."""
        with self._changed:
            self._closing.set()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting) or self._closing.is_set())
            self._closing.wait(WAIT_S)
            with self._changed:
                due, self._waiting = list(self._waiting), {}
            for ep_id in due:
                self._write(ep_id)
            if self._closing.is_set() and not due:
                return

    def _write(self, ep_id: str) -> None:
        try:
            self._export(ep_id)
        except Exception:  # one episode's trouble must not keep the others from being written
            log.exception("the identities of %s could not be written", ep_id)
