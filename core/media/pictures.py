"""Pictures out of decoded frames: upright, with square pixels, at the size that is asked for."""

from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter

from core.media.regions import can_cut, cut_region
from core.media.small import SmallPictures
from core.media.types import MediaInfo

ImageArray = npt.NDArray[np.uint8]

# A scaler is set up for one size; an analysis uses two or three.
_MOST_SCALERS = 4
# Video that does not say its colour matrix is BT.709 from this height on, as players take it, BT.601 below.
_HD_HEIGHT_PX = 720
_UNSPECIFIED = 2


class PictureMaker:
    """Makes pictures of the frames of one video. Belongs to one thread (it keeps its scalers)."""

    def __init__(self, info: MediaInfo, *, threads: int = 1) -> None:
        self._upright = (info.width_px, info.height_px)
        self._rotation_deg = info.rotation_deg
        self._threads = threads
        self._scalers: dict[tuple[int, int], VideoReformatter] = {}
        self._whole: tuple[av.VideoFrame, ImageArray] | None = None
        self._small = SmallPictures(info.coded_width_px, info.coded_height_px)

    def rgb(self, frame: av.VideoFrame, size: tuple[int, int] | None = None, *, quick: bool = False) -> ImageArray:
        """The upright picture as uint8 (height, width, 3), contiguous; ``size`` is (width, height), upright.

        ``quick`` scales at half the cost and a little rougher: for networks, not for eyes.
        """
        width, height = size or self._upright
        if self._rotation_deg in {90, 270}:
            width, height = height, width
        unsaid_hd = frame.colorspace == _UNSPECIFIED and _hd(frame)
        scaled = self._scaler((width, height)).reformat(
            frame,
            width=width,
            height=height,
            format="rgb24",
            src_colorspace=Colorspace.ITU709 if unsaid_hd else None,
            interpolation=Interpolation.FAST_BILINEAR if quick else Interpolation.BILINEAR,
            threads=self._threads,
        )
        picture = scaled.to_ndarray()
        if self._rotation_deg:
            picture = np.rot90(picture, self._rotation_deg // 90)
        return cast("ImageArray", np.ascontiguousarray(picture))

    def region(self, frame: av.VideoFrame, left: int, top: int, right: int, bottom: int) -> ImageArray:
        """A part of the upright picture, uint8 (bottom - top, right - left, 3), given in its pixels and inside it.

        Costs little where the frame is plain 4:2:0, neither turned nor stretched; else the whole picture is made once.
        """
        if self._upright == (frame.width, frame.height) and not self._rotation_deg and can_cut(frame):
            return cut_region(frame, left, top, right, bottom, unsaid_is_bt709=_hd(frame))
        if self._whole is None or self._whole[0] is not frame:
            self._whole = (frame, self.rgb(frame))
        return np.ascontiguousarray(self._whole[1][top:bottom, left:right])

    def small_bgr(self, frame: av.VideoFrame) -> ImageArray:
        """About 128 px long, for comparing frames: uint8 (height, width, 3) BGR, not turned; costs 0.1 ms at 720p."""
        return self._small.bgr(frame)

    def _scaler(self, size: tuple[int, int]) -> VideoReformatter:
        scaler = self._scalers.get(size)
        if scaler is None:
            if len(self._scalers) >= _MOST_SCALERS:
                self._scalers.clear()
            scaler = self._scalers[size] = VideoReformatter()
        return scaler


def _hd(frame: av.VideoFrame) -> bool:
    return min(frame.width, frame.height) >= _HD_HEIGHT_PX
