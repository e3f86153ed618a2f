"""Runs: published whole or not at all, current or stale, found under the names that scripts look for."""

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import NotFound, StorageFull
from core.jobs.events import EpisodeChanged, Event, Notice
from core.library import durable, exports
from core.library.library import Library
from core.library.types import Run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ep_id(library: Library, film: Callable[..., Path]) -> str:
    return library.episodes.add(film("film.mp4")).ep_id


def publish(library: Library, ep_id: str, stage: str, inputs: dict[str, int] | None = None, text: str = "x") -> Run:
    folder = library.runs.begin(ep_id, stage, {"stride": 5}, inputs or {})
    (folder.path / f"{stage}.json").write_text(text)
    (folder.path / "crops" / "track-00001").mkdir(parents=True)
    (folder.path / "crops" / "track-00001" / "frame_000042.jpg").write_text(text)
    return library.runs.publish(folder, {"text": text}, None)


def states(library: Library, ep_id: str) -> list[str]:
    return [stage.state for stage in library.runs.states(ep_id).values()]


def test_that_a_run_is_invisible_until_it_is_published(library: Library, ep_id: str) -> None:
    folder = library.runs.begin(ep_id, "detect_track", {}, {})
    (folder.path / "tracks.jsonl").write_text("{}")
    assert library.runs.current(ep_id, "detect_track") is None
    assert not (library.episodes.get(ep_id).folder / "tracks.jsonl").exists()
    events: list[Event] = []
    library.events.subscribe(events.append)
    run = library.runs.publish(folder, {"tracks": 3}, None)
    assert library.runs.current(ep_id, "detect_track") == run == library.runs.get(run.run_id)
    assert run.summary == {"tracks": 3}
    assert run.path.name == f"detect_track-{run.run_id:05d}"
    assert (run.path / "tracks.jsonl").read_text() == "{}"
    assert events == [EpisodeChanged(ep_id, stage="detect_track")]


def test_that_exports_follow_the_current_run_and_older_runs_stay_as_they_were(library: Library, ep_id: str) -> None:
    folder = library.episodes.get(ep_id).folder
    first = publish(library, ep_id, "detect_track", text="first")
    second = publish(library, ep_id, "detect_track", text="second")
    assert (folder / "detect_track.json").read_text() == "second"
    assert (folder / "crops" / "track-00001" / "frame_000042.jpg").read_text() == "second"
    assert (first.path / "detect_track.json").read_text() == "first"
    assert (first.path / "crops" / "track-00001" / "frame_000042.jpg").read_text() == "first"
    assert not library.runs.get(first.run_id).current
    assert second.current


def test_that_an_export_that_no_current_run_has_goes_away(library: Library, ep_id: str) -> None:
    folder = library.episodes.get(ep_id).folder
    begun = library.runs.begin(ep_id, "detect_track", {}, {})
    (begun.path / "old.json").write_text("old")
    library.runs.publish(begun, {}, None)
    assert (folder / "old.json").exists()
    publish(library, ep_id, "detect_track")
    assert not (folder / "old.json").exists()


