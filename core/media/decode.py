"""Decoding a time range to exactly the frames that a decode of the whole file would show there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.container
import av.error

from core.media.clock import FrameClock, PacketClock, VideoPacket
from core.media.container import open_container, pick_video_stream, read_only, time_base_of

Warn = Callable[[str], None]

# How far before a time it is looked for when the demuxer lands too late; doubled at each try.
_FIRST_STEP_BACK_S = 0.5
# Times right after a seek are guessed in an MPEG program stream, which has one for every few frames: run up to it.
_GUESSING_FORMATS = frozenset({"mpeg"})
_UNTIMED_PAIRS = frozenset({("avi", "h264"), ("avi", "hevc")})
_MOST_WARNINGS = 10


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """A frame as the decoder gives it (not upright, not scaled) with its time in the stream's ``time_base``."""

    pts: int
    frame: av.VideoFrame


def decode_range(
    path: Path | str,
    *,
    start_pts: int,
    end_pts: int | None = None,
    threads: int = 1,
    thread_type: str = "SLICE",
    on_warning: Warn | None = None,
) -> Iterator[DecodedFrame]:
    """All frames with ``start_pts <= pts < end_pts`` in order (``end_pts`` None: to the end).

    The same frames and pixels come out however a video is cut into ranges at key frames: leading frames of an open
    group of pictures belong to the range before their key frame. A damaged packet is skipped and told to
    ``on_warning``. Raises MediaMissing or UnsupportedMedia when the file cannot be opened.
    """
    source = VideoInput(path, threads=threads, thread_type=thread_type, on_warning=on_warning)
    try:
        for decoded in source.frames(start_pts):
            if end_pts is not None and decoded.pts >= end_pts:
                return
            yield decoded
    finally:
        source.close()


class VideoInput:
    """One open video stream with its decoder. Belongs to one thread; close it.

    Raises MediaMissing or UnsupportedMedia when the file cannot be opened.
    """

    def __init__(
        self, path: Path | str, *, threads: int = 1, thread_type: str = "SLICE", on_warning: Warn | None = None
    ) -> None:
        self.path = Path(path)
        self._threads = threads
        self._thread_type = thread_type
        self._on_warning = on_warning
        self._warnings = 0
        self._open()

    def _open(self) -> None:
        self._container = open_container(self.path)
        self._at_start = True
        try:
            self._stream = pick_video_stream(self._container, self.path)
            read_only(self._container, self._stream)
            self._stream.codec_context.thread_type = self._thread_type
            self._stream.codec_context.thread_count = self._threads
            self.time_base = time_base_of(self._stream, self.path)
        except BaseException:
            self._container.close()
            raise

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        self._container.close()

    def frames(self, start_pts: int) -> Iterator[DecodedFrame]:
        """Decoded frames in order from ``start_pts`` on. One such iterator may be in use at a time."""
        last_pts: int | None = None
        for decoded in self._from_at_or_before(start_pts):
            if last_pts is not None and decoded.pts <= last_pts:
                continue  # a frame shown twice, or a damaged time that runs back
            last_pts = decoded.pts
            if decoded.pts >= start_pts:
                yield decoded

    def _from_at_or_before(self, start_pts: int) -> Iterator[DecodedFrame]:
        """Decoded frames from one at or before ``start_pts`` on, or from the file's first frame."""
        first_step = max(1, round(_FIRST_STEP_BACK_S / self.time_base))
        step_back = 4 * first_step if self._container.format.name in _GUESSING_FORMATS else 0
        while self._seek(start_pts - step_back):
            step_back = step_back * 2 or first_step
            packets = self._packets_from_key(not_after_pts=start_pts)
            if packets is None:
                continue
            decoded = self._decode(packets)
            first = next(decoded, None)
            if first is not None and first.pts <= start_pts:
                yield first
                yield from decoded
                return
        yield from self._decode(self._packets())

    def _seek(self, pts: int) -> bool:
        """Go to a key frame at about ``pts``; False when only the start is left, where the input then is."""
        first_pts = self._stream.start_time
        if first_pts is not None and pts > first_pts:
            try:
                self._container.seek(pts, stream=self._stream, backward=True, any_frame=False)
            except av.error.FFmpegError:  # raw streams and pipes know no seeking: they are read from the start
                self._rewind()
                return False
            self._at_start = False
            return True
        self._rewind()
        return False

    def _rewind(self) -> None:
        if not self._at_start:
            self._container.close()
            self._open()

    def _packets(self) -> Iterator[tuple[int, VideoPacket]]:
        """Packets with their time from here on; a read error ends them with a warning."""
        self._at_start = False
        clock = PacketClock.of(self._stream)
        try:
            for packet in self._container.demux(self._stream):
                if packet.size:
                    yield clock.time(packet), packet
        except av.error.FFmpegError as error:
            self._warn(f"{self.path} breaks off: {error.strerror}.")

    def _packets_from_key(self, *, not_after_pts: int) -> Iterator[tuple[int, VideoPacket]] | None:
        """Packets from the next key frame on; None when that key frame comes too late, or never."""
        packets = self._packets()
        for time, packet in packets:
            if packet.is_keyframe:
                return _with_first((time, packet), packets) if time <= not_after_pts else None
        return None

    def _decode(self, packets: Iterator[tuple[int, VideoPacket]]) -> Iterator[DecodedFrame]:
        clock = FrameClock(by_order=(self._container.format.name, self._stream.codec_context.name) in _UNTIMED_PAIRS)
        for time, packet in packets:
            clock.fed(time)
            try:
                frames = packet.decode()
            except av.error.FFmpegError as error:
                self._warn(f"{self.path}: damaged at {float(time * self.time_base):.3f} s ({error.strerror}).")
                continue
            yield from _timed(clock, frames)
        try:
            frames = self._stream.codec_context.decode(None)
        except av.error.FFmpegError as error:
            self._warn(f"{self.path}: damaged at its end ({error.strerror}).")
            return
        yield from _timed(clock, frames)

    def _warn(self, text: str) -> None:
        self._warnings += 1
        if self._on_warning is not None and self._warnings <= _MOST_WARNINGS:
            self._on_warning(text)


def _timed(clock: FrameClock, frames: list[av.VideoFrame]) -> Iterator[DecodedFrame]:
    for frame in frames:
        pts = clock.shown(frame)
        if pts is not None:
            yield DecodedFrame(pts, frame)


def _with_first(
    first: tuple[int, VideoPacket], rest: Iterator[tuple[int, VideoPacket]]
) -> Iterator[tuple[int, VideoPacket]]:
    yield first
    yield from rest
