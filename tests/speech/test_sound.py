"""Which track is heard, blocks at the right time, voiced stretches in a stream, pieces and the way back."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import InvalidRequest, MediaMissing, UnsupportedMedia
from core.speech.pieces import PIECE_S, Piece, PieceClock, Stretch, pieces_of
from core.speech.sound import (
    RATE_HZ,
    Recording,
    SoundTrack,
    choose_stream,
    is_bare_pcm,
    pcm_blocks,
    sound_tracks,
)
from core.speech.types import SpeechParams, SpeechSource
from core.speech.voice import WINDOW, VoiceDetector, speech_spans
from tests.made_speech import Track, joined, silence, speech, write_pcm, write_speech_video, write_wav

FILM = Path("film.mkv")
TRACKS = [
    SoundTrack(1, "eng", 2, default=False, aside=True),
    SoundTrack(2, "por", 6, default=True, aside=False),
    SoundTrack(3, "eng", 6, default=False, aside=False),
    SoundTrack(4, "", 2, default=False, aside=False),
]


@pytest.mark.parametrize(
    ("params", "index", "noted"),
    [
        (SpeechParams(), 2, True),
        (SpeechParams(audio_languages=("eng", "por")), 3, True),
        (SpeechParams(audio_languages=("fra", "por")), 2, True),
        (SpeechParams(audio_languages=("fra",)), 2, True),
        (SpeechParams(language="en"), 3, True),
        (SpeechParams(stream_index=1, audio_languages=("por",)), 1, False),
    ],
)
def test_that_the_track_is_chosen_by_wish_then_language_then_default(
    params: SpeechParams, index: int, noted: bool
) -> None:
    chosen, note = choose_stream(TRACKS, params, FILM)
    assert (chosen, bool(note)) == (index, noted)


def test_that_a_track_that_is_not_there_and_no_track_at_all_are_answered() -> None:
    with pytest.raises(InvalidRequest, match="no audio track 7") as trouble:
        choose_stream(TRACKS, SpeechParams(stream_index=7), FILM)
    assert "3 (eng)" in trouble.value.action
    with pytest.raises(UnsupportedMedia, match=r"film\.mkv has no audio track"):
        choose_stream([], SpeechParams(), FILM)


def test_that_eight_tracks_are_read_with_their_tags(tmp_path: Path) -> None:
    languages = ["eng", "por", "rus", "jpn", "", "fra", "deu", "spa"]
    tracks = [Track(silence(0.3), language, default=language == "rus") for language in languages]
    found = sound_tracks(write_speech_video(tmp_path / "film.mkv", tracks))
    assert [track.language for track in found] == languages
    assert [track.index for track in found if track.default] == [3]


def test_that_blocks_are_gapless_and_keep_the_tracks_offset(tmp_path: Path) -> None:
    video = write_speech_video(tmp_path / "film.mkv", [Track(speech(), "eng", 1.5)])
    blocks = list(pcm_blocks(SpeechSource(video), 1, block_s=1.0))
    assert {len(block) for block in blocks[:-1]} == {RATE_HZ}
    sound = np.concatenate(blocks)
    assert sound.dtype == np.float32
    assert np.abs(sound[: int(1.4 * RATE_HZ)]).max() == 0
    likeness = np.correlate(sound[: 3 * RATE_HZ], speech()[:RATE_HZ], mode="valid")
    assert int(likeness.argmax()) / RATE_HZ == pytest.approx(1.5, abs=0.07), "but for the run-in of the encoder"


def test_that_bare_samples_are_read_as_they_are_and_an_odd_byte_is_left_out(tmp_path: Path) -> None:
    path = write_pcm(tmp_path / "sound.pcm", speech())
    path.write_bytes(path.read_bytes() + b"\x01")
    source = SpeechSource(path, raw_pcm=True)
    assert np.concatenate(list(pcm_blocks(source, block_s=0.7))) == pytest.approx(speech(), abs=1e-4)
    with Recording(source) as recording:
        assert sum(len(block) for block in recording.fill()) == len(speech())
        assert recording.read(1000, 2000) == pytest.approx(speech()[1000:2000], abs=1e-4)
        assert len(recording.read(len(speech()) - 10, len(speech()) + 10)) == 10


def test_that_a_wav_file_sent_as_bare_samples_is_read_as_what_it_is(tmp_path: Path) -> None:
    source = SpeechSource(write_wav(tmp_path / "sound.pcm", speech()), raw_pcm=True)
    assert not is_bare_pcm(source)
    assert np.concatenate(list(pcm_blocks(source))) == pytest.approx(speech(), abs=1e-4)
    with pytest.raises(MediaMissing):
        is_bare_pcm(SpeechSource(tmp_path / "absent.pcm", raw_pcm=True))


def test_that_a_recording_of_a_film_can_be_read_anywhere(tmp_path: Path) -> None:
    video = write_speech_video(tmp_path / "film.mp4")
    with Recording(SpeechSource(video), work_folder=tmp_path) as recording:
        whole = np.concatenate(list(recording.fill()))
        assert recording.duration_s == pytest.approx(len(whole) / RATE_HZ)
        assert np.array_equal(recording.read(20_000, 30_000), whole[20_000:30_000])


@pytest.mark.parametrize("block", [700, 16_000, 100_000])
def test_that_voice_activity_in_a_stream_is_that_of_the_whole(block: int) -> None:
    from faster_whisper.vad import get_vad_model

    sound = joined(silence(1), speech(), silence(2))
    detector = VoiceDetector()
    for start in range(0, len(sound), block):
        detector.feed(sound[start : start + block])
    padded = np.pad(sound, (0, -len(sound) % WINDOW))
    assert detector.finish() == pytest.approx(get_vad_model()(padded).reshape(-1), abs=1e-4)


def test_that_voiced_stretches_lie_where_somebody_speaks() -> None:
    spans = speech_spans([silence(2), speech(), silence(3), speech(), silence(1)])
    middle_s = 2 + len(speech()) / RATE_HZ + 1.5
    assert spans[0][0] == pytest.approx(2.1, abs=0.3)
    assert all(not start < middle_s < end for start, end in spans)
    assert sum(end - start for start, end in spans) == pytest.approx(2 * len(speech()) / RATE_HZ, rel=0.2)
    assert speech_spans([silence(5)]) == []


def test_that_pieces_are_cut_at_pauses_and_not_longer_than_they_may_be() -> None:
    minute = 60 * RATE_HZ
    spans = tuple((number * minute, number * minute + 50 * RATE_HZ) for number in range(30))
    quiet = np.full(30 * minute // WINDOW, 0.9, np.float32)
    pieces = list(pieces_of([Stretch(spans, "en")], quiet, 30 * minute))
    assert all(piece.voiced_s <= PIECE_S for piece in pieces)
    assert sum(piece.voiced_s for piece in pieces) == pytest.approx(30 * 50, abs=30)
    assert len(pieces) <= 5


def test_that_speech_without_any_pause_is_cut_where_it_is_least_likely() -> None:
    samples = round(1.5 * PIECE_S) * RATE_HZ
    probabilities = np.full(samples // WINDOW, 0.95, np.float32)
    dip = round((PIECE_S - 4) * RATE_HZ) // WINDOW
    probabilities[dip - 2 : dip + 3] = 0.2
    first, second = pieces_of([Stretch(((0, samples),), None)], probabilities, samples)
    assert first.spans[-1][1] == second.spans[0][0]
    assert first.spans[-1][1] / RATE_HZ == pytest.approx(PIECE_S - 4, abs=0.2)


def test_that_times_of_a_piece_lead_back_to_the_file() -> None:
    clock = PieceClock(Piece(((RATE_HZ, 3 * RATE_HZ), (10 * RATE_HZ, 14 * RATE_HZ)), "en"))
    assert clock.file_s(0.5, clock.span_at(0.5)) == pytest.approx(1.5)
    assert clock.file_s(2.5, clock.span_at(2.5)) == pytest.approx(10.5)
    assert clock.file_s(2.5, 0) == pytest.approx(3.0), "held within the stretch"
    assert clock.span_at(99.0) == 1
