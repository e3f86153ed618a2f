"""Which FFmpeg program is used, and what its end means to a person."""

import errno
import pickle
import signal
import subprocess
from pathlib import Path

import pytest

from core.errors import StorageFull, StorageUnwritable
from core.render.ffmpeg import VARIABLE, FfmpegFailed, FfmpegMissing, failure, program, start


def test_that_the_program_of_the_package_encodes_h264() -> None:
    said = subprocess.run([program(), "-hide_banner", "-encoders"], capture_output=True, text=True, check=True).stdout
    assert "libx264" in said


def test_that_a_variable_names_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "my-ffmpeg"
    other.write_text("#!/bin/sh\n", encoding="utf-8")
    other.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(other))
    assert program() == other


@pytest.mark.parametrize("kind", ["nowhere", "folder", "text"])
def test_that_a_variable_that_names_no_program_is_told_with_its_name(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / kind
    if kind == "folder":
        named.mkdir()
    elif kind == "text":
        named.write_text("not a program", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(named))
    with pytest.raises(FfmpegMissing) as caught:
        program()
    assert str(named) in caught.value.message
    assert VARIABLE in caught.value.message
    assert VARIABLE in caught.value.action


def test_that_a_file_that_looks_like_a_program_and_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_bytes(b"\x7fELF and no more")
    broken.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(broken))
    with pytest.raises(FfmpegMissing) as caught:
        start(["-version"])
    assert str(broken) in caught.value.message


def test_that_a_full_disk_is_told_as_such_by_exit_code_or_by_words(tmp_path: Path) -> None:
    target = tmp_path / "seg.mp4"
    assert isinstance(failure(256 - errno.ENOSPC, "", target), StorageFull)
    assert isinstance(failure(1, "av_interleaved_write_frame(): No space left on device", target), StorageFull)
    assert isinstance(failure(1, "Disk quota exceeded", target), StorageFull)
    assert isinstance(failure(-signal.SIGXFSZ, "", target), StorageUnwritable)


def test_that_a_killed_program_is_told_with_its_signal_and_other_ends_without_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    killed = failure(-signal.SIGKILL, "", tmp_path / "seg.mp4")
    assert isinstance(killed, FfmpegFailed)
    assert "SIGKILL" in killed.message
    gave_up = failure(187, "x264 [error]: some inner thing", tmp_path / "seg.mp4")
    assert isinstance(gave_up, FfmpegFailed)
    assert "inner thing" not in str(gave_up)
    assert "inner thing" in caplog.text


def test_that_a_failure_travels_between_processes_with_its_words(tmp_path: Path) -> None:
    error = failure(187, "some inner thing", tmp_path / "seg.mp4")
    travelled = pickle.loads(pickle.dumps(error))  # noqa: S301  our own
    assert isinstance(travelled, FfmpegFailed)
    assert travelled.words == "some inner thing"
    assert travelled.message == error.message  # type: ignore[attr-defined]
