"""Motion energy of made videos, where it is known what moves, and what each parameter changes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.annotate.pipelines.motion_energy import PIPELINE
from core.annotate.types import Series, Tier
from core.errors import InvalidRequest
from tests.annotate.look_bench import Bench, same

GREY, GREEN = (90, 90, 90), (40, 160, 60)
LEFT, RIGHT = "left=0,0,0.5,1", "right=0.5,0,1,1"


@pytest.fixture
def film(tmp_path: Path, make_video: Callable[..., Path]) -> Path:
    """1 s still, 1.2 s with a square that walks from left to right, 1 s still; then a cut to another still second."""
    segments = [
        {"frames": 25, "colour": GREY},
        {"frames": 30, "colour": GREY, "moving": True},
        {"frames": 25, "colour": GREY},
        {"frames": 25, "colour": GREEN},
    ]
    return make_video(tmp_path / "film.mp4", segments=segments)


def tier(bench: Bench, name: str, **config: object) -> Tier:
    return next(one for one in bench.run(PIPELINE, config).tiers if one.name == name)


def series(bench: Bench, name: str = "motion_energy", **config: object) -> Series:
    found = tier(bench, name, **config).series
    assert found is not None
    return found


def moves(bench: Bench, name: str = "movement", **config: object) -> list[tuple[float, float]]:
    return [(round(one.start_s, 2), round(one.end_s, 2)) for one in tier(bench, name, **config).marks]


def test_that_movement_is_found_when_and_only_when_something_moves(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    (start_s, end_s), *others = moves(bench, smoothing_s=0.0)
    assert not others
    assert start_s == pytest.approx(1.0, abs=0.13)
    assert end_s == pytest.approx(2.2, abs=0.13)
    energy = series(bench, smoothing_s=0.0)
    still = (energy.times_s < 0.9) | ((energy.times_s > 2.5) & (energy.times_s < 3.1))
    assert float(np.nanmax(energy.values[still])) < 0.002
    assert 0.0 <= float(np.nanmin(energy.values)) <= float(np.nanmax(energy.values)) <= 1.0


@pytest.mark.parametrize("range_s", [0.4, 1.0])
def test_that_the_result_does_not_depend_on_how_the_video_is_cut(film: Path, tmp_path: Path, range_s: float) -> None:
    config = {"regions": [LEFT, RIGHT], "pictures_per_second": 7.0}
    whole = Bench.of(film, tmp_path).run(PIPELINE, config)
    assert same(whole, Bench.of(film, tmp_path, range_s=range_s).run(PIPELINE, config))


def test_that_each_region_has_its_own_movement(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    found = bench.run(PIPELINE, {"regions": [LEFT, RIGHT]})
    names = ["motion_energy left", "movement left", "motion_energy right", "movement right"]
    assert [one.name for one in found.tiers] == names
    (left,) = moves(bench, "movement left", regions=[LEFT, RIGHT], smoothing_s=0.0)
    (right,) = moves(bench, "movement right", regions=[LEFT, RIGHT], smoothing_s=0.0)
    assert left[0] < right[0] < right[1]
    assert left[1] < right[1]


@pytest.mark.parametrize(
    "text", ["left", "a=0,0,1", "a=0,0,2,1", "a=0.5,0,0.2,1", "a=0,0,x,1", "a=nan,0,1,1", "=0,0,1,1"]
)
def test_that_a_region_that_is_none_is_refused_by_name(film: Path, tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidRequest, match="no region") as raised:
        Bench.of(film, tmp_path).run(PIPELINE, {"regions": [LEFT, text]})
    assert f"“{text}”" in raised.value.message
    assert LEFT not in raised.value.message


def test_that_a_name_of_a_region_may_come_once_only(film: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="twice"):
        Bench.of(film, tmp_path).run(PIPELINE, {"regions": [LEFT, LEFT]})


def test_that_fewer_pictures_a_second_give_fewer_values_with_more_change_each(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    many, few = (series(bench, pictures_per_second=rate, smoothing_s=0.0) for rate in (25.0, 5.0))
    assert len(many) == 104
    assert len(few) == pytest.approx(20, abs=1)
    assert float(np.nanmax(few.values)) > float(np.nanmedian(many.values[(many.times_s > 1.2) & (many.times_s < 2)]))


def test_that_the_measures_say_how_much_changes_by_pixels_or_by_light(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    pixels = series(bench, measure="changed_pixels", smoothing_s=0.0).values
    light = series(bench, measure="mean_difference", smoothing_s=0.0).values
    moved = pixels > 0.005
    assert moved.any()
    assert (light[moved] > 0).all()
    assert (light[moved] < pixels[moved]).all()


def test_that_changes_below_the_noise_threshold_do_not_count(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    assert float(np.nanmax(series(bench, noise_threshold=10.0).values)) > 0.01
    # the square differs from its ground by less than 150 levels
    assert float(np.nanmax(series(bench, noise_threshold=200.0).values)) == 0.0


def test_that_smoothing_spreads_movement_over_time(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    rough, smooth = (series(bench, smoothing_s=window_s) for window_s in (0.0, 1.0))
    before = (rough.times_s > 0.6) & (rough.times_s < 0.95)
    assert float(rough.values[before].max()) < float(smooth.values[before].max())
    assert float(np.nanmax(smooth.values)) < float(np.nanmax(rough.values))


def test_that_a_higher_threshold_leaves_less_movement(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    ((start_s, end_s),) = moves(bench, movement_threshold=0.002)
    assert moves(bench, movement_threshold=1.0) == []
    peak = float(np.nanmax(series(bench).values))
    higher = moves(bench, movement_threshold=0.8 * peak, min_movement_s=0.0)
    assert sum(last - first for first, last in higher) < end_s - start_s


def test_that_movement_shorter_than_asked_for_is_left_out(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    assert len(moves(bench, min_movement_s=1.0, smoothing_s=0.0)) == 1
    assert moves(bench, min_movement_s=2.0, smoothing_s=0.0) == []


def test_that_pauses_up_to_the_longest_are_bridged(tmp_path: Path, make_video: Callable[..., Path]) -> None:
    still, walk = {"frames": 15, "colour": GREY}, {"frames": 15, "colour": GREY, "moving": True}
    bench = Bench.of(make_video(tmp_path / "two.mp4", segments=[still, walk, still, walk, still]), tmp_path)
    assert len(moves(bench, max_pause_s=0.2, smoothing_s=0.0)) == 2
    assert len(moves(bench, max_pause_s=1.0, smoothing_s=0.0)) == 1


def test_that_a_cut_counts_as_movement_only_when_cuts_are_not_ignored(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    ignored = series(bench, smoothing_s=0.0)
    counted = series(bench, smoothing_s=0.0, ignore_cuts=False)
    at_cut = int(np.searchsorted(ignored.times_s, 3.2 - 1e-6))
    assert np.isnan(ignored.values[at_cut])
    assert counted.values[at_cut] > 0.9
    assert not np.isnan(counted.values).any()


def test_that_a_video_of_one_picture_has_no_movement(tmp_path: Path, make_video: Callable[..., Path]) -> None:
    bench = Bench.of(make_video(tmp_path / "one.mp4", segments=[{"frames": 1}]), tmp_path)
    assert [len(one) for one in bench.run(PIPELINE).tiers] == [0, 0]


def test_that_a_real_video_moves_but_not_at_its_cuts(shared_testdata: Path, tmp_path: Path) -> None:
    bench = Bench.of(shared_testdata / "videos" / "bikes.mp4", tmp_path)
    energy = series(bench)
    assert 0.0 < float(np.nanmedian(energy.values)) < 0.5
    assert int(np.isnan(energy.values).sum()) == 5
