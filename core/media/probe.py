"""What is in a file, without reading it all."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.container
import av.error
import numpy as np

from core.errors import UnsupportedMedia
from core.media.container import can_decode, open_media, pick_video_stream, read_only, time_base_of
from core.media.frames import has_variable_rate, scan_frames
from core.media.types import AudioStream, MediaInfo

_SAMPLED_PACKETS = 300
_INDEX_IS_ENOUGH = 3


def probe(path: Path | str) -> MediaInfo:
    """Describe the video: streams, upright size, times; one frame is decoded to be sure that it can be.

    Raises MediaMissing when there is no such file, UnsupportedMedia (naming the file and the reason) when it is no
    readable video. What can be read of a damaged file is read, and told in ``warnings``.
    """
    file = Path(path)
    warnings: list[str] = []
    with open_media(file) as container:
        stream = pick_video_stream(container, file)
        time_base = time_base_of(stream, file)
        start_s = 0.0 if container.start_time is None else container.start_time / 1_000_000
        duration_s = _declared_duration_s(container, stream)
        audio = tuple(_audio_streams(container, start_s))
        codec = stream.codec_context.name
        average_fps = float(stream.average_rate or stream.guessed_rate or 0)
        sample_aspect = float(stream.sample_aspect_ratio or 1) or 1.0
        container_name = container.format.name
        tags = {str(key): str(value) for key, value in container.metadata.items()}
        index = stream.index
        if _index_reaches_past_end(stream, file.stat().st_size):
            warnings.append(f"{file} is cut off before its end; what is there can be used.")
        read_only(container, stream)
        first = _first_frame(container, stream, file, warnings)
        variable_rate = has_variable_rate(first.sampled_pts)
    if duration_s is None:
        table = scan_frames(file, on_warning=warnings.append)
        duration_s = table.seconds(table.end_pts)
    upright = upright_size(first.width_px, first.height_px, sample_aspect, first.rotation_deg)
    return MediaInfo(
        path=str(file.absolute()),
        size_bytes=file.stat().st_size,
        container=container_name,
        video_index=index,
        codec=codec,
        width_px=upright[0],
        height_px=upright[1],
        coded_width_px=first.width_px,
        coded_height_px=first.height_px,
        rotation_deg=first.rotation_deg,
        sample_aspect=sample_aspect,
        time_base=time_base,
        start_s=start_s,
        duration_s=duration_s,
        average_fps=average_fps,
        variable_rate=variable_rate,
        audio=audio,
        warnings=tuple(warnings),
        tags=tags,
    )


def upright_size(coded_width_px: int, coded_height_px: int, sample_aspect: float, rotation_deg: int) -> tuple[int, int]:
    """Width and height of the picture with square pixels, turned counter-clockwise by ``rotation_deg``."""
    width_px, height_px = max(1, round(coded_width_px * sample_aspect)), coded_height_px
    return (height_px, width_px) if rotation_deg in {90, 270} else (width_px, height_px)


@dataclass(frozen=True, slots=True)
class _First:
    width_px: int
    height_px: int
    rotation_deg: int
    sampled_pts: "np.ndarray[tuple[int], np.dtype[np.int64]]"


def _first_frame(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream, file: Path, warnings: list[str]
) -> _First:
    times: list[int] = []
    frame: av.VideoFrame | None = None
    damaged = 0
    try:
        for packet in container.demux(stream):
            if packet.pts is not None and not packet.is_discard:
                times.append(packet.pts)
            if frame is None:
                try:
                    frame = next(iter(packet.decode()), None)
                except av.error.FFmpegError:
                    damaged += 1
            if frame is not None and len(times) >= _SAMPLED_PACKETS:
                break
    except av.error.FFmpegError as error:
        warnings.append(f"{file} breaks off: {error.strerror}.")
    if frame is None:
        reason = "all its frames are damaged" if damaged else "its video track has no frames"
        raise UnsupportedMedia(f"{file} cannot be shown: {reason}.", action="Copy or record the video again.")
    if damaged:
        warnings.append(f"{file} is damaged at its start; its first frames are missing.")
    return _First(frame.width, frame.height, _quarter_turns_deg(frame.rotation), np.unique(np.asarray(times, np.int64)))


def _quarter_turns_deg(rotation_deg: int) -> int:
    return round(rotation_deg / 90) * 90 % 360


def _declared_duration_s(container: av.container.InputContainer, stream: av.video.stream.VideoStream) -> float | None:
    if container.duration is not None and container.duration > 0:
        return container.duration / 1_000_000
    if stream.duration is not None and stream.duration > 0 and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None


def _audio_streams(container: av.container.InputContainer, start_s: float) -> list[AudioStream]:
    found = []
    for stream in filter(can_decode, container.streams.audio):
        begin = stream.start_time
        base = stream.time_base or Fraction(1, 1)
        found.append(
            AudioStream(
                index=stream.index,
                codec=stream.codec_context.name,
                sample_rate_hz=stream.codec_context.sample_rate,
                channels=stream.codec_context.channels,
                language=stream.language or "",
                start_s=0.0 if begin is None else float(begin * base) - start_s,
            )
        )
    return found


def _index_reaches_past_end(stream: av.video.stream.VideoStream, size_bytes: int) -> bool:
    entries = stream.index_entries
    if len(entries) < _INDEX_IS_ENOUGH:
        return False
    last = entries[len(entries) - 1]
    return bool(last.pos + last.size > size_bytes)
