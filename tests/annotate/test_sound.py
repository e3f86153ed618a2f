"""The sound that pipelines share, and what is made of transcripts and turns; no model but the one for voices."""

import threading
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.annotate.pipeline import Found
from core.annotate.pipelines.voice_activity import PIPELINE as VOICE_ACTIVITY
from core.annotate.sound import JobSound
from core.annotate.sound_file import write_wav
from core.annotate.speech_tiers import (
    cut_by_speaker,
    speaker_tier,
    tidy_turns,
    transcript_tiers,
    with_speakers,
)
from core.annotate.types import Tier, TierKind
from core.errors import Canceled, UnsupportedMedia
from core.speech.sound import pcm_blocks
from core.speech.types import Diarization, LanguageGuess, Segment, Transcript, Turn, Word
from tests.annotate.hearing import context_for, found_by, video_of
from tests.made_speech import LONG, RATE_HZ, Track, joined, silence, speech, write_speech_video

MakeVideo = Callable[..., Path]


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """Silence 1 s, a sentence of 7 s, silence 2 s, a short pause in a sentence said twice."""
    sentence = speech(LONG)
    sound = joined(silence(1.0), sentence, silence(2.0), sentence[: 2 * RATE_HZ], silence(1.0))
    return write_speech_video(tmp_path / "talk.mp4", [Track(sound)])


def voice_tiers(path: Path, work_dir: Path, **config: Any) -> tuple[Tier, Tier]:
    found: Found = found_by(VOICE_ACTIVITY, video_of(path), context_for(path, work_dir), **config)
    intervals, series = found.tiers
    return intervals, series


def spoken_s(tier: Tier) -> float:
    return sum(mark.duration_s for mark in tier.marks)


def test_that_sound_is_decoded_once_and_kept_over_an_interruption(talk: Path, tmp_path: Path) -> None:
    sound = JobSound(talk, tmp_path / "work")
    source = sound.source
    assert source.raw_pcm
    stamp = source.path.stat().st_mtime_ns
    assert sound.source is source
    assert JobSound(talk, tmp_path / "work").source.path.stat().st_mtime_ns == stamp
    assert sorted(one.name for one in (tmp_path / "work").iterdir()) == ["sound.pcm"]


def test_that_second_zero_of_the_sound_is_second_zero_of_the_video(make_video: MakeVideo, tmp_path: Path) -> None:
    film = make_video(tmp_path / "late.mp4", segments=[{"seconds": 2.0}], tone={"start_s": 1.0})
    (block,) = pcm_blocks(JobSound(film, tmp_path / "work").source)
    assert not block[: round(0.9 * RATE_HZ)].any()
    assert np.abs(block[round(1.2 * RATE_HZ) :]).max() > 0.1


def test_that_a_video_without_sound_is_told_in_words(make_video: MakeVideo, tmp_path: Path) -> None:
    film = make_video(tmp_path / "silent.mp4")
    sound = JobSound(film, tmp_path / "work")
    with pytest.raises(UnsupportedMedia, match=r"silent\.mp4 has no audio track") as refused:
        _ = sound.source
    assert refused.value.action
    with pytest.raises(UnsupportedMedia, match="no audio track"):
        sound.voice()
    with pytest.raises(UnsupportedMedia, match="no audio track"):
        found_by(VOICE_ACTIVITY, video_of(film), context_for(film, tmp_path / "work"))


def test_that_decoding_stops_when_asked_and_leaves_no_half_file(talk: Path, tmp_path: Path) -> None:
    calls = 0

    def stop() -> None:
        nonlocal calls
        calls += 1
        if calls > 3:
            raise Canceled("The test canceled.")

    with pytest.raises(Canceled):
        _ = JobSound(talk, tmp_path / "work", check=stop).source
    assert list((tmp_path / "work").iterdir()) == []


def test_that_two_threads_share_one_decoding(talk: Path, tmp_path: Path) -> None:
    sound = JobSound(talk, tmp_path / "work")
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(sound.voice())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] is found[1]


def test_that_the_choice_among_tracks_is_told(tmp_path: Path) -> None:
    film = write_speech_video(
        tmp_path / "two.mkv", [Track(silence(1.0), "eng"), Track(silence(1.0), "deu", default=True)]
    )
    told: list[str] = []
    _ = JobSound(film, tmp_path / "work", told=told.append).source
    assert len(told) == 1
    assert "Of 2 audio tracks" in told[0]


def test_that_voice_is_found_where_somebody_speaks(talk: Path, tmp_path: Path) -> None:
    intervals, series = voice_tiers(talk, tmp_path)
    assert intervals.marks[0].start_s == pytest.approx(1.0, abs=0.4)
    assert 7.0 < spoken_s(intervals) < 10.0
    assert {mark.label for mark in intervals.marks} == {"speech"}
    assert all(mark.score is not None and 0.5 < mark.score <= 1.0 for mark in intervals.marks)
    assert series.series is not None
    quiet = series.series.values[series.series.times_s < 0.8]
    assert quiet.max() < 0.3
    assert np.diff(series.series.times_s) == pytest.approx(0.032)
    assert series.kind is TierKind.SERIES


def test_that_the_voice_is_the_same_from_a_kept_file(talk: Path, tmp_path: Path) -> None:
    first, again = (JobSound(talk, tmp_path / "work").voice() for _ in range(2))
    assert np.array_equal(first.probabilities, again.probabilities)
    assert (first.step_s, first.duration_s) == (again.step_s, again.duration_s)


