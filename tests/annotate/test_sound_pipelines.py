"""The pipelines of speech and speakers on real recordings, and what each of their parameters does."""

import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from simpleder import DER

from core.annotate import listening
from core.annotate.pipeline import Found, Pipeline
from core.annotate.pipelines.audio_processing import PIPELINE as AUDIO_PROCESSING
from core.annotate.pipelines.speaker_diarization import PIPELINE as SPEAKER_DIARIZATION
from core.annotate.pipelines.speech_recognition import PIPELINE as SPEECH_RECOGNITION
from core.annotate.pipelines.voice_activity import PIPELINE as VOICE_ACTIVITY
from core.annotate.speech_desk import close_speech_desk
from core.annotate.speech_parameters import speech_params
from core.annotate.speech_tiers import transcript_tiers
from core.annotate.types import Tier
from core.errors import Canceled, ModelMissing, UnsupportedMedia
from core.speech import speakers
from core.speech.rttm import read_rttm
from core.speech.types import Diarization, LanguageGuess, Segment, SpeechParams, Transcript, Turn, Word
from models.store import ModelStore
from tests.annotate.hearing import HearingContext, config_of, context_for, found_by, video_of
from tests.made_speech import LONG, LONG_TEXT, Track, joined, silence, speech, write_speech_video

ENGLISH = LanguageGuess("en", "English", 0.9)
WORDS = ((0.0, 0.5, " Hello"), (0.5, 1.0, " there,"), (1.2, 1.6, " who"), (1.6, 2.0, " are"), (2.0, 2.6, " you?"))
HELLO = Segment(0.0, 2.6, "Hello there, who are you?", tuple(Word(*one, 0.9) for one in WORDS), "en", -0.2, 0.05, 1.1)
TURNS = (Turn(0.0, 1.1, 0), Turn(1.15, 2.7, 1), Turn(3.0, 3.2, 1))
ALL: tuple[Pipeline, ...] = (SPEECH_RECOGNITION, SPEAKER_DIARIZATION, AUDIO_PROCESSING, VOICE_ACTIVITY)


