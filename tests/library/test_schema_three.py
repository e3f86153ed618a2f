"""The third schema: what a library of the second one holds stays, and transcripts can be searched."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.library.library import Library
from core.library.migrations import MIGRATIONS
from core.library.schema import bring_up_to_date


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A library of schema 2 with one episode and one job."""
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "library.db").touch()
    bring_up_to_date(folder / "library.db", folder / "backups", MIGRATIONS[:2])
    with closing(sqlite3.connect(folder / "library.db")) as connection, connection:
        connection.execute(
            "INSERT INTO episodes (ep_id, title, created_at, media_path, info, fingerprint) "
            "VALUES ('film', 'Film', '2026-01-01T00:00:00Z', '/gone/film.mp4', '{}', 'f1')"
        )
        connection.execute(
            "INSERT INTO jobs (job_id, type, state, params, created_at) "
            "VALUES ('job-000001', 'report', 'queued', '{}', '2026-01-01T00:00:00Z')"
        )
    return folder


def test_that_jobs_and_episodes_of_an_older_library_stay(older: Path) -> None:
    with Library.open(older, create=False, holder="a test") as library:
        assert library.jobs.get("job-000001").worker == ""
        assert library.store.read().execute("SELECT title FROM episodes").fetchone()[0] == "Film"
    assert [path.name[:15] for path in (older / "backups").iterdir()] == ["library-schema2"]


def test_that_lines_are_found_by_their_words_and_no_more_when_they_changed_or_went(older: Path) -> None:
    with Library.open(older, create=False, holder="a test") as library:

        def found(word: str) -> list[int]:
            rows = library.store.read().execute(
                "SELECT rowid FROM transcript_search WHERE transcript_search MATCH ? ORDER BY rowid", (word,)
            )
            return [row[0] for row in rows]

        def add(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO runs (run_id, ep_id, stage, created_at, params, inputs, summary) "
                "VALUES (1, 'film', 'transcribe', '', '{}', '{}', '{}')"
            )
            for key, text in ((1, "Tighten to the torque"), (2, "Ação imediata")):
                connection.execute(
                    "INSERT INTO transcript_lines (line_key, ep_id, run_id, line_id, start_s, end_s, text) "
                    "VALUES (?, 'film', 1, ?, 0, 1, ?)",
                    (key, f"line-{key:05d}", text),
                )

        library.store.write(add)
        assert (found("torque"), found("acao"), found("tor*")) == ([1], [2], [1])
        library.store.write(
            lambda connection: connection.execute("UPDATE transcript_lines SET text = 'By hand' WHERE line_key = 1")
        )
        assert (found("torque"), found("hand")) == ([], [1])
        library.store.write(lambda connection: connection.execute("DELETE FROM runs"))
        assert found("hand") == found("acao") == []
