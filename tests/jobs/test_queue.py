"""The table of jobs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from core.jobs.events import Event, JobChanged
from core.jobs.types import Job, JobState
from core.library.library import Library


@pytest.fixture
def ep_id(library: Library, make_video: Callable[..., Path], tmp_path: Path) -> str:
    film = make_video(tmp_path / "film.mp4", segments=[{"seconds": 0.2, "colour": (9, 99, 9)}], size=(64, 48))
    return library.episodes.add(film, title="Pilot").ep_id


def test_that_a_job_waits_with_what_it_was_given(library: Library) -> None:
    events: list[Event] = []
    library.events.subscribe(events.append)
    job = library.jobs.submit("count", params={"to": 3, "name": "你好"}, priority=2)
    assert (job.state, job.priority, job.params) == (JobState.QUEUED, 2, {"to": 3, "name": "你好"})
    assert library.jobs.get(job.job_id) == job
    assert events == [JobChanged(job.job_id, "count", None, "queued")]


def test_that_parameters_that_are_no_json_are_refused(library: Library) -> None:
    with pytest.raises(InvalidRequest):
        library.jobs.submit("count", params={"path": object()})
    assert library.jobs.list() == []


def test_that_priority_comes_first_then_the_order_of_creation(library: Library) -> None:
    first, second, urgent = (library.jobs.submit("count", priority=priority) for priority in (0, 0, 5))
    assert [claimed(library).job_id for _ in range(3)] == [urgent.job_id, first.job_id, second.job_id]
    assert library.jobs.claim() is None


def test_that_a_waiting_job_can_be_moved_to_the_front(library: Library) -> None:
    library.jobs.submit("count")
    last = library.jobs.submit("count")
    assert library.jobs.set_priority(last.job_id, 10).priority == 10
    assert claimed(library).job_id == last.job_id


def test_that_an_episode_has_one_analysis_at_a_time(library: Library, ep_id: str) -> None:
    first = library.jobs.submit("analyse", ep_id=ep_id)
    with pytest.raises(Conflict) as told:
        library.jobs.submit("cluster", ep_id=ep_id)
    assert "Pilot" in told.value.message
    assert first.job_id in told.value.message
    library.jobs.submit("transcription", ep_id=ep_id)
    library.jobs.cancel(first.job_id)
    library.jobs.submit("cluster", ep_id=ep_id)
    with pytest.raises(Conflict):
        library.jobs.retry(first.job_id)


def test_that_an_unknown_episode_is_named(library: Library) -> None:
    with pytest.raises(NotFound, match="nobody"):
        library.jobs.submit("analyse", ep_id="nobody")


def test_that_canceling_again_changes_nothing(library: Library) -> None:
    job = library.jobs.submit("count")
    canceled = library.jobs.cancel(job.job_id)
    assert canceled.state is JobState.CANCELED
    assert library.jobs.cancel(job.job_id) == canceled
    with pytest.raises(NotFound):
        library.jobs.cancel("job-999999")


def test_that_only_failed_and_canceled_jobs_are_tried_again(library: Library) -> None:
    job = library.jobs.submit("count")
    with pytest.raises(InvalidRequest, match="queued"):
        library.jobs.retry(job.job_id)
    claimed(library)
    library.jobs.end(job.job_id, JobState.FAILED, error="no", action="do this")
    again = library.jobs.retry(job.job_id)
    assert (again.job_id, again.state, again.error, again.attempts) == (job.job_id, JobState.QUEUED, "", 0)


def test_that_work_files_stay_after_a_failure_and_go_after_success_and_cancel(library: Library) -> None:
    kept = {}
    for state in (JobState.FAILED, JobState.SUCCEEDED, JobState.CANCELED):
        job = library.jobs.submit("count")
        (library.jobs.work_dir(job.job_id) / "unit-0").write_text("done")
        claimed(library)
        library.jobs.end(job.job_id, state)
        kept[state] = (library.path / "jobs" / job.job_id).exists()
    assert kept == {JobState.FAILED: True, JobState.SUCCEEDED: False, JobState.CANCELED: False}


def test_that_ended_jobs_can_be_cleared_with_their_files(library: Library) -> None:
    failed, waiting = library.jobs.submit("count", priority=1), library.jobs.submit("count")
    library.jobs.work_dir(failed.job_id)
    claimed(library)
    library.jobs.end(failed.job_id, JobState.FAILED)
    with pytest.raises(Conflict):
        library.jobs.remove(waiting.job_id)
    assert library.jobs.clear_ended() == 1
    assert library.jobs.list() == [waiting]
    assert list((library.path / "jobs").iterdir()) == []


def test_that_ids_of_removed_jobs_are_not_used_again(library: Library) -> None:
    job = library.jobs.submit("count")
    library.jobs.cancel(job.job_id)
    library.jobs.remove(job.job_id)
    assert library.jobs.submit("count").job_id != job.job_id


def test_that_jobs_are_listed_newest_first_and_by_state(library: Library) -> None:
    jobs = [library.jobs.submit("count") for _ in range(4)]
    library.jobs.cancel(jobs[1].job_id)
    assert [job.job_id for job in library.jobs.list(limit=2)] == [jobs[3].job_id, jobs[2].job_id]
    assert [job.job_id for job in library.jobs.list([JobState.CANCELED])] == [jobs[1].job_id]


def test_that_a_line_of_the_log_can_be_read_when_its_event_comes(library: Library) -> None:
    job = library.jobs.submit("count")
    seen: list[int] = []
    library.events.subscribe(lambda _: seen.append(len(library.jobs.log(job.job_id))))
    library.jobs.add_log(job.job_id, "first")
    library.jobs.add_log(job.job_id, "second", "warning")
    library.store.write(lambda connection: connection.execute("SELECT 1"))
    assert seen == [1, 2]
    assert [(line.level, line.text) for line in library.jobs.log(job.job_id)] == [
        ("info", "first"),
        ("warning", "second"),
    ]


def test_that_a_subscriber_that_fails_stops_nobody(library: Library) -> None:
    heard: list[Event] = []

    def broken(_: Event) -> None:
        raise ValueError("defect")

    library.events.subscribe(broken)
    library.events.subscribe(heard.append)
    library.jobs.submit("count")
    assert len(heard) == 1


def claimed(library: Library) -> Job:
    found = library.jobs.claim()
    assert found is not None
    return found[0]
