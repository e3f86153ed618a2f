"""Procedures: tasks, their videos, steps, scores and verdicts, adapters and search indexes; and the audit trail."""

import sqlite3

_TABLES = """
CREATE TABLE procedure_tasks (
    task_id TEXT PRIMARY KEY,
    title TEXT NOT NULL DEFAULT '',
    settings TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL,
    updated_at TEXT
);
CREATE TABLE procedure_videos (
    video_id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL REFERENCES procedure_tasks (task_id),
    role TEXT NOT NULL CHECK (role IN ('gold', 'trainee')),
    title TEXT NOT NULL DEFAULT '',
    site_id TEXT,
    camera_id TEXT,
    operator_id_hash TEXT,
    media_path TEXT NOT NULL,
    owned INTEGER NOT NULL DEFAULT 0,
    sha256 TEXT NOT NULL DEFAULT '',
    info TEXT NOT NULL,
    masks TEXT NOT NULL DEFAULT '{}',
    accepted INTEGER NOT NULL DEFAULT 0,
    steps_version INTEGER,
    created_at TEXT NOT NULL,
    deleted_at TEXT
);
CREATE INDEX procedure_videos_of_task ON procedure_videos (task_id, role);
CREATE TABLE procedure_embeddings (
    embedding_id INTEGER PRIMARY KEY AUTOINCREMENT,
    video_id INTEGER NOT NULL REFERENCES procedure_videos (video_id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    model_version TEXT NOT NULL,
    params TEXT NOT NULL,
    folder TEXT NOT NULL,
    num_clips INTEGER NOT NULL,
    source_fps REAL NOT NULL,
    sampled_fps REAL NOT NULL,
    summary TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL,
    current INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX procedure_embeddings_one_current ON procedure_embeddings (video_id) WHERE current = 1;
CREATE TABLE procedure_step_lists (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    video_id INTEGER NOT NULL REFERENCES procedure_videos (video_id) ON DELETE CASCADE,
    parent INTEGER,
    name TEXT NOT NULL,
    steps TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX procedure_step_lists_of_video ON procedure_step_lists (video_id, parent);
CREATE TABLE procedure_scores (
    score_id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    task_id TEXT NOT NULL,
    gold_video_id INTEGER NOT NULL,
    trainee_video_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    score REAL NOT NULL,
    passed INTEGER,
    result TEXT NOT NULL,
    versions TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX procedure_scores_of_pair ON procedure_scores (gold_video_id, trainee_video_id, version);
CREATE INDEX procedure_scores_of_task ON procedure_scores (task_id, score_id);
CREATE TABLE procedure_verdicts (
    verdict_id INTEGER PRIMARY KEY AUTOINCREMENT,
    score_id INTEGER NOT NULL REFERENCES procedure_scores (score_id) ON DELETE CASCADE,
    finding_id TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('', 'confirmed', 'dismissed')),
    comment TEXT NOT NULL DEFAULT '',
    actor TEXT NOT NULL,
    created_at TEXT NOT NULL,
    undoes INTEGER
);
CREATE INDEX procedure_verdicts_of_score ON procedure_verdicts (score_id, finding_id);
CREATE TABLE procedure_adapters (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    model TEXT NOT NULL,
    model_version TEXT NOT NULL,
    videos_used INTEGER NOT NULL,
    clips_used INTEGER NOT NULL,
    dim INTEGER NOT NULL,
    evaluation TEXT NOT NULL DEFAULT '{}',
    reason TEXT NOT NULL DEFAULT '',
    current INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE UNIQUE INDEX procedure_adapters_one_current ON procedure_adapters (task_id) WHERE current = 1;
CREATE TABLE procedure_indexes (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL,
    model TEXT NOT NULL,
    model_version TEXT NOT NULL,
    folder TEXT NOT NULL,
    clips INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    current INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX procedure_indexes_one_current ON procedure_indexes (task_id) WHERE current = 1;
CREATE TABLE audit_log (
    entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    actor TEXT NOT NULL DEFAULT '',
    job_id TEXT,
    task_id TEXT,
    details TEXT NOT NULL DEFAULT '{}',
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE INDEX audit_log_of_job ON audit_log (job_id) WHERE job_id IS NOT NULL;
CREATE TABLE audit_exports (
    export_id TEXT PRIMARY KEY,
    file_name TEXT NOT NULL,
    item_count INTEGER NOT NULL,
    signature TEXT NOT NULL,
    actor TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
)
"""

# the trail only grows: not even a mistake in this program may change what it says
_APPEND_ONLY = (
    """CREATE TRIGGER audit_log_never_changes BEFORE UPDATE ON audit_log BEGIN
        SELECT RAISE(ABORT, 'the audit trail is never changed');
    END""",
    """CREATE TRIGGER audit_log_never_shrinks BEFORE DELETE ON audit_log BEGIN
        SELECT RAISE(ABORT, 'the audit trail is never shortened');
    END""",
)


def apply(connection: sqlite3.Connection) -> None:
    """Create the tables; nothing that was there changes."""
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    for statement in _APPEND_ONLY:
        connection.execute(statement)
