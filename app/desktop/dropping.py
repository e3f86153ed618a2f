"""Who gets files that are dropped on the window: the page that is shown if it has a use for them, else the library."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.desktop.drops import FileDrops
from app.desktop.library_page.page import LibraryPage
from app.desktop.page import Page

if TYPE_CHECKING:
    from app.desktop.window import MainWindow


class Dropping(QObject):
    """Files over the main window and where they go."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._drops = FileDrops(window, window.has_library, self._words)
        self._drops.dropped.connect(self._take)

    def _taker(self) -> Page | None:
        session = self._window.session
        page = session.pages.get(self._window.page_id) if session is not None else None
        return page if isinstance(page, Page) and page.takes_files() else None

    def _words(self, paths: Sequence[Path]) -> str:
        taker = self._taker()
        return taker.drop_words(paths) if taker is not None else ""

    def _take(self, paths: tuple[Path, ...]) -> None:
        taker = self._taker()
        if taker is not None:
            taker.take_files(paths)
            return
        session = self._window.session
        page = session.pages.get("library") if session is not None else None
        if isinstance(page, LibraryPage):
            self._window.go("library")
            page.add_paths(paths)
