"""What every pool of workers offers to a stage, whichever executor is behind it."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from core.jobs.types import JobContext

S = TypeVar("S")
R = TypeVar("R")


class UnitPool(Protocol):
    """Runs units of work: pure, picklable functions of a spec. The results do not depend on the number of workers."""

    @property
    def workers(self) -> int:
        """How many units run at the same time."""

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
        """Yield (index, result) in the order of ``specs``; at most ``window`` units are on their way.

        ``on_progress`` is given, a few times a second, what the units at work said with ``report_unit``, by index.
        When ``context`` is canceled, a unit fails or the caller stops asking, all units end within two seconds.
        Raises what a unit raised (a RushesError as it is, others as UnitFailed), Canceled, and Interrupted when a
        worker process died.
        """

    def close(self) -> None:
        """End the workers and wait for them."""
