"""Opening a library away from the Qt thread, and what to say when it does not open."""

import errno
import os
import socket
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from models.errors import RushesError

if TYPE_CHECKING:
    from core.jobs.executors import UnitPool
    from core.jobs.runner import JobFunction, Runner
    from core.library.library import Library
    from core.procedures.nightly import Nightly
    from core.subtitling.automation import Automation
    from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class OpenedLibrary:
    """Core's objects of one open library. ``close`` must be called once no thread uses them any more."""

    library: "Library"
    model_store: "ModelStore"
    pool: "UnitPool"
    runner: "Runner"
    automation: "Automation"
    nightly: "Nightly"

    def close(self) -> None:
        """Stop the worker processes, then close the database and release the lock."""
        try:
            self.pool.close()
        finally:
            self.library.close()


@dataclass(frozen=True, slots=True)
class OpeningFailure:
    """Why a library did not open: a full page of the window."""

    kind: str
    title: str
    message: str
    action: str


def holder() -> str:
    """Who holds the lock, for the message that another process shows."""
    return f"desktop (pid {os.getpid()} on {socket.gethostname()})"


def open_library(folder: Path, *, more_jobs: "Mapping[str, JobFunction] | None" = None) -> OpenedLibrary:
    """Open or create a library with all that works on it. Slow: never call it in the Qt thread.

    ``more_jobs`` are types of jobs beside those of the analysis.
    Raises a RushesError (LibraryLocked, NewerSchema, StorageUnwritable, StorageFull) or an OSError of the disk.
    """
    from app.desktop.speech_thread import SpeechThread
    from app.job_types import job_functions
    from core.jobs.executors import local_pool
    from core.jobs.runner import Runner
    from core.library.library import Library
    from core.procedures.nightly import Nightly
    from core.subtitling.automation import Automation
    from core.subtitling.types import SPEECH_TYPES
    from models.store import ModelStore

    library = Library.open(folder, create=True, holder=holder())
    try:
        store = ModelStore()
        pool = local_pool(None)
        functions = {**job_functions(library, store, pool), **(more_jobs or {})}
        runner = Runner(library, functions, other_than=SPEECH_TYPES)
        automation = Automation(library, store, make_thread=SpeechThread)
        return OpenedLibrary(library, store, pool, runner, automation, Nightly(library))
    except BaseException:
        library.close()
        raise


def describe_failure(error: Exception, folder: Path) -> OpeningFailure:
    """Words for a library that did not open."""
    from core.errors import LibraryLocked, NewerSchema, StorageFull, StorageUnwritable

    tr = QCoreApplication.translate
    titles: list[tuple[type[Exception], str, str]] = [
        (NewerSchema, "newer", tr("opening", "This library was written by a newer Rushes")),
        (StorageUnwritable, "unwritable", tr("opening", "This library cannot be written")),
        (StorageFull, "full", tr("opening", "The disk is full")),
        (RushesError, "refused", tr("opening", "This library did not open")),
    ]
    if isinstance(error, LibraryLocked):
        action = tr("opening", "Close it there and retry, or choose another library.")
        return OpeningFailure("locked", tr("opening", "This library is open somewhere else"), error.message, action)
    for kind, name, title in titles:
        if isinstance(error, kind) and isinstance(error, RushesError):
            return OpeningFailure(name, title, error.message, error.action)
    if isinstance(error, OSError):
        return _describe_disk_error(error, folder)
    if isinstance(error, sqlite3.DatabaseError):
        return OpeningFailure(
            "damaged",
            tr("opening", "This library's database cannot be read"),
            tr("opening", "The file library.db in {folder} is not a readable database: {error}").format(
                folder=folder, error=error
            ),
            tr("opening", "Put back a copy from the library's folder backups, or choose another library."),
        )
    return OpeningFailure(
        "defect",
        tr("opening", "This library did not open"),
        tr("opening", "An unexpected error came up while opening {folder}: {error}").format(
            folder=folder, error=f"{type(error).__name__}: {error}"
        ),
        tr("opening", "Try again, or choose another library. The log file has the details."),
    )


def _describe_disk_error(error: OSError, folder: Path) -> OpeningFailure:
    tr = QCoreApplication.translate
    if error.errno == errno.ENOSPC:
        return OpeningFailure(
            "full",
            tr("opening", "The disk is full"),
            tr("opening", "There is no space left for the library in {folder}.").format(folder=folder),
            tr("opening", "Free some space and try again, or choose a library on another disk."),
        )
    return OpeningFailure(
        "unwritable",
        tr("opening", "This library's folder cannot be used"),
        tr("opening", "The folder {folder} cannot be opened: {error}").format(
            folder=folder, error=error.strerror or error
        ),
        tr("opening", "Check that the folder exists and that you may write to it, or choose another library."),
    )
