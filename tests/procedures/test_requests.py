"""Asking for jobs: what cannot be done is refused before there is a job."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from core.jobs.types import JobState
from core.library.library import Library
from core.procedures.types import INGEST, SCORE, TRAINING, EncoderId, Role
from tests.procedures.made_moments import add_measured, made_moments
from tests.procedures.stored import small_video


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library") as opened:
        yield opened


def measured(library: Library, role: Role, *, task_id: str = "t", order: tuple[int, ...] = (0, 1, 2, 3)) -> int:
    return add_measured(library, made_moments(order), task_id=task_id, role=role).video_id


def test_that_a_second_ingest_waits_for_the_first(library: Library, tmp_path: Path) -> None:
    video = library.procedures.add_video("t", "gold", small_video(tmp_path / "a.mp4"), actor="x").video_id
    other = library.procedures.add_video("t", "gold", small_video(tmp_path / "b.mp4"), actor="x").video_id
    job = library.procedures.request_ingest(video, requested_by="key:7")
    assert (job.type, job.params["role"], job.params["requested_by"]) == (INGEST, "gold", "key:7")
    with pytest.raises(Conflict) as refused:
        library.procedures.request_ingest(video, requested_by="desktop")
    assert job.job_id in refused.value.message
    assert library.procedures.request_ingest(other, requested_by="desktop").state == JobState.QUEUED
    library.jobs.cancel(job.job_id)
    again = library.procedures.request_ingest(video, requested_by="desktop")
    with pytest.raises(Conflict):
        library.jobs.retry(job.job_id)
    library.jobs.cancel(again.job_id)
    assert library.jobs.retry(job.job_id).state == JobState.QUEUED


def test_that_a_score_is_asked_for_with_its_pair(library: Library) -> None:
    gold, trainee = measured(library, Role.GOLD), measured(library, Role.TRAINEE)
    job = library.procedures.request_score(gold, trainee, requested_by="token:operator")
    assert (job.type, job.state) == (SCORE, JobState.QUEUED)
    assert job.params == {
        "gold_video_id": gold,
        "trainee_video_id": trainee,
        "task_id": "t",
        "requested_by": "token:operator",
    }
    second_gold = measured(library, Role.GOLD)
    assert library.procedures.request_score(gold, second_gold, requested_by="desktop").params["trainee_video_id"]


def test_that_pairs_that_cannot_be_compared_are_refused(library: Library, tmp_path: Path) -> None:
    gold, trainee = measured(library, Role.GOLD), measured(library, Role.TRAINEE)
    short = measured(library, Role.TRAINEE, order=(0, 1))
    foreign = measured(library, Role.TRAINEE, task_id="u")
    raw = library.procedures.add_video("t", "trainee", small_video(tmp_path / "raw.mp4"), actor="x").video_id
    moments = made_moments((0, 1, 2, 3), encoder=EncoderId("made", "2"))
    other = add_measured(library, moments, task_id="t").video_id
    refused = {
        (gold, gold): "itself",
        (gold, foreign): "task",
        (trainee, gold): "gold",
        (gold, raw): "measured",
        (gold, short): "clips",
        (gold, other): "compared",
    }
    for pair, word in refused.items():
        with pytest.raises(InvalidRequest, match=word) as error:
            library.procedures.request_score(*pair, requested_by="desktop")
        assert error.value.action
    assert "measured again" in error.value.action
    for pair in ((gold, 999), (999, trainee)):
        with pytest.raises(NotFound):
            library.procedures.request_score(*pair, requested_by="desktop")
    library.procedures.delete_video(trainee, "desktop")
    with pytest.raises(NotFound, match="deleted"):
        library.procedures.request_score(gold, trainee, requested_by="desktop")
    assert library.jobs.list() == []


def test_that_a_training_is_asked_for_once(library: Library) -> None:
    measured(library, Role.GOLD)
    job = library.procedures.request_training(trigger="manual", requested_by="token:admin")
    assert (job.type, job.params) == (
        TRAINING,
        {"trigger": "manual", "requested_by": "token:admin", "task_id": None},
    )
    assert library.procedures.request_training(trigger="nightly", requested_by="nightly").job_id == job.job_id
    of_task = library.procedures.request_training(trigger="manual", requested_by="desktop", task_id="t")
    assert of_task.job_id != job.job_id
    library.jobs.cancel(job.job_id)
    assert library.procedures.request_training(trigger="manual", requested_by="x").job_id != job.job_id


def test_that_a_training_without_gold_is_refused(library: Library) -> None:
    measured(library, Role.TRAINEE)
    with pytest.raises(InvalidRequest, match="gold"):
        library.procedures.request_training(trigger="manual", requested_by="desktop", task_id="t")
    with pytest.raises(NotFound):
        library.procedures.request_training(trigger="manual", requested_by="desktop", task_id="no")
    with pytest.raises(InvalidRequest, match="trigger"):
        library.procedures.request_training(trigger="weekly", requested_by="desktop")
    assert library.jobs.list() == []


def test_that_of_two_ingests_asked_for_at_the_same_time_one_is_refused(library: Library, tmp_path: Path) -> None:
    video = library.procedures.add_video("t", "gold", small_video(tmp_path / "a.mp4"), actor="x").video_id
    together = threading.Barrier(2)

    def ask(who: str) -> str:
        together.wait()
        try:
            return library.procedures.request_ingest(video, requested_by=who, device="cpu").job_id
        except Conflict:
            return "refused"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(ask, ("token:operator", "desktop")))
    assert outcomes.count("refused") == 1
    (job,) = library.jobs.list()
    assert job.job_id in outcomes
    assert job.params["device"] == "cpu"
