"""Running an analysis from the command line: the same queue and runner as the desktop, in a thread of this process."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.progress import rate_words, shown_progress

if TYPE_CHECKING:
    from core.jobs.events import Event
    from core.jobs.types import Job
    from core.library.library import Library
    from models.store import ModelStore

JOB_TYPE = "analyse"
PRIORITY = 100
"""Before what still waits in the library: the person waits for this one."""


@contextmanager
def open_library(folder: Path, *, create: bool) -> Iterator["Library"]:
    """The library, held by this command."""
    from core.library.library import Library

    with Library.open(folder, create=create, holder=holding("the command line")) as library:
        yield library


def holding(who: str) -> str:
    """This process as the holder of a library, for the message that another process shows."""
    return f"{who} (pid {os.getpid()} on {socket.gethostname()})"


class AnalysisRunner:
    """Runs analyses one after another; use it in :func:`analysis_runner`."""

    def __init__(self, library: "Library", thread: threading.Thread) -> None:
        self._library = library
        self._thread = thread

    def analyse(self, ep_id: str, params: dict[str, Any]) -> "Job":
        """Analyse an episode with progress on the console.

        Raises Canceled after Ctrl+C, once the work has really stopped; RushesError with the job's reason if it failed.
        """
        from core.errors import Canceled, RushesError
        from core.jobs.types import JobState

        job = self._follow(self._submit(ep_id, params))
        if job.state == JobState.CANCELED:
            raise Canceled(f"The analysis of {ep_id} was stopped.", action="Finished stages are kept.")
        if job.state != JobState.SUCCEEDED:
            raise RushesError(
                f"The analysis of {ep_id} failed: {job.error or job.message}", action=job.error_action or ""
            )
        return job

    def _submit(self, ep_id: str, params: dict[str, Any]) -> str:
        """A job that a killed command left waiting goes on where it stopped, unless its parameters were others."""
        from core.jobs.types import JobState

        for job in self._library.jobs.list(states=[JobState.QUEUED, JobState.RUNNING]):
            if job.ep_id != ep_id:
                continue
            if job.type == JOB_TYPE and job.params == params:
                self._library.jobs.set_priority(job.job_id, PRIORITY)
                return job.job_id
            self._library.jobs.cancel(job.job_id)
        return self._library.jobs.submit(JOB_TYPE, ep_id=ep_id, params=params, priority=PRIORITY).job_id

    def _follow(self, job_id: str) -> "Job":
        from core.errors import Interrupted

        changed = threading.Event()

        def receive(_event: "Event") -> None:
            changed.set()

        unsubscribe = self._library.events.subscribe(receive)
        try:
            with shown_progress() as show:
                while not (job := self._library.jobs.get(job_id)).state.ended:
                    show(job.stage, job.done, job.total, rate_words(job.rate, job.unit, job.eta_s))
                    try:
                        changed.wait(0.5)
                    except KeyboardInterrupt:
                        self._library.jobs.cancel(job_id)
                    changed.clear()
                    if not self._thread.is_alive():
                        raise Interrupted("The work stopped unexpectedly.", action="Start the command again.")
            return job
        finally:
            unsubscribe()


@contextmanager
def analysis_runner(library: "Library", store: "ModelStore") -> Iterator[AnalysisRunner]:
    """A runner at work on the library's jobs; when it stops, a job that is not done waits for the next start."""
    from app.job_types import job_functions
    from core.jobs.executors import local_pool
    from core.jobs.runner import Runner

    pool = local_pool(None)
    runner = Runner(library, job_functions(library, store, pool))
    runner.recover()
    stop = threading.Event()
    thread = threading.Thread(target=runner.work, args=(stop,), name="job-runner")
    thread.start()
    try:
        yield AnalysisRunner(library, thread)
    finally:
        stop.set()
        thread.join()
        pool.close()
