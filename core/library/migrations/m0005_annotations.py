"""Annotations: the videos they are about, what pipelines gave, and the tiers that people draw themselves."""

import sqlite3

_TABLES = """
CREATE TABLE annotation_media (
    media_id INTEGER PRIMARY KEY AUTOINCREMENT,
    ep_id TEXT REFERENCES episodes (ep_id) ON DELETE SET NULL,
    file_name TEXT NOT NULL,
    path TEXT NOT NULL,
    owned INTEGER NOT NULL DEFAULT 0,
    size_bytes INTEGER NOT NULL,
    facts TEXT NOT NULL,
    created_at TEXT NOT NULL,
    deleted_at TEXT
);
CREATE UNIQUE INDEX annotation_media_one_of_episode ON annotation_media (ep_id)
    WHERE ep_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX annotation_media_of_path ON annotation_media (path) WHERE deleted_at IS NULL;
CREATE TABLE annotation_results (
    result_id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL,
    media_id INTEGER NOT NULL REFERENCES annotation_media (media_id),
    pipeline TEXT NOT NULL,
    state TEXT NOT NULL,
    config TEXT NOT NULL DEFAULT '{}',
    folder TEXT NOT NULL DEFAULT '',
    files TEXT NOT NULL DEFAULT '[]',
    annotation_count INTEGER,
    started_at TEXT,
    ended_at TEXT,
    took_s REAL,
    progress REAL,
    stage TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    error_action TEXT NOT NULL DEFAULT '',
    UNIQUE (job_id, pipeline)
);
CREATE INDEX annotation_results_of_media ON annotation_results (media_id, result_id);
CREATE TABLE annotation_tiers (
    tier_id INTEGER PRIMARY KEY AUTOINCREMENT,
    media_id INTEGER NOT NULL REFERENCES annotation_media (media_id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('intervals', 'points')),
    coder TEXT NOT NULL,
    vocabulary TEXT NOT NULL DEFAULT '[]',
    position INTEGER NOT NULL DEFAULT 0,
    origin TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX annotation_tiers_of_media ON annotation_tiers (media_id, position);
CREATE TABLE annotation_marks (
    mark_id INTEGER PRIMARY KEY AUTOINCREMENT,
    tier_id INTEGER NOT NULL REFERENCES annotation_tiers (tier_id) ON DELETE CASCADE,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL CHECK (end_s >= start_s),
    label TEXT NOT NULL DEFAULT '',
    comment TEXT NOT NULL DEFAULT ''
);
CREATE INDEX annotation_marks_of_tier ON annotation_marks (tier_id, start_s);
CREATE TABLE annotation_edits (
    edit_id INTEGER PRIMARY KEY AUTOINCREMENT,
    media_id INTEGER NOT NULL REFERENCES annotation_media (media_id),
    name TEXT NOT NULL,
    coder TEXT NOT NULL,
    at TEXT NOT NULL,
    changes TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'dropped'))
);
CREATE INDEX annotation_edits_of_media ON annotation_edits (media_id, edit_id)
"""


def apply(connection: sqlite3.Connection) -> None:
    """Create the tables; nothing that was there changes."""
    for statement in _TABLES.split(";"):
        connection.execute(statement)
