"""The encoded track of sound: AAC, 192 kbit/s, 48 kHz, stereo; the trial and the file are made by the same code."""

import io
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from core.render.types import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import av.container

BIT_RATE = 192_000
_BLOCK = 1024
"""Samples of an AAC frame."""

Stereo = npt.NDArray[np.float32]
"""Sound, float32 (samples, 2), 48 kHz, full scale 1."""


def add_track(output: "av.container.OutputContainer") -> Any:
    """The track of sound of a container that is being written."""
    track = output.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="stereo")
    track.bit_rate = BIT_RATE
    return track


def encoded(samples: Stereo, track: Any, check: Callable[[], None]) -> Iterator[Any]:
    """The packets of ``samples``, the first sample at second 0."""
    import av  # noqa: PLC0415  loads for long

    for first in range(0, len(samples), _BLOCK):
        check()
        block = np.ascontiguousarray(samples[first : first + _BLOCK].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE_HZ, first, Fraction(1, SAMPLE_RATE_HZ)
        yield from track.encode(frame)
    yield from track.encode(None)


def round_trip(samples: Stereo, check: Callable[[], None]) -> Stereo:
    """What a player hears of ``samples`` once they went through AAC; as many samples, in time with them."""
    import av  # noqa: PLC0415  as above

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        track = add_track(output)
        for packet in encoded(samples, track, check):
            output.mux(packet)
    file.seek(0)
    pieces: list[Stereo] = []
    with av.open(file, "r", format="mp4") as source:
        for frame in source.decode(source.streams.audio[0]):
            check()
            pieces.append(cast("Stereo", frame.to_ndarray()).T)
    heard = np.concatenate(pieces) if pieces else np.zeros((0, 2), np.float32)
    whole = np.zeros_like(samples)
    count = min(len(samples), len(heard))
    whole[:count] = heard[:count]
    return whole
