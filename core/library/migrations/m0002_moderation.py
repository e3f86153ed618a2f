"""Moderation: edits as row changes, soft-deleted and split tracks, constraints, cast, keys, webhooks."""

import sqlite3

_STATEMENTS = """
CREATE TABLE new_identities (
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    identity_id TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    locked INTEGER NOT NULL DEFAULT 0,
    labels TEXT NOT NULL DEFAULT '{}',
    cohesion REAL NOT NULL DEFAULT 1,
    mixed INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (ep_id, run_id, identity_id)
) WITHOUT ROWID;
INSERT INTO new_identities (ep_id, run_id, identity_id, name, locked, labels, cohesion, mixed, deleted)
    SELECT ep_id, run_id, identity_id, name, locked, labels, cohesion, mixed, deleted
    FROM identities WHERE run_id IS NOT NULL;
DROP TABLE identities;
ALTER TABLE new_identities RENAME TO identities;
ALTER TABLE assignments ADD COLUMN by_person INTEGER NOT NULL DEFAULT 0;
CREATE INDEX assignments_of_identity ON assignments (run_id, identity_id);
ALTER TABLE tracks ADD COLUMN state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'deleted', 'split', 'void'));
ALTER TABLE tracks ADD COLUMN delete_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE tracks ADD COLUMN parent TEXT;
ALTER TABLE crops ADD COLUMN excluded TEXT NOT NULL DEFAULT '';
CREATE INDEX crops_by_path ON crops (run_id, path);
CREATE TABLE new_edits (
    edit_id INTEGER PRIMARY KEY AUTOINCREMENT,
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    run_id INTEGER REFERENCES runs (run_id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    command TEXT NOT NULL,
    request TEXT NOT NULL,
    rows TEXT NOT NULL,
    change TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'dropped', 'past'))
);
INSERT INTO new_edits (edit_id, ep_id, run_id, name, command, request, rows, change, actor, created_at, state)
    SELECT edit_id, ep_id, run_id, name, command, do, '[]', '{}', actor, created_at, 'past' FROM edits;
DROP TABLE edits;
ALTER TABLE new_edits RENAME TO edits;
CREATE INDEX edits_of_episode ON edits (ep_id, state);
CREATE TABLE links (
    link_id INTEGER PRIMARY KEY AUTOINCREMENT,
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('must', 'cannot')),
    first_track TEXT NOT NULL,
    second_track TEXT NOT NULL,
    live INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX links_of_run ON links (run_id, live);
CREATE TABLE rejections (
    rejection_id INTEGER PRIMARY KEY AUTOINCREMENT,
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    first_track TEXT NOT NULL,
    second TEXT NOT NULL,
    live INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX rejections_of_run ON rejections (run_id, live);
CREATE TABLE announced_episodes (
    ep_id TEXT PRIMARY KEY,
    show_slug TEXT,
    season INTEGER,
    episode INTEGER,
    title TEXT,
    air_date TEXT,
    created_at TEXT NOT NULL
);
CREATE TABLE cast_members (
    cast_id TEXT PRIMARY KEY,
    show_slug TEXT,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE TABLE seeds (
    seed_id TEXT PRIMARY KEY,
    cast_id TEXT NOT NULL REFERENCES cast_members (cast_id) ON DELETE CASCADE,
    display_path TEXT NOT NULL,
    embed_path TEXT NOT NULL,
    source TEXT NOT NULL,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,
    quality TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX seeds_of_cast ON seeds (cast_id);
CREATE TABLE api_keys (
    key_id TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    sha256 TEXT NOT NULL UNIQUE,
    note TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT
);
CREATE TABLE webhooks (
    webhook_id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    events TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
);
CREATE TABLE deliveries (
    delivery_id INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id TEXT NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    last_error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_waiting ON deliveries (state, next_at)
"""


def apply(connection: sqlite3.Connection) -> None:
    """Rebuild identities (one row per clustering) and edits (row changes), add what moderation needs."""
    for statement in _STATEMENTS.split(";\n"):
        connection.execute(statement)
    _start_counters(connection)


def _start_counters(connection: sqlite3.Connection) -> None:
    """Ids are never reused: the next number of each kind lies above all that were ever given in the episode."""
    for kind, table, column in (("identity", "identities", "identity_id"), ("track", "tracks", "track_id")):
        connection.execute(
            "INSERT OR REPLACE INTO counters (ep_id, kind, next) SELECT ep_id, ?, "  # noqa: S608  constants
            f"1 + max(CAST(substr({column}, instr({column}, '-') + 1) AS INTEGER)) FROM {table} GROUP BY ep_id",
            (kind,),
        )
