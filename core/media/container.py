"""Opening a media file, with an error that a person can act on for each way in which that fails."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av
import av.container
import av.error
import av.video
from av.stream import Discard, Disposition

from core.errors import MediaMissing, UnsupportedMedia

# Things that FFmpeg opens as "video" though nobody means them: pictures, text drawn as a terminal, and lists that
# lead to other files or to the network.
_NOT_VIDEO_FORMATS = frozenset(
    {"image2", "image2pipe", "tty", "hls", "concat", "concatf", "dash", "imf", "sdp", "rtsp", "lavfi", "txd", "ico"}
)

_PICK_ANOTHER = "Choose a video file such as MP4, MKV, MOV, WebM or AVI."


@contextmanager
def open_media(path: Path | str) -> Iterator[av.container.InputContainer]:
    """Open ``path`` for reading; the container is closed at the end of the ``with`` block.

    Raises MediaMissing when there is no such file, UnsupportedMedia when it cannot be read as a video.
    """
    container = open_container(path)
    try:
        yield container
    finally:
        container.close()


def open_container(
    path: Path | str, *, options: Mapping[str, str] | None = None, timeout_s: float | None = None
) -> av.container.InputContainer:
    """As ``open_media``, for an object that lives longer than a block; the caller closes it.

    ``options`` are FFmpeg's for opening; ``timeout_s`` limits the opening and each reading.
    """
    file = Path(path).absolute()
    check_readable(file)
    try:
        # An absolute path and this white list keep a file's own content from leading FFmpeg anywhere else.
        asked = {**(options or {}), "protocol_whitelist": "file"}
        container = av.open(str(file), options=asked, metadata_errors="replace", timeout=timeout_s)
    except av.error.FFmpegError as error:
        raise _cannot_open(file, error) from error
    names = set(container.format.name.split(","))
    if names & _NOT_VIDEO_FORMATS or any(name.endswith("_pipe") for name in names):
        container.close()
        raise UnsupportedMedia(f"{file} is not a video.", action=_PICK_ANOTHER)
    return container


def check_readable(file: Path) -> None:
    """Raise the error that fits when ``file`` is no file, is empty or may not be read."""
    try:
        if file.is_dir():
            raise UnsupportedMedia(f"{file} is a folder, not a video.", action="Choose a video file inside it.")
        if not file.exists():
            raise MediaMissing(
                f"{file} does not exist.",
                action="Put the video back, connect its drive, or relink the episode to where it is now.",
            )
        size_bytes = file.stat().st_size
        with file.open("rb") as opened:
            opened.read(1)
    except PermissionError as error:
        raise UnsupportedMedia(
            f"No permission to read {file}.", action="Give your user read permission on the file and its folder."
        ) from error
    except OSError as error:
        raise UnsupportedMedia(
            f"{file} cannot be read: {error.strerror or error}.", action="Check the drive, then try again."
        ) from error
    if size_bytes == 0:
        raise UnsupportedMedia(f"{file} is empty (zero bytes).", action="Copy or download the video again.")


def _cannot_open(file: Path, error: av.error.FFmpegError) -> UnsupportedMedia:
    if _has_mp4_head_without_index(file):
        return UnsupportedMedia(
            f"{file} is cut off: its index (moov) is missing, so nothing in it can be found.",
            action="Copy or download the whole file again.",
        )
    return UnsupportedMedia(
        f"{file} is not a video that can be read ({error.strerror or 'unknown format'}).", action=_PICK_ANOTHER
    )


def _has_mp4_head_without_index(file: Path) -> bool:
    """Whether the file starts as an MP4 or MOV and holds no complete ``moov`` box at its top level."""
    with suppress(OSError), file.open("rb") as opened:
        size_bytes = file.stat().st_size
        position, first = 0, True
        while position + 8 <= size_bytes:
            opened.seek(position)
            head = opened.read(16)
            box_size, box = int.from_bytes(head[:4], "big"), head[4:8]
            if first and box != b"ftyp":
                return False
            first = False
            if box_size == 1:
                box_size = int.from_bytes(head[8:16], "big")
            if box == b"moov":
                return position + box_size > size_bytes
            if box_size < 8:  # 0: up to the end of the file; less is damage
                break
            position += box_size
        return not first
    return False


def pick_video_stream(container: av.container.InputContainer, path: Path | str) -> av.video.stream.VideoStream:
    """The stream to look at: the best one that is moving pictures and not cover art.

    Raises UnsupportedMedia when there is none.
    """
    streams = [s for s in container.streams.video if not _is_cover(s) and can_decode(s)]
    if streams:
        best = container.streams.best("video")
        return next((s for s in streams if best is not None and s.index == best.index), streams[0])
    if any(not _is_cover(stream) for stream in container.streams.video):
        raise UnsupportedMedia(
            f"{path} is in a video format that has no decoder here.", action="Convert it to H.264 in an MP4 file."
        )
    if container.streams.video:
        raise UnsupportedMedia(
            f"{path} holds sound with a cover picture, but no video.", action="Choose a file that has moving pictures."
        )
    if container.streams.audio:
        raise UnsupportedMedia(f"{path} holds sound only, no video.", action="Choose a file that has moving pictures.")
    raise UnsupportedMedia(f"{path} holds no video.", action=_PICK_ANOTHER)


def time_base_of(stream: av.video.stream.VideoStream, path: Path | str) -> Fraction:
    """The unit of the stream's times in seconds. Raises UnsupportedMedia when it has none."""
    if stream.time_base is None:
        raise UnsupportedMedia(f"{path} has no time base.", action="Convert the video to MP4 and try again.")
    return stream.time_base


def can_decode(stream: av.stream.Stream) -> bool:
    """Whether there is a decoder for the stream; without one PyAV gives it no codec context."""
    return getattr(stream, "codec_context", None) is not None


def _is_cover(stream: av.video.stream.VideoStream) -> bool:
    return bool(stream.disposition & (Disposition.attached_pic | Disposition.still_image))


def read_only(container: av.container.InputContainer, keep: av.stream.Stream) -> None:
    """Let the demuxer drop every other stream's packets before Python sees them."""
    for stream in container.streams:
        if stream.index != keep.index:
            stream.discard = Discard.all
