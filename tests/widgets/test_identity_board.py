"""The board: people are merged, moved, named and locked by mouse and by keyboard, also with five thousand of them."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.widgets.moderation_made import card, drop, hover, leave
from widgets.identity_board import IdentityBoard
from widgets.moderation_mime import DragLoad, cast_mime, crops_mime, identities_mime, load_of, tracks_mime
from widgets.theme import apply_theme

LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL, NONE = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
)
EMPTY = QPoint(3, 590)
P1, P2, P3, P4, P5 = (f"identity-{number:04}" for number in range(1, 6))


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[IdentityBoard]:
    made = IdentityBoard()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.set_episode("ep")
    made.set_cards(
        [
            card(1, "Lisa", tracks=31),
            card(2, tracks=3),
            card(3, tracks=2),
            card(4, "Tom", tracks=9, locked=True),
            card(5),
        ]
    )
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    yield made
    made.stop()


def place(board: IdentityBoard, identity_id: str) -> QPoint:
    found = board.place_of(identity_id)
    assert found is not None
    return found[1]


def people(board: IdentityBoard, *identity_ids: str) -> object:
    rows = [board.grid.shelf.row_of(one) for one in identity_ids]
    return board.grid.mime_of(rows)


def test_that_dropping_a_person_on_another_asks_for_a_merge(qtbot: QtBot, board: IdentityBoard) -> None:
    with qtbot.waitSignal(board.merge_requested) as caught:
        assert drop(board.grid, people(board, P2, P3), place(board, P1))
    assert caught.args == [[P2, P3], P1]
    assert not board.grid.overlay.isVisible()


def test_that_hovering_says_direction_and_counts(qtbot: QtBot, board: IdentityBoard) -> None:
    with qtbot.waitSignal(board.hint_changed) as caught:
        assert hover(board.grid, people(board, P2), place(board, P1))
    assert caught.args == ["3 tracks → Lisa (31): 34 tracks"]
    assert board.grid.overlay.isVisible()
    assert board.grid.overlay.text == caught.args[0]
    assert not board.grid.overlay.grab().isNull()
    with qtbot.waitSignal(board.hint_changed) as caught:
        leave(board.grid)
    assert caught.args == [""]
    assert not board.grid.overlay.isVisible()


def test_that_a_locked_person_refuses_as_target_and_as_source(qtbot: QtBot, board: IdentityBoard) -> None:
    with qtbot.assertNotEmitted(board.merge_requested), qtbot.assertNotEmitted(board.move_tracks_requested):
        for mime, target in (
            (people(board, P2), P4),
            (people(board, P4), P1),
            (tracks_mime("ep", ["track-00001"]), P4),
        ):
            assert not hover(board.grid, mime, place(board, target))
            assert "Tom is locked" in board.grid.overlay.text
            assert board.grid.overlay.refused
            assert not drop(board.grid, mime, place(board, target))


def test_that_dropping_on_oneself_or_people_on_nothing_does_nothing(qtbot: QtBot, board: IdentityBoard) -> None:
    with qtbot.assertNotEmitted(board.merge_requested):
        assert not drop(board.grid, people(board, P2), place(board, P2))
        assert not drop(board.grid, people(board, P2), EMPTY)


def test_that_a_target_among_the_dragged_is_no_source(qtbot: QtBot, board: IdentityBoard) -> None:
    with qtbot.waitSignal(board.merge_requested) as caught:
        assert drop(board.grid, people(board, P1, P2, P3), place(board, P1))
    assert caught.args == [[P2, P3], P1]


def test_that_tracks_and_faces_move_to_somebody_or_become_a_new_person(qtbot: QtBot, board: IdentityBoard) -> None:
    with qtbot.waitSignal(board.move_tracks_requested) as caught:
        assert drop(board.grid, tracks_mime("ep", ["track-00007"]), place(board, P1))
    assert caught.args == [["track-00007"], P1]
    with qtbot.waitSignal(board.move_crops_requested) as caught:
        assert drop(board.grid, crops_mime("ep", [("track-00007", 12)]), EMPTY)
    assert caught.args == [[("track-00007", 12)], ""]
    assert hover(board.grid, crops_mime("ep", [("track-00007", 12)]), EMPTY)
    assert board.grid.overlay.text == "1 face → new person"
    leave(board.grid)


def test_that_faces_of_another_episode_and_foreign_data_are_refused(qtbot: QtBot, board: IdentityBoard) -> None:
    assert not hover(board.grid, tracks_mime("other", ["track-00001"]), place(board, P1))
    assert "another episode" in board.grid.overlay.text
    leave(board.grid)
    from PySide6.QtCore import QMimeData

    foreign = QMimeData()
    foreign.setText("something")
    assert not drop(board.grid, foreign, place(board, P1))


def test_that_a_cast_member_dropped_on_a_person_is_assigned(qtbot: QtBot, board: IdentityBoard) -> None:
    with qtbot.waitSignal(board.assign_requested) as caught:
        assert drop(board.grid, cast_mime("cast-1", "Lisa Vander"), place(board, P2))
    assert caught.args == [[P2], "cast-1"]


def test_that_a_mouse_drag_carries_all_that_is_selected(
    qtbot: QtBot, board: IdentityBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[DragLoad | None] = []

    def hold(drag: QDrag, _action: Qt.DropAction) -> Qt.DropAction:
        assert not drag.pixmap().isNull()
        carried.append(load_of(drag.mimeData()))
        return Qt.DropAction.IgnoreAction

    monkeypatch.setattr(QDrag, "exec", hold)
    view = board.grid.viewport()
    board.set_selected([P2, P3])
    start = place(board, P3)
    QTest.mousePress(view, LEFT, NONE, start)
    QTest.mouseMove(view, start + QPoint(3, 3))
    assert not carried
    QTest.mouseMove(view, start + QPoint(30, 30))
    QTest.mouseRelease(view, LEFT, NONE, start + QPoint(30, 30))
    assert carried == [DragLoad("ep", identity_ids=(P2, P3), tracks=5)]
    assert board.selected() == [P2, P3]
    qtbot.mouseClick(view, LEFT, pos=start)
    assert board.selected() == [P3]


def test_that_shift_ctrl_and_the_rubber_band_select_several(qtbot: QtBot, board: IdentityBoard) -> None:
    view = board.grid.viewport()
    qtbot.mouseClick(view, LEFT, NONE, place(board, P1))
    qtbot.mouseClick(view, LEFT, SHIFT, place(board, P3))
    assert board.selected() == [P1, P2, P3]
    qtbot.mouseClick(view, LEFT, CTRL, place(board, P2))
    assert board.selected() == [P1, P3]
    QTest.mousePress(view, LEFT, NONE, EMPTY)
    assert board.selected() == []
    QTest.mouseMove(view, place(board, P2))
    QTest.mouseRelease(view, LEFT, NONE, place(board, P2))
    assert set(board.selected()) >= {P1, P2}
    assert P4 not in board.selected()


def test_that_m_merges_by_writing(qtbot: QtBot, board: IdentityBoard) -> None:
    board.set_selected([P2, P3])
    qtbot.keyClick(board.grid, Qt.Key.Key_M)
    chooser = board.chooser
    assert chooser is not None
    shown = {target.target_id: target for target in chooser.shown()}
    assert not shown[P4].enabled
    assert shown[P1].note == "2 people, 5 tracks → Lisa (31): 36 tracks"
    qtbot.keyClicks(chooser.field, "lis")
    with qtbot.waitSignal(board.merge_requested) as caught:
        qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert caught.args == [[P2, P3], P1]
    assert board.chooser is None


def test_that_l_asks_to_lock_all_that_are_selected(qtbot: QtBot, board: IdentityBoard) -> None:
    asked: list[str] = []
    board.lock_toggled.connect(asked.append)
    board.set_selected([P2, P3])
    qtbot.keyClick(board.grid, Qt.Key.Key_L)
    assert asked == [P2, P3]


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Return])
def test_that_a_name_is_written_on_the_card(qtbot: QtBot, board: IdentityBoard, key: Qt.Key) -> None:
    board.set_selected([P2])
    qtbot.keyClick(board.grid, key)
    field = board.grid.field
    assert field.isVisible()
    assert field.text() == ""
    qtbot.keyClicks(field, "Ann ")
    with qtbot.waitSignal(board.rename_requested) as caught:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert caught.args == [P2, "Ann", True]
    assert not field.isVisible()
    assert board.grid.hasFocus()


def test_that_names_can_be_given_one_after_the_other_without_the_mouse(qtbot: QtBot, board: IdentityBoard) -> None:
    unnamed = [P3, P5]
    given: list[str] = []

    def take(identity_id: str, name: str) -> None:
        given.append(f"{identity_id} {name}")
        if unnamed:
            board.begin_rename(unnamed.pop(0))

    board.rename_requested.connect(take)
    board.begin_rename(P2)
    for name in ("Ann", "Bob", "Cid"):
        qtbot.keyClicks(board.grid.field, name)
        qtbot.keyClick(board.grid.field, Qt.Key.Key_Return)
    assert given == [f"{P2} Ann", f"{P3} Bob", f"{P5} Cid"]
    assert not board.grid.field.isVisible()


def test_that_escape_and_an_unchanged_name_change_nothing(qtbot: QtBot, board: IdentityBoard) -> None:
    with qtbot.assertNotEmitted(board.rename_requested):
        board.begin_rename(P1)
        qtbot.keyClicks(board.grid.field, "Other")
        qtbot.keyClick(board.grid.field, Qt.Key.Key_Escape)
        assert not board.grid.field.isVisible()
        board.begin_rename(P1)
        assert board.grid.field.text() == "Lisa"
        qtbot.keyClick(board.grid.field, Qt.Key.Key_Return)
        board.begin_rename(P1)
        board.grid.field.clear()
        qtbot.keyClick(board.grid.field, Qt.Key.Key_Return)


def test_that_known_names_are_offered_and_taken_by_arrow_and_enter(qtbot: QtBot, board: IdentityBoard) -> None:
    board.set_known_names(["Lisa Vander", "Tom Sandoval", "Katie"])
    board.begin_rename(P2)
    field = board.grid.field
    qtbot.keyClicks(field, "sand")
    popup = field.completer().popup()
    assert popup.isVisible()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    assert field.text() == "Tom Sandoval"
    with qtbot.waitSignal(board.rename_requested) as caught:
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert caught.args == [P2, "Tom Sandoval", True]
    assert not popup.isVisible()
    board.begin_rename(P3)
    qtbot.keyClicks(field, "Kat")
    with qtbot.waitSignal(board.rename_requested) as caught:
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert caught.args == [P3, "Kat", True]


def test_that_a_click_elsewhere_takes_the_name_and_goes_no_further(qtbot: QtBot, board: IdentityBoard) -> None:
    board.begin_rename(P2)
    qtbot.keyClicks(board.grid.field, "Ann")
    with qtbot.waitSignal(board.rename_requested) as caught:
        board.grid.setFocus(Qt.FocusReason.MouseFocusReason)
    assert caught.args == [P2, "Ann", False]


def test_that_enter_goes_on_although_a_mouse_button_is_held_elsewhere(qtbot: QtBot, board: IdentityBoard) -> None:
    elsewhere = QWidget()
    qtbot.addWidget(elsewhere)
    elsewhere.show()
    QTest.mousePress(elsewhere.windowHandle(), LEFT, NONE, QPoint(1, 1))
    board.begin_rename(P2)
    qtbot.keyClicks(board.grid.field, "Ann")
    assert QGuiApplication.mouseButtons() == LEFT
    with qtbot.waitSignal(board.rename_requested) as caught:
        qtbot.keyClick(board.grid.field, Qt.Key.Key_Return)
    QTest.mouseRelease(elsewhere.windowHandle(), LEFT, NONE, QPoint(1, 1))
    assert caught.args == [P2, "Ann", True]


def test_that_newer_cards_keep_selection_and_order(qtbot: QtBot, board: IdentityBoard) -> None:
    board.set_selected([P3])
    with qtbot.assertNotEmitted(board.selection_changed):
        board.update_cards([card(1, "Lisa", tracks=34)], [P2])
    assert board.selected() == [P3]
    assert board.current() == P3
    assert board.shown_ids() == [P1, P3, P4, P5]
    updated = board.card(P1)
    assert updated is not None
    assert updated.tracks == 34
    board.update_cards([card(2, tracks=3), card(9)], [])
    assert board.shown_ids() == [P1, P2, P3, P4, P5, "identity-0009"]
    with qtbot.waitSignal(board.selection_changed):
        board.update_cards([], [P3])
    assert board.selected() == []
    assert board.current() == P4


def test_that_the_filter_finds_names_and_keeps_to_newer_cards(qtbot: QtBot, board: IdentityBoard) -> None:
    board.set_filter("lis")
    assert board.shown_ids() == [P1]
    board.update_cards([card(2, "Elise")], [])
    assert board.shown_ids() == [P1, P2]
    board.update_cards([card(2, "Ann")], [])
    assert board.shown_ids() == [P1]
    board.set_filter("")
    assert len(board.shown_ids()) == 5


def test_that_a_card_says_everything_in_words(board: IdentityBoard) -> None:
    words = board.grid.words_of(card(7, tracks=3, locked=True, mixed=True))
    assert all(part in words for part in ("Person 7", "not named", "3 tracks", "cohesion 90%", "locked", "looks mixed"))
    board.set_selected([P1])
    assert "Lisa" in board.grid.accessibleDescription()


def test_that_holding_a_drag_at_the_edge_scrolls(qtbot: QtBot, board: IdentityBoard) -> None:
    board.set_cards([card(number) for number in range(1, 500)])
    bar = board.grid.verticalScrollBar()
    bottom = QPoint(200, board.grid.viewport().height() - 4)
    hover(board.grid, people(board, P1), bottom)
    qtbot.waitUntil(lambda: bar.value() > 200)
    under = board.grid.index_at(bottom)
    leave(board.grid)
    stopped = bar.value()
    qtbot.wait(60)
    assert bar.value() == stopped
    assert under > 10


def test_that_five_thousand_people_are_painted_and_merged(qtbot: QtBot, board: IdentityBoard) -> None:
    board.set_cards([card(number, tracks=2) for number in range(1, 5001)])
    board.grid.viewport().grab()
    board.update_cards([card(1, tracks=4)], [P2])
    board.grid.viewport().grab()
    assert board.card(P1).tracks == 4
    assert len(board.shown_ids()) == 4999


def test_that_a_change_paints_only_its_card(qtbot: QtBot, board: IdentityBoard) -> None:
    board.set_cards([card(number) for number in range(1, 5001)])
    qtbot.waitUntil(lambda: len(board.grid._cache) >= len(board.grid.visible()))
    qtbot.wait(20)
    painted: list[str] = []
    paint = board.grid.paint_item
    board.grid.paint_item = lambda painter, item, cell, state: (  # type: ignore[method-assign]
        painted.append(item.identity_id),
        paint(painter, item, cell, state),
    )
    board.update_cards([card(2, "Ann")], [])
    qtbot.waitUntil(lambda: bool(painted))
    assert P2 in painted
    assert len(set(painted)) <= 3


def test_that_both_themes_and_all_zooms_paint(qtbot: QtBot, qapp: QApplication, board: IdentityBoard) -> None:
    board.set_cards([card(number, mixed=number % 2 == 0, locked=number % 3 == 0) for number in range(1, 90)])
    for theme in ("light", "dark"):
        apply_theme(qapp, theme)
        for width_px in (96, 148, 320):
            board.set_cell_width(width_px)
            assert not board.grab().isNull()


def test_that_an_identity_mime_of_the_tray_is_understood(qtbot: QtBot, board: IdentityBoard) -> None:
    with qtbot.waitSignal(board.merge_requested) as caught:
        assert drop(board.grid, identities_mime("ep", ["identity-0999"], tracks=1), place(board, P1))
    assert caught.args == [["identity-0999"], P1]
