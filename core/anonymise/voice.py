"""The sound of an anonymised video: copied as it is, its pitch moved, or silence in its place.

The pitch is moved by playing the sound faster or slower and bringing back its length (FFmpeg's ``asetrate`` and
``atempo``, which overlaps similar waves: Verhelst and Roelands, "An overlap-add technique based on waveform
similarity", 1993). Formants move along, so that the voice sounds like somebody else's. It hides a voice from listeners;
it is no protection against somebody who knows the shift and undoes it. For that there is silence.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, cast

import av
import av.error
import av.filter
import numpy as np
import numpy.typing as npt

from core.anonymise.types import Disguise
from core.media.audio import AudioReader
from core.media.container import open_container, read_only
from core.media.types import AudioStream, MediaInfo

# named as their decoders
_COPIED = frozenset({"aac", "mp3", "mp3float", "ac3", "eac3", "alac", "opus", "libopus", "flac"})
_COPIED_FROM = frozenset({"mov", "mp4", "m4a", "matroska", "webm"})
_AAC_RATES_HZ = frozenset(
    {8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000}
)
_USUAL_RATE_HZ = 48_000
_BITS_A_CHANNEL = 96_000
_SILENCE_S = 0.5

Samples = npt.NDArray[np.int16]
Timed = tuple[float, "av.Packet[Any]"]
"""A packet ready to be written, and its second from the container's start."""


@dataclass(slots=True)
class Track:
    """A track of sound of the copy: packets in order, the next one at hand."""

    packets: Generator[Timed, None, None]
    ahead: Timed | None = None

    def until(self, t_s: float) -> "Iterator[av.Packet[Any]]":
        """What belongs before ``t_s``."""
        while True:
            if self.ahead is None:
                self.ahead = next(self.packets, None)
            if self.ahead is None or self.ahead[0] > t_s:
                return
            packet, self.ahead = self.ahead[1], None
            yield packet

    def close(self) -> None:
        """Close the files that it reads, also when it was not read to its end."""
        self.packets.close()


def add_tracks(
    output: "av.container.OutputContainer", info: MediaInfo, disguise: Disguise, warn: Callable[[str], None]
) -> list[Track]:
    """A track in ``output`` for each track of sound of the video; all of them are disguised alike. ``warn`` is told
    where sound that is copied breaks off.
    """
    return [_add_track(output, info, stream, disguise, warn) for stream in info.audio]


def _add_track(
    output: "av.container.OutputContainer",
    info: MediaInfo,
    stream: AudioStream,
    disguise: Disguise,
    warn: Callable[[str], None],
) -> Track:
    path = Path(info.path)
    if disguise.voice == "keep" and _can_be_copied(info, stream):
        return _copied(output, path, stream, info.start_s, warn)
    rate_hz = stream.sample_rate_hz if stream.sample_rate_hz in _AAC_RATES_HZ else _USUAL_RATE_HZ
    channels = 1 if stream.channels == 1 else 2
    target = output.add_stream("aac", rate=rate_hz, layout=_layout(channels))
    target.bit_rate = _BITS_A_CHANNEL * channels
    if stream.language not in {"", "und"}:
        target.metadata["language"] = stream.language
    if disguise.voice == "mute":
        samples = _silence(info.duration_s, rate_hz, channels)
    else:
        samples = _heard(path, stream.index, rate_hz, channels)
        if disguise.voice == "pitch":
            samples = shifted(samples, rate_hz, channels, disguise.semitones)
    return Track(_encoded(samples, target, rate_hz, channels))


def sound_notes(info: MediaInfo, disguise: Disguise) -> list[str]:
    """What happens to the sound beyond what was asked for."""
    notes = []
    reduced = [one for one in info.audio if one.channels > 2]
    if reduced and (disguise.voice == "pitch" or not all(_can_be_copied(info, one) for one in reduced)):
        notes.append("Sound of more than two channels was mixed down to stereo.")
    with open_container(info.path) as container:
        unknown = len(container.streams.audio) - len(info.audio)
    if unknown:
        notes.append(f"{unknown} audio track(s) in a format that has no decoder here were left out.")
    return notes


