"""The Identities page in the real window: cards, drags, names, suggestions, history, all on a real library."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.desktop.identities_page.filters import Kind
from app.desktop.window import MainWindow
from core.library.library import Library
from tests.gui.identities_bench import FIRST, SECOND, THIRD, Board
from tests.gui.made_people import crowd, people_library
from widgets.moderation_mime import crops_mime, identities_mime, tracks_mime

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "review", "identities")]


def test_that_the_people_of_the_episode_in_hand_are_on_the_board(board: Board) -> None:
    assert board.shown == [f"identity-{number:05d}" for number in range(1, 6)]
    assert board.page.head.counts_text == "5 people, 5 unnamed, 1 singleton"
    card = board.page.board.card(FIRST)
    assert (card.tracks, card.named) == (3, False)
    assert card.image is not None
    assert card.image.is_file()


def test_that_dragging_a_card_onto_a_card_merges_says_so_before_and_is_one_undo_step(board: Board) -> None:
    hints: list[str] = []
    board.page.board.hint_changed.connect(hints.append)
    mime = identities_mime(board.ep_id, [THIRD], tracks=2, label="Person 3")
    assert board.drop(mime, on=FIRST)
    assert hints[0] == "2 tracks → Person 1 (3): 5 tracks"
    board.wait_for(lambda: THIRD not in board.shown)
    assert board.page.board.card(FIRST).tracks == 5
    undo = board.window.actions_table.qaction("edit.undo")
    board.wait_for(undo.isEnabled)
    board.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    board.wait_for(lambda: THIRD in board.shown)
    assert board.shown == [f"identity-{number:05d}" for number in range(1, 6)]
    board.wait_for(lambda: board.window.actions_table.qaction("edit.redo").isEnabled())
    board.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    board.wait_for(lambda: THIRD not in board.shown)


def test_that_several_selected_people_are_merged_by_one_drag(board: Board) -> None:
    grid = board.page.board.grid
    grid.setFocus()
    for identity_id in (SECOND, THIRD):
        place = board.page.board.place_of(identity_id)[1]
        board.qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    chosen = board.page.board.selected()
    assert {SECOND, THIRD} <= set(chosen)
    mime = grid.mime_of([grid.shelf.row_of(SECOND), grid.shelf.row_of(THIRD)])
    assert board.drop(mime, on="identity-00005")
    board.wait_for(lambda: not {SECOND, THIRD} & set(board.shown))
    assert len(board.library.moderation.history(board.ep_id)) == 1


def test_that_a_track_and_a_face_are_moved_by_drags(board: Board) -> None:
    moved = board.page.data.identities[SECOND].track_ids[0]
    assert board.drop(tracks_mime(board.ep_id, [moved]), on=FIRST)
    board.wait_for(lambda: moved in board.page.data.identities[FIRST].track_ids)
    face = board.page.data.identities[THIRD].track_ids[0]
    frame = round(board.page.data.tracks[face].start_s * 25)
    assert board.drop(crops_mime(board.ep_id, [(face, frame)]), on=FIRST)
    board.wait_for(lambda: board.page.board.card(FIRST).tracks == 5)


def test_that_dropping_tracks_on_empty_space_makes_a_new_person(board: Board) -> None:
    moved = board.page.data.identities[SECOND].track_ids[0]
    assert board.drop(tracks_mime(board.ep_id, [moved]), place=board.empty_place())
    board.wait_for(lambda: "identity-00006" in board.shown)
    assert board.page.data.identities["identity-00006"].track_ids == (moved,)


def test_that_a_drag_of_another_episode_is_refused(board: Board) -> None:
    assert not board.drop(identities_mime("another-episode", [THIRD], tracks=2), on=FIRST)
    assert THIRD in board.shown


def test_that_everybody_is_named_without_leaving_the_keyboard(board: Board) -> None:
    board.page.focus_board()
    board.key(Qt.Key.Key_F2)
    field = board.page.board.grid.field
    for name in ("Ann", "Bo", "Cy", "Di", "Eve"):
        board.wait_for(lambda: field.is_open and field.text() == "")
        board.write(name)
        board.qtbot.keyClick(field, Qt.Key.Key_Return)
    board.wait_for(lambda: board.page.head.counts_text == "5 people, all named, 1 singleton")
    assert [board.name(one) for one in board.shown] == ["Ann", "Bo", "Cy", "Di", "Eve"]
    assert not board.page.board.grid.field.is_open


def test_that_enter_renames_and_escape_gives_up(board: Board) -> None:
    board.page.board.set_selected([SECOND])
    board.page.board.grid.setFocus()
    board.key(Qt.Key.Key_Return)
    assert board.page.board.grid.field.is_open
    board.write("Nobody")
    board.qtbot.keyClick(board.page.board.grid.field, Qt.Key.Key_Escape)
    assert board.name(SECOND) == ""
    assert not board.page.board.grid.field.is_open


def test_that_m_asks_into_whom_and_a_name_is_found_by_its_letters(board: Board) -> None:
    board.library.moderation.rename(board.ep_id, FIRST, "Lisa")
    board.wait_for(lambda: board.name(FIRST) == "Lisa")
    board.page.board.set_selected([THIRD])
    board.page.board.grid.setFocus()
    board.key(Qt.Key.Key_M)
    chooser = board.page.asker.chooser
    assert chooser is not None
    assert THIRD not in {target.target_id for target in chooser.shown()}
    board.qtbot.keyClicks(chooser.field, "lis")
    board.qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    board.wait_for(lambda: THIRD not in board.shown)
    assert board.page.board.card(FIRST).tracks == 5
    assert board.page.board.selected() == [FIRST]


def test_that_a_locked_person_is_left_alone_and_l_unlocks(board: Board) -> None:
    board.page.board.set_selected([FIRST])
    board.page.board.grid.setFocus()
    board.key(Qt.Key.Key_L)
    board.wait_for(lambda: board.page.board.card(FIRST).locked)
    assert not board.drop(identities_mime(board.ep_id, [THIRD], tracks=2), on=FIRST)
    board.key(Qt.Key.Key_L)
    board.wait_for(lambda: not board.page.board.card(FIRST).locked)


def test_that_deleted_people_come_back(board: Board) -> None:
    board.page.board.set_selected([THIRD])
    board.page.board.grid.setFocus()
    board.key(Qt.Key.Key_Delete)
    board.wait_for(lambda: THIRD not in board.shown)
    assert "2 tracks deleted" in board.page.head.counts_text
    assert board.window.actions_table.run("identities.restore_deleted")
    board.wait_for(lambda: THIRD in board.shown)


def test_that_the_faces_of_whoever_is_selected_are_shown_and_taken_out(board: Board) -> None:
    page = board.page
    page.board.set_selected([FIRST])
    board.wait_for(lambda: len(page.side.crops.crops) == 18)
    page.show_section("crops")
    page.side.crops.grid.set_current(0)
    board.key(Qt.Key.Key_X)
    board.wait_for(lambda: page.side.crops.crops[0].excluded == "not_a_face")
    assert page.data.identities[FIRST].track_ids  # the person stays: only the face was meant
    board.key(Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    board.wait_for(lambda: not page.side.crops.crops[0].excluded)
    page.side.crops.grid.set_current(1)
    board.key(Qt.Key.Key_N)
    board.wait_for(lambda: "identity-00006" in board.shown)


def test_that_filters_and_searches_narrow_the_board_and_are_kept(board: Board, qtbot: QtBot) -> None:
    page = board.page
    board.library.moderation.rename(board.ep_id, FIRST, "Lisa")
    board.wait_for(lambda: board.name(FIRST) == "Lisa")
    page.filters.choose(Kind.UNNAMED)
    assert FIRST not in board.shown
    assert len(board.shown) == 4
    board.library.moderation.rename(board.ep_id, SECOND, "Bo")
    board.wait_for(lambda: SECOND not in board.shown)
    page.filters.choose(Kind.NAMED)
    board.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(page.filters.search, "lis")
    qtbot.keyClick(page.filters.search, Qt.Key.Key_Return)
    assert board.shown == [FIRST]
    assert board.window.actions_table.run("identities.keep_search")
    dialog = page.filters.findChild(QInputDialog)
    dialog.setTextValue("Lisas")
    dialog.accept()
    page.filters.reset()
    assert len(board.shown) == 5
    assert [one["name"] for one in board.window.settings.saved_searches()] == ["Lisas"]


def test_that_an_edit_of_the_api_appears_on_the_board(board: Board) -> None:
    board.window.session.background.run_edit(
        lambda: board.library.moderation.merge(board.ep_id, [THIRD], SECOND, actor="api"), lane="another thread"
    )
    board.wait_for(lambda: THIRD not in board.shown)
    board.window.session.background.run_edit(
        lambda: board.library.moderation.rename(board.ep_id, SECOND, "Api", actor="api"), lane="another thread"
    )
    board.wait_for(lambda: board.page.board.card(SECOND).label == "Api")
    assert (THIRD in board.shown, board.name(SECOND)) == (False, "Api")


def test_that_everything_is_there_after_a_restart(
    board: Board, make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    board.drop(identities_mime(board.ep_id, [THIRD], tracks=2), on=FIRST)
    board.wait_for(lambda: THIRD not in board.shown)
    board.page.edits.rename(FIRST, "Ann")
    board.wait_for(lambda: board.name(FIRST) == "Ann")
    board.window.close()
    again = Board(make_window(tmp_path / "library"), board.qtbot, board.ep_id)
    assert again.window.page_id == "identities"
    again.qtbot.waitUntil(again.page.doing.has_people)
    assert again.name(FIRST) == "Ann"
    assert THIRD not in again.shown
    again.qtbot.waitUntil(lambda: again.window.actions_table.qaction("edit.undo").isEnabled())
    assert "Ann" in again.window.actions_table.qaction("edit.undo").text()


def test_that_a_refused_edit_is_told_and_changes_nothing(board: Board) -> None:
    board.library.moderation.set_locked(board.ep_id, [FIRST], True)
    with board.qtbot.waitSignal(board.window.notices.posted) as told:
        board.page.edits.merge([SECOND], FIRST)
    assert told.args[0].level == "error"
    assert "locked" in told.args[0].message
    assert SECOND in board.shown


def test_that_five_thousand_people_open_merge_and_scroll(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    ep_id = people_library(tmp_path / "library", tmp_path / "film.mp4")
    with Library.open(tmp_path / "library", holder="a test") as library:
        crowd(library, ep_id, 5000)
    board = Board(make_window(tmp_path / "library"), qtbot, ep_id)
    board.window.resize(1280, 800)
    board.open()
    assert len(board.shown) == 5005
    board.qtbot.waitUntil(lambda: board.page.side.suggestions.stack.currentIndex() == 1)
    for number in range(1000, 1005):
        board.page.edits.merge([f"identity-{number:05d}"], f"identity-{number + 100:05d}")
        board.qtbot.waitUntil(lambda gone=f"identity-{number:05d}": board.page.board.card(gone) is None)
    assert len(board.shown) == 5000
    bar = board.page.board.grid.verticalScrollBar()
    for place in range(0, bar.maximum(), max(1, bar.maximum() // 40)):
        bar.setValue(place)
        board.page.board.grid.viewport().repaint()
    assert board.page.board.grid.visible().stop > 4000


def test_that_the_page_says_what_there_is_to_do(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window(tmp_path / "empty")
    window.go("identities")
    page = window.session.pages["identities"]
    qtbot.waitUntil(lambda: page.message.accessibleName() == "No episode yet")
    page.open_episode("ep-none")
    qtbot.waitUntil(lambda: page.message.accessibleName() == "This episode did not open")
    assert page.stack.currentWidget() is page.message
    assert not window.actions_table.is_enabled("identities.export_pdf")


def test_that_the_reason_why_an_episode_did_not_open_stays_when_the_list_of_episodes_is_read_again(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    from tests.gui.review_support import STEADY_TIMES_MS, make_film

    window = make_window(tmp_path / "library")
    window.go("identities")
    page = window.session.pages["identities"]
    page.open_episode("ep-none")
    qtbot.waitUntil(lambda: page.message.accessibleName() == "This episode did not open")
    film = make_film(tmp_path / "film.mp4", STEADY_TIMES_MS)
    ep_id = window.session.services.library.episodes.add(film).ep_id
    qtbot.waitUntil(lambda: page.head.chooser.findData(ep_id) >= 0)
    assert page.message.accessibleName() == "This episode did not open"
    assert page.stack.currentWidget() is page.message


def test_that_an_episode_that_was_not_analysed_offers_it(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    from tests.gui.review_support import STEADY_TIMES_MS, make_film

    with Library.open(tmp_path / "library", holder="a test") as library:
        ep_id = library.episodes.add(make_film(tmp_path / "film.mp4", STEADY_TIMES_MS)).ep_id
    window = make_window(tmp_path / "library")
    asked: list[object] = []
    window.navigator.analysis_wanted.connect(asked.append)
    window.open_episode(ep_id)
    window.go("identities")
    page = window.session.pages["identities"]
    qtbot.waitUntil(lambda: page.message.accessibleName() == "Not analysed yet")
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.message.findChildren(QPushButton)))
    offer = next(one for one in page.message.findChildren(QPushButton) if one.isVisible())
    offer.click()
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [(ep_id,)]
