"""Taking annotations away: rows at once, with an entry in the audit trail, and files as soon as nobody writes."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from core.annotate import media_rows
from core.annotate.layout import MEDIA_PREFIX, annotations_folder, job_folder, media_folder, result_folder
from core.annotate.types import ANNOTATE
from core.audit.log import append
from core.errors import NotFound
from core.jobs.queue import JobQueue
from core.library.chores import Chores, note_chore
from core.library.durable import remove_tree, sweep
from core.library.store import Store

_JOB_CHORE = "remove_annotation_job"
_RESULT_CHORE = "remove_annotation_result"
_MEDIA_CHORE = "remove_annotation_media"


class Deleting:
    """What Annotations asks of rows and files together; publishes no AnnotationChanged."""

    def __init__(self, store: Store, root: Path, chores: Chores, jobs: JobQueue) -> None:
        self._store = store
        self._root = root
        self._chores = chores
        self._jobs = jobs
        self._lock = threading.Lock()
        self._stopping: dict[str, int | None] = {}
        jobs.when_discarded(self._stopped)
        chores.handle(_JOB_CHORE, self._remove_job)
        chores.handle(_RESULT_CHORE, self._remove_result)
        chores.handle(_MEDIA_CHORE, self._remove_media)

    def job(self, job_id: str, actor: str) -> tuple[int, bool]:
        """The video's id, and whether the video went with its job. Raises NotFound."""

        def delete(connection: sqlite3.Connection) -> tuple[int, bool]:
            media_id = _media_of(connection, job_id)
            _forget_job(connection, job_id, media_id, actor)
            row = connection.execute("SELECT * FROM annotation_media WHERE media_id = ?", (media_id,)).fetchone()
            goes = row is not None and _is_orphan(connection, row, without_job=job_id)
            if goes:
                _forget_video(connection, row, actor)
            return media_id, goes

        media_id, gone = self._jobs.discard([job_id], delete)
        self._clean([job_id], media_id if gone else None)
        return media_id, gone

    def video(self, media_id: int, actor: str) -> list[str]:
        """The ids of the jobs that went with it. Raises NotFound."""
        job_ids = media_rows.jobs_of(self._store.read(), media_id)

        def delete(connection: sqlite3.Connection) -> list[str]:
            row = media_rows.require_media(connection, media_id)
            gone = media_rows.jobs_of(connection, media_id)
            for job_id in gone:
                _forget_job(connection, job_id, media_id, actor)
            _forget_video(connection, row, actor)
            return gone

        gone = self._jobs.discard(job_ids, delete)
        self._clean(gone, media_id)
        return gone

    def result(self, result_id: int, job_id: str, pipeline: str, actor: str) -> None:
        """Forget one result; the caller has seen that it has ended."""

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM annotation_results WHERE result_id = ?", (result_id,))
            note_chore(connection, _RESULT_CHORE, f"{job_id}/{pipeline}")
            details = {"what": "annotation_result", "pipeline": pipeline}
            append(connection, kind="deletion", subject=job_id, actor=actor, job_id=job_id, details=details)

        self._store.write(delete)
        self._chores.do(_RESULT_CHORE, f"{job_id}/{pipeline}")

    def _clean(self, job_ids: Sequence[str], media_id: int | None) -> None:
        """Take the files of deleted jobs away, and of their video; those that are at work are waited for."""
        with self._lock:
            self._stopping.update(dict.fromkeys(job_ids, media_id))
        for job_id in job_ids:
            if not self._jobs.at_work(job_id):
                self._stopped(job_id)
        if media_id is not None and not job_ids:
            self._chores.do(_MEDIA_CHORE, str(media_id))

    def _stopped(self, job_id: str) -> None:
        """No runner is at this deleted job any more."""
        self._chores.do(_JOB_CHORE, job_id)
        with self._lock:
            media_id = self._stopping.pop(job_id, None)
            still_read = media_id in self._stopping.values()
        if media_id is not None and not still_read:
            self._chores.do(_MEDIA_CHORE, str(media_id))

    def remove_leftovers(self) -> None:
        """At opening: folders that no row knows, what was half written, uploads that no job came for."""
        folder = annotations_folder(self._root)
        if not folder.is_dir():
            return
        self._store.write(_forget_orphans)
        sweep(folder)
        connection = self._store.read()
        for entry in folder.iterdir():
            if not entry.is_dir():
                continue
            if entry.name.startswith(MEDIA_PREFIX):
                number = entry.name.removeprefix(MEDIA_PREFIX)
                if number.isdecimal():
                    self._remove_media(number)
            elif not _knows_job(connection, entry.name):
                remove_tree(entry)
            elif (results := entry / "results").is_dir():
                sweep(results)
                for result in results.iterdir():
                    self._remove_result(f"{entry.name}/{result.name}")

    def _remove_job(self, job_id: str) -> None:
        if not _knows_job(self._store.read(), job_id):
            remove_tree(job_folder(self._root, job_id))

    def _remove_result(self, subject: str) -> None:
        job_id, _, pipeline = subject.partition("/")
        row = (
            self._store.read()
            .execute("SELECT 1 FROM annotation_results WHERE job_id = ? AND pipeline = ?", (job_id, pipeline))
            .fetchone()
        )
        if row is None:
            remove_tree(result_folder(self._root, job_id, pipeline))

    def _remove_media(self, media_id: str) -> None:
        row = (
            self._store.read()
            .execute("SELECT 1 FROM annotation_media WHERE media_id = ? AND deleted_at IS NULL", (int(media_id),))
            .fetchone()
        )
        if row is None:
            remove_tree(media_folder(self._root, int(media_id)))


