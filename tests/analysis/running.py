"""Jobs run to their end, libraries copied, artifacts read as bytes: what the tests of an analysis share."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.analysis import embed_stage, plan
from core.analysis.jobs import registry
from core.jobs.executors import UnitPool
from core.jobs.runner import Runner
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.library.types import STAGES
from models.store import ModelStore

SMALL_UNIT_S = 1.0
SMALL_UNIT_CROPS = 4


@contextmanager
def small_units() -> Iterator[None]:
    """Cut the work so finely that a short film has many units."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "UNIT_TARGET_S", SMALL_UNIT_S)
        patch.setattr(embed_stage, "UNIT_CROPS", SMALL_UNIT_CROPS)
        yield


def run_job(
    library: Library,
    models: ModelStore,
    pool: UnitPool,
    ep_id: str,
    *,
    job_type: str = "analyse",
    params: dict[str, Any] | None = None,
) -> Job:
    """Submit a job, run it in this thread and return it ended, whatever came of it."""
    job = library.jobs.submit(job_type, ep_id=ep_id, params=params or {})
    return run_waiting(library, models, pool, job.job_id)


def run_waiting(library: Library, models: ModelStore, pool: UnitPool, job_id: str) -> Job:
    """Run the job that waits."""
    Runner(library, registry(library, models, pool))._run_next(threading.Event())
    job = library.jobs.get(job_id)
    assert job.state.ended, job
    return job


def analyse(library: Library, models: ModelStore, pool: UnitPool, video: Path, **params: Any) -> str:
    """Add a video, analyse it, and return its episode's id."""
    ep_id = library.episodes.add(video).ep_id
    again(library, models, pool, ep_id, **params)
    return ep_id


def again(
    library: Library, models: ModelStore, pool: UnitPool, ep_id: str, *, job_type: str = "analyse", **params: Any
) -> Job:
    """Run a job that has to succeed."""
    job = run_job(library, models, pool, ep_id, job_type=job_type, params=params)
    assert job.state is JobState.SUCCEEDED, f"{job.error} {log_text(library, job)}"
    return job


def log_text(library: Library, job: Job) -> str:
    """The whole log."""
    return "\n".join(f"{line.level}: {line.text}" for line in library.jobs.log(job.job_id))


def run_bytes(library: Library, ep_id: str) -> dict[str, bytes]:
    """Every file of the current runs by stage and name, without the run's number."""
    found = {}
    for stage in STAGES:
        run = library.runs.current(ep_id, stage)
        assert run is not None, stage
        for path in sorted(run.path.rglob("*")):
            if path.is_file():
                found[f"{stage}/{path.relative_to(run.path).as_posix()}"] = path.read_bytes()
    return found


def assert_same_files(first: dict[str, bytes], second: dict[str, bytes]) -> None:
    """With the names of those that differ, not with their bytes."""
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def half_made(library: Library) -> list[str]:
    """What should not be there while no job runs: unpublished runs, temporary files."""
    found = list(library.paths.episodes.rglob(".*")) + list(library.paths.episodes.rglob("*.tmp"))
    return sorted(str(path.relative_to(library.path)) for path in found)


def work_folders(library: Library) -> list[str]:
    """Jobs that have a work folder."""
    return sorted(path.name for path in library.paths.jobs.iterdir())


def copied(folder: Path, target: Path) -> Path:
    """A library of one's own, to be changed."""
    shutil.copytree(folder, target, symlinks=True)
    return target


def rows(path: Path) -> list[dict[str, Any]]:
    """Lines of a JSONL file without its header."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()[1:]]


def wait_for(condition: Callable[[], object], *, within_s: float = 30.0, every_s: float = 0.005) -> None:
    """Until something holds."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(every_s)


@contextmanager
def working(library: Library, models: ModelStore, pool: UnitPool) -> Iterator[None]:
    """Jobs run in a thread until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(
        target=Runner(library, registry(library, models, pool)).work, args=(stop,), name="test-runner"
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()
