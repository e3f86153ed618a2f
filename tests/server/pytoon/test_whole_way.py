"""From the upload to the video, with real renders."""

import json
import time
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import av
import pytest

from core.render import ffmpeg, space
from core.render.types import Phase
from tests.render.made_renders import eventually
from tests.server.pytoon.live import JOBS, Api, picture, sound
from tests.server.pytoon.test_metrics import parsed
from tests.server.test_serve_command import needs_signals, serve

ORDER = list(Phase)


def followed(api: Api, job_id: str) -> list[dict[str, Any]]:
    """Everything that the job's events told, once it ended."""
    answer = api.get(f"{JOBS}/{job_id}/events")
    assert answer.status == 200
    return [json.loads(line[6:]) for line in answer.body.splitlines() if line.startswith(b"data: ")]


@needs_signals
@pytest.mark.slow
def test_that_rushes_serve_makes_a_video_of_uploads(tmp_path: Path, no_environment: None) -> None:
    with serve("--library", tmp_path / "library", "--api", "pytoon") as served:
        port = urlsplit(served.ready["pytoon"]).port
        nobody: Any = None
        _upload_and_fetch(Api(nobody, nobody, nobody, port=int(port or 0)), tmp_path)
        code, _, _, errors = served.stop()
    assert code == 0, errors
    assert '"level": "error"' not in errors


def _succeeded(api: Api) -> float:
    return parsed(api.get("/metrics").body.decode())[1]['pytoon_render_success_total{archetype="OVERLAY"}']


def _upload_and_fetch(api: Api, folder: Path) -> None:
    images = [api.uploaded(picture(270, 480, kind="JPEG", quality=90), f"{number}.jpg") for number in (1, 2)]
    music = api.uploaded(sound(0.7, 44100), "track.wav", "audio")
    made = api.submit(
        image_uris=images,
        music_uri=music,
        target_duration_seconds=4,
        captions={"hook": "It's 100% new: \\o/", "beats": [], "cta": "Shop now"},
    ).json
    assert made["segments"] == 2
    path = f"{JOBS}/{made['job_id']}"
    _require_order(followed(api, made["job_id"]))
    told, segments = api.get(path).json, api.get(f"{path}/segments").json["segments"]
    assert [(one["index"], one["status"], one["engine_used"]) for one in segments] == [
        (0, "DONE", "local_ffmpeg"),
        (1, "DONE", "local_ffmpeg"),
    ]
    assert sum(one["duration_seconds"] for one in segments) == pytest.approx(4)
    output = folder / "fetched.mp4"
    output.write_bytes(api.get(f"{path}/output").body)
    _require_video(output)
    assert output.read_bytes() == Path(url2pathname(urlsplit(told["output_uri"]).path)).read_bytes()
    assert api.get(f"{path}/thumbnail").body[:3] == b"\xff\xd8\xff"
    metadata = api.get(f"{path}/metadata").json
    assert (metadata["job_id"], metadata["engine_used"]) == (made["job_id"], "local_ffmpeg")
    assert len(metadata["segments"]) == len(metadata["seeds"]) == 2
    assert api.get(f"{path}/segments/1").body[4:8] == b"ftyp"
    assert eventually(lambda: _succeeded(api) == 1), "counted when the job has ended, a moment after the cut is done"
    _, samples = parsed(api.get("/metrics").body.decode())
    assert samples['pytoon_render_jobs_total{archetype="OVERLAY",preset="overlay_classic"}'] == 1
    assert samples['pytoon_segment_render_seconds_count{engine="local_ffmpeg"}'] == 2
    assert samples['pytoon_job_total_seconds_count{archetype="OVERLAY"}'] == 1
    assert samples["pytoon_queue_depth"] == 0


def _require_order(told: list[dict[str, Any]]) -> None:
    """The document's states in their order, and progress that never falls."""
    states = [one["status"] for one in told]
    assert states == sorted(states, key=lambda word: ORDER.index(Phase(word)))
    assert {"RENDERING_SEGMENTS", "DONE"} <= set(states)
    progress = [one["progress_pct"] for one in told]
    assert progress == sorted(progress)
    assert progress[-1] == 100
    assert (told[-1]["status"], told[-1]["fallback_used"], told[-1]["error"]) == ("DONE", False, None)


