"""Videos come in: as a row with a file and a job, or not at all."""

import http.client
import json
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.server import disk_writer
from core.jobs.types import JobState
from tests.annotate.made_pipelines import NeedsModel, made_registry
from tests.server.videoannotator.live import (
    BOUNDARY,
    CONTENT_TYPE,
    JOBS,
    MOMENT,
    Api,
    form,
    nothing_came,
    refused,
    served,
)

ONE_MB = 1024 * 1024


def test_that_a_job_is_made_with_all_documented_fields(api: Api, film: bytes) -> None:
    answer = api.upload(
        film, name="Süd Kamera.mp4", selected_pipelines="brightness, ticks", config={"brightness": {"gain": 2}}
    )
    assert answer.status == 201, answer.body
    job = answer.json
    assert (job["status"], job["video_filename"], job["video_size_bytes"]) == ("pending", "Süd Kamera.mp4", len(film))
    assert (job["video_duration_seconds"], job["selected_pipelines"]) == (2, ["brightness", "ticks"])
    assert job["config"] == {"brightness": {"gain": 2}}
    assert MOMENT.fullmatch(job["created_at"])
    assert job["completed_at"] is job["error_message"] is job["result_path"] is None
    assert Path(job["video_path"]).read_bytes() == film
    assert job["storage_path"] == str(api.library.path / "annotations" / job["id"])
    assert job["requested_by"] == "key:" + api.key.split(".")[0]
    assert api.get(JOBS + job["id"]).json == job
    assert api.library.jobs.get(job["id"]).params["config"]["brightness"]["gain"] == pytest.approx(2.0)
    assert api.files() == {"media-000001/source.mp4"}


def test_that_config_and_pipelines_may_be_left_out(api: Api, film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.annotate.registry.USUAL", ("ticks", "missing"))
    for fields in ({}, {"selected_pipelines": "", "config": ""}, {"selected_pipelines": " , ", "unknown": "x"}):
        job = api.upload(film, **fields).json
        assert (job["selected_pipelines"], job["config"]) == (["ticks"], None)


def test_that_a_list_of_pipelines_is_read_as_json_too(api: Api, film: bytes) -> None:
    for text in ('["ticks", "luma"]', "ticks,luma", " ticks ,, luma "):
        assert api.upload(film, selected_pipelines=text).json["selected_pipelines"] == ["ticks", "luma"]
    refused(api.upload(film, selected_pipelines="[1]"), 400, "PIPELINE_NOT_FOUND")


def test_that_an_alias_is_told_as_it_was_written(api: Api, film: bytes) -> None:
    job_id = api.done(film, selected_pipelines="luma", config={"luma": {"step": 2}})
    job = api.get(JOBS + job_id).json
    assert (job["selected_pipelines"], job["config"]) == (["luma"], {"luma": {"step": 2}})
    results = api.get(f"{JOBS}{job_id}/results").json["pipeline_results"]
    assert results["luma"]["pipeline_name"] == "luma"
    assert api.get(results["luma"]["download_url"]).status == 200
    assert api.get(f"{JOBS}{job_id}/results/files/brightness").status == 200


BAD_CONFIGS = (
    ("{", "INVALID_CONFIG"),
    ("[]", "INVALID_CONFIG"),
    ("7", "INVALID_CONFIG"),
    ('"ticks"', "INVALID_CONFIG"),
    ('{"ticks": {"every_s": NaN}}', "INVALID_CONFIG"),
    ('{"ticks": {"unknown": 1e999}}', "INVALID_CONFIG"),
    ('{"ticks": {"word": "\\ud800"}}', "INVALID_CONFIG"),
    ("[" * 60_000, "INVALID_CONFIG"),
    ('{"ticks": 5}', "INVALID_CONFIG"),
    ('{"ticks": {"every_s": true}}', "INVALID_CONFIG"),
    ('{"ticks": {"every_s": "1"}}', "INVALID_CONFIG"),
    ('{"ticks": {"every_s": 0.01}}', "INVALID_CONFIG"),
    ('{"ticks": {"word": "tack"}}', "INVALID_CONFIG"),
)


def test_that_wrong_configs_leave_nothing(api: Api, film: bytes) -> None:
    for config, code in BAD_CONFIGS:
        error = refused(api.upload(film, selected_pipelines="ticks", config=config), 400, code)
        assert nothing_came(api), config[:60]
        assert error["message"].startswith("Configuration validation failed") or code != "INVALID_CONFIG"


def test_that_every_fault_of_a_config_is_named(api: Api, film: bytes) -> None:
    config = {"ticks": {"every_s": 99, "word": "tack"}, "brightness": {"gain": True}}
    error = refused(api.upload(film, selected_pipelines="ticks,brightness", config=config), 400, "INVALID_CONFIG")
    assert error["hint"] == "Fix the validation errors and resubmit"
    faults = {(one["pipeline"], one["field"]): one["code"] for one in error["detail"]["errors"]}
    assert faults == {
        ("ticks", "every_s"): "out_of_bounds",
        ("ticks", "word"): "not_a_choice",
        ("brightness", "gain"): "wrong_type",
    }
    assert "every_s" in error["message"]
    assert "60" in error["message"]


def test_that_unknown_pipelines_are_all_named_with_those_that_there_are(api: Api, film: bytes) -> None:
    error = refused(api.upload(film, selected_pipelines="ticks,magic,more"), 400, "PIPELINE_NOT_FOUND")
    assert "'magic', 'more'" in error["message"]
    assert error["detail"]["available"] == ["brightness", "ticks", "failing", "missing"]
    error = refused(api.upload(film, selected_pipelines="missing"), 400, "PIPELINE_UNAVAILABLE")
    assert "not installed" in error["message"]
    assert "rushes models fetch" in error["hint"]
    assert nothing_came(api)


def test_that_a_model_that_no_job_would_fetch_is_refused_before_anything_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film: bytes
) -> None:
    known = made_registry(NeedsModel())
    with served(tmp_path / "library", monkeypatch, known) as api:
        config = {"modelled": {"model": "whisper-tiny"}}
        error = refused(api.upload(film, selected_pipelines="other", config=config), 400, "PIPELINE_UNAVAILABLE")
        assert "rushes models fetch whisper-tiny" in error["hint"]
        fault = error["detail"]["errors"][0]
        assert (fault["pipeline"], fault["field"], fault["code"]) == ("other", "model", "missing_model")
        assert nothing_came(api)
        for path, body in (
            ("/api/v1/pipelines/other/validate", {"config": config["modelled"]}),
            ("/api/v1/config/validate", {"config": config, "selected_pipelines": ["other"]}),
        ):
            verdict = api.post(path, body).json
            assert not verdict["valid"]
            assert verdict["errors"] == [fault]
        assert api.upload(film, selected_pipelines="modelled").status == 201  # its default model is fetched by the job


