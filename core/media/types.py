"""Plain data about media. Seconds count from the container's start time; PTS are in ``time_base`` units."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class AudioStream:
    """One audio stream; ``start_s`` is its offset from the container's start."""

    index: int
    codec: str
    sample_rate_hz: int
    channels: int
    language: str
    start_s: float


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a probe found. Sizes are upright (rotation applied) and with square pixels.

    ``average_fps`` is the container's average rate: for people to read, never for time.
    """

    path: str
    size_bytes: int
    container: str
    video_index: int
    codec: str
    width_px: int
    height_px: int
    coded_width_px: int
    coded_height_px: int
    rotation_deg: int
    sample_aspect: float
    time_base: Fraction
    start_s: float
    duration_s: float
    average_fps: float
    variable_rate: bool
    audio: tuple[AudioStream, ...] = ()
    warnings: tuple[str, ...] = ()
    tags: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrameTable:
    """All frames of the video stream in presentation order, from its packets (nothing is decoded).

    ``pts``: int64 (n,), strictly rising; ``keyframe``: bool (n,); ``origin_pts``: the PTS of second 0, the
    container's start time in this stream's time base.
    """

    pts: npt.NDArray[np.int64]
    keyframe: npt.NDArray[np.bool_]
    time_base: Fraction
    origin_pts: int
    end_pts: int

    def __len__(self) -> int:
        return len(self.pts)

    def seconds(self, pts: int) -> float:
        """Seconds from the container's start of a PTS."""
        return float((int(pts) - self.origin_pts) * self.time_base)

    def frame_at(self, t_s: float) -> int:
        """Index of the frame on screen at ``t_s`` (clamped to the first and last)."""
        target = self.origin_pts + Fraction(t_s).limit_denominator(1_000_000) / self.time_base
        # half a tick of slack: 1.2 s as a float may lie just below its own PTS
        index = int(np.searchsorted(self.pts, float(target) + 0.5, side="right")) - 1
        return min(max(index, 0), len(self.pts) - 1)


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded frame to show: ``rgb`` uint8 (height, width, 3), contiguous, upright, with square pixels.

    ``index`` counts decoded frames from 0, ``t_s`` seconds from the container's start.
    """

    index: int
    pts: int
    t_s: float
    rgb: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A stretch of sound that starts ``t_s`` seconds after the container's start: int16 (samples, channels)."""

    t_s: float
    samples: npt.NDArray[np.int16]
