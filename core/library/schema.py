"""Brings a library's database to the schema of this Rushes: backup first, then all changes in one transaction."""

import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from core.errors import NewerSchema
from core.library.errors import LibraryDamaged, database_error
from core.library.migrations import Migration
from core.library.store import connect
from core.storage import storage_error

APPLICATION_ID = 0x52555348
"""Tells our databases from others: "RUSH" in ASCII."""

_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\x00"


def check_header(database: Path, newest: int) -> None:
    """Refuse a database of a newer schema or of another program by its first bytes, before anything is touched.

    Raises NewerSchema, LibraryDamaged. Layout: sqlite.org, "Database File Format", chapter 1.3.
    """
    try:
        with database.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return
    except OSError as error:
        raise storage_error(error, database) from error
    if not header:
        return  # a process died between creating the file and its first transaction
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise _damaged(database, "it does not begin like one")
    _refuse_newer(database, int.from_bytes(header[60:64], "big"), newest)
    application = int.from_bytes(header[68:72], "big")
    if application not in {0, APPLICATION_ID}:
        raise _damaged(database, "another program made it")


def bring_up_to_date(database: Path, backups: Path, migrations: Sequence[Migration]) -> Path | None:
    """Apply the migrations that are missing; returns the backup made before that, None if none was needed.

    Raises NewerSchema, LibraryDamaged, StorageFull, StorageUnwritable; the database then stays as it was.
    """
    try:
        with closing(connect(database, create=True)) as connection:
            version = _version(connection)
            _refuse_newer(database, version, len(migrations))
            if version == len(migrations):
                return None
            backup = _back_up(connection, backups, version) if version else None
            _apply(connection, migrations, version)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return backup
    except sqlite3.Error as error:
        raise (database_error(error, database) or error) from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _apply(connection: sqlite3.Connection, migrations: Sequence[Migration], version: int) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")  # tables may be rebuilt; has no effect inside a transaction
    connection.execute("BEGIN IMMEDIATE")
    try:
        for migration in migrations[version:]:
            migration(connection)
        _check_references(connection)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("PRAGMA foreign_keys = ON")


def _check_references(connection: sqlite3.Connection) -> None:
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise sqlite3.IntegrityError(f"{len(broken)} rows point to nothing after the migration")


def _back_up(connection: sqlite3.Connection, backups: Path, version: int) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = backups / f"library-schema{version}-{stamp}-{secrets.token_hex(2)}.db"
    temp = target.with_suffix(".tmp")
    try:
        backups.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(temp)) as copy:
            connection.backup(copy)
        temp.replace(target)
    except OSError as error:
        raise storage_error(error, target) from error
    finally:
        temp.unlink(missing_ok=True)
    return target


def _refuse_newer(database: Path, version: int, newest: int) -> None:
    if version > newest:
        raise NewerSchema(
            f"The library {database.parent} was written by a newer Rushes (schema {version}, this one knows {newest}).",
            action="Update Rushes, or choose another library. Nothing was changed.",
        )


def _damaged(database: Path, reason: str) -> LibraryDamaged:
    return LibraryDamaged(
        f"The file {database} is not a library's database: {reason}.",
        action="Put back a copy from the library's folder backups, or choose another library.",
    )
