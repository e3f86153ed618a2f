"""Pictures, masks and sounds that somebody hands in: what they are, or a sentence on why they cannot be used.

``strict`` are the limits of the API's document. Without it larger pictures and every sound that can be decoded will do.
"""

import re
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InvalidRequest, MediaMissing, UnsupportedMedia

if TYPE_CHECKING:
    import av.audio.stream
    import av.container
    from PIL.ImageFile import ImageFile

MOST_BYTES = 20 * 1024 * 1024
LONGEST_EDGE_PX = 4096
MOST_PIXELS = 120_000_000
STRICT_SOUND_CODECS = ("mp3", "wav")
_PICTURES = "Use a PNG, JPEG or WebP picture."
_SOUNDS = "Use an MP3 or WAV file."
_ANY_SOUND = "Use a sound file such as MP3, WAV, M4A, FLAC or OGG."
_LISTS = frozenset({"hls", "concat", "concatf", "dash", "imf", "sdp", "rtsp", "lavfi"})
"""Formats that lead to other files."""
_BROKEN_PICTURE = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, ArithmeticError, TypeError, AttributeError),
    *(RuntimeError, AssertionError, struct.error, zlib.error),
)
_XMP_ORIENTATION = re.compile(rb"tiff:Orientation(?:=\"|>)([0-9])")
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_ORIENTATION_TAG = 0x0112
_DECODED_TO_BE_SURE = 25
_PILLOW = threading.Lock()  # the warnings' filters belong to the whole process


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """A picture: its size after its orientation tag, and its format, ``PNG``, ``JPEG`` or ``WEBP``."""

    width_px: int
    height_px: int
    format: str


@dataclass(frozen=True, slots=True)
class MaskFacts:
    """A mask: its size, and the lowest and highest alpha in [0, 255]; both equal = it cuts nothing out."""

    width_px: int
    height_px: int
    lowest_alpha: int
    highest_alpha: int


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """A sound's length by its packets, its rate, channels and codec."""

    duration_s: float
    rate_hz: int
    channels: int
    codec: str


def check_image(path: Path, *, strict: bool) -> ImageFacts:
    """A picture, decoded to its end. Raises MediaMissing, UnsupportedMedia, InvalidRequest (too large)."""
    _check_file(path, "picture", _PICTURES, strict=strict)
    with _opened_picture(path, strict=strict) as picture:
        facts = _facts(picture)
        _decode(picture, path)
        return facts


def image_header(path: Path) -> ImageFacts:
    """As check_image without the API's limits, by the file's header alone."""
    _check_file(path, "picture", _PICTURES, strict=False)
    with _opened_picture(path, strict=False) as picture:
        return _facts(picture)


def check_mask(path: Path, *, strict: bool = True) -> MaskFacts:
    """A PNG with an alpha channel. Raises MediaMissing, UnsupportedMedia (no PNG, no alpha), InvalidRequest."""
    _check_file(path, "mask", "Use a PNG picture with transparency.", strict=strict)
    with _opened_picture(path, strict=strict) as picture:
        if picture.format != "PNG":
            raise UnsupportedMedia(
                f"{path} is a {picture.format} file; a mask must be a PNG.",
                action="Save the mask as a PNG with transparency.",
            )
        if not picture.has_transparency_data:
            raise UnsupportedMedia(
                f"{path} has no alpha channel, so it cannot cut anything out.",
                action="Save the mask as a PNG with transparency.",
            )
        _decode(picture, path)
        lowest, highest = _alpha_range(picture)
        return MaskFacts(*picture.size, lowest, highest)


