"""Films and doubles for the tests of playing and reviewing."""

import functools
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from app.desktop.review.film import FilmFacts

CODE_BITS = 12
BLOCK_PX = 16
SIZE_PX = (CODE_BITS * BLOCK_PX, 96)
RATE_HZ = 48_000


def coded_picture(number: int) -> npt.NDArray[np.uint8]:
    """A picture that carries its number as white and black blocks."""
    width, height = SIZE_PX
    rgb = np.full((height, width, 3), 60, np.uint8)
    for bit in range(CODE_BITS):
        rgb[: height // 2, bit * BLOCK_PX : (bit + 1) * BLOCK_PX] = 235 if number >> bit & 1 else 16
    return rgb


def number_in(rgb: npt.NDArray[np.uint8]) -> int:
    """The number that a (scaled) coded picture carries."""
    height, width = rgb.shape[:2]
    row = rgb[height // 4, :, 1].astype(int)
    return sum(1 << bit for bit in range(CODE_BITS) if row[int((bit + 0.5) * width / CODE_BITS)] > 128)


def make_film(
    path: Path, times_ms: list[int], *, sound_s: float = 0.0, sound_start_s: float = 0.0, gop: int = 12
) -> Path:
    """An MP4 whose frame n carries n and is shown at ``times_ms[n]``; with a tone when ``sound_s`` > 0."""
    path.write_bytes(_film(tuple(times_ms), sound_s, sound_start_s, gop))
    return path


@functools.cache
def _film(times_ms: tuple[int, ...], sound_s: float, sound_start_s: float, gop: int) -> bytes:
    """Coded once: many tests want the same one."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=25, options={"g": str(gop), "preset": "ultrafast", "bf": "2"})
        video.width, video.height = SIZE_PX
        video.pix_fmt = "yuv420p"
        video.time_base = video.codec_context.time_base = Fraction(1, 1000)
        audio = container.add_stream("aac", rate=RATE_HZ, layout="stereo") if sound_s else None
        for number, time_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(coded_picture(number), format="rgb24")
            frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if audio is not None:
            for start in range(0, int(sound_s * RATE_HZ), 1024):
                wave = np.sin(np.arange(start, start + 1024) * 2 * np.pi * 440 / RATE_HZ).astype(np.float32) * 0.2
                sound = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
                sound.sample_rate = RATE_HZ
                sound.pts, sound.time_base = start + int(sound_start_s * RATE_HZ), Fraction(1, RATE_HZ)
                container.mux(audio.encode(sound))
            container.mux(audio.encode())
    return file.getvalue()


VARIABLE_TIMES_MS = [0, 40, 80, 200, 240, 260, 300, 420, 430, 470, 600, 640, 720, 760, 800, 1000, 1040, 1080]
STEADY_TIMES_MS = [number * 40 for number in range(50)]


@dataclass(frozen=True, slots=True)
class FakePicture:
    """A picture without a decoder."""

    index: int
    pts: int
    t_s: float
    rgb: npt.NDArray[np.uint8]


@dataclass(slots=True)
class FakeFilm:
    """A film of 2x2 pictures at given times; ``cost`` is called for every picture that is made."""

    times_s: list[float]
    has_sound: bool = False
    key_every: int = 10
    cost: Callable[[], object] = lambda: None
    calls: list[str] = field(default_factory=list)
    position: int = 0

    @property
    def facts(self) -> FilmFacts:
        end_s = self.times_s[-1] + 0.04
        return FilmFacts(Path("fake.mp4"), 64, 36, len(self.times_s), self.times_s[0], end_s, self.has_sound)

    def set_size(self, width_px: int, height_px: int) -> None:
        self.calls.append(f"size {width_px}x{height_px}")

    def index_at(self, t_s: float) -> int:
        return max(0, int(np.searchsorted(self.times_s, t_s + 1e-6, side="right")) - 1)

    def at(self, t_s: float) -> FakePicture:
        self.calls.append(f"at {t_s:.2f}")
        return self.at_frame(self.index_at(t_s))

    def nearest_key(self, t_s: float) -> FakePicture:
        self.calls.append(f"key {t_s:.2f}")
        return self.at_frame(round(self.index_at(t_s) / self.key_every) * self.key_every)

    def at_frame(self, index: int) -> FakePicture:
        self.cost()
        self.position = index
        return FakePicture(index, round(self.times_s[index] * 1000), self.times_s[index], np.zeros((2, 2, 3), np.uint8))

    def step(self, count: int) -> FakePicture:
        return self.at_frame(min(max(self.position + count, 0), len(self.times_s) - 1))

    def play_from(self, t_s: float) -> Iterator[FakePicture]:
        for index in range(self.index_at(t_s), len(self.times_s)):
            yield self.at_frame(index)

    def key_after(self, t_s: float) -> float | None:
        keys = [self.times_s[index] for index in range(0, len(self.times_s), self.key_every)]
        return next((key for key in keys if key > t_s), None)

    def close(self) -> None:
        self.calls.append("close")


@dataclass(slots=True)
class FakeDevice:
    """A loudspeaker that plays by the clock, ``rate`` times as fast as it should."""

    rate: float = 1.0
    latency_s: float = 0.05
    written_s: float = 0.0
    started_at_s: float | None = None
    closed: bool = False
    broken: str = ""
    volume: float = 1.0

    def bytes_free(self) -> int:
        return max(0, int((0.25 - (self.written_s - self.heard_s())) * RATE_HZ)) * 4

    def write(self, pcm: bytes) -> int:
        self.started_at_s = self.started_at_s or time.monotonic()
        self.written_s += len(pcm) / 4 / RATE_HZ
        return len(pcm)

    def heard_s(self) -> float:
        if self.started_at_s is None:
            return 0.0
        passed = (time.monotonic() - self.started_at_s - self.latency_s) * self.rate
        return min(max(0.0, passed), self.written_s)

    def set_volume(self, volume: float) -> None:
        self.volume = volume

    def failure(self) -> str:
        return self.broken

    def close(self) -> None:
        self.closed = True
