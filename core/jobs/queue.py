"""The table of jobs: what waits, what runs, what ended, and the log of each."""

import json
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from core.audit.job_entries import note_job, note_removed
from core.errors import Conflict, InvalidRequest
from core.jobs.events import Event, EventBus, JobChanged, JobLogged
from core.jobs.rows import job_of, of_types
from core.jobs.transactions import (
    REMOVE_FILES_CHORE,
    delete_jobs,
    end_job,
    get_job,
    recover_job,
    require_free,
    require_free_file,
    require_free_video,
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
    ) -> Job:
        """Put a job into the queue.

        ``prepare`` is called first in the same transaction: it may refuse by raising, and write what belongs together
        with the job; what it returns joins the parameters.
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
            if ep_id is not None:
                require_free(connection, ep_id, job_type)
            if isinstance(file_path := whole.get("file_path"), str):
                require_free_file(connection, file_path, job_type)
            if isinstance(video_id := whole.get("video_id"), int):
                require_free_video(connection, video_id, job_type)
            next_seq = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'").fetchone()
            job_id = f"job-{(next_seq[0] if next_seq else 0) + 1:06d}"
            connection.execute(
                "INSERT INTO jobs (job_id, type, ep_id, state, priority, params, created_at) "
                "VALUES (?, ?, ?, 'queued', ?, ?, ?)",
                (job_id, job_type, ep_id, priority, text, now_text()),
            )
            return note_job(connection, get_job(connection, job_id))

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

    def retry(self, job_id: str) -> Job:
        """Put a failed or canceled job into the queue again; it goes on where its finished units end.

        Raises NotFound, InvalidRequest for a job in another state, Conflict as :meth:`submit` does.
        """

        def again(connection: sqlite3.Connection) -> Job:
            job = get_job(connection, job_id)
            if job.state not in {JobState.FAILED, JobState.CANCELED}:
                raise InvalidRequest(
                    f"The job {job_id} is {job.state}: only a failed or canceled one can be tried again.",
                    action="Start a new job instead.",
                )
            if job.ep_id is not None:
                require_free(connection, job.ep_id, job.type)
            if isinstance(file_path := job.params.get("file_path"), str):
                require_free_file(connection, file_path, job.type)
            if isinstance(video_id := job.params.get("video_id"), int):
                require_free_video(connection, video_id, job.type)
            connection.execute(
                "UPDATE jobs SET state = 'queued', attempts = 0, cancel_asked = 0, started_at = NULL, ended_at = NULL, "
                "stage = '', done = 0, total = 0, unit = '', rate = 0, eta_s = NULL, overall = NULL, message = '', "
                "error = '', error_action = '', result = '{}', worker = '' WHERE job_id = ?",
                (job_id,),
            )
            return note_job(connection, get_job(connection, job_id))

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

    def clear_ended(self) -> int:
        """Take all ended jobs off the list; returns how many."""

        def delete(connection: sqlite3.Connection) -> JobList:
            rows = connection.execute(
                "SELECT * FROM jobs WHERE state IN ('succeeded', 'failed', 'canceled')"
            ).fetchall()
            delete_jobs(connection, [row["job_id"] for row in rows])
            note_removed(connection, [row["job_id"] for row in rows])
            return [job_of(row) for row in rows]

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
        which, values = of_types(types, other_than)

        def take(connection: sqlite3.Connection) -> Job | None:
            row = connection.execute(
                f"SELECT job_id FROM jobs WHERE state = 'queued'{which} "  # noqa: S608  only question marks
                "ORDER BY priority DESC, seq LIMIT 1",
                values,
            ).fetchone()
            if row is None:
                return None
            job_id = row["job_id"]
            connection.execute(
                "UPDATE jobs SET state = 'running', attempts = attempts + 1, started_at = ?, message = '', worker = ? "
                "WHERE job_id = ?",
                (now_text(), worker, job_id),
            )
            # here, in the writer's thread, so that no cancel can come between the mark and the event
            self._cancels[job_id] = threading.Event()
            taken.append(job_id)
            return get_job(connection, job_id)

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
    ) -> Job:
        """A running job ended. Its work files go, except after a failure: there it can be tried again."""

        def update(connection: sqlite3.Connection) -> Job:
            end_job(connection, job_id, state, message=message, error=error, action=action, result=result)
            self._cancels.pop(job_id, None)
            return get_job(connection, job_id)

        job = self._store.write(update)
        self._chores.do(REMOVE_FILES_CHORE, job_id)
        return self._tell(job)

    def put_back(self, job_id: str, *, message: str) -> Job:
        """A running job was stopped with its program: it waits again, and this attempt does not count."""

        def update(connection: sqlite3.Connection) -> Job:
            connection.execute(
                "UPDATE jobs SET state = 'queued', attempts = max(0, attempts - 1), started_at = NULL, rate = 0, "
                "eta_s = NULL, message = ?, worker = '' WHERE job_id = ?",
                (message, job_id),
            )
            self._cancels.pop(job_id, None)
            return get_job(connection, job_id)

        return self._tell(self._store.write(update))

    def recover(
        self, most_attempts: int, types: Iterable[str] | None = None, other_than: Iterable[str] = ()
    ) -> JobList:
        """Put jobs in order that a dead process left running; those of this process are left alone.

        Only those that :meth:`claim` would take with the same ``types`` and ``other_than``.
        """
        which, values = of_types(types, other_than)

        def update(connection: sqlite3.Connection) -> JobList:
            rows = connection.execute(
                f"SELECT * FROM jobs WHERE state = 'running'{which} ORDER BY seq",  # noqa: S608  only question marks
                values,
            ).fetchall()
            left = [row for row in rows if row["job_id"] not in self._cancels]
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

        def update(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE jobs SET stage = ?, done = ?, total = ?, unit = ?, rate = ?, eta_s = ?, overall = ? "
                "WHERE job_id = ? AND state = 'running'",
                (job.stage, job.done, job.total, job.unit, job.rate, job.eta_s, job.overall, job.job_id),
            )

        changed = JobChanged(job.job_id, job.type, job.ep_id, job.state)
        self._store.write_later(update).add_done_callback(lambda future: self._publish_written(future, changed))

    def add_log(self, job_id: str, text: str, level: str = "info") -> None:
        """Add a line to a job's log soon; the event comes when it can be read."""
        at = now_text()

        def insert(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO job_log (job_id, at, level, text) SELECT job_id, ?, ?, ? FROM jobs WHERE job_id = ?",
                (at, level, text, job_id),
            )

        logged = JobLogged(job_id, level, text)
        self._store.write_later(insert).add_done_callback(lambda future: self._publish_written(future, logged))

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

    # ------------------------------------------------------------------ telling

    def _tell(self, job: Job) -> Job:
        self._publish(job)
        self.wake()
        return job

    def _publish_written(self, written: Future[None], event: Event) -> None:
        if (error := written.exception()) is not None:
            log.error("%s could not be written", event, exc_info=error)
        else:
            self._events.publish(event)

    def _publish(self, job: Job) -> None:
        self._events.publish(JobChanged(job.job_id, job.type, job.ep_id, job.state))


def _json_of(job_type: str, params: dict[str, Any]) -> str:
    try:
        return json.dumps(params)
    except (TypeError, ValueError) as error:
        raise InvalidRequest(f"The parameters of the job {job_type} are no JSON: {error}.") from error
