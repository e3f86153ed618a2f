"""Small parts of decoded frames as RGB: only the pixels that are asked for are converted."""

from typing import cast

import av
import numpy as np
import numpy.typing as npt

from models.opencv import cv2

ImageArray = npt.NDArray[np.uint8]

_FULL_RANGE = 2
_LUMA_WEIGHTS = {"bt709": (0.2126, 0.0722), "bt601": (0.299, 0.114)}
_BT709 = 1
_BT601 = (5, 6)


def can_cut(frame: av.VideoFrame) -> bool:
    """Whether the frame is 8-bit planar 4:2:0 with a colour matrix that is known or left unsaid."""
    return frame.format.name in {"yuv420p", "yuvj420p"} and int(frame.colorspace) in {2, _BT709, *_BT601}


def cut_region(
    frame: av.VideoFrame, left: int, top: int, right: int, bottom: int, *, unsaid_is_bt709: bool
) -> ImageArray:
    """uint8 (bottom - top, right - left, 3) RGB of a frame for which :func:`can_cut` holds; bounds lie inside it.

    Chroma is sampled between its pixels as for the whole frame; values differ from the scaler's by rounding only.
    """
    even_left, even_top = left // 2 * 2, top // 2 * 2
    even_right, even_bottom = min(frame.width, right + right % 2), min(frame.height, bottom + bottom % 2)
    luma = _plane(frame, 0)[even_top:even_bottom, even_left:even_right]
    chroma = [
        cv2.resize(
            _plane(frame, index)[even_top // 2 : (even_bottom + 1) // 2, even_left // 2 : (even_right + 1) // 2],
            (luma.shape[1], luma.shape[0]),
            interpolation=cv2.INTER_LINEAR,
        )
        for index in (1, 2)
    ]
    full_range = frame.format.name == "yuvj420p" or int(frame.color_range) == _FULL_RANGE
    bt709 = int(frame.colorspace) == _BT709 or (int(frame.colorspace) == 2 and unsaid_is_bt709)
    matrix = _matrix(_LUMA_WEIGHTS["bt709" if bt709 else "bt601"], full_range=full_range)
    rgb = cv2.transform(cv2.merge([luma, *chroma]), matrix)
    return cast(
        "ImageArray",
        np.ascontiguousarray(rgb[top - even_top : bottom - even_top, left - even_left : right - even_left]),
    )


def _matrix(weights: tuple[float, float], *, full_range: bool) -> npt.NDArray[np.float32]:
    """(3, 4): RGB from Y, Cb, Cr and 1, after ITU-R BT.601 and BT.709: ``weights`` of red and blue in luma."""
    red, blue = weights
    green = 1.0 - red - blue
    luma_scale, chroma_scale, black = (1.0, 1.0, 0.0) if full_range else (255 / 219, 255 / 224, 16.0)
    red_cr, blue_cb = 2 * (1 - red) * chroma_scale, 2 * (1 - blue) * chroma_scale
    green_cb, green_cr = -blue_cb * blue / green, -red_cr * red / green
    rows = [(0.0, red_cr), (green_cb, green_cr), (blue_cb, 0.0)]
    return np.array([[luma_scale, cb, cr, -luma_scale * black - 128 * (cb + cr)] for cb, cr in rows], np.float32)


def _plane(frame: av.VideoFrame, index: int) -> ImageArray:
    plane = frame.planes[index]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
