"""Keys and webhooks beside a running server: without the library's lock."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.access.door import access_tables
from core.access.keys import Keys
from core.access.roles import Role
from core.errors import LibraryLocked, NewerSchema, NotFound
from core.library.errors import LibraryDamaged
from core.library.library import Library
from core.library.migrations import MIGRATIONS, m0001_start
from core.library.paths import LibraryPaths
from core.library.schema import bring_up_to_date
from core.webhooks.hooks import add_hook


def test_that_keys_can_be_made_and_revoked_while_the_library_is_open_elsewhere(tmp_path: Path) -> None:
    with Library.open(tmp_path, holder="server") as library:
        with pytest.raises(LibraryLocked):
            Library.open(tmp_path, holder="other")
        with access_tables(tmp_path) as store:
            key_id, plain = Keys(store).create("operator", "from outside")
            add_hook(store, "http://127.0.0.1:9/hook")
        inside = Keys(library.store)
        assert inside.check(plain) == Role.OPERATOR
        with access_tables(tmp_path) as store:
            Keys(store).revoke(key_id)
        assert inside.check(plain) is None


def test_that_the_door_neither_makes_nor_guesses_a_library(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no library"), access_tables(tmp_path / "nothing"):
        pass
    assert not (tmp_path / "nothing").exists()
    with access_tables(tmp_path / "new", create=True) as store:
        Keys(store).create("admin")
    with Library.open(tmp_path / "new", create=False) as library:
        assert len(Keys(library.store).list()) == 1


def test_that_a_library_of_an_older_rushes_is_brought_up_to_date_first(tmp_path: Path) -> None:
    paths = LibraryPaths(tmp_path)
    bring_up_to_date(paths.database, paths.backups, [m0001_start.apply])
    with access_tables(tmp_path) as store:
        assert Keys(store).list() == []
    assert len(list(paths.backups.glob("*.db"))) == 1


def test_that_a_newer_and_a_damaged_database_are_refused(tmp_path: Path) -> None:
    Library.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "library.db")) as database:
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with pytest.raises(NewerSchema), access_tables(tmp_path):
        pass
    (tmp_path / "library.db").write_bytes(b"not a database, but long enough to look at" * 10)
    with pytest.raises(LibraryDamaged), access_tables(tmp_path):
        pass
