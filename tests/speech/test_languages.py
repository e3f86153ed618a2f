"""Languages are understood by all of their names."""

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.speech.languages import LANGUAGES, iso639_1, iso639_2, known, listed, matches, name, whisper_code


def test_that_the_table_is_the_one_of_the_model() -> None:
    assert set(LANGUAGES) == set(_LANGUAGE_CODES)


@pytest.mark.parametrize(("one", "other"), [("ger", "de-AT"), ("zh", "cmn"), ("no", "nob"), ("iw", "he")])
def test_that_tags_of_one_language_match(one: str, other: str) -> None:
    assert matches(one, other)
    assert not matches(one, "fr")


@pytest.mark.parametrize("text", ["de", "deu", "ger", "German", " GERMAN ", "de-AT", "de_CH"])
def test_that_every_form_names_one_language(text: str) -> None:
    assert (whisper_code(text), iso639_2(text), iso639_1(text), name(text)) == ("de", "deu", "de", "German")


@pytest.mark.parametrize("code", LANGUAGES)
def test_that_what_whisper_says_is_found_again(code: str) -> None:
    assert whisper_code(iso639_2(code)) == code
    assert whisper_code(LANGUAGES[code]) == code
    assert whisper_code(LANGUAGES[code].upper()) == code
    assert name(iso639_2(code)) == LANGUAGES[code]


@pytest.mark.parametrize(
    ("text", "code"), [("nob", "no"), ("cmn", "zh"), ("zh-Hans", "zh"), ("jv", "jw"), ("Farsi", "fa"), ("yue", "yue")]
)
def test_that_parts_of_a_language_are_that_language_to_whisper(text: str, code: str) -> None:
    assert whisper_code(text) == code


def test_that_a_language_that_whisper_does_not_know_still_has_a_code() -> None:
    assert (iso639_2("Klingon"), name("tlh"), iso639_1("tlh")) == ("tlh", "Klingon", None)
    with pytest.raises(InvalidRequest, match="knows no Klingon") as told:
        whisper_code("tlh")
    assert told.value.action


@pytest.mark.parametrize("text", ["", "und", "nonsense", "q", "123", "english or so"])
def test_that_what_is_no_language_is_named(text: str) -> None:
    with pytest.raises(InvalidRequest, match="is no language"):
        iso639_2(text)
    assert known(text) == ""
    assert not matches(text, text)


def test_that_lists_hold_each_language_once() -> None:
    assert listed("en, ger,deu , English") == ("eng", "deu")
    assert listed(" , ") == ()
    with pytest.raises(InvalidRequest, match="xx-nothing"):
        listed("en, xx-nothing")


@given(st.text(max_size=12))
def test_that_no_text_brings_it_down(text: str) -> None:
    code = known(text)
    assert code == "" or iso639_2(code) == code
