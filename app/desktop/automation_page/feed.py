"""What the automation does now, read again and again while the page is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.desktop.services import Services
from core.jobs.types import Job, JobState
from core.scanning.types import Rule, ScannerStatus
from core.subtitling.types import SPEECH_TYPES, WorkerStatus
from widgets.job_words import job_subject, job_title

if TYPE_CHECKING:
    from core.library.library import Library
    from core.subtitling.automation import Automation

READ_EVERY_MS = 1000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Workers, scanner, queue. ``doing`` are words for running jobs by id; ``values`` the settings by key."""

    workers: tuple[WorkerStatus, ...]
    scanner: ScannerStatus
    waiting: int
    running: int
    failed: int
    doing: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    asr: tuple[Job, ...] = ()

    @property
    def rules_on(self) -> int:
        """How many rules are on."""
        return sum(rule.enabled for rule in self.rules)


MOST_JOBS = 2000
MOST_REQUESTS = 8


def read_snapshot(automation: "Automation", library: "Library") -> Snapshot:
    """All of it at once. Never in the Qt thread."""
    jobs = [job for job in library.jobs.list(limit=MOST_JOBS) if job.type in SPEECH_TYPES]
    running = [job for job in library.jobs.list((JobState.RUNNING,)) if job.type in SPEECH_TYPES]
    titles = {episode.ep_id: episode.title for episode in library.episodes.list()} if running else {}
    doing = {}
    for job in running:
        subject = titles.get(job.ep_id or "") or job_subject(job)
        doing[job.job_id] = f"{job_title(job)} · {subject}" if subject else job_title(job)
    return Snapshot(
        workers=tuple(automation.workers.statuses()),
        scanner=automation.scanner.status(),
        waiting=sum(job.state is JobState.QUEUED for job in jobs),
        running=len(running),
        failed=sum(job.state is JobState.FAILED for job in jobs),
        doing=doing,
        values={one.key: one.value or "" for one in automation.preferences.all()},
        rules=tuple(automation.rules.list()),
        asr=tuple(job for job in jobs if job.type in {"asr", "language_detection"})[:MOST_REQUESTS],
    )


class AutomationFeed(QObject):
    """``start`` while the page is shown, ``stop`` when it is left; at most one read is on its way."""

    changed = Signal(object)
    """A ``Snapshot``, other than the last."""
    failed = Signal(object)
    """The exception of a read."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._reading = False
        self._again = False
        self.snapshot: Snapshot | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(READ_EVERY_MS)
        self._timer.timeout.connect(self._read)

    def start(self) -> None:
        """Read now and then every second."""
        self.refresh()
        self._timer.start()

    def stop(self) -> None:
        """Nobody looks."""
        self._timer.stop()

    def refresh(self) -> None:
        """Something was changed: read soon, and show nothing that was read before."""
        self._again = self._reading
        self._read()

    def _read(self) -> None:
        if self._reading:
            return
        self._reading = True
        automation, library = self._services.automation, self._services.library
        self._services.background.run_query(
            lambda: read_snapshot(automation, library),
            self._take,
            failed=self._fail,
            owner=self,
            lane="automation-feed",
        )

    def _take(self, snapshot: Snapshot) -> None:
        self._reading = False
        if self._again:
            self.refresh()
        elif snapshot != self.snapshot:
            self.snapshot = snapshot
            self.changed.emit(snapshot)

    def _fail(self, error: Exception) -> None:
        self._reading = self._again = False
        self._timer.stop()
        self.failed.emit(error)
