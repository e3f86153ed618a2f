"""Runs waiting jobs, one at a time in each thread that calls :meth:`Runner.work`."""

import json
import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from core.errors import Canceled, RushesError
from core.jobs.context import RunningJob
from core.jobs.disk_trouble import disk_trouble
from core.jobs.events import Notice
from core.jobs.queue import JobQueue
from core.jobs.types import Job, JobContext, JobState
from core.jobs.unit_worker import UnitFailed
from core.library.library import Library

log = logging.getLogger(__name__)

JobFunction = Callable[[Job, JobContext], dict[str, Any]]
"""Does a job; what it returns is the job's result, a text under ``message`` is shown with the job."""
MOST_ATTEMPTS = 3
TROUBLE_PAUSE_S = 5.0
"""How soon a library that could not be written is tried again, should nothing else happen before."""
RETRY_ACTION = "Retry the job. If it fails again, its log has the details for a report."


class Runner:
    """Knows which function does which type of job. Several threads may call :meth:`work` at the same time."""

    def __init__(
        self,
        library: Library,
        registry: Mapping[str, JobFunction],
        *,
        types: Iterable[str] | None = None,
        other_than: Iterable[str] = (),
        worker: str = "",
    ) -> None:
        """``types`` (None = all) without ``other_than`` are the jobs that it takes; ``worker`` is noted on them."""
        self._jobs: JobQueue = library.jobs
        self._events = library.events
        self._registry = dict(registry)
        self._types = None if types is None else frozenset(types)
        self._other_than = frozenset(other_than)
        self._worker = worker
        self._unnoted: deque[Callable[[], object]] = deque()

    def recover(self) -> list[Job]:
        """At the start: jobs that a dead process left running wait again, or fail after MOST_ATTEMPTS attempts.

        Only jobs that this runner would take: others are put in order by theirs.
        """
        return self._jobs.recover(MOST_ATTEMPTS, self._types, self._other_than)

    def work(self, stop: threading.Event) -> None:
        """Run jobs until ``stop`` is set; a job at work then goes back to the queue. Sleeps while there are none."""
        with _waking(self._jobs, stop), self._jobs.attendance.present(self._types, self._other_than):
            while not stop.is_set():
                seen = self._jobs.news_count
                if not self._run_next(stop):
                    self._jobs.wait(seen, stop.is_set)

    def _run_next(self, stop: threading.Event) -> bool:
        """Whether a job was run; a library that cannot be written is told, and tried again a little later."""
        known = bool(self._unnoted)
        try:
            self._note_late()
            claimed = self._jobs.claim(self._types, self._other_than, self._worker)
            if claimed is None:
                return False
            self._run(*claimed, stop)
        except RushesError as error:
            log.exception("the library refused to note the state of a job")
            if not known:
                self._events.publish(Notice("error", error.message, error.action))
            if self._unnoted:
                _wake_later(self._jobs)
            return False
        return True

    def _note(self, note: Callable[[], object]) -> None:
        """Note how a job ended, or keep it for later: else the job would count as running until the next start."""
        try:
            note()
        except RushesError:
            self._unnoted.append(note)
            raise

    def _note_late(self) -> None:
        for _ in range(len(self._unnoted)):
            try:
                note = self._unnoted.popleft()
            except IndexError:
                return  # another thread was quicker
            self._note(note)

    def _run(self, job: Job, asked_to_cancel: threading.Event, stop: threading.Event) -> None:
        context = RunningJob(self._jobs, job, asked_to_cancel, stop)
        try:
            result = self._function_of(job)(job, context)
            text = json.dumps(result)
        except Canceled as canceled:
            self._stopped(job, context, stop, canceled)
        except RushesError as error:
            self._failed(job, context, error.message, error.action)
        except Exception as error:
            trouble = disk_trouble(error) if isinstance(error, OSError) else None
            if trouble is not None:
                self._failed(job, context, trouble.message, trouble.action)
                return
            log.exception("job %s (%s) failed in stage %s", job.job_id, job.type, context.stage)
            context.log(_traceback_of(error), level="debug")
            self._failed(job, context, _sentence(context.stage or job.type, error), RETRY_ACTION)
        else:
            context.flush()
            message = result.get("message", "")
            said = message if isinstance(message, str) else ""
            self._note(lambda: self._jobs.end(job.job_id, JobState.SUCCEEDED, message=said, result=text))

    def _function_of(self, job: Job) -> JobFunction:
        function = self._registry.get(job.type)
        if function is None:
            raise RushesError(f"This Rushes cannot run jobs of the type “{job.type}”.", action="Update Rushes.")
        return function

    def _stopped(self, job: Job, context: RunningJob, stop: threading.Event, canceled: Canceled) -> None:
        context.flush()
        if context.canceled_by_person:
            context.log("Canceled.")
            self._note(lambda: self._jobs.end(job.job_id, JobState.CANCELED, message="Canceled."))
        elif stop.is_set() and self._worker:
            context.log(f"{self._worker} was stopped; the job waits for a worker.")
            self._jobs.put_back(job.job_id, message="Waits for a worker.")
        elif stop.is_set():
            context.log("Rushes is closing; the job goes on at the next start.")
            self._jobs.put_back(job.job_id, message="Goes on at the next start.")
        else:
            self._failed(job, context, canceled.message, canceled.action)

    def _failed(self, job: Job, context: RunningJob, message: str, action: str) -> None:
        context.flush()
        context.log(message, level="error")
        self._note(lambda: self._jobs.end(job.job_id, JobState.FAILED, error=message, action=action))


@contextmanager
def _waking(jobs: JobQueue, stop: threading.Event) -> Iterator[None]:
    """Wake the queue's waiters when ``stop`` is set: an Event and a Condition cannot be waited for together."""
    left = threading.Event()

    def wake() -> None:
        stop.wait()
        if not left.is_set():
            jobs.wake()

    watch = threading.Thread(target=wake, name="job-runner-stop", daemon=True)
    watch.start()
    try:
        yield
    finally:
        left.set()
        if stop.is_set():
            watch.join()


def _wake_later(jobs: JobQueue) -> None:
    timer = threading.Timer(TROUBLE_PAUSE_S, jobs.wake)
    timer.daemon = True
    timer.start()


def _sentence(stage: str, error: Exception) -> str:
    kind, text = (error.kind, error.text) if isinstance(error, UnitFailed) else (type(error).__name__, str(error))
    return f"Rushes failed in stage {stage}: {kind}{f' {text}' if text else ''}."


def _traceback_of(error: Exception) -> str:
    text = "".join(traceback.format_exception(error))
    return f"{error.traceback_text}\n{text}" if isinstance(error, UnitFailed) else text
