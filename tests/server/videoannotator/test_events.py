"""Streams of events: made-up ones as documented, and real ones of real jobs."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.server.videoannotator import events
from core.jobs.types import JobState
from tests.annotate.made_pipelines import Failing, Ticks, Waiting, made_registry
from tests.server.videoannotator.live import JOBS, MOMENT, Api, refused, served

STREAM = "/api/v1/events/stream"
MOCK = "/api/v1/debug/mock-events"


@dataclass
class Stream:
    """What comes over a stream, event by event."""

    answer: http.client.HTTPResponse

    def next(self) -> dict[str, Any]:
        """The data of the next event, whose name is its type."""
        name, data = "", b""
        while line := self.answer.readline():
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: "):
                data = line[6:]
            elif line == b"\n" and data:
                told: dict[str, Any] = json.loads(data)
                assert told["type"] == name
                assert MOMENT.fullmatch(told["timestamp"])
                return told
        return {}

    def until(self, *types: str) -> list[dict[str, Any]]:
        """All events up to the first of these types."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["type"] not in types:
            found.append(self.next())
            assert found[-1], found
        return found


@contextmanager
def stream(api: Api, path: str = STREAM) -> Iterator[Stream]:
    """A stream that has said that it is connected."""
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        reading = Stream(answer)
        assert reading.next()["type"] == "connected"
        yield reading
    finally:
        connection.close()


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waiting: Waiting) -> Iterator[Api]:
    with served(tmp_path / "library", monkeypatch, made_registry(Ticks(), Failing(), waiting)) as api:
        yield api


def test_that_a_job_is_followed_from_its_beginning_to_its_end(api: Api, film: bytes) -> None:
    with stream(api) as reading:
        job_id = api.upload(film, selected_pipelines="ticks").json["id"]
        waits = reading.next()
        with api.working():
            told = reading.until("job.complete")
            api.library.jobs.cancel(job_id)  # changes nothing, but is told on the bus
            api.library.jobs.submit("counting")
            second = api.upload(film, selected_pipelines="ticks").json["id"]
            after = reading.until("job.complete")
    assert (waits["type"], waits["status"], waits["job_id"]) == ("job.update", "pending", job_id)
    assert waits["pipelines"] == {"ticks": {"status": "pending", "progress": None, "stage": None}}
    assert {one["job_id"] for one in told} == {job_id}
    end = told[-1]
    assert (end["status"], end["progress"], end["results_url"]) == ("completed", 1.0, f"{JOBS}{job_id}/results")
    assert {one["job_id"] for one in after} == {second}


def test_that_events_name_pipelines_as_they_were_asked_for(api: Api, film: bytes) -> None:
    with stream(api) as reading:
        api.upload(film, selected_pipelines="luma")
        assert set(reading.next()["pipelines"]) == {"luma"}


def test_that_failures_cancels_and_logs_are_told(mixed: Api, film: bytes, waiting: Waiting) -> None:
    with stream(mixed) as reading, mixed.working():
        failed = mixed.upload(film, selected_pipelines="failing").json["id"]
        told = reading.until("job.error")
        assert told[-1]["job_id"] == failed
        assert told[-1]["error_message"]
        logs = [one for one in told if one["type"] == "job.log"]
        assert any("never works" in one["message"] for one in logs)
        assert {one["level"] for one in logs} <= {"info", "warning", "error"}
        running = mixed.upload(film, selected_pipelines="waiting").json["id"]
        assert waiting.begun.wait(20)
        mixed.post(f"{JOBS}{running}/cancel")
        end = reading.until("job.cancelled")[-1]
        assert (end["job_id"], end["status"]) == (running, "cancelled")


def test_that_a_deleted_job_has_an_end_too(mixed: Api, film: bytes) -> None:
    with stream(mixed) as reading:
        job_id = mixed.upload(film, selected_pipelines="ticks").json["id"]
        assert reading.until("job.update")[-1]["status"] == "pending"
        mixed.delete(JOBS + job_id)
        end = reading.until("job.cancelled")[-1]
        assert (end["job_id"], end["deleted"]) == (job_id, True)


def test_that_a_stream_may_be_of_one_job(api: Api, film: bytes) -> None:
    first, second = (api.upload(film, selected_pipelines="ticks").json["id"] for _ in range(2))
    with stream(api, f"{STREAM}?job_id={second}") as reading:
        api.post(f"{JOBS}{first}/cancel")
        api.post(f"{JOBS}{second}/cancel")
        assert reading.next()["job_id"] == second


def test_that_a_silent_stream_has_a_heartbeat(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert events.HEARTBEAT_S == 30.0
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.05)
    with stream(api) as reading:
        assert [reading.next()["type"] for _ in range(3)] == ["heartbeat"] * 3
        for _ in range(3):
            api.library.jobs.submit("annotate", params={"media_id": 1})
        assert len(reading.until("heartbeat")) >= 1


def test_that_streams_end_in_order_when_the_server_stops(api: Api) -> None:
    with stream(api) as reading:
        api.servers.stop()
        assert reading.next() == {}


def test_that_a_wrong_key_is_refused_and_a_right_one_may_stand_in_the_address(api: Api) -> None:
    nobody = api.with_key("")
    refused(nobody.get(f"{STREAM}?token=wrong"), 401, "UNAUTHORIZED")
    refused(nobody.get(STREAM, X_API_Key="wrong"), 401, "UNAUTHORIZED")
    refused(nobody.get(f"{MOCK}?token=wrong"), 401, "UNAUTHORIZED")
    with stream(nobody, f"{STREAM}?token={api.key}"):
        pass
    assert all("token" not in one.path for one in api.context.recent_requests.last("videoannotator"))


def test_that_mock_events_are_a_whole_made_up_job(api: Api) -> None:
    with stream(api.with_key(""), f"{MOCK}?job_id=abc123") as reading:
        told = reading.until("job.complete")
        assert reading.next() == {}
    assert {one["job_id"] for one in told} == {"abc123"}
    assert all(one["mock"] for one in told)
    assert next(one["status"] for one in told if one["type"] == "job.update") == "pending"
    assert "job.log" in {one["type"] for one in told}
    assert api.library.jobs.list([JobState.QUEUED]) == []
