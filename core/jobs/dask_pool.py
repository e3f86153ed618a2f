"""A Dask cluster as the pool: for people who name a scheduler. The work folder must be on a disk that all share."""

import importlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, TypeVar

from core.errors import InvalidRequest
from core.jobs.coordinate import Coordinator
from core.jobs.types import JobContext

S = TypeVar("S")
R = TypeVar("R")

CONNECT_WITHIN_S = 10


class DaskPool:
    """Units go to the workers of one scheduler; canceled ones stop when they see the signal in the work folder."""

    def __init__(self, address: str) -> None:
        """Raises InvalidRequest when the package distributed is absent or the scheduler does not answer."""
        self._client = _connect(address)
        self._executor: Executor = self._client.get_executor(pure=False)
        self._worker_count: int = max(1, sum(self._client.nthreads().values()))

    @property
    def workers(self) -> int:
        """Threads of the cluster at the time of connecting."""
        return self._worker_count

    @property
    def executor(self) -> Executor:
        """Where units are submitted to."""
        return self._executor

    @property
    def ended_on_purpose(self) -> bool:
        """The cluster's workers are not ours to end."""
        return False

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
        coordinator = Coordinator(
            lambda: self,
            function,
            specs,
            work_dir=work_dir,
            context=context,
            on_progress=on_progress,
            window=window or 2 * self._worker_count,
        )
        yield from coordinator.run()

    def end(self) -> None:
        """Units that do not hear the signal run on in the cluster; their results are forgotten."""
        self._executor.shutdown(wait=False)
        self._executor = self._client.get_executor(pure=False)

    def close(self) -> None:
        """Leave the cluster."""
        self._executor.shutdown(wait=False)
        self._client.close()


def _connect(address: str) -> Any:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise InvalidRequest(
            f"The scheduler {address} cannot be used: the package distributed is not installed.",
            action="Install it with: python3 -m pip install distributed",
        ) from error
    try:
        return distributed.Client(address, timeout=CONNECT_WITHIN_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InvalidRequest(
            f"The scheduler {address} does not answer: {error}.",
            action="Check the address, as in tcp://host:8786, and that the scheduler runs.",
        ) from error
