"""The default model on speech with a known wording, languages and on sound without speech."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.speech.pipeline import detect_language, transcribe
from core.speech.presets import Choice
from core.speech.types import SpeechParams, SpeechSource, Transcript
from tests.made_speech import RATE_HZ, joined, silence, speech, write_pcm
from tests.speech.conftest import Hearer

ENGLISH = SpeechParams(language="en")
CHOICE = Choice("whisper-base", 5, "int8")
JFK = "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
LIBRISPEECH = (
    "the cut on his chest still dripping blood the ache of his overstrained eyes even the soaring arena around him "
    "with the thousands of spectators were trivialities not worth thinking about"
)
ABBREVIATED = {"mr": "mister"}


def transcript_of(path: Path, model: Any, params: SpeechParams | None = None, *, raw_pcm: bool = False) -> Transcript:
    return transcribe(SpeechSource(path, raw_pcm), params or SpeechParams(), model, choice=CHOICE, listener=Hearer())


def words(text: str) -> list[str]:
    """Lower case without punctuation; a hyphen parts words."""
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower().replace("-", " "))
    return [ABBREVIATED.get(word, word) for word in found]


def said(transcript: Transcript) -> list[str]:
    return words(" ".join(segment.text for segment in transcript.segments))


def errors(truth: list[str], heard: list[str]) -> int:
    """Words to change, leave out or put in (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(truth, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]


def test_that_a_famous_sentence_is_heard_word_for_word(shared_testdata: Path, whisper: Any) -> None:
    transcript = transcript_of(shared_testdata / "asr" / "jfk.flac", whisper)
    assert said(transcript) == words(JFK)
    assert (transcript.language.code, transcript.language.mixed) == ("en", False)
    times = [word for segment in transcript.segments for word in segment.words]
    assert all(one.start_s <= one.end_s for one in times)
    assert all(one.end_s <= other.end_s for one, other in itertools.pairwise(times))


def test_that_read_speech_is_heard_with_few_wrong_words(shared_testdata: Path, whisper: Any) -> None:
    folder = shared_testdata / "asr" / "librivox"
    sentences = {next((shared_testdata / "asr").glob("librispeech*.flac")): LIBRISPEECH}
    for line in (folder / "transcription").read_text(encoding="utf-8").splitlines():
        found = re.fullmatch(r"<s> (.*) </s> \((.*)\)", line.strip())
        assert found is not None
        sentences[folder / f"{found[2]}.wav"] = found[1]
    wrong = sum(errors(words(text), said(transcript_of(path, whisper, ENGLISH))) for path, text in sentences.items())
    assert wrong / sum(len(words(text)) for text in sentences.values()) <= 0.05


@pytest.mark.slow
def test_that_each_shot_of_a_mixed_film_is_heard_in_its_language(shared_testdata: Path, whisper: Any) -> None:
    film = shared_testdata / "videos" / "montage_5people_13shots.mp4"
    shots = json.loads(film.with_suffix(".json").read_text(encoding="utf-8"))["shots"]
    transcript = transcript_of(film, whisper)
    assert transcript.language.mixed
    assert set(transcript.language.shares) == {"en", "pt", "ru"}
    for shot in shots:
        heard: dict[str, float] = {}
        for segment in transcript.segments:
            inside_s = min(segment.end_s, shot["end"]) - max(segment.start_s, shot["start"])
            if inside_s > 0:
                heard[segment.language] = heard.get(segment.language, 0.0) + inside_s
        if shot["lang"] is None:
            assert sum(heard.values()) < 0.6, shot
        else:
            assert max(heard, key=lambda code: heard[code]) == shot["lang"], shot


def music(kind: str, seconds: float = 60.0) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Sound that no voice makes."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rng = np.random.default_rng(3)
    if kind == "chords":
        roots = np.choose((t_s // 2).astype(int) % 4, [220.0, 174.6, 261.6, 196.0])
        parts = [
            np.sin(2 * np.pi * roots * ratio * part * t_s) / part for ratio in (1, 1.26, 1.5) for part in (1, 2, 3)
        ]
        sound = 0.08 * np.sum(parts, axis=0) * np.exp(-(t_s % 0.5) / 0.4)
    elif kind == "drums":
        kick = np.sin(2 * np.pi * 60 * (t_s % 0.5)) * np.exp(-(t_s % 0.5) / 0.08)
        sound = 0.5 * kick + 0.15 * rng.normal(size=len(t_s)) * np.exp(-((t_s + 0.25) % 0.5) / 0.05)
    elif kind == "melody":
        notes = rng.choice([261.6, 293.7, 329.6, 349.2, 392.0, 440.0], len(t_s) // 6400 + 1)
        pitch = notes[(t_s / 0.4).astype(int)] * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * t_s))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
        sound = 0.2 * np.sin(phase) + 0.1 * np.sin(2 * phase)
    elif kind == "glides in the range of voices":
        pitch = (160 + 60 * np.sin(2 * np.pi * 0.3 * t_s)) * (1 + 0.015 * np.sin(2 * np.pi * 5.5 * t_s))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
        sound = 0.3 * np.sin(phase) + 0.15 * np.sin(2 * phase) + 0.07 * np.sin(3 * phase)
    elif kind == "noise":
        sound = rng.normal(0, 0.1, len(t_s))
    else:
        sound = 0.3 * np.sin(2 * np.pi * 440 * t_s) if kind == "tone" else np.zeros(len(t_s))
    return sound.astype(np.float32)


@pytest.mark.parametrize(
    "kind", ["silence", "noise", "tone", "chords", "drums", "melody", "glides in the range of voices"]
)
def test_that_a_minute_without_speech_gives_no_line(kind: str, tmp_path: Path, whisper: Any) -> None:
    seconds = 6.0 if kind.startswith("glides") else 60.0  # a voice is suspected there, which takes the model long
    path = write_pcm(tmp_path / "sound.pcm", music(kind, seconds))
    transcript = transcript_of(path, whisper, raw_pcm=True)
    assert transcript.segments == ()
    assert transcript.duration_s == pytest.approx(seconds)


@pytest.mark.parametrize("kind", ["quiet", "noisy", "over music"])
def test_that_speech_is_kept_where_it_is_hard_to_hear(kind: str, tmp_path: Path, whisper: Any) -> None:
    voice = joined(silence(3), speech(), silence(2))
    seconds = len(voice) / RATE_HZ
    if kind == "quiet":
        voice = voice * np.float32(0.01)
    elif kind == "noisy":
        voice = voice + 0.2 * music("noise", seconds)[: len(voice)]
    else:
        voice = voice + 0.3 * music("chords", seconds)[: len(voice)]
    transcript = transcript_of(write_pcm(tmp_path / "sound.pcm", voice), whisper, raw_pcm=True)
    assert {"dashwood", "leisure", "consider", "power"} <= set(said(transcript))
    assert transcript.segments[0].start_s == pytest.approx(3.0, abs=0.5)


def test_that_a_language_is_detected_with_its_name_and_nobody_speaking_has_none(
    tmp_path: Path, whisper: Any, hearer: Hearer
) -> None:
    path = write_pcm(tmp_path / "sound.pcm", joined(silence(40), speech()))
    found = detect_language(SpeechSource(path, raw_pcm=True), SpeechParams(), whisper, listener=hearer)
    assert (found.code, found.name, found.mixed) == ("en", "English", False)
    assert found.confidence > 0.8
    assert found.samples[0][0] == pytest.approx(40.0, abs=0.5), "windows are taken where somebody speaks"
    empty = write_pcm(tmp_path / "silence.pcm", silence(5))
    nobody = detect_language(SpeechSource(empty, raw_pcm=True), SpeechParams(), whisper, listener=hearer)
    assert (nobody.code, nobody.confidence) == ("", 0.0)
