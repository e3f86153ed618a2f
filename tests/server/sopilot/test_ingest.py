"""Videos come in: as a row with a file and a job, or not at all."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.jobs.types import JobState
from core.procedures.layout import videos_folder
from tests.server.sopilot.live import BOUNDARY, Api, chunked, files_below, form, refused, served, set_environment
from tests.server.sopilot.made_task import media

ONE_MB = 1024 * 1024


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return media(tmp_path_factory.mktemp("media"))


def nothing_came(api: Api) -> bool:
    """No video, no task, no job, no file."""
    videos = videos_folder(api.server.library.path)
    return (
        not api.server.library.procedures.videos()
        and not api.server.library.procedures.tasks()
        and not api.server.library.jobs.list()
        and (not videos.is_dir() or not files_below(videos))
    )


def test_that_a_video_comes_in_with_all_its_fields(api: Api, film: bytes) -> None:
    fields = {
        "task_id": "assembly_line_1",
        "role": "trainee",
        "site_id": "factory_a",
        "camera_id": "cam_01",
        "operator_id_hash": "abc123",
        "masks": json.dumps({"regions": [[0, 0, 0.5, 0.25]], "faces": True, "mode": "blur"}),
        "unknown": "ignored",
    }
    answer = api.as_role("operator").upload("/videos", fields, film, "Süd-Kamera 1.MP4")
    assert answer.status == 200, answer.body
    assert answer.json["status"] == "queued"
    job = api.get(f"/videos/jobs/{answer.json['ingest_job_id']}").json
    expected = {"status": "queued", "task_id": "assembly_line_1", "role": "trainee", "requested_by": "token:operator"}
    assert job.items() >= expected.items()
    for name in ("num_clips", "source_fps", "sampled_fps", "embedding_model", "error_message", "started_at"):
        assert job[name] is None
    assert job["queued_at"].endswith("Z")
    video = api.get(f"/videos/{job['video_id']}").json
    assert {name: video[name] for name in ("site_id", "camera_id", "operator_id_hash", "num_clips")} == {
        "site_id": "factory_a",
        "camera_id": "cam_01",
        "operator_id_hash": "abc123",
        "num_clips": 0,
    }
    stored = api.server.library.procedures.video(video["video_id"])
    assert stored.masks.hides
    assert stored.masks.mode == "blur"
    assert stored.media_path.read_bytes() == film
    assert files_below(videos_folder(api.server.library.path)) == {f"{video['video_id']}/source.mp4"}


def test_that_gold_is_gold_whatever_the_form_says(api: Api, film: bytes) -> None:
    for path in ("/gold", "/sopilot/gold/"):
        answer = api.upload(path, {"task_id": "a", "role": "trainee"}, film)
        assert answer.status == 200
        assert api.get(f"/videos/jobs/{answer.json['ingest_job_id']}").json["role"] == "gold"
    answer = api.upload("/videos", {"task_id": "a", "role": "gold"}, film)
    assert api.get(f"/videos/{answer.json['video_id']}").json["role"] == "gold"
    answer = api.upload("/videos", {"task_id": "a"}, film)
    assert api.get(f"/videos/{answer.json['video_id']}").json["role"] == "trainee"


WRONG: tuple[tuple[dict[str, str], int], ...] = (
    ({"task_id": "a", "role": "boss"}, 400),
    ({"task_id": "a b"}, 400),
    ({"task_id": "../../etc"}, 400),
    ({"task_id": "x" * 101}, 400),
    ({"task_id": ""}, 422),
    ({}, 422),
    ({"task_id": "a", "masks": "{"}, 422),
    ({"task_id": "a", "masks": '{"regions": [[0, 0, 2, 2]]}'}, 400),
    ({"task_id": "a", "masks": '{"mode": "paint"}'}, 400),
    ({"task_id": "a", "site_id": "x" * 201}, 400),
)


def test_that_wrong_fields_leave_nothing(api: Api, film: bytes) -> None:
    for fields, status in WRONG:
        refused(api.upload("/videos", fields, film), status)
        assert nothing_came(api), fields


def test_that_what_is_no_video_leaves_nothing(api: Api, film: bytes) -> None:
    for content in (b"this is no video", b"", film[: len(film) // 8]):
        for path in ("/videos", "/gold"):
            message = refused(api.upload(path, {"task_id": "a"}, content, "my clip.mp4"), 400)
            assert "my clip.mp4" in message or not content
            assert str(api.server.library.path) not in message
    refused(api.upload("/videos", {"task_id": "a"}, None), 422)
    refused(api.post("/videos", {"task_id": "a"}), 422)
    assert nothing_came(api)


def test_that_a_file_over_the_limit_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch, UPLOAD_MAX_MB="1")
    with served(tmp_path / "library") as api:
        message = refused(api.upload("/videos", {"task_id": "a"}, b"x" * (ONE_MB + 1)), 413)
        assert "SOPILOT_UPLOAD_MAX_MB" in message
        assert chunked(api, "/gold", form({"task_id": "a"}, b"x" * (ONE_MB + 1))) == 413
        refused(api.upload("/videos", {"task_id": "a"}, b"x" * ONE_MB), 400)
        assert nothing_came(api)


def test_that_an_upload_that_breaks_off_leaves_nothing(api: Api, film: bytes) -> None:
    head = f"POST /videos HTTP/1.1\r\nHost: localhost\r\nAuthorization: {api.headers['Authorization']}\r\n"
    head += f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: 1000000\r\n\r\n"
    body = form({"task_id": "a"}, film)
    with socket.create_connection(("127.0.0.1", api.server.port), timeout=10) as connection:
        connection.sendall(head.encode() + body[: len(body) // 2])
    assert eventually(lambda: nothing_came(api))


def eventually(holds: Callable[[], bool]) -> bool:
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_that_ingest_jobs_go_through_the_documented_states(api: Api, film: bytes) -> None:
    job_id = api.upload("/videos", {"task_id": "a"}, film).json["ingest_job_id"]
    claimed = api.server.library.jobs.claim()
    assert claimed is not None
    assert api.get(f"/videos/jobs/{job_id}").json["status"] == "running"
    api.server.library.jobs.end(job_id, JobState.FAILED, error="The disk is full.", action="Free some space.")
    told = api.get(f"/videos/jobs/{job_id}").json
    assert (told["status"], told["error_message"]) == ("failed", "The disk is full. Free some space.")
    again = api.post(f"/videos/{told['video_id']}/ingest").json["ingest_job_id"]
    refused(api.post(f"/videos/{told['video_id']}/ingest"), 409)
    assert api.post(f"/videos/jobs/{again}/cancel").json == {"job_id": again, "status": "failed", "canceled": True}
    told = api.get(f"/videos/jobs/{again}").json
    assert (told["status"], told["canceled"]) == ("failed", True)
    assert "ancel" in told["error_message"]


def test_that_ids_of_other_jobs_are_not_found(api: Api) -> None:
    other = api.server.library.jobs.submit("counting").job_id
    training = api.post("/train/nightly").json["training_job_id"]
    for job_id in (other, training, "job-999999", "..", "x" * 300):
        refused(api.get(f"/videos/jobs/{job_id}"), 404)
    refused(api.get(f"/train/jobs/{other}"), 404)
    refused(api.get(f"/score/{training}"), 404)
