"""New files are taken when they are complete: a real watcher on real folders."""

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidRequest, StorageFull
from core.library.library import Library
from core.scanning import watching as watching_module
from core.scanning.facts import FactsCache
from core.scanning.rules import Rules
from core.scanning.scanner import Scanner
from core.scanning.settling import MOST_TRIES, Settling
from core.scanning.types import Conditions, MatchedAction, RuleAction
from core.scanning.watcher import Watcher
from tests.scanning.conftest import Chosen

Submitted = list[tuple[str, MatchedAction]]
Film = Callable[..., Path]
Made = Callable[[str, Sequence[str]], Path]
SETTLE_S = 0.2


def wait_for(condition: Callable[[], bool], *, seconds: float = 15.0) -> bool:
    """Whether it came true in time."""
    pause = threading.Event()
    for _ in range(round(seconds / 0.02)):
        if condition():
            return True
        pause.wait(0.02)
    return condition()


def names(submitted: Submitted) -> set[str]:
    return {name for name, _ in submitted}


def quiet(watcher: Watcher) -> None:
    """Long enough for a file to be taken, if it ever is."""
    threading.Event().wait(SETTLE_S * 4)
    assert wait_for(lambda: watcher.status().waiting == 0)


@pytest.fixture
def watcher(scanner: Scanner, chosen: Chosen, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watcher]:
    monkeypatch.setattr(watching_module, "_LOOK_FOR_FOLDERS_EVERY_S", 0.15)
    rules.create("japanese", Conditions(audio_language_is="jpn"), RuleAction("transcribe", "eng"))
    chosen.values["watcher_settle_s"] = str(SETTLE_S)
    made = Watcher(scanner, chosen)
    yield made
    made.stop()


@pytest.fixture
def watching(watcher: Watcher) -> Watcher:
    """It runs, and the system tells of changes."""
    watcher.start()
    assert watcher.wait_until_watching(15)
    return watcher


@pytest.mark.usefixtures("watching")
def test_that_new_and_moved_in_files_are_taken_and_others_left(
    film: Film, made: Made, media: Path, submitted: Submitted, tmp_path: Path
) -> None:
    film("new.mkv", "jpn")
    film("deep/er/folder.mkv", "jpn")
    film("english.mkv", "eng")
    shutil.copyfile(made(".mkv", ("jpn",)), media / "fetched.mkv.part")
    film(".hidden.mkv", "jpn")
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    shutil.copyfile(made(".mkv", ("jpn",)), outside / "inner" / "moved.mkv")
    outside.rename(media / "moved in")

    assert wait_for(lambda: names(submitted) == {"new.mkv", "folder.mkv", "moved.mkv"})


