"""``episodes/<id>/progress.json``: the progress of the episode's newest job, for scripts that read files."""

import logging
import threading
from collections.abc import Callable

from app.server.context import ServerContext
from app.server.screenalytics import job_words
from app.server.screenalytics.envelope import json_bytes
from core.errors import RushesError
from core.jobs.events import Event, JobChanged
from core.library.durable import write_atomically

log = logging.getLogger(__name__)

WRITE_EVERY_S = 0.5


class ProgressFiles:
    """Writes soon after a job changed, never in the thread that changed it; several changes become one file."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context
        self._changed: dict[str, str] = {}
        self._news = threading.Condition()
        self._stopped = threading.Event()
        self._unsubscribe: Callable[[], None] | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """From now on; starting twice does nothing."""
        if self._thread is None:
            self._stopped.clear()
            self._unsubscribe = self._context.library.events.subscribe(self._receive)
            self._thread = threading.Thread(target=self._work, name="progress-files", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        if self._thread is None or self._unsubscribe is None:
            return
        self._unsubscribe()
        self._stopped.set()
        with self._news:
            self._news.notify_all()
        self._thread.join()
        self._thread = None

    def _receive(self, event: Event) -> None:
        if isinstance(event, JobChanged) and event.ep_id is not None:
            with self._news:
                self._changed[event.ep_id] = event.job_id
                self._news.notify_all()

    def _work(self) -> None:
        while not self._stopped.is_set():
            with self._news:
                self._news.wait_for(lambda: self._changed or self._stopped.is_set())
            self._write_all()
            self._stopped.wait(WRITE_EVERY_S)
        self._write_all()

    def _write_all(self) -> None:
        with self._news:
            taken, self._changed = self._changed, {}
        for ep_id, job_id in taken.items():
            try:
                self._write(ep_id, job_id)
            except RushesError as error:
                log.warning("progress of %s was not written: %s", job_id, error)

    def _write(self, ep_id: str, job_id: str) -> None:
        """An episode that was deleted in the meantime gets no folder again."""
        folder = self._context.library.paths.episode(ep_id)
        job = self._context.library.jobs.get(job_id)
        self._context.library.episodes.get(ep_id)
        write_atomically(folder / "progress.json", json_bytes(job_words.progress(self._context, job)))
