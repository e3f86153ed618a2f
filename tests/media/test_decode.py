"""However a video is cut into ranges, the same frames come out as when all of it is decoded at once."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Canceled, InvalidRequest
from core.media.decode import decode_range
from core.media.frames import has_variable_rate, scan_frames
from core.media.ranges import plan_ranges
from core.media.types import FrameTable
from tests.media.clips import digest, make_clip

ClipMaker = Callable[..., Path]
Shown = list[tuple[int, str]]

VARIABLE = np.cumsum(np.resize([40, 20, 90, 33, 34], 60)).tolist()
SHAPES: dict[str, dict[str, object]] = {
    "b_frames.mp4": {"options": {"bf": "3", "g": "12"}},
    "open_gop.mp4": {"options": {"bf": "3", "x264-params": "open-gop=1:keyint=10:min-keyint=10:scenecut=0"}},
    "open_gop.mkv": {"options": {"bf": "3", "x264-params": "open-gop=1:keyint=10:min-keyint=10:scenecut=0"}},
    "open_gop.ts": {"options": {"bf": "3", "x264-params": "open-gop=1:keyint=10:min-keyint=10:scenecut=0"}},
    "variable.mp4": {"pts": VARIABLE, "time_base": Fraction(1, 1000)},
    "variable.mkv": {"pts": VARIABLE, "time_base": Fraction(1, 1000)},
    "late_start.ts": {"options": {"bf": "2", "g": "10"}, "container_options": {"output_ts_offset": "100"}},
    "late_start.mp4": {"pts": [n + 75 for n in range(60)], "time_base": Fraction(1, 25)},
    "edit_list.mp4": {
        "pts": [n - 5 for n in range(60)],
        "time_base": Fraction(1, 25),
        "container_options": {"avoid_negative_ts": "disabled"},
    },
    "plain.mkv": {},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "15", "auto-alt-ref": "1", "lag-in-frames": "16"}},
    "one_key.mp4": {"options": {"g": "1000", "x264-params": "scenecut=0"}},
    "all_keys.mp4": {"options": {"g": "1", "bf": "0"}},
    "refresh.mkv": {"options": {"bf": "0", "x264-params": "intra-refresh=1:keyint=20"}},
    "hevc.mp4": {"codec": "libx265", "options": {"x265-params": "log-level=none:keyint=12:bframes=3"}},
    "mpeg4.avi": {"codec": "mpeg4", "options": {"bf": "2", "g": "10"}},
    "packed.avi": {"options": {"bf": "3", "g": "12"}},
    "mpeg2.mpg": {"codec": "mpeg2video", "options": {"bf": "2", "g": "10"}},
    "raw.h264": {"options": {"bf": "2", "g": "10"}},
    "one_frame.mp4": {"frames": 1},
    "ten_bit.mkv": {"pixel_format": "yuv420p10le"},
}


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """``shapes(name)`` gives the clip of that name, made once."""
    folder = tmp_path_factory.mktemp("shapes")

    def give(name: str) -> Path:
        path = folder / name
        return path if path.exists() else make_clip(path, **SHAPES[name])  # type: ignore[arg-type]

    return give


def everything(path: Path) -> Shown:
    """PTS (where the file has them) and pixels of a plain decode of the whole file."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "NONE"
        return [(-1 if frame.pts is None else frame.pts, digest(frame)) for frame in container.decode(video=0)]


def shown(path: Path, start_pts: int, end_pts: int | None) -> Shown:
    return [(one.pts, digest(one.frame)) for one in decode_range(path, start_pts=start_pts, end_pts=end_pts)]


@pytest.mark.parametrize("name", SHAPES)
def test_that_ranges_together_are_the_whole_video(shapes: Callable[[str], Path], name: str) -> None:
    path = shapes(name)
    whole = everything(path)
    table = scan_frames(path)
    for target_s in (0.1, 0.7, 100.0):
        plan = plan_ranges(table, target_s=target_s)
        together = [frame for part in plan for frame in shown(path, part.start_pts, part.end_pts)]
        assert [pixels for _, pixels in together] == [pixels for _, pixels in whole]
        if whole == sorted(whole) and whole[0][0] >= 0:  # AVI and raw streams have no times of their own
            assert [pts for pts, _ in together] == [pts for pts, _ in whole]


