"""A film as the player needs it: pictures in order, forwards or backwards, at the size of the view."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import av
import numpy as np
import numpy.typing as npt
from av.video.plane import VideoPlane
from av.video.reformatter import Interpolation, VideoReformatter
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from core.media.types import MediaInfo

BACKWARD_CHUNK_S = 0.6
"""Backwards, this much is decoded forwards and shown from its end; memory holds no more of it."""


class DecodedPicture(Protocol):
    """An upright picture with its place (core.media.seek.Picture)."""

    @property
    def index(self) -> int:
        """Decoded-frame index."""

    @property
    def pts(self) -> int:
        """Presentation time in the stream's time base."""

    @property
    def t_s(self) -> float:
        """Seconds from the container's start."""

    @property
    def rgb(self) -> npt.NDArray[np.uint8]:
        """uint8 (height, width, 3), contiguous."""


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What is known of an open film. ``frame_count`` frames end at ``end_s``; the first is at ``start_s``."""

    path: Path
    width_px: int
    height_px: int
    frame_count: int
    start_s: float
    end_s: float
    has_sound: bool


class Film(Protocol):
    """An open film. One object belongs to one thread. Every method may raise a RushesError that names the file."""

    @property
    def facts(self) -> FilmFacts:
        """Size, length and sound."""

    def set_size(self, width_px: int, height_px: int) -> None:
        """Pictures shall have this size from now on."""

    def at(self, t_s: float) -> DecodedPicture:
        """The frame on screen at ``t_s``."""

    def nearest_key(self, t_s: float) -> DecodedPicture:
        """The key frame nearest to ``t_s``: quick."""

    def at_frame(self, index: int) -> DecodedPicture:
        """The decoded frame of that index."""

    def step(self, count: int) -> DecodedPicture:
        """The frame ``count`` after (before) the last one that was given; at either end that end's frame."""

    def play_from(self, t_s: float) -> Iterator[DecodedPicture]:
        """All frames from the one on screen at ``t_s`` on."""

    def key_after(self, t_s: float) -> float | None:
        """When the first key frame after ``t_s`` is shown; None = there is none."""

    def close(self) -> None:
        """Let go of the file."""


class OpenFilm(Protocol):
    """Opens a film; raises MediaMissing or UnsupportedMedia."""

    def __call__(self, path: Path, info: MediaInfo | None = None) -> Film:
        """The film at ``path``; ``info`` from an earlier probe saves one."""


def forwards(film: Film, from_s: float) -> Iterator[DecodedPicture | None]:
    """Frames in the order of their times."""
    yield from film.play_from(from_s)


def backwards(film: Film, from_s: float) -> Iterator[DecodedPicture | None]:
    """Frames before ``from_s``, latest first. None = some work was done, nothing is ready yet."""
    end_s = from_s
    while end_s > film.facts.start_s:
        start_s = max(film.facts.start_s, end_s - BACKWARD_CHUNK_S)
        chunk: list[DecodedPicture] = []
        for picture in film.play_from(start_s):
            if picture.t_s >= end_s:
                break
            chunk.append(picture)
            yield None
        yield from reversed(chunk)
        # the frame on screen at start_s began before it: it is shown already
        end_s = min(start_s, chunk[0].t_s) if chunk else start_s


class ImageMaker:
    """Makes images that paint as they are: the view's size, in the format of the screen. Belongs to one thread."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def image(self, rgb: npt.NDArray[np.uint8], size_px: tuple[int, int]) -> QImage:
        """A QImage of its own memory, (width, height) = ``size_px`` give or take a pixel of rounding.

        Enlarging happens without holding up Python.
        """
        height, width = rgb.shape[:2]
        if abs(width - size_px[0]) <= 1 and abs(height - size_px[1]) <= 1:
            borrowed = QImage(rgb.data, width, height, rgb.strides[0], QImage.Format.Format_RGB888)
            return borrowed.convertToFormat(QImage.Format.Format_RGB32)
        scaled = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(rgb, format="rgb24"),
            width=size_px[0],
            height=size_px[1],
            format="bgra",
            interpolation=Interpolation.BILINEAR,
        )
        return _copied(scaled.planes[0])


def _copied(plane: VideoPlane) -> QImage:
    image = QImage(plane.width, plane.height, QImage.Format.Format_RGB32)
    row_bytes = plane.width * 4
    source = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, :row_bytes]
    np.frombuffer(image.bits(), np.uint8).reshape(plane.height, image.bytesPerLine())[:, :row_bytes] = source
    return image


def fitted(source_px: tuple[int, int], view_px: tuple[int, int]) -> tuple[int, int]:
    """The largest size of the source's shape inside the view, rounded as Qt does, so that nothing is scaled twice."""
    size = QSize(*source_px).scaled(QSize(*view_px), Qt.AspectRatioMode.KeepAspectRatio)
    return max(2, size.width()), max(2, size.height())
