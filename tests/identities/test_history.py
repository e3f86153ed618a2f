"""The log: undo and redo by name, across restarts and new analyses, with many people at once."""

import json
import threading
import time
from pathlib import Path

import pytest

from core.errors import Conflict, InvalidRequest, NotFound
from core.identities import history
from core.identities.invariants import check_invariants
from core.jobs.events import EditApplied, Event
from core.library.library import Library
from tests.identities.looking import identities, named, tracked, tracks_of
from tests.identities.made_episode import EP_ID, make_episode, publish_clusters, publish_tracks, state_of

ONE, TWO, THREE = named(1), named(2), named(3)


def test_that_undo_and_redo_say_what_they_do_and_survive_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, holder="test") as library:
        make_episode(library, tracks=6, people=2)
        library.moderation.rename(EP_ID, ONE, "Lisa")
        library.moderation.merge(EP_ID, [TWO], ONE)
        history.undo(library, EP_ID)
    with Library.open(folder, holder="test") as library:
        assert history.undo_name(library, EP_ID) == "Rename Person 1 to Lisa"
        assert history.redo_name(library, EP_ID) == "Merge Person 2 into Lisa"
        history.redo(library, EP_ID)
        assert len(tracks_of(library, ONE)) == 6
        assert history.redo_name(library, EP_ID) is None


def test_that_a_new_edit_ends_redo_and_the_history_keeps_all(library: Library) -> None:
    library.moderation.rename(EP_ID, ONE, "Lisa")
    library.moderation.undo(EP_ID)
    library.moderation.rename(EP_ID, ONE, "Ana", actor="api:key-1")
    told = [(edit.name, edit.actor, edit.state) for edit in library.moderation.history(EP_ID)]
    assert told == [
        ("Rename Person 1 to Lisa", "desktop", "dropped"),
        ("Rename Person 1 to Ana", "api:key-1", "done"),
    ]
    with pytest.raises(InvalidRequest, match="nothing to redo"):
        library.moderation.redo(EP_ID)


def test_that_the_history_says_who_took_an_edit_back(library: Library) -> None:
    library.moderation.rename(EP_ID, ONE, "Lisa")
    library.moderation.undo(EP_ID, actor="api:key-1")
    [edit] = library.moderation.history(EP_ID)
    assert (edit.actor, edit.state, edit.change["turned_by"]) == ("desktop", "undone", "api:key-1")
    assert edit.change["turned_at"] >= edit.created_at


def test_that_older_edits_are_read_in_pages(library: Library) -> None:
    for name in ("Ana", "Lisa", "Tom"):
        library.moderation.rename(EP_ID, ONE, name)
    newest = library.moderation.history(EP_ID, limit=2)
    older = library.moderation.history(EP_ID, limit=2, before=newest[0].edit_id)
    assert [edit.name.split()[-1] for edit in older + newest] == ["Ana", "Lisa", "Tom"]


def test_that_an_undo_on_rows_that_changed_below_it_is_a_conflict(library: Library) -> None:
    library.moderation.rename(EP_ID, ONE, "Lisa")
    library.store.write(
        lambda connection: connection.execute("UPDATE identities SET name = 'Eve' WHERE identity_id = ?", (ONE,))
    )
    with pytest.raises(Conflict, match="identity-00001 of identities was changed"):
        library.moderation.undo(EP_ID)
    assert identities(library)[ONE].name == "Eve"


def test_that_an_edit_that_changes_nothing_is_no_edit(library: Library) -> None:
    heard: list[Event] = []
    library.events.subscribe(heard.append)
    library.moderation.rename(EP_ID, ONE, "Lisa")
    assert library.moderation.rename(EP_ID, ONE, " Lisa ").edit_id == 0
    assert library.moderation.apply_many(EP_ID, [], name="Accept 0 suggestions").edit_id == 0
    assert [type(event) for event in heard] == [EditApplied]
    assert len(library.moderation.history(EP_ID)) == 1


def test_that_the_file_of_identities_follows_within_a_second(library: Library) -> None:
    library.moderation.update(EP_ID, ONE, labels={"name": "Lisa", "person_id": "lisa"}, locked=True)
    path = library.paths.episode(EP_ID) / "identities.json"
    until_s = time.monotonic() + 5
    while "Lisa" not in path.read_text(encoding="utf-8") and time.monotonic() < until_s:
        time.sleep(0.02)
    first = json.loads(path.read_text(encoding="utf-8"))["identities"][0]
    assert first["labels"] == {"name": "Lisa", "person_id": "lisa"}
    assert (first["identity_id"], first["locked"], first["track_ids"]) == (ONE, True, tracked(1, 5, 9))


def test_that_closing_writes_what_is_waiting(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, holder="test") as library:
        make_episode(library, tracks=4, people=2)
        library.moderation.rename(EP_ID, ONE, "Lisa")
    assert "Lisa" in (folder / "episodes" / EP_ID / "identities.json").read_text(encoding="utf-8")


