"""What the header of a media file tells: nothing is decoded, and an odd file costs seconds at most."""

from pathlib import Path
from typing import Any

import av.container
from av.stream import Disposition, Stream

from core.errors import InvalidRequest, MediaMissing, NotFound, UnsupportedMedia
from core.media.container import can_decode, open_container
from core.scanning.types import AudioTrack, FileFacts, SubtitleTrack
from core.speech.languages import known

OPEN_WITHIN_S = 10.0
# FFmpeg reads up to 5 MB and 5 s of a file before it believes its header; subtitle tracks make it go that far
_LOOK_INTO = {"probesize": "2000000", "analyzeduration": "1000000"}


def read_header(path: Path) -> FileFacts:
    """The tracks of a file; ``external`` is empty.

    Raises NotFound, InvalidRequest for a folder, UnsupportedMedia (naming the file and why) for what is no media file,
    cannot be read, or takes longer than 10 s to open.
    """
    try:
        if path.is_dir():
            raise InvalidRequest(f"{path} is a folder, not a file.", action="Name a media file inside it.")
        stat = path.stat()
        container = open_container(path, options=_LOOK_INTO, timeout_s=OPEN_WITHIN_S)
    except (MediaMissing, FileNotFoundError) as error:
        raise NotFound(f"{path} does not exist.", action="Check the path, or connect its drive.") from error
    except OSError as error:
        raise UnsupportedMedia(
            f"{path} cannot be read: {error.strerror or error}.", action="Check the drive."
        ) from error
    with container:
        facts = FileFacts(
            path=str(path),
            size_bytes=stat.st_size,
            mtime_ns=stat.st_mtime_ns,
            duration_s=_duration_s(container),
            is_video=any(_moves(stream) for stream in container.streams.video),
            audio=tuple(_audio_track(index, stream) for index, stream in enumerate(container.streams.audio)),
            embedded=tuple(_subtitle_track(index, stream) for index, stream in enumerate(container.streams.subtitles)),
            external=(),
        )
    if not facts.is_video and not facts.audio:
        raise UnsupportedMedia(f"{path} holds neither picture nor sound.", action="Choose a video or sound file.")
    return facts


def _duration_s(container: av.container.InputContainer) -> float:
    if container.duration is not None and container.duration > 0:
        return round(container.duration / 1_000_000, 3)
    lengths = [float(s.duration * s.time_base) for s in container.streams if s.duration and s.time_base]
    return round(max(lengths, default=0.0), 3)


def _moves(stream: Stream) -> bool:
    return not stream.disposition & (Disposition.attached_pic | Disposition.still_image)


def _audio_track(index: int, stream: Any) -> AudioTrack:
    decodable = can_decode(stream)
    return AudioTrack(
        index=index,
        stream_index=stream.index,
        codec=stream.codec_context.name if decodable else "",
        language=known(stream.language or ""),
        channels=stream.codec_context.channels if decodable else 0,
        title=stream.metadata.get("title", ""),
        default=bool(stream.disposition & Disposition.default),
    )


def _subtitle_track(index: int, stream: Any) -> SubtitleTrack:
    title = stream.metadata.get("title", "")
    return SubtitleTrack(
        index=index,
        codec=stream.codec_context.name if can_decode(stream) else "",
        language=known(stream.language or ""),
        title=title,
        forced=bool(stream.disposition & Disposition.forced),
    )
