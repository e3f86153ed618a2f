"""Jobs over HTTP: started, followed and canceled as the document says. One small film is analysed on the server."""

import http.client
import json
import time
from pathlib import Path
from typing import Any

import pytest

from app.server.screenalytics import job_start
from core.jobs.types import JobState
from tests.analysis.running import wait_for
from tests.server.screenalytics.client import Client
from tests.server.screenalytics.live import Live

FILM = {"ep_id": "film"}
DETECT_DEFAULTS = {
    "stride": 6,
    "fps": None,
    "device": "auto",
    "save_frames": False,
    "save_crops": False,
    "jpeg_quality": 85,
    "detector": "retinaface",
    "tracker": "bytetrack",
    "max_gap": 30,
    "det_thresh": None,
    "scene_detector": "pyscenedetect",
    "scene_threshold": 27.0,
    "scene_min_len": 12,
    "scene_warmup_dets": 3,
    "track_high_thresh": 0.5,
    "new_track_thresh": 0.5,
    "track_buffer": 30,
    "min_box_area": 20.0,
}
EMBED_DEFAULTS = {"device": "auto", "save_frames": False, "save_crops": False, "jpeg_quality": 85, "thumb_size": 256}
CLUSTER_DEFAULTS = {"device": "auto", "cluster_thresh": 0.58, "min_cluster_size": 2, "min_identity_sim": 0.45}
CLEANUP_DEFAULTS = {
    **{name: DETECT_DEFAULTS[name] for name in DETECT_DEFAULTS if "track_" not in name and name != "min_box_area"},
    **EMBED_DEFAULTS,
    **CLUSTER_DEFAULTS,
    "embed_device": "auto",
    "actions": ["split_tracks", "reembed", "recluster", "group_clusters"],
    "write_back": True,
}


