"""What happens to rows of the table jobs inside a transaction; called in the writer's thread only."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from core.audit.job_entries import note_job
from core.errors import Conflict, InvalidRequest, NotFound
from core.jobs.rows import job_of, of_types
from core.jobs.types import Job, JobState
from core.library.chores import note_chore
from core.library.clock import now_text

EXCLUSIVE_TYPES = frozenset({"analyse", "detect_track", "faces_embed", "cluster", "episode_cleanup"})
"""Kinds of work that rewrite an episode's stages: one at a time for each episode."""
SPEECH_EXCLUSIVE_TYPES = frozenset({"transcription", "speakers"})
"""Kinds of work that rewrite an episode's transcript: one at a time too, but beside the others."""
FILE_EXCLUSIVE_TYPES = frozenset({"transcription"})
"""Kinds of work of which one at a time is done for a file (``file_path`` of its parameters)."""
VIDEO_EXCLUSIVE_TYPES = frozenset({"procedure_ingest"})
"""Kinds of work of which one at a time is done for a procedure's video (``video_id`` of its parameters)."""
REMOVE_FILES_CHORE = "remove_job_files"


def get_job(connection: sqlite3.Connection, job_id: str) -> Job:
    """One job. Raises NotFound."""
    row = connection.execute("SELECT * FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no job {job_id}.", action="Look at the list of jobs.")
    return job_of(row)


def is_known(connection: sqlite3.Connection, job_id: str) -> bool:
    """Whether the job was not discarded."""
    return connection.execute("SELECT 1 FROM jobs WHERE job_id = ?", (job_id,)).fetchone() is not None


def insert_job(
    connection: sqlite3.Connection, type_: str, ep_id: str | None, priority: int, params: Mapping[str, Any], text: str
) -> Job:
    """A new job that waits; ``text`` is ``params`` as JSON. Raises NotFound, Conflict: see JobQueue.submit."""
    _require_nothing_busy(connection, ep_id, type_, params)
    next_seq = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'").fetchone()
    job_id = f"job-{(next_seq[0] if next_seq else 0) + 1:06d}"
    connection.execute(
        "INSERT INTO jobs (job_id, type, ep_id, state, priority, params, created_at) "
        "VALUES (?, ?, ?, 'queued', ?, ?, ?)",
        (job_id, type_, ep_id, priority, text, now_text()),
    )
    return get_job(connection, job_id)


def take_next(
    connection: sqlite3.Connection, types: Iterable[str] | None, other_than: Iterable[str], worker: str
) -> Job | None:
    """The next waiting job, marked as running; see JobQueue.claim."""
    which, values = of_types(types, other_than)
    row = connection.execute(
        f"SELECT job_id FROM jobs WHERE state = 'queued'{which} "  # noqa: S608  only question marks
        "ORDER BY priority DESC, seq LIMIT 1",
        values,
    ).fetchone()
    if row is None:
        return None
    connection.execute(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, started_at = ?, message = '', worker = ? "
        "WHERE job_id = ?",
        (now_text(), worker, row["job_id"]),
    )
    return get_job(connection, row["job_id"])


def running_rows(
    connection: sqlite3.Connection, types: Iterable[str] | None, other_than: Iterable[str]
) -> list[sqlite3.Row]:
    """Rows of jobs that are marked as running, those of dead processes too."""
    which, values = of_types(types, other_than)
    return connection.execute(
        f"SELECT * FROM jobs WHERE state = 'running'{which} ORDER BY seq",  # noqa: S608  only question marks
        values,
    ).fetchall()


def note_progress(connection: sqlite3.Connection, job: Job) -> bool:
    """Whether the job is still there and runs."""
    changed = connection.execute(
        "UPDATE jobs SET stage = ?, done = ?, total = ?, unit = ?, rate = ?, eta_s = ?, overall = ? "
        "WHERE job_id = ? AND state = 'running'",
        (job.stage, job.done, job.total, job.unit, job.rate, job.eta_s, job.overall, job.job_id),
    )
    return changed.rowcount > 0


def note_line(connection: sqlite3.Connection, job_id: str, at: str, level: str, text: str) -> bool:
    """Add a line to a job's log; whether the job is still there."""
    added = connection.execute(
        "INSERT INTO job_log (job_id, at, level, text) SELECT job_id, ?, ?, ? FROM jobs WHERE job_id = ?",
        (at, level, text, job_id),
    )
    return added.rowcount > 0


def queue_again(connection: sqlite3.Connection, job_id: str, *, requested_by: str, partly: bool) -> Job:
    """See JobQueue.retry."""
    job = get_job(connection, job_id)
    if job.state not in {JobState.FAILED, JobState.CANCELED} and not (partly and job.state is JobState.SUCCEEDED):
        raise InvalidRequest(
            f"The job {job_id} is {job.state}: only a failed or canceled one can be tried again.",
            action="Start a new job instead.",
        )
    _require_nothing_busy(connection, job.ep_id, job.type, job.params)
    connection.execute(
        "UPDATE jobs SET state = 'queued', attempts = 0, cancel_asked = 0, started_at = NULL, ended_at = NULL, "
        "stage = '', done = 0, total = 0, unit = '', rate = 0, eta_s = NULL, overall = NULL, message = '', "
        "error = '', error_action = '', result = '{}', worker = '' WHERE job_id = ?",
        (job_id,),
    )
    if requested_by:
        connection.execute(
            "UPDATE jobs SET params = json_set(params, '$.requested_by', ?) WHERE job_id = ?", (requested_by, job_id)
        )
    return get_job(connection, job_id)


