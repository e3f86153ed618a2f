"""The jobs of a library in a plain thread, as the desktop runs them in one of Qt's."""

import logging
import threading
from types import TracebackType
from typing import Self

from app.job_types import job_functions
from core.jobs.executors import local_pool
from core.jobs.runner import Runner
from core.library.library import Library
from core.subtitling.types import SPEECH_TYPES
from models.store import ModelStore

log = logging.getLogger(__name__)


class JobThread:
    """Use it in ``with``: at the end, a job at work goes back to the queue."""

    def __init__(self, library: Library, models: ModelStore) -> None:
        self._pool = local_pool(None)
        # speech belongs to the workers of the library's automation
        self._runner = Runner(library, job_functions(library, models, self._pool), other_than=SPEECH_TYPES)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="job-runner")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._pool.close()

    @property
    def broken(self) -> bool:
        """Whether it ended on its own: jobs no longer run."""
        return not self._thread.is_alive()

    def _work(self) -> None:
        try:
            self._runner.recover()
            self._runner.work(self._stop)
        except Exception:
            log.exception("the job runner ended")
