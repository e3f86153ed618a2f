"""The table of jobs: what waits, what runs, what ended, and the log of each."""

import json
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from core.audit.job_entries import note_job, note_removed
from core.errors import Conflict, InvalidRequest
from core.jobs.attendance import Attendance
from core.jobs.events import Event, EventBus, JobChanged, JobLogged
from core.jobs.rows import job_of
from core.jobs.transactions import (
    REMOVE_FILES_CHORE,
    delete_jobs,
    end_job,
    get_job,
    insert_job,
    is_known,
    note_line,
    note_progress,
    queue_again,
    recover_job,
    running_rows,
    take_next,
    wait_again,
)
from core.jobs.types import Job, JobState, LogLine
from core.library.chores import Chores
from core.library.clock import now_text
from core.library.paths import LibraryPaths
from core.library.store import Store
from core.storage import storage_error

log = logging.getLogger(__name__)

JobList = list[Job]  # inside the class, ``list`` is its method
LogLines = list[LogLine]
JobIds = list[str]
T = TypeVar("T")


class JobQueue:
    """Every change is one transaction, then one event. Runners wait here for work."""

    def __init__(self, store: Store, paths: LibraryPaths, events: EventBus, chores: Chores) -> None:
        self._store = store
        self._paths = paths
        self._events = events
        self._chores = chores
        self._news = threading.Condition()
        self._news_count = 0
        self._cancels: dict[str, threading.Event] = {}
        self._discarded: list[Callable[[str], None]] = []
        self.attendance = Attendance()
        chores.handle(REMOVE_FILES_CHORE, self._remove_files)

    # ------------------------------------------------------------------ what a person or a program asks

    def submit(
        self,
        job_type: str,
        *,
        ep_id: str | None = None,
        params: dict[str, Any] | None = None,
        priority: int = 0,
        prepare: Callable[[sqlite3.Connection], Mapping[str, Any]] | None = None,
        also: Callable[[sqlite3.Connection, Job], None] | None = None,
    ) -> Job:
        """Put a job into the queue.

        ``prepare`` is called first in the same transaction: it may refuse by raising, and write what belongs together
        with the job; what it returns joins the parameters. ``also`` is called last, with the job.
        Raises NotFound for an unknown episode, InvalidRequest for parameters that are no JSON, Conflict when the
        episode already has a job that waits or runs and that this one would disturb (EXCLUSIVE_TYPES,
        SPEECH_EXCLUSIVE_TYPES), the file of ``params["file_path"]`` one of FILE_EXCLUSIVE_TYPES, or the video of
        ``params["video_id"]`` one of VIDEO_EXCLUSIVE_TYPES.
        """
        if not job_type:
            raise InvalidRequest("A job needs a type.")
        given = dict(params or {})
        _json_of(job_type, given)

        def insert(connection: sqlite3.Connection) -> Job:
            whole = given if prepare is None else given | dict(prepare(connection))
            text = _json_of(job_type, whole)
            job = note_job(connection, insert_job(connection, job_type, ep_id, priority, whole, text))
            if also is not None:
                also(connection, job)
            return job

        return self._tell(self._store.write(insert))

    def get(self, job_id: str) -> Job:
        """One job. Raises NotFound."""
        return get_job(self._store.read(), job_id)

    def list(self, states: Iterable[JobState] | None = None, limit: int = 200) -> JobList:
        """Jobs, newest first."""
        wanted = tuple(JobState) if states is None else tuple(states)
        marks = ",".join("?" * len(wanted))
        rows = self._store.read().execute(
            f"SELECT * FROM jobs WHERE state IN ({marks}) ORDER BY seq DESC LIMIT ?",  # noqa: S608  only question marks
            (*wanted, limit),
        )
        return [job_of(row) for row in rows]

    def cancel(self, job_id: str) -> Job:
        """Stop a job: a waiting one at once, a running one within two seconds; an ended one stays as it is."""

        def cancel(connection: sqlite3.Connection) -> Job:
            job = get_job(connection, job_id)
            if job.state == JobState.QUEUED:
                end_job(connection, job_id, JobState.CANCELED, message="Canceled before it began.")
            elif job.state == JobState.RUNNING:
                connection.execute("UPDATE jobs SET cancel_asked = 1 WHERE job_id = ?", (job_id,))
            return get_job(connection, job_id)

        job = self._store.write(cancel)
        if (asked := self._cancels.get(job_id)) is not None:
            asked.set()
        if job.state == JobState.CANCELED:
            self._chores.do(REMOVE_FILES_CHORE, job_id)
        return self._tell(job)

    def retry(
        self,
        job_id: str,
        *,
        requested_by: str = "",
        partly: bool = False,
        also: Callable[[sqlite3.Connection, Job], None] | None = None,
    ) -> Job:
        """Put a failed or canceled job into the queue again; it goes on where its finished units end.

        ``partly``: also one that succeeded, for only a part of it did; ``also`` is called in the same transaction and
        may refuse by raising; ``requested_by`` "" = whoever asked first.
        Raises NotFound, InvalidRequest for a job in another state, Conflict as :meth:`submit` does.
        """

        def again(connection: sqlite3.Connection) -> Job:
            job = queue_again(connection, job_id, requested_by=requested_by, partly=partly)
            if also is not None:
                also(connection, job)
            return note_job(connection, job)

        return self._tell(self._store.write(again))

    def set_priority(self, job_id: str, priority: int) -> Job:
        """Higher numbers run first; equal ones in the order of their creation."""

        def update(connection: sqlite3.Connection) -> Job:
            get_job(connection, job_id)
            connection.execute("UPDATE jobs SET priority = ? WHERE job_id = ?", (priority, job_id))
            return get_job(connection, job_id)

        return self._tell(self._store.write(update))

    def log(self, job_id: str) -> LogLines:
        """The lines of a job's log, oldest first. Raises NotFound."""
        self.get(job_id)
        rows = self._store.read().execute(
            "SELECT at, level, text FROM job_log WHERE job_id = ? ORDER BY line_id", (job_id,)
        )
        return [LogLine(row["at"], row["level"], row["text"]) for row in rows]

    def remove(self, job_id: str) -> None:
        """Take an ended job off the list, with its log and work files; results stay. Raises Conflict if it runs."""

        def delete(connection: sqlite3.Connection) -> Job:
            job = get_job(connection, job_id)
            if not job.state.ended:
                raise Conflict(f"The job {job_id} is {job.state}.", action="Cancel it first.")
            delete_jobs(connection, [job_id])
            note_removed(connection, [job_id])
            return job

        job = self._store.write(delete)
        self._chores.do(REMOVE_FILES_CHORE, job_id)
        self._tell(job)

    def discard(self, job_ids: Sequence[str], also: Callable[[sqlite3.Connection], T]) -> T:
        """Take jobs away whatever they do, in one transaction with ``also``, which may refuse by raising.

        One at work stops as if it were canceled; its runner takes its files away then. Unknown ones are passed over.
        """

        def delete(connection: sqlite3.Connection) -> tuple[JobList, T]:
            result = also(connection)
            known = [get_job(connection, job_id) for job_id in job_ids if is_known(connection, job_id)]
            delete_jobs(connection, [job.job_id for job in known])
            return known, result

        gone, result = self._store.write(delete)
        for job in gone:
            if (asked := self._cancels.get(job.job_id)) is not None:
                asked.set()
            else:
                self._chores.do(REMOVE_FILES_CHORE, job.job_id)
            self._tell(job if job.state.ended else replace(job, state=JobState.CANCELED))
        return result

    def when_discarded(self, react: Callable[[str], None]) -> None:
        """``react`` is called with the id of a discarded job when its runner has left it."""
        self._discarded.append(react)

    def at_work(self, job_id: str) -> bool:
        """Whether a runner of this process is at a job, also at one that was discarded meanwhile."""
        return job_id in self._cancels

    def clear_ended(self) -> int:
        """Take all ended jobs off the list; returns how many."""

        def delete(connection: sqlite3.Connection) -> JobList:
            rows = connection.execute("SELECT * FROM jobs WHERE state IN ('succeeded', 'failed', 'canceled')")
            ended = [job_of(row) for row in rows.fetchall()]
            delete_jobs(connection, [job.job_id for job in ended])
            note_removed(connection, [job.job_id for job in ended])
            return ended

        gone = self._store.write(delete)
        for job in gone:
            self._chores.do(REMOVE_FILES_CHORE, job.job_id)
            self._tell(job)
        return len(gone)

    # ------------------------------------------------------------------ what a runner asks

    def claim(
        self, types: Iterable[str] | None = None, other_than: Iterable[str] = (), worker: str = ""
    ) -> tuple[Job, threading.Event] | None:
        """Take the next waiting job and mark it running; the event is set when someone cancels it.

        Only jobs of ``types`` (None = all) that are not in ``other_than`` are taken; ``worker`` is noted on the row.
        """

        taken: JobIds = []

        def take(connection: sqlite3.Connection) -> Job | None:
            job = take_next(connection, types, other_than, worker)
            if job is None:
                return None
            # here, in the writer's thread, so that no cancel can come between the mark and the event
            self._cancels[job.job_id] = threading.Event()
            taken.append(job.job_id)
            return job

        try:
            job = self._store.write(take)
        except BaseException:
            for job_id in taken:  # the mark was not written, so nobody runs it
                self._cancels.pop(job_id, None)
            raise
        if job is None:
            return None
        self._tell(job)
        return job, self._cancels[job.job_id]

    def end(
        self, job_id: str, state: JobState, *, message: str = "", error: str = "", action: str = "", result: str = "{}"
    ) -> Job | None:
        """A running job ended. Its work files go, except after a failure: there it can be tried again.

        None when it was discarded.
        """
        said = {"message": message, "error": error, "action": action, "result": result}
        return self._leave(job_id, lambda connection: end_job(connection, job_id, state, **said))

    def put_back(self, job_id: str, *, message: str) -> Job | None:
        """A running job was stopped with its program: it waits again, and this attempt does not count.

        None when it was discarded.
        """
        return self._leave(job_id, lambda connection: wait_again(connection, job_id, message))

    def _leave(self, job_id: str, note: Callable[[sqlite3.Connection], None]) -> Job | None:
        def update(connection: sqlite3.Connection) -> Job | None:
            self._cancels.pop(job_id, None)
            if not is_known(connection, job_id):
                return None
            note(connection)
            return get_job(connection, job_id)

        asked = self._cancels.get(job_id)
        try:
            job = self._store.write(update)
        except BaseException:  # it counts as running, so it stays one of this process
            self._cancels |= {job_id: asked} if asked else {}
            raise
        self._chores.do(REMOVE_FILES_CHORE, job_id)
        if job is not None:
            return self._tell(job)
        for react in self._discarded:
            react(job_id)
        return None

    def recover(
        self, most_attempts: int, types: Iterable[str] | None = None, other_than: Iterable[str] = ()
    ) -> JobList:
        """Put jobs in order that a dead process left running; those of this process are left alone.

        Only those that :meth:`claim` would take with the same ``types`` and ``other_than``.
        """

        def update(connection: sqlite3.Connection) -> JobList:
            running = running_rows(connection, types, other_than)
            left = [row for row in running if row["job_id"] not in self._cancels]
            for row in left:
                recover_job(connection, row, most_attempts)
            return [get_job(connection, row["job_id"]) for row in left]

        jobs = self._store.write(update)
        for job in jobs:
            if job.state.ended:
                self._chores.do(REMOVE_FILES_CHORE, job.job_id)
            self._tell(job)
        return jobs

    def write_progress(self, job: Job) -> None:
        """Write a running job's progress soon; raises nothing of the disk, :meth:`end` will."""

        changed = JobChanged(job.job_id, job.type, job.ep_id, job.state)
        written = self._store.write_later(lambda connection: note_progress(connection, job))
        written.add_done_callback(lambda future: self._publish_written(future, changed))

    def add_log(self, job_id: str, text: str, level: str = "info") -> None:
        """Add a line to a job's log soon; the event comes when it can be read."""
        at = now_text()
        logged = JobLogged(job_id, level, text)
        written = self._store.write_later(lambda connection: note_line(connection, job_id, at, level, text))
        written.add_done_callback(lambda future: self._publish_written(future, logged))

    @property
    def news_count(self) -> int:
        """Grows with every change; ask before :meth:`claim`, so that :meth:`wait` misses nothing."""
        with self._news:
            return self._news_count

    def wait(self, seen: int, stopped: Callable[[], bool]) -> None:
        """Sleep until something happened after the count ``seen``, or ``stopped()`` holds."""
        with self._news:
            self._news.wait_for(lambda: self._news_count != seen or stopped())

    def wake(self) -> None:
        """Let all who wait look again."""
        with self._news:
            self._news_count += 1
            self._news.notify_all()

    def work_dir(self, job_id: str) -> Path:
        """Where the units of a job keep their results; made if it is not there. Removed when the job ends well.

        Raises StorageFull, StorageUnwritable.
        """
        folder = self._paths.job(job_id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, folder) from error
        return folder

    def remove_leftovers(self) -> None:
        """At opening: remove work folders of jobs that are gone or ended without failing."""
        rows = self._store.read().execute("SELECT job_id FROM jobs WHERE state IN ('queued', 'running', 'failed')")
        kept = {row["job_id"] for row in rows}
        if self._paths.jobs.is_dir():
            for folder in self._paths.jobs.iterdir():
                if folder.is_dir() and folder.name not in kept:
                    shutil.rmtree(folder, ignore_errors=True)

    def _remove_files(self, job_id: str) -> None:
        row = self._store.read().execute("SELECT state FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
        if row is None or row["state"] in {JobState.SUCCEEDED, JobState.CANCELED}:
            shutil.rmtree(self._paths.job(job_id), ignore_errors=True)

    def _tell(self, job: Job) -> Job:
        self._events.publish(JobChanged(job.job_id, job.type, job.ep_id, job.state))
        self.wake()
        return job

    def _publish_written(self, written: Future[bool], event: Event) -> None:
        """Nothing is told of a job that is gone."""
        if (error := written.exception()) is not None:
            log.error("%s could not be written", event, exc_info=error)
        elif written.result():
            self._events.publish(event)


def _json_of(job_type: str, params: dict[str, Any]) -> str:
    try:
        return json.dumps(params)
    except (TypeError, ValueError) as error:
        raise InvalidRequest(f"The parameters of the job {job_type} are no JSON: {error}.") from error
