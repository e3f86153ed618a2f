"""Segments that came from different encoders are made alike before they are joined.

Packets can only be copied behind one another when all of them belong to the same stream: the same parameter sets, each
frame shown in the order in which it lies in the file. Segments of one engine are so by themselves. Where a remote
engine made some of them, those are decoded and encoded as this machine does it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from core.errors import MediaMissing, UnsupportedMedia
from core.render.frame_sink import FrameSink
from core.render.types import Rgb

_AGAIN = "Render again: the segments that are whole are kept."


@dataclass(frozen=True, slots=True)
class Fitted:
    """Files that can be joined by their packets, and which of them (by index) had to be encoded again."""

    files: tuple[Path, ...]
    encoded_again: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Head:
    """What decides whether packets can stand behind others."""

    parameters: bytes
    in_order: bool
    width_px: int
    height_px: int


def fit_together(segments: Sequence[Path], scratch: Path, check: Callable[[], None]) -> Fitted:
    """``segments`` as they are, or with those that do not fit encoded again into files of the folder ``scratch``.

    Raises MediaMissing, UnsupportedMedia (damaged, or of another size), and what FrameSink raises.
    """
    heads = [_head(number, path) for number, path in enumerate(segments, start=1)]
    _require_one_size(heads)
    if all(head.in_order and head.parameters == heads[0].parameters for head in heads):
        return Fitted(tuple(segments), ())
    own = _own_parameters(heads[0], scratch, check)
    again = tuple(n for n, head in enumerate(heads) if not head.in_order or head.parameters != own)
    files = list(segments)
    for index in again:
        files[index] = _encoded_again(segments[index], heads[index], scratch / f"fitted-{index:03d}.mp4", check)
    return Fitted(tuple(files), again)


def _head(number: int, path: Path) -> _Head:
    import av.error  # noqa: PLC0415  loads for long

    from core.media.container import open_media, pick_video_stream  # noqa: PLC0415  as above

    try:
        with open_media(path) as container:
            stream = pick_video_stream(container, path)
            packets = [packet for packet in container.demux(stream) if packet.size]
            context = stream.codec_context
            times = [packet.pts for packet in packets]
            in_order = bool(packets) and packets[0].is_keyframe and None not in times and times == sorted(times)  # type: ignore[type-var]
            return _Head(context.extradata or b"", in_order, context.width, context.height)
    except MediaMissing as error:
        raise MediaMissing(f"Segment {number} is gone: {path}.", action=_AGAIN) from error
    except (UnsupportedMedia, av.error.FFmpegError) as error:
        raise UnsupportedMedia(f"Segment {number} is damaged: {path}.", action=_AGAIN) from error


def _require_one_size(heads: Sequence[_Head]) -> None:
    for number, head in enumerate(heads, start=1):
        if (head.width_px, head.height_px) != (heads[0].width_px, heads[0].height_px):
            raise UnsupportedMedia(
                f"Segment {number} is {head.width_px} x {head.height_px} px, the first one "
                f"{heads[0].width_px} x {heads[0].height_px} px.",
                action=_AGAIN,
            )


def _own_parameters(like: _Head, scratch: Path, check: Callable[[], None]) -> bytes:
    """The parameter sets that this machine's settings give for the size."""
    sample = scratch / "sample.mp4"
    with FrameSink(sample, width_px=like.width_px, height_px=like.height_px, check=check) as sink:
        sink.write(np.zeros((like.height_px, like.width_px, 3), np.uint8))
    return _head(0, sample).parameters


def _encoded_again(source: Path, head: _Head, target: Path, check: Callable[[], None]) -> Path:
    from core.media.container import open_media, pick_video_stream  # noqa: PLC0415  loads av

    with (
        open_media(source) as container,
        FrameSink(target, width_px=head.width_px, height_px=head.height_px, check=check) as sink,
    ):
        for frame in container.decode(pick_video_stream(container, source)):
            sink.write(cast("Rgb", frame.to_ndarray(format="rgb24")))
    return target
