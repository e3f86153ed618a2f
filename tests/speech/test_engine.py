"""The child process: what it tells, how it stops, dies, is given back, and which model it is asked to use."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from core.errors import Canceled, InvalidRequest, MediaMissing, RushesError, UnknownModel, UnsupportedMedia
from core.speech.engine import SpeechEngine
from core.speech.model_choice import plan
from core.speech.presets import can_translate, choose, english_only, speech_model
from core.speech.types import Segment, SpeechParams, SpeechSource
from models.store import ModelStore
from tests.made_speech import LONG, SHORT, Track, joined, silence, speech, write_pcm, write_speech_video, write_wav
from tests.speech.conftest import SpeechContext


def children(but: Sequence[psutil.Process] = ()) -> list[psutil.Process]:
    """Those of the tests before stay for a while: pools keep their workers."""
    found = [one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline())]
    return [one for one in found if one not in but]


def test_that_one_child_transcribes_detects_survives_a_crash_and_is_given_back(
    tmp_path: Path, default_models: ModelStore
) -> None:
    before = children()
    engine = SpeechEngine(default_models, threads=2)
    video = write_speech_video(
        tmp_path / "film.mkv", [Track(speech(), "eng", 1.5), Track(speech(SHORT), "por", default=True)]
    )
    try:
        assert engine.loaded is None
        heard: list[Segment] = []
        context = SpeechContext()
        params = SpeechParams(audio_languages=("eng",), language="English")
        transcript = engine.transcribe(SpeechSource(video), params, context, on_segment=heard.append)
        assert tuple(heard) == transcript.segments
        assert "Dashwood" in transcript.segments[0].text
        assert transcript.segments[0].start_s == pytest.approx(1.6, abs=0.4), "the track's offset counts"
        assert (transcript.stream_index, transcript.language.code, transcript.model) == (1, "en", "whisper-base")
        assert context.stages() == ["loading", "listening", "transcribing"]
        assert {unit for stage, _, _, unit in context.told if stage != "loading"} == {"s"}
        assert engine.loaded == "whisper-base"

        first = children(before)
        guess = engine.detect_language(SpeechSource(video), SpeechParams(), SpeechContext())
        assert guess.code == "en"
        assert children(before) == first, "the model stays where it is"

        crash = SpeechContext(when=lambda stage, _done: stage == "listening")
        crash.stop = _Killer(first[0].pid)  # type: ignore[assignment]
        with pytest.raises(RushesError, match=r"film\.mkv") as trouble:
            engine.transcribe(SpeechSource(video), SpeechParams(), crash)
        assert "exit code" in trouble.value.message
        assert engine.loaded is None
        again = engine.transcribe(SpeechSource(video), SpeechParams(), SpeechContext())
        assert "young man" in again.segments[0].text, "the default track"

        engine.release()
        assert engine.loaded is None
        assert children(before) == []
    finally:
        engine.close()
    with pytest.raises(Canceled):
        engine.transcribe(SpeechSource(video), SpeechParams(), SpeechContext())


class _Killer:
    """Stands in for the flag of a cancel; setting it kills a process instead."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def set(self) -> None:
        os.kill(self._pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)

    def is_set(self) -> bool:
        return False


def test_that_canceling_and_a_time_limit_end_the_work_and_the_next_job_runs(
    tmp_path: Path, default_models: ModelStore
) -> None:
    engine = SpeechEngine(default_models, threads=2)
    sound = write_pcm(tmp_path / "long.pcm", joined(*[speech(), silence(1)] * 12))
    source = SpeechSource(sound, raw_pcm=True)
    try:
        with pytest.raises(Canceled):
            engine.transcribe(source, SpeechParams(), SpeechContext(when=lambda stage, _: stage == "transcribing"))
        with pytest.raises(RushesError, match="took longer than") as late:
            engine.transcribe(source, SpeechParams(most_s_per_audio_s=1e-4), SpeechContext())
        assert "smaller model" in late.value.action
        short = SpeechSource(write_wav(tmp_path / "short.wav", speech(SHORT)))
        assert "young man" in engine.transcribe(short, SpeechParams(preset="fast"), SpeechContext()).segments[0].text
        empty = SpeechSource(write_pcm(tmp_path / "empty.pcm", silence(0)), raw_pcm=True)
        assert engine.transcribe(empty, SpeechParams(), SpeechContext()).segments == ()
        with pytest.raises(MediaMissing, match="gone"):
            engine.transcribe(SpeechSource(tmp_path / "gone.mp4"), SpeechParams(), SpeechContext())
        with pytest.raises(InvalidRequest, match="no audio track 9"):
            engine.transcribe(SpeechSource(LONG), SpeechParams(stream_index=9), SpeechContext())
    finally:
        engine.close()


def test_that_a_job_that_was_canceled_before_starts_nothing(default_models: ModelStore) -> None:
    before = children()
    engine = SpeechEngine(default_models)
    context = SpeechContext()
    context.stop.set()
    with pytest.raises(Canceled):
        engine.transcribe(SpeechSource(LONG), SpeechParams(), context)
    assert children(before) == []
    engine.close()


def test_that_presets_mean_a_model_and_a_beam_and_named_ones_win() -> None:
    assert choose(SpeechParams(preset="fast"), device="cpu").beam_size == 1
    assert choose(SpeechParams(), device="cpu").model_id == "whisper-base"
    chosen = choose(SpeechParams(preset="best"), device="cpu", ready=lambda one: one == "whisper-small")
    assert chosen.model_id == "whisper-small"
    named = choose(SpeechParams(model="tiny", beam_size=3), device="cuda:0", ready=lambda _one: True)
    assert (named.model_id, named.beam_size) == ("whisper-tiny", 3)
    assert speech_model("turbo").id == "whisper-large-v3-turbo"
    with pytest.raises(UnknownModel):
        choose(SpeechParams(model="gigantic"), device="cpu")


def test_that_models_say_what_they_can() -> None:
    assert can_translate("whisper-base")
    assert not can_translate("whisper-large-v3-turbo")
    assert not can_translate("whisper-base.en")
    assert english_only("distil-large-v3")


def test_that_a_model_that_cannot_do_it_is_replaced_and_the_note_says_so(
    default_models: ModelStore, tmp_path: Path
) -> None:
    translating = plan(SpeechParams(model="large-v3-turbo", task="translate"), default_models)
    assert can_translate(translating.choice.model_id)
    assert "cannot translate" in translating.notes[0]
    russian = plan(SpeechParams(model="base.en", language="ru"), default_models)
    assert not english_only(russian.choice.model_id)
    assert "only English" in russian.notes[0]
    assert plan(SpeechParams(model="base.en"), default_models).english_only
    with pytest.raises(InvalidRequest, match="cannot translate"):
        plan(SpeechParams(model="large-v3-turbo", task="translate"), ModelStore(tmp_path))


def test_that_absent_cards_and_unknown_devices_languages_and_beams_are_answered(
    default_models: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.speech.model_choice.cuda_cards", lambda: 0)
    without = plan(SpeechParams(device="cuda:0"), default_models)
    assert without.device == "cpu"
    assert "graphics card" in without.notes[0]
    for params in (SpeechParams(device="quantum"), SpeechParams(language="klingonish"), SpeechParams(beam_size=0)):
        with pytest.raises(InvalidRequest):
            plan(params, default_models)


def test_that_a_film_without_sound_is_told(tmp_path: Path, default_models: ModelStore) -> None:
    from core.speech.sound import choose_stream

    with pytest.raises(UnsupportedMedia, match="no audio track"):
        choose_stream([], SpeechParams(), tmp_path / "silent.mp4")
