"""The transcript of an episode as files."""

import json
from pathlib import Path

import pytest

from core.errors import Conflict, InvalidRequest, NotFound, StorageUnwritable
from core.library.library import Library
from core.speech.rttm import read_rttm
from core.transcript.export import FORMATS, export_transcript
from core.transcript.publish import publish_speakers
from tests.transcript.made_talk import EP_ID, diarization


@pytest.fixture
def spoken(talk: Library) -> Library:
    """Lisa says the first two lines, Speaker 2 the others."""
    publish_speakers(talk, EP_ID, diarization((0.0, 8.0, 0), (9.0, 30.0, 1)), [], params={})
    talk.transcripts.rename_speaker(EP_ID, "speaker-01", "Lisa")
    return talk


def test_that_subtitles_name_who_begins_to_speak(spoken: Library, tmp_path: Path) -> None:
    path = tmp_path / "talk.srt"
    export_transcript(spoken, EP_ID, path, "srt", show_speakers=True)
    texts = [block.split("\n", 2)[2] for block in path.read_text().strip().split("\n\n")]
    assert texts == [
        "Lisa: The torque of this engine is high.",
        "Who said torque?",
        "Speaker 2: I did, and I meant it.",
        "Good night.",
    ]


def test_that_every_format_is_written_and_none_over_a_file(spoken: Library, tmp_path: Path) -> None:
    for kind in FORMATS:
        path = tmp_path / f"talk.{kind}"
        export_transcript(spoken, EP_ID, path, kind)
        assert path.read_text() != ""
        with pytest.raises(Conflict, match="already there"):
            export_transcript(spoken, EP_ID, path, kind)
        export_transcript(spoken, EP_ID, path, kind, overwrite=True)
    document = json.loads((tmp_path / "talk.json").read_text())
    assert document["language"] == "en"
    assert [one["speaker"] for one in document["segments"]] == ["Lisa", "Lisa", "Speaker 2", "Speaker 2"]
    assert (tmp_path / "talk.tsv").read_text().splitlines()[1] == "1000\t4400\tThe torque of this engine is high."
    assert [turn.speaker for turn in read_rttm((tmp_path / "talk.rttm").read_text())] == [0, 0, 1, 1]
    assert not list(tmp_path.glob(".*.tmp"))


def test_that_what_cannot_be_exported_says_why(library: Library, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no transcript"):
        export_transcript(library, EP_ID, tmp_path / "talk.srt", "srt")
    with pytest.raises(InvalidRequest, match="docx"):
        export_transcript(library, EP_ID, tmp_path / "talk.docx", "docx")
    with pytest.raises(NotFound):
        export_transcript(library, "nowhere", tmp_path / "talk.srt", "srt")


def test_that_a_folder_that_cannot_be_written_is_named(spoken: Library, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(StorageUnwritable, match="file"):
        export_transcript(spoken, EP_ID, blocked / "talk.srt", "srt")
