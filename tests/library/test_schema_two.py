"""A library of the first schema keeps what people decided."""

import sqlite3
from contextlib import closing
from pathlib import Path

from core.library.library import Library
from core.library.migrations import MIGRATIONS
from core.library.schema import bring_up_to_date

_FILLED = """
INSERT INTO episodes VALUES ('ep', 'Film', NULL, NULL, NULL, NULL, '2026-01-01T00:00:00Z', '/film.mp4', '{}', 'x', 0);
INSERT INTO runs VALUES (1, 'ep', 'detect_track', 'now', '{}', '{}', '{}', 1);
INSERT INTO runs VALUES (2, 'ep', 'cluster', 'now', '{}', '{"detect_track": 1}', '{}', 1);
INSERT INTO tracks (run_id, ep_id, track_id, shot_index, start_s, end_s, spans, frames, quality, boxes)
    VALUES (1, 'ep', 'track-00041', 0, 0, 1, '[[0, 1]]', 3, 0.5, x'');
INSERT INTO identities VALUES ('ep', 'identity-00007', 2, 'Lisa', 1, '{"person_id": "lisa"}', 0.9, 0, 0);
INSERT INTO assignments VALUES ('ep', 2, 'track-00041', 'identity-00007', '');
INSERT INTO edits VALUES (5, 'ep', 2, 'Rename Person 7 to Lisa', 'rename', '{}', '{}', 'desktop', 'then', 'done')
"""


def test_that_names_locks_and_the_log_of_the_first_schema_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    bring_up_to_date(_database(folder), folder / "backups", MIGRATIONS[:1])
    with closing(sqlite3.connect(folder / "library.db")) as connection:
        connection.executescript(_FILLED)
    with Library.open(folder, holder="test") as library:
        read = library.store.read()
        identity = read.execute("SELECT * FROM identities").fetchone()
        assert (identity["name"], identity["locked"], identity["run_id"]) == ("Lisa", 1, 2)
        edit = read.execute("SELECT * FROM edits").fetchone()
        assert (edit["edit_id"], edit["name"], edit["state"]) == (5, "Rename Person 7 to Lisa", "past")
        counters = dict(read.execute("SELECT kind, next FROM counters WHERE ep_id = 'ep'").fetchall())
        assert counters == {"identity": 8, "track": 42}
    assert list((folder / "backups").iterdir())


def _database(folder: Path) -> Path:
    folder.mkdir()
    return folder / "library.db"
