"""Lists, states, cancelling and deleting."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs.types import JobState
from tests.annotate.made_pipelines import Ticks, Waiting, made_registry
from tests.server.videoannotator.live import JOBS, MOMENT, Api, refused, served

UNKNOWN = ("job-999999", "abc123-invalid", "x" * 300, "..%2F..", "%00", "job 1")


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waiting: Waiting) -> Iterator[Api]:
    """A server with a pipeline that works until it is let go."""
    with served(tmp_path / "library", monkeypatch, made_registry(Ticks(), waiting)) as api:
        yield api


def sent(api: Api, film: bytes, number: int) -> list[str]:
    return [str(api.upload(film, selected_pipelines="ticks").json["id"]) for _ in range(number)]


def test_that_jobs_are_listed_in_pages_newest_first(api: Api, film: bytes) -> None:
    ids = sent(api, film, 5)[::-1]
    api.library.jobs.submit("counting")
    whole = api.get(JOBS).json
    assert (whole["total"], whole["page"], whole["per_page"]) == (5, 1, 10)
    assert [one["id"] for one in whole["jobs"]] == ids
    second = api.get(f"{JOBS}?page=2&per_page=2").json
    assert ([one["id"] for one in second["jobs"]], second["total"]) == (ids[2:4], 5)
    assert api.get(f"{JOBS}?page=4&per_page=2").json["jobs"] == []
    assert api.get(f"{JOBS}?page=99999999999999999999&per_page=200").json["jobs"] == []
    assert api.get(JOBS.rstrip("/")).json == whole


def test_that_jobs_are_filtered_by_status(api: Api, film: bytes) -> None:
    first, second, third = sent(api, film, 3)
    assert api.library.jobs.claim() is not None
    api.library.jobs.end(first, JobState.SUCCEEDED)
    api.post(f"{JOBS}{third}/cancel")
    for status, ids in (("completed", [first]), ("pending", [second]), ("cancelled", [third]), ("running", [])):
        page = api.get(f"{JOBS}?status_filter={status}").json
        assert ([one["id"] for one in page["jobs"]], page["total"]) == (ids, len(ids)), status
    assert api.get(f"{JOBS}?status_filter=").json["total"] == 3


def test_that_pages_out_of_bounds_are_refused(api: Api) -> None:
    for query in (
        "page=0",
        "page=-1",
        "page=x",
        "page=1.5",
        "per_page=0",
        "per_page=201",
        "per_page=",
        "status_filter=x",
    ):
        error = refused(api.get(f"{JOBS}?{query}"), 422, "VALIDATION_ERROR")
        assert error["detail"]["errors"][0]["loc"] == ["query", query.split("=")[0]]
    assert api.get(f"{JOBS}?per_page=200&page=1&more=1").status == 200


def test_that_unknown_jobs_are_not_found_anywhere(api: Api) -> None:
    other = api.library.jobs.submit("counting").job_id
    for job_id in (*UNKNOWN, other):
        for method, path in (
            ("GET", ""),
            ("DELETE", ""),
            ("POST", "/cancel"),
            ("GET", "/results"),
            ("GET", "/results/files/ticks"),
            ("GET", "/artifacts"),
        ):
            error = refused(api.ask(method, f"{JOBS}{job_id.replace(' ', '%20')}{path}"), 404, _code(job_id))
            if error["code"] == "JOB_NOT_FOUND":
                assert error["hint"] == "Check job ID or use GET /api/v1/jobs to list all jobs"
                assert error["message"].endswith(" not found")
                assert set(error["detail"]) == {"job_id"}
    assert api.library.jobs.get(other).state == JobState.QUEUED


def _code(job_id: str) -> str:
    return "NOT_FOUND" if "%2F" in job_id else "JOB_NOT_FOUND"


def test_that_a_waiting_job_is_cancelled_at_once_and_stays_so(api: Api, film: bytes) -> None:
    (job_id,) = sent(api, film, 1)
    for _ in range(2):
        answer = api.post(f"{JOBS}{job_id}/cancel")
        assert answer.status == 200
        assert (answer.json["status"], answer.json["error_message"]) == ("cancelled", "Job cancelled by user request")
        assert MOMENT.fullmatch(answer.json["completed_at"])
    with api.working():
        (other,) = sent(api, film, 1)
        api.ended(other)
    assert api.get(JOBS + job_id).json["status"] == "cancelled"
    assert api.get(f"{JOBS}{job_id}/results").json["pipeline_results"]["ticks"]["status"] == "cancelled"


def test_that_a_running_job_is_cancelled_and_never_completes(slow: Api, film: bytes, waiting: Waiting) -> None:
    job_id = slow.upload(film, selected_pipelines="waiting").json["id"]
    with slow.working():
        assert waiting.begun.wait(20)
        answer = slow.post(f"{JOBS}{job_id}/cancel")
        assert (answer.status, answer.json["status"]) == (200, "cancelled")
        waiting.let_go.set()
    assert slow.get(JOBS + job_id).json["status"] == "cancelled"
    assert slow.post(f"{JOBS}{job_id}/cancel").status == 200


def test_that_a_finished_job_cannot_be_cancelled(api: Api, film: bytes) -> None:
    first, second = sent(api, film, 2)
    for job_id, state, word in ((first, JobState.SUCCEEDED, "completed"), (second, JobState.FAILED, "failed")):
        assert api.library.jobs.claim() is not None
        api.library.jobs.end(job_id, state)
        error = refused(api.post(f"{JOBS}{job_id}/cancel"), 409, "JOB_ALREADY_COMPLETED")
        assert error["message"] == f"Job {job_id} is already {word} (status: {word})"
        assert error["detail"] == {"job_id": job_id, "status": word}
        assert error["hint"] == "Cannot cancel a job that has already finished"
        assert api.get(JOBS + job_id).json["status"] == word


def test_that_a_deleted_job_is_gone_with_its_files(api: Api, film: bytes) -> None:
    job_id = api.done(film, selected_pipelines="ticks")
    (other,) = sent(api, film, 1)
    assert any(name.startswith(f"{job_id}/") for name in api.files())
    answer = api.delete(JOBS + job_id)
    assert (answer.status, answer.body) == (204, b"")
    for method, path in (("DELETE", ""), ("GET", ""), ("GET", "/results"), ("POST", "/cancel")):
        refused(api.ask(method, f"{JOBS}{job_id}{path}"), 404, "JOB_NOT_FOUND")
    assert api.files() == {"media-000002/source.mp4"}
    assert [one["id"] for one in api.get(JOBS).json["jobs"]] == [other]


def test_that_a_running_job_is_deleted_at_once_and_leaves_nothing(slow: Api, film: bytes, waiting: Waiting) -> None:
    job_id = slow.upload(film, selected_pipelines="waiting,ticks").json["id"]
    with slow.working():
        assert waiting.begun.wait(20)
        assert slow.delete(JOBS + job_id).status == 204
        refused(slow.get(JOBS + job_id), 404, "JOB_NOT_FOUND")
        waiting.let_go.set()
    assert slow.get(JOBS).json["total"] == 0
    assert slow.files() == set()
    assert not slow.library.paths.job(job_id).exists()


def test_that_deleting_twice_at_the_same_time_deletes_once(api: Api, film: bytes) -> None:
    (job_id,) = sent(api, film, 1)
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(api.delete(JOBS + job_id).status)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [204, 404, 404, 404]