def test_that_each_parameter_of_voice_activity_takes_effect(talk: Path, tmp_path: Path) -> None:
    usual, _ = voice_tiers(talk, tmp_path)

    def changed(**config: Any) -> Tier:
        return voice_tiers(talk, tmp_path, **config)[0]

    assert spoken_s(changed(threshold=0.95, end_threshold=0.95)) < spoken_s(usual)
    assert spoken_s(changed(end_threshold=0.01)) > spoken_s(usual)
    assert spoken_s(changed(padding_s=0.5)) > spoken_s(usual) > spoken_s(changed(padding_s=0.0))
    assert len(changed(min_silence_s=5.0)) == 1
    assert len(changed(min_silence_s=0.05, padding_s=0.0)) > len(usual)
    assert len(changed(min_speech_s=4.0)) < len(usual)


@pytest.mark.parametrize("rate_hz", [8_000, 22_050])
def test_that_sound_is_written_as_a_file_with_its_rate(talk: Path, tmp_path: Path, rate_hz: int) -> None:
    target = write_wav(talk, tmp_path / "out" / "sound.wav", rate_hz=rate_hz, check=lambda: None)
    with wave.open(str(target)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (rate_hz, 1, 2)
        assert file.getnframes() / rate_hz == pytest.approx(13.0, abs=0.2)
    assert [one.name for one in target.parent.iterdir()] == ["sound.wav"]


# ---------------------------------------------------------------------- tiers


def words(*spoken: tuple[float, float, str]) -> tuple[Word, ...]:
    return tuple(Word(start_s, end_s, text, 0.9) for start_s, end_s, text in spoken)


def segment(*spoken: tuple[float, float, str], language: str = "en") -> Segment:
    said = words(*spoken)
    text = "".join(word.text for word in said).strip()
    return Segment(said[0].start_s, said[-1].end_s, text, said, language, -0.2, 0.05, 1.1)


def transcript(*segments: Segment, mixed: bool = False) -> Transcript:
    guess = LanguageGuess("en", "English", 0.9, mixed)
    return Transcript(segments, (), (), guess, "transcribe", "whisper-base", "cpu", None, 20.0, 1.0)


HELLO = segment(
    (0.0, 0.5, " Hello"), (0.5, 1.0, " there,"), (1.2, 1.6, " who"), (1.6, 2.0, " are"), (2.0, 2.6, " you?")
)
TURNS = (Turn(0.0, 1.1, 0), Turn(1.15, 2.7, 1))


def test_that_a_transcript_becomes_utterances_words_and_languages() -> None:
    said = transcript(HELLO, segment((3.0, 3.5, " Olá"), language="pt"), segment((4.0, 4.5, " Bye")), mixed=True)
    utterances, spoken, language = transcript_tiers(said, words=True)
    assert [mark.label for mark in utterances.marks] == ["Hello there, who are you?", "Olá", "Bye"]
    assert [mark.label for mark in spoken.marks][:2] == ["Hello", "there,"]
    assert spoken.parent == "utterances"
    assert [(mark.label, mark.start_s, mark.end_s) for mark in language.marks] == [
        ("en", 0.0, 2.6),
        ("pt", 3.0, 3.5),
        ("en", 4.0, 4.5),
    ]
    assert language.marks[1].attributes["name"] == "Portuguese"
    assert [tier.name for tier in transcript_tiers(said, words=False)] == ["utterances", "language"]


def test_that_utterances_and_words_never_overlap_and_none_is_lost() -> None:
    said = transcript(
        segment((0.0, 1.0, " One"), (1.0, 2.0, " two")), segment((1.5, 1.6, " three"), (3.0, 3.0, " four"))
    )
    utterances, spoken, _ = transcript_tiers(said, words=True)
    assert [mark.label for mark in spoken.marks] == ["One", "two", "three", "four"]
    for tier in (utterances, spoken):
        times = [time for mark in tier.marks for time in (mark.start_s, mark.end_s)]
        assert times == sorted(times)
        assert all(mark.duration_s > 0 for mark in tier.marks)


def test_that_an_utterance_is_divided_where_another_speaker_goes_on() -> None:
    said = cut_by_speaker(transcript(HELLO), TURNS)
    utterances, spoken, _ = with_speakers(transcript_tiers(said, words=True), TURNS)
    assert [(mark.label, mark.attributes["speaker"]) for mark in utterances.marks] == [
        ("Hello there,", "SPEAKER_00"),
        ("who are you?", "SPEAKER_01"),
    ]
    assert [mark.attributes["speaker"] for mark in spoken.marks] == ["SPEAKER_00"] * 2 + ["SPEAKER_01"] * 3


def test_that_an_undivided_utterance_has_the_speaker_of_most_of_it() -> None:
    utterances, *_ = with_speakers(transcript_tiers(transcript(HELLO), words=True), TURNS)
    assert [mark.attributes["speaker"] for mark in utterances.marks] == ["SPEAKER_01"]


def test_that_turns_are_bridged_and_short_ones_left_out() -> None:
    found = Diarization(
        (Turn(0.0, 1.0, 0), Turn(1.3, 2.0, 0), Turn(2.0, 2.2, 1), Turn(5.0, 6.0, 0)), 2, np.zeros((2, 256), np.float32)
    )
    assert len(tidy_turns(found, merge_gap_s=0.0, min_turn_s=0.0)) == 4
    assert tidy_turns(found, merge_gap_s=0.5, min_turn_s=0.5) == (Turn(0.0, 2.0, 0), Turn(5.0, 6.0, 0))


def test_that_speakers_are_labelled_as_their_tools_do() -> None:
    tier = speaker_tier((Turn(1.0, 2.0, 1), Turn(0.0, 1.5, 0)))
    assert [(mark.label, mark.start_s) for mark in tier.marks] == [("SPEAKER_00", 0.0), ("SPEAKER_01", 1.0)]
    assert tier.vocabulary == ("SPEAKER_00", "SPEAKER_01")
