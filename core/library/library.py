"""A library folder, opened: the one object through which everything else reaches its database and its files."""

from pathlib import Path
from types import TracebackType
from typing import Self

from core.annotate.annotations import Annotations
from core.annotate.coding.coding import Coding
from core.cast.facebank import Facebank
from core.errors import NotFound
from core.identities.edit_log import EditLog
from core.identities.export import IDENTITIES_CHORE, write_identities
from core.identities.export_worker import ExportWorker
from core.identities.moderation import Moderation
from core.jobs.events import EventBus
from core.jobs.queue import JobQueue
from core.library.chores import Chores
from core.library.durable import sweep
from core.library.episodes import Episodes
from core.library.lock import LibraryLock
from core.library.migrations import MIGRATIONS
from core.library.paths import LibraryPaths
from core.library.runs import Runs
from core.library.schema import bring_up_to_date, check_header
from core.library.store import Store
from core.procedures.procedures import Procedures
from core.render.renders import Renders
from core.storage import storage_error
from core.transcript.editing import Transcripts


class Library:
    """Open it with :meth:`open`; close it when no thread uses it any more."""

    def __init__(self, paths: LibraryPaths, lock: LibraryLock, store: Store) -> None:
        """Use :meth:`open`."""
        self.path = paths.root
        self.paths = paths
        self.store = store
        self.events = EventBus()
        self.chores = Chores(store, self.events)
        self.episodes = Episodes(store, paths, self.events, self.chores)
        self.runs = Runs(store, paths, self.events, self.chores)
        self.jobs = JobQueue(store, paths, self.events, self.chores)
        self.procedures = Procedures(store, paths, self.events, self.chores, self.jobs, self._index_procedure)
        self.annotations = Annotations(store, paths, self.events, self.chores, self.jobs, self.episodes)
        self.coding = Coding(store, paths, self.events)
        self.renders = Renders(store, paths, self.events, self.chores, self.jobs)
        self.cast = Facebank(store, paths, self.events)
        self.chores.handle(IDENTITIES_CHORE, lambda ep_id: write_identities(paths.root, store, ep_id))
        self._export = ExportWorker(lambda ep_id: self.chores.do(IDENTITIES_CHORE, ep_id))
        edits = EditLog(store, self.events, self.chores, self._export.ask)
        self.moderation = Moderation(store, paths, edits)
        self.transcripts = Transcripts(store, edits)
        self.runs.follow_up("cluster", IDENTITIES_CHORE)
        self._lock = lock

    @classmethod
    def open(cls, path: Path, *, create: bool = True, holder: str = "") -> Self:
        """Open a library folder, or make one if ``create``. ``holder`` names this program to others.

        Raises NotFound (no library there and not ``create``), LibraryLocked, NewerSchema, LibraryDamaged,
        StorageUnwritable, StorageFull. What an earlier process left unfinished is put in order.
        """
        paths = LibraryPaths(path.absolute())
        _require_folder(paths, create=create)
        check_header(paths.database, len(MIGRATIONS))
        lock = LibraryLock(paths, holder)
        lock.acquire()
        try:
            _make_folders(paths)
            bring_up_to_date(paths.database, paths.backups, MIGRATIONS)
            store = Store(paths.database)
        except BaseException:
            lock.release()
            raise
        library = cls(paths, lock, store)
        try:
            library._put_in_order()
        except BaseException:
            library.close()
            raise
        return library

    def close(self) -> None:
        """Finish the writes, close the database and give up the lock. Closing twice does nothing."""
        try:
            self._export.close()
            self.store.close()
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _put_in_order(self) -> None:
        self.runs.remove_leftovers()
        self.procedures.remove_leftovers()
        self.annotations.remove_leftovers()
        self.renders.remove_leftovers()
        if (self.path / "search").is_dir():
            self._remove_old_indexes()
        self.chores.do_all()
        self.jobs.remove_leftovers()
        self.cast.remove_leftovers()
        if (reports := self.path / "reports").is_dir():
            sweep(reports)

    def _index_procedure(self, task_id: str) -> None:
        from core.procedures.search_index import build  # noqa: PLC0415  libraries without procedures open without it

        build(self, task_id)

    def _remove_old_indexes(self) -> None:
        from core.procedures.search_index import remove_leftovers  # noqa: PLC0415  as above

        remove_leftovers(self)


def _require_folder(paths: LibraryPaths, *, create: bool) -> None:
    if not create and not paths.database.is_file():
        raise NotFound(
            f"There is no library in {paths.root}.", action="Choose a folder that holds a library, or make a new one."
        )
    try:
        paths.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, paths.root) from error


def _make_folders(paths: LibraryPaths) -> None:
    for folder in (paths.episodes, paths.jobs, paths.backups):
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise storage_error(error, folder) from error
