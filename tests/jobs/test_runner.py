"""The runner: progress, cancel, failure, stop, recovery."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.errors import Canceled, InvalidRequest
from core.jobs.events import Event, JobChanged
from core.jobs.runner import MOST_ATTEMPTS, Runner
from core.jobs.types import Job, JobContext, JobState
from core.library.library import Library
from tests.jobs.conftest import Running

ROOT = Path(__file__).resolve().parents[2]
Until = Callable[..., Job]


def patient(_job: Job, context: JobContext) -> dict[str, Any]:
    """Counts until it is stopped."""
    for done in range(100_000):
        context.progress("count", done, 100_000, unit="steps", overall=done / 100_000)
        context.check()
        time.sleep(0.005)
    return {}


def test_that_a_job_runs_and_its_result_is_kept(library: Library, running: Running, until: Until) -> None:
    def add(job: Job, context: JobContext) -> dict[str, Any]:
        context.log("adding")
        context.progress("add", 2, 4, unit="numbers", overall=0.5)
        return {"sum": sum(job.params["numbers"])}

    with running({"add": add}):
        job = until(library.jobs.submit("add", params={"numbers": [1, 2]}).job_id)
    assert (job.state, job.result, job.attempts) == (JobState.SUCCEEDED, {"sum": 3}, 1)
    assert (job.stage, job.done, job.total, job.unit, job.overall) == ("add", 4, 4, "numbers", 1.0)
    assert job.started_at is not None
    assert job.ended_at is not None
    assert [line.text for line in library.jobs.log(job.job_id)] == ["adding"]


def test_that_progress_never_falls_and_is_written_a_few_times_a_second(
    library: Library, running: Running, until: Until
) -> None:
    events: list[Event] = []
    seen: list[tuple[int, float]] = []

    def follow(event: Event) -> None:
        events.append(event)
        if isinstance(event, JobChanged) and event.state == "running":
            job = library.jobs.get(event.job_id)
            seen.append((job.done, job.overall or 0.0))

    def jumpy(_job: Job, context: JobContext) -> dict[str, Any]:
        for step in range(200):
            context.progress(
                "jump", step + (-3 if step % 7 == 0 else 3), 200, overall=1.7 if step == 199 else step / 300
            )
            time.sleep(0.005)
        context.progress("jump", 150, 200, overall=0.2)
        return {}

    library.events.subscribe(follow)
    with running({"jumpy": jumpy}):
        until(library.jobs.submit("jumpy").job_id)
    assert seen == sorted(seen)
    assert all(0 <= overall <= 1 for _, overall in seen)
    assert 4 <= len(seen) <= 12


def test_that_the_estimate_is_unknown_first_and_then_measured(library: Library, running: Running) -> None:
    etas: list[float | None] = []

    def steady(job: Job, context: JobContext) -> dict[str, Any]:
        for step in range(1, 41):
            context.progress("steady", step, 80)
            time.sleep(0.04)
            if step % 8 == 0:
                etas.append(library.jobs.get(job.job_id).eta_s)
        return {}

    with running({"steady": steady}):
        job = library.jobs.submit("steady")
        deadline = time.monotonic() + 20
        while not library.jobs.get(job.job_id).state.ended and time.monotonic() < deadline:
            time.sleep(0.02)
    assert etas[0] is None
    assert etas[-1] is not None
    assert 0.5 < etas[-1] < 20


def test_that_a_running_job_is_canceled_within_two_seconds(library: Library, running: Running, until: Until) -> None:
    with running({"patient": patient}):
        job = library.jobs.submit("patient")
        until(job.job_id, JobState.RUNNING)
        library.jobs.work_dir(job.job_id)
        begun = time.monotonic()
        library.jobs.cancel(job.job_id)
        canceled = until(job.job_id)
        assert time.monotonic() - begun < 2.0
    assert canceled.state is JobState.CANCELED
    assert not (library.path / "jobs" / job.job_id).exists()


def test_that_an_error_for_people_becomes_message_and_action(library: Library, running: Running, until: Until) -> None:
    def refuse(_job: Job, _context: JobContext) -> dict[str, Any]:
        raise InvalidRequest("“Pilot” has no tracks yet.", action="Run detect_track first.")

    with running({"refuse": refuse}):
        job = until(library.jobs.submit("refuse").job_id)
    assert (job.state, job.error, job.error_action) == (
        JobState.FAILED,
        "“Pilot” has no tracks yet.",
        "Run detect_track first.",
    )


def test_that_a_defect_is_one_plain_sentence_with_the_traceback_in_the_log_only(
    library: Library, running: Running, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    def defect(_job: Job, context: JobContext) -> dict[str, Any]:
        context.progress("detect", 1, 2)
        raise ValueError("too many values")

    with running({"defect": defect, "fine": lambda _job, _context: {}}):
        job = until(library.jobs.submit("defect").job_id)
        assert until(library.jobs.submit("fine").job_id).state is JobState.SUCCEEDED
    assert job.error == "Rushes failed in stage detect: ValueError too many values."
    assert job.error_action
    levels = {line.level: line.text for line in library.jobs.log(job.job_id)}
    assert "Traceback" in levels["debug"]
    assert "Traceback" not in job.error + job.error_action + levels["error"]
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("result", [{"x": object()}, {1: {2, 3}}])
def test_that_a_result_that_is_no_json_fails_the_job_and_not_the_runner(
    library: Library, running: Running, until: Until, result: dict[str, Any]
) -> None:
    with running({"odd": lambda _job, _context: result}):
        assert until(library.jobs.submit("odd").job_id).state is JobState.FAILED
        assert until(library.jobs.submit("odd").job_id).state is JobState.FAILED


def test_that_a_type_nobody_knows_fails_with_its_name(library: Library, running: Running, until: Until) -> None:
    with running({}):
        job = until(library.jobs.submit("teleport").job_id)
    assert "teleport" in job.error


def test_that_a_full_disk_in_a_job_is_told_as_that(library: Library, running: Running, until: Until) -> None:
    def write(_job: Job, _context: JobContext) -> dict[str, Any]:
        raise OSError(28, "No space left on device", "/films/out.bin")

    with running({"write": write}):
        job = until(library.jobs.submit("write").job_id)
    assert "/films/out.bin" in job.error
    assert "full" in job.error
    assert "Free some space" in job.error_action


def test_that_a_job_that_ends_by_itself_as_canceled_is_a_failure(
    library: Library, running: Running, until: Until
) -> None:
    def gives_up(_job: Job, _context: JobContext) -> dict[str, Any]:
        raise Canceled("The download was stopped.")

    with running({"gives_up": gives_up}):
        job = until(library.jobs.submit("gives_up").job_id)
    assert (job.state, job.error) == (JobState.FAILED, "The download was stopped.")


def test_that_stopping_puts_the_running_job_back_and_does_not_count_the_attempt(
    library: Library, running: Running, until: Until
) -> None:
    with running({"patient": patient}):
        job = library.jobs.submit("patient")
        until(job.job_id, JobState.RUNNING)
        (library.jobs.work_dir(job.job_id) / "unit-0").write_text("done")
    back = library.jobs.get(job.job_id)
    assert (back.state, back.attempts) == (JobState.QUEUED, 0)
    assert (library.path / "jobs" / job.job_id / "unit-0").exists()


def test_that_several_threads_share_the_queue_without_doing_a_job_twice(
    library: Library, running: Running, until: Until
) -> None:
    done: list[str] = []

    def note(job: Job, _context: JobContext) -> dict[str, Any]:
        time.sleep(0.01)
        done.append(job.job_id)
        return {}

    jobs = [library.jobs.submit("note").job_id for _ in range(20)]
    with running({"note": note}, threads=3):
        for job_id in jobs:
            until(job_id)
    assert sorted(done) == jobs


def test_that_recovery_leaves_the_jobs_of_this_process_alone(library: Library, running: Running, until: Until) -> None:
    with running({"patient": patient}):
        job = library.jobs.submit("patient")
        until(job.job_id, JobState.RUNNING)
        assert Runner(library, {}).recover() == []
        assert library.jobs.get(job.job_id).state is JobState.RUNNING


def test_that_an_idle_runner_uses_no_cpu(library: Library, running: Running) -> None:
    process = psutil.Process()
    with running({"patient": patient}, threads=2):
        time.sleep(0.2)
        before = process.cpu_times()
        time.sleep(1.0)
        after = process.cpu_times()
    assert (after.user + after.system) - (before.user + before.system) < 0.1


def test_that_a_stop_wakes_an_idle_runner_at_once(library: Library) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=Runner(library, {}).work, args=(stop,))
    thread.start()
    time.sleep(0.1)
    stop.set()
    thread.join(2)
    assert not thread.is_alive()


def test_that_a_library_that_cannot_be_written_does_not_end_the_runner(
    library: Library, running: Running, until: Until
) -> None:
    told: list[Event] = []
    library.events.subscribe(told.append)
    entered, go_on = threading.Event(), threading.Event()
    runs: list[int] = []

    def wait(job: Job, _context: JobContext) -> dict[str, Any]:
        runs.append(job.attempts)
        entered.set()
        go_on.wait(10)
        return {"large": "x" * 500_000}

    with running({"wait": wait, "fine": lambda _job, _context: {}}):
        unnoted = library.jobs.submit("wait")
        entered.wait(10)
        set_most_pages(library, 0)
        go_on.set()
        deadline = time.monotonic() + 10
        while not any("full" in getattr(event, "message", "") for event in told) and time.monotonic() < deadline:
            time.sleep(0.01)
        set_most_pages(library, 1_000_000)
        assert until(library.jobs.submit("fine").job_id).state is JobState.SUCCEEDED
        # its end is noted late, and it is not run again for that
        assert until(unnoted.job_id).state is JobState.SUCCEEDED
    assert runs == [1]
    assert any("full" in getattr(event, "message", "") for event in told)


def set_most_pages(library: Library, more: int) -> None:
    def limit(connection: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + more}")

    library.store.write(limit)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_that_a_killed_job_waits_again_with_its_finished_units_and_leaves_no_worker(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, holder="before") as library:
        job_id = library.jobs.submit("slow").job_id
    for attempt in range(1, MOST_ATTEMPTS + 1):
        workers = run_and_kill(folder, job_id, tmp_path / f"pids-{attempt}")
        with Library.open(folder, holder="after") as library:
            [job] = Runner(library, {}).recover()
            assert (folder / "jobs" / job_id / "finished-0").exists()
            assert "Rushes ended" in (job.message or job.error)
            assert [line.level for line in library.jobs.log(job_id)].count("warning") == attempt
        wanted = JobState.QUEUED if attempt < MOST_ATTEMPTS else JobState.FAILED
        assert (job.state, job.attempts) == (wanted, attempt)
        assert_gone(workers)
    assert "3 times" in job.error
    assert job.error_action


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_that_a_job_that_was_being_canceled_when_the_process_died_is_canceled(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, holder="before") as library:
        job_id = library.jobs.submit("slow").job_id
        library.jobs.claim()
        library.store.write(lambda connection: connection.execute("UPDATE jobs SET cancel_asked = 1"))
    with Library.open(folder, holder="after") as library:
        [job] = Runner(library, {}).recover()
        assert (job.job_id, job.state) == (job_id, JobState.CANCELED)


def run_and_kill(folder: Path, job_id: str, pids: Path) -> list[int]:
    """Start a process that runs the job in a pool, kill it in the middle, return the pids of its workers."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.slow_program", str(folder), str(pids)], cwd=ROOT
    ) as program:
        deadline = time.monotonic() + 30
        finished = folder / "jobs" / job_id / "finished-0"
        while not (finished.exists() and len(list(pids.glob("*"))) >= 2):
            assert program.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        workers = [int(path.name) for path in pids.glob("*")]
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
    return workers


def assert_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 5
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids):
        assert time.monotonic() < deadline, "workers outlived their program"
        time.sleep(0.02)
