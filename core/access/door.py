"""The tables of access beside a running server: the one exception to "one process has a library open at a time".

Keys and addresses of webhooks are single rows that no object of an open library caches: a server reads them when a
request or an event comes. So a second process may change them while the first one holds the lock of the library;
SQLite's WAL mode keeps both transactions apart. Nothing else may be done through this door.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.errors import NotFound
from core.library.errors import database_error
from core.library.library import Library
from core.library.migrations import MIGRATIONS
from core.library.paths import LibraryPaths
from core.library.schema import check_header
from core.library.store import Store, connect


@contextmanager
def access_tables(folder: Path, *, create: bool = False, holder: str = "") -> Iterator[Store]:
    """The database of a library, whoever else has it open, for ``core.access`` and ``core.webhooks`` alone.

    A library of an older schema is brought up to date first, which needs its lock; so does ``create``. Raises
    NotFound (no library there and not ``create``) and what ``Library.open`` raises.
    """
    paths = LibraryPaths(folder.absolute())
    if not paths.database.is_file() and not create:
        raise NotFound(
            f"There is no library in {paths.root}.", action="Name a folder that holds a library with --library."
        )
    check_header(paths.database, len(MIGRATIONS))
    if not _is_up_to_date(paths.database):
        Library.open(folder, create=create, holder=holder).close()
    with closing(_opened(paths.database)) as store:
        yield store


def _is_up_to_date(database: Path) -> bool:
    if not database.is_file():
        return False
    try:
        with closing(connect(database)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0]) == len(MIGRATIONS)
    except sqlite3.Error as error:
        raise (database_error(error, database) or error) from error


def _opened(database: Path) -> Store:
    try:
        return Store(database)
    except sqlite3.Error as error:
        raise (database_error(error, database) or error) from error
