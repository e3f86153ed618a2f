"""Quality flags: real recordings are fine as they are, and flagged when they are made worse."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from core.media.frames import scan_frames
from core.media.pictures import PictureMaker
from core.media.probe import probe
from core.procedures import quality
from core.procedures.sampled_frames import sampled_frames
from core.procedures.sampling import plan_samples
from core.procedures.types import QualityFlag
from models.opencv import cv2

Picture = npt.NDArray[np.uint8]
RECORDINGS = ("videos/bikes.mp4", "procedure/reference.mp4", "videos/carphone_pristine.mp4")


def pictures_of(path: Path, count: int = 16) -> list[Picture]:
    """The first moments of a recording, at most 640 px long."""
    info, table = probe(path), scan_frames(path)
    scale = min(1.0, 640 / max(info.width_px, info.height_px))
    size = (round(info.width_px * scale), round(info.height_px * scale))
    frames = sampled_frames(path, int(table.pts[0]), plan_samples(table).pts[:count], pulse=lambda: None)
    maker = PictureMaker(info)
    return [maker.rgb(frame, size) for frame, _ in frames]


def flags_of(pictures: list[Picture]) -> set[QualityFlag]:
    """Flags of a clip of these pictures."""
    lumas = [quality.luma_of(cv2.resize(one, (224, 224), interpolation=cv2.INTER_AREA)) for one in pictures]  # type: ignore[arg-type]
    smalls = [quality.small_of(luma) for luma in lumas]
    change = [0.0, *(quality.change_between(one, before) for before, one in itertools.pairwise(smalls))]
    brightness = [quality.brightness_of(luma) for luma in lumas]
    sharpness = [quality.sharpness_of(luma) for luma in lumas]
    return set(quality.flags_of(*(np.array(one, np.float32) for one in (brightness, sharpness, change))))


def lit(gain: float, lift: float = 0.0) -> Callable[[Picture], Picture]:
    return lambda picture: np.clip(picture.astype(np.float32) * gain + lift, 0, 255).astype(np.uint8)


def blurred(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(picture.shape) / 80), np.uint8)


@pytest.mark.parametrize("name", RECORDINGS)
def test_that_real_recordings_are_fine_and_flagged_when_they_are_made_worse(shared_testdata: Path, name: str) -> None:
    pictures = pictures_of(shared_testdata / name)
    assert flags_of(pictures) == set()
    assert flags_of([lit(0.8)(one) for one in pictures]) == set()
    assert flags_of([lit(1.2)(one) for one in pictures]) == set()
    assert flags_of([lit(0.12)(one) for one in pictures]) == {QualityFlag.DARK}
    assert flags_of([lit(4.0, 60.0)(one) for one in pictures]) == {QualityFlag.OVER_EXPOSED}
    assert flags_of([blurred(one) for one in pictures]) == {QualityFlag.BLURRED}
    assert flags_of([pictures[0]] * len(pictures)) == {QualityFlag.FROZEN}


def test_that_noise_that_coding_leaves_does_not_make_a_held_picture_move() -> None:
    random = np.random.default_rng(0)
    still = cv2.GaussianBlur(random.integers(0, 256, (180, 320, 3), np.uint8), (0, 0), 2.0)
    noisy = [np.clip(still + random.normal(0, 1.5, still.shape), 0, 255).astype(np.uint8) for _ in range(16)]
    assert QualityFlag.FROZEN in flags_of(noisy)


def test_that_something_small_that_moves_is_no_frozen_picture() -> None:
    pictures = []
    for index in range(16):
        picture = np.full((180, 320, 3), 170, np.uint8)
        picture[80:92, 10 + 15 * index : 22 + 15 * index] = 20
        pictures.append(picture)
    assert flags_of(pictures) == set()


def test_that_black_is_dark_and_frozen_and_plain_grey_is_not_called_blurred() -> None:
    assert flags_of([np.zeros((90, 160, 3), np.uint8)] * 16) == {QualityFlag.DARK, QualityFlag.FROZEN}
    assert flags_of([np.full((90, 160, 3), 120, np.uint8)] * 16) == {QualityFlag.FROZEN}
