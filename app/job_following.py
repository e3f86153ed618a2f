"""Waiting for a job on the console: progress while it runs, Ctrl+C cancels it, its reason when it fails."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.progress import rate_words, shown_progress

if TYPE_CHECKING:
    from core.jobs.events import Event
    from core.jobs.types import Job
    from core.library.library import Library

LOOK_EVERY_S = 0.5


def follow_job(library: "Library", job_id: str, *, alive: Callable[[], bool], what: str, kept: str = "") -> "Job":
    """Show how far a job is until it ends; ``what`` names the work in messages, ``kept`` says what a stop leaves.

    Raises Canceled after Ctrl+C, once the work has really stopped; RushesError with the job's reason if it failed;
    Interrupted when nothing runs it any more (``alive``).
    """
    from core.errors import Canceled, RushesError
    from core.jobs.types import JobState

    job = _ended(library, job_id, alive)
    if job.state == JobState.CANCELED:
        raise Canceled(f"{what} was stopped.", action=kept)
    if job.state != JobState.SUCCEEDED:
        raise RushesError(f"{what} failed: {job.error or job.message}", action=job.error_action or "")
    return job


def _ended(library: "Library", job_id: str, alive: Callable[[], bool]) -> "Job":
    from core.errors import Interrupted

    changed = threading.Event()

    def receive(_event: "Event") -> None:
        changed.set()

    unsubscribe = library.events.subscribe(receive)
    try:
        with shown_progress() as show:
            while not (job := library.jobs.get(job_id)).state.ended:
                try:
                    show(job.stage, job.done, job.total, rate_words(job.rate, job.unit, job.eta_s))
                    changed.wait(LOOK_EVERY_S)
                except KeyboardInterrupt:
                    library.jobs.cancel(job_id)
                changed.clear()
                if not alive():
                    raise Interrupted("The work stopped unexpectedly.", action="Start the command again.")
        return job
    finally:
        unsubscribe()
