"""What can be wrong with a library's own files."""

import sqlite3
from pathlib import Path

from core.errors import RushesError, StorageFull, StorageUnwritable

_FREE_SPACE = "Free some space, then try again: nothing was lost."
_CHECK_FOLDER = "Check that the disk is connected and that you may write to the folder."


class LibraryDamaged(RushesError):
    """The database of a library cannot be read."""


def database_error(error: sqlite3.Error, path: Path) -> RushesError | None:
    """What an error of SQLite means to a person, None when it means a defect of ours.

    Result codes: sqlite.org, "Result and Error Codes". The primary code is the low byte of the extended one.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StorageFull(f"The disk that holds {path} is full.", action=_FREE_SPACE)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}:
        return StorageUnwritable(f"The database {path} cannot be written: {error}.", action=_CHECK_FOLDER)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StorageUnwritable(
            f"The database {path} is held by another program.",
            action="Close the program that reads it, then try again.",
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return LibraryDamaged(
            f"The file {path} is not a readable database: {error}.",
            action="Put back a copy from the library's folder backups, or choose another library.",
        )
    return None
