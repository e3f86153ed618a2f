"""Segments and sound become one file, whose times, tracks and packets are what was asked for."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.errors import Canceled, InvalidRequest, MediaMissing, StorageFull, StorageUnwritable, UnsupportedMedia
from core.render import assembling
from core.render.assembling import OutputWrong, assemble
from core.render.output_check import read_facts
from core.render.sound.wav import write_wav
from tests.render.ebur128 import measure_loudness
from tests.render.small_cuts import RATE_HZ, plan_of, shade_of, stop_after, write_foreign, write_segments

LENGTHS = (10, 10, 10)


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three segments of a second in all."""
    return write_segments(tmp_path_factory.mktemp("segments"), *LENGTHS)


def click_track(path: Path, seconds: float, at_s: float) -> Path:
    """Silence with one short burst."""
    samples = np.zeros((round(seconds * RATE_HZ), 2), np.float32)
    first = round(at_s * RATE_HZ)
    samples[first : first + 480] = 0.5 * np.sin(np.arange(480) * 2 * np.pi * 1000 / RATE_HZ)[:, None]
    write_wav(path, samples)
    return path


def packets_of(path: Path) -> list[bytes]:
    """The encoded frames of a file."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size]


def boxes_of(path: Path) -> list[str]:
    """The names of an MP4 file's boxes at the top level, in their order."""
    content, at, names = path.read_bytes(), 0, []
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        names.append(content[at + 4 : at + 8].decode("ascii"))
        at += size if size > 1 else int.from_bytes(content[at + 8 : at + 16], "big")
    return names


def test_that_frames_lie_at_exactly_n_thirtieths_from_zero_and_packets_are_copied(
    segments: list[Path], tmp_path: Path
) -> None:
    target = tmp_path / "output.mp4"
    facts = assemble(segments, None, target, plan=plan_of(*LENGTHS))
    assert (facts.width_px, facts.height_px, facts.fps, facts.frame_count) == (1080, 1920, 30, 30)
    assert facts.duration_s == 1.0
    assert (facts.audio_codec, facts.encoded_again) == ("", ())
    assert facts == read_facts(target)
    with av.open(str(target)) as container:
        stream = container.streams.video[0]
        assert (stream.start_time, container.start_time) == (0, 0)
        shown = [
            (packet.pts * stream.time_base, packet.dts * stream.time_base, packet.duration * stream.time_base)
            for packet in container.demux(stream)
            if packet.size
        ]
    assert shown == [(Fraction(n, 30), Fraction(n, 30), Fraction(1, 30)) for n in range(30)]
    assert packets_of(target) == [packet for path in segments for packet in packets_of(path)]


