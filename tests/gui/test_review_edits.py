"""Names that a person gives, on a real library: one step, undone and redone, seen everywhere at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

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
    qtbot.waitUntil(lambda: bench.library.episodes.get(ep_id).last_position_s == pytest.approx(1.2))


def test_that_a_change_of_who_is_on_a_track_is_read_again(qtbot: QtBot, bench: Bench) -> None:
    ep_id = bench.page.episode.review.ep_id
    change = {"identities": [], "tracks": {"track-00001": "identity-0002"}, "removed": []}
    with qtbot.waitSignal(bench.page._loader.loaded):
        bench.library.events.publish(EditApplied(ep_id, 1, "move", "do", change))
    assert bench.page.episode.boxes is not None
