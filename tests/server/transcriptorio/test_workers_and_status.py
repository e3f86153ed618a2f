"""Workers, figures, health, the machine and its folders."""

import os
from pathlib import Path

import pytest

from tests.server.speech_server import SpeechServer, refused

WORKER_FIELDS = {
    "worker_id", "worker_type", "device_id", "status", "current_job_id", "jobs_completed", "jobs_failed",
    "uptime_seconds", "current_job_progress", "current_job_eta",
}  # fmt: skip


def test_that_workers_come_and_go_while_the_server_runs(server: SpeechServer) -> None:
    assert server.get("/api/workers").json == []
    made = server.api("POST", "/api/workers", {"worker_type": "cpu"})
    assert made.status == 201
    assert set(made.json) >= WORKER_FIELDS
    worker_id = made.json["worker_id"]
    assert (made.json["worker_type"], made.json["device_id"], made.json["current_job_id"]) == ("cpu", None, None)
    assert server.get(f"/api/workers/{worker_id}").json["worker_id"] == worker_id
    stats = server.get("/api/workers/stats").json
    assert (stats["total_workers"], stats["cpu_workers"], stats["gpu_workers"]) == (1, 1, 0)
    assert stats["is_running"] is True
    assert server.get("/transcriptorio/health").json["workers"] == 1
    removed = server.api("DELETE", f"/api/workers/{worker_id}?timeout=5")
    assert removed.json == {"message": f"Worker {worker_id} removed successfully"}
    refused(server.get(f"/api/workers/{worker_id}"), 404)
    refused(server.api("DELETE", f"/api/workers/{worker_id}"), 404)


def test_that_a_pool_is_started_and_stopped(server: SpeechServer) -> None:
    started = server.api("POST", "/api/workers/pool/start?cpu_workers=2")
    assert started.json == {"message": "Worker pool started: 2 CPU workers, 0 GPU workers"}
    assert len(server.get("/api/workers").json) == 2
    assert server.api("POST", "/api/workers/pool/stop?timeout=5").json["message"] == "Worker pool stopped successfully"
    assert server.get("/api/workers/stats").json["total_workers"] == 0


def test_that_wrong_workers_are_refused(server: SpeechServer) -> None:
    for body in ({"worker_type": "tpu"}, {"worker_type": "gpu"}, {}, {"worker_type": "gpu", "device_id": -1}):
        refused(server.api("POST", "/api/workers", body), 400)
    refused(server.api("POST", "/api/workers", {"worker_type": "gpu", "device_id": 977}), 400)
    for query in ("cpu_workers=-1", "cpu_workers=65", "gpu_workers=x"):
        refused(server.api("POST", f"/api/workers/pool/start?{query}"), 400)
    refused(server.api("POST", "/api/workers/pool/stop?timeout=nan"), 400)
    assert server.get("/api/workers").json == []


def test_that_the_status_of_everything_has_the_documented_fields(server: SpeechServer) -> None:
    told = server.get("/api/status").json
    assert told["system"]["status"] == "running"
    assert told["system"]["uptime_seconds"] >= 0
    assert set(told["workers"]) == {
        "total_workers", "cpu_workers", "gpu_workers", "idle_workers", "busy_workers", "total_jobs_completed",
        "total_jobs_failed",
    }  # fmt: skip
    assert told["queue"] == dict.fromkeys(("total_jobs", "queued", "processing", "completed", "failed", "cancelled"), 0)
    assert told["scanner"] == {
        "scheduler_enabled": False,
        "scheduler_running": False,
        "next_scan_time": None,
        "watcher_enabled": False,
        "watcher_running": False,
    }


def test_that_root_and_health_are_the_document_s_below_the_prefix_and_the_union_at_the_root(
    server: SpeechServer,
) -> None:
    for path in ("/transcriptorio", "/transcriptorio/"):
        told = server.get(path).json
        assert (told["name"], told["status"]) == ("TranscriptorIO API", "running")
        assert set(told) == {"name", "version", "status", "message"}
    own = server.get("/transcriptorio/health").json
    assert own == {"status": "healthy", "database": "connected", "workers": 0, "queue_size": 0}
    union = server.get("/health").json
    assert (union["status"], union["database"], union["queue_size"], union["redis"]) == ("ok", "connected", 0, "ok")
    assert set(server.get("/").json) >= {"name", "version", "status", "message", "apis"}


def test_that_paths_of_other_apis_stay_theirs(server: SpeechServer) -> None:
    assert server.get("/episodes").json["data"]["total"] == 0
    assert refused(server.get("/api/nothing"), 404).startswith("There is nothing at GET /api/nothing")
    assert server.get("/nothing").json["ok"] is False
    assert refused(server.get("/api/jobs", Host="evil.example"), 403)
    assert server.get("/status").json["version"].startswith("Rushes")


def test_that_requests_are_counted_under_their_api(server: SpeechServer) -> None:
    server.get("/api/jobs")
    server.bazarr.get("/status")
    shown = server.get("/metrics").body.decode()
    assert 'rushes_http_requests_total{api="transcriptorio",method="GET",status="200"} 1' in shown
    assert 'rushes_http_requests_total{api="bazarr",method="GET",status="200"} 1' in shown


def test_that_a_server_without_workers_says_so(tmp_path: Path) -> None:
    from tests.server.asking import running

    with running(tmp_path / "library") as server:
        refused(server.get("/api/workers"), 503)
        assert server.get("/transcriptorio/health").json["workers"] == 0
        assert server.get("/health").json["status"] == "ok"


def test_that_the_machine_is_described(server: SpeechServer) -> None:
    told = server.get("/api/system/resources").json
    assert set(told) == {"cpu", "memory", "gpus"}
    assert told["cpu"]["count_logical"] == os.cpu_count()
    assert server.get("/api/system/cpu").json.keys() == told["cpu"].keys()
    memory = server.get("/api/system/memory").json
    assert memory["total_gb"] > memory["used_gb"] > 0
    gpus = server.get("/api/system/gpus").json
    assert len(gpus) == len(told["gpus"])
    refused(server.get(f"/api/system/gpu/{len(gpus) + 40}"), 404)
    refused(server.get("/api/system/gpu/x"), 400)


def test_that_folders_are_browsed(server: SpeechServer, tmp_path: Path) -> None:
    (tmp_path / "media" / "anime").mkdir(parents=True)
    (tmp_path / "media" / "film.mkv").write_bytes(b"x")
    told = server.get(f"/api/filesystem/browse?path={tmp_path}/media").json
    assert (told["current_path"], told["parent_path"]) == (str(tmp_path / "media"), str(tmp_path))
    expected = {"name": "anime", "path": str(tmp_path / "media" / "anime"), "is_directory": True, "is_readable": True}
    assert told["items"] == [expected]
    assert server.get("/api/filesystem/browse").json["current_path"] == "/"
    assert server.get("/api/filesystem/common-paths").json[0].keys() == expected.keys()
    refused(server.get(f"/api/filesystem/browse?path={tmp_path}/gone"), 404)
    refused(server.get(f"/api/filesystem/browse?path={tmp_path}/media/film.mkv"), 400)
    refused(server.get("/api/filesystem/browse?path=a%00b"), 400)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_that_a_folder_that_may_not_be_read_is_403(server: SpeechServer, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir(mode=0o000)
    try:
        refused(server.get(f"/api/filesystem/browse?path={secret}"), 403)
    finally:
        secret.chmod(0o700)
