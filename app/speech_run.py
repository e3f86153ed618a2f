"""Speech jobs from the command line: the library's own workers, for as long as the command runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.job_following import follow_job

if TYPE_CHECKING:
    from core.jobs.types import Job
    from core.library.library import Library
    from core.subtitling.automation import Automation
    from models.store import ModelStore

PRIORITY = 100
"""Before what still waits in the library: the person waits for this one."""


class SpeechRunner:
    """Follows speech jobs; use it in :func:`speech_runner`."""

    def __init__(self, library: "Library", automation: "Automation") -> None:
        self._library = library
        self.automation = automation

    def follow(self, job: "Job", what: str) -> "Job":
        """Wait for a job with progress on the console. Raises as :func:`app.job_following.follow_job`."""
        self._library.jobs.set_priority(job.job_id, PRIORITY)
        return follow_job(self._library, job.job_id, alive=self._works, what=what)

    def _works(self) -> bool:
        """Whether some worker may still take the job."""
        return any(worker.state in {"idle", "busy"} for worker in self.automation.workers.statuses())


@contextmanager
def speech_runner(library: "Library", store: "ModelStore") -> Iterator[SpeechRunner]:
    """Workers at work on the library's speech jobs; neither schedule nor watcher run."""
    from core.subtitling.automation import Automation

    automation = Automation(library, store)
    try:
        automation.workers.start()
        if not automation.workers.statuses():
            automation.workers.add("cpu")
        yield SpeechRunner(library, automation)
    finally:
        automation.stop()
