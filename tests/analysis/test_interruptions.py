"""Killed at any moment, an analysis goes on; canceled at any moment, it leaves nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.analysis.jobs import registry
from core.jobs.context import RunningJob
from core.jobs.executors import UnitPool
from core.jobs.local_pool import LocalPool
from core.jobs.runner import Runner
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.library.types import STAGES
from models.store import ModelStore
from tests.analysis.running import (
    again,
    assert_same_files,
    copied,
    half_made,
    log_text,
    run_bytes,
    run_job,
    run_waiting,
    small_units,
    wait_for,
    work_folders,
    working,
)

ROOT = Path(__file__).resolve().parents[2]
CANCEL_WITHIN_S = 2.0
UNITS, EMBED_UNITS = 6, 12  # of the film, cut finely
needs_sigkill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")


@pytest.fixture(autouse=True)
def _small_units() -> Iterator[None]:
    with small_units():
        yield


@pytest.fixture
def two_workers() -> Iterator[UnitPool]:
    """Workers of one test alone, which may lose them."""
    crew = LocalPool(2)
    yield crew
    crew.close()


def files(folder: Path, pattern: str) -> dict[str, int]:
    """When each finished part was written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob(pattern) if not path.name.startswith(".")}


def killed_when(folder: Path, moment: Callable[[], object], *options: str) -> None:
    """Run the program on a library and kill it at a moment."""
    command = [sys.executable, "-m", "tests.analysis.dying_program", str(folder), *options]
    with subprocess.Popen(command, cwd=ROOT) as program:
        try:
            wait_for(lambda: moment() or program.poll() is not None, within_s=60)
            assert program.poll() is None, "the program ended before its moment came"
        finally:
            children = psutil.Process(program.pid).children(recursive=True) if program.poll() is None else []
            os.kill(program.pid, signal.SIGKILL)
            program.wait()
        psutil.wait_procs(children, timeout=5)


class Watched:
    """A library that notes, at each publication, when the parts of the job were written."""

    def __init__(self, library: Library, patch: pytest.MonkeyPatch, job_id: str) -> None:
        self.at: dict[str, dict[str, int]] = {}
        publish, folder = library.runs.publish, library.paths.job(job_id)

        def noted(run_folder: Any, *arguments: Any) -> Any:
            self.at[run_folder.stage] = files(folder, "units/*.npz") | files(folder, "embed/*.npy")
            return publish(run_folder, *arguments)

        patch.setattr(library.runs, "publish", noted)


def go_on(
    folder: Path, job_id: str, models: ModelStore, pool: UnitPool, patch: pytest.MonkeyPatch
) -> tuple[dict[str, bytes], Watched, str]:
    """Open the library after the kill, let the job end, return its artifacts."""
    with Library.open(folder, holder="after") as library:
        [job] = Runner(library, registry(library, models, pool)).recover()
        assert (job.job_id, job.state) == (job_id, JobState.QUEUED)
        assert half_made(library) == []
        watched = Watched(library, patch, job_id)
        job = run_waiting(library, models, pool, job_id)
        assert job.state is JobState.SUCCEEDED, log_text(library, job)
        assert half_made(library) == []
        assert work_folders(library) == []
        return run_bytes(library, "film"), watched, log_text(library, job)


def waiting_job(folder: Path, film: Path) -> str:
    with Library.open(folder, holder="before") as library:
        return library.jobs.submit("analyse", ep_id=library.episodes.add(film).ep_id).job_id


def undisturbed(analysed: Path) -> dict[str, bytes]:
    with Library.open(analysed, holder="test") as library:
        return run_bytes(library, "film")


