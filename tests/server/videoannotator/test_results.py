"""What pipelines gave: records, files, archives."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.annotate.pipeline import Found, PipelineContext, Video
from core.errors import UnsupportedMedia
from tests.annotate.made_pipelines import Brightness, Failing, MadePipeline, made_registry, made_spec
from tests.server.videoannotator.live import JOBS, MOMENT, Api, refused, served


def names_in(body: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return sorted(archive.namelist())


def test_that_results_have_all_documented_fields(api: Api, film: bytes) -> None:
    job_id = api.done(film, selected_pipelines="brightness,ticks,failing", config={"ticks": {"every_s": 0.5}})
    told = api.get(f"{JOBS}{job_id}/results").json
    assert (told["job_id"], told["status"]) == (job_id, "completed")
    assert told["result_path"] == str(api.library.path / "annotations" / job_id / "results")
    assert MOMENT.fullmatch(told["created_at"])
    assert MOMENT.fullmatch(told["completed_at"])
    assert set(told["pipeline_results"]) == {"brightness", "ticks", "failing"}
    ticks = told["pipeline_results"]["ticks"]
    assert (ticks["status"], ticks["annotation_count"], ticks["error_message"]) == ("completed", 4, None)
    assert ticks["processing_time"] >= 0
    assert MOMENT.fullmatch(ticks["start_time"])
    assert MOMENT.fullmatch(ticks["end_time"])
    assert Path(ticks["output_file"]).name == "ticks.json"
    assert Path(ticks["output_file"]).is_file()
    assert ticks["download_url"] == f"/api/v1/jobs/{job_id}/results/files/ticks"
    assert ticks["config"] == {"every_s": 0.5, "word": "tick", "output_formats": ["json"]}
    failing = told["pipeline_results"]["failing"]
    assert (failing["status"], failing["output_file"], failing["download_url"]) == ("failed", None, None)
    assert failing["error_message"] == "This pipeline never works. Do not choose it."
    job = api.get(JOBS + job_id).json
    assert (job["status"], job["error_message"], job["result_path"]) == ("completed", None, told["result_path"])
    assert "failing" in job["message"]


class Naming(MadePipeline):
    """Names the video's file as it lies here: in a warning, or in the words of its failure."""

    def __init__(self, name: str, *, fails: bool) -> None:
        super().__init__(made_spec(name))
        self._fails = fails

    def run(self, video: Video, config: Mapping[str, Any], context: PipelineContext) -> Found:  # noqa: ARG002
        """See Pipeline."""
        if self._fails:
            raise UnsupportedMedia(f"{video.path} has no sound.", action="Choose another.")
        context.warn(f"{video.path} is cut off.")
        return Found(())


def test_that_warnings_and_errors_call_a_video_as_its_sender_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film: bytes
) -> None:
    known = made_registry(Naming("warning", fails=False), Naming("refusing", fails=True))
    with served(tmp_path / "library", monkeypatch, known) as api:
        job_id = api.done(film, selected_pipelines="warning,refusing")
        told = api.get(f"{JOBS}{job_id}/results").json["pipeline_results"]
        assert told["warning"]["warnings"] == ["“clip.mp4” is cut off."]
        assert told["refusing"]["error_message"] == "“clip.mp4” has no sound. Choose another."
        assert told["refusing"]["warnings"] == []


