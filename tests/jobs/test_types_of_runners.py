"""Runners that share a queue, and work of which only one piece at a time is done."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Conflict
from core.jobs.runner import Runner
from core.jobs.types import Job, JobState
from core.library.library import Library
from tests.jobs.conftest import Running


@pytest.fixture
def ep_id(library: Library, make_video: Callable[..., Path], tmp_path: Path) -> str:
    film = make_video(tmp_path / "film.mp4", segments=[{"seconds": 0.2, "colour": (9, 99, 9)}], size=(64, 48))
    return library.episodes.add(film, title="Pilot").ep_id


def taken(library: Library, *types: str, other_than: tuple[str, ...] = ()) -> str | None:
    claimed = library.jobs.claim(types or None, other_than, worker="worker-1")
    return claimed[0].job_id if claimed is not None else None


def test_that_only_jobs_of_the_wanted_types_are_taken(library: Library) -> None:
    count, sing, dance = (library.jobs.submit(type_).job_id for type_ in ("count", "sing", "dance"))
    assert taken(library, "sing", "hum") == sing
    assert library.jobs.get(sing).worker == "worker-1"
    assert taken(library, "sing") is None
    assert taken(library, other_than=("count",)) == dance
    assert taken(library) == count


def test_that_the_name_of_a_worker_goes_when_its_job_waits_again(library: Library) -> None:
    job_id = library.jobs.submit("count").job_id
    taken(library)
    assert library.jobs.put_back(job_id, message="later").worker == ""
    taken(library)
    library.jobs.end(job_id, JobState.FAILED, error="no")
    assert library.jobs.get(job_id).worker == "worker-1"
    assert library.jobs.retry(job_id).worker == ""


def test_that_each_runner_puts_only_its_own_jobs_in_order(library: Library) -> None:
    for type_ in ("count", "sing"):
        library.jobs.submit(type_)
        taken(library)
    library.jobs._cancels.clear()  # as after the death of the process that ran them
    assert [job.type for job in Runner(library, {}, types=["sing"]).recover()] == ["sing"]
    assert [job.type for job in Runner(library, {}, other_than=["sing"]).recover()] == ["count"]


def test_that_a_message_of_the_result_is_shown_with_the_job(
    library: Library, running: Running, until: Callable[..., Job]
) -> None:
    with running({"count": lambda _job, _context: {"message": "Nobody speaks."}}):
        assert until(library.jobs.submit("count").job_id).message == "Nobody speaks."


def test_that_an_episode_has_one_job_of_speech_at_a_time_beside_its_analysis(library: Library, ep_id: str) -> None:
    speech = library.jobs.submit("transcription", ep_id=ep_id)
    library.jobs.submit("analyse", ep_id=ep_id)
    for type_ in ("transcription", "speakers"):
        with pytest.raises(Conflict, match=speech.job_id):
            library.jobs.submit(type_, ep_id=ep_id)
    library.jobs.cancel(speech.job_id)
    library.jobs.submit("speakers", ep_id=ep_id)
    with pytest.raises(Conflict):
        library.jobs.retry(speech.job_id)


def test_that_a_file_has_one_transcription_at_a_time(library: Library) -> None:
    first = library.jobs.submit("transcription", params={"file_path": "/media/a.mkv"})
    with pytest.raises(Conflict, match=r"a\.mkv"):
        library.jobs.submit("transcription", params={"file_path": "/media/a.mkv"})
    library.jobs.submit("transcription", params={"file_path": "/media/b.mkv"})
    library.jobs.submit("language_detection", params={"file_path": "/media/a.mkv"})
    taken(library)
    with pytest.raises(Conflict, match="running"):
        library.jobs.submit("transcription", params={"file_path": "/media/a.mkv"})
    library.jobs.end(first.job_id, JobState.SUCCEEDED)
    assert library.jobs.submit("transcription", params={"file_path": "/media/a.mkv"}).state is JobState.QUEUED
