"""Training, the audit trail, queues, metrics and health."""

import hashlib
import hmac
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.server.context import ServerContext
from app.server.running import ServerChoices, ServerSet
from core.jobs.types import JobState
from core.library import store
from core.library.library import Library
from core.procedures.layout import videos_folder
from core.procedures.measures import MEASURES
from core.procedures.nightly import Nightly
from models.store import ModelStore
from tests.server.sopilot.live import Api, refused, served, set_environment
from tests.server.sopilot.made_task import TASK, make_score, make_task, media
from tests.server.test_front import parsed

SIGNING_KEY = "a secret of the auditors"
NINE = (
    "sopilot_ingest_jobs_total",
    "sopilot_score_jobs_total",
    "sopilot_training_jobs_total",
    "sopilot_job_duration_seconds",
    "sopilot_dtw_execution_seconds",
    "sopilot_embedding_generation_seconds",
    "sopilot_queue_depth",
    "sopilot_gpu_memory_bytes",
    "sopilot_active_workers",
)

# ---------------------------------------------------------------------- training


def test_that_training_is_asked_for_and_polled(api: Api) -> None:
    queued = api.post("/train/nightly")
    assert queued.status == 200
    job_id = queued.json["training_job_id"]
    assert queued.json == {"training_job_id": job_id, "status": "queued", "trigger": "manual"}
    assert api.post("/train/nightly").json["training_job_id"] == job_id  # the one that waits will do
    told = api.as_role("viewer").get(f"/train/jobs/{job_id}").json
    expected = {"training_job_id": job_id, "trigger": "manual", "status": "queued", "requested_by": "token:admin"}
    assert told.items() >= expected.items()
    assert (told["result"], told["error_message"], told["started_at"], told["finished_at"]) == (None, None, None, None)
    assert api.server.library.jobs.claim() is not None
    result = {"status": "skipped", "reason": "There is nothing to learn from."}
    api.server.library.jobs.end(job_id, JobState.SUCCEEDED, result=json.dumps(result))
    told = api.get(f"/train/jobs/{job_id}").json
    assert (told["status"], told["result"]) == ("completed", result)
    refused(api.post("/train/nightly?task_id=nothing"), 404)


def test_that_the_nightly_schedule_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, NIGHTLY_ENABLED="true")
    with served(tmp_path / "library") as api:
        told = api.get("/train/nightly/status").json
    assert set(told) == {"enabled", "next_run_local", "hour_local", "min_new_videos"}
    assert (told["enabled"], told["hour_local"], told["min_new_videos"]) == (True, 2, 10)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT02:00:00", told["next_run_local"])


