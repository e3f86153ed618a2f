"""Running an analysis from the command line: the same queue and runner as the desktop, in a thread of this process."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.job_following import follow_job

if TYPE_CHECKING:
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
        return follow_job(
            self._library,
            self._submit(ep_id, params),
            alive=self._thread.is_alive,
            what=f"The analysis of {ep_id}",
            kept="Finished stages are kept.",
        )

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


@contextmanager
def analysis_runner(library: "Library", store: "ModelStore") -> Iterator[AnalysisRunner]:
    """A runner for analyses; see :func:`jobs_running`."""
    with jobs_running(library, store) as thread:
        yield AnalysisRunner(library, thread)


@contextmanager
def jobs_running(library: "Library", store: "ModelStore") -> Iterator[threading.Thread]:
    """The thread at work on the library's jobs; when it stops, a job that is not done waits for the next start."""
    from app.job_types import job_functions
    from core.jobs.executors import local_pool
    from core.jobs.runner import Runner
    from core.subtitling.types import SPEECH_TYPES

    pool = local_pool(None)
    runner = Runner(library, job_functions(library, store, pool), other_than=SPEECH_TYPES)
    runner.recover()
    stop = threading.Event()
    thread = threading.Thread(target=runner.work, args=(stop,), name="job-runner")
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join()
        pool.close()
