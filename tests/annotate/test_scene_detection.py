"""Shots of made and of real videos, and what each parameter of scene_detection changes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pytest

from core.annotate.pipelines.scene_detection import PIPELINE
from core.annotate.types import Tier, TierKind
from core.errors import UnsupportedMedia
from tests.annotate.look_bench import Bench, same, video_of

GREY, RED, BLUE, DARK = (120, 120, 120), (200, 30, 30), (30, 30, 200), (112, 112, 112)
MakeVideo = Callable[..., Path]


@pytest.fixture
def film(tmp_path: Path, make_video: MakeVideo) -> Path:
    """Cuts at 1.0, 1.4 and 2.4 s, a flash of two frames at 2.9 s, over the seam of two ranges; a soft cut at 3.4 s."""
    segments = [
        {"frames": 25, "colour": GREY},
        {"frames": 10, "colour": RED},
        {"frames": 25, "colour": BLUE, "moving": True},
        {"frames": 11, "colour": GREY},
        {"frames": 2, "colour": (255, 255, 255)},
        {"frames": 12, "colour": GREY},
        {"frames": 25, "colour": (152, 152, 152)},
    ]
    return make_video(tmp_path / "film.mp4", segments=segments)


def tier(bench: Bench, name: str, **config: object) -> Tier:
    return next(one for one in bench.run(PIPELINE, config).tiers if one.name == name)


def cuts_s(bench: Bench, **config: object) -> list[float]:
    return [round(one.start_s, 3) for one in tier(bench, "cuts", **config).marks]


def test_that_shots_cover_the_video_and_begin_at_the_cuts(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    shots = tier(bench, "shots")
    assert shots.kind is TierKind.INTERVALS
    assert [round(one.start_s, 3) for one in shots.marks] == [0.0, 1.0, 2.4, 3.4]
    assert [one.start_s for one in shots.marks[1:]] == [one.end_s for one in shots.marks[:-1]]
    assert shots.marks[-1].end_s == pytest.approx(4.4)
    assert [one.label for one in shots.marks] == ["shot 001", "shot 002", "shot 003", "shot 004"]
    assert dict(shots.marks[1].attributes) == {"first_frame": 25, "last_frame": 59}


def test_that_a_flash_is_no_cut_however_the_video_is_cut_into_ranges(film: Path, tmp_path: Path) -> None:
    config = {"change_series": True, "min_shot_s": 0.0}
    whole = Bench.of(film, tmp_path).run(PIPELINE, config)
    assert 2.84 not in [round(one.start_s, 2) for one in whole.tiers[1].marks]
    for range_s in (0.4, 0.9, 2.0):
        assert same(whole, Bench.of(film, tmp_path, range_s=range_s).run(PIPELINE, config))


def test_that_a_lower_threshold_finds_softer_cuts_and_a_higher_one_only_clear_ones(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    assert 3.4 in cuts_s(bench, threshold=27.0)
    assert 3.4 not in cuts_s(bench, threshold=120.0)
    counts = [len(cuts_s(bench, threshold=threshold)) for threshold in (5.0, 27.0, 120.0, 255.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_that_of_two_cuts_closer_than_the_shortest_shot_one_is_kept(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    assert cuts_s(bench, min_shot_s=0.0) == [1.0, 1.4, 2.4, 3.4]
    assert len(cuts_s(bench, min_shot_s=0.5)) == 3
    assert all(np.diff([0.0, *cuts_s(bench, min_shot_s=1.4)]) >= 1.4)
    assert cuts_s(bench, min_shot_s=3600.0) == []


def test_that_the_shortest_shot_is_measured_by_time_where_the_rate_varies(
    tmp_path: Path, make_video: MakeVideo
) -> None:
    times_s = [*np.arange(10) * 0.1, *(1.0 + np.arange(10) * 0.02), *(1.2 + np.arange(10) * 0.1)]
    segments = [{"frames": 10, "colour": colour} for colour in (GREY, RED, BLUE)]
    path = make_video(tmp_path / "vfr.mkv", segments=segments, times_s=times_s)
    bench = Bench.of(path, tmp_path)
    assert cuts_s(bench, min_shot_s=0.15) == [1.0, 1.2]
    assert len(cuts_s(bench, min_shot_s=0.25)) == 1


def test_that_the_method_changes_how_frames_are_compared(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    by_colour = tier(bench, "frame_change", detector="pyscenedetect", change_series=True)
    by_place = tier(bench, "frame_change", detector="internal", change_series=True)
    assert by_colour.series is not None
    assert by_place.series is not None
    assert not np.allclose(by_colour.series.values, by_place.series.values)
    assert cuts_s(bench, detector="internal")


def test_that_the_change_of_every_frame_is_written_when_it_is_asked_for(film: Path, tmp_path: Path) -> None:
    bench = Bench.of(film, tmp_path)
    assert [one.name for one in bench.run(PIPELINE).tiers] == ["shots", "cuts"]
    series = tier(bench, "frame_change", change_series=True).series
    assert series is not None
    assert len(series) == 110
    assert series.values[25] > 27.0 > series.values[24]
    assert series.times_s[25] == pytest.approx(1.0)


def test_that_a_video_without_a_frame_that_can_be_decoded_fails_with_words(
    tmp_path: Path, make_video: MakeVideo
) -> None:
    path = make_video(tmp_path / "film.mp4", segments=[{"frames": 5}])
    bench = Bench.of(path, tmp_path)
    look = PIPELINE.looks(bench.video, {"detector": "internal"})[0]
    looked = bench.looked(look)
    empty = type(looked)({name: rows[:0] for name, rows in looked.arrays.items()}, looked.table, looked.wanted_pts)
    bench.passes[look] = empty
    with pytest.raises(UnsupportedMedia, match="no frame"):
        bench.run(PIPELINE, {"detector": "internal"})


def test_that_a_range_without_frames_fits_the_others(tmp_path: Path, make_video: MakeVideo) -> None:
    video = video_of(make_video(tmp_path / "film.mp4", segments=[{"frames": 2}], size=(322, 182)))
    bench = Bench(video, Bench.of(video.path, tmp_path).models, tmp_path)
    look = PIPELINE.looks(video, {"detector": "pyscenedetect"})[0]
    none = look.open(video.info, tmp_path, "cpu").rows()
    full = bench.looked(look).arrays
    assert {name: rows.shape[1:] for name, rows in none.items()} == {
        name: rows.shape[1:] for name, rows in full.items()
    }
    assert {name: rows.dtype for name, rows in none.items()} == {name: rows.dtype for name, rows in full.items()}


@pytest.mark.parametrize("name", ["montage_5people_13shots", "bikes"])
def test_that_the_cuts_of_real_videos_are_found_to_the_frame(name: str, shared_testdata: Path, tmp_path: Path) -> None:
    videos = shared_testdata / "videos"
    truth = (
        orjson.loads((videos / "cuts_real.json").read_bytes())["bikes.mp4"]["cuts"]
        if name == "bikes"
        else orjson.loads((videos / f"{name}.json").read_bytes())["cuts"]
    )
    found = cuts_s(Bench.of(videos / f"{name}.mp4", tmp_path, range_s=5.0))
    assert found == pytest.approx(truth, abs=0.045)
