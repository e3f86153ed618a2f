"""What the console says while something is under way."""

import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app import progress
from app.exit_codes import ExitCode, code_word, exit_code_of
from app.model_fetching import ctrl_c_noted, fetch_announced
from app.output import Output, clock_words, size_words
from core import errors


@dataclass
class Entry:
    id: str
    title: str
    licence: str


@dataclass
class SlowStore:
    """A store whose download goes on until it is told to stop."""

    root: Path
    fetched: list[str] = field(default_factory=list)

    def missing(self, ids: list[str]) -> list[Entry]:
        return [Entry(one, f"Model {one}", "MIT") for one in ids if one not in self.fetched]

    def download_size(self, ids: list[str]) -> int:
        return 2_500_000 * len(ids)

    def fetch(self, ids: list[str], *, progress: Any, canceled: Any) -> None:
        for one in ids:
            progress(one, "download", 1_000_000, 2_500_000)
            if one == "endless":
                signal.raise_signal(signal.SIGINT)
            if canceled():
                raise errors.FetchCanceled("The download was stopped.")
            self.fetched.append(one)


def test_that_size_and_licence_are_said_before_a_download(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = SlowStore(tmp_path)
    assert fetch_announced(store, ["one", "two"], Output(as_json=True)) == ["one", "two"]  # type: ignore[arg-type]
    said = capsys.readouterr()
    assert said.out == ""
    first, *others = said.err.splitlines()
    assert "5.0 MB" in first
    assert "Model one (MIT)" in first
    assert "one: download 40 %  1.0 MB of 2.5 MB" in others
    assert fetch_announced(store, ["one"], Output(as_json=False)) == []  # type: ignore[arg-type]
    assert capsys.readouterr().err == ""


def test_that_ctrl_c_stops_a_download_cleanly(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    store = SlowStore(tmp_path)
    with pytest.raises(errors.FetchCanceled) as caught:
        fetch_announced(store, ["endless", "later"], Output(as_json=False))  # type: ignore[arg-type]
    assert exit_code_of(caught.value) == ExitCode.CANCELED
    assert store.fetched == []
    assert signal.getsignal(signal.SIGINT) is before


def test_that_a_second_ctrl_c_does_not_wait() -> None:
    with ctrl_c_noted() as canceled:
        signal.raise_signal(signal.SIGINT)
        assert canceled()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_that_a_log_gets_a_line_for_each_stage_and_not_for_each_frame(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown_progress() as show:
        for done in range(100):
            show("detect", done, 100, "")
        show("embed", 1, 0, progress.rate_words(3.2, "faces", 75))
        show("", 0, 0, "")
    assert capsys.readouterr().err.splitlines() == ["detect 0 %", "embed  3 faces/s, 0:01:15 left"]


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (errors.UnsupportedMedia("x"), 3, "UNSUPPORTED_MEDIA"),
        (errors.LibraryLocked("x"), 4, "LIBRARY_LOCKED"),
        (errors.StorageFull("x"), 4, "STORAGE_FULL"),
        (errors.Conflict("x"), 1, "CONFLICT"),
        (errors.LicenceNotAccepted("x"), 5, "LICENCE_NOT_ACCEPTED"),
        (errors.Canceled("x"), 130, "CANCELED"),
        (errors.RushesError("x"), 1, "RUSHES_ERROR"),
    ],
)
def test_that_each_kind_of_error_has_its_code(error: errors.RushesError, code: int, word: str) -> None:
    assert exit_code_of(error) == code
    assert code_word(error) == word


def test_that_sizes_and_times_are_said_for_people() -> None:
    assert [size_words(size) for size in (0, 10, 232_589, 6_900_000, 1_500_000_000)] == [
        "0", "1 kB", "233 kB", "6.9 MB", "1.50 GB",
    ]  # fmt: skip
    assert [clock_words(seconds) for seconds in (0, 59.6, 3725)] == ["0:00:00", "0:01:00", "1:02:05"]
