"""The table of all frames, read from packets without decoding."""

from collections.abc import Callable
from pathlib import Path

import av.error
import numpy as np
import numpy.typing as npt

from core.errors import UnsupportedMedia
from core.media.clock import PacketClock
from core.media.container import open_media, pick_video_stream, read_only, time_base_of
from core.media.types import FrameTable

Warn = Callable[[str], None]
_CHECK_EVERY_PACKETS = 512


def scan_frames(
    path: Path | str, *, on_warning: Warn | None = None, check: Callable[[], None] | None = None
) -> FrameTable:
    """All frames of the video stream in presentation order, from its packets.

    Packets that are only there to be decoded (before an edit list's start) are left out, equal times appear once.
    A file that breaks off gives the frames up to there and a warning. ``check`` is called every few hundred packets;
    what it raises ends the scan. Raises MediaMissing or UnsupportedMedia.
    """
    times: list[int] = []
    keys: list[bool] = []
    any_key = False
    with open_media(path) as container:
        stream = pick_video_stream(container, path)
        read_only(container, stream)
        time_base = time_base_of(stream, path)
        clock = PacketClock.of(stream)
        last_time, last_duration = -1 << 62, 1
        try:
            for packet in container.demux(stream):
                if packet.size == 0:
                    continue  # the flush packet at the end
                time = clock.time(packet)
                if check is not None and len(times) % _CHECK_EVERY_PACKETS == 0:
                    check()
                if packet.is_keyframe and not any_key:
                    any_key = True
                    times.clear()  # what a recording that began between two key frames shows before cannot be decoded
                    keys.clear()
                if packet.is_discard:
                    continue
                times.append(time)
                keys.append(packet.is_keyframe)
                if time > last_time:
                    last_time, last_duration = time, packet.duration or 0
        except av.error.FFmpegError as error:
            if on_warning is not None:
                on_warning(f"{path} breaks off after {len(times)} frames ({error.strerror}).")
        container_start_us = container.start_time
    if not times:
        raise UnsupportedMedia(f"{path} has a video track without frames.", action="Copy or record the video again.")
    pts, keyframe = _in_presentation_order(times, keys)
    origin = 0 if container_start_us is None else round(container_start_us / 1_000_000 / time_base)
    return FrameTable(
        pts=pts,
        keyframe=keyframe,
        time_base=time_base,
        origin_pts=origin,
        end_pts=int(pts[-1]) + (last_duration or _usual_step(pts)),
    )


def _in_presentation_order(times: list[int], keys: list[bool]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    all_pts = np.asarray(times, np.int64)
    pts, inverse = np.unique(all_pts, return_inverse=True)
    keyframe = np.zeros(len(pts), np.bool_)
    np.logical_or.at(keyframe, inverse, np.asarray(keys, np.bool_))
    return pts, keyframe


def _usual_step(pts: npt.NDArray[np.int64]) -> int:
    return max(1, int(np.median(np.diff(pts)))) if len(pts) > 1 else 1


def has_variable_rate(pts: npt.NDArray[np.int64]) -> bool:
    """Whether the steps between frames differ by more than rounding: by over a tick and 10 % in over 0.5 % of them."""
    if len(pts) < 3:
        return False
    steps = np.diff(pts)
    usual = float(np.median(steps))
    odd = np.abs(steps - usual) > max(1.01, 0.1 * usual)
    return bool(odd.mean() > 0.005)
