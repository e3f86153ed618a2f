"""What a finished file really is, read back from it."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UnsupportedMedia
from core.render.records import OutputFacts
from core.render.types import FPS

if TYPE_CHECKING:
    import av.container


def read_facts(path: Path) -> OutputFacts:
    """What ``path`` holds; frames are counted by their packets, times are those of the container.

    Raises MediaMissing, UnsupportedMedia (not readable, cut off, or without a picture).
    """
    from core.media.container import open_media, pick_video_stream  # noqa: PLC0415  loads av

    with open_media(path) as container:
        stream = pick_video_stream(container, path)
        sound = container.streams.audio[0] if container.streams.audio else None
        frames = video_times(container, path).pts
        return OutputFacts(
            width_px=stream.codec_context.width,
            height_px=stream.codec_context.height,
            fps=Fraction(stream.average_rate or 0),
            frame_count=len(frames),
            duration_s=(container.duration or 0) / 1_000_000,
            size_bytes=path.stat().st_size,
            video_codec=stream.codec_context.name,
            pixel_format=stream.codec_context.pix_fmt or "",
            audio_codec="" if sound is None else sound.codec_context.name,
            audio_rate_hz=0 if sound is None else sound.codec_context.sample_rate,
        )


@dataclass(frozen=True, slots=True)
class VideoTimes:
    """When frames are shown, in units of ``time_base`` seconds, in the order of the file; ``end``: of the last one."""

    pts: tuple[int, ...]
    end: int
    time_base: Fraction


def video_times(container: "av.container.InputContainer", path: Path) -> VideoTimes:
    """The times of all frames of a cut. Raises UnsupportedMedia when packets are damaged or have no times."""
    import av.error  # noqa: PLC0415  loads av

    from core.media.container import pick_video_stream  # noqa: PLC0415  as above

    stream = pick_video_stream(container, path)
    pts: list[int] = []
    end = 0
    try:
        for packet in container.demux(stream):
            if not packet.size:
                continue
            if packet.pts is None or packet.is_corrupt:
                raise _cut_off(path)
            pts.append(packet.pts)
            end = max(end, packet.pts + (packet.duration or 0))
    except av.error.FFmpegError as error:
        raise _cut_off(path) from error
    return VideoTimes(tuple(pts), end, Fraction(stream.time_base or Fraction(1, FPS)))


def _cut_off(path: Path) -> UnsupportedMedia:
    return UnsupportedMedia(f"{path} is damaged or cut off.", action="Render it again.")
