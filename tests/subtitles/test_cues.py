"""Cues: what may be read on the screen, whatever was said."""

from itertools import pairwise

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.speech.spoken import clean, width_of
from core.speech.subtitles import Limits, cues, reading_speed
from core.speech.types import Cue, Segment, Word

LIMITS = Limits()


def spoken(start_s: float, text: str, *, word_s: float = 0.4, language: str = "en") -> Segment:
    """A segment whose words follow each other without a pause; of a language without spaces, without words."""
    if language in {"ja", "zh", "th"}:
        return Segment(start_s, start_s + word_s * len(text), text, (), language, -0.2, 0.0, 1.0)
    words = tuple(
        Word(start_s + at * word_s, start_s + (at + 1) * word_s, f" {word}", 0.9)
        for at, word in enumerate(text.split())
    )
    return Segment(start_s, words[-1].end_s, text, words, language, -0.2, 0.0, 1.0)


def lines(shown: list[Cue]) -> list[tuple[str, ...]]:
    return [cue.lines for cue in shown]


def test_that_a_long_sentence_breaks_where_a_clause_ends() -> None:
    text = "When the rain stopped at last, we went out into the garden, and nobody said a single word about it."
    shown = cues([spoken(0.0, text)])
    assert [line for cue in shown for line in cue.lines] == [
        "When the rain stopped at last,",
        "we went out into the garden,",
        "and nobody said a single word about it.",
    ]


def test_that_two_lines_are_about_equally_long() -> None:
    (only,) = cues([spoken(0.0, "one two three four five six seven eight nine ten eleven")])
    first, second = map(len, only.lines)
    assert abs(first - second) <= 8


def test_that_a_short_cue_stays_until_it_can_be_read() -> None:
    first, second = cues(
        [spoken(1.0, "Yes.", word_s=0.2), spoken(5.0, "Incomprehensibilities, notwithstanding", word_s=0.3)]
    )
    assert first.end_s - first.start_s >= 5 / 6 - 0.001
    assert reading_speed([first, second]).above == 0.0
    assert second.end_s > 5.6


def test_that_what_is_said_too_fast_is_told() -> None:
    speed = reading_speed(
        cues(
            [spoken(0.0, "unbelievably fast speakers never breathe", word_s=0.2), spoken(1.0, "Right so.", word_s=1.0)]
        )
    )
    assert speed.above == 0.5
    assert speed.fastest == max(speed.per_cue) > 17


def test_that_starts_and_ends_move_to_cuts_but_never_into_words() -> None:
    shown = cues([spoken(2.2, "Here we are.", word_s=0.5)], cuts_s=[2.0, 3.95])
    assert (shown[0].start_s, shown[0].end_s) == (2.0, 3.95)
    shown = cues([spoken(2.2, "Here we are.", word_s=0.5)], cuts_s=[2.4, 3.5])
    assert (shown[0].start_s, shown[0].end_s) == (2.2, 3.7)


def test_that_a_pause_begins_a_new_cue() -> None:
    words = (Word(0.0, 0.5, " Well", 1.0), Word(3.0, 3.5, " then.", 1.0))
    shown = cues([Segment(0.0, 3.5, "Well then.", words, "en", -0.2, 0.0, 1.0)])
    assert lines(shown) == [("Well",), ("then.",)]


def test_that_short_segments_of_one_speaker_share_a_cue() -> None:
    segments = [
        spoken(0.0, "No.", word_s=0.3),
        spoken(0.35, "Never.", word_s=0.4),
        spoken(0.8, "Not at all, my friend."),
    ]
    assert lines(cues(segments))[0][0].startswith("No. Never.")
    apart = cues(segments, speakers=["Lisa", "Bo", "Lisa"], show_speakers=True)
    assert lines(apart) == [("Lisa: No.",), ("Bo: Never.",), ("Lisa: Not at all, my friend.",)]
    assert [cue.speaker for cue in apart] == ["Lisa", "Bo", "Lisa"]


def test_that_wide_characters_count_twice() -> None:
    shown = cues(
        [spoken(0.0, "今日はとても天気がいいですね、だから公園まで散歩に行きましょうと母が言いました。", language="ja")]
    )
    assert all(width_of(line) <= 42 for cue in shown for line in cue.lines)
    assert max(len(line) for cue in shown for line in cue.lines) <= 21
    assert "".join(line for cue in shown for line in cue.lines).count("、") == 1
    assert not any(line.startswith(("、", "。")) for cue in shown for line in cue.lines)