def test_that_a_nightly_of_the_librarys_owner_is_used_and_left_running(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", holder="test") as library:
        nightly = Nightly(library)
        nightly.start()
        try:
            context = ServerContext(library, ModelStore(), nightly=nightly)
            servers = ServerSet(context, ServerChoices(port=0))
            servers.start()
            servers.stop()
            assert context.nightly is nightly
            assert nightly._thread is not None
            assert nightly._thread.is_alive()
        finally:
            nightly.stop()


def test_that_adapters_are_listed_and_rolled_back(api: Api) -> None:
    made = make_task(api.server.library)
    folder = api.server.library.path / "adapters"
    folder.mkdir(exist_ok=True)
    versions = []
    for number in (1, 2):
        path = folder / f"adapter-{number}.npz"
        path.write_bytes(b"a map")
        adapter = api.server.library.procedures.add_adapter(
            job_id=f"job-{number}",
            task_id=made.gold.task_id,
            path=path,
            model="made",
            model_version="1",
            videos_used=2,
            clips_used=12,
            dim=48,
            evaluation={"before": 0.5, "after": 0.5},
            reason="It ranks as before.",
            activate=False,
        )
        versions.append(adapter.version)
    items = api.get(f"/tasks/{TASK}/adapters").json["items"]
    assert [one["version"] for one in items] == versions[::-1]
    assert not any(one["current"] for one in items)
    assert api.put(f"/tasks/{TASK}/adapters/current", {"version": None}).status == 200
    refused(api.put(f"/tasks/{TASK}/adapters/current", {"version": 999}), 404)
    refused(api.put(f"/tasks/{TASK}/adapters/current", {"version": 0}), 422)
    refused(api.get("/tasks/nothing/adapters"), 404)


# ---------------------------------------------------------------------- audit


def test_that_the_trail_tells_jobs_and_other_things_within_bounds(api: Api) -> None:
    made = make_task(api.server.library)
    body = {"gold_video_id": made.gold.video_id, "trainee_video_id": made.trainee.video_id}
    job_id = api.as_role("operator").post("/score", body).json["score_job_id"]
    items = api.as_role("viewer").get("/audit/trail").json["items"]
    newest = items[0]
    subject = f"{made.gold.video_id}→{made.trainee.video_id}"
    expected = {"job_id": job_id, "job_type": "score", "requested_by": "token:operator", "task_id": TASK}
    assert newest.items() >= (expected | {"subject": subject, "status": "queued", "score": None}).items()
    assert newest["prev_hash"] == items[1]["hash"]
    assert len(api.get("/audit/trail?limit=1").json["items"]) == 1
    for limit in ("0", "1001", "many"):
        refused(api.get(f"/audit/trail?limit={limit}"), 422)


def test_that_an_export_is_signed_and_can_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, AUDIT_SIGNING_KEY=SIGNING_KEY, AUDIT_SIGNING_KEY_ID="prod")
    with served(tmp_path / "library") as api:
        api.post("/train/nightly")
        first, second = api.post("/audit/export").json, api.post("/audit/export?limit=5000").json
        assert first["export_id"] != second["export_id"]
        assert first["item_count"] == 1
        assert first["signature"]["key_id"] == "prod"
        sent = api.get(f"/audit/export/{first['export_id']}/file")
        assert sent.headers["content-type"] == "application/json"
        document = sent.json
        signature = document.pop("signature")
        payload = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
        assert signature == first["signature"]
        assert signature["signature_hex"] == hmac.new(SIGNING_KEY.encode(), payload, hashlib.sha256).hexdigest()
        for limit in ("0", "5001"):
            refused(api.post(f"/audit/export?limit={limit}"), 422)
        for export_id in ("20200101_000000", "..", "%2e%2e%2flibrary", "x" * 200):
            refused(api.get(f"/audit/export/{export_id}/file"), 404)


def test_that_without_a_key_there_is_no_export(api: Api) -> None:
    assert "SOPILOT_AUDIT_SIGNING_KEY" in refused(api.post("/audit/export"), 503)
    reports = api.server.library.path / "reports"
    assert not reports.is_dir() or not list(reports.glob("audit_export_*"))


# ---------------------------------------------------------------------- operations


def test_that_the_queues_have_the_documented_names_and_real_numbers(api: Api) -> None:
    made = make_task(api.server.library)
    body = {"gold_video_id": made.gold.video_id, "trainee_video_id": made.trainee.video_id}
    ids = [api.post("/score", body).json["score_job_id"] for _ in range(4)]
    jobs = api.server.library.jobs
    for _ in range(3):
        assert jobs.claim() is not None
    jobs.end(ids[0], JobState.SUCCEEDED)
    jobs.end(ids[1], JobState.FAILED, error="No.")
    told = api.as_role("operator").get("/ops/queue").json
    assert told["runtime_mode"] == "api"
    queue = told["queue"]
    assert (queue["backend"], queue["redis_ok"], queue["error"]) == ("embedded", True, None)
    assert [(one["key"], one["name"]) for one in queue["queues"]][:2] == [
        ("sopilot_ingest", "ingest"),
        ("sopilot_score", "score"),
    ]
    assert queue["queues"][1] == {
        "key": "sopilot_score",
        "name": "score",
        "queued": 1,
        "started": 1,
        "failed": 1,
        "finished": 1,
        "deferred": 0,
        "scheduled": 0,
    }
    assert told["jobs"]["score"] == {"queued": 1, "running": 1, "completed": 1, "failed": 1}
    assert told["jobs"]["ingest"] == {"queued": 0, "running": 0, "completed": 0, "failed": 0}


