"""The list of lines: in step with the film, writing in place, selecting, by mouse and keyboard."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.transcript.types import WordRow
from tests.widgets.made_transcript import SPEAKERS, line, many_lines, three_lines
from widgets.transcript import FindQuery, TranscriptList, find_matches, looks_of
from widgets.transcript.words import span_at_char, span_at_time, word_spans

LOOKS = looks_of(SPEAKERS, {"identity-00001": 0})
LEFT = Qt.MouseButton.LeftButton


def shown(qtbot: QtBot, width_px: int = 800) -> TranscriptList:
    view = TranscriptList()
    qtbot.addWidget(view)
    view.resize(width_px, 400)
    view.set_lines(three_lines(), LOOKS)
    view.show()
    qtbot.waitExposed(view)
    view.grab()
    return view


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[TranscriptList]:
    made = shown(qtbot)
    yield made
    made.writing.leave()


def word_place(view: TranscriptList, index: int, word: int) -> QPoint:
    return view.rect_of_word(index, word).center().toPoint()


def write(qtbot: QtBot, view: TranscriptList, text: str) -> None:
    editor = view.writing.editor
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, text)


@pytest.mark.parametrize("width_px", [360, 800])
def test_that_a_click_on_a_word_goes_to_its_time(qtbot: QtBot, width_px: int) -> None:
    view = shown(qtbot, width_px)
    with qtbot.waitSignal(view.seek_requested) as told:
        qtbot.mouseClick(view.viewport(), LEFT, pos=word_place(view, 0, 3))
    assert told.args == [1.5]
    assert view.selection.ids == ["line-00001"]


def test_that_the_spoken_word_is_lit_and_the_list_follows(qtbot: QtBot, view: TranscriptList) -> None:
    view.set_lines(many_lines(300), LOOKS)
    view.set_position(0.6)
    before = view.grab().toImage()
    view.set_position(1.1)
    assert view.grab().toImage() != before
    view.set_position(1_000.2)
    at = view.selection.index_of("line-00201")
    assert 0 <= view.rect_of(at).top() < view.viewport().height()


def test_that_scrolling_by_hand_stops_the_following_until_asked(qtbot: QtBot, view: TranscriptList) -> None:
    view.set_lines(many_lines(300), LOOKS)
    view.set_position(0.6)
    with qtbot.waitSignal(view.following_changed) as told:
        view.verticalScrollBar().triggerAction(view.verticalScrollBar().SliderAction.SliderPageStepAdd)
    assert told.args == [False]
    there = view.verticalScrollBar().value()
    view.set_position(900.3)
    assert view.verticalScrollBar().value() == there
    view.set_following(True)
    assert view.verticalScrollBar().value() > there


def test_that_enter_saves_and_escape_leaves(qtbot: QtBot, view: TranscriptList) -> None:
    view.choose(1)
    qtbot.keyClick(view, Qt.Key.Key_F2)
    write(qtbot, view, "other words")
    with qtbot.waitSignal(view.text_committed) as told:
        qtbot.keyClick(view.writing.editor, Qt.Key.Key_Return)
    assert told.args == ["line-00002", "other words"]
    assert view.writing.editor is None
    qtbot.keyClick(view, Qt.Key.Key_Return)
    write(qtbot, view, "never mind")
    with qtbot.assertNotEmitted(view.text_committed):
        qtbot.keyClick(view.writing.editor, Qt.Key.Key_Escape)
    assert view.writing.editor is None


def test_that_an_emptied_line_is_deleted_and_an_unchanged_one_left(qtbot: QtBot, view: TranscriptList) -> None:
    view.begin_edit("line-00001")
    with qtbot.assertNotEmitted(view.text_committed):
        qtbot.keyClick(view.writing.editor, Qt.Key.Key_Return)
    view.begin_edit("line-00001")
    view.writing.editor.clear()
    with qtbot.waitSignal(view.delete_requested) as told:
        qtbot.keyClick(view.writing.editor, Qt.Key.Key_Return)
    assert told.args == [["line-00001"]]


def test_that_shift_enter_divides_at_the_cursor(qtbot: QtBot, view: TranscriptList) -> None:
    view.begin_edit("line-00002", len("the torque "))
    with qtbot.waitSignal(view.split_requested) as told:
        qtbot.keyClick(view.writing.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert told.args == ["line-00002", "the torque of the engine rises", 2]


def test_that_backspace_at_the_start_joins_with_the_line_before(qtbot: QtBot, view: TranscriptList) -> None:
    view.begin_edit("line-00002", 0)
    with qtbot.waitSignal(view.merge_requested) as told:
        qtbot.keyClick(view.writing.editor, Qt.Key.Key_Backspace)
    assert told.args == [["line-00001", "line-00002"]]
    view.begin_edit("line-00001", 0)
    with qtbot.assertNotEmitted(view.merge_requested):
        qtbot.keyClick(view.writing.editor, Qt.Key.Key_Backspace)


def test_that_pasted_text_becomes_one_line(qtbot: QtBot, view: TranscriptList) -> None:
    view.begin_edit("line-00001")
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("two\nrows")
    view.writing.editor.paste()
    assert view.writing.editor.text == "two rows"


def test_that_lines_are_selected_by_mouse_and_keyboard(qtbot: QtBot, view: TranscriptList) -> None:
    qtbot.mouseClick(view.viewport(), LEFT, pos=word_place(view, 0, 0))
    qtbot.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.ShiftModifier, word_place(view, 2, 0))
    assert view.selection.ids == ["line-00001", "line-00002", "line-00003"]
    qtbot.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, word_place(view, 1, 0))
    assert view.selection.ids == ["line-00001", "line-00003"]
    qtbot.keyClick(view, Qt.Key.Key_Home)
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.selection.ids == ["line-00001", "line-00002"]
    with qtbot.waitSignal(view.delete_requested) as told:
        qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert told.args == [["line-00001", "line-00002"]]


def test_that_left_and_right_go_from_word_to_word_over_lines(qtbot: QtBot, view: TranscriptList) -> None:
    view.choose(0)
    heard: list[float] = []
    view.seek_requested.connect(heard.append)
    for _ in range(10):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert heard == [at / 2 for at in range(9)] + [5.0]
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert heard[-1] == 4.0


def test_that_a_click_on_the_chip_asks_for_the_speakers_menu(qtbot: QtBot, view: TranscriptList) -> None:
    with qtbot.waitSignal(view.speaker_menu_requested) as told, qtbot.assertNotEmitted(view.seek_requested):
        qtbot.mouseClick(view.viewport(), LEFT, pos=view.chip_rect_of(1).center().toPoint())
    assert told.args[0] == "line-00002"
    with qtbot.waitSignal(view.speaker_menu_requested):
        qtbot.keyClick(view, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)


def test_that_selection_and_place_survive_newer_lines(qtbot: QtBot, view: TranscriptList) -> None:
    lines = many_lines(300)
    view.set_lines(lines, LOOKS)
    view.show_line("line-00150")
    top = view.rect_of(view.selection.index).top()
    view.set_lines([replace(lines[0], text="a much longer text than before " * 20), *lines[1:]], LOOKS)
    assert view.selection.ids == ["line-00150"]
    assert abs(view.rect_of(view.selection.index).top() - top) <= 1
    view.set_lines([one for one in lines if one.line_id != "line-00150"], LOOKS)
    assert view.selection.current == "line-00151"


def test_that_the_current_line_is_told_to_screen_readers(view: TranscriptList) -> None:
    view.choose(1)
    assert view.accessibleDescription() == "0:00:05.000, Speaker 2, the torque of the engine rises"


def test_that_thousands_of_lines_lay_out_only_what_is_seen(qtbot: QtBot, view: TranscriptList) -> None:
    view.set_lines(many_lines(5_000), LOOKS)
    view.grab()
    assert len(view.layouts._known) < 60
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    view.grab()
    last = view.rect_of(4_999)
    assert last.bottom() <= view.viewport().height() + 1
    assert len(view.layouts._known) < 120


def test_that_found_places_are_marked_and_brought_into_view(qtbot: QtBot, view: TranscriptList) -> None:
    lines = many_lines(200)
    view.set_lines(lines, LOOKS)
    found = find_matches(lines, FindQuery("torque").pattern())
    view.set_marks(found, len(found) - 1)
    assert not view.following
    rect = view.rect_of(view.selection.index_of(found[-1].line_id))
    assert 0 <= rect.top() < view.viewport().height()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (FindQuery("torque"), 2),
        (FindQuery("torque", match_case=True), 1),
        (FindQuery("the"), 3),
        (FindQuery("do", whole_word=True), 1),
        (FindQuery("t.rq", regex=True), 2),
        (FindQuery("t.rq"), 0),
        (FindQuery(""), 0),
        (FindQuery("x*", regex=True), 0),
    ],
)
def test_that_finding_honours_its_options(query: FindQuery, count: int) -> None:
    assert len(find_matches(three_lines(), query.pattern())) == count


def test_that_words_are_found_by_place_and_time() -> None:
    spans = word_spans(three_lines()[1])
    assert [three_lines()[1].text[span.start : span.end] for span in spans][:2] == ["the", "torque"]
    assert span_at_char(spans, 5) == 1
    assert span_at_time(spans, 5.6) == 1
    assert span_at_time(spans, 1.0) == -1


def test_that_words_that_do_not_fit_the_text_share_out_its_time() -> None:
    other = replace(line(1, "one two", 10.0), text="three four", words=(WordRow(10.0, 10.4, "one", 0.9),))
    spans = word_spans(other)
    assert [(span.start, span.end) for span in spans] == [(0, 5), (6, 10)]
    assert spans[0].start_s == 10.0
    assert spans[-1].end_s == pytest.approx(other.end_s)


def test_that_words_of_low_probability_are_unsure() -> None:
    assert all(span.unsure for span in word_spans(line(1, "one two", 0.0, probability=0.3)))
    assert not any(span.unsure for span in word_spans(line(1, "one two", 0.0)))


def test_that_speakers_look_like_their_identities_or_have_a_colour_of_their_own() -> None:
    assert LOOKS["speaker-00001"].colour_index == 0
    assert LOOKS["speaker-00001"].linked
    assert LOOKS["speaker-00002"].colour_index != 0
