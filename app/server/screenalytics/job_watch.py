"""Waiting for a job to get somewhere, without asking again and again."""

import threading
from collections.abc import Callable
from typing import Self

from app.server.screenalytics.desk import Context
from core.jobs.events import Event, JobChanged
from core.jobs.types import Job


class JobWatch:
    """Listens from before something is asked of a job, so that nothing is missed; use it in ``with``."""

    def __init__(self, context: Context) -> None:
        self._library = context.library
        self._news = threading.Condition()
        self._unsubscribe: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        self._unsubscribe = self._library.events.subscribe(self._receive)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._unsubscribe()

    def until(self, job_id: str, holds: Callable[[Job], bool], *, within_s: float) -> Job:
        """The job when ``holds`` holds, or after ``within_s`` as it is then."""
        with self._news:
            self._news.wait_for(lambda: holds(self._library.jobs.get(job_id)), timeout=within_s)
        return self._library.jobs.get(job_id)

    def _receive(self, event: Event) -> None:
        if isinstance(event, JobChanged):
            with self._news:
                self._news.notify_all()