@pytest.fixture(scope="module", autouse=True)
def _nothing_kept() -> Iterator[None]:
    yield
    close_speech_desk()


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A read sentence after a second of silence."""
    sound = joined(silence(1.0), speech(LONG), silence(1.0))
    return write_speech_video(tmp_path_factory.mktemp("talk") / "talk.mp4", [Track(sound)])


@pytest.fixture(scope="module")
def work_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That of one job, so that what was heard once is not transcribed again."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture
def context(talk: Path, work_dir: Path, default_models: ModelStore) -> HearingContext:
    return context_for(talk, work_dir)


def tier(found: Found, name: str) -> Tier:
    (wanted,) = [one for one in found.tiers if one.name == name]
    return wanted


def text_of(found: Found) -> str:
    return " ".join(mark.label for mark in tier(found, "utterances").marks)


def plain(text: str) -> list[str]:
    return "".join(letter for letter in text.lower() if letter.isalpha() or letter == " ").split()


@pytest.mark.parametrize("pipeline", ALL, ids=lambda one: one.spec.name)
def test_that_a_video_without_sound_fails_in_words(
    pipeline: Pipeline, make_video: Callable[..., Path], tmp_path: Path, default_models: ModelStore
) -> None:
    film = make_video(tmp_path / "silent.mp4")
    assert pipeline.availability(default_models).available
    with pytest.raises(UnsupportedMedia, match="no audio track") as refused:
        found_by(pipeline, video_of(film), context_for(film, tmp_path / "work"))
    assert refused.value.action


@pytest.mark.parametrize("pipeline", ALL, ids=lambda one: one.spec.name)
def test_that_it_stops_when_it_is_canceled(pipeline: Pipeline, talk: Path, tmp_path: Path) -> None:
    context = context_for(talk, tmp_path / "work")
    context.shared = type(context.shared)(talk, tmp_path / "work", check=context.check)
    context.canceled = True
    with pytest.raises(Canceled):
        found_by(pipeline, video_of(talk), context)


def test_that_a_sentence_is_written_with_its_words_and_language(talk: Path, context: HearingContext) -> None:
    found = found_by(SPEECH_RECOGNITION, video_of(talk), context)
    wrong = set(plain(text_of(found))) ^ set(plain(LONG_TEXT))
    assert len(wrong) <= 2, wrong
    words = tier(found, "words")
    assert words.parent == "utterances"
    assert words.marks[0].start_s > 0.8, "times are the video's"
    assert words.marks[-1].end_s < 8.5
    assert [mark.label for mark in tier(found, "language").marks] == ["en"]
    assert context.used_models == ["whisper-base"]
    assert {stage for stage, *_ in context.told} >= {"transcribing"}


def test_that_another_model_is_refused_in_words_where_it_is_not_there(talk: Path, context: HearingContext) -> None:
    assert SPEECH_RECOGNITION.models_needed(config_of(SPEECH_RECOGNITION, model="whisper-tiny")) == ("whisper-tiny",)
    if not context.models.ready("whisper-tiny"):
        with pytest.raises(ModelMissing) as refused:
            found_by(SPEECH_RECOGNITION, video_of(talk), context, model="whisper-tiny")
        assert refused.value.action


@pytest.mark.parametrize(
    ("value", "field", "given"),
    [
        ({"preset": "best"}, "preset", "best"),
        ({"model": "whisper-small"}, "model", "whisper-small"),
        ({"language": "pt"}, "language", "pt"),
        ({"task": "translate"}, "task", "translate"),
        ({"beam_size": 3}, "beam_size", 3),
        ({"skip_silence": False}, "voice_activity", False),
        ({"word_timestamps": False}, "word_times", False),
        ({"initial_prompt": "Dashwood"}, "initial_prompt", "Dashwood"),
    ],
)
def test_that_the_engine_is_told_each_parameter(value: dict[str, Any], field: str, given: object) -> None:
    usual = speech_params(config_of(SPEECH_RECOGNITION), "auto")
    told = speech_params(config_of(SPEECH_RECOGNITION, **value), "cuda:0")
    assert usual == SpeechParams()
    assert getattr(told, field) == given
    assert told.device == "cuda:0"
    for pipeline in (SPEECH_RECOGNITION, AUDIO_PROCESSING):
        assert {one.name for one in pipeline.spec.parameters} >= set(value)


def test_that_speakers_are_told_apart_with_few_errors(
    shared_testdata: Path, default_models: ModelStore, talk: Path, tmp_path: Path
) -> None:
    assert default_models.ready("ge2e-resemblyzer")
    path = shared_testdata / "diarization" / "pyannote_sample.wav"
    context = context_for(path, tmp_path / "work")
    found = found_by(SPEAKER_DIARIZATION, video_of(talk), context)
    given = [(mark.label, mark.start_s, mark.end_s) for mark in tier(found, "speakers").marks]
    truth = read_rttm((path.with_suffix(".rttm")).read_text(encoding="utf-8"))
    wanted = [(str(one.speaker), one.start_s, one.end_s) for one in truth]
    assert {label for label, _, _ in given} == {"SPEAKER_00", "SPEAKER_01"}
    assert DER(wanted, given, collar=0.25) <= 0.20
    assert context.used_models == ["ge2e-resemblyzer"]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """In place of the models: a sentence said by two people. What the search for speakers was asked is noted."""
    asked: list[dict[str, Any]] = []

    def find(_source: object, speech: object, _models: object, **bounds: Any) -> Diarization:
        del bounds["context"]
        asked.append(bounds | {"speech": speech})
        return Diarization(TURNS, 2, np.zeros((2, 256), np.float32))

    def write(_source: object, params: SpeechParams, _context: object) -> Transcript:
        segment = HELLO if params.word_times else replace(HELLO, words=())
        return Transcript((segment,), (), (), ENGLISH, "transcribe", "whisper-base", "cpu", None, 3.0, 1.0)

    monkeypatch.setattr(speakers, "find_speakers", find)
    monkeypatch.setattr(listening, "transcribe", write)
    return asked


def test_that_each_parameter_of_speakers_takes_effect(talk: Path, tmp_path: Path, heard: list[dict[str, Any]]) -> None:
    context = context_for(talk, tmp_path / "work")

    def turns(**config: Any) -> int:
        return len(tier(found_by(SPEAKER_DIARIZATION, video_of(talk), context, **config), "speakers"))

    assert turns() == len(TURNS)
    assert turns() == len(TURNS)
    assert len(heard) == 1, "pipelines of one job share the search for speakers"
    assert turns(merge_gap_s=0.5) == len(TURNS) - 1
    assert turns(min_turn_s=0.5) == len(TURNS) - 1
    turns(min_speakers=2, max_speakers=3)
    assert (heard[0]["min_speakers"], heard[0]["max_speakers"]) == (None, None)
    assert (heard[-1]["min_speakers"], heard[-1]["max_speakers"]) == (2, 3)
    assert len(heard[-1]["speech"]) >= 1


def test_that_utterances_are_divided_by_speaker_unless_told_otherwise(
    talk: Path, tmp_path: Path, heard: list[dict[str, Any]]
) -> None:
    context = context_for(talk, tmp_path / "work")

    def utterances(**config: Any) -> list[str]:
        found = found_by(AUDIO_PROCESSING, video_of(talk), context, **config)
        return [mark.label for mark in tier(found, "utterances").marks]

    assert utterances() == ["Hello there,", "who are you?"]
    assert utterances(split_by_speaker=False) == ["Hello there, who are you?"]
    assert utterances(word_timestamps=False) == ["Hello there, who are you?"]
    assert heard


def test_that_words_are_left_out_where_nobody_wants_their_times(
    talk: Path, tmp_path: Path, heard: list[dict[str, Any]]
) -> None:
    context = context_for(talk, tmp_path / "work")
    usual = found_by(SPEECH_RECOGNITION, video_of(talk), context)
    short = found_by(SPEECH_RECOGNITION, video_of(talk), context, word_timestamps=False)
    assert [one.name for one in usual.tiers] == ["utterances", "words", "language"]
    assert [one.name for one in short.tiers] == ["utterances", "language"]
    assert not heard


def test_that_utterances_share_the_time_that_both_claim_where_the_language_changes() -> None:
    def said(text: str, *words: tuple[float, float, str]) -> Segment:
        spoken = tuple(Word(*one, 0.9) for one in words)
        return replace(HELLO, start_s=words[0][0], end_s=words[-1][1], text=text, words=spoken)

    longer = said("future for all", (47.0, 47.5, "future"), (47.5, 48.0, "for"), (48.0, 51.0, "all"))
    shorter = said("Fim.", (47.2, 47.4, "Fim."))
    transcript = Transcript((longer, shorter), (), (), ENGLISH, "transcribe", "whisper-base", "cpu", None, 60.0, 1.0)
    utterances, words, _ = transcript_tiers(transcript, words=True)
    assert [(one.start_s, one.end_s, one.label) for one in utterances.marks] == [
        (47.2, 47.3, "Fim."),
        (47.3, 51.0, "future for all"),
    ]
    assert [one.start_s for one in words.marks] == [47.2, 47.3, 47.5, 48.0]


def test_that_speech_and_speakers_come_together_with_the_sound(talk: Path, context: HearingContext) -> None:
    found = found_by(AUDIO_PROCESSING, video_of(talk), context, export_audio=True, sample_rate=22_050)
    assert [one.name for one in found.tiers] == ["utterances", "words", "language", "speakers"]
    assert {mark.attributes["speaker"] for mark in tier(found, "utterances").marks} == {"SPEAKER_00"}
    assert context.used_models == ["whisper-base", "ge2e-resemblyzer"]
    (path,) = found.extra_paths.values()
    with wave.open(str(path)) as file:
        assert file.getframerate() == 22_050


def test_that_pipelines_of_one_job_share_a_transcript(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Engine:
        def __init__(self, _models: object) -> None:
            """As SpeechEngine."""

        def transcribe(self, _source: object, params: SpeechParams, _context: object) -> Transcript:
            asked.append(params.initial_prompt)
            return Transcript((HELLO,), (), (), ENGLISH, "transcribe", "whisper-base", "cpu", None, 3.0, 1.0)

        def close(self) -> None:
            """As SpeechEngine."""

    close_speech_desk()
    monkeypatch.setattr("core.speech.engine.SpeechEngine", Engine)
    context = context_for(talk, tmp_path / "work")
    for prompt in ("", "", "Dashwood", ""):
        found_by(SPEECH_RECOGNITION, video_of(talk), context, initial_prompt=prompt)
    assert asked == ["", "Dashwood", ""]
    close_speech_desk()
