"""The threads in which the desktop's speech workers run."""

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QDeadlineTimer, QThread

log = logging.getLogger(__name__)

_kept: "set[SpeechThread]" = set()
"""A QThread that is dropped while it runs takes the program down: those that did not end in time are kept."""


class SpeechThread(QThread):
    """As core.subtitling.work_thread.WorkThread."""

    def __init__(self, work: Callable[[], None], name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._work = work

    def run(self) -> None:
        threading.current_thread().name = self.objectName()
        try:
            self._work()
        except Exception:
            log.exception("%s ended", self.objectName())

    def join(self, timeout: float | None = None) -> None:
        """Wait until it ended, at most ``timeout`` seconds."""
        forever = QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever)
        ended = self.wait(forever if timeout is None else QDeadlineTimer(max(0, round(timeout * 1000))))
        if ended:
            _kept.discard(self)
        else:
            _kept.add(self)

    def is_alive(self) -> bool:
        """Whether it began and did not end yet."""
        return self.isRunning()