def test_that_a_growing_file_is_taken_when_it_is_complete(
    watcher: Watcher, made: Made, media: Path, submitted: Submitted, library: Library
) -> None:
    settle_s = 0.8
    watcher.start(settle_s=settle_s)
    assert watcher.wait_until_watching(15)
    data = made(".mkv", ("jpn",)).read_bytes()
    path = media / "growing.mkv"
    parts = 14
    step = -(-len(data) // parts)
    with path.open("wb") as file:
        for number in range(parts):
            file.write(data[number * step : (number + 1) * step])
            file.flush()
            threading.Event().wait(settle_s / 10)
            assert submitted == []
            assert str(path) not in FactsCache(library).all()

    assert wait_for(lambda: names(submitted) == {"growing.mkv"})
    assert watcher.status().problem == ""


def test_that_a_finished_download_is_taken_under_its_new_name(
    watching: Watcher, made: Made, media: Path, submitted: Submitted
) -> None:
    part = media / "film.mkv.crdownload"
    shutil.copyfile(made(".mkv", ("jpn",)), part)
    quiet(watching)
    assert submitted == []

    part.rename(media / "film.mkv")

    assert wait_for(lambda: names(submitted) == {"film.mkv"})


@pytest.mark.usefixtures("watching")
def test_that_renamed_and_deleted_files_leave_the_cache(
    film: Film, media: Path, library: Library, submitted: Submitted
) -> None:
    one, two = film("one.mkv", "jpn"), film("folder/two.mkv", "jpn")
    assert wait_for(lambda: names(submitted) == {"one.mkv", "two.mkv"})

    one.rename(media / "first.mkv")
    two.parent.rename(media / "other")
    assert wait_for(lambda: names(submitted) == {"one.mkv", "two.mkv", "first.mkv"})
    expected = {str(media / "first.mkv"), str(media / "other" / "two.mkv")}
    assert wait_for(lambda: set(FactsCache(library).all()) == expected)

    (media / "first.mkv").unlink()
    assert wait_for(lambda: set(FactsCache(library).all()) == {str(media / "other" / "two.mkv")})


def test_that_our_own_subtitles_and_touched_rights_cause_nothing(
    watching: Watcher, film: Film, submitted: Submitted, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film("one.mkv", "jpn")
    assert wait_for(lambda: names(submitted) == {"one.mkv"})
    taken: list[str] = []
    monkeypatch.setattr(scanner, "take", lambda paths, _: taken.extend(paths) or ())

    temporary = path.with_suffix(".tmp")
    temporary.write_text("1\n", "utf-8")
    temporary.replace(path.with_suffix(".jpn.srt"))
    quiet(watching)

    assert taken == []


def test_that_a_broken_file_is_tried_again_and_then_told(
    watching: Watcher, media: Path, made: Made, submitted: Submitted
) -> None:
    path = media / "late.mkv"
    path.write_bytes(b"\0" * 100)
    quiet_s = SETTLE_S * 2
    threading.Event().wait(quiet_s)
    assert submitted == []

    shutil.copyfile(made(".mkv", ("jpn",)), path)

    assert wait_for(lambda: names(submitted) == {"late.mkv"})
    assert watching.status().problem == ""


def test_that_a_burst_of_thousands_of_events_is_one_pass(
    watching: Watcher, made: Made, media: Path, submitted: Submitted, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = made(".mkv", ("jpn",))
    passes: list[int] = []
    take = scanner.take

    def counted(paths: Sequence[str], check: Callable[[], None]) -> tuple[tuple[str, str], ...]:
        passes.append(len(paths))
        return take(paths, check)

    monkeypatch.setattr(scanner, "take", counted)
    files = 300
    for number in range(files):
        for _ in range(2):
            shutil.copyfile(source, media / f"{number:03d}.mkv")
            os.utime(media / f"{number:03d}.mkv")

    assert wait_for(lambda: len(names(submitted)) == files)
    assert len(submitted) == files
    assert len(passes) < 40


def test_that_a_folder_that_vanishes_and_returns_is_watched_again(
    watching: Watcher, media: Path, film: Film, made: Made, submitted: Submitted, tmp_path: Path, scanner: Scanner
) -> None:
    away = tmp_path / "away"
    media.rename(away)
    assert wait_for(lambda: "is not there" in scanner.status().problem)
    assert watching.status().running
    shutil.copyfile(made(".mkv", ("jpn",)), away / "meanwhile.mkv")

    away.rename(media)
    assert wait_for(lambda: names(submitted) == {"meanwhile.mkv"})
    assert wait_for(lambda: scanner.status().problem == "")
    film("afterwards.mkv", "jpn")

    assert wait_for(lambda: names(submitted) == {"meanwhile.mkv", "afterwards.mkv"})


def test_that_old_files_are_left_to_the_scan(
    watcher: Watcher, film: Film, submitted: Submitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = film("old.mkv", "jpn")
    watcher.stop()
    # the system keeps the time of arrival, which no program can set back: wait until the file is old enough
    monkeypatch.setattr(watching_module, "_CLOCK_GRAIN_S", 0.0)
    threading.Event().wait(0.1)
    watcher.start()
    assert watcher.wait_until_watching(15)
    film("new.mkv", "jpn")

    assert wait_for(lambda: "new.mkv" in names(submitted))
    assert names(submitted) == {"new.mkv"}
    assert old.exists()


def test_that_a_folder_that_is_not_there_yet_is_waited_for(
    watcher: Watcher, made: Made, submitted: Submitted, tmp_path: Path, scanner: Scanner
) -> None:
    later = tmp_path / "later"
    watcher.start([later])
    assert wait_for(lambda: str(later) in scanner.status().problem)
    assert scanner.status().watched_paths == (str(later),)

    later.mkdir()
    shutil.copyfile(made(".mkv", ("jpn",)), later / "a.mkv")

    assert wait_for(lambda: names(submitted) == {"a.mkv"})


def test_that_network_drives_can_be_polled(watcher: Watcher, film: Film, submitted: Submitted) -> None:
    watcher.start(polling=True)
    assert watcher.wait_until_watching(15)
    film("deep/new.mkv", "jpn")

    assert wait_for(lambda: names(submitted) == {"new.mkv"})


def test_that_folders_inside_can_be_left_out(watcher: Watcher, film: Film, submitted: Submitted) -> None:
    watcher.start(recursive=False)
    assert watcher.wait_until_watching(15)
    film("deep/inner.mkv", "jpn")
    film("outer.mkv", "jpn")

    assert wait_for(lambda: "outer.mkv" in names(submitted))
    quiet(watcher)
    assert names(submitted) == {"outer.mkv"}


def test_that_it_needs_folders_and_can_be_stopped_and_started_again(
    watcher: Watcher, chosen: Chosen, film: Film, submitted: Submitted, scanner: Scanner
) -> None:
    paths = chosen.values.pop("library_paths")
    with pytest.raises(InvalidRequest, match="No library paths configured"):
        watcher.start()
    assert not watcher.status().running
    chosen.values["library_paths"] = paths

    watcher.start()
    watcher.start()
    assert scanner.status().watcher_running
    assert watcher.stop()
    assert not watcher.stop()
    assert not scanner.status().watcher_running
    film("while stopped.mkv", "jpn")
    assert submitted == []


def test_that_a_file_without_permission_is_given_up_after_some_tries() -> None:
    now_s = 0.0
    settling = Settling(5.0, lambda: now_s)
    tries = 0
    while settling.again("/media/a.mkv"):
        tries += 1
    assert tries == MOST_TRIES - 1


def test_that_a_noted_file_waits_from_its_last_change(tmp_path: Path) -> None:
    now_s = 0.0
    settling = Settling(5.0, lambda: now_s)
    path = tmp_path / "a.mkv"
    path.write_bytes(b"1")
    settling.note([str(path), str(tmp_path / "never.mkv")])
    assert settling.ready() == []
    now_s = 4.0
    path.write_bytes(b"12")
    settling.note([str(path)])
    assert settling.ready() == []
    now_s = 8.9
    assert settling.ready() == []
    now_s = 9.0
    assert settling.ready() == [str(path)]
    assert len(settling) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="rights are dropped with a program of Linux")
def test_that_a_closed_folder_inside_is_told_while_the_others_are_watched(
    watcher: Watcher, media: Path, film: Film, submitted: Submitted, scanner: Scanner
) -> None:
    closed = media / "closed"
    closed.mkdir(mode=0)
    try:
        if os.access(closed, os.R_OK):
            pytest.skip("this user may read everything")
        watcher.start()
        assert wait_for(lambda: "closed: No permission" in scanner.status().problem)
        film("open.mkv", "jpn")
        assert wait_for(lambda: names(submitted) == {"open.mkv"})
    finally:
        closed.chmod(0o755)


def test_that_it_polls_where_the_system_cannot_watch_so_many_folders(
    watcher: Watcher, film: Film, submitted: Submitted, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = watching_module.watch

    def limited(*paths: str, force_polling: bool, **options: Any) -> Iterator[set[Any]]:
        if not force_polling:
            raise OSError(28, "OS file watch limit reached")
        return watch(*paths, force_polling=force_polling, **options)

    monkeypatch.setattr(watching_module, "watch", limited)
    watcher.start()
    assert watcher.wait_until_watching(15)
    film("new.mkv", "jpn")

    assert wait_for(lambda: names(submitted) == {"new.mkv"})
    assert "again and again" in scanner.status().problem


def test_that_it_goes_on_after_a_failure(
    watching: Watcher, film: Film, submitted: Submitted, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = scanner.take
    failures = [StorageFull("The disk is full."), ValueError("odd")]

    def failing(paths: Sequence[str], check: Callable[[], None]) -> tuple[tuple[str, str], ...]:
        if failures:
            raise failures.pop()
        return take(paths, check)

    monkeypatch.setattr(scanner, "take", failing)
    film("one.mkv", "jpn")
    assert wait_for(lambda: len(failures) == 1)
    film("two.mkv", "jpn")
    assert wait_for(lambda: not failures)
    film("three.mkv", "jpn")

    assert wait_for(lambda: names(submitted) == {"one.mkv", "two.mkv", "three.mkv"})
    assert wait_for(lambda: watching.status().problem == "")
