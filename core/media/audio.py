"""Sound: chunks to play from any time, and the peaks of a whole file."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import cast

import av
import av.error
import numpy as np
import numpy.typing as npt

from core.errors import Canceled, InvalidRequest, UnsupportedMedia
from core.media.container import can_decode, open_container, read_only
from core.media.types import AudioChunk

# Decoders of packed sound need what lies before to give the right samples.
_RUN_UP_S = 0.25
# Times of packets are rounded; only a larger gap or overlap is one.
_JITTER_S = 0.02
_SILENCE_CHUNK_S = 0.5
_WAVEFORM_RATE_HZ = 16_000

Samples = npt.NDArray[np.int16]


class AudioReader:
    """One audio stream of a file, resampled. Belongs to one thread; close it, or use it in a ``with`` block.

    ``stream_index`` is the index among all streams (``AudioStream.index``), None: the best one. Raises MediaMissing or
    UnsupportedMedia when the file cannot be opened or holds no such sound.
    """

    def __init__(self, path: Path | str, stream_index: int | None = None) -> None:
        self.path = Path(path)
        self._stream_index = stream_index
        self._open()

    def _open(self) -> None:
        self._container = open_container(self.path)
        streams = [
            stream
            for stream in self._container.streams.audio
            if can_decode(stream) and self._stream_index in {None, stream.index}
        ]
        if not streams:
            self._container.close()
            raise UnsupportedMedia(f"{self.path} holds no sound that can be played.", action="Play it without sound.")
        best = self._container.streams.best("audio")
        self._stream = next((s for s in streams if best is not None and s.index == best.index), streams[0])
        read_only(self._container, self._stream)
        self._start_s = Fraction(self._container.start_time or 0, 1_000_000)

    def __enter__(self) -> "AudioReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        self._container.close()

    def chunks(self, start_s: float = 0.0, *, rate_hz: int = 48_000, channels: int = 2) -> Iterator[AudioChunk]:
        """Sound from ``start_s`` seconds after the container's start to its end, without a gap between chunks.

        Where the stream starts later, or has a hole, there is silence. One such iterator may be in use at a time.
        """
        if channels not in {1, 2}:
            raise InvalidRequest(f"{channels} channels of sound cannot be made.", action="Ask for 1 or 2.")
        position = max(0, round(start_s * rate_hz))
        least_gap = round(_JITTER_S * rate_hz)
        self._seek(start_s)
        started = False
        for first, samples in self._resampled(rate_hz, channels):
            gap = first - position
            for silence in _silence(gap if gap > least_gap else 0, rate_hz, channels):
                yield AudioChunk(position / rate_hz, silence)
                position += len(silence)
            surplus = -gap if gap < (-least_gap if started else 0) else 0
            wanted = samples[surplus:]
            if len(wanted):
                started = True
                yield AudioChunk(position / rate_hz, wanted)
                position += len(wanted)

    def _seek(self, start_s: float) -> None:
        """Go to a packet at or before ``start_s`` less the run-up, in doubt to the file's start."""
        self._container.close()
        self._open()
        base = self._stream.time_base
        wanted_s = Fraction(start_s).limit_denominator(1_000_000) + self._start_s - Fraction(_RUN_UP_S)
        if base is None or start_s <= _RUN_UP_S:
            return
        try:
            self._container.seek(int(wanted_s / base), stream=self._stream, backward=True)
        except av.error.FFmpegError:
            self._container.close()
            self._open()

    def _resampled(self, rate_hz: int, channels: int) -> Iterator[tuple[int, Samples]]:
        """Resampled pieces, each with the number of its first sample counted from the container's start."""
        resampler = av.AudioResampler(format="s16", layout="stereo" if channels == 2 else "mono", rate=rate_hz)
        following = 0
        for frame in self._decoded():
            for piece in resampler.resample(frame):
                if piece.pts is not None and piece.time_base is not None:
                    following = round((piece.pts * piece.time_base - self._start_s) * rate_hz)
                samples = cast("Samples", piece.to_ndarray().reshape(-1, channels))
                yield following, samples
                following += len(samples)

    def _decoded(self) -> Iterator[av.AudioFrame | None]:
        """Frames of sound, then None to drain the resampler; damaged packets are left out (they become silence)."""
        try:
            for packet in self._container.demux(self._stream):
                try:
                    yield from packet.decode()
                except av.error.FFmpegError:
                    continue
        except av.error.FFmpegError:
            pass  # the file breaks off here; the probe has told so
        yield None


def waveform(
    path: Path | str,
    *,
    per_second: int = 50,
    stream_index: int | None = None,
    canceled: Callable[[], bool] | None = None,
) -> npt.NDArray[np.float32]:
    """Lowest and highest sample of each 1 / ``per_second`` s: float32 (n, 2) in [-1, 1]; (0, 2) without sound.

    Memory does not grow with the sound's length beyond the result. Raises Canceled when ``canceled()`` says so.
    """
    samples_per_peak = max(1, round(_WAVEFORM_RATE_HZ / per_second))
    try:
        reader = AudioReader(path, stream_index)
    except UnsupportedMedia:
        return np.zeros((0, 2), np.float32)
    peaks: list[npt.NDArray[np.float32]] = []
    rest = np.zeros(0, np.int16)
    with reader:
        for chunk in reader.chunks(0.0, rate_hz=samples_per_peak * per_second, channels=1):
            if canceled is not None and canceled():
                raise Canceled(f"Stopped while reading the sound of {reader.path}.")
            rest = np.concatenate((rest, chunk.samples[:, 0]))
            whole = len(rest) // samples_per_peak * samples_per_peak
            peaks.append(_peaks(rest[:whole].reshape(-1, samples_per_peak)))
            rest = rest[whole:]
    if len(rest):
        peaks.append(_peaks(rest[np.newaxis]))
    return np.concatenate(peaks) if peaks else np.zeros((0, 2), np.float32)


def _peaks(rows: Samples) -> npt.NDArray[np.float32]:
    if len(rows) == 0:
        return np.zeros((0, 2), np.float32)
    return np.stack((rows.min(axis=1), rows.max(axis=1)), axis=1).astype(np.float32) / np.float32(32_768)


def _silence(samples: int, rate_hz: int, channels: int) -> Iterator[Samples]:
    longest = round(_SILENCE_CHUNK_S * rate_hz)
    while samples > 0:
        count = min(samples, longest)
        yield np.zeros((count, channels), np.int16)
        samples -= count
