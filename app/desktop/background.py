"""Work away from the Qt thread, in two verbs: ``run_edit`` changes something, ``run_query`` reads something.

Each lane is a named QThread of its own with a queue. Results come back in the Qt thread.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QThread, Signal

from core.errors import Canceled
from models.errors import FetchCanceled

log = logging.getLogger(__name__)

T = TypeVar("T")
QUERY_THREADS = 2
STOP_WAIT_MS = 30_000


@dataclass(frozen=True, slots=True)
class _Work:
    """One call; ``latest_key`` with ``ticket`` tells whether a newer one of the same key was asked for."""

    fn: Callable[[], Any]
    done: Callable[[Any], object] | None
    failed: Callable[[Exception], object] | None
    latest_key: str | None
    ticket: int
    owner: QObject | None


class _LaneThread(QThread):
    """Takes calls from a queue until it finds None there."""

    finished_work = Signal(object, object, object)

    def __init__(self, name: str, calls: "queue.SimpleQueue[_Work | None]", is_stale: Callable[[_Work], bool]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._calls = calls
        self._is_stale = is_stale

    def run(self) -> None:
        threading.current_thread().name = self.objectName()
        while (work := self._calls.get()) is not None:
            if self._is_stale(work):
                continue
            result: Any = None
            error: Exception | None = None
            try:
                result = work.fn()
            except Exception as caught:  # noqa: BLE001 - handed to the caller's thread, where it is shown
                error = caught
            self.finished_work.emit(work, result, error)


class _Lane:
    """A queue with its threads."""

    def __init__(
        self,
        name: str,
        thread_count: int,
        is_stale: Callable[[_Work], bool],
        deliver: Callable[[_Work, Any, Exception | None], None],
    ) -> None:
        self.calls: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self.threads = [_LaneThread(f"{name}-{index + 1}", self.calls, is_stale) for index in range(thread_count)]
        for thread in self.threads:
            thread.finished_work.connect(deliver)
            thread.start()


class Background(QObject):
    """The owner of the worker threads. Use it in the Qt thread; call ``stop`` before dropping it."""

    def __init__(self, on_error: Callable[[Exception], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_error = on_error
        self._lanes: dict[str, _Lane] = {}
        self._tickets: dict[str, int] = {}
        self._ticket = 0
        self.stopping = threading.Event()
        """Set when the window closes: long calls look at it and return early."""

    def run_edit(
        self,
        fn: Callable[[], T],
        done: Callable[[T], object] | None = None,
        *,
        failed: Callable[[Exception], object] | None = None,
        owner: QObject | None = None,
        lane: str = "edit",
    ) -> None:
        """Change something: one edit after the other, in the order of the calls, none dropped.

        ``lane`` names a thread of its own for changes that take long (adding a folder). ``done`` gets the result in the
        Qt thread; ``failed`` gets the error (default: a notice). Neither is called when ``owner`` was deleted in the
        meantime.
        """
        self._submit(lane, 1, _Work(fn, done, failed, None, 0, owner))

    def run_query(
        self,
        fn: Callable[[], T],
        done: Callable[[T], object] | None = None,
        *,
        latest_key: str | None = None,
        failed: Callable[[Exception], object] | None = None,
        owner: QObject | None = None,
        lane: str = "query",
    ) -> None:
        """Read something. With ``latest_key``, only the newest call of that key runs and delivers.

        ``lane`` names a thread of its own for calls that take long (downloads, the sample), so that they hold up
        nothing else.
        """
        self._ticket += 1
        if latest_key is not None:
            self._tickets[latest_key] = self._ticket
        threads = QUERY_THREADS if lane == "query" else 1
        self._submit(lane, threads, _Work(fn, done, failed, latest_key, self._ticket, owner))

    def drop(self, latest_key: str) -> None:
        """Forget what was asked under a key: a result on its way is not delivered."""
        self._ticket += 1
        self._tickets[latest_key] = self._ticket

    def stop(self) -> None:
        """Let running calls end, forget waiting queries, finish waiting edits, and wait for all threads."""
        self.stopping.set()
        for name, lane in self._lanes.items():
            if name != "edit":
                _empty(lane.calls)
            for _ in lane.threads:
                lane.calls.put(None)
        for lane in self._lanes.values():
            for thread in lane.threads:
                if not thread.wait(STOP_WAIT_MS):
                    log.error("thread %s did not stop; waiting for it", thread.objectName())
                    thread.wait()
        self._lanes = {}

    def _submit(self, lane_name: str, thread_count: int, work: _Work) -> None:
        if self.stopping.is_set():
            log.debug("dropped work of lane %s: the window is closing", lane_name)
            return
        if lane_name not in self._lanes:
            self._lanes[lane_name] = _Lane(lane_name, thread_count, self._is_stale, self._deliver)
        self._lanes[lane_name].calls.put(work)

    def _is_stale(self, work: _Work) -> bool:
        return work.latest_key is not None and self._tickets.get(work.latest_key) != work.ticket

    def _deliver(self, work: _Work, result: Any, error: Exception | None) -> None:
        if self.stopping.is_set() or self._is_stale(work):
            return
        if work.owner is not None and not shiboken6.isValid(work.owner):
            return
        if error is None:
            if work.done is not None:
                work.done(result)
        elif work.failed is not None:
            work.failed(error)
        elif not isinstance(error, Canceled | FetchCanceled):
            self._on_error(error)


def _empty(calls: "queue.SimpleQueue[_Work | None]") -> None:
    while not calls.empty():
        calls.get_nowait()