def samples(api: Api, path: str = "/sopilot/metrics") -> dict[str, float]:
    return parsed(api.server.ask("GET", path).body.decode())


def test_that_all_nine_series_are_there_and_move(api: Api) -> None:
    before = samples(api)
    for name in NINE:
        assert any(sample.startswith(name) for sample in before), name
    made = make_task(api.server.library)
    body = {"gold_video_id": made.gold.video_id, "trainee_video_id": made.trainee.video_id}
    ids = [api.post("/score", body).json["score_job_id"] for _ in range(3)]
    jobs = api.server.library.jobs
    for _ in range(2):
        assert jobs.claim() is not None
    jobs.end(ids[0], JobState.SUCCEEDED)
    api.post(f"/score/{ids[2]}/cancel")
    api.post("/train/nightly")
    MEASURES.observe_embedding(0.7, "made")
    MEASURES.observe_alignment(0.2)
    after = samples(api)
    assert after['sopilot_score_jobs_total{status="queued"}'] == 3
    assert after['sopilot_score_jobs_total{status="completed"}'] == 1
    assert after['sopilot_score_jobs_total{status="failed"}'] == 1
    assert after['sopilot_training_jobs_total{status="queued",trigger="manual"}'] == 1
    assert after['sopilot_job_duration_seconds_count{job_type="score"}'] == 1
    assert after['sopilot_queue_depth{queue="score"}'] == 0
    assert after['sopilot_queue_depth{queue="training"}'] == 1
    assert after['sopilot_active_workers{queue="score"}'] == 1
    count = 'sopilot_dtw_execution_seconds_count{gpu="false"}'
    assert after[count] == before[count] + 1
    assert after['sopilot_embedding_generation_seconds_count{embedder="made"}'] >= 1
    assert after['sopilot_embedding_generation_seconds_bucket{embedder="made",le="+Inf"}'] >= 1
    assert after['sopilot_gpu_memory_bytes{gpu="0",type="total"}'] >= 0
    whole = samples(api, "/metrics")
    assert {name: value for name, value in whole.items() if name.startswith("sopilot_")} == after
    assert any(name.startswith("rushes_") for name in whole)


def test_that_counters_go_on_from_the_jobs_of_an_earlier_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch)
    for number in (1, 2):
        with served(tmp_path / "library") as api:
            make_score(make_task(api.server.library))
            told = samples(api)
        assert told['sopilot_score_jobs_total{status="completed"}'] == number
        assert told['sopilot_job_duration_seconds_count{job_type="score"}'] == number


# ---------------------------------------------------------------------- trouble


def test_that_a_database_that_is_gone_makes_it_unwell(api: Api) -> None:
    database = api.server.library.paths.database
    away = database.with_name("away.db")
    shutil.move(database, away)
    try:
        for path in ("/sopilot/health", "/health"):
            told = api.server.ask("GET", path)
            assert (told.status, told.json["db"]) == (503, False)
    finally:
        shutil.move(away, database)
    assert api.server.ask("GET", "/sopilot/health").status == 200


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program writes for a long time."""
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def test_that_a_locked_database_is_a_503_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch)
    monkeypatch.setattr(store, "BUSY_TIMEOUT_MS", 50)
    with served(tmp_path / "library") as api:
        content = media(tmp_path)
        with locked(api.server.library.paths.database):
            for answer in (api.post("/train/nightly"), api.upload("/videos", {"task_id": "a"}, content)):
                assert "another program" in refused(answer, 503)
            assert api.get("/videos").json["items"] == []
        assert not api.server.library.jobs.list()
        videos = videos_folder(api.server.library.path)
        assert not [path for path in videos.rglob("*") if path.is_file()]
        assert api.post("/train/nightly").status == 200


def test_that_unknown_paths_and_methods_have_the_documented_error(api: Api) -> None:
    for method, path, status in (
        ("GET", "/sopilot/nothing", 404),
        ("GET", "/sopilot", 404),
        ("GET", "/videos/1/nothing", 404),
        ("PATCH", "/videos", 405),
        ("DELETE", "/score", 405),
    ):
        refused(api.server.ask(method, path, None, api.headers), status)
