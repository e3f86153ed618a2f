"""The real window off the screen, for the commands that make documents and pictures of it."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop

WAIT_S = 60.0
STEP_MS = 20


class Stage:
    """A window with settings and a library of its own in a temporary folder; leaves nothing behind."""

    def __init__(self, *, library: Path | None = None) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from app.desktop.main import make_application
        from app.desktop.settings import AppSettings
        from app.desktop.window import MainWindow

        self.folder = _folder()
        self.library = library or self.folder / "library"
        self.settings = AppSettings(self.folder / "rushes.ini")
        self.app = make_application(self.settings)
        self.window = MainWindow(self.settings)
        self._state = ""
        self.window.library_opened.connect(lambda _path: self._note("opened"))
        self.window.library_failed.connect(self._note)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        shutil.rmtree(self.folder, ignore_errors=True)

    def open_library(self, folder: Path | None = None) -> str:
        """Open a library and wait; returns ``opened`` or the kind of the failure."""
        self._state = ""
        self.window.open(folder or self.library)
        self.wait_until(lambda: bool(self._state), "the library to open")
        self.settle()
        return self._state

    def settle(self, seconds: float = 0.3) -> None:
        """Let the window do what is waiting."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, STEP_MS)
            time.sleep(STEP_MS / 2000)

    def wait_until(self, met: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
        """Run the event loop until a condition holds. TimeoutError names what was waited for."""
        end = time.monotonic() + wait_s
        while not met():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {wait_s:g} s for {what}")
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, STEP_MS)
            time.sleep(STEP_MS / 2000)

    def _note(self, state: str) -> None:
        self._state = state


def _folder() -> Path:
    """Always the same name while nobody else uses it, so that pictures of a path stay the same."""
    wanted = Path(tempfile.gettempdir()) / "rushes-stage"
    try:
        wanted.mkdir()
    except FileExistsError:
        return Path(tempfile.mkdtemp(prefix="rushes-stage-"))
    return wanted