def _require_video(path: Path) -> None:
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height, video.average_rate) == (1080, 1920, Fraction(30))
        assert (video.codec_context.name, video.pix_fmt) == ("h264", "yuv420p")
        assert (audio.codec_context.name, audio.rate) == ("aac", 48000)
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(4, abs=0.1)


def test_that_api_only_without_an_engine_fails_with_the_reason(api: Api) -> None:
    made = api.submit(engine_policy="api_only", target_duration_seconds=1, prompt="Hello").json
    with api.working():
        told = followed(api, made["job_id"])[-1]
    assert (told["status"], told["failure"]) == ("FAILED", "no_remote_engine")
    assert "remote" in told["error"].lower()
    assert told["output_uri"] is None
    assert told["fallback_used"] is False
    assert not [path for path in api.files() if path.startswith("renders/") and path.endswith(".mp4")]
    _, samples = parsed(api.get("/metrics").body.decode())
    assert samples['pytoon_render_failure_total{archetype="OVERLAY",reason="no_remote_engine"}'] == 1


def test_that_a_missing_ffmpeg_fails_with_the_reason(api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ffmpeg.VARIABLE, str(tmp_path / "no-ffmpeg"))
    made = api.submit(target_duration_seconds=1, prompt="Hello").json
    with api.working():
        told = followed(api, made["job_id"])[-1]
    assert (told["status"], told["failure"]) == ("FAILED", "ffmpeg")
    assert "no-ffmpeg" in told["error"]
    assert "Traceback" not in told["error"]
    assert not [path for path in api.files() if path.endswith(".mp4")]


@needs_signals
def test_that_a_killed_ffmpeg_fails_with_the_reason(api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "killed-ffmpeg"
    program.write_text("#!/bin/sh\nhead -c 1000 > /dev/null\nkill -9 $$\n")
    program.chmod(0o755)
    monkeypatch.setenv(ffmpeg.VARIABLE, str(program))
    made = api.submit(target_duration_seconds=1, prompt="Hello").json
    with api.working():
        told = followed(api, made["job_id"])[-1]
    assert (told["status"], told["failure"]) == ("FAILED", "ffmpeg")
    assert told["error"]
    assert "Traceback" not in told["error"]
    assert not [path for path in api.files() if path.startswith("renders/") and path.endswith(".mp4")]


def test_that_a_disk_without_room_fails_the_job_with_the_reason(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = api.submit(target_duration_seconds=1, prompt="Hello").json["job_id"]
    full = SimpleNamespace(total=10**9, used=10**9, free=1000)
    monkeypatch.setattr(space, "shutil", SimpleNamespace(disk_usage=lambda _folder: full))
    with api.working():
        told = followed(api, waiting)[-1]
    assert (told["status"], told["failure"]) == ("FAILED", "storage_full")
    assert "MB left" in told["error"]
    assert api.files() == set()
    refused = api.submit(target_duration_seconds=1, prompt="Hello")
    assert (refused.status, len(api.library.renders.list())) == (507, 1)
    assert "MB left" in refused.json["detail"]


def test_that_an_upload_that_went_away_fails_the_job_that_waits_for_it(api: Api) -> None:
    told = api.upload(picture(), "a.png").json
    made = api.submit(image_uris=[told["uri"]], target_duration_seconds=1, prompt="Hello").json
    (api.library.path / told["key"]).unlink()
    with api.working():
        ended = followed(api, made["job_id"])[-1]
    assert (ended["status"], ended["failure"]) == ("FAILED", "missing_file")
    assert "a.png" in ended["error"]


def test_that_a_running_job_is_cancelled_and_leaves_no_files(api: Api) -> None:
    made = api.submit(target_duration_seconds=60, prompt="A long one").json
    path = f"{JOBS}/{made['job_id']}"
    with api.working():
        while api.get(path).json["status"] in {"QUEUED", "PLANNING"}:
            time.sleep(0.02)
        told = api.post(f"{path}/cancel")
    assert told.status == 200, told.body
    assert (told.json["status"], told.json["failure"]) == ("FAILED", "canceled")
    assert api.get(path).json["status"] == "FAILED"
    assert api.files() == set()
    again = api.post(f"{path}/cancel")
    assert (again.status, again.json["failure"]) == (200, "canceled")
