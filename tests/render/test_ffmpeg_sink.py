"""Frames go through a pipe into FFmpeg: what comes out, and what stays when it cannot be finished."""

import os
import signal
from pathlib import Path

import av
import numpy as np
import pytest

from core.errors import Canceled, InvalidRequest, StorageFull, StorageUnwritable
from core.render.ffmpeg import VARIABLE, FfmpegFailed, FfmpegMissing
from core.render.frame_sink import FrameSink
from core.render.output_check import read_facts
from tests.render.small_cuts import program_script, shade_of, shaded, stop_after

WIDTH_PX, HEIGHT_PX = 180, 320
BT709, LIMITED = 1, 1
NOISE = np.random.default_rng(0).integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3), np.uint8)


def sink_to(target: Path, **wishes: object) -> FrameSink:
    """A sink for small frames."""
    return FrameSink(target, width_px=WIDTH_PX, height_px=HEIGHT_PX, **wishes)  # type: ignore[arg-type]


def fill(sink: FrameSink, count: int = 1000, *, kill_after: int | None = None) -> None:
    """Write noise; after so many frames the program is killed as a person, or a system short of memory, would."""
    with sink:
        for frame in range(count):
            sink.write(NOISE)
            if frame == kill_after:
                os.kill(sink._process.pid, signal.SIGKILL)