@pytest.mark.parametrize("name", SHAPES)
def test_that_the_table_lists_just_the_frames_that_are_shown(shapes: Callable[[str], Path], name: str) -> None:
    path = shapes(name)
    table = scan_frames(path)
    assert table.pts.tolist() == [pts for pts, _ in shown(path, int(table.pts[0]), None)]
    assert table.keyframe[0] or name == "edit_list.mp4"  # there the first key frame is not to be shown
    assert table.end_pts > table.pts[-1]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("name", ["open_gop.mp4", "open_gop.ts", "variable.mkv", "one_key.mp4", "vp9.webm"])
def test_that_any_two_times_bound_just_the_frames_between(
    shapes: Callable[[str], Path], name: str, data: st.DataObject
) -> None:
    path = shapes(name)
    whole = everything(path)
    times = [pts for pts, _ in whole]
    bounds = st.integers(times[0] - 50, times[-1] + 50)
    start, end = sorted((data.draw(bounds), data.draw(bounds)))
    assert shown(path, start, end) == [frame for frame in whole if start <= frame[0] < end]


def test_that_a_damaged_packet_is_told_and_passed_over(clip: ClipMaker) -> None:
    path = clip("damaged.mp4", frames=120, options={"g": "12", "bf": "0"})
    table = scan_frames(path)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = b"\xff" * 3000
    path.write_bytes(content)
    told: list[str] = []
    times = [one.pts for one in decode_range(path, start_pts=int(table.pts[0]), on_warning=told.append)]
    assert len(times) > 60
    assert times == sorted(set(times))
    assert set(times) <= set(table.pts.tolist())
    assert told
    assert all("damaged.mp4" in text for text in told)
    assert times[-1] == table.pts[-1]


def test_that_a_stream_cut_into_before_its_first_key_frame_is_read_from_there(clip: ClipMaker) -> None:
    path = clip("cut.ts", frames=80, options={"g": "20", "bf": "2"})
    content = path.read_bytes()
    path.write_bytes(content[len(content) // 3 // 188 * 188 :])
    table = scan_frames(path)
    assert table.keyframe[0]
    times = [one.pts for one in decode_range(path, start_pts=int(table.pts[0]))]
    assert times == table.pts[table.pts >= times[0]].tolist()
    assert len(times) >= 20


def _table(pts: list[int], keys: list[int]) -> FrameTable:
    return FrameTable(np.asarray(pts), np.isin(np.arange(len(pts)), keys), Fraction(1, 25), 0, pts[-1] + 1)


def test_that_ranges_begin_at_key_frames_and_hold_every_frame_once() -> None:
    table = _table(list(range(100)), [0, 10, 20, 55, 60, 90])
    plan = plan_ranges(table, target_s=0.8)
    assert [(part.start_frame, part.end_frame) for part in plan] == [(0, 20), (20, 55), (55, 90), (90, 100)]
    assert [part.start_pts for part in plan] == [0, 20, 55, 90]
    assert [part.end_pts for part in plan] == [20, 55, 90, None]


def test_that_a_length_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        plan_ranges(_table([0, 1], [0]), target_s=0)


def test_that_frames_lie_at_their_times_of_the_container() -> None:
    table = FrameTable(np.asarray([100, 120, 150]), np.asarray([True, False, False]), Fraction(1, 100), 100, 160)
    assert [table.frame_at(t_s) for t_s in (-1.0, 0.0, 0.19, 0.2, 0.45, 0.5, 9.0)] == [0, 0, 0, 1, 1, 2, 2]


def test_that_one_late_frame_in_a_long_film_is_no_variable_rate() -> None:
    steps = np.full(2000, 512)
    steps[700] = 1024
    assert not has_variable_rate(np.cumsum(steps))
    assert has_variable_rate(np.cumsum(np.resize([512, 512, 1024], 300)))


def test_that_a_scan_stops_when_it_is_told_to(clip: ClipMaker) -> None:
    def stop() -> None:
        raise Canceled("enough")

    with pytest.raises(Canceled, match="enough"):
        scan_frames(clip(), check=stop)