def test_that_all_frames_decode_to_the_ones_that_were_drawn(segments: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "output.mp4"
    assemble(segments, None, target, plan=plan_of(*LENGTHS))
    with av.open(str(target)) as container:
        decoded = [(frame.time, frame.to_ndarray(format="gray")[900, 500]) for frame in container.decode(video=0)]
    assert [round(time_s * 30, 6) for time_s, _ in decoded] == list(range(30))
    assert np.allclose([grey for _, grey in decoded], [shade_of(n) for n in range(30)], atol=2)


def test_that_the_index_stands_before_the_data(segments: list[Path], tmp_path: Path) -> None:
    mixed = click_track(tmp_path / "mix.wav", 1, 0.5)
    target = tmp_path / "output.mp4"
    assemble(segments, mixed, target, plan=plan_of(*LENGTHS))
    names = boxes_of(target)
    assert names.index("moov") < names.index("mdat")


@pytest.mark.parametrize("at_s", [0.0, 0.5, 0.9])
def test_that_sound_is_heard_when_it_was_mixed_and_lasts_as_long_as_the_picture(
    at_s: float, segments: list[Path], tmp_path: Path
) -> None:
    mixed = click_track(tmp_path / "mix.wav", 1, at_s)
    target = tmp_path / "output.mp4"
    facts = assemble(segments, mixed, target, plan=plan_of(*LENGTHS))
    assert (facts.audio_codec, facts.audio_rate_hz, facts.duration_s) == ("aac", RATE_HZ, 1.0)
    with av.open(str(target)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.channels == 2
        assert stream.duration * stream.time_base == 1
        frames = list(container.decode(stream))
    sound = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    heard = np.flatnonzero(np.abs(sound[0]) > 0.25)
    assert abs((frames[0].time or 0.0) + heard[0] / RATE_HZ - at_s) < 0.002
    assert sound.shape[1] / RATE_HZ == pytest.approx(1, abs=0.03)


def test_that_tracks_lie_beside_each_other_in_the_file(segments: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "output.mp4"
    assemble(segments, click_track(tmp_path / "mix.wav", 1, 0.5), target, plan=plan_of(*LENGTHS))
    with av.open(str(target)) as container:
        ahead_s = 0.0
        reached = {"video": 0.0, "audio": 0.0}
        for packet in container.demux():
            if packet.size and packet.dts is not None:
                reached[packet.stream.type] = float(packet.dts * packet.time_base)
                ahead_s = max(ahead_s, abs(reached["video"] - reached["audio"]))
    assert ahead_s < 0.2


def test_that_a_silent_mix_is_a_silent_track(segments: list[Path], tmp_path: Path) -> None:
    write_wav(tmp_path / "mix.wav", np.zeros((RATE_HZ, 2), np.float32))
    target = tmp_path / "output.mp4"
    assemble(segments, tmp_path / "mix.wav", target, plan=plan_of(*LENGTHS))
    assert read_facts(target).audio_codec == "aac"
    assert measure_loudness(target) == (None, None)


# ---------------------------------------------------------------------- what does not fit


def test_that_a_cut_with_too_few_frames_is_refused_and_an_older_one_stays(segments: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "output.mp4"
    target.write_bytes(b"the old one")
    with pytest.raises(OutputWrong) as caught:
        assemble(segments[:2], None, target, plan=plan_of(*LENGTHS))
    assert "20 frames in place of 30" in caught.value.message
    assert target.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [target]


def test_that_no_segments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        assemble([], None, tmp_path / "output.mp4", plan=plan_of(*LENGTHS))


def test_that_a_segment_that_is_gone_or_damaged_is_named(segments: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "out" / "output.mp4"
    with pytest.raises(MediaMissing) as gone:
        assemble([segments[0], tmp_path / "none.mp4", segments[2]], None, target, plan=plan_of(*LENGTHS))
    assert "Segment 2 is gone" in gone.value.message
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(segments[2].read_bytes()[: segments[2].stat().st_size // 2])
    with pytest.raises(UnsupportedMedia) as broken:
        assemble([*segments[:2], damaged], None, target, plan=plan_of(*LENGTHS))
    assert "Segment 3 is damaged" in broken.value.message
    assert list(target.parent.iterdir()) == []


def test_that_a_mix_that_is_gone_is_named(segments: list[Path], tmp_path: Path) -> None:
    with pytest.raises(MediaMissing) as caught:
        assemble(segments, tmp_path / "mix.wav", tmp_path / "out" / "output.mp4", plan=plan_of(*LENGTHS))
    assert "mix.wav" in caught.value.message
    assert list((tmp_path / "out").iterdir()) == []


def test_that_a_segment_of_another_encoder_is_made_to_fit_and_named(segments: list[Path], tmp_path: Path) -> None:
    foreign = write_foreign(tmp_path / "foreign.mp4", 10, 10)
    target = tmp_path / "out" / "output.mp4"
    facts = assemble([segments[0], foreign, segments[2]], None, target, plan=plan_of(*LENGTHS))
    assert (facts.frame_count, facts.encoded_again) == (30, (1,))
    assert packets_of(target)[:10] == packets_of(segments[0])
    with av.open(str(target)) as container:
        greys = [int(frame.to_ndarray(format="gray")[900, 500]) for frame in container.decode(video=0)]
    assert np.allclose(greys, [shade_of(n) for n in range(30)], atol=4)
    assert list(target.parent.iterdir()) == [target]


def test_that_a_segment_of_another_size_is_refused(segments: list[Path], tmp_path: Path) -> None:
    foreign = write_foreign(tmp_path / "foreign.mp4", 10, 10, size_px=(540, 960))
    with pytest.raises(UnsupportedMedia) as caught:
        assemble([segments[0], foreign, segments[2]], None, tmp_path / "output.mp4", plan=plan_of(*LENGTHS))
    assert "540 x 960" in caught.value.message


# ---------------------------------------------------------------------- cancel, full disk


@pytest.mark.parametrize("calls", [1, 5, 60])
def test_that_canceling_at_any_moment_leaves_nothing(calls: int, segments: list[Path], tmp_path: Path) -> None:
    mixed = click_track(tmp_path / "mix.wav", 1, 0.5)
    target = tmp_path / "out" / "output.mp4"
    with pytest.raises(Canceled):
        assemble(segments, mixed, target, plan=plan_of(*LENGTHS), check=stop_after(calls, Canceled("stopped")))
    assert list(target.parent.iterdir()) == []


def test_that_a_full_disk_is_told_as_such(
    segments: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The temporary file leads to /dev/full, where the kernel refuses each write as on a full disk."""
    if not Path("/dev/full").exists():
        pytest.skip("a device of Linux")

    def name_of_full_disk(_bytes: int) -> str:
        (tmp_path / ".output.mp4.known.tmp").symlink_to("/dev/full")
        return "known"

    monkeypatch.setattr(assembling.secrets, "token_hex", name_of_full_disk)
    with pytest.raises(StorageFull) as caught:
        assemble(segments, None, tmp_path / "output.mp4", plan=plan_of(*LENGTHS))
    assert str(tmp_path / "output.mp4") in caught.value.message
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def files_of_at_most_2_kib() -> Iterator[None]:
    """As a quota does it: what grows further is refused. Python ignores the signal that comes with it."""
    resource = pytest.importorskip("resource", reason="a limit of POSIX")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("files_of_at_most_2_kib")
def test_that_a_file_that_may_not_grow_is_told_and_leaves_nothing(segments: list[Path], tmp_path: Path) -> None:
    with pytest.raises((StorageFull, StorageUnwritable)):
        assemble(segments, None, tmp_path / "output.mp4", plan=plan_of(*LENGTHS))
    assert list(tmp_path.iterdir()) == []


def test_that_what_a_killed_process_left_is_taken_away(segments: list[Path], tmp_path: Path) -> None:
    (tmp_path / ".output.mp4.0badcafe.tmp").write_bytes(b"half a cut")
    (tmp_path / ".output.mp4.abcd.tmp").mkdir()
    (tmp_path / ".output.mp4.abcd.tmp" / "fitted-001.mp4").write_bytes(b"half a segment")
    assemble(segments, None, tmp_path / "output.mp4", plan=plan_of(*LENGTHS))
    assert [path.name for path in tmp_path.iterdir()] == ["output.mp4"]
