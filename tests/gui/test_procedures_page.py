"""The Procedures page in the real window: what changes the library. Each test works on a copy of one made library."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QInputDialog, QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.desktop.procedures_page.page import ProceduresPage
from app.desktop.window import MainWindow
from core.library.library import Library
from core.procedures.types import INGEST, Role
from tests.gui.made_procedures import TASK, TITLE, Made, add_recording, made_film, made_library, store_score
from tests.gui.procedures_bench import (
    answer,
    click_recording,
    drop,
    library_of,
    open_page,
    page_of,
    place_of_row,
    run,
)

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "procedures")]


@pytest.fixture
def made(procedures_template: tuple[Path, Made], tmp_path: Path) -> Made:
    shutil.copytree(procedures_template[0], tmp_path / "library")
    return procedures_template[1]


@pytest.fixture
def page(made: Made, make_window: Callable[..., MainWindow], tmp_path: Path) -> ProceduresPage:
    """The page on the scored attempt."""
    shown = open_page(make_window(tmp_path / "library"))
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
    page = open_page(window)
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
    page = open_page(window)
    gold, bad = made_film(tmp_path / "Ünïcödé 你好.mp4"), tmp_path / "notes.mp4"
    bad.write_text("not a video", encoding="utf-8")
    drop(window, [gold, bad])
    answer(page, "Gold recording")
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
    answer(page, "Trainee's attempt")
    library = library_of(page)
    qtbot.waitUntil(lambda: any(job.type == INGEST for job in library.jobs.list()))
    job = next(job for job in library.jobs.list() if job.type == INGEST)
    assert library.procedures.video(job.params["video_id"]).title == "clara"
    qtbot.waitUntil(lambda: page.pair.trainee is not None and page.pair.trainee.title == "clara")
    assert page.pair.score is None


def test_that_a_dismissed_finding_gives_its_points_back_and_a_comment_is_kept(
    page: ProceduresPage, qtbot: QtBot
) -> None:
    run(page, "next_finding")
    run(page, "dismiss")
    qtbot.waitUntil(lambda: page.pair.score.score == pytest.approx(96.0))
    assert page.pair.score.machine_score == pytest.approx(76.0)
    assert page.window().actions_table.qaction("edit.undo").text() == "Undo the last verdict"
    page.window().actions_table.run("edit.undo")
    qtbot.waitUntil(lambda: page.pair.score.score == pytest.approx(76.0))
    assert library_of(page).procedures.score(page.pair.score.score_id).score == pytest.approx(76.0)
    page.show_section("findings")
    findings = page.body.side.findings
    run(page, "next_finding")
    assert page.pointing.finding().finding_id == "f2"
    qtbot.keyClick(findings.cards, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: "f2" in page.pair.score.verdicts)
    qtbot.keyClick(findings.cards, Qt.Key.Key_E)
    qtbot.keyClicks(findings.field, "was tired")
    qtbot.keyClick(findings.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.pair.score.verdicts["f2"].comment == "was tired")
    said = page.pair.score.verdicts["f2"]
    assert (said.verdict, said.actor) == ("confirmed", "desktop")


def test_that_steps_are_edited_undone_and_redone_by_name(page: ProceduresPage, qtbot: QtBot) -> None:
    window = page.window()
    page.show_section("steps")
    page.body.steps.select(2)
    qtbot.keyClick(page.body.steps.timeline, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(page.body.steps.steps) == 4)
    assert page.pair.stale == ("the steps were edited",)
    assert not page.body.side.score.stale_card.isHidden(), "the score is marked, never changed"
    assert page.pair.score.score == pytest.approx(76.0)
    assert "Swap the wheel" in window.actions_table.qaction("edit.undo").text()
    window.actions_table.run("edit.undo")
    qtbot.waitUntil(lambda: len(page.body.steps.steps) == 5)
    assert page.pair.stale == ()
    qtbot.waitUntil(lambda: window.actions_table.is_enabled("edit.redo"))
    window.actions_table.run("edit.redo")
    qtbot.waitUntil(lambda: len(page.body.steps.steps) == 4)
    window.go("library")
    assert "wheel" not in window.actions_table.qaction("edit.undo").text(), "elsewhere the episode's edits are undone"


def test_that_a_step_is_renamed_in_the_form(page: ProceduresPage, qtbot: QtBot) -> None:
    page.show_section("steps")
    page.body.steps.select(1)
    field = page.body.steps.form.name
    field.selectAll()
    qtbot.keyClicks(field, "Raise the car")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.body.steps.steps[1].name == "Raise the car")
    assert page.pair.steps.can_undo == "rename step “Raise the car”"


def test_that_an_edit_over_someone_elses_is_refused_and_shows_theirs(page: ProceduresPage, qtbot: QtBot) -> None:
    window, steps = page.window(), page.body.steps
    old = steps.version
    library_of(page).procedures.set_steps(page.pair.gold.video_id, steps.steps[:3], name="theirs", actor="token:admin")
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
    library = library_of(page)
    store_score(library, library.procedures.video(made.gold), library.procedures.video(made.trainee), "again")
    qtbot.waitUntil(lambda: page.pair.score.version == 2)
    assert page.pair.stale == ()
    assert page.body.scores.card.isHidden()
    page.show_score(made.score_id)
    qtbot.waitUntil(lambda: page.pair.score.version == 1)
    assert page.pair.stale == ("the settings were changed",)


def test_that_scoring_is_asked_for_the_pair_in_hand(page: ProceduresPage, made: Made, qtbot: QtBot) -> None:
    click_recording(page, Role.TRAINEE, made.other)
    qtbot.waitUntil(lambda: page.pair.trainee.video_id == made.other)
    assert page.body.side.score.message.accessibleName() == "3. Score this attempt"
    run(page, "score")
    library = library_of(page)
    qtbot.waitUntil(lambda: bool(library.jobs.list()))
    params = library.jobs.list()[0].params
    assert (params["gold_video_id"], params["trainee_video_id"]) == (made.gold, made.other)
    assert params["requested_by"] == "desktop"


def test_that_a_deleted_recording_says_what_is_lost_first(page: ProceduresPage, made: Made, qtbot: QtBot) -> None:
    click_recording(page, Role.TRAINEE, made.trainee)
    path = page.pair.trainee.media_path
    run(page, "delete")
    box = page.commands.dialog
    assert isinstance(box, QMessageBox)
    assert "cannot be made again" in box.informativeText()
    answer(page, "Delete")
    qtbot.waitUntil(lambda: page.view.book.video(made.trainee) is None)
    qtbot.waitUntil(lambda: page.pair.trainee is not None and page.pair.trainee.video_id == made.other)
    assert path.exists(), "the file itself stays"


def test_that_a_missing_file_is_told_and_everything_else_stays(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    made_library(tmp_path / "library", tmp_path)
    (tmp_path / "anna.mp4").rename(tmp_path / "moved.mp4")
    page = open_page(make_window(tmp_path / "library"))
    assert page.pair.trainee.media_missing
    assert not page.players.area(Role.TRAINEE).view.has_frame()
    assert page.body.side.score.shows_score
    page.commands.doing.relink_video(page.pair.trainee, tmp_path / "moved.mp4")
    qtbot.waitUntil(page.players.area(Role.TRAINEE).view.has_frame)
    assert not page.pair.trainee.media_missing


def test_that_the_place_is_found_again_at_the_next_start(
    page: ProceduresPage, made: Made, make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    click_recording(page, Role.TRAINEE, made.other)
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
    masks = library_of(page).procedures.video(made.trainee).masks
    assert (masks.faces, masks.mode, len(masks.regions)) == (True, "black", 1)


def test_that_another_programs_changes_appear(page: ProceduresPage, made: Made, tmp_path: Path, qtbot: QtBot) -> None:
    library = library_of(page)
    page.window().session.background.run_edit(
        lambda: library.procedures.set_task(TASK, title="Changed from afar", actor="token:admin"), lane="elsewhere"
    )
    qtbot.waitUntil(lambda: page.body.tasks.list.currentText() == "Changed from afar")
    assert page.view.book.task.title != TITLE
    add_recording(library, made_film(tmp_path / "late.mp4", gop=7), Role.TRAINEE, "Late", measured=False)
    qtbot.waitUntil(lambda: len(page.view.book.of_role(Role.TRAINEE)) == 3)
    assert page.pair.trainee.video_id == made.trainee, "what is in hand stays"


def test_that_the_menu_of_a_recording_offers_what_can_be_done_with_it(
    page: ProceduresPage, made: Made, qtbot: QtBot
) -> None:
    from PySide6.QtGui import QContextMenuEvent
    from PySide6.QtWidgets import QApplication

    click_recording(page, Role.TRAINEE, made.trainee)
    rows = page.body.videos.lists[Role.TRAINEE]
    place = place_of_row(page, Role.TRAINEE, made.trainee)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, rows.viewport().mapToGlobal(place))
    QApplication.sendEvent(rows.viewport(), event)
    qtbot.waitUntil(lambda: any(menu.isVisible() for menu in page.findChildren(QMenu)))
    menu = next(menu for menu in page.findChildren(QMenu) if menu.isVisible())
    offered = {action.text().replace("&", ""): action for action in menu.actions() if action.text()}
    assert {"Use for training", "Measure again", "Relink…", "Delete the recording…"} <= set(offered)
    assert all(action.isEnabled() for action in offered.values())
    menu.setActiveAction(offered["Use for training"])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.view.book.video(made.trainee).accepted)
    assert library_of(page).procedures.video(made.trainee).accepted


def test_that_an_older_adapter_is_taken_back_and_given_up(page: ProceduresPage, qtbot: QtBot) -> None:
    library = library_of(page)
    for number in (1, 2):
        store_adapter(library, f"training-{number}")
    page.show_section("training")
    training = page.body.side.training
    qtbot.waitUntil(lambda: page.view.book.adapter_version == 2)
    assert page.pair.stale == ("another adapter is in use",)
    next(one for one in training.findChildren(QPushButton) if one.accessibleName() == "Use adapter 1").click()
    qtbot.waitUntil(lambda: page.view.book.adapter_version == 1)
    training.plain.click()
    qtbot.waitUntil(lambda: page.view.book.adapter_version is None)
    assert library.procedures.current_adapter(TASK) is None
    assert page.pair.stale == ()


def test_that_a_model_that_is_missing_can_be_fetched_from_where_it_is_missed(
    page: ProceduresPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> None:
    library = library_of(page)

    def without_model(_library: object, models: object, *_more: object) -> None:
        models.path("mobilenet-v2")

    monkeypatch.setattr("core.procedures.ingest_job.run_ingest", without_model)
    new = add_recording(library, made_film(tmp_path / "new.mp4", gop=8), Role.TRAINEE, "New", measured=False)
    library.procedures.request_ingest(new.video_id, requested_by="test")
    qtbot.waitUntil(lambda: new.video_id in page.work.not_measured)
    qtbot.waitUntil(lambda: page.view.book.video(new.video_id) is not None)
    click_recording(page, Role.TRAINEE, new.video_id)
    message = page.body.side.score.message
    qtbot.waitUntil(lambda: message.accessibleName() == "A recording could not be measured")
    fetch = next(one for one in message.findChildren(QPushButton) if one.text() == "Fetch the model…")
    fetch.click()
    qtbot.waitUntil(lambda: page.commands.doing.dialog is not None)
    dialog = page.commands.doing.dialog
    assert dialog.download.isEnabled()
    dialog.reject()


def store_adapter(library: Library, job_id: str) -> None:
    """As a training would: a map that changes nothing, in use at once."""
    import numpy as np

    from core.procedures.linear_map import LinearMap

    path = library.path / "adapters" / f"{job_id}.npz"
    path.parent.mkdir(exist_ok=True)
    LinearMap(np.eye(16, dtype=np.float32), np.zeros(16, np.float32)).save(path)
    library.procedures.add_adapter(
        job_id=job_id,
        task_id=TASK,
        path=path,
        model="made",
        model_version="1",
        videos_used=2,
        clips_used=10,
        dim=16,
        evaluation={},
        reason="made",
        activate=True,
    )
