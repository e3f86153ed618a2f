"""The Transcript page and the tab in Review, in the real window: reading, editing, finding, searching, exporting."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from app.desktop.review.page import ReviewPage
from app.desktop.transcript_page.page import TranscriptPage
from app.desktop.window import MainWindow
from core.library.library import Library
from tests.gui.made_speech import TEXTS, add_film, add_spoken, transcript_of

pytestmark = [pytest.mark.gui, pytest.mark.pages("library", "review", "transcript")]


def page_of(window: MainWindow) -> TranscriptPage:
    page = window.session.pages["transcript"]
    assert isinstance(page, TranscriptPage)
    return page


def review_of(window: MainWindow) -> ReviewPage:
    page = window.session.pages["review"]
    assert isinstance(page, ReviewPage)
    return page


def library_of(window: MainWindow) -> Library:
    return window.session.services.library


def open_page(window: MainWindow, ep_id: str, qtbot: QtBot) -> TranscriptPage:
    window.resize(1280, 800)
    window.navigator.take_in_hand(ep_id)
    window.go("transcript")
    page = page_of(window)
    qtbot.waitUntil(lambda: page.desk.book is not None)
    return page


def texts(page: TranscriptPage) -> list[str]:
    return [line.text for line in page.panel.list.lines]


def says(page: TranscriptPage, title: str) -> bool:
    return page.panel.stack.currentIndex() == 0 and page.panel.message.accessibleName() == title


@pytest.fixture
def spoken(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot) -> TranscriptPage:
    """The page with three lines of two speakers."""
    with Library.open(tmp_path / "library", create=True) as library:
        ep_id = add_spoken(library, tmp_path / "talk.mp4")
    page = open_page(make_window(tmp_path / "library"), ep_id, qtbot)
    qtbot.waitUntil(lambda: texts(page) == list(TEXTS))
    return page


def test_that_without_an_episode_the_page_says_what_to_do(window: MainWindow, qtbot: QtBot) -> None:
    window.go("transcript")
    assert says(page_of(window), "No episode is open")


def test_that_an_episode_without_transcript_offers_to_make_one(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        spoken_not = add_film(library, tmp_path / "talk.mp4")
        silent = add_film(library, tmp_path / "silent.mp4", sound_s=0.0)
        empty = add_spoken(library, tmp_path / "music.mp4", (), number=1)
    window = make_window(tmp_path / "library")
    page = open_page(window, spoken_not, qtbot)
    qtbot.waitUntil(lambda: says(page, "No transcript yet"))
    assert window.actions_table.is_enabled("transcript.transcribe")
    page.open_episode(silent)
    qtbot.waitUntil(lambda: says(page, "This video has no sound"))
    assert not window.actions_table.is_enabled("transcript.transcribe")
    page.open_episode(empty)
    qtbot.waitUntil(lambda: says(page, "Nobody speaks here"))
    assert "8.0 s" in page.panel.message.accessibleDescription()


def test_that_a_new_transcript_appears_at_once_and_can_be_undone(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    from core.transcript.publish import publish_transcript

    with Library.open(tmp_path / "library", create=True) as library:
        ep_id = add_spoken(library, tmp_path / "talk.mp4")
    window = make_window(tmp_path / "library")
    page = open_page(window, ep_id, qtbot)
    qtbot.waitUntil(lambda: texts(page) == list(TEXTS))
    publish_transcript(library_of(window), ep_id, transcript_of(("something else",)), params={})
    qtbot.waitUntil(lambda: texts(page) == ["something else"])
    qtbot.waitUntil(lambda: window.actions_table.is_enabled("edit.undo"))
    window.actions_table.run("edit.undo")
    qtbot.waitUntil(lambda: texts(page) == list(TEXTS))
    qtbot.waitUntil(lambda: window.actions_table.is_enabled("edit.redo"))
    assert len(page.desk.book.view.speakers) == 2, "the speakers of the older transcript are back too"


def test_that_written_text_is_saved_undone_and_redone(spoken: TranscriptPage, qtbot: QtBot) -> None:
    window, view = spoken.window(), spoken.panel.list
    view.begin_edit(view.lines[1].line_id)
    view.writing.editor.setPlainText("the motor rises")
    qtbot.keyClick(view.writing.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(spoken)[1] == "the motor rises")
    assert view.lines[1].by_person
    for action, text in (("edit.undo", TEXTS[1]), ("edit.redo", "the motor rises")):
        qtbot.waitUntil(lambda action=action: window.actions_table.is_enabled(action))
        window.actions_table.run(action)
        qtbot.waitUntil(lambda text=text: texts(spoken)[1] == text)


def test_that_a_line_is_divided_and_merged_again(spoken: TranscriptPage, qtbot: QtBot) -> None:
    view = spoken.panel.list
    view.begin_edit(view.lines[0].line_id, len("ask not "))
    qtbot.keyClick(view.writing.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: texts(spoken)[:2] == ["ask not", "for the torque"])
    qtbot.waitUntil(lambda: view.writing.editor is not None)
    assert view.writing.line_id == view.lines[1].line_id
    view.writing.leave()
    view.selection.choose_ids([line.line_id for line in view.lines[:2]])
    view.after_choice()
    assert spoken.window().actions_table.run("transcript.merge")
    qtbot.waitUntil(lambda: texts(spoken) == list(TEXTS))


def test_that_lines_are_deleted_and_made(spoken: TranscriptPage, qtbot: QtBot) -> None:
    view, run = spoken.panel.list, spoken.window().actions_table.run
    view.choose(2)
    assert run("transcript.delete")
    qtbot.waitUntil(lambda: texts(spoken) == list(TEXTS[:2]))
    spoken.desk.set_position(5.0)
    assert run("transcript.insert")
    qtbot.waitUntil(lambda: view.writing.editor is not None)
    view.writing.editor.setPlainText("made by hand")
    qtbot.keyClick(view.writing.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(spoken) == [*TEXTS[:2], "made by hand"])
    assert view.lines[2].start_s == 5.0


def test_that_times_are_taken_from_the_playhead(spoken: TranscriptPage, qtbot: QtBot) -> None:
    view = spoken.panel.list
    view.choose(1)
    spoken.desk.set_position(2.2)
    assert spoken.window().actions_table.run("transcript.start_here")
    qtbot.waitUntil(lambda: view.lines[1].start_s == 2.2)
    assert view.lines[1].text == TEXTS[1]


def test_that_replacing_is_one_step_and_previewed(spoken: TranscriptPage, qtbot: QtBot) -> None:
    window, bar = spoken.window(), spoken.panel.find_bar
    assert window.actions_table.run("transcript.replace")
    bar.field.setText("the")
    qtbot.waitUntil(lambda: bar.count_text == "1 of 2")
    bar.new_text.setText("a")
    bar.preview.click()
    qtbot.waitUntil(lambda: spoken.desk.finding.dialog is not None)
    dialog = spoken.desk.finding.dialog
    assert dialog.replace.text() == "Replace in 2 lines"
    dialog.replace.click()
    qtbot.waitUntil(lambda: texts(spoken)[:2] == ["ask not for a torque", "a engine rises"])
    qtbot.waitUntil(lambda: window.actions_table.is_enabled("edit.undo"))
    window.actions_table.run("edit.undo")
    qtbot.waitUntil(lambda: texts(spoken) == list(TEXTS))


def test_that_speakers_are_renamed_and_given_to_lines(spoken: TranscriptPage, qtbot: QtBot) -> None:
    book = spoken.desk.book
    assert [speaker.label for speaker in book.view.speakers] == ["Speaker 1", "Speaker 2"]
    spoken.desk.menus.rename(book.view.speakers[1])
    dialog = spoken.desk.menus.dialog
    assert isinstance(dialog, QInputDialog)
    dialog.setTextValue("Interviewer")
    dialog.accept()
    qtbot.waitUntil(lambda: spoken.desk.book.view.speakers[1].label == "Interviewer")
    qtbot.waitUntil(lambda: any("Interviewer" in one.accessibleName() for one in spoken.panel.speakers.lines))
    first = spoken.panel.list.lines[0]
    spoken.desk.edits.set_speaker([first.line_id], book.view.speakers[1].speaker_id)
    qtbot.waitUntil(lambda: spoken.panel.list.lines[0].speaker_id == book.view.speakers[1].speaker_id)


def test_that_an_edit_of_another_thread_appears(spoken: TranscriptPage, qtbot: QtBot) -> None:
    window = spoken.window()
    library, line = library_of(window), spoken.panel.list.lines[2]
    ep_id = spoken.desk.book.view.ep_id
    window.session.background.run_edit(
        lambda: library.transcripts.set_text(ep_id, line.line_id, "from afar", actor="api"), lane="another thread"
    )
    qtbot.waitUntil(lambda: texts(spoken)[2] == "from afar")
    assert texts(spoken) == [*TEXTS[:2], "from afar"], "the others stay"


def test_that_the_library_is_searched_and_a_find_opens_there(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        first = add_spoken(library, tmp_path / "one.mp4")
        other = add_spoken(library, tmp_path / "two.mp4", ("nothing here", "who said gasket", "the end"), number=1)
    window = make_window(tmp_path / "library")
    page = open_page(window, first, qtbot)
    page.search.field.setText("gasket")
    qtbot.waitUntil(lambda: len(page.search.found) == 1)
    assert page.search.count_text == "1 line in 1 episode"
    page.search.rows.activated.emit(0)
    qtbot.waitUntil(lambda: "who said gasket" in texts(page))
    assert window.navigator.ep_id == other
    qtbot.waitUntil(lambda: page.panel.list.selection.index == 1)
    qtbot.waitUntil(lambda: abs(page.player.t_s - 2.0) < 0.05)
    page.search.field.setText("no such word")
    qtbot.waitUntil(lambda: page.search.message.accessibleName() == "Nothing was found")
    assert not page.search.found


def test_that_what_was_left_out_is_shown_with_its_reason(spoken: TranscriptPage, qtbot: QtBot) -> None:
    assert spoken.panel.left_out.text() == "1 line was left out"
    spoken.panel.left_out.click()
    qtbot.waitUntil(lambda: spoken.desk.dialog is not None)
    row = spoken.desk.dialog.rows.item(0)
    assert (row.text, row.below) == ("Thanks for watching!", "a stock line where nobody speaks")
    spoken.desk.dialog.accept()


@pytest.mark.parametrize("kind", ["srt", "rttm"])
def test_that_it_is_exported(spoken: TranscriptPage, qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    spoken.desk.export(kind)
    target = tmp_path / f"out.{kind}"
    with qtbot.waitSignal(spoken.desk.exporting.exported):
        spoken.desk.exporting.dialog.fileSelected.emit(str(target))
    spoken.desk.exporting.dialog.reject()
    assert target.stat().st_size > 20


def test_that_review_shows_the_same_lines_and_subtitles(spoken: TranscriptPage, qtbot: QtBot) -> None:
    window = spoken.window()
    window.open_episode(spoken.desk.book.view.ep_id, 2.3)
    review = review_of(window)
    qtbot.waitUntil(lambda: review.player.shown is not None and review.speech.desk.has_lines())
    window.actions_table.run("review.transcript")
    assert review.dock.transcript.isVisible()
    qtbot.waitUntil(lambda: review.player.view.subtitle() == (TEXTS[1], "Speaker 2"))
    window.actions_table.run("review.subtitles")
    assert review.player.view.subtitle() == ("", "")
    assert len(review.timeline.scene.speech) == 3
    view = review.dock.transcript.list
    view.grab()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.rect_of_word(2, 2).center().toPoint())
    qtbot.waitUntil(lambda: abs(review.player.t_s - 4.6) < 0.05)


def test_that_both_pages_show_the_episode_in_hand(spoken: TranscriptPage, qtbot: QtBot) -> None:
    window = spoken.window()
    spoken.player.seek(4.1)
    qtbot.waitUntil(lambda: abs(spoken.player.t_s - 4.1) < 0.05)
    spoken.show_in_review()
    review = review_of(window)
    qtbot.waitUntil(lambda: review.player.shown is not None and abs(review.player.t_s - 4.1) < 0.06)
    assert window.page_id == "review"
    assert not spoken.player.playback.is_playing
