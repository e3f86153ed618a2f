"""Pictures out of frames: upright, square pixels, right colours, and cheap small ones."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.media.decode import decode_range
from core.media.pictures import PictureMaker
from core.media.probe import probe
from core.media.small import SmallPictures, sampling_step
from core.media.types import MediaInfo
from tests.media.clips import numbered_picture

ClipMaker = Callable[..., Path]


def first_frame(path: Path) -> tuple[MediaInfo, av.VideoFrame]:
    info = probe(path)
    return info, next(decode_range(path, start_pts=-(1 << 40))).frame


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_that_a_turned_video_is_shown_upright(clip: ClipMaker, turn_deg: int) -> None:
    info, frame = first_frame(clip(rotation_deg=turn_deg, options={"crf": "5"}))
    expected = np.rot90(numbered_picture(0, (160, 96)), turn_deg // 90)
    picture = PictureMaker(info).rgb(frame)
    assert picture.shape == expected.shape
    assert picture.flags.c_contiguous
    assert np.abs(picture.astype(int) - expected).mean() < 6


def test_that_a_size_is_meant_upright(clip: ClipMaker) -> None:
    info, frame = first_frame(clip(rotation_deg=90))
    maker = PictureMaker(info)
    assert maker.rgb(frame, (48, 80)).shape == (80, 48, 3)
    for width in (10, 20, 30, 40, 50, 60):
        assert maker.rgb(frame, (width, 80)).shape == (80, width, 3)


def test_that_oblong_pixels_are_made_square(clip: ClipMaker) -> None:
    info, frame = first_frame(clip(sample_aspect=Fraction(3, 2)))
    assert PictureMaker(info).rgb(frame).shape == (96, 240, 3)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "nv12", "yuv420p10le", "yuv422p", "yuv444p", "rgb24"])
@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (360, 640), (176, 144), (322, 242)])
def test_that_a_small_picture_looks_like_the_frame(pixel_format: str, size: tuple[int, int]) -> None:
    smooth = np.repeat(np.repeat(numbered_picture(5, (size[0] // 40, size[1] // 40)), 40, 0), 40, 1)
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    picture[: smooth.shape[0], : smooth.shape[1]] = smooth
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)
    small = SmallPictures(*size).bgr(frame)
    step = sampling_step(*size)
    rows, columns = small.shape[0] * step, small.shape[1] * step
    expected = picture[:rows:step, :columns:step, ::-1]
    assert small.shape == expected.shape
    assert max(small.shape[:2]) <= 180
    assert np.abs(small.astype(int) - expected).mean() < 14


def test_that_small_pictures_keep_their_size_when_the_video_changes_its_own() -> None:
    makers = SmallPictures(640, 360)
    shapes = {
        makers.bgr(
            av.VideoFrame.from_ndarray(numbered_picture(1, size), format="rgb24").reformat(format="yuv420p")
        ).shape
        for size in ((640, 360), (320, 180), (1280, 720))
    }
    assert shapes == {(90, 160, 3)}


def test_that_a_small_picture_is_not_touched_by_the_next(clip: ClipMaker) -> None:
    path = clip()
    maker = PictureMaker(probe(path))
    first, second = [maker.small_bgr(one.frame) for one in decode_range(path, start_pts=0, end_pts=1024)]
    assert not np.array_equal(first, second)
    again = next(decode_range(path, start_pts=0)).frame
    assert np.array_equal(maker.small_bgr(again), first)
