"""Small clips whose frames can be told apart, made by PyAV in every shape that video comes in."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

BITS = 10


def numbered_picture(number: int, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """A moving pattern under a bar of ten black or white blocks that spell ``number`` in binary."""
    width, height = size
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.stack(
        ((columns * 3 + number * 5) % 200, (rows * 2 + number * 3) % 180, (rows + columns + number * 7) % 160), axis=2
    ).astype(np.uint8)
    block = width // BITS
    for bit in range(BITS):
        picture[: height // 4, bit * block : (bit + 1) * block] = 255 if number >> bit & 1 else 0
    return picture


def number_in(picture: npt.NDArray[np.uint8]) -> int:
    """The number that ``numbered_picture`` wrote into an upright picture."""
    height, width = picture.shape[:2]
    block = width / BITS
    bar = picture[height // 8, :, 1]
    return sum((int(bar[int((bit + 0.5) * block)]) > 127) << bit for bit in range(BITS))


def make_clip(
    path: Path,
    *,
    frames: int = 60,
    fps: int = 25,
    size: tuple[int, int] = (160, 96),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    rotation_deg: int = 0,
    sample_aspect: Fraction | None = None,
) -> Path:
    """Frame i shows the number i; ``pts`` (in ``time_base``) makes the rate variable."""
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, pixel_format
        stream.options = {"g": "12", "bf": "2", **(options or {})}
        if time_base is not None:
            stream.codec_context.time_base = time_base
        if sample_aspect is not None:
            stream.codec_context.sample_aspect_ratio = sample_aspect
        if rotation_deg:
            stream.set_display_rotation(rotation_deg)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered_picture(number, size), format="rgb24")
            frame.pts = number if pts is None else pts[number]
            frame.time_base = time_base or Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def make_sound(
    path: Path,
    *,
    seconds: float = 2.0,
    start_s: float = 0.0,
    rate_hz: int = 44_100,
    tone_hz: float = 440.0,
    video_frames: int = 0,
    codec: str = "aac",
) -> Path:
    """A tone at half of full scale that begins at ``start_s``, with numbered pictures from 0 s if asked for."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25) if video_frames else None
        sound = container.add_stream(codec, rate=rate_hz, layout="stereo")
        if video is not None:
            video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
            for number in range(video_frames):
                frame = av.VideoFrame.from_ndarray(numbered_picture(number, (160, 96)), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                container.mux(video.encode(frame))
            container.mux(video.encode())
        for first in range(0, round(seconds * rate_hz), 1024):
            times_s = (np.arange(first, min(first + 1024, round(seconds * rate_hz)))) / rate_hz
            tone = (0.5 * 32_767 * np.sin(2 * np.pi * tone_hz * times_s)).astype(np.int16)
            piece = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[np.newaxis], format="s16", layout="stereo")
            piece.sample_rate, piece.time_base = rate_hz, Fraction(1, rate_hz)
            piece.pts = first + round(start_s * rate_hz)
            container.mux(sound.encode(piece))
        container.mux(sound.encode())
    return path


def digest(frame: av.VideoFrame) -> str:
    """Of the pixels, without the padding of the planes."""
    return hashlib.blake2b(frame.to_ndarray().tobytes(), digest_size=8).hexdigest()
