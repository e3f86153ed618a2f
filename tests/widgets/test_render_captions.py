"""The editor of captions: what is written, where it comes from, how it is put in order."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.render.types import CaptionRole, Captions
from widgets.render import CaptionEditor, CaptionFit
from widgets.render.caption_beats import MOST_BEATS
from widgets.render.caption_editor import MOST_PROMPT_CHARACTERS, Source
from widgets.render.caption_field import MOST_CHARACTERS
from widgets.theme import apply_theme

LEFT = Qt.MouseButton.LeftButton
HOOK, BEAT, CTA = CaptionRole.HOOK, CaptionRole.BEAT, CaptionRole.CTA
OWN = Captions("Look", ("one", "two", "three"), "Buy")


@pytest.fixture
def editor(qtbot: QtBot) -> CaptionEditor:
    made = CaptionEditor()
    qtbot.addWidget(made)
    made.resize(340, 700)
    made.show()
    return made


@pytest.fixture
def told(editor: CaptionEditor) -> list[Captions | None]:
    """What the editor tells, each time that it does."""
    made: list[Captions | None] = []
    editor.changed.connect(lambda: made.append(editor.captions()))
    return made


def shown(editor: CaptionEditor) -> tuple[str, ...]:
    return tuple(field.words() for field in editor.beats.fields())


def test_that_what_is_set_comes_back_and_nothing_is_told(editor: CaptionEditor, told: list[Captions | None]) -> None:
    assert editor.captions() is None
    for captions in (
        OWN,
        Captions(),
        Captions(cta="Only this"),
        None,
        Captions("a", ("قهوة", "三つの農園 🍋", "50 % \\:'"), ""),
    ):
        editor.set_captions(captions)
        assert editor.captions() == captions
    assert told == []


def test_that_each_key_is_told(qtbot: QtBot, editor: CaptionEditor, told: list[Captions | None]) -> None:
    editor.set_captions(OWN)
    qtbot.keyClicks(editor.cta.text, "!!")
    assert told[-1] == Captions("Look", ("one", "two", "three"), "!!Buy")
    assert len(told) == 2


def test_that_a_caption_of_two_written_lines_keeps_them(qtbot: QtBot, editor: CaptionEditor) -> None:
    editor.set_captions(Captions(hook="a"))
    before = editor.hook.text.height()
    qtbot.keyClick(editor.hook.text, Qt.Key.Key_End)
    qtbot.keyClick(editor.hook.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(editor.hook.text, "b")
    assert editor.captions() == Captions(hook="a\nb")
    assert editor.hook.text.height() > before


def test_that_writing_into_derived_captions_makes_all_of_them_own(
    qtbot: QtBot, editor: CaptionEditor, told: list[Captions | None]
) -> None:
    editor.set_derived(Captions("Slow coffee", ("From three farms",), ""))
    assert editor.captions() is None
    assert shown(editor) == ("From three farms",)
    qtbot.keyClicks(editor.cta.text, "B")
    assert editor.source() is Source.OWN
    assert told == [Captions("Slow coffee", ("From three farms",), "B")]
    editor.set_derived(Captions("Other"))
    assert editor.captions() == Captions("Slow coffee", ("From three farms",), "B"), "they are the person's now"


def test_that_the_source_is_chosen_and_own_captions_are_kept_meanwhile(
    qtbot: QtBot, editor: CaptionEditor, told: list[Captions | None]
) -> None:
    editor.set_derived(Captions("Derived"))
    editor.set_captions(OWN)
    qtbot.mouseClick(editor.chips[Source.NONE], LEFT)
    assert editor._none.isVisible()
    assert not editor.hook.isVisible()
    qtbot.mouseClick(editor.chips[Source.PROMPT], LEFT)
    assert editor.hook.words() == "Derived"
    qtbot.mouseClick(editor.chips[Source.OWN], LEFT)
    assert told == [Captions(), None, OWN]


def test_that_own_captions_begin_with_those_of_the_prompt(
    qtbot: QtBot, editor: CaptionEditor, told: list[Captions | None]
) -> None:
    editor.set_derived(OWN)
    qtbot.mouseClick(editor.chips[Source.OWN], LEFT)
    assert told == [OWN]


def test_that_enter_adds_a_beat_and_backspace_in_an_empty_one_removes_it(
    qtbot: QtBot, editor: CaptionEditor, told: list[Captions | None]
) -> None:
    editor.set_captions(OWN)
    qtbot.keyClick(editor.beats.fields()[0].text, Qt.Key.Key_Return)
    assert shown(editor) == ("one", "", "two", "three")
    assert editor.captions() == OWN, "an empty beat is none"
    editor.set_captions(OWN)
    assert len(editor.beats.fields()) == 4, "what the page answers does not take the new field away"
    qtbot.keyClick(editor.beats.fields()[1].text, Qt.Key.Key_Backspace)
    assert shown(editor) == ("one", "two", "three")
    qtbot.mouseClick(editor.beats.fields()[1].remove, LEFT)
    assert told[-1] == Captions("Look", ("one", "three"), "Buy")


def test_that_beats_are_moved_by_keyboard(qtbot: QtBot, editor: CaptionEditor, told: list[Captions | None]) -> None:
    editor.set_captions(OWN)
    alt = Qt.KeyboardModifier.AltModifier
    field = editor.beats.fields()[2]
    qtbot.keyClick(field.text, Qt.Key.Key_Up, alt)
    assert shown(editor) == ("one", "three", "two")
    qtbot.keyClick(field.text, Qt.Key.Key_Up, alt)
    qtbot.keyClick(field.text, Qt.Key.Key_Up, alt)
    assert shown(editor) == ("three", "one", "two")
    assert field.text.accessibleName() == "Beat 1"
    qtbot.keyClick(field.text, Qt.Key.Key_Down, alt)
    assert told[-1] == Captions("Look", ("one", "three", "two"), "Buy")
    assert len(told) == 3


def test_that_beats_are_dragged_by_their_grip(qtbot: QtBot, editor: CaptionEditor, told: list[Captions | None]) -> None:
    editor.set_captions(OWN)
    QApplication.processEvents()
    first, last = editor.beats.fields()[0], editor.beats.fields()[2]
    below = first.grip.mapFromGlobal(last.mapToGlobal(QPoint(4, last.height() - 2)))
    qtbot.mousePress(first.grip, LEFT, pos=QPoint(4, 4))
    qtbot.mouseMove(first.grip, below)
    assert not editor.grab().isNull()
    qtbot.mouseRelease(first.grip, LEFT, pos=below)
    assert shown(editor) == ("two", "three", "one")
    assert told == [Captions("Look", ("two", "three", "one"), "Buy")]


def test_that_the_keyboard_reaches_each_field_in_order(qtbot: QtBot, editor: CaptionEditor) -> None:
    editor.set_captions(OWN)
    editor.hook.text.setFocus()
    keys: list[object] = []
    editor.field_focused.connect(keys.append)
    qtbot.keyClick(editor.hook.text, Qt.Key.Key_Return)
    assert keys == [(BEAT, 0)]
    editor.focus_field((BEAT, 2))
    editor.focus_field((CTA, 0))
    editor.focus_field((HOOK, 0))
    assert keys[1:] == [(BEAT, 2), (CTA, 0), (HOOK, 0)]


def test_that_tab_goes_through_the_fields_from_top_to_bottom(qtbot: QtBot, editor: CaptionEditor) -> None:
    editor.set_captions(OWN)
    editor.beats.move_field(0, 3)
    editor.beats.remove(1)
    first, last = editor.beats.fields()
    assert (first.words(), last.words()) == ("two", "one")
    editor.activateWindow()
    editor.hook.text.setFocus()
    seen = []
    for _press in range(6):
        focus = editor.focusWidget()
        assert focus is not None
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
        seen.append(editor.focusWidget())
    assert seen == [first.text, first.remove, last.text, last.remove, editor.add, editor.cta.text]


def test_that_a_caption_says_how_it_came_out(editor: CaptionEditor) -> None:
    editor.set_captions(Captions("Look", ("one", "two"), "Buy"))
    editor.set_fits(
        {
            (HOOK, 0): CaptionFit(2, 0.0, 3.2),
            (BEAT, 0): CaptionFit(4, 3.2, 6.0, shortened=True),
            (BEAT, 1): CaptionFit(left_out=True, note="Left out: 0.8 s each do not fit"),
        }
    )
    assert "0.0–3.2 s" in editor.hook._facts.text()
    assert "2 lines" in editor.hook._facts.text()
    one, two = editor.beats.fields()
    assert one.note() == "Cut short: it does not fit into the safe zone"
    assert two.note() == "Left out: 0.8 s each do not fit"
    assert one.note() in one.text.accessibleDescription()
    assert editor._count.text() == "4 captions, 6 lines"
    editor.set_fits({})
    assert one.note() == ""


def test_that_fits_are_counted_without_empty_beats(editor: CaptionEditor) -> None:
    editor.set_captions(OWN)
    editor.beats.add(0)
    editor.set_fits({(BEAT, 0): CaptionFit(1, 1.0, 2.0)})
    empty, one, *_ = editor.beats.fields()
    assert (empty.words(), empty._facts.text()) == ("", "")
    assert "1.0–2.0 s" in one._facts.text()


def test_that_captions_are_made_from_the_prompt_on_request(qtbot: QtBot, editor: CaptionEditor) -> None:
    asked: list[str] = []
    editor.make_requested.connect(asked.append)
    assert not editor.make.isEnabled()
    told: list[str] = []
    editor.prompt_changed.connect(lambda: told.append(editor.prompt()))
    qtbot.keyClicks(editor._prompt, "Hi")
    qtbot.keyClick(editor._prompt, Qt.Key.Key_Return)
    assert told[-1] == editor.prompt() == "Hi"
    qtbot.mouseClick(editor.make, LEFT)
    assert asked == ["Hi"]


def test_that_words_written_from_right_to_left_stand_at_the_right(editor: CaptionEditor) -> None:
    for words, direction in (
        ("قهوة 5 %", "RightToLeft"),
        ("12 שלום", "RightToLeft"),
        ("三つ", "LeftToRight"),
        ("", "LeftToRight"),
    ):
        editor.set_captions(Captions("x", (words,)))
        editor.hook.set_words(words)
        assert editor.hook.text.document().defaultTextOption().textDirection().name == direction


def test_that_too_long_texts_are_named(editor: CaptionEditor) -> None:
    editor.set_captions(Captions(hook="x" * (MOST_CHARACTERS + 1)))
    assert "1001 characters" in editor.hook.note()
    editor.set_prompt("y" * (MOST_PROMPT_CHARACTERS + 1))
    assert "5001 of 5000" in editor._prompt_note.text()
    assert not editor.make.isEnabled()
    editor.set_prompt("short")
    assert editor._prompt_note.text() == ""
    assert editor.make.isEnabled()


def test_that_a_beat_is_added_at_the_end_while_fields_are_still_coming(editor: CaptionEditor) -> None:
    editor.set_captions(Captions(beats=tuple(str(number) for number in range(20))))
    editor.add_beat()
    assert len(editor.beats.fields()) == 21
    assert shown(editor)[-2:] == ("19", "")


def test_that_derived_words_are_fainter_in_each_theme(qapp: QApplication, editor: CaptionEditor) -> None:
    editor.set_derived(OWN)
    colours = []
    for theme in ("dark", "light"):
        apply_theme(qapp, theme)
        found = editor.hook.text.extraSelections()
        assert len(found) == 1
        colours.append(found[0].format.foreground().color())
        assert not editor.grab().isNull()
    apply_theme(qapp, "dark")
    assert colours[0] != colours[1]
    editor.set_captions(OWN)
    assert editor.hook.text.extraSelections() == []


def test_that_sixty_beats_are_there_at_once_though_their_fields_come_in_turns(
    qtbot: QtBot, editor: CaptionEditor
) -> None:
    many = Captions("a", tuple(f"beat {number}" for number in range(MOST_BEATS)), "z")
    editor.set_captions(many)
    assert len(editor.beats.fields()) < MOST_BEATS
    assert editor.captions() == many
    qtbot.waitUntil(lambda: len(editor.beats.fields()) == MOST_BEATS)
    assert editor.captions() == many
    assert not editor.add.isEnabled()
    editor.set_captions(OWN)
    assert shown(editor) == OWN.beats
    assert editor.add.isEnabled()
