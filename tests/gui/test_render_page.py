"""Making a cut on the Render page of the real window: stills, sounds, looks, texts, the preview, undo, restart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QInputDialog, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.window import MainWindow
from core.render.types import Captions, EnginePolicy, RenderRequest
from tests.gui.render_bench import RenderBench, made_mask, made_picture, made_sound
from widgets.render import Message

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "render")]


@pytest.fixture
def bench_page(window: MainWindow, qtbot: QtBot) -> RenderBench:
    """The page of an empty library."""
    shown = RenderBench(window, qtbot)
    shown.enter()
    return shown


def test_that_an_empty_page_says_what_to_do_and_shows_every_look(bench_page: RenderBench) -> None:
    page = bench_page.page
    assert page.body.preview.canvas.message() is Message.EMPTY
    assert page.body.texts.why_not.text() == "Add a still, a text or a sound first."
    assert not bench_page.window.actions_table.is_enabled("render.render")
    assert page.body.looks.cards.count == 8
    parts = [one for one in page.body.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert [one for one in parts if isinstance(one, QTabBar) and not one.accessibleName()] == []
    pictures: dict[str, QImage] = {}
    page.preview.card_ready.connect(pictures.__setitem__)
    page.showing._cards_of = None
    page.showing.show()
    bench_page.wait(lambda: len(pictures) == 8, "the pictures of the looks")
    assert not any(image.isNull() for image in pictures.values())


def test_that_dropped_files_become_stills_music_and_a_named_refusal(bench_page: RenderBench, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("x", encoding="utf-8")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG but no more")
    pictures = [made_picture(tmp_path / "Ünïcödé 你好.png"), made_picture(tmp_path / "b.jpg", "#3050c0")]
    page = bench_page.page
    assert page.drop_words([*pictures]) == "Add 2 stills"
    assert page.drop_words([tmp_path / "a.wav"]) == "Use “a.wav” as music or voice"
    bench_page.drop([pictures[0], notes, broken, pictures[1], made_sound(tmp_path / "loop.wav")])
    bench_page.wait(lambda: len(page.desk.draft.stills) == 2, "the stills")
    bench_page.answer("Music")
    bench_page.wait(lambda: bool(page.desk.draft.music), "the music")
    assert [Path(one.path).name for one in page.desk.draft.stills] == ["Ünïcödé 你好.png", "b.jpg"]
    messages = " ".join(notice.message for notice in bench_page.window.notices.kept)
    assert "notes.txt" in messages
    assert "broken.png" in messages
    sound = page.body.looks.music
    bench_page.wait(lambda: sound.sound() is not None and sound.sound().peaks is not None, "its waveform")
    assert sound.sound().name == "loop.wav"
    bench_page.wait_for_picture()
    assert page.preview.plan is not None
    assert [Path(one.path).name for one in page.preview.plan.stills] == ["Ünïcödé 你好.png", "b.jpg"]


def test_that_a_typed_hook_is_seen_at_once_and_undone_as_one_step(
    bench_page: RenderBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = bench_page.page
    bench_page.drop_stills([made_picture(tmp_path / "a.png")])
    bench_page.wait_for_picture()
    bench_page.say_hook("Half price")
    bench_page.wait(lambda: page.preview.plan is not None and bool(page.preview.plan.captions), "the captions")
    bench_page.wait_for_picture()
    assert page.preview.plan is not None
    assert page.preview.plan.captions[0].text == "Half price"
    assert page.desk.draft.captions == Captions("Half price")
    page.preview.clock.go(30)
    bench_page.wait(lambda: page.preview.is_current and page.preview.drawn.frame == 30, "that moment")
    with_words = page.preview.drawn.image
    field = page.body.texts.editor.hook.text
    bench_page.qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.desk.draft.captions is None, "Ctrl+Z in the field takes the whole text back"
    bench_page.wait(lambda: page.preview.is_current and page.preview.drawn.frame == 30, "the picture without it")
    assert page.preview.drawn.image != with_words
    bench_page.run("edit.redo")
    assert field.toPlainText() == "Half price"
    asked: list[RenderRequest] = []
    monkeypatch.setattr(page.commands.doing, "render", asked.append)
    bench_page.qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [one.captions for one in asked] == [Captions("Half price")]


def test_that_sounds_are_told_apart_and_what_is_too_much_is_named(bench_page: RenderBench, tmp_path: Path) -> None:
    page = bench_page.page
    sounds = [made_sound(tmp_path / f"{name}.wav", 0.3) for name in ("one", "two", "three")]
    bench_page.drop(sounds)
    bench_page.answer("Voice")
    bench_page.wait(lambda: bool(page.desk.draft.music), "both")
    assert (Path(page.desk.draft.voice).stem, Path(page.desk.draft.music).stem) == ("one", "two")
    assert "three.wav" in bench_page.window.notices.kept[-1].message
    page.commands.take_sound("voice", made_picture(tmp_path / "a.png"))
    bench_page.wait(lambda: "a.png is no sound" in bench_page.window.notices.kept[-1].message, "that it is none")
    assert Path(page.desk.draft.voice).stem == "one"
    page.body.looks.music.cleared.emit()
    assert page.desk.draft.music == ""


def test_that_captions_are_made_from_the_prompt_and_then_the_persons_own(bench_page: RenderBench) -> None:
    page, editor = bench_page.page, bench_page.page.body.texts.editor
    editor.set_prompt("Fresh coffee at home. Roasted on Monday. Order now!")
    editor.prompt_changed.emit()
    bench_page.wait(lambda: page.preview.plan is not None and len(page.preview.plan.captions) > 1, "its captions")
    assert page.desk.draft.captions is None
    editor.make_requested.emit(editor.prompt())
    made = page.desk.draft.captions
    assert made is not None
    assert "coffee" in made.hook.casefold()
    assert editor.captions() == made


def test_that_looks_length_and_engine_are_edits_that_can_be_undone(bench_page: RenderBench, tmp_path: Path) -> None:
    page, looks = bench_page.page, bench_page.page.body.looks
    bench_page.drop_stills([made_picture(tmp_path / "a.png")])
    looks.cards.chosen.emit("overlay_glow")
    looks.slider.setValue(6)
    looks.slider.setValue(4)
    looks.policy.setCurrentIndex(looks.policy.findData(EnginePolicy.API_ONLY))
    looks.policy.activated.emit(looks.policy.currentIndex())
    draft = page.desk.draft
    assert (draft.preset_id, draft.duration_s, draft.engine_policy) == ("overlay_glow", 4, EnginePolicy.API_ONLY)
    assert "leave this machine" in page.body.texts.why_not.text()
    assert not bench_page.window.actions_table.is_enabled("render.render")
    looks.consent.click()
    assert page.readiness().ready
    bench_page.wait(lambda: page.preview.plan is not None and page.preview.plan.frame_count == 120, "four seconds")
    for _ in range(3):
        bench_page.run("edit.undo")
    assert (page.desk.draft.duration_s, page.desk.draft.engine_policy) == (15, None)
    assert looks.duration.value() == 15


def test_that_a_mask_cuts_stills_of_its_size_and_goes_with_the_first(bench_page: RenderBench, tmp_path: Path) -> None:
    page = bench_page.page
    small = made_picture(tmp_path / "small.png", size=(200, 480))
    bench_page.drop_stills([made_picture(tmp_path / "a.png"), small])
    page.commands._take_mask(made_picture(tmp_path / "opaque.png"))
    bench_page.wait(lambda: bool(bench_page.window.notices.kept), "why it is no mask")
    assert "opaque.png" in bench_page.window.notices.kept[-1].message
    page.commands._take_mask(made_mask(tmp_path / "mask.png"))
    bench_page.wait(lambda: page.preview.plan is not None and page.preview.plan.stills[0].mask is not None, "the mask")
    assert page.preview.plan is not None
    assert page.preview.plan.stills[1].mask is None
    page.body.looks.stills.removed.emit((0,))
    assert page.desk.draft.mask == ""


def test_that_a_file_that_is_gone_is_named_and_can_be_left_out(bench_page: RenderBench, tmp_path: Path) -> None:
    page = bench_page.page
    gone = made_picture(tmp_path / "gone.png")
    bench_page.drop_stills([made_picture(tmp_path / "a.png"), gone])
    bench_page.wait_for_picture()
    gone.unlink()
    page.body.looks.slider.setValue(9)
    bench_page.wait(lambda: bool(page.binding.problems) and page.preview.error is not None, "that it is gone")
    assert page.body.texts.why_not.text() == "gone.png is gone."
    assert page.body.preview.canvas.message() is Message.ERROR
    page.body.texts.leave_out.click()
    bench_page.wait(lambda: page.readiness().ready and page.preview.is_current, "ready again")
    assert [Path(one.path).name for one in page.desk.draft.stills] == ["a.png"]


def test_that_the_preview_plays_steps_and_pauses_when_the_page_is_left(bench_page: RenderBench, tmp_path: Path) -> None:
    page = bench_page.page
    bench_page.drop_stills([made_picture(tmp_path / "a.png")])
    bench_page.wait_for_picture()
    for action, frame in (("frame_forward", 1), ("second_forward", 31), ("next_segment", 90), ("to_end", 449)):
        bench_page.run(action)
        assert page.preview.clock.frame == frame, action
    bench_page.run("to_start")
    bench_page.run("play_pause")
    bench_page.wait(lambda: page.preview.drawn.frame > 2, "frames as time goes by")
    bench_page.window.go("jobs")
    assert not page.preview.clock.playing


def test_that_the_cut_in_hand_is_there_after_a_restart(
    make_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = make_window(tmp_path / "library")
    shown = RenderBench(window, qtbot)
    shown.enter()
    shown.drop_stills([made_picture(tmp_path / "a.png")])
    shown.say_hook("Still here")
    shown.run("tab_look")
    before = shown.page.desk.draft
    window.close()
    again = RenderBench(make_window(tmp_path / "library"), qtbot)
    again.enter()
    assert again.page.desk.draft == before
    assert again.page.body.looks.shown == "look"
    assert again.page.body.texts.editor.hook.text.toPlainText() == "Still here"
    again.wait_for_picture()
    assert again.page.preview.plan is not None


def test_that_a_window_does_not_pay_for_a_page_that_nobody_looks_at(
    make_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = make_window(tmp_path / "library")
    shown = RenderBench(window, qtbot)
    assert not shown.page.is_built
    assert not shown.page.takes_files()
    shown.enter()
    shown.run("tab_look")
    shown.run("safe_zone")
    window.close()
    unseen = make_window(tmp_path / "library")
    unseen.go("jobs")
    unseen.close()
    again = RenderBench(make_window(tmp_path / "library"), qtbot)
    again.enter()
    assert again.page.body.looks.shown == "look", "the place is kept by a window that did not show the page"
    assert not again.page.body.preview.safe_zone_shown


def test_that_an_own_preset_is_a_file_that_is_used_and_a_broken_one_is_named(bench_page: RenderBench) -> None:
    page = bench_page.page
    page.desk.apply("look", page.desk.draft.__class__(preset_id="meme_fast"))
    bench_page.run("own_preset")
    dialog = page.commands.asking.dialog
    assert isinstance(dialog, QInputDialog)
    dialog.setTextValue("Our Meme")
    dialog.accept()
    bench_page.wait(lambda: page.desk.draft.preset_id == "our_meme", "the own preset in use")
    assert page.preset is not None
    assert (page.preset.name, page.preset.own) == ("Our Meme", True)
    folder = bench_page.library.renders.presets_folder
    (folder / "bad.toml").write_text("id = 7", encoding="utf-8")
    bench_page.run("read_presets")
    bench_page.wait(lambda: bool(page.shelf.broken), "the broken one")
    assert "bad.toml" in page.body.looks.broken.text()
    page.commands.doing.delete_own_preset("our_meme")
    bench_page.wait(lambda: page.shelf.preset("our_meme") is None, "that it is gone")
    assert page.desk.draft.preset_id == "product_hero_clean"


def test_that_a_failure_to_read_is_said_with_a_way_on(bench_page: RenderBench, monkeypatch: pytest.MonkeyPatch) -> None:
    page = bench_page.page
    with monkeypatch.context() as broken:
        broken.setattr("app.desktop.render_page.shelf.read_shelf", _cannot_be_read)
        page.reload()
        bench_page.wait(lambda: page.stack.currentWidget() is page.message, "the failure")
    assert "could not be read" in page.message.accessibleName()
    assert not page.takes_files()
    page.reload()
    bench_page.wait(lambda: page.stack.currentWidget() is page.body, "the page again")
    assert page.takes_files()


def _cannot_be_read(*_arguments: object) -> None:
    from core.errors import StorageUnwritable

    raise StorageUnwritable("The library cannot be read.", action="Check the disk.")
