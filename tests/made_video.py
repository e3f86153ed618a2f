"""Small real videos with known content, encoded on the spot by PyAV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

TICKS_HZ = 90_000
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of video that looks alike; two segments in a row make a hard cut.

    ``seconds`` or ``frames`` is its length. ``picture`` (an RGB array, stretched to ``place``, which is x0 y0 x1 y1 in
    [0, 1]) and ``moving`` (a bright square that walks to the right) are drawn over ``colour``.
    """

    seconds: float = 1.0
    frames: int | None = None
    colour: tuple[int, int, int] = (90, 90, 90)
    picture: Picture | None = None
    place: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    moving: bool = False

    def frame_count(self, fps: float) -> int:
        """How many frames it has at ``fps``."""
        return self.frames if self.frames is not None else max(1, round(self.seconds * fps))

    def draw(self, index: int, count: int, size: tuple[int, int]) -> Picture:
        """Frame ``index`` of ``count`` as RGB (height, width, 3) for ``size`` = (width, height)."""
        width, height = size
        canvas: Picture = np.empty((height, width, 3), np.uint8)
        canvas[:] = self.colour
        if self.picture is not None:
            self._paste(canvas, self.picture)
        if self.moving:
            side = max(2, height // 4)
            left = round((width - side) * index / max(1, count - 1))
            canvas[height // 2 - side // 2 : height // 2 + side // 2, left : left + side] = (250, 240, 60)
        return canvas

    def _paste(self, canvas: Picture, picture: Picture) -> None:
        height, width = canvas.shape[:2]
        x0, y0, x1, y1 = self.place
        left, top, right, bottom = round(x0 * width), round(y0 * height), round(x1 * width), round(y1 * height)
        image = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        fitted = image.reformat(width=right - left, height=bottom - top, format="rgb24", interpolation="AREA")
        canvas[top:bottom, left:right] = fitted.to_ndarray()


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine that sounds for the whole video."""

    hz: float = 440.0
    rate_hz: int = 48_000
    start_s: float | None = None


def write_video(
    path: Path,
    *,
    segments: Sequence[Segment | dict[str, Any]] = (Segment(),),
    fps: float = 25.0,
    size: tuple[int, int] = (320, 180),
    codec: str = "libx264",
    tone: Tone | dict[str, Any] | bool | None = None,
    rotation_deg: int = 0,
    times_s: Sequence[float] | None = None,
    start_s: float = 0.0,
    sample_aspect: Fraction | None = None,
    gop: int = 12,
) -> Path:
    """Write a video to ``path`` (the suffix names the container) and return it.

    ``segments``: :class:`Segment` objects or their fields as dicts. ``rotation_deg``: how far a player has to turn the
    picture clockwise (0, 90, 180, 270; MP4 and MOV only). ``times_s``: when each frame is shown (variable rate),
    counted from the first frame; without it frames come at ``fps``. ``start_s``: time stamp of the first frame.
    ``tone``: True or fields of :class:`Tone`; without ``Tone.start_s`` the sound begins with the picture.
    """
    plan = [segment if isinstance(segment, Segment) else Segment(**segment) for segment in segments]
    total = sum(segment.frame_count(fps) for segment in plan)
    pts = _frame_pts(total, fps, times_s, start_s)
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        rate = Fraction(fps).limit_denominator(1001)
        stream = container.add_stream(codec, rate=rate, options=_encoder_options(codec, gop))
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS_HZ)
        if sample_aspect is not None:
            stream.codec_context.sample_aspect_ratio = sample_aspect
        sound = _tone_of(tone)
        audio = container.add_stream("aac", rate=sound.rate_hz, layout="mono") if sound else None
        for frame_pts, picture in zip(pts, _pictures(plan, fps, size), strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = frame_pts, Fraction(1, TICKS_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None and audio is not None:
            duration_s = (pts[-1] - pts[0]) / TICKS_HZ + 1 / fps
            for block in _tone_frames(sound, start_s if sound.start_s is None else sound.start_s, duration_s):
                container.mux(audio.encode(block))
            container.mux(audio.encode(None))
    if rotation_deg % 360:
        _turn(path, rotation_deg % 360, size)
    return path


def _encoder_options(codec: str, gop: int) -> dict[str, str]:
    if codec == "libx264":
        return {"preset": "ultrafast", "crf": "18", "g": str(gop), "x264-params": "scenecut=0"}
    return {"g": str(gop)}


def _frame_pts(total: int, fps: float, times_s: Sequence[float] | None, start_s: float) -> list[int]:
    times = [index / fps for index in range(total)] if times_s is None else list(times_s)
    if len(times) != total:
        raise ValueError(f"{len(times)} times for {total} frames")
    return [round((start_s + time_s) * TICKS_HZ) for time_s in times]


def _pictures(plan: Sequence[Segment], fps: float, size: tuple[int, int]) -> Iterator[Picture]:
    for segment in plan:
        count = segment.frame_count(fps)
        still = None if segment.moving else segment.draw(0, count, size)
        for index in range(count):
            yield segment.draw(index, count, size) if still is None else still


def _tone_of(tone: Tone | dict[str, Any] | bool | None) -> Tone | None:
    if isinstance(tone, dict):
        return Tone(**tone)
    if isinstance(tone, bool):
        return Tone() if tone else None
    return tone


def _tone_frames(tone: Tone, start_s: float, duration_s: float) -> Iterator[av.AudioFrame]:
    total = round(duration_s * tone.rate_hz)
    step = 1024
    for first in range(0, total, step):
        t_s = np.arange(first, min(first + step, total)) / tone.rate_hz
        samples = (np.sin(2 * np.pi * tone.hz * t_s) * 12_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = tone.rate_hz
        frame.pts, frame.time_base = round(start_s * tone.rate_hz) + first, Fraction(1, tone.rate_hz)
        yield frame


def _turn(path: Path, rotation_deg: int, size: tuple[int, int]) -> None:
    """Put a turn into the track header's matrix: FFmpeg's muxer offers no other way."""
    width, height = size
    one = 0x10000
    rows = {
        90: (0, one, 0, -one, 0, 0, height * one, 0, 1 << 30),
        180: (-one, 0, 0, 0, -one, 0, width * one, height * one, 1 << 30),
        270: (0, -one, 0, one, 0, 0, 0, width * one, 1 << 30),
    }[rotation_deg]
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd")  # the video track is written first
    if at < 0:
        raise ValueError(f"{path} has no track header: a turn needs MP4 or MOV")
    matrix_at = at + (56 if data[at + 4] == 1 else 44)
    data[matrix_at : matrix_at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in rows)
    path.write_bytes(data)