def wait_again(connection: sqlite3.Connection, job_id: str, message: str) -> None:
    """A job that ran waits again as if this attempt had not been."""
    connection.execute(
        "UPDATE jobs SET state = 'queued', attempts = max(0, attempts - 1), started_at = NULL, rate = 0, "
        "eta_s = NULL, message = ?, worker = '' WHERE job_id = ?",
        (message, job_id),
    )


def require_free(connection: sqlite3.Connection, ep_id: str, type_: str) -> None:
    """Raise NotFound for an unknown episode, Conflict when it has a job that a job of this type would disturb."""
    episode = connection.execute("SELECT title FROM episodes WHERE ep_id = ?", (ep_id,)).fetchone()
    if episode is None:
        raise NotFound(f"There is no episode “{ep_id}” in this library.", action="Look at the list of episodes.")
    rivals = next((types for types in (EXCLUSIVE_TYPES, SPEECH_EXCLUSIVE_TYPES) if type_ in types), frozenset())
    marks = ",".join("?" * len(rivals))
    busy = connection.execute(
        "SELECT job_id, type, state FROM jobs WHERE ep_id = ? AND state IN ('queued', 'running') "  # noqa: S608  marks
        f"AND type IN ({marks})",
        (ep_id, *rivals),
    ).fetchone()
    if busy is not None:
        raise Conflict(
            f"“{episode['title']}” already has a job: {busy['type']} ({busy['job_id']}, {busy['state']}).",
            action="Wait until it ends, or cancel it first.",
        )


def require_free_file(connection: sqlite3.Connection, file_path: str, type_: str) -> None:
    """Raise Conflict when a job of this type for this file waits or runs and the type is one of those done once."""
    if type_ not in FILE_EXCLUSIVE_TYPES:
        return
    busy = connection.execute(
        "SELECT job_id, state FROM jobs WHERE json_extract(params, '$.file_path') = ? "
        "AND state IN ('queued', 'running') AND type = ?",
        (file_path, type_),
    ).fetchone()
    if busy is not None:
        raise Conflict(
            f"{file_path} already has a job: {type_} ({busy['job_id']}, {busy['state']}).",
            action="Wait until it ends, or cancel it first.",
        )


def require_free_video(connection: sqlite3.Connection, video_id: int, type_: str) -> None:
    """Raise Conflict when a job of this type for this video waits or runs and the type is one of those done once."""
    if type_ not in VIDEO_EXCLUSIVE_TYPES:
        return
    busy = connection.execute(
        "SELECT job_id, state FROM jobs WHERE json_extract(params, '$.video_id') = ? "
        "AND state IN ('queued', 'running') AND type = ?",
        (video_id, type_),
    ).fetchone()
    if busy is not None:
        raise Conflict(
            f"The video {video_id} already has a job: {type_} ({busy['job_id']}, {busy['state']}).",
            action="Wait until it ends, or cancel it first.",
        )


def delete_jobs(connection: sqlite3.Connection, job_ids: Iterable[str]) -> None:
    """Remove rows with their logs, and ask for the removal of their work files."""
    for job_id in job_ids:
        note_chore(connection, REMOVE_FILES_CHORE, job_id)
        connection.execute("DELETE FROM jobs WHERE job_id = ?", (job_id,))


def end_job(
    connection: sqlite3.Connection,
    job_id: str,
    state: JobState,
    *,
    message: str = "",
    error: str = "",
    action: str = "",
    result: str = "{}",
) -> None:
    """Write how a job ended. Its work files go, except after a failure: there it can be tried again."""
    done = "done = CASE WHEN total > 0 THEN total ELSE done END, overall = 1, " if state == "succeeded" else ""
    connection.execute(
        f"UPDATE jobs SET {done}state = ?, ended_at = ?, rate = 0, eta_s = NULL, message = ?, error = ?, "  # noqa: S608  constant text
        "error_action = ?, result = ? WHERE job_id = ?",
        (state, now_text(), message, error, action, result, job_id),
    )
    note_job(connection, get_job(connection, job_id))
    if state != JobState.FAILED:
        note_chore(connection, REMOVE_FILES_CHORE, job_id)


def recover_job(connection: sqlite3.Connection, row: sqlite3.Row, most_attempts: int) -> None:
    """A job whose process died: canceled if that was asked for, failed after many attempts, else queued again."""
    job_id, attempts = row["job_id"], row["attempts"]
    if row["cancel_asked"]:
        text = "Canceled; the program ended before it could say so."
        end_job(connection, job_id, JobState.CANCELED, message=text)
    elif attempts >= most_attempts:
        text = f"Rushes ended {attempts} times while this job was running, so it was not started again."
        action = "Look at the last lines of the job's log. If memory was short, close other programs, then retry."
        end_job(connection, job_id, JobState.FAILED, error=text, action=action)
    else:
        text = "Rushes ended while this job was running. It goes on with what was finished then."
        connection.execute(
            "UPDATE jobs SET state = 'queued', started_at = NULL, rate = 0, eta_s = NULL, message = ?, worker = '' "
            "WHERE job_id = ?",
            (text, job_id),
        )
    connection.execute(
        "INSERT INTO job_log (job_id, at, level, text) VALUES (?, ?, 'warning', ?)", (job_id, now_text(), text)
    )


def _require_nothing_busy(
    connection: sqlite3.Connection, ep_id: str | None, type_: str, params: Mapping[str, Any]
) -> None:
    if ep_id is not None:
        require_free(connection, ep_id, type_)
    if isinstance(file_path := params.get("file_path"), str):
        require_free_file(connection, file_path, type_)
    if isinstance(video_id := params.get("video_id"), int):
        require_free_video(connection, video_id, type_)
