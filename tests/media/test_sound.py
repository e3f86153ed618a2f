"""Sound from any time, and its peaks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from core.errors import Canceled, InvalidRequest, UnsupportedMedia
from core.media.audio import AudioReader, waveform

ClipMaker = Callable[..., Path]


def heard(path: Path, start_s: float, **options: int) -> npt.NDArray[np.int16]:
    """All samples from ``start_s`` on; the chunks' times are checked on the way."""
    rate_hz = options.get("rate_hz", 48_000)
    with AudioReader(path) as reader:
        chunks = list(reader.chunks(start_s, **options))
    position = round(start_s * rate_hz)
    for chunk in chunks:
        assert chunk.t_s == pytest.approx(position / rate_hz, abs=1e-6)
        position += len(chunk.samples)
    return np.concatenate([chunk.samples for chunk in chunks])


def loudness(samples: npt.NDArray[np.int16], start_s: float, end_s: float) -> float:
    return float(np.abs(samples[round(start_s * 48_000) : round(end_s * 48_000)].astype(float)).mean())


@pytest.mark.parametrize("name", ["sound.mp4", "sound.mkv", "sound.ts"])
def test_that_sound_is_resampled_to_48_khz_stereo(sound: ClipMaker, name: str) -> None:
    samples = heard(sound(name, seconds=2.0), 0.0)
    assert samples.dtype == np.int16
    assert samples.shape[1] == 2
    assert len(samples) == pytest.approx(96_000, abs=5_000)
    crossings = np.count_nonzero(np.diff(np.signbit(samples[9_600:57_600, 0])))
    assert crossings == pytest.approx(880, abs=4)


def test_that_a_late_start_is_silence(sound: ClipMaker) -> None:
    samples = heard(sound("late.mkv", video_frames=75, start_s=1.0, seconds=1.5), 0.0)
    assert loudness(samples, 0.0, 0.9) == 0
    assert loudness(samples, 1.1, 2.3) > 5_000


@pytest.mark.parametrize("name", ["sound.mp4", "sound.mkv"])
def test_that_sound_from_the_middle_is_that_of_the_whole(sound: ClipMaker, name: str) -> None:
    path = sound(name, seconds=3.0)
    whole, rest = heard(path, 0.0), heard(path, 1.3)
    expected = whole[round(1.3 * 48_000) :]
    assert abs(len(rest) - len(expected)) < 3_000
    # Matroska rounds times to milliseconds; shifted by no more than that, the two are alike.
    window = slice(4_800, 24_000)
    off = min(
        float(np.abs(rest[window, 0].astype(float) - np.roll(expected[:, 0], shift)[window]).mean())
        for shift in range(-50, 51)
    )
    assert off < 400


def test_that_sound_after_its_end_is_nothing(sound: ClipMaker) -> None:
    with AudioReader(sound(seconds=1.0)) as reader:
        assert list(reader.chunks(30.0)) == []


def test_that_one_channel_at_another_rate_can_be_had(sound: ClipMaker) -> None:
    samples = heard(sound(seconds=1.0), 0.0, rate_hz=16_000, channels=1)
    assert samples.shape[1] == 1
    assert len(samples) == pytest.approx(16_000, abs=2_000)


def test_that_three_channels_are_refused(sound: ClipMaker) -> None:
    with AudioReader(sound()) as reader, pytest.raises(InvalidRequest):
        next(reader.chunks(0.0, channels=3))


def test_that_a_film_without_sound_says_so(clip: ClipMaker) -> None:
    path = clip()
    with pytest.raises(UnsupportedMedia, match="no sound"):
        AudioReader(path)
    assert waveform(path).shape == (0, 2)


def test_that_the_waveform_has_fifty_peaks_a_second(sound: ClipMaker) -> None:
    peaks = waveform(sound("late.mkv", video_frames=75, start_s=1.0, seconds=2.0))
    assert peaks.dtype == np.float32
    assert len(peaks) == pytest.approx(150, abs=6)
    assert np.all(peaks[:, 0] <= peaks[:, 1])
    assert np.abs(peaks[:45]).max() == 0
    assert peaks[55:140, 1] == pytest.approx(0.5, abs=0.06)
    assert peaks[55:140, 0] == pytest.approx(-0.5, abs=0.06)


def test_that_a_waveform_can_be_stopped(sound: ClipMaker) -> None:
    with pytest.raises(Canceled):
        waveform(sound(), canceled=lambda: True)
