"""Lanes of the Annotate page in the real window: what is shown, marked, corrected and undone."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.desktop.annotate_page.lane_dialog import LaneDialog
from app.desktop.window import MainWindow
from core.annotate.types import TierKind
from tests.gui.activating import activate
from tests.gui.annotate_bench import AnnotateBench
from tests.gui.made_annotations import Made, made_library

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "annotate")]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """A library made once; tests work on copies of its folder."""
    folder = tmp_path_factory.mktemp("annotations")
    return folder / "library", made_library(folder / "library", folder)


@pytest.fixture
def made(template: tuple[Path, Made], tmp_path: Path) -> Made:
    shutil.copytree(template[0], tmp_path / "library")
    return template[1]


@pytest.fixture
def desk(made: Made, make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot) -> AnnotateBench:
    """The lanes of the annotated video."""
    shown = AnnotateBench(make_window(tmp_path / "library"), qtbot)
    shown.open(made.ep_id)
    return shown


def test_that_own_lanes_stand_above_found_ones_and_boxes_are_drawn_over_the_frame_of_now(desk: AnnotateBench) -> None:
    lanes = desk.page.body.lanes
    titles = [(row.title, row.editable) for row in lanes.canvas.rows()]
    assert titles[:3] == [("Gaze", True), ("Gaze", True), ("Nods", True)]
    assert {title for title, own in titles[3:] if not own} == {"shots", "faces", "speakers", "utterances", "motion"}
    desk.wait(lambda: lanes.player.shown is not None, "the film")
    lanes.player.seek(5.05)
    desk.wait(lambda: abs(lanes.player.t_s - 5.0) < 0.06, "the frame")
    view = lanes.player.view
    assert sorted(box.label for box in view._screen.boxes) == ["Lisa", "Tom"]
    faces = next(row for row in lanes.canvas.rows() if row.title == "faces")
    colours = {box.label: box.colour_index for box in view._screen.boxes}
    assert colours == {name: lanes.canvas.colour_of(faces, name) for name in colours}, "as in the lane"
    lanes.player.seek(10.0)
    desk.wait(lambda: abs(lanes.player.t_s - 10.0) < 0.06, "another frame")
    assert [box.label for box in view._screen.boxes] == ["Lisa"], "Tom is away from 8 s to 12 s"
    desk.run("boxes")
    assert view._screen.boxes == ()


def test_that_a_drawn_mark_is_kept_selected_undone_and_redone(desk: AnnotateBench) -> None:
    lane = desk.lane("Gaze", "Anna")
    canvas = desk.page.body.lanes.canvas
    canvas.mark_drawn.emit(lane.lane_id, 13.5, 14.5)
    desk.wait(lambda: len(desk.page.body.lanes.selected_ids()) == 1, "the new mark is selected")
    assert (13.5, 14.5, "partner") in desk.labels(lane), "the first label of the vocabulary"
    undo = desk.window.actions_table.qaction("edit.undo")
    desk.wait(undo.isEnabled, "it can be undone")
    assert desk.window.actions_table.run("edit.undo")
    desk.wait(lambda: (13.5, 14.5, "partner") not in desk.labels(lane), "undone")
    desk.wait(desk.window.actions_table.qaction("edit.redo").isEnabled, "it can be done again")
    assert desk.window.actions_table.run("edit.redo")
    desk.wait(lambda: (13.5, 14.5, "partner") in desk.labels(lane), "done again")


def test_that_digits_label_selected_marks_and_the_marks_to_come(desk: AnnotateBench) -> None:
    lane = desk.lane("Gaze", "Anna")
    desk.take(lane, desk.mark_ids(lane)[0])
    assert desk.window.actions_table.qaction("annotate.label_3").text() == "Label 3: away"
    desk.run("label_3")
    desk.wait(lambda: desk.labels(lane)[0] == (0.5, 4.0, "away"), "labelled")
    assert desk.page.body.lanes.brush() == "away"
    desk.take(lane)
    desk.run("label_2")
    assert desk.page.body.lanes.brush() == "screen"


def test_that_keys_begin_and_end_split_join_and_delete_marks(desk: AnnotateBench) -> None:
    lane, lanes = desk.lane("Gaze", "Anna"), desk.page.body.lanes
    desk.take(lane)
    lanes.canvas.set_position(13.4)
    desk.run("mark_start")
    lanes.canvas.set_position(14.6)
    desk.run("mark_end")
    desk.run("label_2")  # at once, as while it plays: before the mark is stored and selected
    desk.wait(lambda: (13.4, 14.6, "screen") in desk.labels(lane), "drawn by keys")
    desk.wait(lambda: len(lanes.selected_ids()) == 1, "selected")
    lanes.canvas.set_position(14.0)
    desk.run("split")
    desk.wait(lambda: (14.0, 14.6, "screen") in desk.labels(lane), "split")
    desk.wait(lambda: len(desk.mark_ids(lane)) == 6, "both shown")
    halves = [one.mark_id for one in desk.book.marks[lane.tier_id] if 13 < one.start_s < 15]
    desk.take(lane, *halves)
    desk.run("join")
    desk.wait(lambda: (13.4, 14.6, "screen") in desk.labels(lane), "joined")
    desk.wait(lambda: len(desk.mark_ids(lane)) == 5, "one shown")
    desk.take(lane, next(one.mark_id for one in desk.book.marks[lane.tier_id] if one.start_s == 13.4))
    desk.run("delete_marks")
    desk.wait(lambda: len(desk.labels(lane)) == 4, "deleted")
    assert all(not 13 < start_s < 15 for start_s, _end_s, _label in desk.labels(lane))


def test_that_the_fields_beside_change_label_times_and_comment(desk: AnnotateBench, qtbot: QtBot) -> None:
    activate(desk.window, qtbot)
    lane, marking = desk.lane("Gaze", "Anna"), desk.page.body.lanes.marking
    mark_id = desk.mark_ids(lane)[0]
    desk.take(lane, mark_id)
    desk.run("label")
    marking.name.selectAll()
    qtbot.keyClicks(marking.name, "floor")
    qtbot.keyClick(marking.name, Qt.Key.Key_Return)
    desk.wait(lambda: desk.labels(lane)[0][2] == "floor", "another label")
    shown_s = desk.page.body.lanes.player.t_s
    qtbot.keyClick(marking.name, Qt.Key.Key_Left)
    assert desk.page.body.lanes.player.t_s == shown_s, "arrows belong to the field"
    marking.start.lineEdit().setText("0:00:01.000")
    marking.start.time_committed.emit(1.0)
    desk.wait(lambda: desk.labels(lane)[0][:2] == (1.0, 4.0), "another start")
    marking.comment.setFocus()
    qtbot.keyClicks(marking.comment, "looks twice")
    marking.name.setFocus()
    desk.wait(lambda: desk.library.coding.mark(mark_id).comment == "looks twice", "the comment")


def test_that_correcting_copies_a_found_lane_under_the_coders_name(desk: AnnotateBench) -> None:
    desk.page.choices.coder = "Clara"
    found = desk.lane("speakers")
    desk.page.body.lanes.canvas.lane_menu_requested.emit(found.lane_id, QPoint(700, 700))
    menu = desk.page.body.lanes.findChild(QMenu)
    offered = {action.objectName(): action.isEnabled() for action in menu.actions() if action.objectName()}
    assert (offered["annotate.correct"], offered["annotate.delete_lane"]) == (True, False), "it cannot be edited itself"
    menu.close()
    desk.take(found)
    desk.run("mark_start")
    assert "“speakers” was found by a pipeline" in desk.window.notices.kept[-1].message, "why the key does nothing"
    assert not desk.page.body.lanes.marking.correct.isHidden()
    assert "speaker_diarization 1.0.0" in desk.page.body.lanes.marking.facts.text()
    desk.run("correct")
    desk.wait(lambda: any(one.origin == "Clara" for one in desk.book.own()), "the copy")
    desk.wait(lambda: desk.page.body.lanes.lane() is not None and desk.page.body.lanes.lane().editable, "in hand")
    copies = [one for one in desk.book.own() if one.origin == "Clara"]
    labels = {label for lane in copies for _start, _end, label in desk.labels(lane)}
    assert labels == {"SPEAKER_00", "SPEAKER_01"}
    assert copies[0].own.origin.endswith("speakers")
    assert len(found.tier.marks) == 4, "what was found stays"


def test_that_a_new_lane_is_asked_for_with_its_labels_and_taken_in_hand(desk: AnnotateBench) -> None:
    desk.run("new_lane")
    dialog = desk.page.commands.dialog
    assert isinstance(dialog, LaneDialog)
    dialog.name_field.setText("Hände")
    dialog.coder_field.setText("Dora")
    dialog.kinds[TierKind.POINTS].click()
    dialog.vocabulary_field.setPlainText("left, right\nboth")
    dialog.accept()
    desk.wait(lambda: any(one.title == "Hände" for one in desk.book.lanes), "the lane")
    own = desk.lane("Hände").own
    assert (own.kind, own.coder, own.vocabulary) == (TierKind.POINTS, "Dora", ("left", "right", "both"))
    desk.wait(lambda: desk.page.body.lanes.lane() == desk.lane("Hände"), "in hand")
    assert desk.page.body.lanes.coder.text() == "Coder: Dora", "said once, it holds for the lanes to come"


def test_that_a_lane_is_renamed_moved_hidden_deleted_and_brought_back(desk: AnnotateBench) -> None:
    lanes = desk.page.body.lanes
    desk.take(desk.lane("Nods"))
    desk.run("edit_lane")
    dialog = desk.page.commands.dialog
    assert isinstance(dialog, LaneDialog)
    dialog.name_field.setText("Head")
    dialog.accept()
    desk.wait(lambda: any(one.title == "Head" for one in desk.book.own()), "renamed")
    desk.take(desk.lane("Head"))
    desk.run("lane_up")
    desk.wait(lambda: [one.title for one in desk.book.own()] == ["Gaze", "Head", "Gaze"], "moved")
    desk.take(desk.lane("Head"))
    desk.run("hide_lane")
    assert "Head" not in [row.title for row in lanes.canvas.rows()]
    assert lanes.hidden.text() == "1 hidden"
    desk.run("show_all_lanes")
    desk.take(desk.lane("Head"))
    desk.run("delete_lane")
    desk.wait(lambda: len(desk.book.own()) == 2, "deleted")
    desk.wait(desk.window.actions_table.qaction("edit.undo").isEnabled, "it can be undone")
    assert desk.window.actions_table.run("edit.undo")
    desk.wait(lambda: len(desk.book.own()) == 3, "back again")
    assert len(desk.labels(desk.lane("Head"))) == 4


def test_that_an_edit_of_another_program_is_shown(desk: AnnotateBench, made: Made) -> None:
    desk.library.coding.add_mark(made.gaze_of_ben, 19.0, 19.5, "screen")
    desk.wait(lambda: len(desk.mark_ids(desk.lane("Gaze", "Ben"))) == 5, "the mark")
    assert desk.labels(desk.lane("Gaze", "Ben"))[-1] == (19.0, 19.5, "screen")


def test_that_an_episode_becomes_annotated_by_the_first_lane_only(desk: AnnotateBench, made: Made) -> None:
    page = desk.open(made.other_ep_id)
    assert page.book.media_id is None
    assert page.body.lanes.message.accessibleName() == "No lanes yet"
    assert [one.ep_id for one in desk.library.annotations.videos()] == [made.ep_id], "looking makes nothing"
    desk.run("new_lane")
    dialog = page.commands.dialog
    assert isinstance(dialog, LaneDialog)
    dialog.name_field.setText("Gaze")
    dialog.accept()
    desk.wait(lambda: bool(desk.book.own()), "the lane")
    assert made.other_ep_id in {one.ep_id for one in desk.library.annotations.videos()}


def test_that_lanes_that_cannot_be_read_say_why_and_can_be_tried_again(
    desk: AnnotateBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.errors import StorageUnwritable

    def fail(_media_id: int) -> list[object]:
        raise StorageUnwritable("The disk is gone.", action="Plug it in.")

    with monkeypatch.context() as broken:
        broken.setattr(desk.library.coding, "undo_names", fail)
        desk.page.read_lanes()
        message = desk.page.body.lanes.message
        desk.wait(lambda: message.accessibleName() == "The lanes could not be read", "the reason")
        assert message.accessibleDescription() == "The disk is gone. Plug it in."
    desk.page.reload()
    desk.wait(lambda: desk.page.book is not None, "the lanes")


def test_that_the_last_video_and_part_are_found_again(
    made: Made, make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    first = AnnotateBench(make_window(tmp_path / "library"), qtbot)
    first.open(made.other_ep_id, part="compare")
    first.window.close()
    again = AnnotateBench(make_window(tmp_path / "library"), qtbot)
    again.wait(lambda: again.page.entry is not None, "a video in hand")
    assert (again.page.entry.ep_id, again.page.body.shown) == (made.other_ep_id, "compare")
