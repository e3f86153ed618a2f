"""Rows of the table annotation_media. Functions that take a connection run inside its transaction."""

import dataclasses
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from core.annotate.types import ANNOTATE, AnnotatedVideo, MediaFacts
from core.errors import NotFound
from core.library.clock import now_text
from core.media.types import MediaInfo

_JOBS_OF = (
    "SELECT job_id FROM jobs WHERE type = ?1 AND json_extract(params, '$.media_id') = ?2 "
    "UNION SELECT job_id FROM annotation_results WHERE media_id = ?2"
)


def facts_of(info: MediaInfo, file_name: str) -> MediaFacts:
    """What is said of a video beside its annotations; its checksum comes with the first job."""
    return MediaFacts(
        file_name=file_name,
        path=info.path,
        duration_s=info.duration_s,
        width_px=info.width_px,
        height_px=info.height_px,
        average_fps=info.average_fps,
        has_sound=bool(info.audio),
    )


def require_media(connection: sqlite3.Connection, media_id: int) -> sqlite3.Row:
    """The bare row. Raises NotFound, also for a deleted one."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM annotation_media WHERE media_id = ? AND deleted_at IS NULL", (media_id,)
    ).fetchone()
    if row is None:
        raise NotFound(
            f"There is no video {media_id} to annotate in this library.", action="Look at the list of videos."
        )
    return row


def read_media(connection: sqlite3.Connection, root: Path) -> list[AnnotatedVideo]:
    """All that are not deleted, newest first."""
    rows = connection.execute("SELECT * FROM annotation_media WHERE deleted_at IS NULL ORDER BY media_id DESC")
    return [video_of(row, root) for row in rows]


def same_media(connection: sqlite3.Connection, path: str, ep_id: str | None) -> sqlite3.Row | None:
    """The row of this episode, else of this file in place."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM annotation_media WHERE deleted_at IS NULL AND owned = 0 "
        "AND ((?1 IS NOT NULL AND ep_id = ?1) OR (path = ?2 AND (?1 IS NULL OR ep_id IS NULL))) "
        "ORDER BY (ep_id IS ?1) DESC, media_id LIMIT 1",
        (ep_id, path),
    ).fetchone()
    return row


def insert_media(connection: sqlite3.Connection, facts: MediaFacts, size_bytes: int, ep_id: str | None) -> int:
    """A new row; owned files get their path when they are in their place."""
    cursor = connection.execute(
        "INSERT INTO annotation_media (ep_id, file_name, path, size_bytes, facts, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (ep_id, facts.file_name, facts.path, size_bytes, facts_text(facts), now_text()),
    )
    return int(cursor.lastrowid or 0)


def refresh_media(
    connection: sqlite3.Connection, row: sqlite3.Row, facts: MediaFacts, size_bytes: int, ep_id: str | None
) -> bool:
    """Note what the file is now; whether anything was other than before. A known checksum stays with the same file."""
    before = facts_from(row["facts"])
    same = row["size_bytes"] == size_bytes and before.duration_s == facts.duration_s
    now = dataclasses.replace(facts, sha256=before.sha256 if same else "")
    kept_ep_id = row["ep_id"] if ep_id is None else ep_id
    if (row["ep_id"], row["path"], row["size_bytes"], before) == (kept_ep_id, facts.path, size_bytes, now):
        return False
    stamp = file_stamp(row["facts"]) if same else ""
    connection.execute(
        "UPDATE annotation_media SET ep_id = ?, file_name = ?, path = ?, size_bytes = ?, facts = ? WHERE media_id = ?",
        (kept_ep_id, facts.file_name, facts.path, size_bytes, facts_text(now, stamp), row["media_id"]),
    )
    return True


def set_checksum(connection: sqlite3.Connection, media_id: int, sha256: str, stamp: str) -> None:
    """Note the checksum of a file, and the ``stamp`` (size and time of change) that it had then."""
    row = connection.execute("SELECT facts FROM annotation_media WHERE media_id = ?", (media_id,)).fetchone()
    if row is not None:
        facts = dataclasses.replace(facts_from(row["facts"]), sha256=sha256)
        text = facts_text(facts, stamp)
        connection.execute("UPDATE annotation_media SET facts = ? WHERE media_id = ?", (text, media_id))


def jobs_of(connection: sqlite3.Connection, media_id: int) -> list[str]:
    """Ids of all annotate jobs of a video, those with results only too, oldest first."""
    return sorted(row["job_id"] for row in connection.execute(_JOBS_OF, (ANNOTATE, media_id)))


def is_marked(connection: sqlite3.Connection, media_id: int) -> bool:
    """Whether somebody has own tiers on the video."""
    row = connection.execute(
        "SELECT 1 FROM annotation_tiers WHERE media_id = ? AND deleted = 0 LIMIT 1", (media_id,)
    ).fetchone()
    return row is not None


def forget_media(connection: sqlite3.Connection, media_id: int) -> None:
    """Take a video and everything that people marked on it away; the bare row stays, so that its id names it alone."""
    connection.execute("DELETE FROM annotation_edits WHERE media_id = ?", (media_id,))
    connection.execute(
        "DELETE FROM annotation_marks WHERE tier_id IN (SELECT tier_id FROM annotation_tiers WHERE media_id = ?)",
        (media_id,),
    )
    connection.execute("DELETE FROM annotation_tiers WHERE media_id = ?", (media_id,))
    connection.execute(
        "UPDATE annotation_media SET deleted_at = ?, ep_id = NULL, facts = '{}' WHERE media_id = ?",
        (now_text(), media_id),
    )


def video_of(row: sqlite3.Row, root: Path) -> AnnotatedVideo:
    """An owned file is noted relative to the library, so that the library can be moved."""
    path = str(root / row["path"])
    return AnnotatedVideo(
        media_id=row["media_id"],
        file_name=row["file_name"],
        path=path,
        facts=dataclasses.replace(facts_from(row["facts"]), path=path),
        size_bytes=row["size_bytes"],
        ep_id=row["ep_id"],
        owned=bool(row["owned"]),
        created_at=row["created_at"],
    )


def facts_text(facts: MediaFacts, stamp: str = "") -> str:
    """The column ``facts``; ``stamp`` tells whether the file is still the one whose checksum is noted."""
    return orjson.dumps(dataclasses.asdict(facts) | {"stamp": stamp}).decode()


def facts_from(text: str) -> MediaFacts:
    """The inverse; fields of other versions are ignored."""
    document: Mapping[str, Any] = orjson.loads(text)
    names = {one.name for one in dataclasses.fields(MediaFacts)}
    return MediaFacts(**{name: value for name, value in document.items() if name in names})


def file_stamp(text: str) -> str:
    """The stamp in a column ``facts``."""
    return str(orjson.loads(text).get("stamp", ""))
