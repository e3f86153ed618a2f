"""Health, system and debugging: true numbers, and true words when something is broken."""

import http.client
import json
import os
import sqlite3
import time

import psutil
import pytest

from app.server.videoannotator import health, system
from core.access.roles import Role
from core.errors import RushesError
from tests.server.videoannotator.live import JOBS, MOMENT, Api, refused

HEALTH = "/api/v1/health"


def test_that_basic_health_is_the_documents(api: Api) -> None:
    for path in (HEALTH, "/health", f"{HEALTH}?detailed=false"):
        told = api.with_key("").get(path)
        assert told.status == 200
        assert {name: told.json[name] for name in ("status", "version")} == {"status": "ok", "version": "1.3.0"}
        assert MOMENT.fullmatch(told.json["timestamp"])
        assert "details" not in told.json
    refused(api.get(f"{HEALTH}?detailed=maybe"), 422, "VALIDATION_ERROR")
    assert api.at_main.get("/health").json["status"] == "ok"
    assert api.at_main.get("/videoannotator/health").json["version"] == "1.3.0"


def test_that_detailed_health_has_true_numbers(api: Api, film: bytes) -> None:
    for _ in range(3):
        api.upload(film, selected_pipelines="ticks")
    told = api.get(f"{HEALTH}?detailed=true").json
    assert told["status"] == "ok"
    details = told["details"]
    assert details["database"] == {"status": "ok", "message": "Database is accessible", "jobs_count": 3}
    disk = psutil.disk_usage(str(api.library.path))
    storage = details["storage"]
    assert storage["status"] in {"ok", "warning"}
    assert storage["total_gb"] == pytest.approx(disk.total / 2**30, abs=0.1)
    assert storage["free_gb"] == pytest.approx(disk.free / 2**30, abs=0.5)
    assert storage["percent_used"] == pytest.approx(disk.percent, abs=1.0)
    assert details["registry"] == {
        "status": "ok",
        "pipelines_loaded": 4,
        "pipeline_names": ["brightness", "ticks", "failing", "missing"],
    }
    assert details["gpu"]["available"] == bool(details["gpu"]["devices"])
    assert details["gpu"]["device_count"] == len(details["gpu"]["devices"])


def test_that_a_broken_database_is_told(api: Api) -> None:
    database = api.library.paths.database
    hidden = database.with_name("hidden.db")
    for broken in (None, b"this is no database" * 400):
        database.rename(hidden)
        if broken is not None:
            database.write_bytes(broken)
        try:
            answer = api.with_key("").get(f"{HEALTH}?detailed=true")
            assert (answer.status, answer.json["status"]) == (503, "unhealthy")
            assert answer.json["details"]["database"]["status"] == "error"
            assert answer.json["details"]["database"]["error"]
            assert set(answer.json["details"]) == {"database", "storage", "gpu", "registry"}
            assert api.with_key("").get(HEALTH).status == 200
            system = api.with_key("").get("/api/v1/system/health")
            assert (system.status, system.json["status"]) == (200, "unhealthy")
            assert len(system.json["error"]) > 10
            refused(api.with_key("").get("/api/v1/system/database"), 503, "STORAGE_UNAVAILABLE")
        finally:
            hidden.replace(database)
    assert api.get(f"{HEALTH}?detailed=true").status == 200


