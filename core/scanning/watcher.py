"""Watches the folders of the media library and takes new files when they are complete."""

import threading
from collections.abc import Sequence
from pathlib import Path

from core.scanning.scanner import Scanner
from core.scanning.settings import PreferenceReader, ScanSettings
from core.scanning.types import WatchStatus
from core.scanning.watching import Watching


class Watcher:
    """Starts and stops the thread that watches. Safe from any thread."""

    def __init__(self, scanner: Scanner, preferences: PreferenceReader) -> None:
        self._scanner = scanner
        self._settings = ScanSettings(preferences)
        self._lock = threading.RLock()
        self._current: Watching | None = None
        scanner.report(watch=self.status)

    def start(
        self,
        paths: Sequence[str | Path] | None = None,
        *,
        recursive: bool | None = None,
        settle_s: float | None = None,
        polling: bool | None = None,
    ) -> None:
        """Start, or start anew; what is not given comes from the preferences. Returns at once.

        A folder that is not there is waited for. Raises InvalidRequest when no folder is given and none configured.
        """
        roots = self._scanner.roots(paths)
        settings = self._settings
        watching = Watching(
            self._scanner,
            roots,
            recursive=settings.recursive if recursive is None else recursive,
            settle_s=settings.settle_s if settle_s is None else settle_s,
            polling=settings.polling if polling is None else polling,
        )
        with self._lock:
            self._end()
            self._current = watching
            watching.start()
        self._scanner.changed()

    def stop(self) -> bool:
        """End it now; False = it did not run."""
        with self._lock:
            ended = self._end()
        if ended:
            self._scanner.changed()
        return ended

    def wait_until_watching(self, timeout_s: float) -> bool:
        """Whether the system tells of changes by now; files that came since the start are found in any case."""
        current = self._current
        return current is not None and current.armed.wait(timeout_s)

    def status(self) -> WatchStatus:
        """Which folders are watched, and what keeps one from it."""
        current = self._current
        if current is None:
            return WatchStatus(running=False)
        return WatchStatus(True, current.roots, current.waiting, current.problem)

    def _end(self) -> bool:
        current, self._current = self._current, None
        if current is None:
            return False
        current.stop()
        return True
