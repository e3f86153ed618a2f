"""The thread of a worker: a plain one, or what the desktop makes of it."""

import threading
from collections.abc import Callable
from typing import Protocol


class WorkThread(Protocol):
    """What a worker needs of its thread."""

    def start(self) -> None:
        """Begin."""

    def join(self, timeout: float | None = None) -> None:
        """Wait until it ended, at most ``timeout`` seconds."""

    def is_alive(self) -> bool:
        """Whether it began and did not end yet."""


MakeThread = Callable[[Callable[[], None], str], WorkThread]
"""``make(work, name)``: a thread that will run ``work``."""


def plain_thread(work: Callable[[], None], name: str) -> WorkThread:
    """A thread of Python's."""
    return threading.Thread(target=work, name=name, daemon=True)