def test_that_a_second_file_is_called_that(api: Api, film: bytes) -> None:
    one = form({}, film).removesuffix(f"--{BOUNDARY}--\r\n".encode())
    answer = api.ask("POST", JOBS, one + form({}, film), {"Content-Type": CONTENT_TYPE})
    assert "more than one part" in refused(answer, 400, "INVALID_REQUEST")["message"]
    assert nothing_came(api)


def test_that_what_is_not_used_of_a_config_is_told_with_the_job(api: Api, film: bytes) -> None:
    config = {"brightness": {"nope": 1}, "ticks": {}}
    made = api.upload(film, selected_pipelines="brightness", config=config).json
    assert [(one["pipeline"], one["field"], one["code"]) for one in made["warnings"]] == [
        ("ticks", None, "unused_config"),
        ("brightness", "nope", "unknown_parameter"),
    ]
    assert api.get(f"{JOBS}{made['id']}").json["warnings"] == made["warnings"]
    assert api.upload(film, selected_pipelines="brightness").json["warnings"] == []


def test_that_an_unknown_parameter_is_no_reason_to_refuse(api: Api, film: bytes) -> None:
    assert api.upload(film, selected_pipelines="ticks", config={"ticks": {"colour": "red"}}).status == 201


def test_that_what_is_no_video_leaves_nothing(api: Api, film: bytes) -> None:
    for content in (b"this is no video", b"", film[: len(film) // 8], b"\0" * 5000):
        error = refused(api.upload(content, name="my clip.mp4", selected_pipelines="ticks"), 400, "INVALID_VIDEO")
        assert str(api.library.path) not in error["message"]
        assert "my clip.mp4" in error["message"] or not content
        assert nothing_came(api)
    error = refused(api.upload(None, selected_pipelines="ticks"), 422, "VALIDATION_ERROR")
    assert error["detail"]["errors"][0]["loc"] == ["body", "video"]
    refused(api.post(JOBS, {"video": "x"}), 422, "VALIDATION_ERROR")
    refused(
        api.ask("POST", JOBS, b"video=x", {"Content-Type": "application/x-www-form-urlencoded"}),
        422,
        "VALIDATION_ERROR",
    )
    refused(api.ask("POST", JOBS, b"nonsense", {"Content-Type": CONTENT_TYPE}), 400, "INVALID_REQUEST")
    refused(api.ask("POST", JOBS), 422, "VALIDATION_ERROR")
    assert nothing_came(api)


def test_that_names_with_paths_are_reduced(api: Api, film: bytes) -> None:
    for number, name in enumerate(("../../etc/passwd.mp4", "..\\..\\windows\\clip.mp4", "/abs/clip.mp4", "..", "")):
        job = api.upload(film, name=name, selected_pipelines="ticks").json
        assert "/" not in job["video_filename"]
        assert "\\" not in job["video_filename"]
        assert ".." not in job["video_filename"]
        path = Path(job["video_path"]).resolve()
        assert path.is_relative_to(api.library.path / "annotations" / f"media-{number + 1:06d}")


def test_that_a_video_over_the_limit_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEOANNOTATOR_UPLOAD_MAX_MB", "1")
    with served(tmp_path / "library", monkeypatch) as api:
        error = refused(api.upload(b"x" * (ONE_MB + 1), selected_pipelines="ticks"), 413, "PAYLOAD_TOO_LARGE")
        assert "VIDEOANNOTATOR_UPLOAD_MAX_MB" in error["hint"]
        assert announced(api, 3 * 10**9) == 413
        assert chunked(api, form({}, b"x" * (ONE_MB + 1))) == 413
        assert nothing_came(api)


def test_that_three_gigabytes_are_refused_before_they_come(api: Api) -> None:
    assert announced(api, 3 * 10**9) == 413
    assert nothing_came(api)


def test_that_a_full_disk_is_told_and_leaves_nothing(api: Api, film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        full = SimpleNamespace(disk_usage=lambda _folder: shutil._ntuple_diskusage(10**9, 10**9, 0))
        patch.setattr(disk_writer, "shutil", full)
        error = refused(api.upload(film, selected_pipelines="ticks"), 507, "STORAGE_FULL")
        assert "free" in error["message"].lower()
    assert nothing_came(api)


def test_that_an_upload_that_breaks_off_leaves_nothing(api: Api, film: bytes) -> None:
    head = f"POST {JOBS} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {api.key}\r\n"
    head += f"Content-Type: {CONTENT_TYPE}\r\nContent-Length: 1000000\r\n\r\n"
    body = form({}, film)
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
        connection.sendall(head.encode() + body[: len(body) // 2])
    assert eventually(lambda: nothing_came(api))
    assert api.get("/health").status == 200


def test_that_a_job_goes_through_the_documented_states(api: Api, film: bytes) -> None:
    job_id = api.upload(film, selected_pipelines="ticks").json["id"]
    assert api.library.jobs.claim() is not None
    assert api.get(JOBS + job_id).json["status"] == "running"
    api.library.jobs.end(job_id, JobState.FAILED, error="The disk is full.", action="Free some space.")
    job = api.get(JOBS + job_id).json
    assert (job["status"], job["error_message"]) == ("failed", "The disk is full. Free some space.")
    assert MOMENT.fullmatch(job["completed_at"])


def announced(api: Api, length: int) -> int:
    """The status of a form that says how long it would be, and never comes."""
    head = f"POST {JOBS} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {api.key}\r\n"
    head += f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
        connection.sendall(head.encode())
        return int(connection.makefile("rb").readline().split()[1])


def chunked(api: Api, body: bytes) -> int:
    """The status of a form whose length was not announced."""
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=20)
    try:
        pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))
        headers = {"X-API-Key": api.key, "Content-Type": CONTENT_TYPE}
        connection.request("POST", JOBS, pieces, headers, encode_chunked=True)
        answer = connection.getresponse()
        assert json.loads(answer.read())["error"]["code"] == "PAYLOAD_TOO_LARGE"
        return answer.status
    finally:
        connection.close()


def eventually(holds: Callable[[], bool]) -> bool:
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.02)
    return False
