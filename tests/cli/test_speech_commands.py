"""Speech on the command line: subtitles beside files, transcripts of episodes, search, rules and scans."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.made_speech import LONG, SHORT, Track, silence, speech, write_speech_video


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A video in which one sentence is said."""
    (tmp_path / "media").mkdir()
    return write_speech_video(tmp_path / "media" / "Ünï 你好.mp4", [Track(speech(LONG), "eng")])


def test_that_a_subtitle_is_written_beside_a_file_and_never_over_one_of_somebody_else(
    rushes: Callable, talk: Path, default_models: object
) -> None:
    answer = rushes("transcribe", talk, "--json")
    assert answer.code == 0, answer.err
    [report] = answer.data["transcripts"]
    subtitle = talk.with_name("Ünï 你好.eng.srt")
    assert (report["output_path"], report["language"], report["segments"]) == (str(subtitle), "eng", 1)
    assert "Dashwood" in subtitle.read_text(encoding="utf-8")

    subtitle.write_text("by hand", encoding="utf-8")
    refused = rushes("transcribe", talk)
    assert refused.code == 1
    assert "was changed since it was written" in refused.err
    assert subtitle.read_text(encoding="utf-8") == "by hand"
    assert rushes("transcribe", talk, "--overwrite").code == 0
    assert "Dashwood" in subtitle.read_text(encoding="utf-8")


def test_that_an_episode_is_transcribed_searched_and_its_speakers_told(
    rushes: Callable, talk: Path, tmp_path: Path, default_models: object
) -> None:
    from core.library.library import Library

    with Library.open(rushes.library, holder="a test") as library:
        ep_id = library.episodes.add(talk, title="Talk").ep_id
    assert rushes("speakers", ep_id).out.startswith("There is no transcript yet")
    answer = rushes("transcribe", ep_id, "-o", tmp_path / "talk.vtt")
    assert answer.code == 0, answer.err
    assert (tmp_path / "talk.vtt").read_text(encoding="utf-8").startswith("WEBVTT")

    [line] = rushes("search", "leisure", "consider", "--json").data["lines"]
    assert (line["ep_id"], line["speaker"]) == (ep_id, "Speaker 1")
    start, end = line["marks"][0]
    assert line["text"][start:end] == "leisure"
    assert rushes("search", "torque").out.strip() == "Nobody said “torque”."
    [speaker] = rushes("speakers", ep_id, "--json").data["speakers"]
    assert speaker["speech_s"] == pytest.approx(6.5, abs=1.0)


def test_that_a_scan_makes_what_the_rules_ask_for(
    rushes: Callable, talk: Path, tmp_path: Path, default_models: object
) -> None:
    write_speech_video(talk.with_name("quiet.mkv"), [Track(silence(2.0), "eng")])
    write_speech_video(talk.with_name("done.mp4"), [Track(speech(SHORT), "eng")])
    talk.with_name("done.en.srt").write_text("there already", encoding="utf-8")
    (talk.parent / "broken.mkv").write_bytes(b"no video")
    made = rushes("rules", "add", "English", "--audio", "en", "--missing", "eng", "--json")
    assert [rule["name"] for rule in made.data["rules"]] == ["English"]

    answer = rushes("scan", talk.parent, "--wait", "--json")
    assert answer.code == 0, answer.err
    counts = {key: answer.data[key] for key in ("scanned_files", "matched_files", "jobs_created", "skipped_files")}
    assert counts == {"scanned_files": 4, "matched_files": 2, "jobs_created": 2, "skipped_files": 2}
    assert [Path(one["path"]).name for one in answer.data["unreadable"]] == ["broken.mkv"]
    assert str(talk.with_name("Ünï 你好.eng.srt")) in answer.data["written"]
    assert not talk.with_name("quiet.eng.srt").exists(), "nobody speaks there"
    assert talk.with_name("done.en.srt").read_text(encoding="utf-8") == "there already"
    again = rushes("scan", talk.parent, "--json").data
    assert (again["scanned_files"], again["jobs_created"]) == (4, 0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["transcribe", "nothing.mp4"], "There is no file"),
        (["transcribe", "a.mp4", "b.mp4", "-o", "c.srt"], "One output cannot hold"),
        (["transcribe", "a.mp4", "--format", "srt"], "needs a file to write to"),
        (["rules", "add", "Empty", "--target", "eng"], "condition"),
        (["rules", "add", "No language", "--missing", "eng"], "does not say in which language"),
        (["rules", "remove", "7"], "7"),
        (["scan"], "No library paths configured"),
        (["speakers", "nobody"], "nobody"),
    ],
)
def test_that_bad_input_is_named(rushes: Callable, arguments: list[str], says: str, default_models: object) -> None:
    from core.library.library import Library

    Library.open(rushes.library, holder="a test").close()
    answer = rushes(*arguments)
    assert answer.code == 3, answer.err
    assert says in answer.err
