"""Hands units to an executor in a bounded window, collects results in order, hears progress and cancellation."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from core.errors import Canceled, Interrupted
from core.jobs.types import JobContext
from core.jobs.unit_signals import ask_to_cancel, begin_run, end_run, read_progress
from core.jobs.unit_worker import run_unit
from core.storage import storage_error

S = TypeVar("S")
R = TypeVar("R")

LOOK_EVERY_S = 0.2
GRACE_S = 1.0
"""How long units may take to hear that they are canceled before their workers are ended."""
BUFFERED_WINDOWS = 8
"""Results that wait for an earlier one: at most so many windows of them."""

MOST_HIRES = 3

OnProgress = Callable[[dict[int, int]], None]


class Crew(Protocol):
    """The workers behind an executor, as one run sees them."""

    @property
    def executor(self) -> Executor:
        """Where units are submitted to."""

    @property
    def ended_on_purpose(self) -> bool:
        """Whether another run ended the workers, so that units lost with them are simply done again."""

    def end(self) -> None:
        """End the workers at once, whatever they do."""


class Coordinator(Generic[S, R]):
    """One run of many units over one crew after the other."""

    def __init__(
        self,
        hire: Callable[[], Crew],
        function: Callable[[S], R],
        specs: Sequence[S],
        *,
        work_dir: Path,
        context: JobContext,
        on_progress: OnProgress | None,
        window: int,
    ) -> None:
        """``hire`` gives the present crew, a new one after the last one ended."""
        self._hire = hire
        self._function = function
        self._specs = specs
        self._work_dir = work_dir
        self._context = context
        self._on_progress = on_progress
        self._window = max(1, window)
        self._wanted = work_dir
        self._waiting = list(range(len(specs)))[::-1]
        self._running: dict[Future[R], tuple[int, Crew]] = {}
        self._results: dict[int, R] = {}

    def run(self) -> Iterator[tuple[int, R]]:
        """(index, result) in the order of the specs. Raises what a failing unit raised, Canceled, Interrupted."""
        try:
            self._wanted = begin_run(self._work_dir)
        except OSError as error:
            raise storage_error(error, self._work_dir) from error
        finished = False
        try:
            for index in range(len(self._specs)):
                while index not in self._results:
                    self._advance(index)
                yield index, self._results.pop(index)
            finished = True
        finally:
            end_run(self._wanted)
            if not finished:
                self._abandon()

    def _advance(self, needed: int) -> None:
        """Keep the window full, then wait a moment for something to end."""
        self._context.check()
        limit = needed + BUFFERED_WINDOWS * self._window
        while self._waiting and len(self._running) < self._window and self._waiting[-1] < limit:
            self._submit(self._waiting.pop())
        done, _ = wait(self._running, timeout=LOOK_EVERY_S, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=lambda ended: self._running[ended][0]):
            self._take(future)
        if self._on_progress is not None:
            self._on_progress(read_progress(self._work_dir, [index for index, _ in self._running.values()]))

    def _submit(self, index: int) -> None:
        for _ in range(MOST_HIRES):
            crew = self._hire()
            try:
                future = crew.executor.submit(run_unit, self._function, self._specs[index], str(self._wanted))
            except (BrokenExecutor, RuntimeError) as error:  # RuntimeError: it was shut down since
                self._accept_loss(crew, index, error)
            else:
                self._running[future] = (index, crew)
                return
        raise self._worker_died(index)

    def _take(self, future: "Future[R]") -> None:
        index, crew = self._running.pop(future)
        try:
            self._results[index] = future.result()
        except (BrokenExecutor, CancelledError) as error:
            self._accept_loss(crew, index, error)
            self._waiting = sorted([*self._waiting, index], reverse=True)
        except Canceled:
            self._context.check()
            raise

    def _accept_loss(self, crew: Crew, index: int, error: Exception) -> None:
        """A unit was lost with its workers: done again if another run ended them, an error if they died."""
        self._context.check()
        if not crew.ended_on_purpose:
            raise self._worker_died(index) from error

    def _worker_died(self, index: int) -> Interrupted:
        return Interrupted(
            f"A worker process died while it did part {index + 1} of {len(self._specs)}.",
            action="If memory was short, close other programs; then retry: finished parts are kept.",
        )

    def _abandon(self) -> None:
        """Nobody wants the results any more: no unit may run on.

        Futures that wait are not canceled: in Python 3.11 a process pool that loses its workers stumbles over canceled
        futures and leaves all others without an end. Their units see that the run has ended and do not begin.
        """
        ask_to_cancel(self._work_dir)
        _, left = wait([future for future in self._running if future.running()], timeout=GRACE_S)
        for crew in {id(self._running[future][1]): self._running[future][1] for future in left}.values():
            crew.end()
        self._running.clear()
