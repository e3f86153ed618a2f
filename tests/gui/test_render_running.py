"""From the Render button to the file: progress by segment, result, cancel, failure, retry, delete, use again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from app.desktop.render_page.asking import Asking
from app.desktop.render_page.episode_dialog import EpisodeDialog
from app.desktop.render_page.episode_source import EpisodeWish
from app.desktop.render_page.preview_pane import PREVIEW, RESULT
from app.desktop.render_page.remote_dialog import RemoteDialog
from app.desktop.window import MainWindow
from core.errors import StorageFull
from core.library.library import Library
from core.render.types import Captions, Phase
from core.transcript.publish import publish_transcript
from tests.gui.made_annotations import made_film
from tests.gui.made_people import people_library
from tests.gui.made_speech import transcript_of
from tests.gui.render_bench import RenderBench, made_picture, made_sound

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "render")]


@pytest.fixture
def ready(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> RenderBench:
    """The page with a cut of one second in hand."""
    shown = RenderBench(window, qtbot)
    page = shown.enter()
    shown.drop_stills([made_picture(tmp_path / "a.png")])
    page.body.looks.duration.setValue(1)
    shown.say_hook("New")
    shown.wait_for_picture()
    return shown


def test_that_render_gives_a_file_that_is_shown_saved_used_again_and_deleted(
    ready: RenderBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ready.page
    page.commands.take_sound("music", made_sound(tmp_path / "loop.wav"))
    ready.wait(lambda: bool(page.desk.draft.music), "the music")
    ready.wait(lambda: page.readiness().ready, "ready")
    page.body.texts.render_button.click()
    assert not page.body.texts.render_button.isEnabled()
    ready.wait(lambda: page.result is not None, "the result")
    render = page.result
    assert render is not None
    assert (render.phase, render.requested_by, render.fallback_used) == (Phase.DONE, "desktop", False)
    assert page.body.preview.shown == RESULT
    player = page.body.preview.player
    ready.wait(lambda: player.shown is not None, "its first frame")
    assert player.facts is not None
    assert player.facts.frame_count == 30
    ready.wait(lambda: "1080 × 1920" in page.body.preview.result_facts.text(), "its facts")
    assert "LUFS" in page.body.preview.result_facts.text()
    assert page.body.texts.strip.isVisible()
    assert page.shelf.segments[render.job_id][0].progress == 1.0

    ready.run("save_copy")
    dialog = page.commands.asking.dialog
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "mine.mp4"))
    ready.wait((tmp_path / "mine.mp4").is_file, "the copy")
    assert (tmp_path / "mine.mp4").read_bytes() == Path(render.output).read_bytes()
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    page.commands.reveal(render.job_id)
    assert opened == [render.folder]

    before = page.desk.draft
    ready.run("new")
    assert page.desk.draft.is_empty
    ready.wait(lambda: not page.body.texts.strip.isVisible(), "room for the next cut")
    page.body.texts.renders.use_again_requested.emit(render.job_id)
    assert page.desk.draft.stills == before.stills
    assert page.desk.draft.captions == Captions("New")
    assert page.body.preview.shown == PREVIEW
    page.body.texts.renders.delete_requested.emit(render.job_id)
    ready.answer("Delete")
    ready.wait(lambda: not page.shelf.renders, "that it is gone")
    ready.wait(lambda: page.result is None and not Path(render.folder).exists(), "its files too")
    assert not page.body.preview.has_result


def test_that_who_is_elsewhere_is_told_and_led_to_the_result(ready: RenderBench) -> None:
    ready.run("render")
    ready.window.go("jobs")
    notices = ready.window.notices
    ready.wait(lambda: any("is rendered" in one.message for one in notices.kept), "the message")
    told = next(one for one in notices.kept if "is rendered" in one.message)
    next(button for button in told.buttons if button.title == "Show").press()
    assert ready.window.page_id == "render"
    ready.wait(lambda: ready.page.body.preview.shown == RESULT, "the result")


def test_that_a_failure_is_said_with_what_to_do_and_tried_again(
    ready: RenderBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ready.page

    def full(*_arguments: object, **_more: object) -> None:
        raise StorageFull("The disk is full.", action="Free some space.")

    with monkeypatch.context() as broken:
        broken.setattr("core.render.render_job.write_metadata", full)
        ready.run("render")
        ready.wait(lambda: any(one.phase is Phase.FAILED for one in page.shelf.renders), "the failure")
    render = page.shelf.renders[0]
    assert (render.failure, render.error) == ("storage_full", "The disk is full.")
    assert render.error_action == "Free some space."
    assert page.body.preview.shown == PREVIEW
    assert page.follow.watched == render.job_id
    ready.wait(lambda: page.readiness().ready, "another try")
    strip = page.body.texts.strip
    ready.wait(strip.retry.isVisible, "a way on beside the reason")
    strip.retry.click()
    ready.wait(lambda: page.result is not None, "the result after all")
    assert not strip.retry.isVisible()
    assert page.result is not None
    assert page.result.job_id == render.job_id


def test_that_a_waiting_render_is_cancelled_and_leaves_nothing(ready: RenderBench) -> None:
    page = ready.page
    page.body.looks.duration.setValue(60)
    ready.run("render")
    ready.wait(lambda: bool(page.shelf.at_work()), "the render")
    job_id = page.shelf.at_work()[0].job_id
    ready.wait(lambda: page.follow.watched == job_id, "its segments")
    ready.run("cancel")
    ready.wait(lambda: not page.shelf.at_work() and bool(page.shelf.renders), "its end")
    render = page.shelf.renders[0]
    assert (render.phase, render.failure) == (Phase.FAILED, "canceled")
    assert not Path(render.folder).exists()


def test_that_what_is_refused_keeps_the_draft(ready: RenderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise StorageFull("No room for this cut.", action="Free some space.")

    monkeypatch.setattr(ready.library.renders, "request", refuse)
    before = ready.page.desk.draft
    ready.run("render")
    ready.wait(lambda: any("No room" in one.message for one in ready.window.notices.kept), "the reason")
    assert ready.page.desk.draft == before
    assert ready.page.readiness().ready
    assert not ready.page.shelf.renders


def test_that_stills_of_an_episode_come_with_a_way_out(
    make_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        ep_id = library.episodes.add(made_film(tmp_path / "Session.mp4")).ep_id
    shown = RenderBench(make_window(tmp_path / "library"), qtbot)
    page = shown.enter()
    shown.run("from_episode")
    dialog = page.commands.asking.dialog
    assert isinstance(dialog, EpisodeDialog)
    shown.wait(lambda: dialog.episode is not None, "the episode")
    dialog.end.setText("0:02")
    dialog.start.setText("0:05")
    assert dialog.wish is None
    assert dialog.problem.text()
    dialog.start.setText("")
    dialog.end.setText("")
    dialog.count.setValue(2)
    assert dialog.wish == EpisodeWish(ep_id, "Session", (), 2, None, None, captions=False)
    dialog.accept()
    assert page.from_episode.busy
    assert not page.body.looks.busy_stop.isHidden()
    shown.wait(lambda: not page.from_episode.busy, "the stills")
    assert [one.message for one in shown.window.notices.kept] == []
    assert len(page.desk.draft.stills) == 2
    for still in page.desk.draft.stills:
        assert Path(still.path).is_relative_to(tmp_path / "library" / "uploads")
    assert page.desk.undo_name() == "stills of “Session”"
    page.from_episode.begin(EpisodeWish(ep_id, "Session", (), 3, None, None, captions=False))
    page.from_episode.cancel()
    shown.wait(lambda: not page.from_episode.busy, "its end")
    assert len(page.desk.draft.stills) == 2


def test_that_people_and_words_of_an_episode_become_stills_and_captions(
    make_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    ep_id = people_library(tmp_path / "library", tmp_path / "Reunion.mp4")
    with Library.open(tmp_path / "library") as library:
        publish_transcript(library, ep_id, transcript_of(), params={})
    shown = RenderBench(make_window(tmp_path / "library"), qtbot)
    page = shown.enter()
    before = page.desk.draft
    shown.run("from_episode")
    dialog = page.commands.asking.dialog
    assert isinstance(dialog, EpisodeDialog)
    shown.wait(lambda: dialog.episode is not None and bool(dialog.people.boxes), "who is there")
    assert len(dialog.people.boxes) == 5
    assert dialog.captions.isEnabled()
    assert dialog.captions.isChecked()
    next(iter(dialog.people.boxes.values())).click()
    dialog.count.setValue(2)
    wish = dialog.wish
    assert wish is not None
    assert (len(wish.identity_ids), wish.captions) == (1, True)
    dialog.accept()
    shown.wait(lambda: not page.from_episode.busy, "the stills")
    assert [one.message for one in shown.window.notices.kept] == []
    captions = page.desk.draft.captions
    assert captions is not None
    assert captions.hook.casefold().startswith("ask not for the torque")
    assert 1 <= len(page.desk.draft.stills) <= 2
    assert page.body.texts.editor.captions() == captions
    shown.wait_for_picture()
    shown.run("edit.undo")
    assert page.desk.draft == before, "stills and captions are one step"


def test_that_the_remote_engine_is_kept_and_its_key_not_shown(
    ready: RenderBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "render_engine.json"
    monkeypatch.setattr("core.render.settings.settings_file", lambda: file)
    monkeypatch.delenv("RUSHES_RENDER_API_URL", raising=False)
    ready.run("remote_engine")
    ready.wait(lambda: isinstance(_dialog(ready.page.commands.asking), RemoteDialog), "the dialog")
    first = ready.page.commands.asking.dialog
    assert isinstance(first, RemoteDialog)
    first.url_field.setText("https://engine.example.org/v1")
    first.key_field.setText("sesame")
    first.accept()
    ready.wait(lambda: "engine.example.org" in ready.page.body.looks.remote_note.text(), "its name")
    assert json.loads(file.read_text())["key"] == "sesame"
    ready.run("remote_engine")
    ready.wait(lambda: _dialog(ready.page.commands.asking) not in {None, first}, "the dialog again")
    again = ready.page.commands.asking.dialog
    assert isinstance(again, RemoteDialog)
    assert (again.url, again.key_field.text()) == ("https://engine.example.org/v1", "")
    again.accept()
    ready.wait(lambda: _dialog(ready.page.commands.asking) is None, "the end of it")
    assert json.loads(file.read_text())["key"] == "sesame", "a key that nobody typed stays"


def _dialog(asking: Asking) -> QDialog | None:
    return asking.dialog
