"""Captions as they are set: fonts, lines, sizes, directions, capitals."""

import numpy as np
import pytest

from core.errors import InvalidRequest
from core.render.captions.faces import EMOJI_FILE
from core.render.captions.fonts import FONTS, families, family
from core.render.captions.glyphs import ink, place
from core.render.captions.setting import SetText, set_caption
from core.render.captions.wording import in_capitals, worded
from core.render.types import CaptionRole
from tests.render import caption_cases as cases


def set_in(
    text: str,
    font: str = "Inter",
    *,
    size_px: float = 56,
    measure_px: float = 800,
    role: CaptionRole = CaptionRole.BEAT,
) -> SetText:
    return set_caption(worded(text, family(font), role, uppercase=False), size_px, measure_px, 900)


def lines_of(text: SetText) -> list[str]:
    return [line.shaped.text for line in text.lines]


def test_that_presets_may_name_open_fonts_and_those_that_they_stand_for() -> None:
    assert {"Inter", "Bebas Neue", "Montserrat", "Anton", "Archivo Black", "Impact", "Arial Black"} <= set(families())
    assert family("impact").name == "Anton"
    assert family("Arial  black").name == "Archivo Black"
    with pytest.raises(InvalidRequest, match="Papyrus"):
        family("Papyrus")


def test_that_every_family_comes_with_its_fonts_and_licence() -> None:
    for name in families():
        assert family(name).licence().read_text(encoding="utf-8").count("SIL OPEN FONT LICENSE")
        for role in CaptionRole:
            assert family(name).file(role).is_file()
            assert family(name).file(role).is_relative_to(FONTS)
    assert "Creative Commons Attribution 4.0" in (EMOJI_FILE.parent / "LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", cases.TEXTS)
def test_that_fonts_of_rushes_have_every_glyph(name: str) -> None:
    for font in ("Inter", "Impact", "Bebas Neue"):
        text = set_in(cases.TEXTS[name], font)
        assert all(glyph.glyph for line in text.lines for run in line.shaped.runs for glyph in run.glyphs)


def test_that_lines_are_even() -> None:
    for text in (
        "Hand-made in small batches, roasted the same morning",
        "The premium quality you have been waiting for, all summer long, in every colour",
    ):
        widths = [line.width_em for line in set_in(text).lines]
        assert len(widths) > 1
        assert min(widths) > 0.75 * max(widths)


def test_that_all_words_are_kept_in_order() -> None:
    text = set_in(cases.NINETY)
    assert " ".join(lines_of(text)) == cases.NINETY
    assert not text.shortened


def test_that_long_text_is_made_smaller_to_three_fifths_and_then_ends_with_an_ellipsis() -> None:
    text = set_in("Lorem ipsum dolor sit amet consectetur. " * 25)
    assert text.shortened
    assert text.font_px == pytest.approx(56 * 0.6)
    assert len(text.lines) == 4
    assert lines_of(text)[-1].endswith("…")
    assert not lines_of(text)[-1].endswith((" …", ".…"))
    assert all(line.width_em * text.font_px <= 800 for line in text.lines)


def test_that_endless_text_is_cut_to_its_beginning() -> None:
    for part in ("x", "word ", "日本", "👍🏽"):
        text = set_in(part * 5000)
        assert text.shortened
        beginning = lines_of(text)[0].replace(" ", "")
        assert (part * 200).replace(" ", "").startswith(beginning)
        assert len(text.lines) == 4


def test_that_text_that_fits_when_smaller_is_not_shortened() -> None:
    text = set_in("a word " * 8, measure_px=300)
    assert not text.shortened
    assert 56 * 0.6 - 0.01 <= text.font_px < 56


def test_that_words_are_only_cut_where_one_is_longer_than_a_line() -> None:
    assert "".join(lines_of(set_in(cases.LONG_WORD))) == cases.LONG_WORD
    long_but_fitting = "Selbstverständlichkeiten"
    assert lines_of(set_in(long_but_fitting, measure_px=520)) == [long_but_fitting]


def test_that_line_ends_of_the_text_are_kept_while_there_is_room() -> None:
    assert lines_of(set_in("First\r\nSecond\n\n\nThird")) == ["First", "Second", "Third"]
    assert lines_of(set_in("\n".join("abcdef"))) == ["a b c d e f"]