def check_sound(path: Path, *, strict: bool) -> SoundFacts:
    """A sound that can be decoded and lasts. Raises MediaMissing, UnsupportedMedia, InvalidRequest (empty, too large).

    Its packets are read to the end; only its first are decoded.
    """
    import av.error  # noqa: PLC0415  loaded when a sound is looked at

    help_text = _SOUNDS if strict else _ANY_SOUND
    _check_file(path, "sound", help_text, strict=strict)
    try:
        container = av.open(str(path.absolute()), options={"protocol_whitelist": "file"}, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise UnsupportedMedia(f"{path} is not a sound that can be read.", action=help_text) from error
    with container:
        if strict and container.format.name not in STRICT_SOUND_CODECS:
            raise UnsupportedMedia(f"{path} is neither MP3 nor WAV ({container.format.name}).", action=_SOUNDS)
        if not _LISTS.isdisjoint(container.format.name.split(",")):
            raise UnsupportedMedia(f"{path} is a list of other files, not a sound.", action=help_text)
        stream = _sound_stream(container, path, help_text)
        try:
            duration_s, decoded = _listened(container, stream)
        except av.error.FFmpegError as error:
            raise UnsupportedMedia(f"{path} is a broken sound: {error.strerror}.", action=help_text) from error
        context = stream.codec_context
        facts = SoundFacts(duration_s, int(context.sample_rate or 0), int(context.channels or 0), str(context.name))
    if duration_s <= 0:
        raise InvalidRequest(f"{path} holds no sound, it lasts 0 s.", action="Choose a sound that lasts.")
    if not decoded:
        raise UnsupportedMedia(f"{path} is a broken sound: nothing of it can be decoded.", action=help_text)
    return facts


def _check_file(path: Path, what: str, help_text: str, *, strict: bool) -> None:
    try:
        if path.is_dir():
            raise UnsupportedMedia(f"{path} is a folder, not a {what}.", action=help_text)
        size_bytes = path.stat().st_size
        with path.open("rb") as opened:
            opened.read(1)
    except FileNotFoundError as error:
        raise MediaMissing(f"{path} does not exist.", action=f"Put the {what} back, or choose another one.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnsupportedMedia(f"{path} cannot be read: {reason}.", action="Check the file and its drive.") from error
    if size_bytes == 0:
        raise UnsupportedMedia(f"{path} is empty (zero bytes).", action=help_text)
    if strict and size_bytes > MOST_BYTES:
        raise InvalidRequest(
            f"{path} has {size_bytes / 2**20:.1f} MB and may have {MOST_BYTES >> 20}.", action="Make the file smaller."
        )


@contextmanager
def _opened_picture(path: Path, *, strict: bool) -> Iterator["ImageFile"]:
    """The picture before anything of it is decoded, its size checked. Only three formats' readers can be reached."""
    from PIL.Image import DecompressionBombError  # noqa: PLC0415  when a picture is looked at

    with _PILLOW, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = _reader(path)(str(path))
        except DecompressionBombError as error:  # WebP's reader looks for itself
            raise InvalidRequest(
                f"{path} has more than {MOST_PIXELS // 1_000_000} megapixels.", action="Save the picture smaller."
            ) from error
        except _BROKEN_PICTURE as error:
            raise UnsupportedMedia(f"{path} is a broken picture: {error}.", action=_PICTURES) from error
        with picture:
            _check_size(picture, path, strict=strict)
            yield picture


def _reader(path: Path) -> Any:
    from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: PLC0415  when a picture is looked at

    with path.open("rb") as opened:
        head = opened.read(16)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImagePlugin.PngImageFile
    if head.startswith(b"\xff\xd8\xff"):
        return JpegImagePlugin.JpegImageFile
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WebPImagePlugin.WebPImageFile
    if head.startswith((b"GIF87a", b"GIF89a")):
        raise UnsupportedMedia(f"{path} is a GIF.", action=_PICTURES)
    raise UnsupportedMedia(f"{path} is not a PNG, JPEG or WebP picture.", action=_PICTURES)


def _check_size(picture: "ImageFile", path: Path, *, strict: bool) -> None:
    if getattr(picture, "is_animated", False):
        raise UnsupportedMedia(f"{path} is an animation.", action="Use a PNG, JPEG or WebP picture that does not move.")
    width_px, height_px = picture.size
    if strict and max(width_px, height_px) > LONGEST_EDGE_PX:
        raise InvalidRequest(
            f"{path} is {width_px} x {height_px} pixels; an edge may have {LONGEST_EDGE_PX}.",
            action="Save the picture smaller.",
        )
    if width_px * height_px > MOST_PIXELS:
        raise InvalidRequest(
            f"{path} has {width_px * height_px / 1e6:.0f} megapixels and may have {MOST_PIXELS // 1_000_000}.",
            action="Save the picture smaller.",
        )


def _decode(picture: "ImageFile", path: Path) -> None:
    if picture.format == "JPEG":
        picture.draft(None, (64, 64))  # reads the whole file, but keeps an eighth of each edge
    try:
        if picture.format == "PNG":
            with _reader(path)(str(path)) as again:
                again.verify()  # its checksums: Pillow decodes damaged pixels without a word
        picture.load()
    except _BROKEN_PICTURE as error:
        raise UnsupportedMedia(f"{path} is a broken picture: {error}.", action=_PICTURES) from error


def _facts(picture: "ImageFile") -> ImageFacts:
    width_px, height_px = picture.size
    if _orientation(picture) in _ON_ITS_SIDE:
        width_px, height_px = height_px, width_px
    return ImageFacts(width_px, height_px, str(picture.format))


def _orientation(picture: "ImageFile") -> int:
    """1 to 8 as EXIF counts, from EXIF or, where that has none, from XMP; 1 where neither can be read."""
    try:
        exif = int(picture.getexif().get(_ORIENTATION_TAG, 0))
    except _BROKEN_PICTURE:
        exif = 0
    if exif:
        return exif
    xmp = picture.info.get("xmp")
    found = _XMP_ORIENTATION.search(xmp) if isinstance(xmp, bytes) else None
    return int(found[1]) if found else 1


def _alpha_range(picture: "ImageFile") -> tuple[int, int]:
    alpha = picture.convert("RGBA").getchannel("A")
    lowest, highest = alpha.getextrema()
    return int(lowest), int(highest)  # type: ignore[arg-type]  # one band has one pair of numbers


def _sound_stream(
    container: "av.container.InputContainer", path: Path, help_text: str
) -> "av.audio.stream.AudioStream":
    for stream in container.streams.audio:
        if getattr(stream, "codec_context", None) is not None:  # none where there is no decoder
            return stream
    raise UnsupportedMedia(f"{path} holds no sound that can be decoded.", action=help_text)


def _listened(container: "av.container.InputContainer", stream: "av.audio.stream.AudioStream") -> tuple[float, bool]:
    """How long all packets last, and whether there is something to hear among the first."""
    import av.error  # noqa: PLC0415  loaded when a sound is looked at

    ticks, packets, decoded = 0, 0, False
    for packet in container.demux(stream):
        if packet.size == 0:
            continue
        packets += 1
        ticks += packet.duration or 0
        if not decoded and packets <= _DECODED_TO_BE_SURE:
            try:
                decoded = any(frame.samples for frame in packet.decode())
            except av.error.InvalidDataError:
                continue  # a damaged beginning; the next packets decide
    base = float(stream.time_base or 0)
    return ticks * base, decoded