@needs_sigkill
@pytest.mark.slow
def test_that_an_analysis_killed_between_units_goes_on_with_what_was_finished(
    tmp_path: Path,
    film: Path,
    analysed: Path,
    default_models: ModelStore,
    pool: UnitPool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "library"
    job_id = waiting_job(folder, film)
    work_dir = folder / "jobs" / job_id
    killed_when(folder, lambda: files(work_dir, "units/*.npz"))
    detected = files(work_dir, "units/*.npz")
    assert 0 < len(detected) < UNITS
    with Library.open(folder, holder="between") as library:
        assert half_made(library) == []
        [job] = Runner(library, registry(library, default_models, pool)).recover()
        assert job.state is JobState.QUEUED
    killed_when(folder, lambda: files(work_dir, "embed/*.npy"))
    assert detected.items() <= files(work_dir, "units/*.npz").items(), "a finished part was done again"
    embedded = files(work_dir, "embed/*.npy")
    assert 0 < len(embedded) < EMBED_UNITS
    found, watched, log = go_on(folder, job_id, default_models, pool, monkeypatch)
    assert_same_files(found, undisturbed(analysed))
    assert list(watched.at) == ["faces_embed", "cluster"], "a finished stage was run again"
    assert len(watched.at["faces_embed"]) == UNITS + EMBED_UNITS
    assert embedded.items() <= watched.at["faces_embed"].items(), "a finished part was done again"
    assert log.count("goes on with what was finished") == 2


@needs_sigkill
@pytest.mark.slow
def test_that_clustering_killed_in_the_middle_is_done_again_and_the_older_result_counts_until_then(
    tmp_path: Path, analysed: Path, default_models: ModelStore, pool: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copied(analysed, tmp_path / "library")
    with Library.open(folder, holder="before") as library:
        job_id = library.jobs.submit("cluster", ep_id="film").job_id
        runs = run_ids(library)
    killed_when(folder, (folder / "clustering").exists, "hang")
    with Library.open(folder, holder="between") as library:
        assert run_ids(library) == runs
    found, watched, _ = go_on(folder, job_id, default_models, pool, monkeypatch)
    assert_same_files(found, undisturbed(analysed))
    assert list(watched.at) == ["cluster"]


@needs_sigkill
@pytest.mark.slow
def test_that_a_worker_that_dies_in_a_unit_fails_the_job_with_a_reason_and_a_retry_ends_it(
    library: Library, film: Path, analysed: Path, default_models: ModelStore, two_workers: LocalPool
) -> None:
    library.episodes.add(film)
    with working(library, default_models, two_workers):
        job = library.jobs.submit("analyse", ep_id="film")
        wait_for(lambda: files(library.paths.job(job.job_id), "units/*.npz"))
        assert two_workers._crew is not None
        victim = next(iter(two_workers._crew.executor._processes.values()))  # type: ignore[attr-defined]
        os.kill(victim.pid, signal.SIGKILL)
        wait_for(lambda: library.jobs.get(job.job_id).state.ended)
        failed = library.jobs.get(job.job_id)
        assert failed.state is JobState.FAILED
        assert "worker" in failed.error
        assert "retry" in failed.error_action
        assert library.runs.current("film", "detect_track") is None
        library.jobs.retry(job.job_id)
        wait_for(lambda: library.jobs.get(job.job_id).state.ended)
    assert library.jobs.get(job.job_id).state is JobState.SUCCEEDED
    assert_same_files(run_bytes(library, "film"), undisturbed(analysed))


def cancel_at(
    library: Library, models: ModelStore, pool: UnitPool, patch: pytest.MonkeyPatch, stage: str, least: int
) -> tuple[Job, float]:
    """Run an analysis that is canceled as soon as it says that it is in a stage; returns it and how long it took."""
    asked: list[float] = []
    tell = RunningJob.progress

    def progress(self: RunningJob, told: str, done: int, *arguments: Any, **options: Any) -> None:
        tell(self, told, done, *arguments, **options)
        if told == stage and done >= least and not asked:
            asked.append(time.monotonic())
            library.jobs.cancel(self.job_id)

    patch.setattr(RunningJob, "progress", progress)
    job = run_job(library, models, pool, "film", params={"stride": 2})
    patch.undo()
    assert asked, f"it was never in {stage}"
    return job, time.monotonic() - asked[0]


def assert_left_as_it_was(library: Library, published: int, runs: list[int]) -> None:
    """Only whole stages came to what was there; nothing half made is left."""
    assert half_made(library) == []
    assert work_folders(library) == []
    newer = [now != before for now, before in zip(run_ids(library), runs, strict=True)]
    assert newer == [True] * published + [False] * (3 - published)


@pytest.mark.parametrize(("stage", "published"), [("scan", 0), ("track", 0), ("cluster", 2)])
def test_that_canceling_between_units_leaves_the_older_analysis(
    stage: str,
    published: int,
    reviewed: Library,
    default_models: ModelStore,
    inline: UnitPool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, runs = run_bytes(reviewed, "film"), run_ids(reviewed)
    job, seconds = cancel_at(reviewed, default_models, inline, monkeypatch, stage, 0)
    assert job.state is JobState.CANCELED, job
    assert seconds < CANCEL_WITHIN_S
    assert_left_as_it_was(reviewed, published, runs)
    if not published:
        assert_same_files(run_bytes(reviewed, "film"), before)


@pytest.mark.slow
def test_that_canceling_while_units_run_stops_within_two_seconds_and_leaves_no_half_artifact(
    reviewed: Library, default_models: ModelStore, two_workers: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stage, published in (("detect", 0), ("embed", 1)):
        runs = run_ids(reviewed)
        job, seconds = cancel_at(reviewed, default_models, two_workers, monkeypatch, stage, 1)
        assert job.state is JobState.CANCELED, (stage, job)
        assert seconds < CANCEL_WITHIN_S, stage
        assert_left_as_it_was(reviewed, published, runs)


def run_ids(library: Library) -> list[int]:
    return [run.run_id for stage in STAGES if (run := library.runs.current("film", stage)) is not None]


def test_that_a_job_tried_again_after_its_tracks_changed_embeds_the_present_ones(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first attempt left vectors of the older tracks in its work folder."""
    failed = fail_while_publishing(reviewed, default_models, inline, monkeypatch, job_type="faces_embed")
    assert list((reviewed.paths.job(failed.job_id) / "embed").glob("*.npy"))
    again(reviewed, default_models, inline, "film", job_type="detect_track", stride=8)
    reviewed.jobs.retry(failed.job_id)
    assert run_waiting(reviewed, default_models, inline, failed.job_id).state is JobState.SUCCEEDED
    again(reviewed, default_models, inline, "film", job_type="cluster")
    retried = run_bytes(reviewed, "film")
    again(reviewed, default_models, inline, "film", job_type="faces_embed")
    again(reviewed, default_models, inline, "film", job_type="cluster")
    assert_same_files(retried, run_bytes(reviewed, "film"))


def test_that_an_analysis_tried_again_after_another_detection_does_all_its_stages_anew(
    reviewed: Library, default_models: ModelStore, inline: UnitPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = fail_while_publishing(reviewed, default_models, inline, monkeypatch, job_type="analyse", stage="cluster")
    again(reviewed, default_models, inline, "film", job_type="detect_track", stride=8)
    reviewed.jobs.retry(failed.job_id)
    job = run_waiting(reviewed, default_models, inline, failed.job_id)
    assert job.state is JobState.SUCCEEDED, job.error
    assert {state.state for state in reviewed.runs.states("film").values()} == {"current"}


def fail_while_publishing(
    library: Library,
    models: ModelStore,
    pool: UnitPool,
    patch: pytest.MonkeyPatch,
    *,
    job_type: str,
    stage: str = "faces_embed",
) -> Job:
    """A job whose last step fails: its work folder stays for the next attempt."""
    publish = library.runs.publish

    def refuse(run_folder: Any, *arguments: Any) -> Any:
        if run_folder.stage == stage:
            raise OSError(28, "No space left on device")
        return publish(run_folder, *arguments)

    with patch.context() as within:
        within.setattr(library.runs, "publish", refuse)
        job = run_job(library, models, pool, "film", job_type=job_type)
    assert job.state is JobState.FAILED
    assert "full" in job.error
    assert half_made(library) == []
    return job


def test_that_a_copied_library_keeps_its_analysis(analysed: Path, tmp_path: Path) -> None:
    with Library.open(copied(analysed, tmp_path / "elsewhere"), holder="test") as library:
        assert_same_files(run_bytes(library, "film"), undisturbed(analysed))
        assert (library.path / "episodes" / "film" / "crops" / "track-00001").is_dir()
