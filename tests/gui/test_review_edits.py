"""Names that a person gives, on a real library: one step, undone and redone, seen everywhere at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.review.dock import DELETED
from app.desktop.undo_steps import UndoSteps
from core.identities.naming import rename
from core.jobs.events import EditApplied
from core.library.library import Library
from tests.gui.made_library import add_analysed
from tests.gui.made_review import Bench, made_review, page_on_bench
from tests.gui.review_support import STEADY_TIMES_MS, make_film
from widgets.timeline import UNASSIGNED


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "Ünïcödé 你好", holder="a test") as opened:
        yield opened


@pytest.fixture
def bench(qtbot: QtBot, qapp: QApplication, tmp_path: Path, library: Library) -> Iterator[Bench]:
    film = make_film(tmp_path / "film.mp4", STEADY_TIMES_MS)
    ep_id = add_analysed(library, film, made_review(film))
    with page_on_bench(library, tmp_path, app=qapp) as made:
        made.page.open_episode(ep_id)
        qtbot.waitUntil(lambda: made.page.player.shown is not None and made.page.episode.boxes is not None)
        yield made


def labels(bench: Bench) -> list[str]:
    return [lane.label for lane in bench.page.timeline.scene.lanes]


def test_that_an_analysed_episode_is_read_from_the_library(qtbot: QtBot, bench: Bench) -> None:
    page = bench.page
    assert sorted(labels(bench)) == ["Person 1", "Person 2", "Person 3", "Unassigned"]
    assert [box.label for box in page.episode.overlay_at(0.02)] == ["Person 1"]
    assert len(page.episode.review.shots) == 4
    qtbot.waitUntil(lambda: len(page.timeline.scene.thumb_times_s) == 2)
    qtbot.waitUntil(lambda: page.timeline.scene.peaks is not None)
    qtbot.waitUntil(lambda: len(page.dock.identity_crops.crops) > 0)


def test_that_a_new_name_is_seen_in_list_lane_and_picture_and_is_one_undo_step(qtbot: QtBot, bench: Bench) -> None:
    page, services = bench.page, bench.services
    undo = UndoSteps(services)
    services.actions.add(*undo.records())
    undo.set_episode(page.episode.review.ep_id)
    page.dock.rename_requested.emit("identity-0001", "Ann")
    qtbot.waitUntil(lambda: "Ann" in labels(bench))
    assert "Ann" in {row.label for row in page.dock.identities.model.rows}
    assert [box.label for box in page.episode.overlay_at(0.02)] == ["Ann"]
    qtbot.waitUntil(lambda: services.actions.qaction("edit.undo").text().casefold() == "undo rename person 1 to ann")
    services.actions.run("edit.undo")
    qtbot.waitUntil(lambda: "Person 1" in labels(bench))
    qtbot.waitUntil(lambda: services.actions.qaction("edit.redo").text().casefold() == "redo rename person 1 to ann")
    services.actions.run("edit.redo")
    qtbot.waitUntil(lambda: "Ann" in labels(bench))


def test_that_a_name_changes_what_is_shown_without_reading_the_episode_again(qtbot: QtBot, bench: Bench) -> None:
    loads: list[str] = []
    bench.page._loader.loaded.connect(lambda ep_id, _found: loads.append(ep_id))
    bench.page.selection.select_identity("identity-0002")
    bench.page.dock.rename_requested.emit("identity-0002", "Bo")
    qtbot.waitUntil(lambda: "Bo" in labels(bench))
    qtbot.wait(100)
    assert loads == []
    assert bench.page.selection.identity_id == "identity-0002"
    assert bench.page.dock.identities.selected() == "identity-0002"


def test_that_a_name_given_elsewhere_appears_here(qtbot: QtBot, bench: Bench) -> None:
    ep_id = bench.page.episode.review.ep_id
    bench.services.background.run_edit(lambda: rename(bench.library, ep_id, "identity-0003", "Cy", actor="api"))
    qtbot.waitUntil(lambda: "Cy" in labels(bench))
    assert labels(bench).count("Cy") == 1


def test_that_a_name_that_cannot_be_given_is_a_notice_and_nothing_changes(qtbot: QtBot, bench: Bench) -> None:
    with qtbot.waitSignal(bench.services.notices.posted) as told:
        bench.page.dock.rename_requested.emit("identity-0001", "x" * 500)
    assert told.args[0].level == "error"
    assert "120" in told.args[0].action
    assert "Person 1" in labels(bench)


def test_that_the_rename_action_opens_the_field_of_the_selected_identity(qtbot: QtBot, bench: Bench) -> None:
    bench.page.dock.setCurrentIndex(2)
    bench.page.selection.select_identity("identity-0002")
    assert bench.services.actions.run("review.rename")
    assert bench.page.dock.currentIndex() == 0
    assert bench.page.dock.identities.view.state() == bench.page.dock.identities.view.State.EditingState
    bench.page.selection.select_identity(UNASSIGNED)
    assert not bench.services.actions.is_enabled("review.rename")


def test_that_the_last_place_is_written_when_the_page_closes(qtbot: QtBot, bench: Bench) -> None:
    ep_id = bench.page.episode.review.ep_id
    bench.page.player.seek(1.2)
    qtbot.waitUntil(lambda: bench.page.player.frame == 30)
    bench.page._keep_position(for_good=True)
    qtbot.waitUntil(lambda: bench.library.episodes.get(ep_id).last_position_s > 0)
    assert bench.library.episodes.get(ep_id).last_position_s == pytest.approx(1.2)


def tracks_of(bench: Bench, identity_id: str) -> tuple[str, ...]:
    return bench.page.episode.tracks_of(identity_id)


def test_that_a_merge_is_seen_everywhere_from_its_change_set_alone(qtbot: QtBot, bench: Bench) -> None:
    page, ep_id = bench.page, bench.page.episode.review.ep_id
    loads: list[str] = []
    page._loader.loaded.connect(lambda loaded, _found: loads.append(loaded))
    page.selection.select_identity("identity-0001")
    page.editing.edits.merge(["identity-0001"], "identity-0002")
    qtbot.waitUntil(lambda: "Person 1" not in labels(bench))
    assert set(tracks_of(bench, "identity-0002")) >= {"track-00001", "track-00002"}
    assert {row.identity_id for row in page.dock.identities.model.rows} == {"identity-0002", "identity-0003"}
    assert [box.label for box in page.episode.overlay_at(0.02)] == ["Person 2"]
    assert page.selection.identity_id != "identity-0001"
    bench.services.background.run_edit(lambda: bench.library.moderation.undo(ep_id))
    qtbot.waitUntil(lambda: "Person 1" in labels(bench))
    assert [box.label for box in page.episode.overlay_at(0.02)] == ["Person 1"]
    assert loads == []


def test_that_edits_are_painted_one_after_the_other(qtbot: QtBot, bench: Bench) -> None:
    for name in ("Ann", "Bo", "Cy", "Di", "Eve"):
        bench.page.editing.edits.rename("identity-0003", name)
        qtbot.waitUntil(lambda name=name: name in labels(bench))
    assert labels(bench).count("Eve") == 1
    assert not {"Ann", "Bo", "Cy", "Di"} & set(labels(bench))


def test_that_a_track_is_split_at_the_frame_on_screen(qtbot: QtBot, bench: Bench) -> None:
    page, actions = bench.page, bench.services.actions
    track = page.episode.tracks["track-00005"]
    page.dock.go_to_tab(page.dock.tracks)
    page.selection.select_track(track.track_id)
    page.player.seek(track.start_s)
    qtbot.waitUntil(lambda: abs(page.player.t_s - track.start_s) < 0.05)
    assert not actions.is_enabled("review.split_here") or page.player.t_s > track.start_s
    page.player.seek((track.start_s + track.end_s) / 2)
    qtbot.waitUntil(lambda: page.player.t_s > track.start_s + 0.02)
    cut_s = page.player.t_s
    assert actions.run("review.split_here")
    qtbot.waitUntil(lambda: track.track_id not in page.episode.tracks)
    parts = [one for one in page.episode.review.tracks if one.parent == track.track_id]
    assert len(parts) == 2
    assert len({one.identity_id for one in parts}) == 2
    assert parts[0].end_s <= cut_s + 0.05
    # the boxes of the parts are read, too: the later one has a face of its own
    later = next(one for one in parts if one.start_s >= cut_s - 0.05)
    qtbot.waitUntil(lambda: later.track_id in {box.track_id for box in page.episode.overlay_at(later.start_s + 0.001)})


def test_that_deleted_tracks_are_listed_apart_and_come_back(qtbot: QtBot, bench: Bench) -> None:
    page, actions = bench.page, bench.services.actions
    page.dock.go_to_tab(page.dock.tracks)
    page.selection.select_track("track-00004")
    assert actions.run("review.not_a_face")
    qtbot.waitUntil(lambda: "track-00004" in page.episode.deleted)
    assert page.episode.deleted["track-00004"].delete_reason == "not_a_face"
    assert "track-00004" not in page.dock.tracks.shown_ids()
    assert all(box.track_id != "track-00004" for box in page.episode.overlay_at(0.52))
    page.dock.track_filter.setCurrentIndex(page.dock.track_filter.findData(DELETED))
    assert page.dock.tracks.shown_ids() == ["track-00004"]
    page.dock.tracks.select("track-00004")
    assert actions.run("review.restore_tracks")
    qtbot.waitUntil(lambda: "track-00004" in page.episode.tracks)
    assert page.dock.track_filter.findData(DELETED) < 0


def test_that_two_selected_tracks_are_kept_together_or_apart(qtbot: QtBot, bench: Bench) -> None:
    page, actions = bench.page, bench.services.actions
    page.dock.go_to_tab(page.dock.tracks)
    page.dock.tracks._select(["track-00001", "track-00002"])
    assert actions.run("review.must_link")
    qtbot.waitUntil(lambda: "track-00002" in tracks_of(bench, "identity-0001"))
    page.dock.tracks._select(["track-00001", "track-00004"])
    assert actions.run("review.cannot_link")
    qtbot.waitUntil(lambda: "track-00004" not in tracks_of(bench, "identity-0001"))
    kinds = [link.kind for link in bench.library.moderation.links(page.episode.review.ep_id)]
    assert kinds == ["must", "cannot"]
    page.dock.tracks._select(["track-00001"])
    assert not actions.is_enabled("review.must_link")


def test_that_several_tracks_are_selected_with_ctrl(qtbot: QtBot, bench: Bench) -> None:
    page = bench.page
    page.dock.go_to_tab(page.dock.tracks)
    view = page.dock.tracks.view
    for row, keys in ((0, Qt.KeyboardModifier.NoModifier), (2, Qt.KeyboardModifier.ControlModifier)):
        place = view.visualRect(page.dock.tracks.model.index(row, 2)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, place)
    assert page.dock.tracks.selected() == ["track-00001", "track-00003"]
    assert page.editing.track_ids() == ["track-00001", "track-00003"]


def test_that_a_locked_person_says_no_and_can_be_unlocked(qtbot: QtBot, bench: Bench) -> None:
    page, actions, notices = bench.page, bench.services.actions, bench.services.notices
    page.selection.select_identity("identity-0001")
    assert actions.run("review.lock")
    qtbot.waitUntil(lambda: page.episode.identities["identity-0001"].locked)
    actions.refresh()
    assert actions.qaction("review.lock").text() == "Unlock"
    with qtbot.waitSignal(notices.posted) as told:
        page.editing.edits.merge(["identity-0002"], "identity-0001")
    assert "locked" in told.args[0].message.casefold()
    assert actions.run("review.lock")
    qtbot.waitUntil(lambda: not page.episode.identities["identity-0001"].locked)


def test_that_an_edit_on_old_knowledge_is_told_and_changes_nothing(qtbot: QtBot, bench: Bench) -> None:
    page, ep_id = bench.page, bench.page.episode.review.ep_id
    seen = {one: page.episode.identities[one].revision for one in ("identity-0001", "identity-0002")}
    bench.library.moderation.rename(ep_id, "identity-0002", "Zoe", actor="api")
    with qtbot.waitSignal(bench.services.notices.posted) as told:
        page.editing.edits.merge(["identity-0001"], "identity-0002", seen)
    assert told.args[0].level == "error"
    qtbot.waitUntil(lambda: "Zoe" in labels(bench))
    assert "Person 1" in labels(bench)


def test_that_new_runs_are_read_as_a_whole(qtbot: QtBot, bench: Bench) -> None:
    ep_id = bench.page.episode.review.ep_id
    with qtbot.waitSignal(bench.page._loader.loaded):
        bench.library.events.publish(EditApplied(ep_id, 1, "publish", "do", {"command": "publish", "runs": True}))
    assert bench.page.episode.boxes is not None