def ended(client: Client, job_id: str, *, within_s: float = 90.0) -> dict[str, Any]:
    """The job once nothing happens any more."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        job = client.get(f"/jobs/{job_id}").json
        if job["state"] not in {"pending", "running"}:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job_id} did not end")


def frames_of(client: Client, body: dict[str, Any]) -> tuple[http.client.HTTPResponse, list[dict[str, Any]]]:
    """All frames of POST /jobs/detect_track, read line by line as they come."""
    connection = http.client.HTTPConnection(client.host, client.port, timeout=90)
    try:
        head = {"Content-Type": "application/json"}
        connection.request("POST", f"{client.prefix}/jobs/detect_track", json.dumps(body), head)
        answer = connection.getresponse()
        frames = []
        while line := answer.readline():
            if line.strip():
                assert line.startswith(b"data: "), line
                frames.append(json.loads(line.removeprefix(b"data: ")))
        return answer, frames
    finally:
        connection.close()


def test_that_an_episode_goes_from_video_to_identities(worker: Live, film: Path) -> None:
    client = worker.client
    assert client.post("/episodes", {"ep_id": "film", "video_path": str(film)}).data["has_tracks"] is False

    answer, frames = frames_of(client, {**FILM, "profile": "balanced", "stride": 6})
    assert answer.status == 200
    assert answer.getheader("content-type", "").startswith("text/event-stream")
    assert frames[-1]["phase"] == "done"
    assert [one["phase"] for one in frames].count("done") == 1
    assert {"tracks_born", "tracks_lost", "id_switches", "elapsed_sec"} <= frames[-1].keys()
    for one in frames[:-1]:
        assert {"phase", "frames_done", "frames_total", "elapsed_sec"} <= one.keys()
    assert {"detect", "track"} & {one["phase"] for one in frames}

    job = client.get(f"/jobs/{frames[-1]['job_id']}").json
    assert (job["job_type"], job["ep_id"], job["state"], job["return_code"]) == ("detect_track", "film", "succeeded", 0)
    assert job["error"] is None
    assert job["requested"]["stride"] == 6
    assert (job["requested"]["device"], job["requested"]["profile"]) == ("auto", "balanced")
    assert job["summary"]["stage"] == "detect_track"
    assert job["summary"]["tracks_total"] == frames[-1]["tracks_born"] >= 5
    assert job["summary"]["detections_total"] > 20
    assert isinstance(job["command"], list)
    wait_for(lambda: json.loads(Path(job["progress_file"]).read_bytes())["phase"] == "done", within_s=3)
    metrics = job["track_metrics"]
    assert metrics["ep_id"] == "film"
    assert metrics["generated_at"].endswith("Z")
    assert set(metrics["metrics"]) == {
        "total_detections",
        "total_tracks",
        "duration_minutes",
        "tracks_per_minute",
        "short_track_count",
        "short_track_fraction",
        "id_switch_rate",
    }
    assert metrics["scene_cuts"] == {"count": 4, "detector": "pyscenedetect"}
    assert set(metrics["crop_stats"]) == {"crop_attempts", "crop_errors", "blank_crops", "blank_fraction"}
    assert "cluster_metrics" not in metrics

    progress = client.get(f"/jobs/{job['job_id']}/progress").json
    assert progress["phase"] == "done"
    assert progress["frames_done"] == progress["frames_total"] > 0
    assert progress["fps_detected"] == 25.0
    assert progress["analyzed_fps"] == pytest.approx(25 / 6, abs=0.01)
    assert progress["track_metrics"]["metrics"] == metrics["metrics"]

    client.post("/jobs/cluster_async", FILM).refused(400, "INVALID_REQUEST")
    for stage in ("faces_embed", "cluster"):
        started = client.post(f"/jobs/{stage}_async", FILM)
        assert started.status == 200
        assert set(started.json) == {"job_id", "state", "ep_id", "started_at"}
        assert started.json["state"] in {"pending", "running", "succeeded"}
        assert started.json["ep_id"] == "film"
        job = ended(client, started.json["job_id"])
        assert job["state"] == "succeeded", job
    clusters = job["track_metrics"]["cluster_metrics"]
    assert set(clusters) == {
        "singleton_count",
        "singleton_fraction",
        "largest_cluster_size",
        "largest_cluster_fraction",
        "total_clusters",
        "total_tracks",
        "outlier_tracks",
        "low_cohesion_identities",
    }
    assert client.get("/episodes/film").data["has_identities"] is True
    told = client.get("/episodes/film/progress").data
    assert (told["ep_id"], told["phase"]) == ("film", "done")


@pytest.mark.parametrize(
    ("route", "defaults"),
    [
        ("detect_track", DETECT_DEFAULTS),
        ("faces_embed", EMBED_DEFAULTS),
        ("cluster", CLUSTER_DEFAULTS),
        ("episode_cleanup", CLEANUP_DEFAULTS),
    ],
)
def test_that_defaults_are_those_of_the_document(live: Live, route: str, defaults: dict[str, Any]) -> None:
    started = live.client.post(f"/jobs/{route}_async", FILM)
    assert started.status == 200, started.body
    job = live.client.get(f"/jobs/{started.json['job_id']}").json
    assert job["job_type"] == route
    assert job["state"] == "pending"
    assert {name: job["requested"][name] for name in defaults} == defaults
    assert job["requested"]["profile"] is None
    assert live.library.jobs.get(job["job_id"]).params == {}
    for name in ("summary", "track_metrics", "error", "return_code", "ended_at"):
        assert job[name] is None


def test_that_what_was_sent_beats_the_profile_and_the_profile_beats_the_default(live: Live) -> None:
    sent = live.client.post("/jobs/detect_track_async", {**FILM, "profile": "fast_cpu", "max_gap": 7}).json
    requested = live.client.get(f"/jobs/{sent['job_id']}").json["requested"]
    assert (requested["stride"], requested["fps"], requested["max_gap"]) == (8, 8.0, 7)
    assert requested["profile"] == "fast_cpu"
    live.client.post(f"/jobs/{sent['job_id']}/cancel")
    sent = live.client.post("/jobs/detect_track_async", {**FILM, "profile": "fast_cpu", "stride": 6}).json
    assert live.client.get(f"/jobs/{sent['job_id']}").json["requested"]["stride"] == 6
    assert live.library.jobs.get(sent["job_id"]).params == {"profile": "fast_cpu", "stride": 6}


BOUNDS: list[tuple[str, str, list[Any], list[Any]]] = [
    ("detect_track", "jpeg_quality", [1, 100], [0, 101, 85.5, "85", True, None]),
    ("detect_track", "stride", [1, 6], [0, -1, 1.5, "6", False, [6]]),
    ("detect_track", "fps", [0.5, 30, None], [0, -1, "24", True]),
    ("detect_track", "det_thresh", [0.0, 1.0, None], [-0.01, 1.01, "0.5", True]),
    ("detect_track", "device", ["auto", "cpu", "cuda", "mps", "coreml", "metal", "apple"], ["gpu", 1, ""]),
    ("detect_track", "profile", ["fast_cpu", "low_power", "balanced", "high_accuracy", None], ["best", 1]),
    ("detect_track", "scene_detector", ["pyscenedetect", "internal", "off"], ["none", False]),
    ("detect_track", "save_frames", [True, False], [1, "true", "no"]),
    ("detect_track", "max_gap", [0, 30], [-1, 1.5]),
    ("detect_track", "track_high_thresh", [0.0, 1.0], [-0.1, 1.1]),
    ("detect_track", "new_track_thresh", [0.0, 1.0], [-0.1, 1.1]),
    ("detect_track", "track_buffer", [1, 30], [-1, "30"]),
    ("detect_track", "min_box_area", [0.0, 20], [-1.0, True]),
    ("faces_embed", "thumb_size", [64, 512], [63, 513, 256.5]),
    ("faces_embed", "jpeg_quality", [1, 100], [0, 101]),
    ("cluster", "cluster_thresh", [0.2, 0.99], [0.19, 1.0, "0.5", True]),
    ("cluster", "min_identity_sim", [0.0, 0.99], [-0.01, 1.0]),
    ("cluster", "min_cluster_size", [1, 2], [0, 2.5, True]),
    ("episode_cleanup", "actions", [["reembed"], ["recluster", "split_tracks"]], [[], ["tidy"], "reembed", [1]]),
    ("episode_cleanup", "write_back", [True, False], [0, "false"]),
    ("episode_cleanup", "embed_device", ["auto", "cpu"], ["gpu"]),
]


@pytest.mark.parametrize(("route", "name", "good", "bad"), BOUNDS, ids=[f"{one[0]}-{one[1]}" for one in BOUNDS])
def test_that_bounds_are_those_of_the_document(
    still: Live, monkeypatch: pytest.MonkeyPatch, route: str, name: str, good: list[Any], bad: list[Any]
) -> None:
    monkeypatch.setattr(job_start, "CLAIMED_WITHIN_S", 0.0)  # nobody takes a job here
    before = len(still.library.jobs.list())
    for value in bad:
        error = still.client.post(f"/jobs/{route}_async", {**FILM, name: value}).refused(422, "VALIDATION_ERROR")
        assert name in error["message"]
    assert len(still.library.jobs.list()) == before
    for value in good:
        started = still.client.post(f"/jobs/{route}_async", {**FILM, name: value})
        assert started.status == 200, (value, started.body)
        still.client.post(f"/jobs/{started.json['job_id']}/cancel")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_that_numbers_that_are_none_are_refused(still: Live, number: str) -> None:
    body = f'{{"ep_id": "film", "cluster_thresh": {number}}}'.encode()
    sent = still.client.request("POST", "/jobs/cluster_async", body, {"Content-Type": "application/json"})
    sent.refused(422, "VALIDATION_ERROR")


def test_that_unknown_models_and_trackers_are_refused_before_a_job_exists(still: Live) -> None:
    for name, value in (("detector", "/etc/passwd"), ("detector", "nothing-such"), ("tracker", "strongsort")):
        sent = still.client.post("/jobs/detect_track_async", {**FILM, name: value})
        assert value in sent.refused(400, "INVALID_REQUEST")["message"]
    assert still.library.jobs.list([JobState.QUEUED]) == []


def test_that_a_second_job_is_409(live: Live) -> None:
    first = live.client.post("/jobs/detect_track_async", FILM).json
    for route in ("detect_track", "detect_track_async", "faces_embed_async", "cluster_async", "episode_cleanup_async"):
        error = live.client.post(f"/jobs/{route}", FILM).refused(409, "JOB_ALREADY_RUNNING")
        assert first["job_id"] in error["message"]
    live.client.delete("/episodes/film").refused(409, "JOB_ALREADY_RUNNING")


def test_that_a_stage_too_early_says_what_to_run_first(empty: Live, film: Path) -> None:
    empty.client.post("/episodes", {"ep_id": "film", "video_path": str(film)})
    for route, first in (("faces_embed", "detect_track"), ("cluster", "detect_track"), ("episode_cleanup", "detect")):
        error = empty.client.post(f"/jobs/{route}_async", FILM).refused(400, "INVALID_REQUEST")
        assert first in error["message"]


def test_that_an_episode_without_a_video_gets_no_job(empty: Live) -> None:
    empty.client.post("/episodes", {"ep_id": "announced"})
    for route in ("detect_track", "detect_track_async", "faces_embed_async", "cluster_async", "episode_cleanup_async"):
        empty.client.post(f"/jobs/{route}", {"ep_id": "announced"}).refused(400, "INVALID_REQUEST")
        empty.client.post(f"/jobs/{route}", {"ep_id": "nothing"}).refused(404, "EPISODE_NOT_FOUND")
        empty.client.post(f"/jobs/{route}", {}).refused(422, "VALIDATION_ERROR")
    told = empty.client.get("/episodes/announced/progress").data
    assert (told["phase"], told["frames_done"], told["frames_total"]) == ("idle", 0, 0)


def test_that_unknown_jobs_are_404(still_empty: Live) -> None:
    still_empty.client.get("/jobs/job-999999").refused(404, "JOB_NOT_FOUND")
    still_empty.client.get("/jobs/job-999999/progress").refused(404, "JOB_NOT_FOUND")
    still_empty.client.post("/jobs/job-999999/cancel").refused(404, "JOB_NOT_FOUND")


def test_that_cancel_ends_a_waiting_job_and_leaves_an_ended_one(live: Live) -> None:
    job_id = live.client.post("/jobs/cluster_async", FILM).json["job_id"]
    assert live.client.get(f"/jobs/{job_id}/progress").json["phase"] == "pending"
    assert live.client.post(f"/jobs/{job_id}/cancel").data == {"job_id": job_id, "state": "canceled"}
    before = live.client.get(f"/jobs/{job_id}").json
    assert (before["state"], before["return_code"]) == ("canceled", 130)
    assert live.client.post(f"/jobs/{job_id}/cancel").data == {"job_id": job_id, "state": "canceled"}
    assert live.client.get(f"/jobs/{job_id}").json == before


def test_that_cancel_of_a_running_job_really_stops_it(worker: Live, film: Path) -> None:
    worker.client.post("/episodes", {"ep_id": "film", "video_path": str(film)})
    job_id = worker.client.post("/jobs/detect_track_async", {**FILM, "stride": 1, "profile": "high_accuracy"}).json[
        "job_id"
    ]
    asked_s = time.monotonic()
    assert worker.client.post(f"/jobs/{job_id}/cancel").data["state"] == "canceled"
    assert time.monotonic() - asked_s < 5
    assert worker.client.get(f"/jobs/{job_id}").json["state"] == "canceled"
    assert worker.client.get("/episodes/film").data["has_tracks"] is False


def test_that_a_client_that_goes_away_stops_nothing(worker: Live, film: Path) -> None:
    worker.client.post("/episodes", {"ep_id": "film", "video_path": str(film)})
    connection = http.client.HTTPConnection(worker.client.host, worker.client.port, timeout=30)
    body = json.dumps({**FILM, "profile": "low_power"})
    connection.request("POST", f"{worker.client.prefix}/jobs/detect_track", body, {"Content-Type": "application/json"})
    first = connection.getresponse().readline()
    connection.close()
    job = ended(worker.client, json.loads(first.removeprefix(b"data: "))["job_id"])
    assert job["state"] == "succeeded"


def test_that_a_job_that_fails_ends_the_stream_with_an_error(worker: Live, tmp_path: Path, film: Path) -> None:
    video = tmp_path / "changing.mp4"
    video.write_bytes(film.read_bytes())
    worker.client.post("/episodes", {"ep_id": "film", "video_path": str(video)})
    video.write_bytes(video.read_bytes()[: -len(video.read_bytes()) // 2])
    answer, frames = frames_of(worker.client, FILM)
    assert answer.status == 200
    assert frames[-1]["phase"] == "error"
    assert frames[-1]["error"]
    job = worker.client.get(f"/jobs/{frames[-1]['job_id']}").json
    assert (job["state"], job["return_code"], job["summary"]) == ("failed", 1, None)
    assert job["error"]


def test_that_cleanup_tells_its_phases(live: Live) -> None:
    job_id = live.client.post("/jobs/episode_cleanup_async", {**FILM, "actions": ["recluster", "reembed"]}).json[
        "job_id"
    ]
    told = live.client.get(f"/jobs/{job_id}/progress").json
    assert (told["state"], told["phase"], told["phase_index"], told["phase_total"]) == ("pending", "reembed", 1, 2)
    assert told["phase_progress"] == 0.0
    assert told["total_elapsed_seconds"] == 0.0


def test_that_cleanup_runs_and_tells_what_it_did(worker_reviewed: Live) -> None:
    client = worker_reviewed.client
    job_id = client.post("/jobs/episode_cleanup_async", {**FILM, "write_back": False}).json["job_id"]
    job = ended(client, job_id)
    assert job["state"] == "succeeded", job
    assert job["summary"]["stage"] == "episode_cleanup"
    told = client.get(f"/jobs/{job_id}/progress").json
    assert (told["phase"], told["phase_index"], told["phase_total"]) == ("group_clusters", 4, 4)
    assert told["phase_progress"] == 1.0
    assert told["track_metrics"]["metrics"]["total_tracks"] > 0


def test_that_a_cleanup_that_writes_back_is_one_step_that_can_be_undone(worker_reviewed: Live) -> None:
    client = worker_reviewed.client
    before = client.get("/episodes/film/tracks").data["tracks"]
    people = {
        one["identity_id"]: one["track_ids"] for one in client.get("/episodes/film/identities").data["identities"]
    }
    locked = next(iter(people))
    client.patch(f"/episodes/film/identities/{locked}", {"locked": True}).done()
    steps = len(client.get("/episodes/film/history").data["edits"])
    job_id = client.post("/jobs/episode_cleanup_async", FILM).json["job_id"]
    job = ended(client, job_id)
    assert job["state"] == "succeeded", job
    assert job["summary"]["write_back"] is True
    assert job["summary"]["actions"] == ["split_tracks", "reembed", "recluster", "group_clusters"]
    assert set(job["summary"]["phases"]) == set(job["summary"]["actions"])
    after = {one["identity_id"]: one for one in client.get("/episodes/film/identities").data["identities"]}
    assert after[locked]["track_ids"] == people[locked]
    edits = client.get("/episodes/film/history").data["edits"]
    assert len(edits) - steps in {0, 1}
    if len(edits) > steps:
        assert edits[0]["actor"] == "cleanup"
        client.post("/episodes/film/undo").done()
        assert client.get("/episodes/film/tracks").data["tracks"] == before
