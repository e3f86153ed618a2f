"""Speech: transcripts as rows with their speakers, search, the automation of a media library, results of requests."""

import sqlite3

_TABLES = """
ALTER TABLE jobs ADD COLUMN worker TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_by_file ON jobs (json_extract(params, '$.file_path'), state)
    WHERE json_extract(params, '$.file_path') IS NOT NULL;
CREATE TABLE transcript_lines (
    line_key INTEGER PRIMARY KEY,
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    line_id TEXT NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    text TEXT NOT NULL,
    words TEXT NOT NULL DEFAULT '[]',
    speaker_id TEXT,
    language TEXT NOT NULL DEFAULT '',
    confidence REAL NOT NULL DEFAULT 1,
    by_person INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'deleted', 'void')),
    UNIQUE (run_id, line_id)
);
CREATE INDEX transcript_lines_of_episode ON transcript_lines (ep_id, run_id, start_s);
CREATE TABLE speakers (
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    speaker_id TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    identity_id TEXT,
    speech_s REAL NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'deleted', 'void')),
    PRIMARY KEY (run_id, speaker_id)
) WITHOUT ROWID;
CREATE TABLE speaker_votes (
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    speaker_id TEXT NOT NULL,
    track_id TEXT NOT NULL,
    score REAL NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (run_id, speaker_id, track_id)
) WITHOUT ROWID;
CREATE TABLE speaker_refusals (
    refusal_id INTEGER PRIMARY KEY AUTOINCREMENT,
    ep_id TEXT NOT NULL REFERENCES episodes (ep_id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
    speaker_id TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    live INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE preferences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    value TEXT,
    description TEXT NOT NULL DEFAULT '',
    category TEXT NOT NULL DEFAULT 'general',
    value_type TEXT NOT NULL DEFAULT 'string',
    created_at TEXT NOT NULL,
    updated_at TEXT
);
CREATE TABLE scan_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    enabled INTEGER NOT NULL DEFAULT 1,
    priority INTEGER NOT NULL DEFAULT 0,
    conditions TEXT NOT NULL,
    action TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT
);
CREATE TABLE scanned_files (
    path TEXT PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    error TEXT NOT NULL DEFAULT '',
    seen_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE kept_transcripts (
    transcript_id INTEGER PRIMARY KEY AUTOINCREMENT,
    media_path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    language TEXT NOT NULL,
    task TEXT NOT NULL,
    model TEXT NOT NULL,
    job_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    problem TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
CREATE INDEX kept_transcripts_of_file ON kept_transcripts (media_path);
CREATE TABLE subtitle_files (
    path TEXT PRIMARY KEY,
    media_path TEXT NOT NULL,
    language TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    job_id TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX subtitle_files_of_media ON subtitle_files (media_path);
CREATE TABLE asr_answers (
    cache_key TEXT PRIMARY KEY,
    job_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    created_at TEXT NOT NULL
) WITHOUT ROWID
"""

# kept in step by triggers, as SQLite's documentation of FTS5 describes for external content tables
_SEARCH = (
    """CREATE VIRTUAL TABLE transcript_search USING fts5(
        text, content='transcript_lines', content_rowid='line_key', tokenize='unicode61 remove_diacritics 2',
        prefix='2 3'
    )""",
    """CREATE TRIGGER transcript_lines_added AFTER INSERT ON transcript_lines BEGIN
        INSERT INTO transcript_search (rowid, text) VALUES (new.line_key, new.text);
    END""",
    """CREATE TRIGGER transcript_lines_gone AFTER DELETE ON transcript_lines BEGIN
        INSERT INTO transcript_search (transcript_search, rowid, text) VALUES ('delete', old.line_key, old.text);
    END""",
    """CREATE TRIGGER transcript_lines_changed AFTER UPDATE OF text ON transcript_lines BEGIN
        INSERT INTO transcript_search (transcript_search, rowid, text) VALUES ('delete', old.line_key, old.text);
        INSERT INTO transcript_search (rowid, text) VALUES (new.line_key, new.text);
    END""",
)


def apply(connection: sqlite3.Connection) -> None:
    """Create the tables; nothing that was there changes."""
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    for statement in _SEARCH:
        connection.execute(statement)
