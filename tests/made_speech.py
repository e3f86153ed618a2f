"""Real speech (two sentences of the shared test data), as sound and inside small videos."""

import functools
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

RATE_HZ = 16_000
_READ = Path(__file__).resolve().parents[2] / "shared" / "testdata" / "asr" / "librivox"
LONG = _READ / "sense_and_sensibility_01_austen_64kb-0870.wav"
"""7 s: "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power …"."""
LONG_TEXT = (
    "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them."
)
SHORT = _READ / "sense_and_sensibility_01_austen_64kb-0880.wav"
"""3 s: "He was not an ill-disposed young man."."""
SHORT_TEXT = "He was not an ill-disposed young man."

Samples = npt.NDArray[np.float32]


@functools.cache
def _decoded(path: Path) -> Samples:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    with av.open(str(path)) as container:
        pieces = [one for frame in container.decode(audio=0) for one in resampler.resample(frame)]
        pieces += resampler.resample(None)
    samples = np.concatenate([piece.to_ndarray().reshape(-1) for piece in pieces])
    return (samples / np.float32(32_768)).astype(np.float32)


def speech(path: Path = LONG) -> Samples:
    """A sentence as float32 in [-1, 1], mono, 16 kHz; the test is skipped where the shared test data is absent."""
    if not path.is_file():
        pytest.skip(f"the shared test data is not there: {path}")
    return _decoded(path).copy()


def silence(seconds: float) -> Samples:
    """Nothing but zeros."""
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def joined(*pieces: Samples) -> Samples:
    """One after the other."""
    return np.concatenate(pieces)


def s16(samples: Samples) -> npt.NDArray[np.int16]:
    """The same as 16-bit numbers."""
    return np.round(np.clip(samples, -1, 1) * 32_767).astype(np.int16)


def write_pcm(path: Path, samples: Samples) -> Path:
    """Nothing but s16le samples, as clients send them with ``encode=false``."""
    path.write_bytes(s16(samples).astype("<i2").tobytes())
    return path


def write_wav(path: Path, samples: Samples) -> Path:
    """A WAV file, mono, 16 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(s16(samples).astype("<i2").tobytes())
    return path


@dataclass(frozen=True, slots=True)
class Track:
    """An audio track: its samples, the language of its tag (ISO 639-2; "" = no tag), and when it begins."""

    samples: Samples
    language: str = ""
    start_s: float = 0.0
    default: bool = False


def write_speech_video(
    path: Path,
    tracks: Sequence[Track] = (),
    *,
    seconds: float | None = None,
    size: tuple[int, int] = (64, 48),
    fps: int = 5,
) -> Path:
    """A small film with these audio tracks (AAC, or what the container takes); without any: LONG on one track.

    ``seconds`` is the length of the picture, None: that of the longest track. ``path``'s suffix chooses the container
    (``.mkv`` keeps language tags of all kinds, ``.mp4`` too).
    """
    tracks = tracks or (Track(speech()),)
    longest_s = max((one.start_s + len(one.samples) / RATE_HZ for one in tracks), default=1.0)
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "35"})
        video.width, video.height, video.pix_fmt = size[0], size[1], "yuv420p"
        sounds = [_add_sound(output, track) for track in tracks]
        picture = np.full((size[1], size[0], 3), 90, np.uint8)
        for number in range(max(1, round((seconds or longest_s) * fps))):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            for packet in video.encode(frame):
                output.mux(packet)
        for packet in video.encode(None):
            output.mux(packet)
        for stream, track in zip(sounds, tracks, strict=True):
            _write_sound(output, stream, track)
    return path


def _add_sound(output: av.container.OutputContainer, track: Track) -> av.AudioStream:
    stream = output.add_stream("aac", rate=RATE_HZ, options={"b": "64k"})
    stream.layout = "mono"
    if track.language:
        stream.metadata["language"] = track.language
    if track.default:
        stream.disposition = av.stream.Disposition.default
    return stream


def _write_sound(output: av.container.OutputContainer, stream: av.AudioStream, track: Track) -> None:
    block = 1024
    first = round(track.start_s * RATE_HZ)
    for start in range(0, len(track.samples), block):
        samples = track.samples[start : start + block]
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, first + start, Fraction(1, RATE_HZ)
        for packet in stream.encode(frame):
            output.mux(packet)
    for packet in stream.encode(None):
        output.mux(packet)
