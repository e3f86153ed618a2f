"""The pool of this machine: worker processes, one thread each, that leave the machine usable."""

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

from core.errors import Interrupted
from core.jobs.coordinate import Coordinator
from core.jobs.types import JobContext
from core.jobs.unit_worker import prepare_worker

log = logging.getLogger(__name__)

S = TypeVar("S")
R = TypeVar("R")

IDLE_CLOSE_S = 60.0
END_WAIT_S = 0.5


def usable_cores() -> int:
    """Cores that this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


class _LocalCrew:
    """The worker processes from one start to their end."""

    def __init__(self, workers: int) -> None:
        self._executor = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=prepare_worker
        )
        self._ended_on_purpose = False

    @property
    def executor(self) -> Executor:
        return self._executor

    @property
    def ended_on_purpose(self) -> bool:
        return self._ended_on_purpose

    @property
    def usable(self) -> bool:
        """Whether it takes units: it does not any more when a worker died."""
        return not self._ended_on_purpose and not self._executor._broken  # noqa: SLF001  has no public name

    def end(self) -> None:
        """Kill the workers: they ignored the request, so they may be stuck in a library."""
        self._ended_on_purpose = True
        # the executor has no public way to its processes before Python 3.14 (kill_workers)
        processes = list((self._executor._processes or {}).values())  # noqa: SLF001
        for process in processes:
            process.kill()
        self._executor.shutdown(wait=False)
        for process in processes:
            process.join(END_WAIT_S)

    def dismiss(self) -> None:
        """Let idle workers go and wait for them."""
        self._ended_on_purpose = True
        self._executor.shutdown(wait=True)


class LocalPool:
    """Starts its workers with the first unit, keeps them warm between runs, lets them go after an idle minute."""

    def __init__(self, workers: int | None = None, *, idle_close_s: float = IDLE_CLOSE_S) -> None:
        self._worker_count = usable_cores() if workers is None else max(1, workers)
        self._idle_close_s = idle_close_s
        self._lock = threading.Lock()
        self._crew: _LocalCrew | None = None
        self._runs = 0
        self._timer: threading.Timer | None = None
        self._closed = False

    @property
    def workers(self) -> int:
        """How many units run at the same time."""
        return self._worker_count

    @property
    def started(self) -> bool:
        """Whether there are worker processes now."""
        return self._crew is not None

    def run(
        self,
        function: Callable[[S], R],
        specs: Sequence[S],
        *,
        work_dir: Path,
        context: JobContext,
        on_progress: Callable[[dict[int, int]], None] | None = None,
        window: int | None = None,
    ) -> Iterator[tuple[int, R]]:
        """See core.jobs.unit_pool.UnitPool."""
        if not specs:
            return
        self._begin_run()
        try:
            coordinator = Coordinator(
                self._hire,
                function,
                specs,
                work_dir=work_dir,
                context=context,
                on_progress=on_progress,
                window=window or 2 * self._worker_count,
            )
            yield from coordinator.run()
        finally:
            self._end_run()

    def close(self) -> None:
        """End the workers and wait for them. Runs that are under way raise."""
        with self._lock:
            self._closed = True
            timer, self._timer = self._timer, None
            crew, self._crew = self._crew, None
            busy = self._runs > 0
        if timer is not None:
            timer.cancel()
            timer.join()
        if crew is not None:
            if busy:
                crew.end()
            crew.dismiss()

    def _begin_run(self) -> None:
        with self._lock:
            self._runs += 1
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            timer.join()

    def _end_run(self) -> None:
        with self._lock:
            self._runs -= 1
            if self._runs or self._closed or self._crew is None:
                return
            self._timer = threading.Timer(self._idle_close_s, self._close_idle)
            self._timer.name = "unit-pool-idle"
            self._timer.daemon = True
            self._timer.start()

    def _close_idle(self) -> None:
        with self._lock:
            if self._runs or self._closed:
                return
            crew, self._crew = self._crew, None
        if crew is not None:
            crew.dismiss()

    def _hire(self) -> _LocalCrew:
        with self._lock:
            if self._closed:
                raise Interrupted("The workers were stopped because Rushes is closing.")
            if self._crew is None or not self._crew.usable:
                self._crew = _LocalCrew(self._worker_count)
            return self._crew