def _media_of(connection: sqlite3.Connection, job_id: str) -> int:
    row = connection.execute(
        "SELECT media_id FROM annotation_results WHERE job_id = ?1 "
        "UNION SELECT json_extract(params, '$.media_id') FROM jobs WHERE job_id = ?1 AND type = ?2",
        (job_id, ANNOTATE),
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no job of annotations {job_id}.", action="Look at the list of jobs.")
    return int(row[0])


def _knows_job(connection: sqlite3.Connection, job_id: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM annotation_results WHERE job_id = ?1 UNION SELECT 1 FROM jobs WHERE job_id = ?1", (job_id,)
    ).fetchone()
    return row is not None


def _forget_job(connection: sqlite3.Connection, job_id: str, media_id: int, actor: str) -> None:
    rows = connection.execute(
        "SELECT pipeline FROM annotation_results WHERE job_id = ? ORDER BY result_id", (job_id,)
    ).fetchall()
    connection.execute("DELETE FROM annotation_results WHERE job_id = ?", (job_id,))
    note_chore(connection, _JOB_CHORE, job_id)
    details = {"what": "annotation_job", "media_id": media_id, "pipelines": [row["pipeline"] for row in rows]}
    append(connection, kind="deletion", subject=job_id, actor=actor, job_id=job_id, details=details)


def _forget_video(connection: sqlite3.Connection, row: sqlite3.Row, actor: str) -> None:
    media_rows.forget_media(connection, row["media_id"])
    note_chore(connection, _MEDIA_CHORE, str(row["media_id"]))
    details = {"what": "annotation_video", "file_name": row["file_name"], "owned": bool(row["owned"])}
    append(connection, kind="deletion", subject=str(row["media_id"]), actor=actor, details=details)


def _is_orphan(connection: sqlite3.Connection, row: sqlite3.Row, *, without_job: str = "") -> bool:
    """Whether an owned video has no job any more and nobody marked it."""
    if not row["owned"] or row["deleted_at"] is not None or media_rows.is_marked(connection, row["media_id"]):
        return False
    return not [one for one in media_rows.jobs_of(connection, row["media_id"]) if one != without_job]


def _forget_orphans(connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT * FROM annotation_media WHERE owned = 1 AND deleted_at IS NULL").fetchall()
    for row in rows:
        if _is_orphan(connection, row):
            _forget_video(connection, row, "machine")