def test_that_frames_come_out_in_order_each_at_its_thirtieth_of_a_second(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "seg_000.mp4"
    with sink_to(target) as sink:
        for frame in range(50):
            sink.write(shaded(frame, width_px=WIDTH_PX, height_px=HEIGHT_PX))
    facts = read_facts(target)
    assert (facts.width_px, facts.height_px, facts.fps, facts.frame_count) == (WIDTH_PX, HEIGHT_PX, 30, 50)
    assert (facts.video_codec, facts.pixel_format, facts.audio_codec) == ("h264", "yuv420p", "")
    with av.open(str(target)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [packet.pts * stream.time_base * 30 for packet in packets] == list(range(50))
        assert all(packet.pts == packet.dts for packet in packets)
        assert packets[0].is_keyframe
    with av.open(str(target)) as container:
        greys = [frame.to_ndarray(format="gray")[160, 90] for frame in container.decode(video=0)]
    assert np.allclose(greys, [shade_of(frame) for frame in range(50)], atol=2)
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(
    "colour", [(230, 30, 40), (20, 180, 90), (30, 60, 220), (128, 128, 128), (255, 255, 255), (0, 0, 0), (28, 34, 48)]
)
def test_that_a_colour_is_the_same_after_decoding_as_the_file_says(colour: tuple[int, ...], tmp_path: Path) -> None:
    target = tmp_path / "colour.mp4"
    with sink_to(target) as sink:
        for _ in range(4):
            sink.write(np.full((HEIGHT_PX, WIDTH_PX, 3), colour, np.uint8))
    with av.open(str(target)) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_primaries, frame.color_trc) == (BT709, BT709, BT709)
        assert frame.color_range == LIMITED
        assert np.abs(frame.to_ndarray(format="rgb24")[100, 90].astype(int) - colour).max() <= 2


def test_that_a_frame_may_be_drawn_over_once_it_is_handed_over(tmp_path: Path) -> None:
    target = tmp_path / "seg.mp4"
    canvas = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    with sink_to(target) as sink:
        for frame in range(20):
            canvas[:] = shade_of(frame)
            sink.write(canvas)
            canvas[:] = 255
    with av.open(str(target)) as container:
        brightest = max(frame.to_ndarray(format="rgb24").max() for frame in container.decode(video=0))
    assert brightest <= shade_of(19) + 2


def test_that_a_picture_of_another_size_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest), sink_to(tmp_path / "seg.mp4") as sink:
        sink.write(np.zeros((HEIGHT_PX, WIDTH_PX + 2, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_that_canceling_between_two_frames_leaves_nothing_and_ends_the_program(tmp_path: Path) -> None:
    sink = sink_to(tmp_path / "seg.mp4", check=stop_after(10, Canceled("stopped")))
    with pytest.raises(Canceled):
        fill(sink)
    assert sink.frames < 10
    assert sink._process.returncode is not None
    assert list(tmp_path.iterdir()) == []


def test_that_an_old_file_stays_when_the_new_one_cannot_be_finished(tmp_path: Path) -> None:
    target = tmp_path / "seg.mp4"
    target.write_bytes(b"the old one")
    with pytest.raises(InvalidRequest), sink_to(target) as sink:
        sink.write(NOISE[:, ::2])
    assert target.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [target]


def test_that_a_program_that_stopped_taking_frames_can_still_be_canceled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(program_script(tmp_path / "stuck", "exec sleep 60")))
    out = tmp_path / "out"
    sink = sink_to(out / "seg.mp4", check=stop_after(15, Canceled("stopped")))
    with pytest.raises(Canceled):
        fill(sink)
    assert sink._process.returncode == -signal.SIGKILL
    assert list(out.iterdir()) == []


def test_that_a_script_that_waits_for_another_program_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(program_script(tmp_path / "waits", "sleep 60; true")))
    out = tmp_path / "out"
    with pytest.raises(Canceled):
        fill(sink_to(out / "seg.mp4", check=stop_after(8, Canceled("stopped"))))
    assert list(out.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getpgid"), reason="groups of processes are POSIX's")
def test_that_ctrl_c_in_a_terminal_does_not_reach_the_program(tmp_path: Path) -> None:
    with sink_to(tmp_path / "seg.mp4") as sink:
        assert os.getpgid(sink._process.pid) != os.getpgid(0)
        sink.write(NOISE)
    assert read_facts(tmp_path / "seg.mp4").frame_count == 1


def test_that_a_program_killed_in_the_middle_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    sink = sink_to(tmp_path / "seg.mp4")
    with pytest.raises(FfmpegFailed) as caught:
        fill(sink, 100_000, kill_after=20)
    assert "SIGKILL" in caught.value.message
    assert str(tmp_path / "seg.mp4") in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_that_a_program_killed_after_the_last_frame_is_told_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(program_script(tmp_path / "dies", "cat > /dev/null; kill -9 $$")))
    out = tmp_path / "out"
    with pytest.raises(FfmpegFailed), sink_to(out / "seg.mp4") as sink:
        sink.write(NOISE)
    assert list(out.iterdir()) == []


def test_that_no_program_means_a_clear_reason_and_nothing_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    out = tmp_path / "out"
    with pytest.raises(FfmpegMissing), sink_to(out / "seg.mp4"):
        pass
    assert list(out.iterdir()) == []


def test_that_a_full_disk_is_told_as_such_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """/dev/full is a disk without a free byte: the kernel refuses each write with the error of a full one."""
    if not Path("/dev/full").exists():
        pytest.skip("a device of Linux")
    to_full_disk = 'arguments=("$@"); arguments[-1]=file:/dev/full; exec "$FFMPEG" "${arguments[@]}"'
    monkeypatch.setenv(VARIABLE, str(program_script(tmp_path / "full", to_full_disk)))
    out = tmp_path / "out"
    sink = sink_to(out / "seg.mp4")
    with pytest.raises(StorageFull) as caught:
        fill(sink)
    assert str(out / "seg.mp4") in caught.value.message
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("signal_is", ["deadly", "ignored"])
def test_that_a_file_that_may_not_grow_is_told_and_leaves_nothing(
    signal_is: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = "trap '' XFSZ\n" if signal_is == "ignored" else ""
    monkeypatch.setenv(VARIABLE, str(program_script(tmp_path / "small", f'{trap}ulimit -f 64\nexec "$FFMPEG" "$@"')))
    out = tmp_path / "out"
    sink = sink_to(out / "seg.mp4")
    with pytest.raises(StorageUnwritable):
        fill(sink)
    assert list(out.iterdir()) == []


def test_that_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageUnwritable), sink_to(tmp_path / "file" / "seg.mp4"):
        pass
