"""Sampling: a moment every quarter of a second from the container's start, by time stamps alone."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.media.frames import scan_frames
from core.media.types import FrameTable
from core.procedures.sampled_frames import sampled_frames
from core.procedures.sampling import plan_samples, plan_units
from tests.made_video import Segment, write_video

BASE = Fraction(1, 90_000)


def table_of(
    times_s: Sequence[float], *, end_s: float, keys: Sequence[int] = (0,), origin_s: float = 0.0
) -> FrameTable:
    """Frames at ``times_s`` after a container's start that lies at ``origin_s``."""
    pts = np.array([round((origin_s + one) / BASE) for one in times_s], np.int64)
    keyframe = np.isin(np.arange(len(pts)), keys)
    return FrameTable(pts, keyframe, BASE, round(origin_s / BASE), round((origin_s + end_s) / BASE))


@pytest.mark.parametrize("fps", [4, 8, 12, 23.976, 25, 29.97, 30, 50, 60])
def test_that_there_are_four_moments_a_second_at_any_rate(fps: float) -> None:
    samples = plan_samples(table_of([index / fps for index in range(round(10 * fps))], end_s=10.0))
    assert len(samples) == 40
    assert np.abs(samples.times_s - np.arange(40) / 4).max() <= 0.5 / fps + 1e-4
    assert (np.diff(samples.times_s) > 0).all()


def test_that_the_nearest_frame_is_shown_and_of_two_as_near_the_earlier() -> None:
    samples = plan_samples(table_of([0.0, 0.2, 0.29, 0.45, 0.55, 0.8], end_s=1.0))
    assert samples.times_s.tolist() == pytest.approx([0.0, 0.29, 0.45, 0.8])


def test_that_a_frame_that_stays_is_shown_again_at_the_times_of_the_moments() -> None:
    samples = plan_samples(table_of([0.0, 1.1, 1.2], end_s=2.0))
    assert samples.times_s.tolist() == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.1, 1.2, 1.5, 1.75])
    assert (samples.pts * float(BASE)).tolist() == pytest.approx([0.0, 0.0, 0.0, 0.0, 1.1, 1.2, 1.2, 1.2])


def test_that_the_first_time_stamp_does_not_matter() -> None:
    times = [index / 30 for index in range(100)]
    plain = plan_samples(table_of(times, end_s=100 / 30))
    late = plan_samples(table_of(times, end_s=100 / 30, origin_s=1234.5))
    assert np.array_equal(plain.times_s, late.times_s)
    assert set((late.pts - plain.pts).tolist()) == {round(1234.5 / BASE)}


def test_that_a_picture_that_begins_after_the_sound_keeps_its_place() -> None:
    samples = plan_samples(table_of([0.6 + index / 25 for index in range(25)], end_s=1.6))
    assert samples.times_s.tolist() == pytest.approx([0.6, 0.76, 1.0, 1.24, 1.48])


@pytest.mark.parametrize(("times", "end_s"), [([0.0], 0.04), ([0.2], 0.24), ([3.0], 3.0)])
def test_that_a_single_frame_is_one_moment(times: list[float], end_s: float) -> None:
    assert len(plan_samples(table_of(times, end_s=end_s))) == 1


def test_that_a_last_part_of_a_quarter_second_counts() -> None:
    assert len(plan_samples(table_of([index / 25 for index in range(27)], end_s=27 / 25))) == 5
    assert len(plan_samples(table_of([index / 25 for index in range(25)], end_s=1.0))) == 4


def test_that_units_hold_every_moment_once_and_begin_with_key_frames() -> None:
    table = table_of([index / 10 for index in range(300)], end_s=30.0, keys=[0, 35, 70, 75, 200])
    samples = plan_samples(table)
    units = plan_units(table, samples, target_s=3.0)
    assert [unit.first for unit in units] == [0, *(unit.last for unit in units[:-1])]
    assert units[-1].last == len(samples)
    assert [round(unit.start_pts * float(BASE), 3) for unit in units] == [0.0, 3.5, 7.0, 20.0]
    for unit, following in itertools.pairwise(units):
        assert samples.pts[unit.first] >= unit.start_pts
        assert samples.pts[following.first - 1] < following.start_pts


def test_that_the_frames_of_a_real_video_are_those_nearest_to_the_moments(tmp_path: Path) -> None:
    times = np.cumsum([0.0, *np.random.default_rng(3).uniform(0.02, 0.09, 79)])
    path = write_video(
        tmp_path / "uneven.mp4",
        segments=[Segment(frames=1, colour=(3 * index, 3 * index, 3 * index)) for index in range(80)],
        times_s=times.tolist(),
        start_s=2.5,
        size=(64, 48),
        gop=10,
    )
    table = scan_frames(path)
    samples = plan_samples(table)
    expected = [int(np.abs(times - moment).argmin()) for moment in np.arange(len(samples)) / 4]
    seen = []
    for unit in plan_units(table, samples, target_s=1.0):
        frames = sampled_frames(path, unit.start_pts, samples.pts[unit.first : unit.last], pulse=lambda: None)
        for frame, moments in frames:
            seen += [frame.to_ndarray(format="gray").mean() / 3] * moments
    assert len(samples) == np.ceil(table.seconds(table.end_pts) * 4)
    assert seen == pytest.approx(expected, abs=1.2)
