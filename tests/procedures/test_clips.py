"""Clips: four seconds each, their moments, their flags, their vectors."""

import dataclasses

import numpy as np
import pytest

from core.errors import InvalidRequest
from core.procedures.clips import clip_features, clip_times, flag_counts
from core.procedures.types import EncoderId, Moments, QualityFlag

ENCODER = EncoderId("made", "1")


def moments_of(duration_s: float, *, first_s: float = 0.0, uneven: bool = False) -> Moments:
    """Moments of a video whose picture begins at ``first_s``; ``uneven``: each a little before or after its time."""
    times_s = np.arange(round(first_s * 4), np.ceil(duration_s * 4)) / 4
    if uneven:
        times_s = times_s + np.random.default_rng(0).uniform(-0.12, 0.12, len(times_s))
    count = len(times_s)
    return Moments(
        times_s=times_s,
        features=np.arange(2 * count, dtype=np.float32).reshape(count, 2),
        mirrored=None,
        brightness=np.full(count, 0.5, np.float32),
        sharpness=np.full(count, 0.6, np.float32),
        change=np.full(count, 0.05, np.float32),
        duration_s=duration_s,
        encoder=ENCODER,
    )


@pytest.mark.parametrize(
    ("duration_s", "bounds"),
    [
        (12.0, [(0, 4), (4, 8), (8, 12)]),
        (14.4, [(0, 4), (4, 8), (8, 12), (12, 14.4)]),
        (14.3, [(0, 4), (4, 8), (8, 12)]),
        (2.4, [(0, 2.4)]),
        (2.3, []),
    ],
)
def test_that_clip_k_begins_at_four_k_and_a_tail_counts_from_60_percent(
    duration_s: float, bounds: list[tuple[float, float]]
) -> None:
    clips = clip_times(moments_of(duration_s), clip_s=4.0, overlap=0.0)
    assert [(clip.start_s, clip.end_s) for clip in clips] == bounds


def test_that_clips_overlap_by_the_part_that_was_asked_for() -> None:
    clips = clip_times(moments_of(10.0), clip_s=4.0, overlap=0.5)
    assert [(clip.start_s, clip.end_s) for clip in clips] == [(0, 4), (2, 6), (4, 8), (6, 10)]
    assert [(clip.first_sample, clip.last_sample) for clip in clips] == [(0, 16), (8, 24), (16, 32), (24, 40)]


def test_that_every_moment_is_in_one_clip_also_when_its_frame_came_early_or_late() -> None:
    clips = clip_times(moments_of(40.0, uneven=True), clip_s=4.0, overlap=0.0)
    assert [(clip.first_sample, clip.last_sample) for clip in clips] == [(16 * k, 16 * k + 16) for k in range(10)]


def test_that_a_clip_before_the_first_frame_takes_the_nearest_moment() -> None:
    clips = clip_times(moments_of(12.0, first_s=5.0), clip_s=4.0, overlap=0.0)
    assert [(clip.first_sample, clip.last_sample) for clip in clips] == [(0, 1), (0, 12), (12, 28)]


def test_that_the_vector_of_a_clip_is_the_mean_of_its_moments() -> None:
    moments = moments_of(8.0)
    vectors = clip_features(moments, clip_times(moments, clip_s=4.0, overlap=0.0))
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [[15.0, 16.0], [47.0, 48.0]]
    assert clip_features(moments, ()).shape == (0, 2)


def test_that_the_flags_of_moments_become_those_of_their_clip() -> None:
    moments = moments_of(20.0)
    brightness, sharpness, change = (one.copy() for one in (moments.brightness, moments.sharpness, moments.change))
    brightness[16:32], sharpness[16:32] = 0.02, 0.1  # so dark that nothing more can be said of it
    brightness[32:48] = 0.95
    sharpness[48:64] = 0.15
    change[65:80] = 0.0
    clips = clip_times(
        dataclasses.replace(moments, brightness=brightness, sharpness=sharpness, change=change), clip_s=4.0, overlap=0.0
    )
    assert [clip.flags for clip in clips] == [
        (),
        (QualityFlag.DARK,),
        (QualityFlag.OVER_EXPOSED,),
        (QualityFlag.BLURRED,),
        (QualityFlag.FROZEN,),
    ]
    assert flag_counts(clips) == {"dark": 1, "over_exposed": 1, "blurred": 1, "frozen": 1}


def test_that_a_short_defect_does_not_flag_a_clip() -> None:
    moments = moments_of(4.0)
    brightness = moments.brightness.copy()
    brightness[:9] = 0.01
    change = np.where(np.arange(16) == 9, 0.05, 0.0).astype(np.float32)
    (clip,) = clip_times(dataclasses.replace(moments, brightness=brightness, change=change), clip_s=4.0, overlap=0.0)
    assert clip.flags == ()


@pytest.mark.parametrize(
    ("clip_s", "overlap"), [(0.0, 0.0), (-1.0, 0.0), (4.0, 0.95), (4.0, -0.1), (float("nan"), 0.0)]
)
def test_that_impossible_clips_are_refused(clip_s: float, overlap: float) -> None:
    with pytest.raises(InvalidRequest, match="cannot be made"):
        clip_times(moments_of(8.0), clip_s=clip_s, overlap=overlap)
