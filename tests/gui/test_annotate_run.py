"""Running pipelines from the Annotate page in the real window: choosing, parameters, presets, the run, its results."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QInputDialog,
    QLineEdit,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.desktop.settings import AppSettings
from app.desktop.window import MainWindow
from core.annotate.types import ANNOTATE, ResultState
from core.jobs.types import Job, JobState
from core.library.library import Library
from tests.gui.annotate_bench import AnnotateBench
from tests.gui.made_annotations import made_film, made_shots, store_job

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "annotate")]
PIPELINE = "scene_detection"


@pytest.fixture
def desk(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot) -> AnnotateBench:
    """The page on a library with one film."""
    with Library.open(tmp_path / "library", create=True) as library:
        library.episodes.add(made_film(tmp_path / "Session.mp4"))
    shown = AnnotateBench(make_window(tmp_path / "library"), qtbot)
    shown.enter("run")
    shown.wait(lambda: bool(shown.page.body.run.catalogue.specs), "the pipelines")
    return shown


def test_that_a_page_without_videos_says_what_to_do_and_takes_dropped_files(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = AnnotateBench(window, qtbot)
    window.go("annotate")
    desk.wait(lambda: desk.page.message.accessibleName() == "Annotate videos", "the first steps")
    assert not window.actions_table.is_enabled("annotate.run")
    bad = tmp_path / "notes.mp4"
    bad.write_text("not a video", encoding="utf-8")
    desk.drop([made_film(tmp_path / "Ünïcödé 你好.mp4"), bad])
    desk.wait(lambda: desk.page.entry is not None, "the film")
    assert window.page_id == "annotate"
    assert desk.page.entry.title == "Ünïcödé 你好"
    assert [one.title for one in desk.page.chosen_entries()] == ["Ünïcödé 你好"]
    assert any("notes.mp4" in notice.message for notice in window.notices.kept), "why the other one was refused"


def test_that_chosen_pipelines_run_with_the_forms_parameters_and_their_lanes_are_opened(desk: AnnotateBench) -> None:
    part = desk.page.body.run
    part.pipelines.set_chosen([PIPELINE])
    part.pipelines.set_current(PIPELINE)
    part.pipelines.chosen_changed.emit((PIPELINE,))
    part.pipelines.current_changed.emit(PIPELINE)
    part.form.set_values({"min_shot_s": 1.5})
    part.form.changed.emit()
    desk.wait(part.can_run, "ready")
    assert desk.page.choices.config(PIPELINE) == {"min_shot_s": 1.5}
    desk.run("run")
    desk.wait(lambda: any(job.type == ANNOTATE for job in desk.library.jobs.list()), "the job")
    job = next(job for job in desk.library.jobs.list() if job.type == ANNOTATE)
    assert (job.params["pipelines"], job.params["requested_by"]) == ([PIPELINE], "desktop")
    desk.wait(lambda: desk.library.jobs.get(job.job_id).state.ended, "its end")
    assert desk.library.jobs.get(job.job_id).state is JobState.SUCCEEDED, desk.library.jobs.get(job.job_id).error
    desk.wait(lambda: bool(desk.page.shelf.newest(desk.page.entry.media_id)), "the result")
    assert part.results.job_ids() == [job.job_id]
    assert desk.page.shelf.results[0].config["min_shot_s"] == 1.5
    part.results.open_requested.emit(job.job_id, PIPELINE)
    assert desk.page.body.shown == "lanes"
    desk.wait(lambda: desk.page.book is not None and bool(desk.page.book.lanes), "the lanes")
    assert "shots" in [one.title for one in desk.book.lanes]


def test_that_what_would_be_refused_is_said_at_the_field(desk: AnnotateBench) -> None:
    part = desk.page.body.run
    part.pipelines.set_chosen([PIPELINE])
    desk.page.choices.set_config(PIPELINE, {"threshold": 1e9})
    part.pipelines.chosen_changed.emit((PIPELINE,))
    desk.wait(lambda: part.faults.any, "the fault")
    assert "threshold" in part.faults.fields[PIPELINE]
    assert not desk.window.actions_table.is_enabled("annotate.run")
    assert "threshold" in part.detail.whole_text
    part.pipelines.set_chosen([])
    part.pipelines.chosen_changed.emit(())
    desk.wait(lambda: not part.faults.any, "nothing is wrong any more")
    assert not part.can_run(), "nothing is chosen"


def test_that_presets_and_choices_are_kept_for_the_person(desk: AnnotateBench, settings: AppSettings) -> None:
    from app.desktop.annotate_page.choices import Choices

    part = desk.page.body.run
    part.pipelines.set_current(PIPELINE)
    part.pipelines.current_changed.emit(PIPELINE)
    part.form.preset_save_requested.emit({"threshold": 12.0})
    dialog = part.dialog
    assert isinstance(dialog, QInputDialog)
    dialog.setTextValue("  Dark rooms ")
    dialog.accept()
    part.pipelines.set_chosen([PIPELINE])
    part.pipelines.chosen_changed.emit((PIPELINE,))
    desk.page.choices.coder = "Clara"
    again = Choices(AppSettings(settings.file))
    assert [(one.title, one.config) for one in again.presets(PIPELINE)] == [("Dark rooms", {"threshold": 12.0})]
    assert (again.pipelines, again.coder) == ((PIPELINE,), "Clara")
    part.form.preset_delete_requested.emit("Dark rooms")
    assert Choices(AppSettings(settings.file)).presets(PIPELINE) == ()


def test_that_a_run_is_cancelled_tried_again_and_deleted_with_its_files(
    desk: AnnotateBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk.page
    media_id = desk.library.annotations.video_of_episode(page.entry.ep_id, actor="test").media_id
    job_id = store_job(desk.library, media_id, {PIPELINE: (made_shots(),)})
    page.reload()
    desk.wait(lambda: page.body.run.results.job_ids() == [job_id], "the run")
    folder = desk.library.annotations.storage(job_id)
    assert folder.is_dir()
    asked: list[str] = []

    def note(what: str, job: str) -> Job:
        asked.append(f"{what} {job}")
        return desk.library.jobs.get(job)

    monkeypatch.setattr(desk.library.annotations, "retry", lambda job, **_by: note("retry", job))
    monkeypatch.setattr(desk.library.jobs, "cancel", lambda job: note("cancel", job))
    page.body.run.results.retry_requested.emit(job_id)
    page.body.run.results.cancel_requested.emit(job_id)
    desk.wait(lambda: asked == [f"retry {job_id}", f"cancel {job_id}"], "both were asked for")
    page.body.run.results.delete_requested.emit(job_id, "")
    box = page.commands.dialog
    assert isinstance(box, QMessageBox)
    assert "with all its results" in box.text()
    next(button for button in box.buttons() if button.text() == "Delete").click()
    desk.wait(lambda: not page.body.run.results.job_ids(), "the run is gone")
    assert not folder.exists()


def test_that_a_failed_pipeline_shows_why_on_the_page(desk: AnnotateBench) -> None:
    page = desk.page
    media_id = desk.library.annotations.video_of_episode(page.entry.ep_id, actor="test").media_id
    job_id = store_job(desk.library, media_id, {PIPELINE: (made_shots(),)})
    desk.library.store.write(
        lambda connection: connection.execute(
            "UPDATE annotation_results SET state = 'failed', error = 'No picture.', error_action = 'Try another.'"
        )
    )
    page.reload()
    desk.wait(lambda: page.shelf.results[:1] != () and page.shelf.results[0].state is ResultState.FAILED, "read")
    results = page.body.run.results
    results.select(job_id, PIPELINE)
    assert results.current() == (job_id, PIPELINE)
    rows = page.body.videos.rows
    assert ("failed", "error") in rows.item(0).badges


def test_that_an_unreadable_library_says_why_and_is_read_again(
    desk: AnnotateBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.errors import StorageUnwritable

    def fail() -> list[object]:
        raise StorageUnwritable("The disk is gone.", action="Plug it in.")

    with monkeypatch.context() as broken:
        broken.setattr(desk.library.annotations, "videos", fail)
        desk.page.reload()
        desk.wait(lambda: desk.page.stack.currentWidget() is desk.page.message, "the reason")
        assert desk.page.message.accessibleDescription() == "The disk is gone. Plug it in."
    desk.page.reload()
    desk.wait(lambda: desk.page.stack.currentWidget() is desk.page.body, "the page")
    nameless = [
        type(one).__name__
        for one in desk.page.findChildren(QWidget)
        if isinstance(one, QAbstractButton | QComboBox | QLineEdit)
        and type(one) is not QAbstractButton  # the corner of a table, which Qt makes
        and not isinstance(one.parent(), QLineEdit | QAbstractSpinBox | QComboBox)
        and not one.objectName().startswith("qt_")
        and not (one.accessibleName() or (isinstance(one, QAbstractButton) and one.text()))
    ]
    assert nameless == [], "every button and field has a name"