def test_that_foreign_words_stay_whole_in_a_language_without_spaces() -> None:
    (only,) = cues([spoken(0.0, "私は Hello World と言った", language="ja")])
    assert " ".join(only.lines) == "私は Hello World と言った"


def test_that_marks_of_thai_stay_with_their_letters() -> None:
    shown = cues(
        [spoken(0.0, "สวัสดีครับวันนี้อากาศดีมากเราไปเดินเล่นที่สวนกันเถอะนะครับเพื่อนรักของผม" * 2, language="th", word_s=0.1)]
    )
    assert all(width_of(line) <= 42 and width_of(line[0]) == 1 for cue in shown for line in cue.lines)


def test_that_a_word_longer_than_a_line_is_cut() -> None:
    shown = cues([spoken(0.0, "x" * 200, word_s=9.0)])
    assert "".join(line for cue in shown for line in cue.lines) == "x" * 200
    assert all(len(line) <= 42 for cue in shown for line in cue.lines)


def test_that_nothing_said_gives_no_cue() -> None:
    assert cues([]) == []
    assert (
        cues(
            [
                Segment(0.0, 1.0, " \n ", (), "en", 0.0, 0.0, 0.0),
                Segment(1.0, 2.0, "", (Word(1.0, 2.0, " ", 1.0),), "en", 0.0, 0.0, 0.0),
            ]
        )
        == []
    )


_TEXTS = st.text(
    alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "Zs", "Mn", "Cc", "So", "Cf"]), max_size=12
)
_TIMES = st.floats(0, 30, allow_nan=False)


@st.composite
def _segments(draw: st.DrawFn) -> Segment:
    start_s = draw(_TIMES)
    words = []
    at_s = start_s
    for text in draw(st.lists(_TEXTS, max_size=30)):
        begin_s = at_s + draw(st.floats(-0.3, 1.5))
        at_s = begin_s + draw(st.floats(-0.1, 1.2))
        words.append(Word(begin_s, at_s, draw(st.sampled_from(["", " "])) + text, 0.5))
    text = "".join(word.text for word in words)
    kept = tuple(words) if draw(st.booleans()) else ()
    return Segment(start_s, max(start_s, at_s), text, kept, draw(st.sampled_from(["en", "ja", "th"])), 0.0, 0.0, 0.0)


@hypothesis_settings(max_examples=120)
@given(
    segments=st.lists(_segments(), max_size=6),
    cuts_s=st.lists(_TIMES, max_size=8),
    label=st.sampled_from(["", "Lisa", "Somebody with a very long name indeed, 長い名前"]),
)
def test_that_all_limits_hold_for_anything(segments: list[Segment], cuts_s: list[float], label: str) -> None:
    shown = cues(segments, cuts_s=cuts_s, speakers=[label] * len(segments), show_speakers=True)
    for cue in shown:
        assert 1 <= len(cue.lines) <= LIMITS.lines
        assert all(line.strip() == line != "" and "\n" not in line and "\r" not in line for line in cue.lines)
        assert all(width_of(line) <= LIMITS.chars for line in cue.lines)
        assert cue.end_s - cue.start_s >= 0.2 - 1e-9
    for cue, later in pairwise(shown):
        assert later.start_s - cue.end_s >= LIMITS.gap_s - 1e-9
    if not label and all(not segment.words for segment in segments):
        ordered = sorted(segments, key=lambda one: (one.start_s, one.end_s))
        said = "".join(clean(segment.text) for segment in ordered).replace(" ", "")
        assert "".join("".join(cue.lines) for cue in shown).replace(" ", "") == said


@hypothesis_settings(max_examples=150)
@given(
    lengths=st.lists(st.lists(st.integers(1, 12), min_size=1, max_size=40), min_size=1, max_size=5),
    pause_s=st.floats(1.0, 4.0),
)
def test_that_with_room_cues_are_long_enough_and_words_inside(lengths: list[list[int]], pause_s: float) -> None:
    segments, at_s = [], 0.5
    for words in lengths:
        segments.append(spoken(at_s, " ".join("w" * length for length in words)))
        at_s = segments[-1].end_s + pause_s
    shown = cues(segments)
    starts = [segment.start_s for segment in segments]
    assert all(any(abs(cue.start_s - start_s) < 0.51 for cue in shown) for start_s in starts)
    assert all(cue.end_s - cue.start_s >= LIMITS.min_s - LIMITS.gap_s - 0.002 for cue in shown)
    assert all(cue.end_s - cue.start_s <= LIMITS.max_s + LIMITS.gap_s for cue in shown)
