"""The thread in which the desktop runs jobs."""

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

if TYPE_CHECKING:
    from core.jobs.runner import Runner

log = logging.getLogger(__name__)


class RunnerThread(QThread):
    """Runs ``Runner.work`` until ``stop_and_wait``; a job at work then goes back to the queue."""

    broke = Signal(object)
    """The exception that ended the runner; jobs no longer run."""

    def __init__(self, runner: "Runner", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("job-runner")
        self._runner = runner
        self._stop = threading.Event()

    def run(self) -> None:
        threading.current_thread().name = self.objectName()
        try:
            self._runner.recover()
            self._runner.work(self._stop)
        except Exception as error:
            log.exception("the job runner ended")
            self.broke.emit(error)

    def stop_and_wait(self) -> None:
        """Ask the runner to stop and wait for it: a QThread must not be dropped while it runs."""
        self._stop.set()
        self.wait()
