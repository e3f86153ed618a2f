"""The Procedures page in the real window: recordings, playing through the alignment, findings, reports, errors."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QInputDialog, QMessageBox
from pytestqt.qtbot import QtBot

from app.desktop.procedures_page.page import ProceduresPage
from app.desktop.window import MainWindow
from core.library.library import Library
from core.procedures.types import INGEST, Role
from tests.gui.made_procedures import TASK, TITLE, Made, add_recording, made_film, made_library, store_score

pytestmark = pytest.mark.gui


def page_of(window: MainWindow) -> ProceduresPage:
    page = window.session.pages["procedures"]
    assert isinstance(page, ProceduresPage)
    return page


def library_of(window: MainWindow) -> Library:
    return window.session.services.library


def open_page(window: MainWindow, qtbot: QtBot) -> ProceduresPage:
    window.resize(1280, 800)
    window.go("procedures")
    page = page_of(window)
    qtbot.waitUntil(lambda: page.view is not None)
    return page


def run(page: ProceduresPage, action: str) -> None:
    assert page.window().actions_table.run(f"procedures.{action}"), action


def near(value: float | None, wanted: float) -> bool:
    return value is not None and abs(value - wanted) < 0.11


def drop(window: MainWindow, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place, copy = QPoint(600, 400), Qt.DropAction.CopyAction
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(place, copy, data, button, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(place), copy, data, button, none))


def answer(page: ProceduresPage, text: str, qtbot: QtBot) -> None:
    """Press a button of the open question by its words."""
    qtbot.waitUntil(lambda: _question(page) is not None)
    box = _question(page)
    next(button for button in box.buttons() if button.text() == text).click()


def _question(page: ProceduresPage) -> QMessageBox | None:
    dialogs = (page.commands.adding.dialog, page.commands.dialog)
    return next((one for one in dialogs if isinstance(one, QMessageBox)), None)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """Made once; each test works on a copy."""
    folder = tmp_path_factory.mktemp("procedures")
    return folder / "library", made_library(folder / "library", folder)


@pytest.fixture
def made(template: tuple[Path, Made], tmp_path: Path) -> Made:
    shutil.copytree(template[0], tmp_path / "library")
    return template[1]


@pytest.fixture
def page(made: Made, make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot) -> ProceduresPage:
    """The page on the scored attempt, both films open."""
    shown = open_page(make_window(tmp_path / "library"), qtbot)
    qtbot.waitUntil(lambda: shown.players.seconds(Role.GOLD) is not None)
    qtbot.waitUntil(lambda: shown.players.seconds(Role.TRAINEE) is not None)
    assert shown.pair.score is not None
    assert shown.pair.score.score_id == made.score_id
    return shown


def test_that_an_empty_page_explains_the_three_steps(window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window)
    window.go("procedures")
    qtbot.waitUntil(lambda: page.message.accessibleName() == "Was the procedure followed?")
    assert page.stack.currentWidget() is page.message
    for number in ("1.", "2.", "3."):
        assert number in page.message.accessibleDescription()
    assert not window.actions_table.is_enabled("procedures.score")


def test_that_a_new_procedure_is_made_and_asks_for_its_gold(window: MainWindow, qtbot: QtBot) -> None:
    page = open_page(window, qtbot)
    run(page, "new_task")
    dialog = page.commands.dialog
    assert isinstance(dialog, QInputDialog)
    dialog.setTextValue("Größe messen")
    dialog.accept()
    qtbot.waitUntil(lambda: page.view.book is not None)
    task = page.view.book.task
    assert (task.task_id, task.title) == ("groe-messen", "Größe messen")
    assert page.body.side.score.message.accessibleName() == "1. Add the gold recording"


def test_that_dropped_files_are_asked_for_their_role_and_added(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        library.procedures.ensure_task(TASK, actor="test")
    window = make_window(tmp_path / "library")
    page = open_page(window, qtbot)
    gold, bad = made_film(tmp_path / "Ünïcödé 你好.mp4"), tmp_path / "notes.mp4"
    bad.write_text("not a video", encoding="utf-8")
    drop(window, [gold, bad])
    answer(page, "Gold recording", qtbot)
    qtbot.waitUntil(lambda: page.pair.gold is not None)
    assert window.page_id == "procedures"
    assert page.pair.gold.title == "Ünïcödé 你好"
    assert page.view.book.of_role(Role.TRAINEE) == ()
    assert any("notes.mp4" in notice.message for notice in window.notices.kept), "why the other one was refused"


def test_that_a_job_measures_what_was_added_when_the_model_is_there(
    page: ProceduresPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> None:
    monkeypatch.setattr("app.desktop.procedures_page.doing.needed_from", lambda _store, _ids: ())
    third = made_film(tmp_path / "clara.mp4", gop=9)
    drop(page.window(), [third])
    answer(page, "Trainee's attempt", qtbot)
    library = library_of(page.window())
    qtbot.waitUntil(lambda: any(job.type == INGEST for job in library.jobs.list()))
    job = next(job for job in library.jobs.list() if job.type == INGEST)
    assert library.procedures.video(job.params["video_id"]).title == "clara"
    qtbot.waitUntil(lambda: page.pair.trainee is not None and page.pair.trainee.title == "clara")
    assert page.pair.score is None


def test_that_a_missing_model_is_announced_before_anything_is_measured(page: ProceduresPage, qtbot: QtBot) -> None:
    page.commands.measure([page.pair.trainee])
    qtbot.waitUntil(lambda: page.commands.doing.dialog is not None)
    assert not library_of(page.window()).jobs.list()
    page.commands.doing.dialog.reject()


def test_that_both_recordings_are_played_through_the_alignment(page: ProceduresPage, qtbot: QtBot) -> None:
    players = page.players
    players.seek(2.0, None)
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 2.0) and near(players.seconds(Role.TRAINEE), 3.0))
    players.seek(14.0, None)
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 14.0) and near(players.seconds(Role.TRAINEE), 13.0))
    players.seek(10.0, None)
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 10.0) and near(players.seconds(Role.TRAINEE), 8.75))
    assert not players.screens[Role.TRAINEE].state.isHidden(), "the step is missing there"
    run(page, "swap_lead")
    players.seek(None, 11.0)
    qtbot.waitUntil(lambda: near(players.seconds(Role.TRAINEE), 11.0) and near(players.seconds(Role.GOLD), 13.0))
    assert players.lead is Role.TRAINEE
    assert players.screens[Role.TRAINEE].state.isHidden()


def test_that_the_follower_keeps_up_while_the_leader_plays(page: ProceduresPage, qtbot: QtBot) -> None:
    players = page.players
    run(page, "play_pause")
    qtbot.waitUntil(lambda: (players.seconds(Role.GOLD) or 0.0) > 1.0)
    run(page, "play_pause")
    qtbot.waitUntil(lambda: not players.leader.playback.is_playing)
    qtbot.waitUntil(lambda: near(players.seconds(Role.TRAINEE), (players.seconds(Role.GOLD) or 0.0) + 1.0))
    assert not players.area(Role.TRAINEE).playback.is_playing


def test_that_moments_and_steps_are_jumped_to(page: ProceduresPage, qtbot: QtBot) -> None:
    players = page.players
    run(page, "moment_forward")
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 0.25))
    run(page, "next_step")
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 4.0))
    run(page, "next_step")
    run(page, "previous_step")
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 4.0))
    assert near(players.seconds(Role.GOLD), 4.0)


def test_that_the_map_and_the_strip_seek_in_both(page: ProceduresPage, qtbot: QtBot) -> None:
    players = page.players
    page.body.map.seek_requested.emit(6.0, 7.0)
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 6.0) and near(players.seconds(Role.TRAINEE), 7.0))
    page.body.strip.seek_requested.emit(6.0, 15.0)
    qtbot.waitUntil(lambda: near(players.seconds(Role.TRAINEE), 15.0))
    assert players.lead is Role.TRAINEE, "a place that only the trainee's recording has is played there"


def test_that_findings_are_gone_through_and_shown_in_both(page: ProceduresPage, qtbot: QtBot) -> None:
    players = page.players
    run(page, "next_finding")
    assert page.pointing.finding().finding_id == "f1"
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 8.5))
    assert not players.screens[Role.TRAINEE].state.isHidden(), "nothing of it is there"
    run(page, "next_finding")
    qtbot.waitUntil(lambda: near(players.seconds(Role.GOLD), 12.5) and near(players.seconds(Role.TRAINEE), 10.0))
    run(page, "previous_finding")
    assert page.pointing.finding().finding_id == "f1"
    assert page.body.strip.selected() == "f1"


def test_that_a_dismissed_finding_gives_its_points_back_until_it_is_undone(page: ProceduresPage, qtbot: QtBot) -> None:
    run(page, "next_finding")
    run(page, "dismiss")
    qtbot.waitUntil(lambda: page.pair.score.score == pytest.approx(96.0))
    assert page.pair.score.machine_score == pytest.approx(76.0)
    assert page.window().actions_table.qaction("edit.undo").text() == "Undo the last verdict"
    page.window().actions_table.run("edit.undo")
    qtbot.waitUntil(lambda: page.pair.score.score == pytest.approx(76.0))
    assert library_of(page.window()).procedures.score(page.pair.score.score_id).score == pytest.approx(76.0)


def test_that_a_comment_is_kept_with_a_verdict(page: ProceduresPage, qtbot: QtBot) -> None:
    page.body.side.findings.verdict_given.emit("f2", "confirmed", "was tired")
    qtbot.waitUntil(lambda: "f2" in page.pair.score.verdicts)
    said = page.pair.score.verdicts["f2"]
    assert (said.verdict, said.comment, said.actor) == ("confirmed", "was tired", "desktop")


def test_that_steps_are_edited_undone_and_redone_by_name(page: ProceduresPage, qtbot: QtBot) -> None:
    window = page.window()
    page.show_section("steps")
    edited = (*page.body.steps.steps[:2], *page.body.steps.steps[3:])
    page.body.steps.timeline.steps_changed.emit(edited, "delete “Swap the wheel”")
    qtbot.waitUntil(lambda: len(page.body.steps.steps) == 4)
    assert page.pair.stale == ("the steps were edited",)
    assert not page.body.side.score.stale_card.isHidden(), "the score is marked, never changed"
    assert page.pair.score.score == pytest.approx(76.0)
    assert window.actions_table.qaction("edit.undo").text() == "Undo delete “Swap the wheel”"
    window.actions_table.run("edit.undo")
    qtbot.waitUntil(lambda: len(page.body.steps.steps) == 5)
    assert page.pair.stale == ()
    qtbot.waitUntil(lambda: window.actions_table.is_enabled("edit.redo"))
    window.actions_table.run("edit.redo")
    qtbot.waitUntil(lambda: len(page.body.steps.steps) == 4)
    window.go("library")
    assert "wheel" not in window.actions_table.qaction("edit.undo").text(), "elsewhere the episode's edits are undone"


def test_that_a_step_is_renamed_in_the_form(page: ProceduresPage, qtbot: QtBot) -> None:
    from dataclasses import replace

    page.show_section("steps")
    page.body.steps.select(1)
    step = replace(page.body.steps.steps[1], name="Raise the car", critical=False)
    page.body.steps.form.step_changed.emit(1, step)
    qtbot.waitUntil(lambda: page.body.steps.steps[1].name == "Raise the car")
    assert page.pair.steps.can_undo == "rename step “Raise the car”"


def test_that_an_edit_over_someone_elses_is_refused_and_shows_theirs(page: ProceduresPage, qtbot: QtBot) -> None:
    window, steps = page.window(), page.body.steps
    old = steps.version
    library_of(window).procedures.set_steps(
        page.pair.gold.video_id, steps.steps[:3], name="theirs", actor="token:admin"
    )
    page.commands.doing.set_steps(page.pair.gold.video_id, steps.steps[:2], "mine", old)
    qtbot.waitUntil(lambda: any(notice.level == "error" for notice in window.notices.kept))
    qtbot.waitUntil(lambda: len(steps.steps) == 3)
    assert page.pair.steps.name == "theirs"


def test_that_changed_settings_mark_scores_and_score_again_makes_a_version(
    page: ProceduresPage, made: Made, qtbot: QtBot
) -> None:
    run(page, "settings")
    dialog = page.commands.dialog
    dialog.fields["pass_mark"].setValue(80.0)
    dialog.accept()
    qtbot.waitUntil(lambda: page.pair.stale == ("the settings were changed",))
    assert not page.body.scores.card.isHidden()
    library = library_of(page.window())
    store_score(library, library.procedures.video(made.gold), library.procedures.video(made.trainee), "again")
    qtbot.waitUntil(lambda: page.pair.score.version == 2)
    assert page.pair.stale == ()
    assert page.body.scores.card.isHidden()
    page.show_score(made.score_id)
    qtbot.waitUntil(lambda: page.pair.score.version == 1)
    assert page.pair.stale == ("the settings were changed",)


def test_that_scoring_is_asked_for_the_pair_in_hand(page: ProceduresPage, made: Made, qtbot: QtBot) -> None:
    page.body.videos.chosen.emit(Role.TRAINEE, [made.other])
    qtbot.waitUntil(lambda: page.pair.trainee.video_id == made.other)
    assert page.body.side.score.message.accessibleName() == "3. Score this attempt"
    run(page, "score")
    library = library_of(page.window())
    qtbot.waitUntil(lambda: bool(library.jobs.list()))
    params = library.jobs.list()[0].params
    assert (params["gold_video_id"], params["trainee_video_id"]) == (made.gold, made.other)
    assert params["requested_by"] == "desktop"


def test_that_a_deleted_recording_says_what_is_lost_first(page: ProceduresPage, made: Made, qtbot: QtBot) -> None:
    page.body.videos.lists[Role.TRAINEE].select([made.trainee])
    path = page.pair.trainee.media_path
    run(page, "delete")
    box = page.commands.dialog
    assert isinstance(box, QMessageBox)
    assert "cannot be made again" in box.informativeText()
    answer(page, "Delete", qtbot)
    qtbot.waitUntil(lambda: page.view.book.video(made.trainee) is None)
    qtbot.waitUntil(lambda: page.pair.trainee is not None and page.pair.trainee.video_id == made.other)
    assert path.exists(), "the file itself stays"


def test_that_a_recording_is_accepted_for_training(page: ProceduresPage, made: Made, qtbot: QtBot) -> None:
    page.body.videos.lists[Role.TRAINEE].select([made.trainee])
    run(page, "accept")
    qtbot.waitUntil(lambda: page.view.book.video(made.trainee).accepted)
    assert library_of(page.window()).procedures.video(made.trainee).accepted


def test_that_a_missing_file_is_told_and_everything_else_stays(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    made_library(tmp_path / "library", tmp_path)
    (tmp_path / "anna.mp4").rename(tmp_path / "moved.mp4")
    page = open_page(make_window(tmp_path / "library"), qtbot)
    assert page.pair.trainee.media_missing
    assert not page.players.area(Role.TRAINEE).view.has_frame()
    assert page.body.side.score.shows_score
    page.commands.doing.relink_video(page.pair.trainee, tmp_path / "moved.mp4")
    qtbot.waitUntil(page.players.area(Role.TRAINEE).view.has_frame)
    assert not page.pair.trainee.media_missing


def test_that_a_library_that_cannot_be_read_is_told_and_tried_again(
    page: ProceduresPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    import sqlite3

    def broken(_library: Library, _place: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr("app.desktop.procedures_page.reading.read_view", broken)
        page.reload()
        qtbot.waitUntil(lambda: page.stack.currentWidget() is page.message)
    assert "locked" in page.message.accessibleDescription()
    page.reload()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.body)
    assert page.pair.score is not None


def test_that_the_place_is_found_again_at_the_next_start(
    page: ProceduresPage, made: Made, make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    page.body.videos.chosen.emit(Role.TRAINEE, [made.other])
    qtbot.waitUntil(lambda: page.pair.trainee.video_id == made.other)
    page.window().close()
    again = make_window(tmp_path / "library")
    assert again.page_id == "procedures"
    shown = page_of(again)
    qtbot.waitUntil(lambda: shown.view is not None)
    assert shown.pair.trainee.video_id == made.other


def test_that_masks_are_drawn_on_a_still(page: ProceduresPage, made: Made, qtbot: QtBot) -> None:
    page.body.videos.lists[Role.TRAINEE].select([made.trainee])
    run(page, "masks")
    form = page.commands.dialog.form
    editor = form.editor
    frame = editor.picture_rect()
    start = (frame.topLeft() + QPoint(10, 10)).toPoint()
    qtbot.mousePress(editor, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(editor, start + QPoint(60, 40))
    qtbot.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 40))
    assert len(editor.regions) == 1
    form.faces.setChecked(True)
    form.mode.setCurrentIndex(form.mode.findData("black"))
    page.commands.dialog.accept()
    qtbot.waitUntil(lambda: page.view.book.video(made.trainee).masks.hides)
    masks = library_of(page.window()).procedures.video(made.trainee).masks
    assert (masks.faces, masks.mode, len(masks.regions)) == (True, "black", 1)


def test_that_similar_moments_are_found_and_opened(page: ProceduresPage, qtbot: QtBot) -> None:
    run(page, "find_similar")
    qtbot.waitUntil(lambda: page.body.search.found is not None)
    hits = page.body.search.found.hits
    assert hits
    assert hits[0].start_s == 0.0, "the same step of another recording"
    page.body.search.opened.emit(next(hit for hit in hits if hit.role is Role.TRAINEE))
    qtbot.waitUntil(lambda: page.players.lead is Role.TRAINEE)
    assert page.pair.trainee.video_id == next(hit for hit in hits if hit.role is Role.TRAINEE).video_id


def test_that_the_report_of_a_score_is_written(page: ProceduresPage, tmp_path: Path, qtbot: QtBot) -> None:
    run(page, "export_pdf")
    target = tmp_path / "report.pdf"
    with qtbot.waitSignal(page.commands.reporting.exported):
        page.commands.reporting.dialog.fileSelected.emit(str(target))
    page.commands.reporting.dialog.reject()
    assert target.read_bytes().startswith(b"%PDF")


def test_that_nightly_training_is_turned_on_and_off(page: ProceduresPage, qtbot: QtBot) -> None:
    page.show_section("training")
    training = page.body.side.training
    qtbot.waitUntil(lambda: training.next_run.text() == "Off.")
    training.nightly.click()
    qtbot.waitUntil(lambda: training.next_run.text().startswith("Next:"))
    assert page.window().session.services.nightly.settings().enabled
    training.nightly.click()
    qtbot.waitUntil(lambda: training.next_run.text() == "Off.")
    assert not page.window().session.services.nightly.settings().enabled


def test_that_another_programs_changes_appear(page: ProceduresPage, made: Made, tmp_path: Path, qtbot: QtBot) -> None:
    library = library_of(page.window())
    page.window().session.background.run_edit(
        lambda: library.procedures.set_task(TASK, title="Changed from afar", actor="token:admin"), lane="elsewhere"
    )
    qtbot.waitUntil(lambda: page.body.tasks.list.currentText() == "Changed from afar")
    assert page.view.book.task.title != TITLE
    add_recording(library, made_film(tmp_path / "late.mp4", gop=7), Role.TRAINEE, "Late", measured=False)
    qtbot.waitUntil(lambda: len(page.view.book.of_role(Role.TRAINEE)) == 3)
    assert page.pair.trainee.video_id == made.trainee, "what is in hand stays"