def test_that_a_database_that_does_not_answer_is_an_enveloped_503(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("app.server.videoannotator.jobs.page_of_jobs", broken)
    error = refused(api.get(JOBS), 503, "STORAGE_UNAVAILABLE")
    assert "disk I/O error" in error["message"]


def test_that_a_defect_is_an_enveloped_500_without_a_trace(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("app.server.videoannotator.jobs.page_of_jobs", broken)
    error = refused(api.get(JOBS), 500, "INTERNAL_ERROR")
    assert "secret" not in json.dumps(error)
    assert error["request_id"] in error["message"]


def test_that_a_library_that_cannot_be_written_is_told(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def unwritable(_library: object) -> None:
        raise RushesError("The library folder is read-only.")

    monkeypatch.setattr(health, "require_writable", unwritable)
    answer = api.get(f"{HEALTH}?detailed=true")
    assert (answer.status, answer.json["details"]["storage"]) == (
        503,
        {"status": "error", "error": "The library folder is read-only."},
    )
    monkeypatch.setattr(system, "require_writable", unwritable)
    told = api.get("/api/v1/system/health").json
    assert (told["status"], told["error"]) == ("unhealthy", "The library folder is read-only.")
    assert (told["database"]["writable"], told["workers"]["queued_jobs"]) == (False, 0)


def test_that_the_system_is_told_as_it_is(api: Api, film: bytes) -> None:
    first, _ = (api.upload(film, selected_pipelines="ticks").json["id"] for _ in range(2))
    assert api.library.jobs.claim() is not None
    told = api.with_key("").get("/api/v1/system/health").json
    assert told["status"] == "healthy"
    assert (told["api_version"], told["videoannotator_version"]) == ("1.3.0", "1.3.0")
    system = told["system"]
    assert (system["cpu_count"], system["memory"]["total"]) == (psutil.cpu_count(), psutil.virtual_memory().total)
    assert 0 <= system["cpu_percent"] <= 100
    assert system["disk"]["total"] == psutil.disk_usage(str(api.library.path)).total
    assert told["database"] == {"status": "healthy", "message": "Database is accessible", "writable": True}
    assert told["pipelines"] == {"total": 4, "names": ["brightness", "ticks", "failing", "missing"]}
    assert told["workers"] == {
        "status": "stopped",
        "active_jobs": 1,
        "processing_jobs": [first],
        "queued_jobs": 1,
        "max_concurrent_workers": 0,
        "poll_interval_seconds": 0,
    }
    assert told["services"]["job_queue"] == "embedded"
    assert told["security"] == {"auth_required": True}
    assert told["uptime_seconds"] >= 0
    assert told["gpu"]["available"] or told["gpu"]["reason"]


def test_that_workers_are_counted(api: Api) -> None:
    with api.working():
        for _ in range(200):
            workers = api.get("/api/v1/debug/background-jobs").json
            if workers["running"]:
                break
            time.sleep(0.01)
        assert workers["background_manager"]["max_concurrent_workers"] == 1
    assert api.get("/api/v1/debug/background-jobs").json["running"] is False


def test_that_metrics_config_and_database_are_true(api: Api, film: bytes) -> None:
    job_id = api.done(film, selected_pipelines="ticks,failing")
    metrics = api.get("/api/v1/system/metrics").json
    assert metrics["jobs"] == {"pending": 0, "running": 0, "completed": 1, "failed": 0, "cancelled": 0, "total": 1}
    assert set(metrics["pipelines"]) == {"ticks"}
    assert metrics["pipelines"]["ticks"]["completed"] == 1
    assert metrics["process"]["pid"] == os.getpid()
    assert metrics["requests"]["total"] >= 1
    config = api.get("/api/v1/system/config").json
    assert config["addresses"]["videoannotator"] == f"http://127.0.0.1:{api.port}"
    assert config["limits"]["upload_max_mb"] == 2048
    assert config["pipelines"]["names"] == ["brightness", "ticks", "failing", "missing"]
    assert api.key not in json.dumps(config)
    database = api.get("/api/v1/system/database").json
    assert database["path"] == str(api.library.paths.database)
    assert database["size_bytes"] == api.library.paths.database.stat().st_size
    assert database["statistics"]["rows"]["annotation_results"] == 2
    assert (database["statistics"]["total_jobs"], database["journal_mode"]) == (1, "wal")
    assert api.delete(JOBS + job_id).status == 204
    assert api.get("/api/v1/system/database").json["statistics"]["total_jobs"] == 0


def test_that_a_job_is_told_in_depth(api: Api, film: bytes) -> None:
    job_id = api.done(film, selected_pipelines="ticks,failing")
    told = api.get(f"/api/v1/debug/jobs/{job_id}").json
    assert told["job"]["id"] == job_id
    assert {one["pipeline_name"] for one in told["results"]} == {"ticks", "failing"}
    assert any("never works" in line["message"] for line in told["logs"])
    files = {one["path"]: one["size_bytes"] for one in told["files"]}
    assert files["results/ticks/notes.txt"] == len("ticked\n")
    assert told["resource_usage"]["storage_bytes"] == sum(files.values())
    assert told["resource_usage"]["processing_seconds"]["ticks"] >= 0
    api.library.jobs.add_log(job_id, "Traceback (most recent call last): …", level="debug")
    assert api.library.jobs.log(job_id)
    assert b"Traceback" not in api.get(f"/api/v1/debug/jobs/{job_id}").body
    refused(api.get("/api/v1/debug/jobs/nothing"), 404, "JOB_NOT_FOUND")


def test_that_the_request_log_is_of_real_requests(among_others: Api) -> None:
    api = among_others
    api.get(f"{JOBS}?page=0", X_Request_ID="trace-1")
    api.with_key("").get(JOBS, X_Request_ID="trace-2")
    api.at_main.get("/videoannotator/api/v1/pipelines", X_Request_ID="trace-3")
    api.at_main.get("/screenalytics/episodes", X_Request_ID="trace-4")
    log = api.get("/api/v1/debug/request-log?limit=100").json
    by_id = {one["request_id"]: one for one in log["requests"]}
    assert [one["request_id"] for one in log["requests"]][:3] == ["trace-3", "trace-2", "trace-1"]
    assert (by_id["trace-1"]["method"], by_id["trace-1"]["path"], by_id["trace-1"]["status_code"]) == (
        "GET",
        "/api/v1/jobs/",
        422,
    )
    assert by_id["trace-1"]["key_id"] == api.key.split(".")[0]
    assert (by_id["trace-2"]["status_code"], by_id["trace-2"]["key_id"]) == (401, None)
    assert by_id["trace-3"]["duration_ms"] > 0
    assert "trace-4" not in by_id
    assert log["total"] == log["count"] == 3
    assert len(api.get("/api/v1/debug/request-log?limit=2").json["requests"]) == 2
    for limit in ("0", "101", "x", "-1"):
        refused(api.get(f"/api/v1/debug/request-log?limit={limit}"), 422, "VALIDATION_ERROR")


def test_that_the_token_is_told(api: Api) -> None:
    key_id, viewer = api.context.keys.create(Role.VIEWER, "for reports")
    told = api.with_key(viewer).get("/api/v1/debug/token-info").json
    token = told["token"]
    assert (token["valid"], token["key_id"], token["role"], token["note"]) == (True, key_id, "viewer", "for reports")
    assert "jobs:submit" not in told["permissions"]
    assert "jobs:read" in told["permissions"]
    assert told["rate_limiting"]["enabled"] is False
    assert viewer not in json.dumps(told)
    assert "jobs:submit" in api.get("/api/v1/debug/token-info").json["permissions"]


def test_that_the_server_and_its_pipelines_are_told(api: Api) -> None:
    info = api.get("/api/v1/debug/server-info").json
    assert info["server"]["addresses"]["main"] == f"http://127.0.0.1:{api.main_port}"
    assert info["process"]["pid"] == os.getpid()
    told = api.get("/api/v1/debug/pipelines").json
    assert [(one["name"], one["status"]) for one in told["pipelines"]][-2:] == [
        ("failing", "available"),
        ("missing", "unavailable"),
    ]
    assert told["pipelines"][0]["parameters"]["step"]["default"] == 1
    assert (told["total"], told["broken"]) == (4, [])


def test_that_health_is_quick_on_an_open_connection(api: Api) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=20)
    try:
        for _ in range(50):
            connection.request("GET", HEALTH)
            answer = connection.getresponse()
            assert answer.status == 200
            answer.read()
    finally:
        connection.close()
    assert api.context.recent_requests.number("videoannotator") == 50
