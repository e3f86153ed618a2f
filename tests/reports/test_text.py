"""Any name can be written, and stays in its measure."""

import pytest

from core.reports.text.clusters import clusters_of
from core.reports.text.faces import FONTS, Weight
from core.reports.text.layout import Block, Style, fit_text, set_text
from core.reports.text.shaping import shaped_text
from tests.reports.conftest import NAMES

STYLE = Style(9, 12)


def widest(block: Block) -> float:
    return max((line.width * block.style.size for line in block.lines), default=0.0)


def text_of(block: Block) -> str:
    return "".join(line.text for line in block.lines)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("measure", [30.0, 80.0, 400.0])
def test_that_every_line_of_a_name_stays_in_its_measure(name: str, measure: float) -> None:
    block = set_text(name, STYLE, measure)
    assert block.lines
    assert widest(block) <= measure + 0.01
    assert block.height >= len(block.lines) * STYLE.leading


@pytest.mark.parametrize("name", [name for name in NAMES if "\u202e" not in name])
def test_that_nothing_of_a_name_is_lost_by_breaking_lines(name: str) -> None:
    assert text_of(set_text(name, STYLE, 40)).replace(" ", "") == name.replace(" ", "")


@pytest.mark.parametrize("name", NAMES)
def test_that_no_sign_of_a_name_is_an_empty_box(name: str) -> None:
    glyphs = [glyph.glyph for run in shaped_text(name, Weight.SEMIBOLD).runs for glyph in run.glyphs]
    assert glyphs
    assert 0 not in glyphs


def test_that_what_no_font_has_is_shown_by_its_code_point() -> None:
    shown = "".join(one.shown for one in clusters_of("a\U00012000", Weight.REGULAR))
    assert shown == "a[U+12000]"


@pytest.mark.parametrize("most_lines", [1, 2, 3])
@pytest.mark.parametrize("name", ["word " * 60, "x" * 400, "山" * 200, "كلمة " * 60])
def test_that_what_does_not_fit_ends_in_an_ellipsis(name: str, most_lines: int) -> None:
    block = set_text(name, STYLE, 90, most_lines=most_lines)
    assert len(block.lines) == most_lines
    assert block.lines[-1].text.endswith("…")
    assert widest(block) <= 90.01


def test_that_a_title_is_made_smaller_before_it_is_cut() -> None:
    style = Style(30, 36, Weight.BOLD)
    assert fit_text("Short", style, 400).style.size == 30
    longer = fit_text("A title that is rather long for one line of this size", style, 400, smallest=8)
    assert 8 < longer.style.size < 30
    assert "…" not in text_of(longer)
    assert text_of(fit_text("W" * 400, style, 400, smallest=8)).endswith("…")


def test_that_right_to_left_names_run_from_right_to_left() -> None:
    [run] = shaped_text("אבג", Weight.REGULAR).runs
    assert [glyph.text for glyph in run.glyphs] == ["ג", "ב", "א"]
    mixed = shaped_text("Lisa אבג 12", Weight.REGULAR)
    assert "".join(glyph.text for run in mixed.runs for glyph in run.glyphs) == "Lisa 12 גבא"


def test_that_brackets_run_with_what_they_hold() -> None:
    runs = shaped_text("Rename to אב (גד)", Weight.REGULAR).runs
    shown = "".join(glyph.text for run in runs for glyph in run.glyphs)
    assert shown.startswith("Rename to )דג( "), "logical brackets in visual order; their glyphs are mirrored"
    assert shown.endswith("בא")


def test_that_marks_cannot_turn_a_line_around() -> None:
    shown = "".join(one.shown for one in clusters_of("a\u202eb\u2066c\u200fd", Weight.REGULAR))
    assert shown == "abcd"


def test_that_what_belongs_together_is_not_torn_apart() -> None:
    for text in ("👩‍🚀", "🇩🇪", "👍🏽", "e\u0301", "क्ष", "นำ้"):
        assert len(clusters_of(text, Weight.REGULAR)) == 1, text
    assert len(clusters_of("🇩🇪🇫🇷", Weight.REGULAR)) == 2


def test_that_digits_in_columns_have_one_width() -> None:
    widths = {shaped_text(digit, Weight.REGULAR, tabular=True).width for digit in "0123456789"}
    assert len(widths) == 1


def test_that_scripts_with_tall_signs_get_the_room_they_need() -> None:
    assert set_text("ที่นี่", STYLE, 100).leading > STYLE.leading
    assert set_text("Lisa", STYLE, 100).leading == STYLE.leading


def test_that_every_font_comes_with_its_licence() -> None:
    fonts = list(FONTS.rglob("*.[ot]tf"))
    assert len(fonts) > 40
    for font in fonts:
        beside = {path.name.split(".")[0].split("-")[0] for path in font.parent.glob("*.txt")}
        assert beside & {"OFL", "LICENSE"}, font


def test_that_characters_unknown_to_unicode_stand_among_right_to_left_text() -> None:
    assert [one.text for one in clusters_of("של\U0001c999", Weight.REGULAR)][:2] == ["ש", "ל"]
