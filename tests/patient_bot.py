"""A qtbot for a busy machine: what comes, comes; how long it takes is a benchmark's matter, not a test's."""

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

PATIENCE_MS = 30_000


class PatientBot(QtBot):
    """As QtBot; waits that name no time of their own last up to half a minute."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        """See QtBot."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:
        """See QtBot."""
        return super().waitSignal(signal, timeout=timeout, **options)
