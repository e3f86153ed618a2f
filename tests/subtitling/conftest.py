"""A library with workers whose engine hears what the test tells it."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from core.jobs.types import Job, JobState
from core.library.library import Library
from core.subtitling.preferences import Preferences
from core.subtitling.workers import WorkerPool
from models.store import ModelStore
from tests.subtitling.given_engine import GivenEngine

Pool = Callable[..., AbstractContextManager[WorkerPool]]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", holder="test") as opened:
        yield opened


@pytest.fixture
def engines() -> list[GivenEngine]:
    """Every engine that a worker made, the newest last."""
    return []


@pytest.fixture
def engine(engines: list[GivenEngine]) -> GivenEngine:
    """The pattern of all engines: they hear what it hears, and are canceled and gated with it."""
    return GivenEngine()


@pytest.fixture
def pool(library: Library, engine: GivenEngine, engines: list[GivenEngine], tmp_path: Path) -> Pool:
    """``with pool(cpu=1) as workers:`` a pool that runs until the block ends."""

    def make(_models: ModelStore, device: str, threads: int, idle_s: float) -> GivenEngine:
        made = GivenEngine(device, threads, idle_s)
        for name in ("heard", "error", "gate", "working", "sources", "params", "meanwhile", "deaf"):
            setattr(made, name, getattr(engine, name))
        engines.append(made)
        return made

    @contextmanager
    def run(cpu: int = 1) -> Iterator[WorkerPool]:
        workers = WorkerPool(library, ModelStore(tmp_path / "models"), Preferences(library), make_engine=make)
        workers.start_pool(cpu, 0)
        try:
            yield workers
        finally:
            workers.stop(5.0)

    return run


@pytest.fixture
def until(library: Library) -> Callable[..., Job]:
    """``until(job_id, state)``: the job once it has this state (by default: ended)."""

    def wait(job_id: str, *states: JobState, within_s: float = 20.0) -> Job:
        deadline = time.monotonic() + within_s
        wanted = states or tuple(state for state in JobState if state.ended)
        while (job := library.jobs.get(job_id)).state not in wanted:
            assert time.monotonic() < deadline, job
            time.sleep(0.01)
        return job

    return wait


def settled(question: Callable[[], bool], within_s: float = 10.0) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + within_s
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
