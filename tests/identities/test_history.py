"""Names and their history: one transaction, one event and one export for each step, across restarts."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Conflict, InvalidRequest, NotFound
from core.identities.commands import Outcome, Step, edit_command
from core.identities.history import list_edits, redo, redo_name, undo, undo_name
from core.identities.naming import LONGEST_NAME, checked_name, rename
from core.jobs.events import EditApplied, Event
from core.library.library import Library

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library.open(folder, holder="test") as opened:
        yield opened


@pytest.fixture
def ep_id(library: Library, make_video: Callable[..., Path], tmp_path: Path) -> str:
    film = make_video(tmp_path / "film.mp4", segments=[{"seconds": 0.2, "colour": (9, 99, 9)}], size=(64, 48))
    ep_id = library.episodes.add(film).ep_id
    cluster(library, ep_id)
    return ep_id


def cluster(library: Library, ep_id: str) -> int:
    """Publish a clustering of three tracks into two identities."""

    def rows(connection: sqlite3.Connection, run_id: int) -> None:
        connection.execute("DELETE FROM identities WHERE ep_id = ?", (ep_id,))
        connection.executemany(
            "INSERT INTO identities (ep_id, identity_id, run_id, locked) VALUES (?, ?, ?, ?)",
            [(ep_id, "identity-0001", run_id, 0), (ep_id, "identity-0002", run_id, 1)],
        )
        connection.executemany(
            "INSERT INTO assignments (ep_id, run_id, track_id, identity_id, reason) VALUES (?, ?, ?, ?, ?)",
            [
                (ep_id, run_id, "track-00001", "identity-0001", ""),
                (ep_id, run_id, "track-00002", "identity-0002", ""),
                (ep_id, run_id, "track-00003", "identity-0001", ""),
                (ep_id, run_id, "track-00004", None, "outlier"),
            ],
        )

    return library.runs.publish(library.runs.begin(ep_id, "cluster", {}, {}), {}, rows).run_id


def exported(library: Library, ep_id: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((library.episodes.get(ep_id).folder / "identities.json").read_bytes())
    return document


def names(library: Library, ep_id: str) -> list[str]:
    found = [one["name"] for one in exported(library, ep_id)["identities"]]
    rows = library.store.read().execute("SELECT name FROM identities WHERE ep_id = ? ORDER BY identity_id", (ep_id,))
    assert [row["name"] for row in rows] == found
    return found


def test_that_a_clustering_is_exported_as_documented(library: Library, ep_id: str) -> None:
    assert exported(library, ep_id) == {
        "schema_version": 1,
        "ep_id": ep_id,
        "identities": [
            {
                "identity_id": "identity-0001",
                "track_ids": ["track-00001", "track-00003"],
                "locked": False,
                "labels": {},
                "name": "",
            },
            {"identity_id": "identity-0002", "track_ids": ["track-00002"], "locked": True, "labels": {}, "name": ""},
        ],
    }


def test_that_a_rename_is_one_step_with_its_event_and_its_export(library: Library, ep_id: str) -> None:
    events: list[Event] = []
    library.events.subscribe(events.append)
    applied = rename(library, ep_id, "identity-0001", "  Lisa 你好 ", actor="api")
    assert names(library, ep_id) == ["Lisa 你好", ""]
    assert events == [applied]
    assert applied.direction == "do"
    assert applied.change == {"command": "rename", "identity_id": "identity-0001", "name": "Lisa 你好"}
    assert undo_name(library, ep_id) == "Rename Person 1 to Lisa 你好"
    [edit] = list_edits(library, ep_id)
    assert (edit.edit_id, edit.command, edit.actor, edit.state) == (applied.edit_id, "rename", "api", "done")


def test_that_steps_are_undone_and_redone_in_order(library: Library, ep_id: str) -> None:
    rename(library, ep_id, "identity-0001", "Ann")
    rename(library, ep_id, "identity-0001", "Anna")
    rename(library, ep_id, "identity-0002", "Bo")
    assert [undo(library, ep_id).change["name"] for _ in range(2)] == ["", "Ann"]
    assert names(library, ep_id) == ["Ann", ""]
    assert (undo_name(library, ep_id), redo_name(library, ep_id)) == ("Rename Person 1 to Ann", "Rename Ann to Anna")
    assert [redo(library, ep_id).direction for _ in range(2)] == ["redo", "redo"]
    assert names(library, ep_id) == ["Anna", "Bo"]
    with pytest.raises(InvalidRequest, match="nothing to redo"):
        redo(library, ep_id)


def test_that_a_new_edit_drops_what_could_be_redone(library: Library, ep_id: str) -> None:
    rename(library, ep_id, "identity-0001", "Ann")
    undo(library, ep_id)
    rename(library, ep_id, "identity-0001", "Cy")
    assert redo_name(library, ep_id) is None
    assert [edit.state for edit in list_edits(library, ep_id)] == ["dropped", "done"]
    undo(library, ep_id)
    assert names(library, ep_id) == ["", ""]
    assert undo_name(library, ep_id) is None
    with pytest.raises(InvalidRequest, match="nothing to undo"):
        undo(library, ep_id)


def test_that_the_history_survives_a_restart(library: Library, ep_id: str, folder: Path) -> None:
    rename(library, ep_id, "identity-0001", "Ann")
    rename(library, ep_id, "identity-0002", "Bo")
    undo(library, ep_id)
    library.close()
    with Library.open(folder, holder="later") as later:
        assert (undo_name(later, ep_id), redo_name(later, ep_id)) == ("Rename Person 1 to Ann", "Rename Person 2 to Bo")
        redo(later, ep_id)
        undo(later, ep_id)
        undo(later, ep_id)
        assert names(later, ep_id) == ["", ""]


def test_that_an_empty_name_takes_the_name_away(library: Library, ep_id: str) -> None:
    rename(library, ep_id, "identity-0001", "Ann")
    rename(library, ep_id, "identity-0001", " \t ")
    assert names(library, ep_id) == ["", ""]
    assert undo_name(library, ep_id) == "Clear the name Ann"


def test_that_the_same_name_again_is_no_step(library: Library, ep_id: str) -> None:
    rename(library, ep_id, "identity-0001", "Ann")
    events: list[Event] = []
    library.events.subscribe(events.append)
    assert rename(library, ep_id, "identity-0001", "Ann ").edit_id == 0
    assert events == []
    assert len(list_edits(library, ep_id)) == 1


def test_that_a_locked_identity_can_be_renamed(library: Library, ep_id: str) -> None:
    rename(library, ep_id, "identity-0002", "Bo")
    assert names(library, ep_id) == ["", "Bo"]


@pytest.mark.parametrize("bad", ["x" * (LONGEST_NAME + 1), "a\nb", "a\x00b", "a\u2028b", "\udc80"])
def test_that_a_name_that_cannot_be_read_is_refused_and_nothing_changes(library: Library, ep_id: str, bad: str) -> None:
    with pytest.raises(InvalidRequest):
        rename(library, ep_id, "identity-0001", bad)
    assert names(library, ep_id) == ["", ""]
    assert list_edits(library, ep_id) == []


@given(st.text(max_size=LONGEST_NAME + 10))
def test_that_a_checked_name_is_clean_and_stays_as_it_is(name: str) -> None:
    try:
        checked = checked_name(name)
    except InvalidRequest:
        return
    assert checked == checked.strip() == checked_name(checked)
    assert len(checked) <= LONGEST_NAME


def test_that_unknown_ids_are_named(library: Library, ep_id: str) -> None:
    with pytest.raises(NotFound, match="identity-0099"):
        rename(library, ep_id, "identity-0099", "Ann")
    with pytest.raises(NotFound):
        rename(library, "nobody", "identity-0001", "Ann")
    with pytest.raises(InvalidRequest):
        library.edits.apply(ep_id, "teleport", {}, name="x", actor="test")


def test_that_a_name_given_by_someone_else_meanwhile_is_not_lost(library: Library, ep_id: str) -> None:
    rename(library, ep_id, "identity-0001", "Ann")
    with pytest.raises(Conflict):
        library.edits.apply(
            ep_id, "rename", {"identity_id": "identity-0001", "name": "Z", "expected": ""}, name="late", actor="api"
        )
    assert names(library, ep_id) == ["Ann", ""]
    assert len(list_edits(library, ep_id)) == 1


def test_that_edits_of_an_earlier_clustering_stay_in_the_log_but_are_not_undone(library: Library, ep_id: str) -> None:
    rename(library, ep_id, "identity-0001", "Ann")
    cluster(library, ep_id)
    assert undo_name(library, ep_id) is None
    assert len(list_edits(library, ep_id)) == 1
    rename(library, ep_id, "identity-0002", "Bo")
    undo(library, ep_id)
    assert names(library, ep_id) == ["", ""]


def test_that_any_registered_command_can_be_undone_by_another(library: Library, ep_id: str) -> None:
    def set_locked(connection: sqlite3.Connection, ep_id: str, identity_id: str, locked: bool, back: str) -> Outcome:
        connection.execute(
            "UPDATE identities SET locked = ? WHERE ep_id = ? AND identity_id = ?", (locked, ep_id, identity_id)
        )
        return Outcome(Step(back, {"identity_id": identity_id}), {"identity_id": identity_id, "locked": locked})

    @edit_command("test-lock")
    def _lock(connection: sqlite3.Connection, ep_id: str, payload: dict[str, Any]) -> Outcome:
        return set_locked(connection, ep_id, payload["identity_id"], True, "test-unlock")

    @edit_command("test-unlock")
    def _unlock(connection: sqlite3.Connection, ep_id: str, payload: dict[str, Any]) -> Outcome:
        return set_locked(connection, ep_id, payload["identity_id"], False, "test-lock")

    library.edits.apply(ep_id, "test-lock", {"identity_id": "identity-0001"}, name="Lock", actor="test")
    assert exported(library, ep_id)["identities"][0]["locked"]
    assert undo(library, ep_id).change == {"command": "test-unlock", "identity_id": "identity-0001", "locked": False}
    assert redo(library, ep_id).change["command"] == "test-lock"
    assert exported(library, ep_id)["identities"][0]["locked"]
    with pytest.raises(ValueError, match="twice"):
        edit_command("test-lock")(_lock)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("rename"), st.sampled_from(["identity-0001", "identity-0002"]), st.sampled_from("ABC")),
            st.tuples(st.just("undo"), st.just(""), st.just("")),
            st.tuples(st.just("redo"), st.just(""), st.just("")),
        ),
        max_size=12,
    )
)
def test_that_any_sequence_of_edits_is_undone_to_the_beginning(
    library: Library, ep_id: str, steps: list[tuple[str, str, str]]
) -> None:
    while undo_name(library, ep_id) is not None:
        undo(library, ep_id)
    expected, place = [("", "")], 0
    for kind, identity_id, name in steps:
        if kind == "rename":
            now = list(expected[place])
            now[int(identity_id[-1]) - 1] = name
            if tuple(now) != expected[place]:
                expected = [*expected[: place + 1], (now[0], now[1])]
                place += 1
            rename(library, ep_id, identity_id, name)
        elif kind == "undo" and place > 0:
            place -= 1
            undo(library, ep_id)
        elif kind == "redo" and place + 1 < len(expected):
            place += 1
            redo(library, ep_id)
        assert tuple(names(library, ep_id)) == expected[place]


def test_that_an_export_lost_by_a_kill_is_caught_up_at_the_next_opening(
    library: Library, ep_id: str, folder: Path
) -> None:
    library.close()
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom core.library.chores import Chores\n"
        "from core.library.library import Library\nfrom core.identities.naming import rename\n"
        "library = Library.open(Path(sys.argv[1]), holder='dying')\n"
        "Chores.do = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "rename(library, sys.argv[2], 'identity-0001', 'Ann')\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(folder), ep_id], cwd=ROOT, check=False)
    assert killed.returncode == -9
    with Library.open(folder, holder="after") as after:
        assert names(after, ep_id) == ["Ann", ""]
        assert isinstance(undo(after, ep_id), EditApplied)
        assert names(after, ep_id) == ["", ""]
