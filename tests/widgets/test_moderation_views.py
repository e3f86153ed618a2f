"""Chooser, faces to drag, suggestions, single tracks, cast, season, history: by mouse and by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.cast.types import Appearance, CastMember, SeasonRow, Seed
from core.suggestions.types import SuggestionKind
from tests.widgets.moderation_made import drop, hover, leave, suggestion
from widgets.cast_list import CastList
from widgets.crop_grid import GridItem
from widgets.drag_crop_grid import DragCropGrid
from widgets.history_list import HistoryList, HistoryStep, when_words
from widgets.moderation_mime import DragLoad, crops_mime, identities_mime, load_of
from widgets.season_grid import SeasonGrid
from widgets.singleton_tray import SingletonTray
from widgets.suggestion_view import SuggestionView
from widgets.target_chooser import Target, TargetChooser, TargetKind

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


# ---- chooser


@pytest.fixture
def chooser(qtbot: QtBot) -> Iterator[TargetChooser]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    made = TargetChooser(window)
    made.set_targets(
        [
            Target("identity-0001", "Lisa Vander", note="3 tracks → Lisa", colour_index=0),
            Target("identity-0002", "Tom", enabled=False),
            Target("cast-1", "Tom Sandoval", TargetKind.CAST),
        ],
        offers_new=True,
    )
    made.open_over(window, "Merge 2 people into")
    yield made
    made.close()


def test_that_the_chooser_finds_people_and_cast_by_a_few_letters(qtbot: QtBot, chooser: TargetChooser) -> None:
    assert [target.label for target in chooser.shown()][-1] == "New person"
    qtbot.keyClicks(chooser.field, "sand")
    assert chooser.shown()[0].target_id == "cast-1"
    with qtbot.waitSignal(chooser.cast_chosen) as caught:
        qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert caught.args == ["cast-1"]
    assert not chooser.isVisible()


def test_that_the_chooser_moves_by_arrows_and_refuses_who_cannot_be_chosen(
    qtbot: QtBot, chooser: TargetChooser
) -> None:
    qtbot.keyClick(chooser.field, Qt.Key.Key_Down)
    qtbot.keyClick(chooser.field, Qt.Key.Key_Up)
    with qtbot.waitSignal(chooser.identity_chosen) as caught:
        qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert caught.args == ["identity-0001"]


def test_that_a_person_who_cannot_be_chosen_stays(qtbot: QtBot, chooser: TargetChooser) -> None:
    row = next(at for at, target in enumerate(chooser.shown()) if not target.enabled)
    with qtbot.assertNotEmitted(chooser.identity_chosen):
        qtbot.mouseClick(chooser.rows.viewport(), LEFT, pos=chooser.rows.rect_of(row).center())
    assert chooser.isVisible()


def test_that_what_fits_nobody_becomes_a_new_person(qtbot: QtBot, chooser: TargetChooser) -> None:
    qtbot.keyClicks(chooser.field, "Katie")
    assert [target.kind for target in chooser.shown()] == [TargetKind.NEW]
    with qtbot.waitSignal(chooser.new_person_requested) as caught:
        qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert caught.args == ["Katie"]


# ---- faces


def test_that_faces_are_dragged_alone_or_as_whole_tracks(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = DragCropGrid(lambda _key: None)
    qtbot.addWidget(grid)
    grid.resize(500, 300)
    grid.set_crops("ep", [("t1", 3), ("t1", 9), ("t2", 20)], [GridItem(number) for number in range(3)])
    grid.show()
    qtbot.waitExposed(grid)
    carried: list[DragLoad | None] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, _action: carried.append(load_of(drag.mimeData())))
    grid.set_selected([0, 2])
    start = grid.rect_of(0).center()
    QTest.mousePress(grid.viewport(), LEFT, NONE, start)
    QTest.mouseMove(grid.viewport(), start + QPoint(40, 40))
    QTest.mouseRelease(grid.viewport(), LEFT, NONE, start + QPoint(40, 40))
    assert carried == [DragLoad("ep", crops=(("t1", 3), ("t2", 20)))]
    whole = grid.mime_of([0, 1, 2], whole_tracks=True)
    assert whole is not None
    assert load_of(whole) == DragLoad("ep", track_ids=("t1", "t2"))
    with qtbot.waitSignal(grid.target_wanted):
        qtbot.keyClick(grid, Qt.Key.Key_M)
    grid.set_items([GridItem(1)])
    assert grid.mime_of([0]) is None
    with pytest.raises(ValueError, match="2 crops and 1 items"):
        grid.set_crops("ep", [("t", 1), ("t", 2)], [GridItem(1)])
    grid.stop()


# ---- suggestions


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[SuggestionView]:
    made = SuggestionView(lambda _key: None)
    qtbot.addWidget(made)
    made.resize(440, 700)
    made.show_suggestion(suggestion(3, 0.87), 2, 42)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.stop()


def test_that_a_suggestion_is_answered_by_one_key(qtbot: QtBot, view: SuggestionView) -> None:
    for key, signal in (
        (Qt.Key.Key_Y, view.accepted),
        (Qt.Key.Key_N, view.rejected),
        (Qt.Key.Key_S, view.skipped),
    ):
        for widget in (view, view.left.grid, view.slider, view.yes):
            with qtbot.waitSignal(signal):
                qtbot.keyClick(widget, key)


def test_that_a_suggestion_is_asked_in_words_with_its_likeness(view: SuggestionView) -> None:
    assert "same person" in view.accessibleDescription()
    assert "87%" in view.accessibleDescription()
    assert "Their faces are alike." in view.accessibleDescription()
    assert view.yes.words() == "Same person"


@pytest.mark.parametrize("kind", list(SuggestionKind))
def test_that_every_kind_asks_a_question_that_yes_accepts(
    qtbot: QtBot, view: SuggestionView, kind: SuggestionKind
) -> None:
    view.show_suggestion(suggestion(3, 0.6, kind), 0, 1)
    assert view.accessibleDescription().split("?")[0]
    assert len({view.yes.words(), view.no.words(), view.later.words()}) == 3
    assert not view.grab().isNull()


def test_that_accept_all_says_how_many_and_uses_the_mark(qtbot: QtBot, view: SuggestionView) -> None:
    view.set_above(0)
    assert not view.accept_all.isEnabled()
    with qtbot.waitSignal(view.threshold_changed) as caught:
        view.set_threshold(0.9)
    assert caught.args == [0.9]
    assert not view.accept_all.isEnabled()
    view.set_above(12)
    assert view.accept_all.text() == "Accept all (12)"
    with qtbot.waitSignal(view.accept_all_requested) as caught:
        view.accept_all.click()
    assert caught.args == [0.9]


# ---- single tracks


def test_that_single_tracks_are_sorted_and_answered_one_after_the_other(qtbot: QtBot) -> None:
    tray = SingletonTray(lambda _key: None)
    qtbot.addWidget(tray)
    tray.resize(420, 400)
    tray.set_episode("ep")
    found = [suggestion(1, 0.4), suggestion(2, 0.9), suggestion(3, 0.7)]
    tray.set_singletons(found)
    tray.show()
    qtbot.waitExposed(tray)
    assert [tray.item(row).key for row in range(3)] == ["key-2", "key-3", "key-1"]
    tray.set_current(0)
    with qtbot.waitSignal(tray.accepted) as caught:
        qtbot.keyClick(tray, Qt.Key.Key_Y)
    assert caught.args == ["key-2"]
    tray.set_singletons([found[0], found[2]])
    assert tray.current() == 0
    with qtbot.waitSignal(tray.rejected) as caught:
        qtbot.keyClick(tray, Qt.Key.Key_N)
    assert caught.args == ["key-3"]
    yes, no = tray._buttons_in(tray.rect_of(1))
    with qtbot.waitSignal(tray.accepted) as caught:
        qtbot.mouseClick(tray.viewport(), LEFT, pos=yes.center().toPoint())
    assert caught.args == ["key-1"]
    with qtbot.waitSignal(tray.rejected) as caught:
        qtbot.mouseClick(tray.viewport(), LEFT, pos=no.center().toPoint())
    assert caught.args == ["key-1"]
    mime = tray.mime_of([0])
    assert mime is not None
    assert load_of(mime) == DragLoad("ep", identity_ids=("identity-0003",), tracks=1, label="Person 3")
    tray.stop()


# ---- cast


def member(number: int, *qualities: float) -> CastMember:
    seeds = tuple(
        Seed(f"s{at}", f"cast-{number}", Path("x.jpg"), Path("x.jpg"), "x.jpg", quality, 120.0, "")
        for at, quality in enumerate(qualities)
    )
    return CastMember(f"cast-{number}", "show", f"Member {number}", seeds, number, number * 60.0)


@pytest.fixture
def cast(qtbot: QtBot) -> Iterator[CastList]:
    made = CastList(lambda _key: None)
    qtbot.addWidget(made)
    made.resize(340, 500)
    made.set_members([member(1, 0.9, 0.8), member(2, 0.3), member(3)])
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.stop()


def files(*names: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/somewhere/{name}") for name in names])
    return mime


def test_that_photos_are_dropped_on_a_member_or_for_somebody_new(qtbot: QtBot, cast: CastList) -> None:
    mime = files("Ünïcödé 你好.JPG", "notes.txt", "b.png")
    with qtbot.waitSignal(cast.photos_dropped) as caught:
        assert drop(cast.rows, mime, cast.rows.rect_of(1).center())
    assert caught.args == ["cast-2", [Path("/somewhere/Ünïcödé 你好.JPG"), Path("/somewhere/b.png")]]
    with qtbot.waitSignal(cast.hint_changed) as caught:
        assert hover(cast.rows, mime, QPoint(100, 480))
    assert caught.args == ["2 photos → new member"]
    with qtbot.waitSignal(cast.photos_dropped) as caught:
        assert drop(cast.rows, mime, QPoint(100, 480))
    assert caught.args[0] == ""


def test_that_what_is_no_picture_is_refused_with_the_reason(qtbot: QtBot, cast: CastList) -> None:
    mime = files("notes.txt")
    with qtbot.waitSignal(cast.hint_changed) as caught:
        assert not hover(cast.rows, mime, cast.rows.rect_of(0).center())
    assert "Only pictures" in caught.args[0]
    leave(cast.rows)
    cast.set_photos_accepted(False)
    assert not hover(cast.rows, files("a.jpg"), cast.rows.rect_of(0).center())


def test_that_people_are_dropped_on_a_member_and_faces_are_not(qtbot: QtBot, cast: CastList) -> None:
    mime = identities_mime("ep", ["identity-0003"], tracks=3, label="Person 3")
    place = cast.rows.rect_of(0).center()
    with qtbot.waitSignal(cast.hint_changed) as caught:
        assert hover(cast.rows, mime, place)
    assert caught.args == ["Person 3 → is Member 1"]
    with qtbot.waitSignal(cast.assign_requested) as caught:
        assert drop(cast.rows, mime, place)
    assert caught.args == [["identity-0003"], "cast-1"]
    assert not drop(cast.rows, mime, QPoint(100, 480))
    assert not drop(cast.rows, crops_mime("ep", [("t", 1)]), place)


def test_that_one_member_is_selected_and_stays_so(qtbot: QtBot, cast: CastList) -> None:
    qtbot.mouseClick(cast.rows.viewport(), LEFT, pos=cast.rows.rect_of(1).center())
    assert cast.selected() == "cast-2"
    qtbot.keyClick(cast.rows, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert cast.selected() == "cast-3"
    with qtbot.assertNotEmitted(cast.selection_changed):
        cast.set_members([member(3), member(1)])
    assert cast.selected() == "cast-3"
    with qtbot.waitSignal(cast.selection_changed):
        cast.set_members([member(1)])
    assert cast.selected() is None
    with qtbot.waitSignal(cast.activated) as caught:
        qtbot.mouseDClick(cast.rows.viewport(), LEFT, pos=cast.rows.rect_of(0).center())
    assert caught.args == ["cast-1"]


def test_that_a_member_says_how_good_the_photos_are(cast: CastList) -> None:
    words = [cast.rows.words_of(cast.rows.item(row)) for row in range(3)]
    assert "quality 90%" in words[0]
    assert "weak photo 30%" in words[1]
    assert "no photo" in words[2]


# ---- season


def test_that_the_season_goes_by_arrows_and_opens_episodes(qtbot: QtBot) -> None:
    grid = SeasonGrid(lambda _key: None)
    qtbot.addWidget(grid)
    grid.resize(700, 300)
    grid.set_season([], [])
    grid.show()
    qtbot.waitExposed(grid)
    assert not grid.grab().isNull()
    episodes = [(f"ep-{number}", f"E{number}") for number in range(20)]
    rows = [
        SeasonRow(
            f"c{at}", f"Member {at}", (Appearance("ep-1", ("a", "b"), 65.0, 4, None),), at > 0, (("ep-2", "x", 0.8),)
        )
        for at in range(30)
    ]
    grid.set_season(episodes, rows)
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current() == (0, 0)
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.current() == (0, 19)
    assert grid.viewport().rect().contains(grid.rect_of(0, 19).center())
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    with qtbot.waitSignal(grid.episode_activated) as opened, qtbot.waitSignal(grid.cell_activated) as cell:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert opened.args == ["ep-1"]
    assert cell.args == ["c0", "ep-1"]
    assert "1 min 5 s" in grid.accessibleDescription()
    assert "as 2 people" in grid.accessibleDescription()
    with qtbot.waitSignal(grid.episode_activated) as once:
        qtbot.mouseClick(grid.viewport(), LEFT, pos=grid.rect_of(1, 2).center())
        qtbot.mouseDClick(grid.viewport(), LEFT, pos=grid.rect_of(1, 2).center())
    assert once.args == ["ep-2"]
    assert not grid.grab().isNull()
    grid.stop()


# ---- history


def test_that_history_goes_back_and_forth_to_any_step(qtbot: QtBot) -> None:
    history = HistoryList()
    qtbot.addWidget(history)
    history.resize(420, 400)
    history.set_steps(
        [
            HistoryStep(4, "Rename", "You", "2026-01-02T10:00:00Z", "undone"),
            HistoryStep(3, "Merge 3 people into Lisa", "API key 1", "2026-01-02T09:00:00Z", "done"),
            HistoryStep(2, "Lock", "You", "not a time", "done"),
            HistoryStep(1, "Old", "Analysis", "2026-01-01T09:00:00Z", "past"),
        ]
    )
    history.show()
    qtbot.waitExposed(history)
    assert not history.grab().isNull()
    history.set_current(2)
    with qtbot.waitSignal(history.undo_to_requested) as caught:
        qtbot.keyClick(history, Qt.Key.Key_Return)
    assert caught.args == [2]
    history.set_current(0)
    button = history._button_in(history.item(0), history.rect_of(0))
    assert button is not None
    with qtbot.waitSignal(history.redo_to_requested) as caught:
        qtbot.mouseClick(history.viewport(), LEFT, pos=button.center().toPoint())
    assert caught.args == [4]
    history.set_current(3)
    with qtbot.assertNotEmitted(history.undo_to_requested):
        qtbot.keyClick(history, Qt.Key.Key_Return)
        qtbot.mouseDClick(history.viewport(), LEFT, pos=history.rect_of(1).topLeft() + QPoint(60, 20))
    assert "undone" in history.words_of(history.item(0))
    assert "cannot be taken back" in history.tip_of(history.item(3))
    history.stop()


def test_that_times_of_history_are_told_as_people_do() -> None:
    assert when_words("yesterday or so") == "yesterday or so"
    assert "2026" in when_words("2026-01-02T10:00:00Z") or "26" in when_words("2026-01-02T10:00:00Z")
