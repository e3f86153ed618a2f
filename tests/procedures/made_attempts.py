"""Attempts made of a real recording: the same procedure seen, done or recorded differently."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from models.opencv import cv2

Picture = npt.NDArray[np.uint8]
SIZE = (640, 360)
TICKS_HZ = 90_000
LATE_S = 2.0

ATTEMPTS = (
    "coded again, coarsely",
    "noise",
    "8 px to the side",
    "5 % cut off each side",
    "20 % brighter",
    "20 % darker",
    "at 0.8 of the speed",
    "at 1.25 of the speed",
    "mirrored",
    "begun 2 s late, standing still",
    "begun 2 s late, black",
    "recorded from 2 s on",
)
"""What a careful person would still call the same procedure done well."""


def make_attempts(reference: Path, folder: Path, *, every: int = 3) -> dict[str, Path]:
    """All of ``ATTEMPTS`` in one pass over ``reference``; every third frame is enough for 4 moments a second."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 10, (4, SIZE[1], SIZE[0], 3)).astype(np.float32)
    shown: dict[str, Callable[[Picture, int], Picture]] = {
        "noise": lambda picture, index: _clipped(picture + noise[index % 4]),
        "8 px to the side": lambda picture, _: _moved(picture, 8, 0),
        "5 % cut off each side": lambda picture, _: _cropped(picture, 0.05),
        "20 % brighter": lambda picture, _: _clipped(picture * np.float32(1.2)),
        "20 % darker": lambda picture, _: _clipped(picture * np.float32(0.8)),
        "mirrored": lambda picture, _: np.ascontiguousarray(picture[:, ::-1]),
    }
    with ExitStack() as open_files:
        files = {
            name: open_files.enter_context(_Film(folder / f"{number}.mp4", crf=40 if "coded" in name else 20))
            for number, name in enumerate(ATTEMPTS)
        }
        for index, (t_s, picture) in enumerate(_pictures(reference, every)):
            for name, film in files.items():
                if index == 0 and name.startswith("begun"):
                    _wait(film, np.zeros_like(picture) if "black" in name else picture)
                time_s = _time(name, t_s)
                if time_s is not None:
                    film.add(time_s, shown[name](picture, index) if name in shown else picture)
        return {name: film.path for name, film in files.items()}


def make_other_procedure(sources: Sequence[Path], path: Path) -> Path:
    """Something else altogether: pieces of other films one after the other."""
    with _Film(path, crf=20) as film:
        begin_s = last_s = 0.0
        for source in sources:
            for t_s, picture in _pictures(source, 2):
                last_s = begin_s + t_s
                film.add(last_s, picture)
            begin_s = last_s + 0.08
    return path


def make_black(path: Path, duration_s: float) -> Path:
    """Nothing is seen."""
    with _Film(path, crf=20) as film:
        for index in range(round(duration_s * 10)):
            film.add(index / 10, np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
    return path


class _Film:
    """A video that is being written, at any times."""

    def __init__(self, path: Path, *, crf: int) -> None:
        self.path = path
        self._container = av.open(str(path), "w")
        options = {"preset": "ultrafast", "crf": str(crf), "g": "25"}
        self._stream = self._container.add_stream("libx264", rate=25, options=options)
        self._stream.width, self._stream.height, self._stream.pix_fmt = *SIZE, "yuv420p"
        self._stream.time_base = self._stream.codec_context.time_base = Fraction(1, TICKS_HZ)

    def __enter__(self) -> "_Film":
        return self

    def __exit__(self, *_: object) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def add(self, t_s: float, picture: Picture) -> None:
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = round(t_s * TICKS_HZ), Fraction(1, TICKS_HZ)
        self._container.mux(self._stream.encode(frame))


def _pictures(path: Path, every: int) -> Iterator[tuple[float, Picture]]:
    with av.open(str(path)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index % every == 0:
                yield float(frame.time), frame.reformat(*SIZE, format="rgb24").to_ndarray()


def _time(name: str, t_s: float) -> float | None:
    """When a moment of the reference is seen in the attempt; None = never."""
    if name.endswith("of the speed"):
        return t_s / float(name.split()[1])
    if name.startswith("begun"):
        return t_s + LATE_S
    if name.startswith("recorded from"):
        return t_s - LATE_S if t_s >= LATE_S else None
    return t_s


def _wait(film: _Film, picture: Picture) -> None:
    for index in range(round(LATE_S * 10)):
        film.add(index / 10, picture)


def _moved(picture: Picture, right_px: int, down_px: int) -> Picture:
    place = np.array([[1, 0, right_px], [0, 1, down_px]], np.float32)
    moved: Picture = cv2.warpAffine(picture, place, SIZE, borderMode=cv2.BORDER_REPLICATE)
    return moved


def _cropped(picture: Picture, share: float) -> Picture:
    x, y = round(SIZE[0] * share), round(SIZE[1] * share)
    inside = np.ascontiguousarray(picture[y : SIZE[1] - y, x : SIZE[0] - x])
    cropped: Picture = cv2.resize(inside, SIZE, interpolation=cv2.INTER_LINEAR)
    return cropped


def _clipped(picture: npt.NDArray[np.float32]) -> Picture:
    return np.clip(picture, 0, 255).astype(np.uint8)
