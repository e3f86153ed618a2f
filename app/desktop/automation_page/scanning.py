"""A scan that a person started: with progress, cancel and its result."""

import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.desktop.automation_page.words import error_words
from app.desktop.services import Services
from core.errors import Canceled, RushesError
from core.scanning.types import ScanProgress, ScanResult

LANE = "automation-scan"


class ScanNow(QObject):
    """One scan at a time, in a thread of its own."""

    changed = Signal()
    """It began, made progress or ended."""
    ended = Signal(object)
    """The ``ScanResult`` of a scan that went to its end."""

    _progressed = Signal(object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._stop = threading.Event()
        self.running = False
        self.progress: ScanProgress | None = None
        """How far it is."""
        self.problem = ""
        self.result: ScanResult | None = None
        self._progressed.connect(self._on_progress)

    def start(self, paths: Sequence[str] | None = None) -> None:
        """Scan these folders, or all of the library."""
        if self.running:
            return
        self._stop = threading.Event()
        self.running, self.progress, self.problem = True, None, ""
        self.changed.emit()
        stop, stopping = self._stop, self._services.background.stopping
        automation = self._services.automation

        def check() -> None:
            if stop.is_set() or stopping.is_set():
                raise Canceled("The scan was stopped.")

        self._services.background.run_edit(
            lambda: automation.scanner.scan(paths, check=check, progress=self._progressed.emit),
            self._done,
            failed=self._failed,
            owner=self,
            lane=LANE,
        )

    def cancel(self) -> None:
        """Stop soon, also a scan that the schedule began; jobs that were made stay."""
        self._stop.set()
        if not self.running:
            self._services.background.run_edit(self._services.automation.scanner.cancel, owner=self)

    @property
    def fraction(self) -> float | None:
        """How far it is, None = unknown."""
        if self.progress is None or not self.progress.total:
            return None
        return self.progress.done / self.progress.total

    def _on_progress(self, progress: ScanProgress) -> None:
        if self.running:
            self.progress = progress
            self.changed.emit()

    def _done(self, result: ScanResult) -> None:
        self.running, self.result = False, result
        self.changed.emit()
        self.ended.emit(result)
        self._services.jobs.refresh()

    def _failed(self, error: Exception) -> None:
        self.running = False
        if not isinstance(error, Canceled):
            self.problem = error_words(error)
        self.changed.emit()
        self._services.jobs.refresh()
        if not isinstance(error, RushesError):
            raise error