def shifted(samples: Iterator[Samples], rate_hz: int, channels: int, semitones: float) -> Iterator[Samples]:
    """Sound int16 (n, channels) with its pitch moved; as many samples as came in, in time with them."""
    graph, source, sink = _pitch_graph(rate_hz, channels, semitones)
    taken = given = 0
    for block in chain(samples, (None,)):
        if block is None:
            source.push(None)
        elif len(block):
            frame = _frame(block, rate_hz, channels)
            frame.pts = taken
            taken += len(block)
            source.push(frame)
        for piece in _pulled(sink, channels):
            wanted = piece[: max(0, taken - given)] if block is None else piece
            given += len(wanted)
            yield wanted
    del graph
    if given < taken:
        yield np.zeros((taken - given, channels), np.int16)


def _pitch_graph(rate_hz: int, channels: int, semitones: float) -> tuple[Any, Any, Any]:
    played_hz = round(rate_hz * 2 ** (semitones / 12))
    layout = _layout(channels)
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate_hz, format="s16", layout=layout, time_base=Fraction(1, rate_hz))
    chain_of = [
        source,
        graph.add("asetrate", str(played_hz)),
        graph.add("aresample", str(rate_hz)),
        graph.add("atempo", f"{rate_hz / played_hz:.9f}"),
        graph.add("aformat", f"sample_fmts=s16:sample_rates={rate_hz}:channel_layouts={layout}"),
        graph.add("abuffersink"),
    ]
    for one, following in pairwise(chain_of):
        one.link_to(following)
    graph.configure()
    return graph, source, chain_of[-1]


def _pulled(sink: Any, channels: int) -> Iterator[Samples]:
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield cast("Samples", frame.to_ndarray().reshape(-1, channels))


def _can_be_copied(info: MediaInfo, stream: AudioStream) -> bool:
    return stream.codec in _COPIED and bool(_COPIED_FROM & set(info.container.split(",")))


def _copied(
    output: "av.container.OutputContainer",
    path: Path,
    stream: AudioStream,
    start_s: float,
    warn: Callable[[str], None],
) -> Track:
    container = open_container(path)
    try:
        source = container.streams[stream.index]
        target = output.add_stream_from_template(source)
        target.metadata.clear()  # a track's title may name somebody
        if stream.language:
            target.metadata["language"] = stream.language
        read_only(container, source)
    except BaseException:
        container.close()
        raise
    return Track(_packets(container, source, target, start_s, warn))


def _packets(
    container: "av.container.InputContainer", source: Any, target: Any, start_s: float, warn: Callable[[str], None]
) -> Generator[Timed, None, None]:
    """Packets as they are, their time counted from the container's start; ``warn`` is told where they break off."""
    t_s = 0.0
    base = source.time_base
    origin = round(Fraction(start_s).limit_denominator(1_000_000) / base)
    with container:
        try:
            for packet in container.demux(source):
                if packet.dts is None or not packet.size:
                    continue
                packet.dts -= origin
                packet.pts = None if packet.pts is None else packet.pts - origin
                packet.stream = target
                t_s = float(packet.dts * base)
                yield t_s, packet
        except av.error.FFmpegError as error:
            why = error.strerror or type(error).__name__
            warn(f"The sound of track {source.index} ends at {t_s:.2f} s: it cannot be read further ({why}).")


def _heard(path: Path, index: int, rate_hz: int, channels: int) -> Iterator[Samples]:
    with AudioReader(path, index) as reader:
        for chunk in reader.chunks(0.0, rate_hz=rate_hz, channels=channels):
            yield chunk.samples


def _silence(duration_s: float, rate_hz: int, channels: int) -> Iterator[Samples]:
    left = round(duration_s * rate_hz)
    while left > 0:
        count = min(left, round(_SILENCE_S * rate_hz))
        yield np.zeros((count, channels), np.int16)
        left -= count


def _encoded(samples: Iterator[Samples], target: Any, rate_hz: int, channels: int) -> Generator[Timed, None, None]:
    position = 0
    for block in samples:
        if not len(block):
            continue
        frame = _frame(block, rate_hz, channels)
        frame.pts = position
        position += len(block)
        for packet in target.encode(frame):
            yield position / rate_hz, packet
    for packet in target.encode(None):
        yield position / rate_hz, packet


def _frame(block: Samples, rate_hz: int, channels: int) -> av.AudioFrame:
    packed = np.ascontiguousarray(block).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=_layout(channels))
    frame.sample_rate, frame.time_base = rate_hz, Fraction(1, rate_hz)
    return frame


def _layout(channels: int) -> str:
    return "mono" if channels == 1 else "stereo"