def test_that_exports_are_copies_where_the_disk_has_no_links(
    library: Library, ep_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    monkeypatch.setattr(Path, "symlink_to", no_links)
    publish(library, ep_id, "detect_track", text="first")
    publish(library, ep_id, "detect_track", text="second")
    folder = library.episodes.get(ep_id).folder
    assert not (folder / "crops").is_symlink()
    assert (folder / "crops" / "track-00001" / "frame_000042.jpg").read_text() == "second"
    assert (folder / "detect_track.json").read_text() == "second"
    assert not [entry for entry in folder.iterdir() if entry.name.startswith(".")]


def test_that_a_newer_stage_makes_later_ones_stale(library: Library, ep_id: str) -> None:
    assert states(library, ep_id) == ["missing", "missing", "missing"]
    detected = publish(library, ep_id, "detect_track").run_id
    embedded = publish(library, ep_id, "faces_embed", {"detect_track": detected}).run_id
    publish(library, ep_id, "cluster", {"detect_track": detected, "faces_embed": embedded})
    assert states(library, ep_id) == ["current", "current", "current"]
    publish(library, ep_id, "faces_embed", {"detect_track": detected})
    assert states(library, ep_id) == ["current", "current", "stale"]
    publish(library, ep_id, "detect_track")
    assert states(library, ep_id) == ["current", "stale", "stale"]
    assert [one.state for one in library.episodes.get(ep_id).stages.values()] == ["current", "stale", "stale"]


def test_that_rows_that_fail_leave_the_older_run_current(library: Library, ep_id: str) -> None:
    older = publish(library, ep_id, "detect_track", text="older")
    folder = library.runs.begin(ep_id, "detect_track", {}, {})
    (folder.path / "detect_track.json").write_text("newer")

    def rows(connection: sqlite3.Connection, run_id: int) -> None:
        connection.execute(
            "INSERT INTO shots VALUES (?, 0, 0, 1, 0, 1, 0.0, 1.0)",
            (run_id,),
        )
        raise ValueError("broken rows")

    with pytest.raises(ValueError, match="broken rows"):
        library.runs.publish(folder, {}, rows)
    assert library.runs.current(ep_id, "detect_track") == older
    assert (library.episodes.get(ep_id).folder / "detect_track.json").read_text() == "older"
    assert [entry.name for entry in older.path.parent.iterdir()] == [older.path.name]
    assert library.store.read().execute("SELECT count(*) FROM shots").fetchone()[0] == 0


def test_that_a_full_disk_leaves_no_half_run(library: Library, ep_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = library.runs.begin(ep_id, "detect_track", {}, {})
    (folder.path / "a.json").write_text("a")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(StorageFull):
        library.runs.publish(folder, {}, None)
    assert library.runs.current(ep_id, "detect_track") is None
    assert list(folder.path.parent.iterdir()) == []


def test_that_an_export_that_fails_is_told_and_caught_up_at_the_next_opening(
    library: Library, ep_id: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Event] = []
    library.events.subscribe(told.append)
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "full")

        patch.setattr(exports.shutil, "copyfile", full)
        patch.setattr(Path, "hardlink_to", full)
        publish(library, ep_id, "detect_track", text="late")
    assert any(isinstance(event, Notice) and event.level == "warning" for event in told)
    exported = library.episodes.get(ep_id).folder / "detect_track.json"
    assert not exported.exists()
    library.close()
    with Library.open(folder, holder="next"):
        assert exported.read_text() == "late"


def test_that_old_runs_go_but_not_what_newer_ones_stand_on(library: Library, ep_id: str) -> None:
    detected = publish(library, ep_id, "detect_track")
    embedded = publish(library, ep_id, "faces_embed", {"detect_track": detected.run_id})
    later = [publish(library, ep_id, "detect_track") for _ in range(5)]
    assert detected.path.is_dir()  # the embedded faces are made from it
    assert embedded.path.is_dir()
    assert [run.path.is_dir() for run in later] == [False, False, True, True, True]
    with pytest.raises(NotFound):
        library.runs.get(later[0].run_id)


def test_that_a_discarded_run_leaves_nothing(library: Library, ep_id: str) -> None:
    folder = library.runs.begin(ep_id, "detect_track", {}, {})
    (folder.path / "a.json").write_text("a")
    library.runs.discard(folder)
    assert list(folder.path.parent.iterdir()) == []


def test_that_run_ids_are_never_used_twice(library: Library, ep_id: str, film: Callable[..., Path]) -> None:
    first = library.runs.begin(ep_id, "detect_track", {}, {})
    library.runs.discard(first)
    second = library.runs.begin(ep_id, "detect_track", {}, {})
    assert second.run_id > first.run_id
    with pytest.raises(NotFound):
        library.runs.begin("nobody", "detect_track", {}, {})


def test_that_the_poster_is_a_file_of_the_run_so_that_no_old_picture_is_shown(library: Library, ep_id: str) -> None:
    posters = []
    for _ in range(2):
        folder = library.runs.begin(ep_id, "detect_track", {}, {})
        (folder.path / "poster.jpg").write_bytes(b"jpeg")
        library.runs.publish(folder, {}, None)
        posters.append(library.episodes.get(ep_id).poster)
    assert all(poster is not None and poster.is_file() for poster in posters)
    assert posters[0] != posters[1]


@pytest.mark.parametrize("moment", ["before_rename", "after_rename", "after_commit"])
def test_that_a_kill_during_publication_leaves_the_old_run_or_the_new_one(
    library: Library, ep_id: str, folder: Path, moment: str
) -> None:
    older = publish(library, ep_id, "detect_track", text="older")
    library.close()
    killed = subprocess.run(
        [sys.executable, "-m", "tests.library.dying_publisher", str(folder), ep_id, moment], cwd=ROOT, check=False
    )
    assert killed.returncode == -9
    with Library.open(folder, holder="after") as opened:
        current = opened.runs.current(ep_id, "detect_track")
        assert current is not None
        text = "newer" if moment == "after_commit" else "older"
        assert current.summary == {"text": text}
        assert (opened.episodes.get(ep_id).folder / "detect_track.json").read_text() == text
        runs = {older.path.name, current.path.name}
        assert {entry.name for entry in older.path.parent.iterdir()} == runs
