"""A library, a runner in a thread, and a context for pools."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from core.jobs.runner import JobFunction, Runner
from core.jobs.types import Job, JobState
from core.library.library import Library
from tests.jobs.still_context import StillContext

Running = Callable[..., AbstractContextManager[threading.Event]]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", holder="test") as opened:
        yield opened


@pytest.fixture
def running(library: Library) -> Running:
    """``with running({"type": function}):`` runs jobs in a thread until the block ends."""

    @contextmanager
    def run(registry: dict[str, JobFunction], *, threads: int = 1) -> Iterator[threading.Event]:
        runner, stop = Runner(library, registry), threading.Event()
        runner.recover()
        workers = [threading.Thread(target=runner.work, args=(stop,), name=f"runner-{n}") for n in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield stop
        finally:
            stop.set()
            for worker in workers:
                worker.join(10)
                assert not worker.is_alive()

    return run


@pytest.fixture
def until(library: Library) -> Callable[..., Job]:
    """``until(job_id, state)``: the job once it has this state."""

    def wait(job_id: str, *states: JobState, within_s: float = 20.0) -> Job:
        deadline = time.monotonic() + within_s
        wanted = states or tuple(state for state in JobState if state.ended)
        while (job := library.jobs.get(job_id)).state not in wanted:
            assert time.monotonic() < deadline, job
            time.sleep(0.01)
        return job

    return wait


@pytest.fixture
def context() -> StillContext:
    return StillContext()
