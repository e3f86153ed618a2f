"""Jobs that are taken away whatever they do: gone at once, stopped, and never told of again."""

import threading
from pathlib import Path
from typing import Any

import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from core.jobs.events import JobChanged, JobLogged
from core.jobs.runner import Runner
from core.jobs.types import Job, JobContext, JobState
from core.library.library import Library


def _nothing(_connection: object) -> None:
    """Nothing goes with the jobs."""


def test_that_a_waiting_job_is_discarded_with_what_belongs_to_it(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        job = library.jobs.submit("count")
        library.jobs.work_dir(job.job_id)
        assert library.jobs.discard([job.job_id, "job-000077"], lambda _connection: "also") == "also"
        assert library.jobs.list() == []
        assert not library.paths.job(job.job_id).exists()


def test_that_nothing_is_discarded_when_what_belongs_to_it_refuses(tmp_path: Path) -> None:
    def refuse(_connection: object) -> None:
        raise Conflict("Not now.")

    with Library.open(tmp_path / "library") as library:
        job = library.jobs.submit("count")
        with pytest.raises(Conflict):
            library.jobs.discard([job.job_id], refuse)
        assert library.jobs.get(job.job_id) == job


def test_that_a_running_job_stops_when_it_is_discarded_and_is_not_told_of_again(tmp_path: Path) -> None:
    begun = threading.Event()
    left: list[str] = []

    def count(job: Job, context: JobContext) -> dict[str, Any]:
        (library.jobs.work_dir(job.job_id) / "half").write_text("done")
        begun.set()
        for number in range(10_000):
            context.check()
            context.progress("counting", number)
            context.log(f"{number}")
            threading.Event().wait(0.01)
        return {}

    with Library.open(tmp_path / "library") as library:
        events: list[object] = []
        library.events.subscribe(events.append)
        gone = threading.Event()
        library.jobs.when_discarded(lambda job_id: (left.append(job_id), gone.set()))
        stop = threading.Event()
        thread = threading.Thread(target=Runner(library, {"count": count}).work, args=(stop,))
        thread.start()
        job = library.jobs.submit("count")
        assert begun.wait(20)
        library.jobs.discard([job.job_id], _nothing)
        told = len(events)
        with pytest.raises(NotFound):
            library.jobs.get(job.job_id)
        assert gone.wait(20)
        stop.set()
        thread.join()
        assert left == [job.job_id]
        assert not library.jobs.at_work(job.job_id)
        assert not library.paths.job(job.job_id).exists()
        states = [event.state for event in events[told:] if isinstance(event, JobChanged)]
        assert states in ([], ["running"])  # one may have been on its way
        assert len([event for event in events[told:] if isinstance(event, JobLogged)]) <= 1


def test_that_a_job_that_succeeded_is_tried_again_only_when_a_part_of_it_did_not(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        job = library.jobs.submit("count", params={"requested_by": "desktop"})
        assert library.jobs.claim() is not None
        library.jobs.end(job.job_id, JobState.SUCCEEDED)
        with pytest.raises(InvalidRequest):
            library.jobs.retry(job.job_id)
        seen: list[Job] = []
        again = library.jobs.retry(
            job.job_id, requested_by="key:1", partly=True, also=lambda _connection, queued: seen.append(queued)
        )
        assert again.state is JobState.QUEUED
        assert again.params["requested_by"] == "key:1"
        assert [one.job_id for one in seen] == [job.job_id]


def test_that_what_goes_with_a_new_job_may_refuse_it(tmp_path: Path) -> None:
    def refuse(_connection: object, _job: Job) -> None:
        raise Conflict("Not now.")

    with Library.open(tmp_path / "library") as library:
        with pytest.raises(Conflict):
            library.jobs.submit("count", also=refuse)
        assert library.jobs.list() == []
