"""Learned maps of vectors: rows; the files lie where the training wrote them, inside the library.

Functions that take a connection run inside its transaction.
"""

import json
import sqlite3
from pathlib import Path

import orjson

from core.audit.log import append
from core.errors import InvalidRequest, NotFound
from core.library.clock import now_text
from core.procedures.records import Adapter, NewAdapter
from core.procedures.tasks import read_task


def read_adapters(connection: sqlite3.Connection, root: Path, task_id: str) -> list[Adapter]:
    """All of a task, newest first."""
    rows = connection.execute("SELECT * FROM procedure_adapters WHERE task_id = ? ORDER BY version DESC", (task_id,))
    return [_adapter(row, root) for row in rows]


def read_adapter(connection: sqlite3.Connection, root: Path, version: int) -> Adapter:
    """One of them. Raises NotFound."""
    row = connection.execute("SELECT * FROM procedure_adapters WHERE version = ?", (version,)).fetchone()
    if row is None:
        raise NotFound(f"There is no adapter of version {version}.", action="Look at the list of the task's adapters.")
    return _adapter(row, root)


def read_current(connection: sqlite3.Connection, root: Path, task_id: str) -> Adapter | None:
    """The one that scores and searches use."""
    row = connection.execute(
        "SELECT * FROM procedure_adapters WHERE task_id = ? AND current = 1", (task_id,)
    ).fetchone()
    return _adapter(row, root) if row is not None else None


def add_adapter(connection: sqlite3.Connection, root: Path, new: NewAdapter) -> int:
    """Its version. Raises NotFound, InvalidRequest for a file outside the library."""
    task_id, path = new["task_id"], new["path"]
    read_task(connection, task_id)
    if not path.is_absolute() or not path.is_relative_to(root):
        raise InvalidRequest(f"The adapter {path} does not lie in the library {root}.")
    cursor = connection.execute(
        "INSERT INTO procedure_adapters (job_id, task_id, file_name, model, model_version, videos_used, clips_used, "
        "dim, evaluation, reason, created_at) VALUES (:job_id, :task_id, :file_name, :model, :model_version, "
        ":videos_used, :clips_used, :dim, :evaluation, :reason, :created_at)",
        {
            **new,
            "path": None,
            "file_name": path.relative_to(root).as_posix(),
            "evaluation": json.dumps(dict(new["evaluation"]), default=str),
            "created_at": now_text(),
        },
    )
    version = int(cursor.lastrowid or 0)
    if new["activate"]:
        _make_current(connection, task_id, version)
    append(
        connection,
        kind="setting",
        subject=f"adapter {version}",
        actor="machine",
        job_id=new["job_id"],
        task_id=task_id,
        details={"what": "adapter", "version": version, "activated": new["activate"], "reason": new["reason"]},
    )
    return version


def use_adapter(connection: sqlite3.Connection, root: Path, task_id: str, version: int | None, actor: str) -> bool:
    """Whether anything changed. Raises NotFound for an unknown task, or an adapter that is not the task's."""
    read_task(connection, task_id)
    before = read_current(connection, root, task_id)
    if (before.version if before is not None else None) == version:
        return False
    if version is not None and read_adapter(connection, root, version).task_id != task_id:
        raise NotFound(
            f"The task “{task_id}” has no adapter of version {version}.",
            action="Look at the list of the task's adapters.",
        )
    _make_current(connection, task_id, version)
    append(
        connection,
        kind="setting",
        subject=f"adapter {version}" if version is not None else "no adapter",
        actor=actor,
        task_id=task_id,
        details={"what": "adapter", "version": version, "version_before": before.version if before else None},
    )
    return True


def _make_current(connection: sqlite3.Connection, task_id: str, version: int | None) -> None:
    connection.execute("UPDATE procedure_adapters SET current = 0 WHERE task_id = ? AND current = 1", (task_id,))
    connection.execute("UPDATE procedure_adapters SET current = 1 WHERE version = ?", (version,))


def _adapter(row: sqlite3.Row, root: Path) -> Adapter:
    return Adapter(
        version=row["version"],
        job_id=row["job_id"],
        task_id=row["task_id"],
        path=root / row["file_name"],
        model=row["model"],
        model_version=row["model_version"],
        videos_used=row["videos_used"],
        clips_used=row["clips_used"],
        dim=row["dim"],
        evaluation=orjson.loads(row["evaluation"]),
        reason=row["reason"],
        current=bool(row["current"]),
        created_at=row["created_at"],
    )
