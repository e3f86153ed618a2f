"""When a packet or a frame is shown, also where the file does not say."""

import heapq
from fractions import Fraction
from typing import TypeAlias

import av
import av.video.stream

VideoPacket: TypeAlias = "av.Packet[av.video.stream.VideoStream]"


class PacketClock:
    """Gives each packet one time in ``time_base`` units: its PTS, else its DTS, else the sum of durations so far.

    Raw elementary streams and some AVI files carry no PTS. A stream is read from its start with one clock; ``timed``
    tells whether every packet so far brought a time of its own (only then may one seek).
    """

    def __init__(self, fallback_duration: int) -> None:
        self._fallback_duration = max(1, fallback_duration)
        self._next = 0
        self.timed = True

    @classmethod
    def of(cls, stream: av.video.stream.VideoStream) -> "PacketClock":
        """A clock at the start of ``stream``."""
        rate = stream.average_rate or stream.guessed_rate or stream.base_rate or Fraction(25)
        return cls(round(1 / (rate * (stream.time_base or Fraction(1, 1000)))))

    def time(self, packet: VideoPacket) -> int:
        """The packet's time; must be called for each packet in the order of the file."""
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None:
            self.timed = False
            time = self._next
        self._next = time + (packet.duration or self._fallback_duration)
        return time


class FrameClock:
    """Gives decoded frames their time: the frame's own, else the smallest time of the packets not shown yet.

    ``by_order``: always the latter. AVI stores frames in decoding order without their time of showing, and what FFmpeg
    then says of H.264 with B-frames is out of order.
    """

    def __init__(self, *, by_order: bool = False) -> None:
        self._by_order = by_order
        self._waiting: list[int] = []

    def fed(self, time: int) -> None:
        """A packet of this time went into the decoder."""
        heapq.heappush(self._waiting, time)

    def shown(self, frame: av.VideoFrame) -> int | None:
        """The time of a frame that came out; None when nothing is known about it."""
        waiting = self._waiting
        if self._by_order or frame.pts is None:
            return heapq.heappop(waiting) if waiting else None
        while waiting and waiting[0] <= frame.pts:
            heapq.heappop(waiting)
        return frame.pts
