"""Opens and leaves libraries away from the Qt thread, one at a time, and never forgets one that is open."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.desktop.background import Background
from app.desktop.opening import OpenedLibrary

log = logging.getLogger(__name__)


class LibraryDoor(QObject):
    """``opened`` hands the library over: from then on its receiver closes it."""

    opened = Signal(object)
    """OpenedLibrary"""
    failed = Signal(object, object)
    """The folder and the exception."""

    def __init__(self, opener: Callable[[Path], OpenedLibrary], background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._open_library = opener
        self._background = background
        self._lock = threading.Lock()
        self._not_handed_over: OpenedLibrary | None = None
        self._busy = False
        self._next: Path | None = None

    def open(self, folder: Path, leave_first: Callable[[], None] | None = None) -> None:
        """Open a folder after ``leave_first``, which runs in the background too. While one is opened, the last asked
        for is next."""
        if self._busy:
            self._next = folder
            return
        self._busy = True

        def work() -> None:
            if leave_first is not None:
                leave_first()
            library = self._open_library(folder)
            with self._lock:
                self._not_handed_over = library

        self._background.run_edit(
            work,
            lambda _none: self._on_opened(),
            failed=lambda error: self._on_failed(folder, error),
            lane="opening",
            owner=self,
        )

    def close(self) -> None:
        """The program ends: a library that was opened but not handed over yet is closed again."""
        self._background.stop()
        library = self._take()
        if library is not None:
            library.close()

    def _take(self) -> OpenedLibrary | None:
        with self._lock:
            library, self._not_handed_over = self._not_handed_over, None
        return library

    def _on_opened(self) -> None:
        self._busy = False
        library = self._take()
        if library is None:
            return
        if self._next is not None:
            self._open_next(library.close)
        else:
            self.opened.emit(library)

    def _on_failed(self, folder: Path, error: Exception) -> None:
        self._busy = False
        if self._next is not None:
            log.info("the library %s did not open, another was asked for meanwhile", folder)
            self._open_next(None)
        else:
            self.failed.emit(folder, error)

    def _open_next(self, leave_first: Callable[[], None] | None) -> None:
        folder, self._next = self._next, None
        if folder is not None:
            self.open(folder, leave_first)
