"""The sound of a file, as it is mixed: float32, 48 kHz, stereo."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from core.errors import MediaMissing, UnsupportedMedia
from core.render.sound.aac import Stereo
from core.render.types import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import av.audio.frame
    import av.container

_CHOOSE = "Choose another sound file, such as MP3 or WAV."


def read_sound(path: Path, *, most_s: float, check: Callable[[], None]) -> Stereo:
    """The first ``most_s`` seconds of a file, or all of it: float32 (n, 2), 48 kHz; damaged places are left out.

    Raises MediaMissing, UnsupportedMedia (no sound in it, or of no length) and what ``check`` raises.
    """
    from core.media.container import open_container  # noqa: PLC0415  loads av

    try:
        container = open_container(path)
    except MediaMissing as error:
        raise MediaMissing(f"The sound {path} does not exist.", action="Put it back or choose another one.") from error
    except UnsupportedMedia as error:
        raise UnsupportedMedia(f"{path} is not a sound file that can be read.", action=_CHOOSE) from error
    most = round(most_s * SAMPLE_RATE_HZ)
    pieces: list[Stereo] = []
    count = 0
    with container:
        for piece in _resampled(container, path):
            check()
            pieces.append(piece)
            count += len(piece)
            if count >= most:
                break
    if not count:
        raise UnsupportedMedia(f"There is no sound in {path}: it lasts 0 seconds.", action=_CHOOSE)
    return np.nan_to_num(np.concatenate(pieces)[:most], nan=0.0, posinf=1.0, neginf=-1.0)


def _resampled(container: "av.container.InputContainer", path: Path) -> Iterator[Stereo]:
    import av  # noqa: PLC0415  as above

    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE_HZ)
    for frame in _decoded(container, path):
        for piece in resampler.resample(frame):
            yield cast("Stereo", piece.to_ndarray()).T


def _decoded(container: "av.container.InputContainer", path: Path) -> "Iterator[av.audio.frame.AudioFrame | None]":
    """Frames, then None to drain the resampler."""
    import av.error  # noqa: PLC0415  as above

    from core.media.container import can_decode, read_only  # noqa: PLC0415  as above

    streams = [stream for stream in container.streams.audio if can_decode(stream)]
    if not streams:
        raise UnsupportedMedia(f"{path} holds no sound that can be played.", action=_CHOOSE)
    read_only(container, streams[0])
    try:
        for packet in container.demux(streams[0]):
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                continue  # a damaged packet: the sound goes on behind it
    except av.error.FFmpegError:
        pass  # the file breaks off here: what there was is used
    yield None
