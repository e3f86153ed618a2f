"""Scores: what is asked for, what comes out, what people say of it, and the report."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.server.sopilot.score_record import METRICS
from core.jobs.events import ProcedureChanged
from core.library.library import Library
from core.procedures.types import EncoderId, Role
from tests.procedures.made_moments import add_measured, made_moments
from tests.server.sopilot.live import Api, refused
from tests.server.sopilot.made_task import TASK, MadeTask, make_score, make_task


@pytest.fixture
def made(api: Api) -> MadeTask:
    return make_task(api.server.library)


def test_that_a_comparison_is_queued_and_polled(api: Api, made: MadeTask) -> None:
    body = {"gold_video_id": made.gold.video_id, "trainee_video_id": made.trainee.video_id, "unknown": 1}
    answer = api.as_role("operator").post("/score", body)
    assert answer.status == 200
    assert answer.json == {"score_job_id": answer.json["score_job_id"], "status": "queued", "score": None}
    told = api.get(f"/score/{answer.json['score_job_id']}").json
    assert told["requested_by"] == "token:operator"
    assert (told["gold_video_id"], told["trainee_video_id"]) == (made.gold.video_id, made.trainee.video_id)
    assert (told["score"], told["result"], told["error_message"]) == (None, None, None)
    refused(api.get(f"/score/{answer.json['score_job_id']}/report.pdf"), 404)


def test_that_what_cannot_be_compared_is_a_bad_request_and_makes_no_job(api: Api, made: MadeTask) -> None:
    library = api.server.library
    other = add_measured(library, made_moments(), task_id="packaging")
    short = add_measured(library, made_moments((0,)), task_id=TASK)
    unlike = add_measured(library, made_moments(encoder=EncoderId("other", "1")), task_id=TASK)
    deleted = add_measured(library, made_moments(), task_id=TASK)
    library.procedures.delete_video(deleted.video_id, "test")
    gold, trainee = made.gold.video_id, made.trainee.video_id
    for gold_id, trainee_id in (
        *((gold, gold), (gold, 9999), (9999, trainee), (gold, 0), (gold, -1), (gold, 2**80), (trainee, gold)),
        *((gold, other.video_id), (gold, short.video_id), (gold, unlike.video_id), (gold, deleted.video_id)),
    ):
        refused(api.post("/score", {"gold_video_id": gold_id, "trainee_video_id": trainee_id}), 400)
    wrong = {"gold_video_id": "a", "trainee_video_id": True}
    bodies: tuple[object, ...] = ({"gold_video_id": gold}, {}, [], wrong, b"{", b"")
    for body in bodies:
        refused(api.post("/score", body), 422)
    assert not library.jobs.list()


def test_that_the_result_has_every_documented_field(api: Api, made: MadeTask) -> None:
    score = make_score(made)
    told = api.get(f"/score/{score.job_id}").json
    assert (told["status"], told["score"]) == ("completed", 80.0)
    assert told["finished_at"].endswith("Z")
    result = told["result"]
    assert set(METRICS) <= set(result["metrics"])
    assert (result["metrics"]["miss"], result["metrics"]["mean_alignment_cost"]) == (1, 0.12)
    assert result["step_boundaries"] == {"gold": [0, 1, 2, 3, 5, 6], "trainee": [0, 1, 2, 2, 5, 6]}
    documented = {
        "type": "step_missing",
        "gold_step": 2,
        "gold_time": {"start_sec": 10.0, "end_sec": 15.0},
        "trainee_time": {"start_sec": None, "end_sec": None},
        "confidence": 0.97,
        "reason": "nothing looks like it",
    }
    assert result["deviations"][0].items() >= documented.items()
    assert result["alignment_preview"][0] == {"gold_clip": 0, "trainee_clip": 0, "similarity": 0.95}
    assert result["clip_count"] == {"gold": 6, "trainee": 6}
    assert result["step_map_preview"] == {"gold": [0, 0, 1, 2, 3, 4], "trainee": [0, 0, 1, -1, 3, 4]}
    assert (result["passed"], result["pass_mark"], result["version"]) == (True, 70.0, 1)
    lost = sum(sum(step["lost"].values()) for step in result["steps"]) + sum(result["lost"].values())
    assert lost == 100 - result["score"]
    assert result["notes"] == ["The work begins 2 s late."]


def test_that_a_dismissed_finding_gives_its_points_back(api: Api, made: MadeTask) -> None:
    score = make_score(made)
    path = f"/score/{score.job_id}/verdicts"
    said = api.as_role("operator").put(f"{path}/f1", {"verdict": "dismissed", "comment": "It was behind the box."})
    assert said.status == 200, said.body
    assert (said.json["score"], said.json["result"]["machine_score"]) == (100.0, 80.0)
    finding = said.json["result"]["deviations"][0]
    assert (finding["verdict"], finding["comment"]) == ("dismissed", "It was behind the box.")
    assert api.get("/scores").json["items"][0]["score"] == 100.0
    assert api.post(f"{path}/undo").json["score"] == 80.0
    refused(api.post(f"{path}/undo"), 400)
    refused(api.put(f"{path}/f9", {"verdict": "confirmed"}), 404)
    refused(api.put(f"{path}/f1", {"verdict": "perhaps"}), 422)
    refused(api.as_role("viewer").put(f"{path}/f1", {"verdict": "confirmed"}), 403)
    kinds = [item["kind"] for item in api.get("/audit/trail").json["items"]]
    assert kinds.count("verdict") == 2


def test_that_scores_are_listed_and_made_again_as_new_jobs(api: Api, made: MadeTask) -> None:
    first, second = make_score(made), make_score(made)
    items = api.get(f"/scores?task_id={TASK}").json["items"]
    assert [(one["score_id"], one["version"]) for one in items] == [(second.score_id, 2), (first.score_id, 1)]
    assert len(api.get(f"/scores?video_id={made.trainee.video_id}&limit=1").json["items"]) == 1
    assert api.get("/scores?task_id=other").json["items"] == []
    refused(api.get("/scores?limit=501"), 422)
    again = api.post(f"/score/{first.job_id}/rescore").json["score_job_id"]
    assert again not in {first.job_id, second.job_id}
    assert api.get(f"/score/{first.job_id}").json["result"]["version"] == 1


def test_that_a_score_outlives_its_videos(api: Api, made: MadeTask) -> None:
    score = make_score(made)
    assert api.delete(f"/videos/{made.trainee.video_id}").status == 200
    assert api.get(f"/score/{score.job_id}").json["score"] == 80.0
    refused(api.post(f"/score/{score.job_id}/rescore"), 400)


def test_that_a_report_is_made_once_until_something_in_it_changes(api: Api, made: MadeTask) -> None:
    pytest.importorskip("core.reports.procedure")
    score = make_score(made)
    folder = api.server.library.paths.jobs / "score-reports"
    first = api.as_role("viewer").get(f"/score/{score.job_id}/report.pdf")
    assert first.status == 200, first.body
    assert first.headers["content-type"] == "application/pdf"
    assert first.body.startswith(b"%PDF")
    (made_once,) = folder.iterdir()
    assert api.get(f"/score/{score.job_id}/report.pdf").body == first.body
    api.put(f"/score/{score.job_id}/verdicts/f1", {"verdict": "confirmed"})
    second = api.get(f"/score/{score.job_id}/report.pdf")
    assert second.body != first.body
    (made_then,) = folder.iterdir()
    assert made_then != made_once
    part = api.get(f"/score/{score.job_id}/report.pdf", headers={"Range": "bytes=0-3"})
    assert (part.status, part.body) == (206, b"%PDF")
    other = add_measured(api.server.library, made_moments(seed=3), task_id=TASK, role=Role.TRAINEE)
    api.delete(f"/videos/{other.video_id}")
    assert list(folder.iterdir()) == [made_then]  # another video is none of its business
    api.delete(f"/videos/{made.gold.video_id}")
    assert not list(folder.iterdir())


def test_that_a_report_never_shows_a_video_that_was_deleted_while_it_was_made(
    api: Api, made: MadeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure = pytest.importorskip("core.reports.procedure")
    score = make_score(made)
    made_files: list[Path] = []
    write = procedure.write_score_report

    def write_slowly(library: Library, score_id: int, path: Path, *, actor: str) -> Path:
        write(library, score_id, path, actor=actor)
        if not made_files:
            api.delete(f"/videos/{made.trainee.video_id}")
            path.write_bytes(b"with its pictures")
        made_files.append(path)
        return path

    monkeypatch.setattr(procedure, "write_score_report", write_slowly)
    answer = api.get(f"/score/{score.job_id}/report.pdf")
    assert answer.body.startswith(b"%PDF")
    assert len(made_files) == 2
    assert [path.exists() for path in made_files] == [False, True]


def test_that_reports_can_be_fetched_while_videos_come_in(api: Api, made: MadeTask) -> None:
    pytest.importorskip("core.reports.procedure")
    scores = [make_score(made) for _ in range(3)]
    stop = threading.Event()

    def say_that_videos_change() -> None:
        while not stop.wait(0.002):
            api.server.library.events.publish(ProcedureChanged("video", "another", "4711"))

    with ThreadPoolExecutor(1 + len(scores)) as threads:
        changing = threads.submit(say_that_videos_change)
        try:
            answers = list(threads.map(lambda one: api.get(f"/score/{one.job_id}/report.pdf"), scores))
        finally:
            stop.set()
        changing.result()
    assert [answer.status for answer in answers] == [200] * len(scores), [answer.body[:200] for answer in answers]


def test_that_a_gold_video_may_be_compared_with_another_gold_video(api: Api, made: MadeTask) -> None:
    other = add_measured(api.server.library, made_moments(seed=3), task_id=TASK, role=Role.GOLD)
    answer = api.post("/score", {"gold_video_id": made.gold.video_id, "trainee_video_id": other.video_id})
    assert answer.status == 200
