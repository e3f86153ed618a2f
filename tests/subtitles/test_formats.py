"""Subtitle files as players and clients read them."""

import json
import re
from pathlib import Path

import pysubs2
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.errors import Conflict, InvalidRequest
from core.speech.spoken import clean
from core.speech.subtitle_export import write_transcript
from core.speech.subtitles import FORMATS, cues, write
from core.speech.types import Cue, LanguageGuess, Segment, Transcript, Word

SEGMENTS = (
    Segment(
        0.0,
        1.5,
        "Hello there.",
        (Word(0.0, 0.7, " Hello", 0.91), Word(0.7, 1.5, " there.", 0.8)),
        "en",
        -0.2,
        0.01,
        1.1,
    ),
    Segment(2.25, 4.0, "a\tb & c", (), "en", -0.4, 0.02, 1.2),
)


def test_that_text_has_a_line_for_each_segment() -> None:
    assert write(SEGMENTS, "txt") == "Hello there.\na b & c\n"


def test_that_tables_have_whole_milliseconds() -> None:
    assert write(SEGMENTS, "tsv") == "start\tend\ttext\n0\t1500\tHello there.\n2250\t4000\ta b & c\n"


def test_that_json_has_the_shape_of_whisper() -> None:
    document = json.loads(write(SEGMENTS, "json"))
    assert document["text"] == " Hello there. a b & c"
    assert document["language"] == "en"
    assert [one["id"] for one in document["segments"]] == [0, 1]
    first = document["segments"][0]
    assert (first["start"], first["end"], first["avg_logprob"], first["no_speech_prob"]) == (0.0, 1.5, -0.2, 0.01)
    assert first["words"][0] == {"word": " Hello", "start": 0.0, "end": 0.7, "probability": 0.91}
    assert json.loads(write((), "json", language="pt")) == {"text": "", "segments": [], "language": "pt"}


def test_that_subtitles_have_numbers_times_and_no_blank_line_inside() -> None:
    assert write(SEGMENTS, "SRT") == (
        "1\n00:00:00,000 --> 00:00:01,500\nHello there.\n\n2\n00:00:02,250 --> 00:00:04,000\na b & c\n\n"
    )
    assert write(SEGMENTS, "vtt").startswith("WEBVTT\n\n")
    assert "a b &amp; c" in write(SEGMENTS, "vtt")
    assert "Dialogue: 0,0:00:00.00,0:00:01.50,Default,Lisa," in write(cues(SEGMENTS, speakers=["Lisa", ""]), "ass")


def test_that_nothing_said_is_an_empty_subtitle() -> None:
    assert write((), "srt") == write((), "txt") == ""
    assert write((), "vtt").strip() == "WEBVTT"
    assert write((), "tsv") == "start\tend\ttext\n"


def test_that_an_unknown_format_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="docx"):
        write(SEGMENTS, "docx")


def test_that_markup_in_what_is_said_stays_text() -> None:
    cue = Cue(0.0, 2.0, (r"<b>{\an8} a\Nb & c --> d",))
    assert write([cue], "srt").split("\n")[2] == r"<b>{\an8} a\Nb & c --> d"
    assert write([cue], "vtt").split("\n")[4] == r"&lt;b&gt;{\an8} a\Nb &amp; c --&gt; d"
    assert r"<b>\{⧵an8\} a⧵Nb & c --> d" in write([cue], "ass")


@hypothesis_settings(max_examples=150)
@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=60), kind=st.sampled_from(["srt", "vtt"]))
def test_that_any_text_comes_back_from_its_file(text: str, kind: str) -> None:
    segment = Segment(1.0, 5.0, text, (), "en", 0.0, 0.0, 0.0)
    written = write([segment], kind)
    blocks = [block for block in re.split(r"\n\n", written.removeprefix("WEBVTT\n\n")) if block.strip()]
    assert len(blocks) == len(cues([segment]))
    shown = " ".join(" ".join(block.split("\n")[2:]) for block in blocks)
    for sign, plain in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")) if kind == "vtt" else ():
        shown = shown.replace(sign, plain)
    assert shown.replace(" ", "") == clean(text).replace(" ", "")


@pytest.mark.parametrize("kind", ["srt", "vtt", "ass"])
def test_that_other_programs_read_our_files(kind: str) -> None:
    read = pysubs2.SSAFile.from_string(write(SEGMENTS, kind), format_=kind)
    assert [(line.start, line.end) for line in read] == [(0, 1500), (2250, 4000)]


def test_that_a_transcript_is_written_as_its_name_says(tmp_path: Path) -> None:
    guess = LanguageGuess("en", "English", 0.9)
    transcript = Transcript(SEGMENTS, (), (), guess, "transcribe", "whisper-base", "cpu", 0, 5.0, 1.0)
    for kind in FORMATS:
        path = write_transcript(transcript, tmp_path / f"film.{kind}")
        assert path.read_text() == write(SEGMENTS, kind, language="en")
        with pytest.raises(Conflict):
            write_transcript(transcript, path)
    with pytest.raises(InvalidRequest):
        write_transcript(transcript, tmp_path / "film")
