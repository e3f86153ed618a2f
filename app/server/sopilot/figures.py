"""Jobs of procedures as counters that only rise: those on the library's list at the start, then each as it happens."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import NotFound
from core.jobs.events import Event, JobChanged
from core.jobs.rows import job_of
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.procedures.measures import JOB_BUCKETS_S, HistogramState
from core.procedures.types import INGEST, PROCEDURE_TYPES, SCORE, TRAINING

KINDS = {INGEST: "ingest", SCORE: "score", TRAINING: "training"}
"""The document's words for job types."""
STATUSES = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "running",
    JobState.SUCCEEDED: "completed",
    JobState.FAILED: "failed",
    JobState.CANCELED: "failed",
}
"""The document's words for where a job is; it has none for canceled ones, whose reason says it."""
TRIGGERS = ("manual", "nightly")

_MARKS = ",".join("?" * len(PROCEDURE_TYPES))


@dataclass(frozen=True, slots=True)
class JobCount:
    """What a counter counts; ``trigger`` is "" but for training."""

    kind: str
    status: str
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything at one moment; ``seconds`` by kind, of jobs that ended after they had begun."""

    jobs: Mapping[JobCount, int]
    seconds: Mapping[str, HistogramState]


@dataclass(slots=True)
class _Histogram:
    counts: list[int] = field(default_factory=lambda: [0] * (len(JOB_BUCKETS_S) + 1))
    sum_s: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(JOB_BUCKETS_S, seconds)] += 1
        self.sum_s += seconds


class JobFigures:
    """Listens to a library between ``start`` and ``stop``. Any thread may read."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._states: dict[str, JobState] = {}
        self._jobs: Counter[JobCount] = Counter()
        self._seconds: dict[str, _Histogram] = {}
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin with what is on the list; starting twice changes nothing."""
        if self._unsubscribe is not None:
            return
        self._unsubscribe = self._library.events.subscribe(self._receive)
        for job in _jobs_on_the_list(self._library):
            self._moved(job)

    def stop(self) -> None:
        """Listen no more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def read(self) -> Tally:
        """A copy."""
        with self._lock:
            seconds = {
                kind: HistogramState(JOB_BUCKETS_S, tuple(one.counts), one.sum_s) for kind, one in self._seconds.items()
            }
            return Tally(dict(self._jobs), seconds)

    def _receive(self, event: Event) -> None:
        if not isinstance(event, JobChanged) or event.type not in KINDS:
            return
        if self._states.get(event.job_id) == event.state:
            return  # progress
        try:
            job = self._library.jobs.get(event.job_id)
        except NotFound:
            return  # taken off the list
        self._moved(job)

    def _moved(self, job: Job) -> None:
        """Count a state once; one that was passed through unseen, such as the queue, is counted as well."""
        with self._lock:
            before = self._states.get(job.job_id)
            if before == job.state:
                return
            self._states[job.job_id] = job.state
            if before is None and job.state != JobState.QUEUED:
                self._jobs[_count_of(job, JobState.QUEUED)] += 1
            if job.state != JobState.RUNNING:
                self._jobs[_count_of(job, job.state)] += 1
            seconds = _seconds_of(job)
            if seconds is not None:
                self._seconds.setdefault(KINDS[job.type], _Histogram()).add(seconds)


def _count_of(job: Job, state: JobState) -> JobCount:
    trigger = str(job.params.get("trigger") or TRIGGERS[0]) if job.type == TRAINING else ""
    return JobCount(KINDS[job.type], STATUSES[state], trigger)


def _seconds_of(job: Job) -> float | None:
    if not job.state.ended or not job.started_at or not job.ended_at:
        return None
    return max(0.0, (datetime.fromisoformat(job.ended_at) - datetime.fromisoformat(job.started_at)).total_seconds())


def _jobs_on_the_list(library: Library) -> list[Job]:
    rows = library.store.read().execute(
        f"SELECT * FROM jobs WHERE type IN ({_MARKS}) ORDER BY seq",  # noqa: S608  only question marks
        PROCEDURE_TYPES,
    )
    return [job_of(row) for row in rows]
