"""Bad input gets one clear sentence that names it and says what to do, the right exit code, and nothing half done."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.library.library import Library


def test_that_a_missing_file_is_named(rushes: Callable, tmp_path: Path) -> None:
    answer = rushes("analyse", tmp_path / "not there.mp4")
    assert answer.code == 3
    assert "not there.mp4" in answer.err
    assert not rushes.library.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.mp4", b""),
        ("letter.txt", b"Dear reader, this is no video.\n" * 50),
        ("noise.mp4", bytes(range(256)) * 40),
    ],
)
def test_that_a_file_that_is_no_video_is_named(rushes: Callable, tmp_path: Path, name: str, content: bytes) -> None:
    folder = tmp_path / "Ünïcödé 你好"
    folder.mkdir()
    (folder / name).write_bytes(content)
    answer = rushes("analyse", folder / name)
    assert answer.code == 3
    assert name in answer.err
    assert rushes("episodes", "list", "--json").data["episodes"] == []


def test_that_audio_alone_is_refused(rushes: Callable, tmp_path: Path, shared_testdata: Path) -> None:
    answer = rushes("analyse", shared_testdata / "asr" / "jfk.flac")
    assert answer.code == 3
    assert "jfk.flac" in answer.err


def test_that_a_truncated_file_is_named(rushes: Callable, tmp_path: Path, make_video: Callable[..., Path]) -> None:
    whole = make_video(tmp_path / "whole.mp4", segments=[{"seconds": 1}])
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    answer = rushes("analyse", cut)
    assert answer.code == 3
    assert "cut.mp4" in answer.err


def test_that_a_folder_without_videos_is_named(rushes: Callable, tmp_path: Path) -> None:
    (tmp_path / "nothing here").mkdir()
    answer = rushes("analyse", tmp_path / "nothing here")
    assert answer.code == 3
    assert "nothing here" in answer.err


@pytest.mark.parametrize(
    "arguments",
    [("--stride", "0"), ("--profile", "fastest"), ("--cluster-thresh", "7"), ("--device", "quantum")],
    ids=lambda arguments: arguments[0],
)
def test_that_a_parameter_out_of_bounds_is_refused_before_anything_is_made(
    rushes: Callable, tmp_path: Path, make_video: Callable[..., Path], arguments: tuple[str, str]
) -> None:
    video = make_video(tmp_path / "v.mp4", segments=[{"frames": 5}])
    answer = rushes("analyse", video, *arguments)
    assert answer.code == 3
    assert arguments[1] in answer.err
    assert not rushes.library.exists()


def test_that_an_unknown_model_is_refused(rushes: Callable, tmp_path: Path, make_video: Callable[..., Path]) -> None:
    video = make_video(tmp_path / "v.mp4", segments=[{"frames": 5}])
    answer = rushes("analyse", video, "--detector", "no-such-model")
    assert answer.code == 3
    assert "no-such-model" in answer.err


def test_that_a_wrong_use_is_code_2(rushes: Callable) -> None:
    assert rushes("analyse").code == 2
    assert rushes("no-such-command").code == 2
    assert rushes("analyse", "v.mp4", "--stride", "many").code == 2


def test_that_a_library_that_is_open_elsewhere_names_its_holder(
    rushes: Callable, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    video = make_video(tmp_path / "v.mp4", segments=[{"frames": 5}])
    with Library.open(rushes.library, holder="desktop (pid 1234 on studio)"):
        answer = rushes("analyse", video)
    assert answer.code == 4
    assert "desktop (pid 1234 on studio)" in answer.err


def test_that_a_library_of_a_newer_schema_is_refused_and_untouched(
    rushes: Callable, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    Library.open(rushes.library, holder="test").close()
    with closing(sqlite3.connect(rushes.library / "library.db")) as connection:
        connection.execute("PRAGMA user_version = 999")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = (rushes.library / "library.db").read_bytes()
    answer = rushes("analyse", make_video(tmp_path / "v.mp4", segments=[{"frames": 5}]))
    assert answer.code == 4
    assert "newer" in answer.err
    assert (rushes.library / "library.db").read_bytes() == before


def test_that_a_damaged_library_is_refused(rushes: Callable) -> None:
    rushes.library.mkdir()
    (rushes.library / "library.db").write_bytes(b"this is a text" * 100)
    answer = rushes("episodes", "list")
    assert answer.code == 4
    assert "library.db" in answer.err


def test_that_a_place_that_cannot_hold_a_library_is_named(
    rushes: Callable, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    (tmp_path / "a file").write_text("in the way")
    video = make_video(tmp_path / "v.mp4", segments=[{"frames": 5}])
    answer = rushes("analyse", video, "--library", tmp_path / "a file" / "library")
    assert answer.code == 4
    assert "a file" in answer.err


def test_that_a_read_only_library_is_named(
    bound_rushes: Callable, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    library = bound_rushes.library
    Library.open(library, holder="test").close()
    video = make_video(tmp_path / "v.mp4", segments=[{"frames": 5}])
    kept = {path: path.stat().st_mode for path in [library, *library.rglob("*")]}
    for path in kept:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        answer = bound_rushes("analyse", video)
    finally:
        for path, mode in kept.items():
            path.chmod(mode)
    assert answer.code == 4
    assert str(library) in answer.err


def test_that_a_video_that_may_not_be_read_is_named(
    bound_rushes: Callable, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    video = make_video(tmp_path / "secret.mp4", segments=[{"frames": 5}])
    video.chmod(0o000)
    answer = bound_rushes("analyse", video)
    assert answer.code == 3
    assert "secret.mp4" in answer.err


def test_that_an_export_into_a_read_only_folder_is_named(
    bound_rushes: Callable, tmp_path: Path, make_video: Callable[..., Path], default_models: object
) -> None:
    video = make_video(tmp_path / "v.mp4", segments=[{"seconds": 0.5}])
    ep_id = bound_rushes("analyse", video, "--json").data["episodes"][0]["ep_id"]
    folder = tmp_path / "sealed"
    folder.mkdir(mode=0o500)
    answer = bound_rushes("export", ep_id, "-o", folder / "out.json")
    assert answer.code == 4
    assert "sealed" in answer.err


def test_that_no_model_and_no_network_is_said(
    rushes: Callable, tmp_path: Path, make_video: Callable[..., Path]
) -> None:
    video = make_video(tmp_path / "v.mp4", segments=[{"frames": 5}])
    models = tmp_path / "models"
    answer = rushes("analyse", video, RUSHES_MODELS=str(models), PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert answer.code == 5
    assert "107" in answer.err, "the size is announced first"
    assert [path for path in models.rglob("*") if path.suffix in {".tflite", ".dat", ".onnx"}] == []


def test_that_a_corrupt_model_is_found(rushes: Callable, tmp_path: Path, default_models: object) -> None:
    models = tmp_path / "models"
    file = models / "blazeface-full-range" / "face_detection_full_range.tflite"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"broken")
    answer = rushes("models", "verify", RUSHES_MODELS=str(models))
    assert answer.code == 5
    assert "blazeface-full-range is corrupt" in answer.err


def test_that_an_unknown_episode_and_format_are_named(rushes: Callable, tmp_path: Path) -> None:
    Library.open(rushes.library, holder="test").close()
    unknown = rushes("export", "no-such-episode", "-o", tmp_path / "out.json")
    assert unknown.code == 3
    assert "no-such-episode" in unknown.err
    assert rushes("export", "x", "--format", "docx", "-o", tmp_path / "out.docx").code == 3
    assert rushes("export", "x", "-o", tmp_path / "o.json", "--library", tmp_path / "none").code == 3
    assert [path.name for path in tmp_path.iterdir()] == ["library"]


def test_that_errors_are_data_with_json(rushes: Callable, tmp_path: Path) -> None:
    answer = rushes("analyse", tmp_path / "gone.mp4", "--json")
    assert answer.code == 3
    assert answer.data["error"]["code"] == "MEDIA_MISSING"
    assert "gone.mp4" in answer.data["error"]["message"]
    assert answer.data["error"]["action"]
    assert answer.err.startswith("rushes: ")


def test_that_one_bad_file_does_not_stop_the_others(
    rushes: Callable, tmp_path: Path, make_video: Callable[..., Path], default_models: object
) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"")
    good = make_video(tmp_path / "good.mp4", segments=[{"seconds": 0.6}, {"seconds": 0.6, "colour": (200, 30, 30)}])
    answer = rushes("analyse", tmp_path / "bad.mp4", good, "--json")
    assert answer.code == 3
    assert [one["title"] for one in answer.data["episodes"]] == ["good"]
    assert [Path(one["path"]).name for one in answer.data["errors"]] == ["bad.mp4"]
