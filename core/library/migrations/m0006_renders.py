"""Renders: what was asked for, the plan, its segments, and the files that were uploaded for them."""

import sqlite3

_TABLES = """
CREATE TABLE render_assets (
    key TEXT PRIMARY KEY,
    category TEXT NOT NULL CHECK (category IN ('image', 'mask', 'audio')),
    size_bytes INTEGER NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    uploaded_by TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
CREATE TABLE renders (
    job_id TEXT PRIMARY KEY,
    title TEXT NOT NULL DEFAULT '',
    request TEXT NOT NULL,
    preset TEXT NOT NULL,
    plan TEXT NOT NULL DEFAULT '',
    preset_id TEXT NOT NULL,
    archetype TEXT NOT NULL,
    phase TEXT NOT NULL,
    progress_pct REAL NOT NULL DEFAULT 0,
    segment_count INTEGER NOT NULL,
    fallback_used INTEGER NOT NULL DEFAULT 0,
    fallback_reason TEXT NOT NULL DEFAULT '',
    failure TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    error_action TEXT NOT NULL DEFAULT '',
    output TEXT NOT NULL DEFAULT '',
    thumbnail TEXT NOT NULL DEFAULT '',
    metadata TEXT NOT NULL DEFAULT '',
    requested_by TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    took_s REAL,
    deleted_at TEXT
);
CREATE INDEX renders_by_age ON renders (created_at) WHERE deleted_at IS NULL;
CREATE TABLE render_segments (
    job_id TEXT NOT NULL REFERENCES renders (job_id) ON DELETE CASCADE,
    idx INTEGER NOT NULL,
    state TEXT NOT NULL,
    duration_s REAL NOT NULL,
    seed INTEGER NOT NULL,
    engine TEXT NOT NULL DEFAULT '',
    file TEXT NOT NULL DEFAULT '',
    took_s REAL,
    progress REAL NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job_id, idx)
)
"""


def apply(connection: sqlite3.Connection) -> None:
    """Create the tables; nothing that was there changes."""
    for statement in _TABLES.split(";"):
        connection.execute(statement)
