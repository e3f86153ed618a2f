"""What stands beside the board of identities: suggestions, singles, history, screen time, new analyses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.desktop.identities_page.page import IdentitiesPage
from app.desktop.window import MainWindow
from core.review.read import load_review
from core.suggestions.types import Suggestion
from tests.gui.identities_bench import FIRST, SECOND, THIRD, Board
from tests.gui.made_people import analyse_again, names_in
from widgets.suggestion_view import SuggestionView

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "review", "identities")]


def test_that_review_and_the_board_show_the_same_episode(board: Board) -> None:
    board.page.board.set_selected([SECOND])
    board.page.board.grid.setFocus()
    board.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert board.window.page_id == "review"
    review = board.window.session.pages["review"]
    board.wait_for(lambda: review.episode is not None)
    assert review.episode.review.ep_id == board.ep_id
    assert names_in(board.library, board.ep_id) == [""] * 5
    assert len(load_review(board.library, board.ep_id).identities) == 5


def test_that_suggestions_are_answered_by_one_key_each(board: Board) -> None:
    """Person 5 looks like person 1; once the first has a name, the answer spreads from there."""
    page = board.page
    page.edits.rename(FIRST, "Lisa")
    board.wait_for(lambda: board.name(FIRST) == "Lisa")
    board.wait_for(lambda: any("identity-00005" in (one.identity_id, one.target_id) for one in found_now(page)))
    board.key(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert page.side.shown == "suggestions"
    asked = page.side.suggestions.queue.now
    assert asked is not None
    board.key(Qt.Key.Key_Y)
    board.wait_for(lambda: "identity-00005" not in board.shown)
    assert page.data.identities[FIRST].track_ids
    board.wait_for(lambda: asked.key not in {one.key for one in found_now(page)})
    board.wait_for(lambda: board.window.actions_table.qaction("edit.undo").isEnabled())
    board.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    board.wait_for(lambda: "identity-00005" in board.shown)


def test_that_a_rejected_suggestion_never_comes_back(board: Board, make_window: Callable[..., MainWindow]) -> None:
    page = board.page
    board.wait_for(lambda: bool(found_now(page)))
    board.key(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    asked = page.side.suggestions.queue.now
    board.key(Qt.Key.Key_N)
    board.wait_for(lambda: len(board.library.moderation.rejections(board.ep_id)) == 1)
    page.feed.ask_again()
    board.qtbot.wait(500)
    assert asked.key not in {one.key for one in found_now(page)}
    folder = board.library.path
    board.window.close()
    again = Board(make_window(folder), board.qtbot, board.ep_id)
    again.open()
    again.qtbot.wait(500)
    assert asked.key not in {one.key for one in found_now(again.page)}


def test_that_everything_above_the_mark_is_accepted_as_one_step(board: Board) -> None:
    page = board.page
    page.edits.rename(FIRST, "Lisa")
    board.wait_for(lambda: any(one.from_confirmed for one in found_now(page)))
    page.show_section("suggestions")
    page.side.suggestions.view.set_threshold(0.5)
    board.wait_for(page.side.suggestions.can_accept_above)
    board.key(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    board.wait_for(lambda: "identity-00005" not in board.shown)
    steps = board.library.moderation.history(board.ep_id)
    assert [step.command for step in steps][:1] == ["rename"]
    assert len(steps) == 2


def test_that_singles_are_settled_in_their_tray(board: Board) -> None:
    page = board.page
    board.wait_for(lambda: bool(page.side.suggestions.queue.singletons()))
    board.key(Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    tray = page.side.singletons.tray
    tray.set_current(0)
    board.key(Qt.Key.Key_Y)
    board.wait_for(lambda: "identity-00005" not in board.shown)
    assert len(board.library.moderation.history(board.ep_id)) == 1, "one step of the history"


def test_that_the_history_takes_back_down_to_a_step_and_does_it_again(board: Board) -> None:
    page = board.page
    for identity_id, name in ((FIRST, "Ann"), (SECOND, "Bo"), (THIRD, "Cy")):
        page.edits.rename(identity_id, name)
    board.wait_for(lambda: board.name(THIRD) == "Cy")
    board.key(Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    steps = page.side.history.list
    board.wait_for(lambda: steps.count == 3)
    assert steps.item(0).who == "You"
    steps.set_current(1)
    board.key(Qt.Key.Key_Return)
    board.wait_for(lambda: [board.name(one) for one in (FIRST, SECOND, THIRD)] == ["Ann", "", ""])
    board.wait_for(lambda: [steps.item(at).state for at in range(3)] == ["undone", "undone", "done"])
    steps.set_current(0)
    board.key(Qt.Key.Key_Return)
    board.wait_for(lambda: [board.name(one) for one in (FIRST, SECOND, THIRD)] == ["Ann", "Bo", "Cy"])


def test_that_a_person_goes_back_to_what_the_machine_found(board: Board) -> None:
    page = board.page
    before = page.data.identities[FIRST].track_ids
    page.edits.merge([THIRD], FIRST)
    board.wait_for(lambda: THIRD not in board.shown)
    page.board.set_selected([FIRST])
    page.board.grid.setFocus()
    board.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    board.wait_for(lambda: page.data.identities[FIRST].track_ids == before)
    assert THIRD in board.shown, "its tracks are a person again"


def test_that_screen_time_goes_to_the_proof_and_to_a_file(board: Board, tmp_path: Path) -> None:
    page = board.page
    board.key(Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    board.wait_for(lambda: len(page.side.time.chart.shown_labels()) >= 5)
    page.exporting.folder = tmp_path
    with board.qtbot.waitSignal(page.exporting.exported, timeout=20_000) as told:
        assert board.window.actions_table.run("identities.export_csv")
        page.exporting.dialog.accept()
    assert told.args[0].read_text(encoding="utf-8").count("\n") > 5
    page.side.time.chart.seek_requested.emit(2.0)
    assert board.window.page_id == "review"
    review = board.window.session.pages["review"]
    board.qtbot.waitUntil(lambda: abs(review.player.t_s - 2.0) < 0.05)


def test_that_everything_on_the_page_has_a_name(board: Board) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

    nameless = []
    for widget in board.page.findChildren(QWidget):
        if isinstance(widget.parent(), QLineEdit) or not isinstance(widget, QAbstractButton | QComboBox | QLineEdit):
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        never_shown_so = widget.isHidden() or isinstance(widget.parent(), SuggestionView)
        if not (widget.accessibleName() or text or never_shown_so or widget.objectName().startswith("qt_")):
            nameless.append((type(widget).__name__, widget.objectName(), type(widget.parent()).__name__))
    assert nameless == []


def test_that_a_new_analysis_says_what_it_kept_and_lost_and_can_be_turned_down(board: Board) -> None:
    page = board.page
    page.edits.rename(FIRST, "Ann")
    board.wait_for(lambda: board.name(FIRST) == "Ann")
    before = board.library.runs.current(board.ep_id, "cluster").run_id
    board.window.session.background.run_edit(lambda: analyse_again(board.library, board.ep_id), lane="analysis")
    board.wait_for(page.carry_bar.isVisible)
    assert page.carry_bar.text == "The new analysis kept 1 correction, 1 was lost."
    board.qtbot.mouseClick(page.carry_bar.look, Qt.MouseButton.LeftButton)
    assert page.side.currentWidget() is page.side.carry
    board.qtbot.mouseClick(page.side.carry.reject, Qt.MouseButton.LeftButton)
    board.wait_for(lambda: not page.carry_bar.isVisible())
    assert board.library.runs.current(board.ep_id, "cluster").run_id == before
    board.wait_for(lambda: board.name(FIRST) == "Ann")


def test_that_a_new_analysis_is_kept_by_one_button(board: Board) -> None:
    page = board.page
    board.window.session.background.run_edit(lambda: analyse_again(board.library, board.ep_id), lane="analysis")
    board.wait_for(page.carry_bar.isVisible)
    board.wait_for(lambda: board.window.actions_table.qaction("edit.undo").text() == "Undo Analyse again")
    board.qtbot.mouseClick(page.carry_bar.accept, Qt.MouseButton.LeftButton)
    board.wait_for(lambda: not page.carry_bar.isVisible())
    assert page.side.currentWidget() is page.side.tabs


def found_now(page: IdentitiesPage) -> list[Suggestion]:
    """The questions that are known now."""
    return page.side.suggestions.queue.found
