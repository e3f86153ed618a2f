"""Cuts are found where they are, and only there."""

import functools
import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from scenedetect import FrameTimecode
from scenedetect.detectors import ContentDetector
from scenedetect.stats_manager import StatsManager

from core.errors import InvalidRequest
from core.media.decode import decode_range
from core.media.frames import scan_frames
from core.media.pictures import PictureMaker
from core.media.probe import probe
from core.media.ranges import plan_ranges
from core.media.small import SmallPictures
from core.media.types import FrameTable
from core.shots.find import find_shots
from core.shots.scorer import ShotScorer

Picture = npt.NDArray[np.float32]
SIZE = (320, 180)
DETECTORS = ["pyscenedetect", "internal"]


@functools.cache
def scene(seed: int, *, size: tuple[int, int] = (960, 540)) -> Picture:
    """A picture larger than the frame: soft coloured blobs over a sloping ground, another one for each seed."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    picture = np.empty((size[1], size[0], 3), np.float32)
    picture[:] = rng.uniform(30, 190, 3) + (columns / size[0] * rng.uniform(-60, 60))[..., np.newaxis]
    for _ in range(40):
        x, y, radius = rng.uniform(0, size[0]), rng.uniform(0, size[1]), rng.uniform(25, 90)
        inside = (rows - y) ** 2 + (columns - x) ** 2 < radius**2
        picture[inside] = rng.uniform(10, 240, 3)
    return picture


def view(picture: Picture, x: float = 300, y: float = 180) -> Picture:
    left, top = int(np.clip(x, 0, 640)), int(np.clip(y, 0, 360))
    return picture[top : top + SIZE[1], left : left + SIZE[0]]


def with_noise(pictures: Sequence[Picture], strength: float, seed: int = 0) -> list[Picture]:
    rng = np.random.default_rng(seed)
    return [picture + rng.normal(0, strength, picture.shape).astype(np.float32) for picture in pictures]


def cuts_in(pictures: Sequence[Picture], *, detector: str = "pyscenedetect", min_len: int = 12) -> list[int]:
    """First frames of all shots but the first."""
    small = SmallPictures(*SIZE)
    scorer = ShotScorer(detector)
    scores = [
        scorer.score(
            small.bgr(
                av.VideoFrame.from_ndarray(np.clip(picture, 0, 255).astype(np.uint8), format="rgb24").reformat(
                    format="yuv420p"
                )
            )
        )
        for picture in pictures
    ]
    shots = find_shots(np.asarray(scores, np.float32), even_table(len(pictures)), detector=detector, min_len=min_len)
    return [shot.start_frame for shot in shots[1:]]


def even_table(frames: int) -> FrameTable:
    return FrameTable(np.arange(frames) * 40, np.arange(frames) == 0, Fraction(1, 1000), 0, frames * 40)


def stills(seeds: Sequence[int], frames: int = 25) -> list[Picture]:
    return [view(scene(seed)) for seed in seeds for _ in range(frames)]


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("noise", [0, 4, 12])
def test_that_hard_cuts_are_found_at_their_frame(detector: str, noise: float) -> None:
    assert cuts_in(with_noise(stills(range(6)), noise), detector=detector) == [25, 50, 75, 100, 125]


@pytest.mark.parametrize("detector", DETECTORS)
def test_that_flat_pictures_are_cut_too(detector: str) -> None:
    pictures = with_noise([picture * 0.4 + 70 for picture in stills(range(5))], 1)
    assert cuts_in(pictures, detector=detector) == [25, 50, 75, 100]


def test_that_cuts_in_the_dark_are_found() -> None:
    assert cuts_in(with_noise([picture * 0.15 for picture in stills(range(5))], 2)) == [25, 50, 75, 100]


@pytest.mark.parametrize("detector", DETECTORS)
def test_that_cuts_in_a_narrow_picture_between_black_bars_are_found(detector: str) -> None:
    pictures = with_noise(stills(range(5)), 2)
    for picture in pictures:
        picture[:, :108] = picture[:, -108:] = 0
    assert cuts_in(pictures, detector=detector) == [25, 50, 75, 100]


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("flash", [(120,), (120, 120), (150, 90, 54, 32, 19, 11, 7, 4)])
def test_that_a_flash_is_no_cut(detector: str, flash: tuple[float, ...]) -> None:
    pictures = with_noise(stills([1], 100), 3)
    for start in (20, 50, 80):
        for offset, light in enumerate(flash):
            pictures[start + offset] = pictures[start + offset] + light
    assert cuts_in(pictures, detector=detector) == []


@pytest.mark.parametrize("detector", DETECTORS)
def test_that_a_cut_beside_a_flash_is_found(detector: str) -> None:
    pictures = with_noise(stills([1, 2], 40), 3)
    pictures[20] = pictures[20] + 130
    assert cuts_in(pictures, detector=detector) == [40]


@pytest.mark.parametrize("detector", DETECTORS)
def test_that_stroboscope_light_is_no_cut(detector: str) -> None:
    pictures = [picture + (140 if index // 2 % 2 else 0) for index, picture in enumerate(stills([1], 80))]
    assert cuts_in(with_noise(pictures, 3), detector=detector) == []


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("speed_px", [4, 12, 30])
def test_that_a_moving_camera_is_no_cut(detector: str, speed_px: int) -> None:
    ground = scene(3)
    pictures = [view(ground, 320 + 300 * np.sin(index * speed_px / 300)) for index in range(90)]
    assert cuts_in(with_noise(pictures, 2), detector=detector) == []


@pytest.mark.parametrize("detector", DETECTORS)
def test_that_a_cut_between_moving_pictures_is_found(detector: str) -> None:
    pictures = [view(scene(4), 10 + 9 * index) for index in range(45)]
    pictures += [view(scene(5), 620 - 9 * index) for index in range(45)]
    assert cuts_in(with_noise(pictures, 2), detector=detector) == [45]


@pytest.mark.parametrize("detector", DETECTORS)
def test_that_a_shaken_camera_is_no_cut(detector: str) -> None:
    rng = np.random.default_rng(5)
    ground = scene(6)
    pictures = [view(ground, 300 + rng.normal(0, 12), 180 + rng.normal(0, 12)) for _ in range(90)]
    assert cuts_in(with_noise(pictures, 2), detector=detector) == []


@pytest.mark.parametrize("detector", DETECTORS)
def test_that_stuttering_is_no_cut(detector: str) -> None:
    ground = scene(7)
    pictures = [view(ground, 100 + index // 8 * 30) for index in range(120)]
    assert cuts_in(with_noise(pictures, 2), detector=detector) == []


@pytest.mark.parametrize("detector", DETECTORS)
def test_that_a_quick_dissolve_is_one_cut(detector: str) -> None:
    one, other = view(scene(1)), view(scene(2))
    pictures = [one] * 30 + [one * (1 - k / 5) + other * (k / 5) for k in range(1, 5)] + [other] * 30
    cuts = cuts_in(with_noise(pictures, 2), detector=detector)
    assert len(cuts) == 1
    assert 30 <= cuts[0] <= 34


def test_that_shots_are_not_shorter_than_asked() -> None:
    pictures = with_noise(stills([1], 4) + stills([2], 30) + stills([3], 6) + stills([4], 30), 2)
    assert len(cuts_in(pictures, min_len=12)) == 1
    assert cuts_in(pictures, min_len=0) == [4, 34, 40]


def test_that_a_last_shot_may_be_short() -> None:
    assert cuts_in(with_noise(stills([1], 40) + stills([2], 5), 2)) == [40]


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_that_a_tiny_video_is_one_shot(frames: int) -> None:
    assert cuts_in(stills([1], frames)) == []


def test_that_shots_cover_all_frames_and_times() -> None:
    scores = np.zeros(100, np.float32)
    scores[[30, 60]] = 50
    table = FrameTable(np.arange(100) * 512 + 900, np.arange(100) == 0, Fraction(1, 12800), 900, 100 * 512 + 900)
    shots = find_shots(scores, table)
    assert [(shot.index, shot.start_frame, shot.end_frame) for shot in shots] == [(0, 0, 30), (1, 30, 60), (2, 60, 100)]
    assert [(shot.start_s, shot.end_s) for shot in shots] == [(0, 1.2), (1.2, 2.4), (2.4, 4.0)]
    assert shots[-1].end_pts == table.end_pts


def test_that_off_is_one_shot() -> None:
    (shot,) = find_shots(np.full(50, 90, np.float32), even_table(50), detector="off")
    assert (shot.start_frame, shot.end_frame) == (0, 50)


@pytest.mark.parametrize("wrong", [{"detector": "magic"}, {"threshold": 0.0}, {"min_len": -1}])
def test_that_wrong_parameters_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        find_shots(np.zeros(5, np.float32), even_table(5), **wrong)  # type: ignore[arg-type]
    assert caught.value.action


def test_that_scores_of_another_video_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="4 shot scores"):
        find_shots(np.zeros(4, np.float32), even_table(5))


def test_that_scores_are_the_content_values_of_scenedetect() -> None:
    small = [view(scene(index // 8), 200 + 9 * index)[::2, ::2].astype(np.uint8).copy() for index in range(24)]
    statistics = StatsManager()
    reference = ContentDetector()
    reference.stats_manager = statistics
    for index, picture in enumerate(small):
        reference.process_frame(FrameTimecode(index, 25.0), picture)
    expected = [statistics.get_metrics(FrameTimecode(index, 25.0), ["content_val"])[0] for index in range(1, 24)]
    scorer = ShotScorer()
    assert [scorer.score(picture) for picture in small] == pytest.approx([0.0, *expected])


def test_that_ranges_give_the_scores_of_the_whole(tmp_path: Path, make_video: Callable[..., Path]) -> None:
    path = tmp_path / "clip.mp4"
    colours = [(200, 30, 30), (30, 160, 40), (30, 40, 200), (180, 180, 30)]
    make_video(path, segments=[{"seconds": 1, "colour": colour} for colour in colours], fps=25, size=(320, 180))
    table, maker = scan_frames(path), PictureMaker(probe(path))

    def scores_of(start_pts: int, end_pts: int | None) -> list[float]:
        scorer, scores = ShotScorer(), []
        for one in decode_range(path, start_pts=start_pts):
            scores.append(scorer.score(maker.small_bgr(one.frame)))
            if end_pts is not None and one.pts >= end_pts:
                break
        return scores

    whole = scores_of(int(table.pts[0]), None)
    pieced = [0.0]
    for part in plan_ranges(table, target_s=0.5):
        pieced += scores_of(part.start_pts, part.end_pts)[1:]
    assert pieced == pytest.approx(whole)
    assert [shot.start_frame for shot in find_shots(np.asarray(whole, np.float32), table)] == [0, 25, 50, 75]


TRUE_CUTS_S = {
    "videos/montage_5people_13shots.mp4": None,
    "videos/bikes.mp4": None,
    "videos/latentsync_demo1.mp4": [],
    "videos/latentsync_demo3.mp4": [],
    "videos/bigbuckbunny.mp4": [],
    "videos/moviepy_chaplin.mp4": [],
    "videos/facenet_pytorch_video.mp4": [],
    "videos/carphone_pristine.mp4": [],
    "procedure/reference.mp4": None,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TRUE_CUTS_S)
def test_that_the_cuts_of_real_footage_are_found_and_no_more(shared_testdata: Path, name: str) -> None:
    path = shared_testdata / name
    table, maker = scan_frames(path), PictureMaker(probe(path))
    small = [maker.small_bgr(one.frame) for one in decode_range(path, start_pts=0, threads=0)]
    expected = TRUE_CUTS_S[name]
    if expected is None:
        side_file = path.with_suffix(".json")
        truth = json.loads((side_file if side_file.exists() else path.with_name("cuts_real.json")).read_text())
        expected = truth.get("cuts") or truth[path.name]["cuts"]
    step_s = float(np.median(np.diff(table.pts)) * table.time_base)
    for detector in DETECTORS:
        scorer = ShotScorer(detector)
        shots = find_shots(np.asarray([scorer.score(one) for one in small], np.float32), table, detector=detector)
        assert [shot.start_s for shot in shots[1:]] == pytest.approx(expected, abs=2 * step_s)
