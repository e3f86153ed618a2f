"""``rushes screentime`` and ``rushes report``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.exit_codes import ExitCode
from core.library.library import Library
from tests.screen_time.film import EP_ID, make_film

Command = Callable[..., tuple[int, Any]]


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command on a library with one person on screen from 1 to 3 s; returns code and what it printed."""
    with Library.open(tmp_path / "library", holder="test") as library:
        make_film(library, {"track-00001": ("identity-00001", [(1.0, 3.0)])})

    def call(*arguments: str) -> tuple[int, Any]:
        code = run([*arguments, "--library", str(tmp_path / "library"), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_that_screen_time_is_told(command: Command) -> None:
    code, told = command("screentime", EP_ID, "--padding", "0.5")
    assert code == ExitCode.OK
    assert told["people"][0]["total_s"] == 3.0
    assert told["people"][0]["intervals"][0]["track_ids"] == ["track-00001"]


def test_that_screen_time_is_written_by_the_files_ending(command: Command, tmp_path: Path) -> None:
    code, told = command("screentime", EP_ID, "-o", str(tmp_path / "out.csv"))
    assert code == ExitCode.OK
    assert told["paths"] == [str(tmp_path / "out.csv"), str(tmp_path / "out-totals.csv")]
    assert all(Path(path).stat().st_size for path in told["paths"])


def test_that_the_report_is_written(command: Command, tmp_path: Path) -> None:
    code, told = command("report", EP_ID, "-o", str(tmp_path / "out.pdf"), "--gap", "1")
    assert code == ExitCode.OK
    assert (tmp_path / "out.pdf").stat().st_size == told["size_bytes"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("screentime", EP_ID, "--gap", "-1"),
        ("screentime", EP_ID, "--format", "csv"),
        ("screentime", EP_ID, "-o", "out.xlsx"),
        ("screentime", "nobody"),
        ("report", "nobody", "-o", "out.pdf"),
        ("report", EP_ID, "-o", "out.pdf", "--padding", "1000"),
    ],
)
def test_that_mistakes_are_answered_with_what_to_do(
    command: Command, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, told = command(*arguments)
    assert code != ExitCode.OK
    assert told["error"]["message"]
    assert list(tmp_path.glob("out*")) == []