def test_that_stops_and_brackets_stay_with_their_words() -> None:
    for measure_px in range(300, 800, 25):
        for text in ("Bonjour ! Ça va ? « Oui »", "「新しい」季節、はじまる。今すぐ！", "Nur 5 % (heute) und #neu"):
            for line in lines_of(set_in(text, measure_px=measure_px)):
                assert line[0] not in "!?»」、。%)！", (measure_px, line)
                assert line[-1] not in "«「(#", (measure_px, line)


def test_that_korean_breaks_at_spaces_and_thai_between_clusters() -> None:
    korean = "새로운 가을 컬렉션을 지금 만나보세요 특별한 가격으로"
    assert " ".join(lines_of(set_in(korean))) == korean
    thai = cases.TEXTS["thai"]
    lines = lines_of(set_in(thai))
    assert "".join(lines) == thai
    assert all(line[0] not in "ะาำิีึืุู่้๊๋์" for line in lines)


def test_that_katakana_words_stay_whole() -> None:
    assert any("コレクション" in line for line in lines_of(set_in(cases.TEXTS["japanese"])))


def test_that_a_polite_prefix_stays_with_its_word() -> None:
    for measure_px in range(300, 800, 20):
        text = set_in("新しいコレクション、今週だけ。お見逃しなく", measure_px=measure_px)
        assert not any(line.endswith("お") for line in lines_of(text)), measure_px


def test_that_the_ellipsis_stands_at_the_end_of_right_to_left_text_on_the_left() -> None:
    text = set_in("مجموعة الخريف الجديدة متوفرة الآن في جميع المتاجر " * 12)
    assert text.shortened
    last = text.lines[-1].shaped
    assert last.text.endswith("…")
    assert last.runs[0].glyphs[0].text == "…" or last.runs[0].glyphs[-1].text == "…"


def test_that_mixed_directions_stand_in_reading_order() -> None:
    runs = set_in("abc שלום 123").lines[0].shaped.runs
    shown = "".join(glyph.text for run in runs for glyph in run.glyphs)
    assert shown.replace(" ", "") == "abc123םולש"
    runs = set_in("שלום abc").lines[0].shaped.runs
    assert "".join(glyph.text for run in runs for glyph in run.glyphs) == "abc םולש"


def test_that_emoji_sequences_are_one_picture_each() -> None:
    for emoji in ("👍🏽", "👩‍👩‍👧‍👦", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤️", "1️⃣", "🏳️‍🌈", "🧑🏿‍🚀"):
        runs = set_in(emoji).lines[0].shaped.runs
        assert [len(run.glyphs) for run in runs] == [1], emoji
        assert runs[0].face.name == "Twemoji"
    assert set_in("1 ❤ #").lines[0].shaped.runs[0].face.name != "Twemoji"


def test_that_a_word_is_never_patched_from_two_fonts() -> None:
    for text, fonts in (
        ("Bộ sưu tập", {"Anton-Regular"}),
        ("Новая", {"Inter-SemiBold"}),
        ("NEW", {"BebasNeue-Regular"}),
    ):
        runs = set_in(text, "Bebas Neue").lines[0].shaped.runs
        assert {run.face.name for run in runs} == fonts


def test_that_capitals_follow_unicode() -> None:
    assert in_capitals("Straße ŉ ﬁn") == "STRASSE ʼN FIN"
    assert in_capitals("Ωραία Άλφα ϊ") == "ΩΡΑΙΑ ΑΛΦΑ Ϊ"
    assert in_capitals("ⓐ ½ 新 ñ é") == "ⓐ ½ 新 Ñ É"


def test_that_lines_do_not_touch_even_with_marks_and_strokes() -> None:
    wording = worded("Ặ gpqy\nẶ gpqy\nที่นี่", family("Anton"), CaptionRole.HOOK, uppercase=False)
    text = set_caption(wording, 72, 800, 900, stroke_em=0.08)
    for upper, lower, above, below in zip(
        text.baselines_em, text.baselines_em[1:], text.lines, text.lines[1:], strict=False
    ):
        assert lower - upper >= above.below_em + below.above_em + 2 * 0.08


def test_that_letters_are_drawn_where_they_were_placed() -> None:
    text = set_in("HHH")
    inked = ink(place(text, 400, 200), 800, 300)
    rows, columns = np.flatnonzero(inked.plain.any(axis=1)), np.flatnonzero(inked.plain.any(axis=0))
    assert rows[-1] == 199
    assert rows[0] == pytest.approx(200 - 0.727 * 56, abs=1)
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(399.5, abs=1.5)
    assert inked.plain.max() == 255
