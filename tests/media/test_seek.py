"""Any frame at once, for the player and for scrubbing."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.media.decode import DecodedFrame, VideoInput
from core.media.frames import scan_frames
from core.media.seek import FrameReader
from tests.media.clips import number_in

ClipMaker = Callable[..., Path]


@pytest.fixture
def decoded_pts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Start times of all places where decoding began during the test."""
    begun: list[int] = []
    frames = VideoInput.frames

    def watched(self: VideoInput, start_pts: int) -> Iterator[DecodedFrame]:
        begun.append(start_pts)
        return frames(self, start_pts)

    monkeypatch.setattr(VideoInput, "frames", watched)
    return begun


@pytest.mark.parametrize("name", ["one.mp4", "one.mkv", "one.ts", "one.webm"])
def test_that_every_time_gives_the_frame_on_screen_then(clip: ClipMaker, name: str) -> None:
    path = clip(name, codec="libvpx-vp9" if name.endswith("webm") else "libx264")
    with FrameReader(path) as reader:
        first_s = reader.table.seconds(int(reader.table.pts[0]))
        for number in (0, 31, 5, 59, 30, 29, 12, 13, 14):
            picture = reader.at(first_s + number / 25 + 0.01)
            assert (picture.index, number_in(picture.rgb)) == (number, number)
            assert picture.t_s == pytest.approx(first_s + number / 25, abs=0.002)


def test_that_a_variable_rate_is_followed(clip: ClipMaker) -> None:
    times_ms = np.cumsum(np.resize([40, 20, 90, 33], 60)).tolist()
    path = clip("variable.mkv", pts=times_ms, time_base=Fraction(1, 1000))
    with FrameReader(path) as reader:
        offset_s = reader.table.seconds(int(reader.table.pts[0])) - times_ms[0] / 1000
        for number in (10, 50, 3, 33):
            assert number_in(reader.at(times_ms[number] / 1000 + offset_s + 0.005).rgb) == number


def test_that_steps_go_frame_by_frame_both_ways_and_stop_at_the_ends(clip: ClipMaker) -> None:
    with FrameReader(clip(frames=40)) as reader:
        reader.at_index(20)
        assert [number_in(reader.step(-1).rgb) for _ in range(25)] == [*range(19, -1, -1), 0, 0, 0, 0, 0]
        assert [number_in(reader.step(1).rgb) for _ in range(42)] == [*range(1, 40), 39, 39, 39]
        assert number_in(reader.step(-5).rgb) == 34


def test_that_stepping_back_decodes_a_group_of_pictures_once(clip: ClipMaker, decoded_pts: list[int]) -> None:
    with FrameReader(clip(frames=60, options={"g": "30", "bf": "0"})) as reader:
        reader.at_index(55)
        decoded_pts.clear()
        for _ in range(20):
            reader.step(-1)
        assert len(decoded_pts) <= 1


def test_that_reading_on_does_not_seek(clip: ClipMaker, decoded_pts: list[int]) -> None:
    with FrameReader(clip(frames=60)) as reader:
        assert [number_in(picture.rgb) for picture in reader.play_from(0.4)] == list(range(10, 60))
        assert len(decoded_pts) == 1


def test_that_few_pictures_are_kept_when_memory_is_small(clip: ClipMaker) -> None:
    bytes_each = 160 * 96 * 3
    with FrameReader(clip(frames=60, options={"g": "60"}), cache_bytes=4 * bytes_each) as reader:
        reader.at_index(50)
        assert [number_in(reader.step(-1).rgb) for _ in range(40)] == list(range(49, 9, -1))
        assert len(reader._cache) <= 4


def test_that_the_nearest_key_frame_is_one(clip: ClipMaker) -> None:
    with FrameReader(clip(frames=60, options={"g": "20", "x264-params": "scenecut=0"})) as reader:
        assert [reader.nearest_key(t_s).index for t_s in (0.0, 0.3, 0.5, 1.1, 2.3)] == [0, 0, 20, 20, 40]
        assert reader.at(0.9, exact=False).index == 20


def test_that_pictures_are_upright_and_no_larger_than_asked(clip: ClipMaker) -> None:
    with FrameReader(clip(rotation_deg=90, size=(320, 192)), max_size=(64, 64)) as reader:
        picture = reader.at(0.0)
        assert picture.rgb.shape == (64, 38, 3)
        assert picture.rgb.flags.c_contiguous
        reader.set_max_size(None)
        assert reader.at(0.0).rgb.shape == (320, 192, 3)


def test_that_a_film_that_ends_early_shows_its_last_frame(clip: ClipMaker) -> None:
    path = clip(frames=100, container_options={"movflags": "faststart"}, options={"g": "10"})
    table = scan_frames(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with FrameReader(path, table=table) as reader:
        last = reader.at(3.9)
        assert 40 < last.index < 99
        assert number_in(last.rgb) == last.index
        assert number_in(reader.step(-1).rgb) == last.index - 1