def test_that_one_file_comes_as_it_is(api: Api, film: bytes) -> None:
    job_id = api.done(film, selected_pipelines="brightness")
    path = f"{JOBS}{job_id}/results/files/brightness"
    answer = api.get(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert 'filename="brightness.json"' in answer.headers["content-disposition"]
    assert json.loads(answer.body)["tiers"]
    part = api.get(path, Range="bytes=0-9")
    assert (part.status, part.body) == (206, answer.body[:10])
    refused(api.get(path, Range="bytes=99999999-"), 416, "INVALID_RANGE")
    refused(api.get(path, Range="bytes=nonsense"), 400, "INVALID_RANGE")


def test_that_several_files_come_as_a_zip(api: Api, film: bytes) -> None:
    formats = {"brightness": {"output_formats": ["json", "csv"]}}
    job_id = api.done(film, selected_pipelines="brightness,ticks", config=formats)
    answer = api.get(f"{JOBS}{job_id}/results/files/brightness")
    assert answer.headers["content-type"] == "application/zip"
    assert names_in(answer.body) == ["brightness.csv", "brightness.json"]
    answer = api.get(f"{JOBS}{job_id}/results/files/ticks")
    assert names_in(answer.body) == ["notes.txt", "ticks.json"]
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.read("notes.txt") == b"ticked\n"
    answer = api.get(f"{JOBS}{job_id}/artifacts")
    assert answer.headers["content-type"] == "application/zip"
    assert names_in(answer.body) == [
        "brightness/brightness.csv",
        "brightness/brightness.json",
        "brightness/provenance.json",
        "ticks/notes.txt",
        "ticks/provenance.json",
        "ticks/ticks.json",
    ]
    assert api.get(f"{JOBS}{job_id}/results").json["artifacts_url"] == f"/api/v1/jobs/{job_id}/artifacts"


def test_that_what_is_not_there_is_told(api: Api, film: bytes) -> None:
    job_id = api.done(film, selected_pipelines="failing,ticks")
    error = refused(api.get(f"{JOBS}{job_id}/results/files/failing"), 404, "RESULT_NOT_FOUND")
    assert "never works" in error["message"]
    assert error["detail"]["pipeline_status"] == "failed"
    for name in ("brightness", "nothing", "x" * 300, "%00", ".."):
        error = refused(api.get(f"{JOBS}{job_id}/results/files/{name}"), 404, "RESULT_NOT_FOUND")
        assert "failing" in error["hint"]
    kept = api.library.annotations.result(job_id, "ticks")
    for path in api.library.annotations.file_paths(kept):
        path.unlink()
    refused(api.get(f"{JOBS}{job_id}/results/files/ticks"), 404, "FILE_NOT_FOUND")


def test_that_results_of_a_job_that_waits_are_refused(api: Api, film: bytes) -> None:
    job_id = api.upload(film, selected_pipelines="ticks").json["id"]
    for _ in range(2):
        for path in ("results", "results/files/ticks", "artifacts"):
            error = refused(api.get(f"{JOBS}{job_id}/{path}"), 409, "JOB_NOT_COMPLETED")
            assert "GET /api/v1/jobs/{job_id}" in error["hint"]
        api.library.jobs.claim()


def test_that_a_job_of_which_nothing_worked_is_failed_and_tells_why(
    tmp_path: Path, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path / "library", monkeypatch, made_registry(Failing(), Brightness("broken", fails=True))) as api:
        job_id = api.done(film, selected_pipelines="failing,broken")
        job = api.get(JOBS + job_id).json
        assert (job["status"], job["result_path"]) == ("failed", None)
        assert job["error_message"]
        told = api.get(f"{JOBS}{job_id}/results").json
        assert (told["status"], told["artifacts_url"]) == ("failed", None)
        assert {one["status"] for one in told["pipeline_results"].values()} == {"failed"}
        refused(api.get(f"{JOBS}{job_id}/artifacts"), 404, "RESULTS_NOT_FOUND")


def test_that_a_result_has_no_config_of_other_jobs(api: Api, film: bytes) -> None:
    one = api.done(film, selected_pipelines="ticks", config={"ticks": {"every_s": 0.5}})
    two = api.done(film, selected_pipelines="ticks", config={"ticks": {"every_s": 1}})
    counts = [
        api.get(f"{JOBS}{job}/results").json["pipeline_results"]["ticks"]["annotation_count"] for job in (one, two)
    ]
    assert counts == [4, 2]
