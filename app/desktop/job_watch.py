"""The present list of jobs, read off the Qt thread whenever core says that something changed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.background import Background
from app.desktop.bridge import EventBridge
from core.jobs.types import Job, JobState

if TYPE_CHECKING:
    from core.library.library import Library

MOST_LISTED = 500


class JobWatch(QObject):
    """Keeps one fresh list for the tray, the Jobs page and badges; at most one read is on its way."""

    changed = Signal(object)
    """tuple[Job, ...]: newest first."""
    ended = Signal(object)
    """A Job that was seen running or queued and has ended now."""

    def __init__(
        self, library: "Library", background: Background, bridge: EventBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._background = background
        self._jobs: tuple[Job, ...] = ()
        self._reading = False
        self._again = False
        bridge.job_changed.connect(self.refresh)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """As of the last read."""
        return self._jobs

    def running(self) -> tuple[Job, ...]:
        """Jobs at work."""
        return tuple(job for job in self._jobs if job.state == JobState.RUNNING)

    def waiting(self) -> tuple[Job, ...]:
        """Jobs in the queue."""
        return tuple(job for job in self._jobs if job.state == JobState.QUEUED)

    def of_episode(self, ep_id: str) -> tuple[Job, ...]:
        """Jobs of an episode that have not ended."""
        return tuple(job for job in self._jobs if job.ep_id == ep_id and not job.state.ended)

    def refresh(self) -> None:
        """Read the list again, soon."""
        if self._reading:
            self._again = True
            return
        self._reading = True
        library = self._library
        self._background.run_query(lambda: _listed(library), self._take, failed=self._fail, owner=self)

    def _take(self, jobs: tuple[Job, ...]) -> None:
        before = {job.job_id: job.state for job in self._jobs}
        self._jobs = jobs
        self._reading = False
        self.changed.emit(jobs)
        for job in jobs:
            if job.state.ended and job.job_id in before and not before[job.job_id].ended:
                self.ended.emit(job)
        self._read_again_if_asked()

    def _fail(self, error: Exception) -> None:
        self._reading = False
        self._again = False
        raise error

    def _read_again_if_asked(self) -> None:
        if self._again:
            self._again = False
            self.refresh()


def _listed(library: "Library") -> tuple[Job, ...]:
    """The newest jobs, and those that run: thousands of waiting ones must not push them off the list."""
    newest = library.jobs.list(limit=MOST_LISTED)
    known = {job.job_id for job in newest}
    return (*newest, *(job for job in library.jobs.list((JobState.RUNNING,)) if job.job_id not in known))
