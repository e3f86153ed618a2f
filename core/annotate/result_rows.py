"""Rows of the table annotation_results. Functions that take a connection run inside its transaction."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from core.annotate.layout import result_folder
from core.annotate.types import PipelineResult, ResultState
from core.errors import NotFound
from core.library.clock import now_text

_RESULTS = (
    "SELECT r.*, j.state AS job_state, j.error AS job_error, j.error_action AS job_action, j.ended_at AS job_ended "
    "FROM annotation_results AS r LEFT JOIN jobs AS j ON j.job_id = r.job_id"
)


def read_results(
    connection: sqlite3.Connection, root: Path, *, job_id: str | None = None, media_id: int | None = None
) -> list[PipelineResult]:
    """Results of a job or a video, or all, in the order in which they were asked for."""
    rows = connection.execute(
        f"{_RESULTS} WHERE (?1 IS NULL OR r.job_id = ?1) AND (?2 IS NULL OR r.media_id = ?2) ORDER BY r.result_id",
        (job_id, media_id),
    )
    return [_result(row, root) for row in rows]


def read_result(connection: sqlite3.Connection, root: Path, job_id: str, pipeline: str) -> PipelineResult:
    """One result. Raises NotFound."""
    row = connection.execute(f"{_RESULTS} WHERE r.job_id = ? AND r.pipeline = ?", (job_id, pipeline)).fetchone()
    if row is None:
        raise NotFound(
            f"The job {job_id} has no result of the pipeline “{pipeline}”.", action="Look at the job's results."
        )
    return _result(row, root)


def read_result_by_id(connection: sqlite3.Connection, root: Path, result_id: int) -> PipelineResult:
    """One result. Raises NotFound."""
    row = connection.execute(f"{_RESULTS} WHERE r.result_id = ?", (result_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no result {result_id} in this library.", action="Look at the job's results.")
    return _result(row, root)


def insert_results(
    connection: sqlite3.Connection, job_id: str, media_id: int, config: Mapping[str, Mapping[str, Any]]
) -> None:
    """A queued result for each pipeline of ``config``."""
    connection.executemany(
        "INSERT INTO annotation_results (job_id, media_id, pipeline, state, config) VALUES (?, ?, ?, 'queued', ?)",
        [(job_id, media_id, pipeline, orjson.dumps(one).decode()) for pipeline, one in config.items()],
    )


def queue_again(connection: sqlite3.Connection, job_id: str, *, failed: bool = True) -> None:
    """What did not succeed waits again; what failed only when ``failed``."""
    connection.execute(
        "UPDATE annotation_results SET state = 'queued', started_at = NULL, ended_at = NULL, took_s = NULL, "
        "progress = NULL, stage = '', error = '', error_action = '' "
        "WHERE job_id = ?1 AND state != 'succeeded' AND (?2 OR state != 'failed')",
        (job_id, int(failed)),
    )


def set_running(connection: sqlite3.Connection, job_id: str, pipeline: str) -> bool:
    """Whether the result is still there."""
    changed = connection.execute(
        "UPDATE annotation_results SET state = 'running', started_at = ?, progress = 0 "
        "WHERE job_id = ? AND pipeline = ?",
        (now_text(), job_id, pipeline),
    )
    return changed.rowcount > 0


def set_progress(
    connection: sqlite3.Connection, job_id: str, pipeline: str, stage: str, progress: float | None
) -> bool:
    """Whether the result is still there and still runs."""
    changed = connection.execute(
        "UPDATE annotation_results SET stage = ?, progress = ? WHERE job_id = ? AND pipeline = ? AND state = 'running'",
        (stage, progress, job_id, pipeline),
    )
    return changed.rowcount > 0


def set_failed(
    connection: sqlite3.Connection, job_id: str, pipeline: str, *, error: str, action: str, took_s: float | None
) -> bool:
    """Whether the result is still there."""
    changed = connection.execute(
        "UPDATE annotation_results SET state = 'failed', error = ?, error_action = ?, ended_at = ?, took_s = ? "
        "WHERE job_id = ? AND pipeline = ?",
        (error, action, now_text(), took_s, job_id, pipeline),
    )
    return changed.rowcount > 0


def set_published(
    connection: sqlite3.Connection,
    job_id: str,
    pipeline: str,
    *,
    files: Sequence[str],
    annotation_count: int,
    started_at: str,
    ended_at: str,
    took_s: float,
) -> bool:
    """Whether the result is still there."""
    changed = connection.execute(
        "UPDATE annotation_results SET state = 'succeeded', folder = ?, files = ?, annotation_count = ?, "
        "started_at = ?, ended_at = ?, took_s = ?, progress = 1, stage = '', error = '', error_action = '' "
        "WHERE job_id = ? AND pipeline = ?",
        (
            result_folder(Path(), job_id, pipeline).as_posix(),
            orjson.dumps(list(files)).decode(),
            annotation_count,
            started_at,
            ended_at,
            took_s,
            job_id,
            pipeline,
        ),
    )
    return changed.rowcount > 0


def _result(row: sqlite3.Row, root: Path) -> PipelineResult:
    state, error, action = _state_now(row)
    return PipelineResult(
        result_id=row["result_id"],
        job_id=row["job_id"],
        media_id=row["media_id"],
        pipeline=row["pipeline"],
        state=state,
        config=orjson.loads(row["config"]),
        folder=str(root / row["folder"]) if row["folder"] else "",
        files=tuple(orjson.loads(row["files"])),
        annotation_count=row["annotation_count"],
        started_at=row["started_at"],
        ended_at=row["ended_at"] if row["ended_at"] or not state.ended else row["job_ended"],
        took_s=row["took_s"],
        progress=row["progress"],
        stage=row["stage"] if state is ResultState.RUNNING else "",
        error=error,
        error_action=action,
    )


def _state_now(row: sqlite3.Row) -> tuple[ResultState, str, str]:
    """What a pipeline's row says, as far as its job still bears it out: a job may be canceled before it began, or end
    with its process, and says so in its own row alone.
    """
    state = ResultState(row["state"])
    if state is ResultState.SUCCEEDED:
        return state, "", ""
    if row["job_state"] == "queued":
        return ResultState.QUEUED, "", ""
    if state.ended or row["job_state"] == "running":
        return state, row["error"], row["error_action"]
    if row["job_state"] == "failed":
        return ResultState.FAILED, row["job_error"], row["job_action"]
    return ResultState.CANCELED, "", ""
