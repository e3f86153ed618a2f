"""What a running job is given: progress, cancellation and its log."""

import dataclasses
import threading
import time

from core.errors import Canceled
from core.jobs.pace import Pace
from core.jobs.queue import JobQueue
from core.jobs.types import Job

WRITE_EVERY_S = 0.25
STAGE_EVERY_S = 0.05
"""A new stage is shown at once, for it may be silent for long; but stages that take turns do not flood the table."""


class RunningJob:
    """The JobContext of one attempt. Every method may be called from any thread."""

    def __init__(self, queue: JobQueue, job: Job, asked_to_cancel: threading.Event, stop: threading.Event) -> None:
        """``stop`` is set when the whole program ends."""
        self._queue = queue
        self._asked_to_cancel = asked_to_cancel
        self._stop = stop
        self._lock = threading.Lock()
        self._job = dataclasses.replace(job, stage="", done=0, total=0, unit="", rate=0.0, eta_s=None)
        self._pace = Pace(time.monotonic())
        self._written_at_s = float("-inf")
        self._unwritten = False

    @property
    def job_id(self) -> str:
        """For the log and for names of work folders."""
        return self._job.job_id

    @property
    def stage(self) -> str:
        """The stage that was last told."""
        return self._job.stage

    @property
    def canceled(self) -> bool:
        """Whether the job is to stop now: a person canceled it, or the program ends."""
        return self._asked_to_cancel.is_set() or self._stop.is_set()

    @property
    def canceled_by_person(self) -> bool:
        """Whether a person canceled it, so that it is not put back into the queue."""
        return self._asked_to_cancel.is_set()

    def check(self) -> None:
        """Raise Canceled if the job is to stop."""
        if self.canceled:
            raise Canceled(f"The job {self.job_id} was stopped.")

    def progress(self, stage: str, done: int, total: int = 0, *, unit: str = "", overall: float | None = None) -> None:
        """Say how far ``stage`` is. Within a stage ``done`` never falls; ``overall`` never falls nor passes 1."""
        now_s = time.monotonic()
        with self._lock:
            new_stage = stage != self._job.stage
            done = max(0, done if new_stage else max(done, self._job.done))
            done = min(done, total) if total > 0 else done
            if new_stage:
                self._pace = Pace(now_s, done)
            self._pace.add(now_s, done)
            estimate = self._pace.estimate(now_s, total)
            self._job = dataclasses.replace(
                self._job,
                stage=stage,
                done=done,
                total=max(0, total),
                unit=unit or ("" if new_stage else self._job.unit),
                rate=estimate.rate,
                eta_s=estimate.eta_s,
                overall=_risen(self._job.overall, overall),
            )
            self._unwritten = True
            if now_s - self._written_at_s >= (STAGE_EVERY_S if new_stage else WRITE_EVERY_S):
                self._write(now_s)

    def log(self, text: str, *, level: str = "info") -> None:
        """Add a line to the job's log."""
        self._queue.add_log(self.job_id, text, level)

    def flush(self) -> None:
        """Write what the throttle held back."""
        with self._lock:
            if self._unwritten:
                self._write(time.monotonic())

    def _write(self, now_s: float) -> None:
        self._written_at_s = now_s
        self._unwritten = False
        self._queue.write_progress(self._job)


def _risen(before: float | None, told: float | None) -> float | None:
    if told is None or told != told:  # noqa: PLR0124  NaN is not equal to itself
        return before
    return max(before or 0.0, min(1.0, max(0.0, told)))
