"""Through the API alone: a gold recording and a trainee's come in, are measured, compared and searched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.server import job_thread
from app.server.context import ServerContext
from app.server.job_thread import JobThread
from app.server.running import ServerChoices, ServerSet
from core.jobs.executors import inline_pool
from core.jobs.types import JobState
from core.library.library import Library
from models.store import ModelStore
from tests.procedures.drawn import draw_procedure, step_names
from tests.server.asking import Running
from tests.server.sopilot.live import Api, refused, set_environment
from tests.server.test_front import parsed

QUICK, FPS = 1.4, 8.0
"""Short recordings of few pictures: what is found in long ones is tested where it is found."""


@pytest.fixture
def working(tmp_path: Path, default_models: ModelStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """An empty library whose jobs are run, in one thread: worker processes have tests of their own."""
    set_environment(monkeypatch)
    monkeypatch.setattr(job_thread, "local_pool", lambda _workers: inline_pool())
    with Library.open(tmp_path / "library", holder="test") as library:
        context = ServerContext(library, default_models)
        servers = ServerSet(context, ServerChoices(port=0))
        port = int(servers.start()["main"].rsplit(":", 1)[1])
        try:
            with JobThread(library, default_models):
                yield Api(Running(library, context, servers, port=port))
        finally:
            servers.stop()


@pytest.mark.slow
def test_that_a_missing_step_is_named_through_the_api_alone(working: Api, tmp_path: Path) -> None:
    gold = draw_procedure(tmp_path / "gold.mp4", seed=3, speed=QUICK, fps=FPS)
    attempt = draw_procedure(tmp_path / "attempt.mp4", seed=3, fault="missing", performance=1, speed=QUICK, fps=FPS)
    operator = working.as_role("operator")
    ids = {}
    for name, path, drawn in (("gold", "/gold", gold), ("trainee", "/videos", attempt)):
        queued = operator.upload(path, {"task_id": "bench"}, drawn.path.read_bytes()).json
        assert working.ended(queued["ingest_job_id"]).error == ""
        told = working.get(f"/videos/jobs/{queued['ingest_job_id']}").json
        assert told["status"] == "completed"
        assert told["num_clips"] >= 4
        assert told["embedding_model"]
        assert 3 < told["sampled_fps"] < 5
        ids[name], told_of_trainee = told["video_id"], told
    assert working.get(f"/videos/{ids['gold']}/steps").json["steps"]  # proposed
    edges = (0.0, *gold.boundaries_s(), gold.duration_s)
    steps = [
        {"name": name, "start_sec": start_s, "end_sec": end_s}
        for name, start_s, end_s in zip(step_names(), edges[:-1], edges[1:], strict=True)
    ]
    assert operator.put(f"/videos/{ids['gold']}/steps", {"steps": steps}).status == 200
    body = {"gold_video_id": ids["gold"], "trainee_video_id": ids["trainee"]}
    job_id = operator.post("/score", body).json["score_job_id"]
    assert working.ended(job_id).error == ""
    told = working.get(f"/score/{job_id}").json
    assert told["status"] == "completed"
    result = told["result"]
    assert 0 <= told["score"] < 100, result
    assert [one["gold_step"] for one in result["deviations"] if one["type"] == "step_missing"] == [attempt.fault_step]
    assert result["clip_count"]["gold"] == working.get(f"/videos/{ids['gold']}").json["num_clips"]
    assert result["alignment_preview"]
    assert all(0 <= pair["similarity"] <= 1 for pair in result["alignment_preview"])
    report = working.get(f"/score/{job_id}/report.pdf")
    assert report.body.startswith(b"%PDF")
    found = working.get(f"/search?task_id=bench&video_id={ids['trainee']}&clip_idx=0&k=3").json["items"]
    assert len(found) == 3
    training = working.post("/train/nightly").json["training_job_id"]
    working.post(f"/train/jobs/{training}/cancel")  # what it learns is tested where it is made
    assert working.ended(training).state == JobState.CANCELED
    stopped = working.get(f"/train/jobs/{training}").json
    assert (stopped["status"], stopped["canceled"], stopped["result"]) == ("failed", True, None)
    series = parsed(working.server.ask("GET", "/sopilot/metrics").body.decode())
    assert series['sopilot_ingest_jobs_total{status="completed"}'] == 2
    assert series['sopilot_score_jobs_total{status="completed"}'] == 1
    assert series['sopilot_dtw_execution_seconds_count{gpu="false"}'] >= 1
    assert series[f'sopilot_embedding_generation_seconds_count{{embedder="{_model(working, ids["gold"])}"}}'] >= 2
    assert working.delete(f"/videos/{ids['trainee']}").status == 200
    refused(operator.post("/score", body), 400)
    assert working.get(f"/videos/jobs/{queued['ingest_job_id']}").json == told_of_trainee  # what it measured then


def _model(api: Api, video_id: int) -> str:
    return str(api.get(f"/videos/{video_id}").json["embedding_model"])
