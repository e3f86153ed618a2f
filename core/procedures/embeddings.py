"""What was measured of videos: rows and folders. Functions that take a connection run inside its transaction."""

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from core.library.chores import note_chore
from core.library.clock import now_text
from core.library.durable import remove_tree
from core.procedures.layout import embedding_folder, embedding_temp
from core.procedures.records import Embedding, EmbeddingFacts, PendingEmbedding
from core.procedures.types import EncoderId
from core.procedures.video_rows import require_video
from core.procedures.words import not_measured
from core.storage import storage_error

REMOVE_EMBEDDING_CHORE = "remove_procedure_embedding"
_KEPT = 2
"""The newest embeddings of a video: a job may still read the one that was just replaced."""


def read_current(connection: sqlite3.Connection, root: Path, video_id: int) -> Embedding:
    """What was measured last. Raises InvalidRequest when nothing was."""
    row = connection.execute(
        "SELECT * FROM procedure_embeddings WHERE video_id = ? AND current = 1", (video_id,)
    ).fetchone()
    if row is None:
        raise not_measured(video_id)
    return _embedding(row, root)


def read_embedding(connection: sqlite3.Connection, root: Path, embedding_id: int) -> Embedding | None:
    """One of them; None when it is not there any more."""
    row = connection.execute("SELECT * FROM procedure_embeddings WHERE embedding_id = ?", (embedding_id,)).fetchone()
    return _embedding(row, root) if row is not None else None


def reserve(connection: sqlite3.Connection, video_id: int) -> int:
    """An id that was never used. Raises NotFound for an unknown or deleted video."""
    require_video(connection, video_id)
    row = connection.execute(
        "INSERT INTO counters (ep_id, kind, next) VALUES ('', 'procedure_embedding', 2) "
        "ON CONFLICT (ep_id, kind) DO UPDATE SET next = next + 1 RETURNING next - 1"
    ).fetchone()
    return int(row[0])


def make_folder(root: Path, video_id: int, embedding_id: int) -> PendingEmbedding:
    """An empty folder for it. Raises StorageFull, StorageUnwritable."""
    folder = embedding_temp(root, video_id, embedding_id)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise storage_error(error, folder) from error
    return PendingEmbedding(embedding_id, video_id, folder)


def discard(pending: PendingEmbedding) -> None:
    """Throw away an embedding that is not published."""
    remove_tree(pending.folder)


def insert(
    connection: sqlite3.Connection, pending: PendingEmbedding, facts: EmbeddingFacts, summary: Mapping[str, Any]
) -> list[str]:
    """Make it the current one; returns the subjects of the chores that remove superseded ones."""
    connection.execute(
        "UPDATE procedure_embeddings SET current = 0 WHERE video_id = ? AND current = 1", (pending.video_id,)
    )
    connection.execute(
        "INSERT INTO procedure_embeddings (embedding_id, video_id, model, model_version, params, folder, num_clips, "
        "source_fps, sampled_fps, summary, created_at, current) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        (
            pending.embedding_id,
            pending.video_id,
            facts["model"],
            facts["model_version"],
            json.dumps(dict(facts["params"]), default=str),
            f"embedding-{pending.embedding_id:05d}",
            facts["num_clips"],
            facts["source_fps"],
            facts["sampled_fps"],
            json.dumps(dict(summary), default=str),
            now_text(),
        ),
    )
    return _drop_superseded(connection, pending.video_id)


def remove_files(root: Path, subject: str) -> None:
    """The chore REMOVE_EMBEDDING_CHORE; ``subject`` as :func:`insert` returns it."""
    video_id, embedding_id = map(int, subject.split("/"))
    remove_tree(embedding_folder(root, video_id, embedding_id))


def _drop_superseded(connection: sqlite3.Connection, video_id: int) -> list[str]:
    rows = connection.execute(
        "DELETE FROM procedure_embeddings WHERE video_id = ?1 AND embedding_id NOT IN (SELECT embedding_id "
        "FROM procedure_embeddings WHERE video_id = ?1 ORDER BY current DESC, embedding_id DESC LIMIT ?2) "
        "RETURNING embedding_id",
        (video_id, _KEPT),
    ).fetchall()
    subjects = [f"{video_id}/{row['embedding_id']}" for row in rows]
    for subject in subjects:
        note_chore(connection, REMOVE_EMBEDDING_CHORE, subject)
    return subjects


def _embedding(row: sqlite3.Row, root: Path) -> Embedding:
    return Embedding(
        embedding_id=row["embedding_id"],
        video_id=row["video_id"],
        encoder=EncoderId(row["model"], row["model_version"]),
        params=orjson.loads(row["params"]),
        folder=embedding_folder(root, row["video_id"], row["embedding_id"]),
        num_clips=row["num_clips"],
        source_fps=row["source_fps"],
        sampled_fps=row["sampled_fps"],
        summary=orjson.loads(row["summary"]),
        created_at=row["created_at"],
    )
