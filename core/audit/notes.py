"""Entries for what is no transaction itself: files that left the library."""

from pathlib import Path

from core.audit.log import append
from core.audit.types import Entry
from core.library.store import Store


def note_export(
    store: Store, what: str, subject: str, path: Path, *, actor: str = "", task_id: str | None = None
) -> Entry:
    """A file was written: ``what`` it tells (report, screen_time …) about ``subject``. Call it when the file is whole,
    before it is placed.

    A passing file (its name begins with a dot) is not named.
    """
    details = {"what": what} if path.name.startswith(".") else {"what": what, "path": str(path)}
    return store.write(
        lambda connection: append(
            connection, kind="export", subject=subject, actor=actor, task_id=task_id, details=details
        )
    )
