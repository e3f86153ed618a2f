"""A small picture of a frame for comparing frames: cheap, because it reads only every n-th pixel of the planes."""

from dataclasses import dataclass
from typing import Any, cast

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from models.opencv import cv2

ImageArray = npt.NDArray[np.uint8]

_LONG_SIDE_PX = 128
# Planar 4:2:0 and what its samples are: bytes, or 16-bit words with this many bits in use.
_PLANAR_BITS = {"yuv420p": 8, "yuvj420p": 8, "yuv420p10le": 10, "yuv420p12le": 12}


class SmallPictures:
    """Makes about 128 px long BGR pictures of decoded frames (not turned). Belongs to one thread.

    Every n-th luma sample and every n-th chroma sample (which lie twice as far apart) form a small 4:2:0 picture, and
    one conversion makes BGR of it. Frames of other formats go through the scaler.
    """

    def __init__(self, coded_width_px: int, coded_height_px: int) -> None:
        self._coded_size = (coded_width_px, coded_height_px)
        self._step = sampling_step(coded_width_px, coded_height_px)
        self._width, self._height = (max(2, side // self._step // 2 * 2) for side in self._coded_size)
        self._yuv = np.empty((self._height * 3 // 2, self._width), np.uint8)
        self._reformatter = VideoReformatter()

    def bgr(self, frame: av.VideoFrame) -> ImageArray:
        """uint8 (height, width, 3), both even, of one size for all frames; later calls do not touch it."""
        planes = _planes(frame) if (frame.width, frame.height) == self._coded_size else None
        if planes is None or min(self._coded_size) < 2 * self._step:
            return self._scaled(frame)
        step, height, width, yuv = self._step, self._height, self._width, self._yuv
        chroma = yuv[height:].reshape(2, height // 2, width // 2)
        targets = (yuv[:height], chroma[0], chroma[1])
        for plane, target in zip(planes.samples, targets, strict=True):
            rows, columns = target.shape
            # Whole rows first: reading every n-th byte of a small copy takes half the time of reading it at large.
            taken = np.ascontiguousarray(plane[: rows * step : step])[:, : columns * step : step]
            np.copyto(target, taken >> planes.surplus_bits if planes.surplus_bits else taken, casting="unsafe")
        if planes.full_range:
            cv2.convertScaleAbs(targets[0], dst=targets[0], alpha=219 / 255, beta=16)
            cv2.convertScaleAbs(yuv[height:], dst=yuv[height:], alpha=224 / 255, beta=128 - 128 * 224 / 255)
        return cast("ImageArray", cv2.cvtColor(yuv, cv2.COLOR_YUV2BGR_I420))

    def _scaled(self, frame: av.VideoFrame) -> ImageArray:
        small = self._reformatter.reformat(
            frame,
            width=self._width,
            height=self._height,
            format="bgr24",
            interpolation=Interpolation.AREA,
            threads=1,
        )
        return np.ascontiguousarray(small.to_ndarray(), np.uint8)


def sampling_step(width_px: int, height_px: int) -> int:
    """The even step at which the longer side has about 128 samples."""
    return 2 * max(1, round(max(width_px, height_px) / _LONG_SIDE_PX / 2))


@dataclass(frozen=True, slots=True)
class _Planes:
    """Luma, blue and red samples as views of the frame; the lowest ``surplus_bits`` of each are below 8 bits."""

    samples: tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]
    surplus_bits: int
    full_range: bool


def _planes(frame: av.VideoFrame) -> _Planes | None:
    """The planes of a 4:2:0 frame; None for any other format."""
    name = frame.format.name
    full_range = name == "yuvj420p" or frame.color_range == ColorRange.JPEG
    if name == "nv12":
        both = _plane(frame, 1, np.uint8)
        return _Planes((_plane(frame, 0, np.uint8), both[:, 0::2], both[:, 1::2]), 0, full_range)
    bits = _PLANAR_BITS.get(name)
    if bits is None:
        return None
    sample = np.uint8 if bits == 8 else np.uint16
    return _Planes((_plane(frame, 0, sample), _plane(frame, 1, sample), _plane(frame, 2, sample)), bits - 8, full_range)


def _plane(frame: av.VideoFrame, index: int, sample: type[np.uint8 | np.uint16]) -> npt.NDArray[Any]:
    plane = frame.planes[index]
    samples: npt.NDArray[Any] = np.frombuffer(memoryview(plane), dtype=sample)
    return samples.reshape(-1, plane.line_size // np.dtype(sample).itemsize)
