"""The library's disk and database: how large they are, and whether they can be used."""

import secrets
import shutil
from dataclasses import dataclass

from core.errors import StorageUnwritable
from core.library.errors import LibraryDamaged
from core.library.library import Library
from core.library.paths import TRASH

_MAGIC = b"SQLite format 3\x00"
_NO_WRITE_BITS = 0o222
_RESTORE = "Connect its drive, or restore it from a copy: the library keeps some in its folder backups."


@dataclass(frozen=True, slots=True)
class DiskFigures:
    """The disk that holds the library; ``used_percent`` of what its users may use, as ``df`` has it."""

    total_bytes: int
    used_bytes: int
    free_bytes: int

    @property
    def used_percent(self) -> float:
        """To one digit."""
        usable = self.used_bytes + self.free_bytes
        return round(100 * self.used_bytes / usable, 1) if usable else 0.0


def disk_of(library: Library) -> DiskFigures:
    """Raises OSError while the folder is gone."""
    now = shutil.disk_usage(library.path)
    return DiskFigures(now.total, now.used, now.free)


def require_database(library: Library) -> None:
    """Raise sqlite3.Error, LibraryDamaged or Interrupted when the database cannot be read.

    The open connections would not notice that its file is another one now.
    """
    path = library.paths.database
    try:
        with path.open("rb") as file:
            begins_as_one = file.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        reason = error.strerror or str(error)
        raise LibraryDamaged(f"The database {path} cannot be read: {reason}.", action=_RESTORE) from error
    if not begins_as_one:
        raise LibraryDamaged(f"The database {path} is damaged: it does not begin as one.", action=_RESTORE)
    library.store.read().execute("SELECT count(*) FROM jobs").fetchone()


def require_writable(library: Library) -> None:
    """Write and remove a file: only that shows it. Raises OSError, StorageUnwritable."""
    if not library.path.stat().st_mode & _NO_WRITE_BITS:
        raise StorageUnwritable(f"The library folder {library.path} is read-only.")
    probe = library.path / f"{TRASH}health-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(b"ok")
    finally:
        probe.unlink(missing_ok=True)