def test_that_an_export_that_was_lost_is_caught_up_at_the_next_opening(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, holder="test") as library:
        make_episode(library, tracks=4, people=2)
        library._export.close()  # as if the process died before the worker came to it
        library.moderation.rename(EP_ID, ONE, "Lisa")
    with Library.open(folder, holder="test"):
        assert "Lisa" in (folder / "episodes" / EP_ID / "identities.json").read_text(encoding="utf-8")


def test_that_a_new_clustering_can_be_taken_back_with_all_that_was_before(library: Library) -> None:
    library.moderation.rename(EP_ID, ONE, "Lisa")
    library.moderation.merge(EP_ID, [TWO], ONE)
    before = state_of(library)
    detected = library.runs.current(EP_ID, "detect_track")
    assert detected is not None
    publish_clusters(library, EP_ID, detected.run_id, dict.fromkeys(tracked(*range(1, 13)), named(9)))
    after = state_of(library)
    assert set(identities(library)) == {named(9)}
    assert library.moderation.undo_name(EP_ID) == "Analyse again"
    event = library.moderation.undo(EP_ID)
    assert event.change["runs"]
    assert state_of(library) == before
    library.moderation.undo(EP_ID)
    assert tracks_of(library, TWO) == tracked(2, 6, 10)
    library.moderation.redo(EP_ID)
    library.moderation.redo(EP_ID)
    assert state_of(library) == after


def test_that_a_new_clustering_takes_no_id_from_edits_and_edits_none_from_it(library: Library) -> None:
    first = library.moderation.split(EP_ID, ONE, tracked(5)).change["new_id"]
    detected = library.runs.current(EP_ID, "detect_track")
    assert detected is not None
    publish_clusters(library, EP_ID, detected.run_id, dict.fromkeys(tracked(*range(1, 13)), named(40)))
    second = library.moderation.split(EP_ID, named(40), tracked(5)).change["new_id"]
    library.moderation.undo(EP_ID)
    library.moderation.undo(EP_ID)
    third = library.moderation.split(EP_ID, TWO, tracked(2)).change["new_id"]
    assert (first, second, third) == (named(5), named(41), named(42))


def test_that_taking_back_a_new_detection_brings_the_old_files_back(library: Library) -> None:
    before = state_of(library)
    detected = publish_tracks(library, EP_ID, tracked(21, 22))
    with pytest.raises(InvalidRequest, match="searched for faces again"):
        library.moderation.rename(EP_ID, ONE, "Lisa")
    with pytest.raises(InvalidRequest, match="searched for faces again"):
        library.moderation.undo(EP_ID)
    publish_clusters(library, EP_ID, detected, dict.fromkeys(tracked(21, 22), named(8)))
    clusters = library.paths.episode(EP_ID) / "clusters.json"
    assert "track-00021" in clusters.read_text(encoding="utf-8")
    library.moderation.undo(EP_ID)
    assert state_of(library) == before
    assert "track-00021" not in clusters.read_text(encoding="utf-8")
    assert check_invariants(library.store.read(), EP_ID) == []


def test_that_edits_whose_runs_were_removed_stay_in_the_history_as_past(library: Library) -> None:
    library.moderation.rename(EP_ID, ONE, "Lisa")
    for number in range(5):
        detected = publish_tracks(library, EP_ID, tracked(30 + number))
        publish_clusters(library, EP_ID, detected, {tracked(30 + number)[0]: named(30 + number)})
    states = [edit.state for edit in library.moderation.history(EP_ID)]
    assert states == ["past", "past", "past", "past", "done", "done"]
    library.moderation.undo(EP_ID)
    library.moderation.undo(EP_ID)
    assert library.moderation.undo_name(EP_ID) is None
    assert check_invariants(library.store.read(), EP_ID) == []


def test_that_edits_of_many_threads_follow_each_other_and_none_is_lost(library: Library) -> None:
    done: list[EditApplied] = []
    told: list[int] = []
    lock = threading.Lock()
    library.events.subscribe(lambda event: told.append(event.edit_id) if isinstance(event, EditApplied) else None)

    def edit(worker: int) -> None:
        for turn in range(25):
            try:
                event = library.moderation.move_tracks(EP_ID, tracked(worker + 1), named(turn % 4 + 1))
            except (InvalidRequest, NotFound, Conflict):
                continue
            with lock:
                done.append(event)

    threads = [threading.Thread(target=edit, args=(worker,), name=f"editor-{worker}") for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert check_invariants(library.store.read(), EP_ID) == []
    assert told == sorted(told)
    logged = [edit.edit_id for edit in library.moderation.history(EP_ID, limit=1000)]
    assert sorted(event.edit_id for event in done) == logged


def test_that_of_two_edits_on_the_same_state_one_is_a_conflict(library: Library) -> None:
    seen = {ONE: identities(library)[ONE].revision}
    begin = threading.Barrier(2)
    outcomes: list[str] = []

    def merge(source: str) -> None:
        begin.wait()
        try:
            library.moderation.merge(EP_ID, [source], ONE, seen=seen)
        except Conflict:
            outcomes.append("conflict")
        else:
            outcomes.append("merged")

    threads = [threading.Thread(target=merge, args=(source,), name=source) for source in (TWO, THREE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "merged"]
    assert len(tracks_of(library, ONE)) == 6
