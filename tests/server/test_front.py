"""What belongs to the main server as a whole: health, metrics, events, the list of APIs."""

import http.client
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.asking import Running, running
from tests.server.screenalytics.made_episode import make_episode

SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)*)\})? (-?[0-9.e+-]+|\+Inf|NaN)')


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "library") as server:
        yield server


def test_that_the_root_says_what_there_is_and_where(server: Running) -> None:
    told = server.get("/").json
    assert [one["name"] for one in told["apis"]] == [
        *("screenalytics", "sopilot", "videoannotator", "pytoon", "transcriptorio", "openai")
    ]
    for api in told["apis"]:
        assert server.get(api["docs"]).status == 200
        assert server.get(api["openapi"]).json["info"]["title"] == api["title"]
    assert all(server.get(path).status == 200 for path in told["paths"] if path != "/events")


def test_that_health_at_the_root_holds_the_documented_fields(server: Running) -> None:
    told = server.get("/health")
    assert told.status == 200
    assert told.json["status"] == "ok"
    assert server.get("/screenalytics/healthz").json.keys() <= told.json.keys()
    assert server.get("/health/").status == 200


def test_that_health_says_when_the_storage_is_gone(server: Running) -> None:
    moved = server.library.path.with_name("moved")
    server.library.path.rename(moved)
    try:
        told = server.get("/health")
    finally:
        moved.rename(server.library.path)
    assert (told.status, told.json["status"], told.json["storage"]) == (503, "error", "error")
    assert "storage" in told.json["details"]


def test_that_metrics_are_counted_and_can_be_parsed(server: Running) -> None:
    for _ in range(3):
        server.get("/episodes")
    server.get("/nothing")
    server.library.jobs.submit("counting")
    answer = server.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = parsed(answer.body.decode())
    assert samples['rushes_http_requests_total{api="screenalytics",method="GET",status="200"}'] == 3
    assert samples['rushes_http_requests_total{api="screenalytics",method="GET",status="404"}'] == 1
    assert samples['rushes_http_request_seconds_count{api="screenalytics"}'] == 4
    assert samples['rushes_http_request_seconds_bucket{api="screenalytics",le="+Inf"}'] == 4
    assert 0 < samples['rushes_http_request_seconds_sum{api="screenalytics"}'] < 60
    assert samples['rushes_jobs{state="queued"}'] == 1
    assert samples['rushes_jobs{state="running"}'] == 0


def parsed(text: str) -> dict[str, float]:
    """Every line as the text format 0.0.4 has it; each series belongs to a family that was announced."""
    families: dict[str, str] = {}
    samples: dict[str, float] = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in families
            families[name] = kind
        elif not line.startswith("# HELP "):
            found = SAMPLE.fullmatch(line)
            assert found, line
            assert found[1] in families or re.sub("_(bucket|sum|count)$", "", found[1]) in families
            assert line.rsplit(" ", 1)[0] not in samples
            samples[line.rsplit(" ", 1)[0]] = float(found[3])
    assert text.endswith("\n")
    return samples


class Stream(threading.Thread):
    """Reads a stream of events until it ends."""

    def __init__(self, server: Running, path: str) -> None:
        super().__init__(name="stream", daemon=True)
        self.frames: list[tuple[str, Any]] = []
        self.came = threading.Condition()
        self.ended_in_order = False
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        self._connection.request("GET", path)
        self.answer = self._connection.getresponse()
        self.start()

    def run(self) -> None:
        name = ""
        for line in self.answer:
            if line.startswith(b"event: "):
                name = line[7:].strip().decode()
            elif line.startswith(b"data: "):
                with self.came:
                    self.frames.append((name, json.loads(line[6:])))
                    self.came.notify_all()
        self.ended_in_order = self.answer.isclosed()
        self._connection.close()

    def wait_for(self, count: int) -> list[tuple[str, Any]]:
        with self.came:
            assert self.came.wait_for(lambda: len(self.frames) >= count, 5), self.frames
        return self.frames


def test_that_edits_and_jobs_are_streamed_as_they_happen(server: Running, tmp_path: Path) -> None:
    make_episode(server.library, tmp_path, tracks=4, identities=2)
    everything, film = Stream(server, "/events"), Stream(server, "/events?ep_id=film")
    assert everything.answer.headers["content-type"].startswith("text/event-stream")
    for stream in (everything, film):
        stream.wait_for(1)
    server.library.jobs.submit("counting")
    server.library.moderation.rename("film", "identity-00001", "Lisa")
    frames = everything.wait_for(3)
    assert [name for name, _ in frames] == ["connected", "job.changed", "edit.applied"]
    assert frames[2][1]["change"]["names"] == {"identity-00001": "Lisa"}
    assert [name for name, _ in film.wait_for(2)] == ["connected", "edit.applied"]
    server.servers.stop()
    for stream in (everything, film):
        stream.join(5)
        assert not stream.is_alive()
        assert stream.ended_in_order
