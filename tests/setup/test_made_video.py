"""The tests' own videos are what they say."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest


def frames_of(path: Path) -> tuple[list[float], list[np.ndarray]]:
    with av.open(str(path)) as container:
        decoded = list(container.decode(video=0))
        return [float(frame.pts * frame.time_base) for frame in decoded], [
            frame.to_ndarray(format="rgb24") for frame in decoded
        ]


def test_that_segments_follow_each_other_at_the_rate(tmp_path: Path, make_video: Callable[..., Path]) -> None:
    path = make_video(
        tmp_path / "two.mp4",
        segments=[{"seconds": 0.4, "colour": (220, 20, 20)}, {"frames": 5, "colour": (20, 20, 220)}],
        fps=25,
        size=(160, 90),
    )
    times, pictures = frames_of(path)
    assert times == pytest.approx([index / 25 for index in range(15)], abs=1e-4)
    assert pictures[9][45, 80, 0] > 180
    assert pictures[10][45, 80, 2] > 180


def test_that_a_moving_square_moves(tmp_path: Path, make_video: Callable[..., Path]) -> None:
    _, pictures = frames_of(make_video(tmp_path / "m.mp4", segments=[{"seconds": 1, "moving": True}]))
    bright = [np.argmax(picture[90, :, 0] > 200) for picture in (pictures[0], pictures[-1])]
    assert bright[0] < 10
    assert bright[1] > 200


def test_that_times_start_tone_and_aspect_are_kept(tmp_path: Path, make_video: Callable[..., Path]) -> None:
    path = make_video(
        tmp_path / "odd.mkv",
        segments=[{"frames": 4}],
        times_s=[0.0, 0.1, 0.5, 0.6],
        start_s=2.0,
        tone=True,
        sample_aspect=Fraction(2, 1),
    )
    times, _ = frames_of(path)
    assert times == pytest.approx([2.0, 2.1, 2.5, 2.6], abs=2e-3)
    with av.open(str(path)) as container:
        assert container.streams.video[0].sample_aspect_ratio == 2
        assert len(container.streams.audio) == 1


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_that_a_turn_is_written(tmp_path: Path, make_video: Callable[..., Path], rotation_deg: int) -> None:
    path = make_video(tmp_path / "turned.mp4", segments=[{"frames": 3}], rotation_deg=rotation_deg)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert (-frame.rotation) % 360 == rotation_deg
