"""A pool without processes: each unit runs in the calling thread. For tests and for looking for defects."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from core.errors import Canceled
from core.jobs.types import JobContext
from core.jobs.unit_signals import begin_run, end_run, read_progress
from core.jobs.unit_worker import run_unit
from core.storage import storage_error

S = TypeVar("S")
R = TypeVar("R")


class InlinePool:
    """Cancellation is heard between units and by units that ask ``unit_canceled`` if something else sets the signal."""

    @property
    def workers(self) -> int:
        """One: the caller."""
        return 1

    def run(
        self,
        function: Callable[[S], R],
        specs: Sequence[S],
        *,
        work_dir: Path,
        context: JobContext,
        on_progress: Callable[[dict[int, int]], None] | None = None,
        window: int | None = None,  # noqa: ARG002  one after the other
    ) -> Iterator[tuple[int, R]]:
        """See core.jobs.unit_pool.UnitPool."""
        try:
            wanted = begin_run(work_dir)
        except OSError as error:
            raise storage_error(error, work_dir) from error
        try:
            for index, spec in enumerate(specs):
                context.check()
                try:
                    result = run_unit(function, spec, str(wanted))
                except Canceled:
                    context.check()
                    raise
                if on_progress is not None:
                    on_progress(read_progress(work_dir, [index]))
                yield index, result
        finally:
            end_run(wanted)

    def close(self) -> None:
        """Nothing to end."""
