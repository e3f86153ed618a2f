"""Jobs of the document: made, listed, refused, canceled, tried again, cleared."""

from datetime import datetime
from pathlib import Path

import pytest

from core.jobs.types import JobState
from tests.made_speech import Track, joined, speech, write_speech_video
from tests.server.speech_server import SpeechServer, refused

FIELDS = {
    "id", "file_path", "file_name", "job_type", "status", "priority", "source_lang", "target_lang", "quality_preset",
    "transcribe_or_translate", "progress", "current_stage", "eta_seconds", "created_at", "started_at", "completed_at",
    "output_path", "segments_count", "error", "retry_count", "worker_id", "vram_used_mb", "processing_time_seconds",
    "model_used", "device_used",
}  # fmt: skip


@pytest.fixture
def film(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    return write_speech_video(folder / "Attack on Titan S04E01.mkv")


def wanted(film: Path, **changes: object) -> dict[str, object]:
    return {
        "file_path": str(film),
        "file_name": film.name,
        "source_lang": "jpn",
        "target_lang": "spa",
        "quality_preset": "fast",
        "transcribe_or_translate": "transcribe",
        "priority": 10,
        "is_manual_request": True,
        **changes,
    }


def test_that_a_job_is_made_and_read_with_all_documented_fields(server: SpeechServer, film: Path) -> None:
    made = server.api("POST", "/api/jobs", wanted(film))
    assert made.status == 201, made.body
    told = made.json
    assert set(told) >= FIELDS
    assert (told["file_path"], told["file_name"]) == (str(film), film.name)
    assert (told["job_type"], told["status"], told["priority"]) == ("transcription", "queued", 10)
    assert (told["source_lang"], told["target_lang"], told["quality_preset"]) == ("jpn", "spa", "fast")
    assert (told["transcribe_or_translate"], told["progress"], told["retry_count"]) == ("transcribe", 0.0, 0)
    assert (told["started_at"], told["completed_at"], told["error"], told["worker_id"]) == (None, None, None, None)
    assert datetime.fromisoformat(told["created_at"]).tzinfo is None
    assert server.get(f"/api/jobs/{told['id']}").json == told
    assert server.get(f"/transcriptorio/api/jobs/{told['id']}/").json == told


def test_that_a_second_job_for_a_file_is_refused_until_the_first_ended(server: SpeechServer, film: Path) -> None:
    first = server.api("POST", "/api/jobs", wanted(film)).json["id"]
    assert film.name in refused(server.api("POST", "/api/jobs", wanted(film)), 409)
    assert server.api("DELETE", f"/api/jobs/{first}").json == {"message": f"Job {first} cancelled successfully"}
    assert server.api("POST", "/api/jobs", wanted(film)).status == 201


def test_that_wrong_requests_are_400_and_leave_nothing(server: SpeechServer, film: Path) -> None:
    for changes in (
        {"quality_preset": "superb"},
        {"transcribe_or_translate": "summarise"},
        {"target_lang": "klingonese"},
        {"source_lang": "xx-not-one"},
        {"priority": "high"},
        {"priority": True},
        {"file_path": str(film.parent)},
        {"file_path": "a\0b"},
        {"file_path": ""},
        {"target_lang": None},
    ):
        refused(server.api("POST", "/api/jobs", wanted(film, **changes)), 400)
    refused(server.ask("POST", "/api/jobs", b"{no json"), 400)
    refused(server.api("POST", "/api/jobs", {"file_path": str(film)}), 400)
    assert server.get("/api/jobs").json == {"jobs": [], "total": 0, "page": 1, "page_size": 50}


def test_that_a_file_on_a_drive_that_is_not_there_yet_can_wait(server: SpeechServer, film: Path) -> None:
    later = wanted(film, file_path="/media/not connected/later.mkv", file_name="later.mkv")
    made = server.api("POST", "/api/jobs", later)
    assert (made.status, made.json["status"], made.json["file_name"]) == (201, "queued", "later.mkv")
    refused(server.api("POST", "/api/jobs", later), 409)


def test_that_jobs_are_paged_filtered_and_counted_without_those_of_other_kinds(server: SpeechServer) -> None:
    ids = [server.library.jobs.submit("asr", params={"video_file": f"{number}.mkv"}).job_id for number in range(5)]
    server.library.jobs.submit("counting")
    server.library.jobs.cancel(ids[0])
    page = server.get("/api/jobs?page=2&page_size=2").json
    assert ([one["id"] for one in page["jobs"]], page["total"]) == ([ids[2], ids[1]], 5)
    assert server.get("/api/jobs?page=9").json["jobs"] == []
    canceled = server.get("/api/jobs?status_filter=cancelled").json
    assert ([one["id"] for one in canceled["jobs"]], canceled["total"]) == ([ids[0]], 1)
    assert canceled["jobs"][0]["file_name"] == "0.mkv"
    expected = {"total_jobs": 5, "queued": 4, "processing": 0, "completed": 0, "failed": 0, "cancelled": 1}
    assert server.get("/api/jobs/stats").json == expected
    assert server.get("/api/status").json["queue"] == expected
    for query in ("page=0", "page_size=0", "page_size=501", "page=x", "status_filter=done"):
        refused(server.get(f"/api/jobs?{query}"), 400)
    other = server.library.jobs.list(limit=1)[0]
    refused(server.get(f"/api/jobs/{other.job_id}"), 404)


def test_that_a_waiting_job_is_canceled_once(server: SpeechServer) -> None:
    job_id = server.library.jobs.submit("asr").job_id
    assert server.api("POST", f"/api/jobs/{job_id}/cancel").json["message"] == f"Job {job_id} cancelled successfully"
    assert server.get(f"/api/jobs/{job_id}").json["status"] == "cancelled"
    assert "cancelled already" in refused(server.api("DELETE", f"/api/jobs/{job_id}"), 400)
    refused(server.api("DELETE", "/api/jobs/job-999999"), 404)
    refused(server.api("POST", f"/api/jobs/{job_id}/retry"), 400)


def test_that_a_failed_job_is_tried_again_and_completed_ones_are_cleared(server: SpeechServer) -> None:
    failed, done = (server.library.jobs.submit("asr").job_id for _ in range(2))
    for job_id, state in ((failed, JobState.FAILED), (done, JobState.SUCCEEDED)):
        assert server.library.jobs.claim() is not None
        server.library.jobs.end(job_id, state, error="It broke." if state is JobState.FAILED else "")
    told = server.get(f"/api/jobs/{failed}").json
    assert (told["status"], told["error"]) == ("failed", "It broke.")
    assert told["processing_time_seconds"] >= 0
    assert server.get(f"/api/jobs/{done}").json["progress"] == 100.0
    again = server.api("POST", f"/api/jobs/{failed}/retry")
    assert (again.status, again.json["status"], again.json["error"]) == (200, "queued", None)
    refused(server.api("POST", f"/api/jobs/{done}/retry"), 400)
    refused(server.api("POST", "/api/jobs/job-999999/retry"), 404)
    assert server.api("POST", "/api/jobs/queue/clear").json == {"message": "Cleared 1 completed jobs"}
    refused(server.get(f"/api/jobs/{done}"), 404)
    assert server.get(f"/api/jobs/{failed}").status == 200


def test_that_a_file_gets_its_subtitle_and_a_job_at_work_is_stopped(worker: SpeechServer, film: Path) -> None:
    job_id = worker.api("POST", "/api/jobs", wanted(film, source_lang=None, target_lang="eng")).json["id"]
    worker.ended(job_id)
    told = worker.get(f"/api/jobs/{job_id}").json
    assert (told["status"], told["error"]) == ("completed", None)
    assert told["output_path"] == str(film.with_suffix(".eng.srt"))
    assert "John Dashwood" in Path(told["output_path"]).read_text("utf-8").replace("\n", " ")
    assert told["segments_count"] >= 1
    assert (told["model_used"], told["device_used"], told["progress"]) == ("whisper-base", "cpu", 100.0)
    assert told["worker_id"].startswith("worker-cpu-")
    assert told["started_at"] <= told["completed_at"]

    long = write_speech_video(film.with_name("long.mkv"), [Track(joined(*[speech()] * 20))])
    long_id = worker.api("POST", "/api/jobs", wanted(long, target_lang="eng", quality_preset="best")).json["id"]
    assert worker.begun(long_id)
    assert worker.api("DELETE", f"/api/jobs/{long_id}").status == 200
    assert worker.ended(long_id).state == JobState.CANCELED
    assert not list(long.parent.glob("long*.srt"))
    assert worker.get("/api/jobs/stats").json["cancelled"] == 1
