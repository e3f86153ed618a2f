"""Jobs are followed, listed, cancelled and deleted; their files are fetched."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from core.jobs.types import JobState
from core.render import render_rows
from core.render.types import Phase, SegmentState
from tests.server.pytoon.live import JOBS, Api, refused, unprocessable

HALF = 150


@dataclass
class Made:
    """A job of two segments whose rows and files are written as its work would."""

    api: Api
    job_id: str

    @property
    def path(self) -> str:
        return f"{JOBS}/{self.job_id}"

    def write(self, change: Callable[[Any], Any]) -> None:
        """Change rows, and tell it."""
        self.api.library.store.write(change)
        self.api.library.renders.tell(self.job_id)

    def phase(self, phase: Phase, progress_pct: float) -> None:
        """The phase that its work is in; the job is at work."""

        def change(connection: Any) -> None:
            connection.execute("UPDATE jobs SET state = 'running' WHERE job_id = ?", (self.job_id,))
            render_rows.set_phase(connection, self.job_id, phase, progress_pct)

        self.write(change)

    def segment_done(self, index: int, content: bytes = b"segment", fallback: str = "") -> None:
        key = f"renders/{self.job_id}/segments/seg_{index:03d}.mp4"
        self.file(key, content)
        self.write(
            lambda connection: render_rows.set_segment_done(
                connection, self.job_id, index, engine="local_ffmpeg", file=key, took_s=1.5, fallback=fallback
            )
        )

    def done(self, output: bytes = b"0123456789" * 30) -> None:
        keys = tuple(f"renders/{self.job_id}/{name}" for name in ("output.mp4", "thumbnail.jpg", "metadata.json"))
        for key, content in zip(keys, (output, b"\xff\xd8jpeg", b'{"job_id": "x"}'), strict=True):
            self.file(key, content)

        def change(connection: Any) -> None:
            render_rows.set_done(connection, self.job_id, files=keys, took_s=3.25)  # type: ignore[arg-type]
            connection.execute("UPDATE jobs SET state = 'succeeded' WHERE job_id = ?", (self.job_id,))

        self.write(change)

    def failed(self, failure: str, error: str, action: str) -> None:
        def change(connection: Any) -> None:
            connection.execute("UPDATE jobs SET state = 'failed' WHERE job_id = ?", (self.job_id,))
            render_rows.set_failed(connection, self.job_id, failure=failure, error=error, action=action, took_s=1.0)

        self.write(change)

    def file(self, key: str, content: bytes) -> None:
        path = self.api.library.path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def made(api: Api, **fields: Any) -> Made:
    answer = api.submit(target_duration_seconds=5, **fields)
    assert answer.status == 201, answer.body
    return Made(api, answer.json["job_id"])


def test_that_a_job_goes_through_the_documents_states(api: Api) -> None:
    job, seen = made(api), []

    def look() -> dict[str, Any]:
        told: dict[str, Any] = api.get(job.path).json
        seen.append((told["status"], told["progress_pct"]))
        return told

    look()
    job.phase(Phase.PLANNING, 1.0)
    look()
    job.phase(Phase.RENDERING_SEGMENTS, 2.0)
    job.segment_done(1, fallback="The remote engine did not answer.")
    look()
    segments = api.get(f"{job.path}/segments").json["segments"]
    assert [one["status"] for one in segments] == ["QUEUED", "DONE"]
    assert segments[1]["artifact_uri"] == (api.library.path / f"renders/{job.job_id}/segments/seg_001.mp4").as_uri()
    assert (segments[1]["engine_used"], segments[1]["error"]) == ("local_ffmpeg", None)
    assert (segments[1]["fallback_reason"], segments[1]["took_seconds"]) == ("The remote engine did not answer.", 1.5)
    assert segments[0]["artifact_uri"] is segments[0]["engine_used"] is None
    job.segment_done(0)
    job.phase(Phase.ASSEMBLING, 90.0)
    look()
    job.done()
    told = look()
    assert seen == [
        ("QUEUED", 0),
        ("PLANNING", 1),
        ("RENDERING_SEGMENTS", 2),
        ("ASSEMBLING", 90),
        ("DONE", 100),
    ]
    folder = (api.library.path / "renders" / job.job_id).as_uri()
    assert told["output_uri"] == f"{folder}/output.mp4"
    assert told["thumbnail_uri"] == f"{folder}/thumbnail.jpg"
    assert told["metadata_uri"] == f"{folder}/metadata.json"
    assert told["error"] is told["failure"] is None
    assert told["took_seconds"] == 3.25


def test_that_a_failure_is_told_with_its_reason(api: Api) -> None:
    job = made(api)
    job.phase(Phase.RENDERING_SEGMENTS, 2.0)
    job.failed("no_remote_engine", "No remote engine is configured.", "Configure one.")
    told = api.get(job.path).json
    assert (told["status"], told["failure"]) == ("FAILED", "no_remote_engine")
    assert told["error"] == "No remote engine is configured. Configure one."
    assert {one["status"] for one in api.get(f"{job.path}/segments").json["segments"]} == {SegmentState.FAILED}
    for what in ("output", "thumbnail", "metadata", "segments/0"):
        assert "FAILED" in refused(api.get(f"{job.path}/{what}"), 404)
    assert "FAILED" in refused(api.post(f"{job.path}/cancel"), 409)


def test_that_unknown_jobs_and_jobs_of_other_kinds_are_not_found(api: Api) -> None:
    other = api.library.jobs.submit("counting").job_id
    for job_id in ("job-999999", other, "nothing", "a%20b", "..%2f..%2fetc", "%00", "x" * 3000, "%C3%A9"):
        for what in ("", "/segments", "/output", "/thumbnail", "/metadata", "/segments/0", "/events"):
            path = f"{JOBS}/{job_id}{what}"
            refused(api.get(path), 404)
        assert api.ask("POST", path.replace("/events", "/cancel")).status == 404
        assert api.delete(path.replace("/events", "")).status == 404
    assert refused(api.get(f"{JOBS}/job-999999"), 404) == "Job not found"
    assert refused(api.get(f"{JOBS}/job-999999/segments"), 404) == "Job not found"
    assert api.library.jobs.get(other).state == JobState.QUEUED


def test_that_files_come_whole_and_in_ranges(api: Api) -> None:
    job = made(api, title='Sommer "24"/Büro')
    for what in ("output", "thumbnail", "metadata"):
        assert "QUEUED" in refused(api.get(f"{job.path}/{what}"), 409)
    assert "QUEUED" in refused(api.get(f"{job.path}/segments/0"), 409)
    job.phase(Phase.RENDERING_SEGMENTS, 5)
    job.segment_done(0, b"first")
    assert api.get(f"{job.path}/segments/0").body == b"first"
    refused(api.get(f"{job.path}/segments/2"), 404)
    for wrong in ("-1", "x", "1.5", "99999999999999999999"):
        assert unprocessable(api.get(f"{job.path}/segments/{wrong}"))[0][0] == "path.index"
    job.done()
    whole = api.get(f"{job.path}/output")
    assert (whole.status, whole.headers["content-type"], len(whole.body)) == (200, "video/mp4", 300)
    assert whole.headers["content-disposition"].startswith("inline; filename*=utf-8''B%C3%BCro.mp4")
    part = api.get(f"{job.path}/output", Range=f"bytes={HALF}-")
    assert (part.status, part.body) == (206, whole.body[HALF:])
    assert part.headers["content-range"] == "bytes 150-299/300"
    beyond = api.get(f"{job.path}/output", Range="bytes=900-")
    assert refused(beyond, 416)
    assert beyond.headers["content-range"] == "bytes */300"
    refused(api.get(f"{job.path}/output", Range="octets=1"), 400)
    picture = api.get(f"{job.path}/thumbnail")
    assert (picture.headers["content-type"], picture.body[:2]) == ("image/jpeg", b"\xff\xd8")
    assert api.get(f"{job.path}/metadata").json == {"job_id": "x"}
    (api.library.path / f"renders/{job.job_id}/output.mp4").unlink()
    refused(api.get(f"{job.path}/output"), 404)


def test_that_jobs_are_listed_newest_first_in_pages(api: Api) -> None:
    jobs = [made(api).job_id for _ in range(5)]
    told = api.get(JOBS).json
    assert [one["job_id"] for one in told["jobs"]] == jobs[::-1]
    assert told["jobs"][0] == api.get(f"{JOBS}/{jobs[4]}").json
    assert (told["limit"], told["offset"], told["next_offset"]) == (50, 0, None)
    page = api.get(f"{JOBS}?limit=2&offset=1").json
    assert ([one["job_id"] for one in page["jobs"]], page["next_offset"]) == ([jobs[3], jobs[2]], 3)
    last = api.get(f"{JOBS}?limit=2&offset=3").json
    assert ([one["job_id"] for one in last["jobs"]], last["next_offset"]) == ([jobs[1], jobs[0]], None)
    Made(api, jobs[2]).done()
    assert [one["job_id"] for one in api.get(f"{JOBS}?status=DONE").json["jobs"]] == [jobs[2]]
    assert len(api.get(f"{JOBS}?status=QUEUED&nonsense=1").json["jobs"]) == 4
    for query, place in (
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("offset=-1", "offset"),
        ("status=BUSY", "status"),
    ):
        assert unprocessable(api.get(f"{JOBS}?{query}"))[0][0] == f"query.{place}"


def test_that_a_waiting_job_is_cancelled_and_stays_so(api: Api) -> None:
    job = made(api)
    for _ in range(2):
        told = api.post(f"{job.path}/cancel")
        assert told.status == 200, told.body
        assert (told.json["status"], told.json["failure"]) == ("FAILED", "canceled")
        assert "canceled" in told.json["error"]
    assert api.get(job.path).json == told.json
    assert api.library.jobs.get(job.job_id).state == JobState.CANCELED
    finished = made(api)
    finished.done()
    assert "DONE" in refused(api.post(f"{finished.path}/cancel"), 409)
    assert api.get(finished.path).json["status"] == "DONE"


def test_that_a_deleted_job_is_gone_with_its_files(api: Api) -> None:
    done, waiting = made(api), made(api)
    done.segment_done(0)
    done.done()
    assert api.files()
    for job in (done, waiting):
        answer = api.delete(job.path)
        assert (answer.status, answer.body) == (204, b"")
        for method, what in (
            ("GET", ""),
            ("GET", "/segments"),
            ("GET", "/output"),
            ("DELETE", ""),
            ("POST", "/cancel"),
        ):
            assert refused(api.ask(method, job.path + what), 404) == "Job not found"
    assert api.files() == set()
    assert api.get(JOBS).json["jobs"] == []


class Stream(threading.Thread):
    """Reads events of a job until they end."""

    def __init__(self, api: Api, path: str) -> None:
        super().__init__(name="stream", daemon=True)
        self.frames: list[tuple[str, dict[str, Any]]] = []
        self.came = threading.Condition()
        self._connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=20)
        self._connection.request("GET", path, headers={"X-API-Key": str(api.key)})
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
        self._connection.close()

    def wait_for(self, frames: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.frames) >= frames, 20), self.frames


@contextmanager
def streaming(job: Made) -> Iterator[Stream]:
    stream = Stream(job.api, f"{job.path}/events")
    stream.wait_for(1)
    yield stream
    stream.join(20)
    assert not stream.is_alive()


def test_that_events_tell_each_change_and_end_with_the_job(api: Api) -> None:
    job = made(api)
    with streaming(job) as stream:
        assert stream.answer.getheader("content-type", "").startswith("text/event-stream")
        job.phase(Phase.PLANNING, 1)
        stream.wait_for(2)
        api.library.renders.tell(job.job_id)  # nothing new
        job.phase(Phase.RENDERING_SEGMENTS, 2)
        stream.wait_for(3)
        job.done()
    assert [name for name, _ in stream.frames] == ["status"] * 4
    assert [data["status"] for _, data in stream.frames] == ["QUEUED", "PLANNING", "RENDERING_SEGMENTS", "DONE"]
    assert stream.frames[-1][1] == api.get(job.path).json
    with streaming(job) as ended:
        pass
    assert [data["status"] for _, data in ended.frames] == ["DONE"]


def test_that_events_end_when_the_job_is_deleted(api: Api) -> None:
    job = made(api)
    with streaming(job) as stream:
        assert api.delete(job.path).status == 204
    assert stream.frames[-1] == ("deleted", {"job_id": job.job_id})


def test_that_the_servers_own_events_tell_of_renders(among_others: Api) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", among_others.main_port, timeout=20)
    connection.request("GET", "/events")
    stream = connection.getresponse()
    assert stream.readline() == b"event: connected\n"
    job_id = made(among_others).job_id
    lines: list[bytes] = []
    while b"event: render.changed\n" not in lines:
        lines.append(stream.readline())
        assert lines[-1], lines
    assert json.loads(stream.readline().removeprefix(b"data: "))["job_id"] == job_id
    connection.close()
