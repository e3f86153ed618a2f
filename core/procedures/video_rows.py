"""Rows of the table procedure_videos. Functions that take a connection run inside its transaction."""

import dataclasses
import sqlite3
from pathlib import Path
from typing import Any

import orjson

from core.audit.log import append
from core.errors import InvalidRequest
from core.library.chores import note_chore
from core.library.episode_rows import is_file
from core.library.media_json import media_from_json
from core.procedures.json_forms import masks_from_plain, masks_to_plain
from core.procedures.layout import video_folder
from core.procedures.tasks import checked_title, parse_masks
from core.procedures.types import Masks, ProcedureVideo, Role
from core.procedures.words import deleted_video, no_video

REMOVE_STILLS_CHORE = "remove_procedure_stills"
_VIDEOS = """
SELECT v.*, e.embedding_id, e.model, e.model_version, e.num_clips, e.source_fps, e.sampled_fps, e.summary
FROM procedure_videos AS v LEFT JOIN procedure_embeddings AS e ON e.video_id = v.video_id AND e.current = 1
"""


def parse_role(role: Role | str) -> Role:
    """Raises InvalidRequest for a word that is no role."""
    try:
        return Role(role)
    except ValueError:
        raise InvalidRequest(f"“{role}” is no role of a video.", action="Use gold or trainee.") from None


def read_video(
    connection: sqlite3.Connection, root: Path, video_id: int, *, with_deleted: bool = False
) -> ProcedureVideo:
    """One video. Raises NotFound, also for a deleted one unless ``with_deleted``."""
    row = connection.execute(f"{_VIDEOS} WHERE v.video_id = ?", (video_id,)).fetchone()
    if row is None:
        raise no_video(video_id)
    if row["deleted_at"] is not None and not with_deleted:
        raise deleted_video(video_id, row["deleted_at"])
    return _video(row, root)


def read_videos(
    connection: sqlite3.Connection, root: Path, *, task_id: str | None, role: Role | str | None, limit: int | None
) -> list[ProcedureVideo]:
    """Videos that are not deleted, newest first."""
    wanted = None if role is None else parse_role(role).value
    rows = connection.execute(
        f"{_VIDEOS} WHERE v.deleted_at IS NULL AND (?1 IS NULL OR v.task_id = ?1) AND (?2 IS NULL OR v.role = ?2) "
        "ORDER BY v.video_id DESC LIMIT ?3",
        (task_id, wanted, -1 if limit is None else limit),
    )
    return [_video(row, root) for row in rows]


def require_video(connection: sqlite3.Connection, video_id: int) -> sqlite3.Row:
    """The bare row. Raises NotFound, also for a deleted one."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM procedure_videos WHERE video_id = ?", (video_id,)
    ).fetchone()
    if row is None:
        raise no_video(video_id)
    if row["deleted_at"] is not None:
        raise deleted_video(video_id, row["deleted_at"])
    return row


def set_accepted(connection: sqlite3.Connection, video_id: int, accepted: bool, actor: str) -> bool:
    """Whether anything changed. Raises NotFound."""
    return _set(connection, video_id, "accepted", int(accepted), {"accepted": accepted}, actor)


def set_title(connection: sqlite3.Connection, video_id: int, title: str, actor: str) -> bool:
    """Whether anything changed. Raises NotFound, InvalidRequest."""
    trimmed = checked_title(title)
    if not trimmed:
        raise InvalidRequest("A video needs a title.", action="Write one.")
    return _set(connection, video_id, "title", trimmed, {"title": trimmed}, actor)


def set_masks(connection: sqlite3.Connection, video_id: int, masks: Masks, actor: str) -> bool:
    """Whether anything changed. Raises NotFound, InvalidRequest."""
    plain = masks_to_plain(parse_masks(masks))
    changed = _set(connection, video_id, "masks", orjson.dumps(plain).decode(), {"masks": plain}, actor)
    if changed:
        note_chore(connection, REMOVE_STILLS_CHORE, str(video_id))
    return changed


def active_job(connection: sqlite3.Connection, video_id: int) -> sqlite3.Row | None:
    """A job that waits or runs and works on a video: job_id, type, state."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT job_id, type, state FROM jobs WHERE state IN ('queued', 'running') AND type LIKE 'procedure%' "
        "AND ?1 IN (json_extract(params, '$.video_id'), json_extract(params, '$.gold_video_id'), "
        "json_extract(params, '$.trainee_video_id')) ORDER BY seq LIMIT 1",
        (video_id,),
    ).fetchone()
    return row


def _set(
    connection: sqlite3.Connection, video_id: int, column: str, value: object, details: dict[str, Any], actor: str
) -> bool:
    row = require_video(connection, video_id)
    if row[column] == value:
        return False
    connection.execute(
        f"UPDATE procedure_videos SET {column} = ? WHERE video_id = ?",  # noqa: S608  one of this module's own words
        (value, video_id),
    )
    append(
        connection,
        kind="edit",
        subject=str(video_id),
        actor=actor,
        task_id=row["task_id"],
        details={"what": "video", **details},
    )
    return True


def _video(row: sqlite3.Row, root: Path) -> ProcedureVideo:
    # an owned file is noted relative to the library, so that the library can be moved
    media_path = root / row["media_path"]
    measured = row["embedding_id"] is not None
    return ProcedureVideo(
        video_id=row["video_id"],
        task_id=row["task_id"],
        role=Role(row["role"]),
        title=row["title"],
        site_id=row["site_id"],
        camera_id=row["camera_id"],
        operator_id_hash=row["operator_id_hash"],
        media_path=media_path,
        media_missing=not is_file(media_path),
        owned=bool(row["owned"]),
        sha256=row["sha256"],
        info=dataclasses.replace(media_from_json(row["info"]), path=str(media_path)),
        masks=masks_from_plain(orjson.loads(row["masks"])),
        accepted=bool(row["accepted"]),
        steps_version=row["steps_version"],
        created_at=row["created_at"],
        folder=video_folder(root, row["video_id"]),
        embedding_id=row["embedding_id"],
        embedding_model=row["model"] if measured else "",
        embedding_version=row["model_version"] if measured else "",
        num_clips=row["num_clips"] if measured else 0,
        source_fps=row["source_fps"] if measured else 0.0,
        sampled_fps=row["sampled_fps"] if measured else 0.0,
        flagged=dict(orjson.loads(row["summary"]).get("flagged", {})) if measured else {},
        deleted_at=row["deleted_at"],
    )
