"""What the commands do when all is well, and when they are stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.jobs.types import JobState
from core.library.library import Library
from tests.made_video import Segment, write_video

HEAVY = ("numpy", "av", "cv2", "rich", "onnxruntime", "PySide6", "sqlite3", "scipy", "platformdirs")


def test_that_the_command_starts_light() -> None:
    """Worker processes import it too, as their __main__."""
    code = f"import app.cli, sys; print([name for name in {HEAVY} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_that_help_names_every_command(started_rushes: Callable, rushes: Callable) -> None:
    answer = started_rushes("--help")
    assert answer.code == 0
    for name in ("gui", "analyse", "export", "episodes", "models", "doctor", "sample"):
        assert name in answer.out
        assert rushes(name, "--help").code == 0


def test_that_the_version_is_said(rushes: Callable) -> None:
    assert rushes("--version").out.startswith("rushes ")


def test_that_an_analysis_prints_identities_and_exports(
    rushes: Callable, tmp_path: Path, people_video: Path, default_models: object
) -> None:
    answer = rushes("analyse", people_video, "--title", "Two 你好", "--stride", "2")
    assert answer.code == 0, answer.err
    assert "Two 你好" in answer.out
    assert "identity-00001" in answer.out
    assert "seconds on screen" in answer.out

    again = rushes("analyse", people_video, "--stride", "2", "--json")
    assert again.code == 0
    episode = again.data["episodes"][0]
    assert episode["title"] == "Two 你好"
    assert episode["shots"] == 2
    assert episode["duration_s"] == pytest.approx(3.0, abs=0.1)
    assert all(0 < one["screen_time_s"] <= 3.1 for one in episode["identities"])

    listed = rushes("episodes", "list", "--json").data["episodes"]
    assert [(one["ep_id"], one["analysis"]) for one in listed] == [(episode["ep_id"], "current")]
    for name in ("json", "csv", "coco", "jsonl"):
        target = tmp_path / f"out.{name}"
        assert rushes("export", episode["ep_id"], "--format", name, "-o", target).code == 0
        assert target.stat().st_size > 0
    exported = json.loads((tmp_path / "out.json").read_bytes())
    assert {one["identity_id"]: one["screen_time_s"] for one in exported["identities"]} == pytest.approx(
        {one["identity_id"]: one["screen_time_s"] for one in episode["identities"]}, abs=0.01
    )


def test_that_a_folder_is_searched_for_videos(
    rushes: Callable, tmp_path: Path, make_video: Callable[..., Path], default_models: object
) -> None:
    folder = tmp_path / "season 1"
    for name, colour in (("b.mp4", (10, 200, 10)), ("deeper/a.mkv", (10, 10, 200))):
        make_video(folder / name, segments=[{"seconds": 0.6, "colour": colour}])
    (folder / "notes.txt").write_text("not a video")
    answer = rushes("analyse", folder, "--json")
    assert answer.code == 0, answer.err
    assert [one["title"] for one in answer.data["episodes"]] == ["b", "a"]
    assert all(one["identities"] == [] for one in answer.data["episodes"])


def test_that_a_moved_video_is_relinked_and_an_episode_removed(
    rushes: Callable, started_rushes: Callable, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    video = make_video(tmp_path / "old" / "v.mp4", segments=[{"frames": 5}])
    with Library.open(rushes.library, holder="test") as library:
        ep_id = library.episodes.add(video).ep_id
    moved = tmp_path / "new" / "v.mp4"
    moved.parent.mkdir()
    video.rename(moved)
    assert started_rushes("episodes", "list", "--json").data["episodes"][0]["media_missing"]
    relinked = rushes("episodes", "relink", ep_id, moved, "--json")
    assert relinked.data["relinked"][0]["path"] == str(moved)
    assert rushes("episodes", "remove", ep_id).code == 0
    assert rushes("episodes", "list", "--json").data["episodes"] == []
    assert moved.exists()


def wait_for_line(process: subprocess.Popen[str], word: str) -> None:
    for line in process.stderr:
        if word in line:
            return
    pytest.fail(f"the command ended with {process.wait()} before it said {word!r}")


@pytest.fixture(scope="module")
def long_video(tmp_path_factory: pytest.TempPathFactory, face_picture: object) -> Path:
    """Enough work to be interrupted in the middle."""
    parts = [Segment(1.0, picture=face_picture[:, shift : shift + 900]) for shift in range(0, 380, 20)]
    return write_video(tmp_path_factory.mktemp("long") / "long.mp4", segments=parts, size=(960, 540))


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_that_ctrl_c_stops_at_once_and_leaves_an_open_library(
    rushes: Callable, long_video: Path, default_models: object
) -> None:
    process = rushes.start("analyse", long_video, "--profile", "high_accuracy")
    wait_for_line(process, "detect")
    asked = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert time.monotonic() - asked < 6
    assert "Traceback" not in err
    with Library.open(rushes.library, create=False, holder="test") as library:
        assert [job.state for job in library.jobs.list()] == [JobState.CANCELED]
        assert library.episodes.list()[0].stages["detect_track"].state == "missing"


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_that_a_killed_analysis_goes_on_at_the_next_command(
    rushes: Callable, long_video: Path, default_models: object
) -> None:
    process = rushes.start("analyse", long_video, "--stride", "3")
    wait_for_line(process, "detect")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    answer = rushes("analyse", long_video, "--stride", "3", "--json")
    assert answer.code == 0, answer.err
    assert answer.data["episodes"][0]["identities"]
    with Library.open(rushes.library, create=False, holder="test") as library:
        assert [job.state for job in library.jobs.list()] == [JobState.SUCCEEDED]


def test_that_models_are_listed_with_licence_and_consequence(rushes: Callable) -> None:
    rows = {one["model_id"]: one for one in rushes("models", "list", "--json").data["models"]}
    assert rows["blazeface-full-range"]["default"]
    assert "commercial" in rows["insightface-buffalo_l"]["consequence"]
    assert "blazeface-full-range *" in rushes("models", "list").out


def test_that_a_licence_is_accepted_once_and_a_folder_can_be_used(
    rushes: Callable, tmp_path: Path, shared_testdata: Path
) -> None:
    models = str(tmp_path / "models")
    refused = rushes("models", "fetch", "insightface-buffalo_s", RUSHES_MODELS=models)
    assert refused.code == 5
    assert "rushes models accept insightface-buffalo_s" in refused.err
    assert rushes("models", "accept", "insightface-buffalo_s", RUSHES_MODELS=models).code == 0
    state = rushes("models", "list", "--json", RUSHES_MODELS=models).data["models"]
    assert {one["model_id"]: one["state"] for one in state}["insightface-buffalo_s"] == "missing"

    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "face_detection_yunet_2023mar.onnx").write_bytes(
        (shared_testdata / "weights" / "face_detection_yunet_2023mar.onnx").read_bytes()
    )
    used = rushes("models", "use-folder", "yunet-2023mar", folder, "--json", RUSHES_MODELS=models)
    assert used.data["models"][0]["state"] == "ready"
    removed = rushes("models", "remove", "yunet-2023mar", "--json", RUSHES_MODELS=models)
    assert removed.data["models"][0]["state"] == "missing"


def test_that_the_doctor_reports_everything_and_changes_nothing(rushes: Callable) -> None:
    answer = rushes("doctor", "--json")
    names = {check["name"]: check for check in answer.data["checks"]}
    assert {"rushes", "inference runtime", "device in use", "device cpu", "library", "desktop", "model folder"} <= set(
        names
    )
    assert answer.code == (0 if answer.data["ok"] else 1)
    assert names["inference runtime"]["text"] == "onnxruntime"
    assert not rushes.library.exists()


def test_that_the_doctor_names_who_holds_the_library(rushes: Callable) -> None:
    with Library.open(rushes.library, holder="desktop (pid 7 on studio)"):
        checks = rushes("doctor", "--json").data["checks"]
    assert "desktop (pid 7 on studio)" in next(one["text"] for one in checks if one["name"] == "library")


def test_that_two_runtimes_together_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    from app import doctor

    monkeypatch.setattr(doctor, "runtimes_with_modules", lambda: ["onnxruntime", "onnxruntime-directml"])
    (check,) = doctor._runtime()
    assert check.state == "problem"
    assert "onnxruntime and onnxruntime-directml" in check.text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens differ")
def test_that_the_desktop_says_when_there_is_no_screen(rushes: Callable) -> None:
    answer = rushes("gui", QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="")
    assert answer.code == 1
    assert "no screen" in answer.err


def test_that_an_unexpected_error_becomes_a_sentence_and_a_log(tmp_path: Path) -> None:
    code = (
        "import sys; from app import cli; from app.commands import doctor\n"
        "def broken(arguments, output): raise ZeroDivisionError('by design')\n"
        "doctor.run = broken\nsys.exit(cli.main(['doctor']))"
    )
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert result.returncode == 1
    assert "an unexpected error, ZeroDivisionError: by design" in result.stderr
    assert "Traceback" not in result.stderr
    if sys.platform.startswith("linux"):
        log = tmp_path / "rushes" / "log" / "command.log"
        assert str(log) in result.stderr
        assert "Traceback" in log.read_text(encoding="utf-8")


def test_that_a_start_without_a_console_keeps_its_messages(tmp_path: Path) -> None:
    code = (
        "import sys; from app import cli\n"
        "sys.stdout = sys.stderr = None\n"
        "sys.exit(cli.main(['analyse', 'no such file.mp4', '--json']))"
    )
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=False)
    assert result.returncode == 3
    if sys.platform.startswith("linux"):
        assert "no such file.mp4" in (tmp_path / "rushes" / "log" / "command.log").read_text(encoding="utf-8")
