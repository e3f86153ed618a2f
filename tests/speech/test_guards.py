"""Invented text goes, and what people really say stays, however alike the two look."""

import pytest

from core.speech.guards import Evidence, Guard, longest_loop, plain
from core.speech.types import Segment, Word

CLEAR = Evidence(covered=1.0, voice=0.97, language=0.99)
WEAK = Evidence(covered=0.6, voice=0.35, language=0.99)
SILENT = Evidence(covered=0.0, voice=0.02)


def segment(
    text: str,
    *,
    seconds: float = 3.0,
    start_s: float = 0.0,
    logprob: float = -0.25,
    no_speech: float = 0.05,
    compression: float = 1.2,
    sure: float = 0.9,
) -> Segment:
    parts = text.split() or [text]
    length_s = seconds / len(parts)
    words = tuple(
        Word(start_s + i * length_s, start_s + (i + 1) * length_s, f" {part}", sure) for i, part in enumerate(parts)
    )
    return Segment(start_s, start_s + seconds, text, words, "en", logprob, no_speech, compression)


def reason(one: Segment, evidence: Evidence = CLEAR) -> str:
    return Guard().reason(one, evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching!",
        "Thank you.",
        "Vielen Dank fürs Zuschauen.",
        "Спасибо за просмотр!",
        "ご視聴ありがとうございました",
        "Gracias por ver el video.",
        "Obrigado por assistir.",
    ],
)
def test_that_a_stock_line_stays_when_it_is_said_and_goes_when_the_speech_is_weak(text: str) -> None:
    assert reason(segment(text)) == ""
    assert "stock line" in reason(segment(text), WEAK)
    assert "stock line" in reason(segment(text, no_speech=0.7))
    assert "stock line" in reason(segment(text, logprob=-0.9))


@pytest.mark.parametrize(
    "text",
    [
        "Subtitles by the Amara.org community",
        "Субтитры создавал DimaTorzok",
        "Sous-titres par Amara.org",
        "字幕由 Amara.org 社群提供",
    ],
)
def test_that_a_subtitlers_credit_needs_very_clear_speech(text: str) -> None:
    assert "credit" in reason(segment(text, logprob=-0.4))
    assert reason(segment(text, logprob=-0.1)) == ""


@pytest.mark.parametrize("text", ["♪♪", "...", "[Music]", "(applause)", "[MUSIC PLAYING] (wind)", "【音楽】"])
def test_that_signs_and_descriptions_of_sounds_are_no_speech(text: str) -> None:
    assert reason(segment(text)) != ""


def test_that_text_where_nobody_speaks_goes_unless_everything_is_wanted() -> None:
    assert reason(segment("It was a dark night."), SILENT) == "nobody speaks there"
    everything = Evidence(covered=0.0, voice=0.02, checked=False)
    assert reason(segment("It was a dark night."), everything) == ""


def test_that_text_which_the_model_itself_doubts_goes() -> None:
    assert "no speech" in reason(segment("Something or other.", no_speech=0.8, logprob=-1.2))
    assert reason(segment("Something or other.", no_speech=0.8, logprob=-0.3)) == "", "likely text is kept"


def test_that_nobody_speaks_faster_than_a_tongue_can() -> None:
    assert "faster" in reason(segment("every word of this was written over a click", seconds=0.4))
    assert reason(segment("every word of this was written over a click", seconds=2.5)) == ""


def test_that_a_loop_goes_and_a_chorus_stays() -> None:
    loop = " ".join(["I don't know."] * 20)
    assert "in a row" in reason(segment(loop, seconds=25, compression=9.0, logprob=-0.6))
    assert reason(segment("No, no, no, no!", seconds=2)) == "", "people do say that"
    assert reason(segment("Never, never, never, never, never give up.", seconds=4, compression=1.4)) == ""


def test_that_a_line_that_comes_again_goes_without_clear_speech_only() -> None:
    guard = Guard()
    assert guard.reason(segment("I'll be there."), CLEAR) == ""
    assert guard.reason(segment("I'll be there.", start_s=5), CLEAR) == "", "said twice"
    assert "again" in guard.reason(segment("I'll be there.", start_s=9), WEAK)


def test_that_a_line_again_and_again_goes_when_its_words_are_doubtful() -> None:
    guard = Guard()
    reasons = [guard.reason(segment("So let's go.", start_s=5.0 * i, sure=0.5), CLEAR) for i in range(6)]
    assert reasons[:4] == ["", "", "", ""]
    assert "over and over" in reasons[-1]


@pytest.mark.parametrize(
    ("words", "loop"),
    [("a b c d", (1, 0)), ("a a a a", (4, 1)), ("x a b a b a b y", (3, 2)), ("", (1, 0)), ("a b c a b c", (2, 3))],
)
def test_that_the_longest_loop_is_counted(words: str, loop: tuple[int, int]) -> None:
    assert longest_loop(words.split()) == loop


def test_that_comparing_overlooks_case_and_signs() -> None:
    assert plain("  Don’t — STOP!! ") == plain("don't stop").replace("'", " ")
