"""Workers that are added and removed while they work."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import DeviceUnavailable, InvalidRequest, NotFound, RushesError
from core.jobs.runner import Runner
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.subtitling import workers as workers_module
from core.subtitling.types import LANGUAGE_DETECTION, SPEECH_TYPES
from tests.subtitling.conftest import Pool, settled
from tests.subtitling.given_engine import GivenEngine, sound_file

Until = Callable[..., Job]


@pytest.fixture
def film(tmp_path: Path) -> str:
    return str(sound_file(tmp_path / "film.mkv"))


def ask(library: Library, film: str) -> str:
    """A job that any worker can do."""
    return library.jobs.submit(LANGUAGE_DETECTION, params={"file_path": film}).job_id


def test_that_a_worker_does_the_jobs_and_is_named_on_them(
    library: Library, pool: Pool, until: Until, film: str
) -> None:
    with pool(cpu=1) as workers:
        job = until(ask(library, film))
        assert (job.state, job.worker, job.result["language"]) == (JobState.SUCCEEDED, "worker-cpu-0", "es")
        assert job.message == "Spanish, 97% sure."
        [status] = workers.statuses()
        assert (status.state, status.jobs_completed, status.jobs_failed) == ("idle", 1, 0)
        stats = workers.stats()
        assert (stats.total, stats.cpu, stats.idle, stats.jobs_completed, stats.running) == (1, 1, 1, 1, True)
    assert workers.statuses() == []
    assert workers.stats().jobs_completed == 1
    assert not workers.stats().running


def test_that_a_busy_worker_tells_how_far_it_is(
    library: Library, pool: Pool, until: Until, film: str, engine: GivenEngine
) -> None:
    engine.gate.clear()
    with pool(cpu=1) as workers:
        job_id = ask(library, film)
        assert settled(lambda: workers.status("worker-cpu-0").progress > 0)
        status = workers.status("worker-cpu-0")
        assert (status.state, status.job_id) == ("busy", job_id)
        assert 0 < status.progress < 100
        engine.gate.set()
        assert until(job_id).state is JobState.SUCCEEDED


def test_that_the_job_of_a_removed_worker_goes_back_to_the_queue(
    library: Library, pool: Pool, until: Until, film: str, engine: GivenEngine, engines: list[GivenEngine]
) -> None:
    engine.gate.clear()
    with pool(cpu=1) as workers:
        job_id = ask(library, film)
        assert engine.working.wait(10)
        workers.remove("worker-cpu-0", timeout_s=5)
        job = library.jobs.get(job_id)
        assert (job.state, job.attempts, job.worker) == (JobState.QUEUED, 0, "")
        assert workers.statuses() == []
        assert engines[0].closed
        with pytest.raises(NotFound):
            workers.remove("worker-cpu-0")
        engine.gate.set()
        assert workers.add("cpu").worker_id == "worker-cpu-0"
        assert until(job_id).state is JobState.SUCCEEDED


def test_that_work_that_hears_nothing_is_killed_with_its_engine(
    library: Library, pool: Pool, film: str, engine: GivenEngine
) -> None:
    engine.gate.clear()
    engine.deaf = True
    with pool(cpu=1) as workers:
        job_id = ask(library, film)
        assert engine.working.wait(10)
        workers.remove("worker-cpu-0", timeout_s=0.1)
        assert library.jobs.get(job_id).state is JobState.QUEUED
        assert library.jobs.get(job_id).error == ""


def test_that_several_workers_work_at_once_and_numbers_are_taken_again(
    library: Library, pool: Pool, until: Until, film: str, engine: GivenEngine
) -> None:
    engine.gate.clear()
    with pool(cpu=2) as workers:
        jobs = [ask(library, film) for _ in range(2)]
        assert settled(lambda: workers.stats().busy == 2)
        assert workers.add("cpu").worker_id == "worker-cpu-2"
        workers.remove("worker-cpu-2")
        assert workers.add("cpu").worker_id == "worker-cpu-2"
        engine.gate.set()
        assert {until(job_id).worker for job_id in jobs} == {"worker-cpu-0", "worker-cpu-1"}
        workers.start_pool(1, 0)
        assert [one.worker_id for one in workers.statuses()] == ["worker-cpu-0"]


def test_that_a_failed_job_is_counted_and_the_worker_goes_on(
    library: Library, pool: Pool, until: Until, film: str, engine: GivenEngine
) -> None:
    engine.error = RushesError("It has no sound.", action="Choose another.")
    with pool(cpu=1) as workers:
        job = until(ask(library, film))
        assert (job.state, job.error, job.error_action) == (JobState.FAILED, "It has no sound.", "Choose another.")
        assert (workers.stats().jobs_failed, workers.stats().error) == (1, 0)
        assert settled(lambda: workers.status("worker-cpu-0").state == "idle")


def test_that_a_worker_whose_card_is_gone_says_so_and_leaves_the_job_to_others(
    library: Library, pool: Pool, until: Until, film: str, engine: GivenEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers_module, "gpu_count", lambda: 1)
    engine.error = DeviceUnavailable("The GPU cuda:0 is gone.", action="Restart the computer.")
    with pool(cpu=0) as workers:
        assert workers.add("gpu", 0).worker_id == "worker-gpu-0"
        job_id = ask(library, film)
        assert settled(lambda: workers.status("worker-gpu-0").state == "error")
        assert "The GPU cuda:0 is gone." in workers.status("worker-gpu-0").problem
        assert until(job_id, JobState.QUEUED).error == ""
        assert workers.stats().error == 1
        engine.error = None
        workers.add("cpu")
        assert until(job_id).worker == "worker-cpu-0"


def test_that_a_worker_whose_thread_breaks_shows_why(
    library: Library, pool: Pool, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def claim(*_arguments: object) -> None:
        raise OSError("the disk went away")

    monkeypatch.setattr(library.jobs, "claim", claim)
    with pool(cpu=1) as workers:
        assert settled(lambda: workers.status("worker-cpu-0").state == "error")
        assert "the disk went away" in workers.status("worker-cpu-0").problem


@pytest.mark.parametrize(
    ("worker_type", "device_id"), [("tpu", None), ("gpu", 0), ("gpu", None)], ids=["type", "device", "no device"]
)
def test_that_workers_without_a_machine_are_refused(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, worker_type: str, device_id: int | None
) -> None:
    monkeypatch.setattr(workers_module, "gpu_count", lambda: 0)
    with pool(cpu=0) as workers:
        with pytest.raises(InvalidRequest):
            workers.add(worker_type, device_id)  # type: ignore[arg-type]
        with pytest.raises(InvalidRequest):
            workers.start_pool(1, 1)
        with pytest.raises(InvalidRequest):
            workers.start_pool(-1, 0)
        assert workers.statuses() == []


def test_that_cards_are_shared_out_evenly(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "gpu_count", lambda: 2)
    with pool(cpu=0) as workers:
        assert [workers.add("gpu").device_id for _ in range(3)] == [0, 1, 0]
        with pytest.raises(InvalidRequest, match="GPU 2"):
            workers.add("gpu", 2)


def test_that_new_settings_reach_the_next_job(
    library: Library, pool: Pool, until: Until, film: str, engines: list[GivenEngine]
) -> None:
    with pool(cpu=1) as workers:
        until(ask(library, film))
        workers._preferences.set_many({"worker_threads": 3, "model_idle_minutes": 1})
        until(ask(library, film))
        until(ask(library, film))
        assert [one.made_with for one in engines][1:] == [(3, 60.0)]
        assert engines[0].closed


def test_that_canceling_a_running_job_ends_it_and_frees_the_worker(
    library: Library, pool: Pool, until: Until, film: str, engine: GivenEngine
) -> None:
    engine.gate.clear()
    with pool(cpu=1) as workers:
        job_id = ask(library, film)
        assert engine.working.wait(10)
        library.jobs.cancel(job_id)
        assert until(job_id).state is JobState.CANCELED
        assert settled(lambda: workers.status("worker-cpu-0").state == "idle")
        assert (workers.stats().jobs_completed, workers.stats().jobs_failed) == (0, 0)


def test_that_other_runners_leave_speech_alone_and_workers_all_else(
    library: Library, pool: Pool, until: Until, film: str
) -> None:
    stop = threading.Event()
    other = threading.Thread(
        target=Runner(library, {"count": lambda _job, _context: {"n": 1}}, other_than=SPEECH_TYPES).work, args=(stop,)
    )
    speech, count = ask(library, film), library.jobs.submit("count").job_id
    with pool(cpu=1):
        assert until(speech).worker == "worker-cpu-0"
        time.sleep(0.05)
        assert library.jobs.get(count).state is JobState.QUEUED
        other.start()
        assert until(count).worker == ""
        stop.set()
        other.join(10)
        assert not other.is_alive()


def test_that_jobs_of_a_dead_process_are_taken_up_when_the_pool_starts(
    library: Library, pool: Pool, until: Until, film: str
) -> None:
    speech, count = ask(library, film), library.jobs.submit("count").job_id
    assert library.jobs.claim(SPEECH_TYPES, worker="worker-cpu-0") is not None
    assert library.jobs.claim() is not None
    library.jobs._cancels.clear()  # as after the death of the process that ran them
    with pool(cpu=1):
        assert until(speech).attempts == 2
        assert library.jobs.get(count).state is JobState.RUNNING
    [recovered] = Runner(library, {}, other_than=SPEECH_TYPES).recover()
    assert (recovered.job_id, recovered.state) == (count, JobState.QUEUED)
