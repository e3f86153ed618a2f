"""Episodes, runs and what they found, jobs, identities, and the edits that people made."""

import sqlite3

from sqlite_utils import Database

_RELATIONS = """
CREATE TABLE episodes (
    ep_id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    show_slug TEXT,
    season INTEGER,
    episode INTEGER,
    air_date TEXT,
    created_at TEXT NOT NULL,
    media_path TEXT NOT NULL,
    info TEXT NOT NULL,
    fingerprint TEXT NOT NULL UNIQUE,
    last_position_s REAL NOT NULL DEFAULT 0
);
CREATE TABLE runs (
    run_id INTEGER PRIMARY KEY,
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    stage TEXT NOT NULL,
    created_at TEXT NOT NULL,
    params TEXT NOT NULL,
    inputs TEXT NOT NULL,
    summary TEXT NOT NULL,
    current INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX runs_of_episode ON runs (ep_id, stage);
CREATE UNIQUE INDEX runs_one_current ON runs (ep_id, stage) WHERE current = 1;
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    ep_id TEXT REFERENCES episodes (ep_id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
    priority INTEGER NOT NULL DEFAULT 0,
    params TEXT NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    stage TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    unit TEXT NOT NULL DEFAULT '',
    rate REAL NOT NULL DEFAULT 0,
    eta_s REAL,
    overall REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    cancel_asked INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    error_action TEXT NOT NULL DEFAULT '',
    result TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX jobs_by_state ON jobs (state, priority DESC, seq);
CREATE TABLE job_log (
    line_id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX job_log_of_job ON job_log (job_id);
CREATE TABLE tracks (
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    ep_id TEXT NOT NULL,
    track_id TEXT NOT NULL,
    shot_index INTEGER NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    spans TEXT NOT NULL,
    frames INTEGER NOT NULL,
    quality REAL NOT NULL,
    flags TEXT NOT NULL DEFAULT '[]',
    best_crop TEXT,
    boxes BLOB NOT NULL,
    PRIMARY KEY (run_id, track_id)
);
CREATE TABLE shots (
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    idx INTEGER NOT NULL,
    start_frame INTEGER NOT NULL,
    end_frame INTEGER NOT NULL,
    start_pts INTEGER NOT NULL,
    end_pts INTEGER NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    PRIMARY KEY (run_id, idx)
) WITHOUT ROWID;
CREATE TABLE crops (
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    track_id TEXT NOT NULL,
    frame INTEGER NOT NULL,
    t_s REAL NOT NULL,
    overall REAL NOT NULL,
    path TEXT NOT NULL
);
CREATE INDEX crops_of_track ON crops (run_id, track_id);
CREATE TABLE identities (
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    identity_id TEXT NOT NULL,
    run_id INTEGER REFERENCES runs (run_id) ON DELETE SET NULL,
    name TEXT NOT NULL DEFAULT '',
    locked INTEGER NOT NULL DEFAULT 0,
    labels TEXT NOT NULL DEFAULT '{}',
    cohesion REAL NOT NULL DEFAULT 1,
    mixed INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (ep_id, identity_id)
) WITHOUT ROWID;
CREATE TABLE assignments (
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    track_id TEXT NOT NULL,
    identity_id TEXT,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (ep_id, run_id, track_id)
) WITHOUT ROWID;
CREATE INDEX assignments_of_run ON assignments (run_id);
CREATE TABLE edits (
    edit_id INTEGER PRIMARY KEY AUTOINCREMENT,
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    run_id INTEGER REFERENCES runs (run_id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    command TEXT NOT NULL,
    do TEXT NOT NULL,
    undo TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped'))
);
CREATE INDEX edits_of_episode ON edits (ep_id, state)
"""


def apply(connection: sqlite3.Connection) -> None:
    """Create everything in an empty database."""
    for statement in _RELATIONS.split(";"):
        connection.execute(statement)
    database = Database(connection)
    database.table("counters").create(
        {"ep_id": str, "kind": str, "next": int}, pk=("ep_id", "kind"), not_null={"next"}, defaults={"next": 1}
    )
    database.table("settings").create({"key": str, "value": str}, pk="key", not_null={"value"})
    # what is still to be done on the disk after a commit; see core/library/chores.py
    database.table("chores").create({"chore_id": int, "kind": str, "subject": str}, pk="chore_id")
