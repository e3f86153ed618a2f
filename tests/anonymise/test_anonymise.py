"""Anonymised copies of small real videos: which pixels, times and sounds come out."""

import errno
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from core.anonymise import voice as voice_module
from core.anonymise.anonymise import anonymise
from core.anonymise.types import STYLES, Disguise, Style
from core.errors import Canceled, InvalidRequest, MediaMissing, RushesError, StorageFull, StorageUnwritable
from core.media.container import open_container
from core.media.probe import probe
from tests.anonymise.copies import changed, cover, noise_picture, pictures, sound, streams, times_of

MIDDLE = (0.4, 0.4, 0.6, 0.6)
ALL_OVER = (0.0, 1.0)
MakeVideo = Callable[..., Path]


@pytest.fixture
def film(make_video: MakeVideo, tmp_path: Path) -> Path:
    """One second of coloured squares."""
    return make_video(tmp_path / "film.mp4", segments=[{"seconds": 1.0, "picture": noise_picture()}], size=(320, 184))


def part_changed(film: Path, copy: Path, box: tuple[float, float, float, float]) -> np.ndarray:
    """Part of the pixels of each frame inside ``box`` that changed."""
    diff = changed(pictures(film), pictures(copy))
    _, height, width = diff.shape
    x0, y0, x1, y1 = (round(value * side) for value, side in zip(box, (width, height, width, height), strict=True))
    return np.asarray(diff[:, y0:y1, x0:x1].mean(axis=(1, 2)))


@pytest.mark.parametrize("style", STYLES)
def test_that_covered_pixels_change_and_others_stay(film: Path, tmp_path: Path, style: Style) -> None:
    copy = tmp_path / "copy.mp4"
    done = anonymise(film, copy, [cover(MIDDLE, *ALL_OVER)], Disguise(style=style, margin=0.0))
    diff = changed(pictures(film), pictures(copy))
    inside = np.zeros(diff.shape[1:], np.bool_)
    inside[70:114, 124:196] = True
    near = np.zeros_like(inside)
    near[48:136, 96:224] = True  # the cover grows between two sightings
    assert diff[:, inside].mean() > 0.6
    assert diff[:, ~near].mean() < 0.01
    assert (done.path, done.frames, done.covered_frames, done.tracks) == (copy, 25, 25, ("1",))


def test_that_hold_covers_earlier_and_later_frames(film: Path, tmp_path: Path) -> None:
    covered = {}
    for hold_s in (0.0, 0.2):
        copy = tmp_path / f"{hold_s}.mp4"
        done = anonymise(film, copy, [cover(MIDDLE, 0.4, 0.6)], Disguise(style="box", hold_s=hold_s))
        seen = part_changed(film, copy, MIDDLE) > 0.5
        covered[hold_s] = np.flatnonzero(seen).tolist()
        assert done.covered_frames == len(covered[hold_s])
    assert covered[0.0] == list(range(10, 16))
    assert covered[0.2] == list(range(5, 21))


def test_that_bridge_decides_whether_a_gap_is_covered(film: Path, tmp_path: Path) -> None:
    for bridge_s, in_between in ((2.0, True), (0.1, False)):
        copy = tmp_path / f"{bridge_s}.mp4"
        wanted = Disguise(style="box", hold_s=0.1, bridge_s=bridge_s)
        done = anonymise(film, copy, [cover(MIDDLE, *ALL_OVER)], wanted)
        assert (part_changed(film, copy, MIDDLE)[12] > 0.5) == in_between
        assert (done.notes == ()) == in_between, "a gap is told"


def test_that_margin_widens_the_cover(film: Path, tmp_path: Path) -> None:
    beside = (0.31, 0.42, 0.38, 0.58)
    for margin, wide in ((0.0, False), (0.5, True)):
        copy = tmp_path / f"{margin}.mp4"
        anonymise(film, copy, [cover(MIDDLE, 0.0, 0.5, 0.96)], Disguise(style="box", margin=margin))
        assert (part_changed(film, copy, beside)[0] > 0.5) == wide


def test_that_strength_leaves_less_detail(film: Path, tmp_path: Path) -> None:
    detail = []
    for strength in (0.0, 1.0):
        copy = tmp_path / f"{strength}.mp4"
        anonymise(film, copy, [cover((0.2, 0.2, 0.8, 0.8), *ALL_OVER)], Disguise("pixelate", strength, margin=0.0))
        detail.append(float(np.abs(np.diff(pictures(copy)[0, 60:120, 100:220].astype(int), axis=1)).mean()))
    assert detail[1] < detail[0] / 1.5


def test_that_every_frame_keeps_its_time(make_video: MakeVideo, tmp_path: Path) -> None:
    uneven = [0.0, 0.04, 0.05, 0.21, 0.5, 0.51, 1.7, 1.74, 2.9, 3.0]
    videos: dict[str, dict[str, Any]] = {
        "uneven.mp4": {"times_s": uneven},
        "uneven.mkv": {"times_s": uneven},
        "late.mp4": {"start_s": 0.5, "tone": {"start_s": 0.0}},
        "late.ts": {"start_s": 3.0, "tone": True},
        "thirty.mov": {"fps": 29.97},
    }
    for name, more in videos.items():
        source = make_video(tmp_path / name, segments=[{"frames": 10, "moving": True}], **more)
        for voice in ("keep", "pitch", "mute"):
            copy = tmp_path / f"{name}-{voice}.mp4"
            anonymise(source, copy, [cover(MIDDLE, 0.0)], Disguise(voice=voice))
            assert times_of(copy) == pytest.approx(times_of(source), abs=2e-5), (name, voice)


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_that_covers_of_a_turned_video_lie_where_people_see_the_face(
    make_video: MakeVideo, tmp_path: Path, rotation_deg: int
) -> None:
    film = make_video(
        tmp_path / "turned.mp4",
        segments=[{"seconds": 0.4, "picture": noise_picture()}],
        size=(320, 184),
        rotation_deg=rotation_deg,
    )
    copy = tmp_path / "copy.mp4"
    box = (0.6, 0.1, 0.9, 0.3)
    anonymise(film, copy, [cover(box, 0.0, 0.4)], Disguise(style="box", margin=0.0))
    assert (probe(copy).width_px, probe(copy).height_px) == (probe(film).width_px, probe(film).height_px)
    assert probe(copy).rotation_deg == 0
    assert (part_changed(film, copy, box) > 0.6).all()
    assert (part_changed(film, copy, (0.1, 0.5, 0.5, 0.9)) < 0.02).all()


def test_that_a_face_at_the_edge_is_covered_to_the_edge(film: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    anonymise(film, copy, [cover((0.03, 0.03, 0.2, 0.3), *ALL_OVER)], Disguise(style="box"))
    assert (part_changed(film, copy, (0.0, 0.0, 0.1, 0.1)) > 0.6).all()


def test_that_oblong_pixels_and_odd_sizes_come_through(make_video: MakeVideo, tmp_path: Path) -> None:
    wide = make_video(tmp_path / "wide.mp4", size=(180, 144), sample_aspect=Fraction(16, 11))
    copy = tmp_path / "copy.mp4"
    anonymise(wide, copy, [cover(MIDDLE, 0.0)])
    assert (probe(copy).width_px, probe(copy).height_px) == (probe(wide).width_px, probe(wide).height_px)
    odd = tmp_path / "odd.mkv"
    with av.open(str(odd), "w") as output:
        stream = output.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 161, 91, "yuv420p"
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(np.full((91, 161, 3), 90, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    anonymise(odd, copy, [cover(MIDDLE, 0.0)])
    assert (probe(copy).width_px, probe(copy).height_px) == (160, 90)


@pytest.mark.parametrize("pixels", ["yuv420p10le", "yuv444p", "bgr0"])
def test_that_other_kinds_of_pixels_keep_their_colours_and_that_is_told(tmp_path: Path, pixels: str) -> None:
    film = tmp_path / "film.mkv"
    picture = np.kron(noise_picture(), np.ones((8, 8, 1), np.uint8))
    with av.open(str(film), "w") as output:
        stream = output.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 184, pixels
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    copy = tmp_path / "copy.mp4"
    done = anonymise(film, copy, [cover((0.0, 0.0, 0.05, 0.05), 0.0)], Disguise(hold_s=0.0))
    before, after = (pictures(path)[2].astype(int) for path in (film, copy))
    assert np.abs((after - before).mean(axis=(0, 1))).max() < 2.5
    assert done.notes == (f"The colours of the video ({pixels}) were brought to 8 bits, 4:2:0.",)


def test_that_a_kept_voice_is_the_same_sample_by_sample(make_video: MakeVideo, tmp_path: Path) -> None:
    source = make_video(tmp_path / "tone.mp4", tone=True)
    copy = tmp_path / "copy.mp4"
    anonymise(source, copy, [cover(MIDDLE, 0.0)], Disguise(voice="keep"))
    assert np.array_equal(sound(source), sound(copy))


class BrokenOff:
    """A file whose sound cannot be read from the third packet on."""

    def __init__(self, container: Any) -> None:
        self._container = container
        self.streams = container.streams

    def __enter__(self) -> "BrokenOff":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._container.close()

    def demux(self, stream: Any) -> Iterator[Any]:
        for count, packet in enumerate(self._container.demux(stream)):
            if count == 3:
                raise av.error.InvalidDataError(errno.EINVAL, "Invalid data found")
            yield packet


def test_that_sound_that_breaks_off_is_told(
    make_video: MakeVideo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_video(tmp_path / "tone.mp4", tone=True)
    monkeypatch.setattr(voice_module, "open_container", lambda path: BrokenOff(open_container(path)))
    done = anonymise(source, tmp_path / "copy.mp4", [cover(MIDDLE, 0.0)], Disguise(voice="keep"))
    assert [note for note in done.notes if "The sound of track 1 ends at 0." in note], done.notes
    assert "Invalid data found" in " ".join(done.notes)
    assert 0 < len(sound(tmp_path / "copy.mp4")) < len(sound(source)) / 2


@pytest.mark.parametrize("semitones", [-7.0, -4.0, 5.0, 12.0])
def test_that_the_voice_is_moved_by_the_semitones(make_video: MakeVideo, tmp_path: Path, semitones: float) -> None:
    source = make_video(tmp_path / "tone.mp4", tone={"hz": 440.0}, segments=[{"seconds": 2.0}])
    copy = tmp_path / "copy.mp4"
    anonymise(source, copy, [cover(MIDDLE, 0.0)], Disguise(voice="pitch", semitones=semitones))
    heard = sound(copy)[8_000:24_000].astype(float)
    loudest_hz = float(np.argmax(np.abs(np.fft.rfft(heard * np.hanning(len(heard))))))
    assert loudest_hz == pytest.approx(440 * 2 ** (semitones / 12), rel=0.01)
    assert len(sound(copy)) == pytest.approx(len(sound(source)), abs=1600)


def test_that_a_moved_voice_stays_in_time(tmp_path: Path, make_video: MakeVideo) -> None:
    source = _with_bursts(tmp_path, make_video)
    copy = tmp_path / "copy.mp4"
    anonymise(source, copy, [cover(MIDDLE, 0.0)], Disguise(voice="pitch", semitones=-5))
    for second in range(1, 20, 3):
        loud = np.abs(sound(copy)[second * 16_000 - 4_000 : second * 16_000 + 8_000].astype(float))
        start = int(np.argmax(loud > 2_000)) - 4_000
        assert abs(start) < 0.06 * 16_000, f"{start / 16_000:.3f} s at second {second}"


def _with_bursts(tmp_path: Path, make_video: MakeVideo) -> Path:
    """20 s with a burst of 0.2 s at each whole second."""
    picture = make_video(tmp_path / "picture.mp4", segments=[{"seconds": 20.0}], fps=5, size=(64, 48))
    target = tmp_path / "bursts.mkv"
    t_s = np.arange(20 * 16_000) / 16_000
    samples = (np.sin(2 * np.pi * 300 * t_s) * 12_000 * (t_s % 1.0 < 0.2)).astype(np.int16)
    with av.open(str(picture)) as given, av.open(str(target), "w") as output:
        video = output.add_stream_from_template(given.streams.video[0])
        audio = output.add_stream("pcm_s16le", rate=16_000, layout="mono")
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                output.mux(packet)
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 16_000, 0, Fraction(1, 16_000)
        output.mux(audio.encode(frame))
        output.mux(audio.encode(None))
    return target


def test_that_a_muted_voice_is_silence(make_video: MakeVideo, tmp_path: Path) -> None:
    source = make_video(tmp_path / "tone.mp4", tone=True)
    copy = tmp_path / "copy.mp4"
    anonymise(source, copy, [], Disguise(voice="mute"))
    assert not sound(copy).any()
    assert len(sound(copy)) == pytest.approx(16_000, abs=2_000)


def test_that_nothing_but_picture_and_sound_is_carried_over(make_video: MakeVideo, tmp_path: Path) -> None:
    plain = make_video(tmp_path / "plain.mp4", tone=True)
    source = tmp_path / "named.mkv"
    lines = tmp_path / "lines.srt"
    lines.write_text("1\n00:00:00,000 --> 00:00:00,500\nAda speaks\n", encoding="utf-8")
    with av.open(str(plain)) as given, av.open(str(lines)) as said, av.open(str(source), "w") as output:
        output.metadata["title"] = "Interview with Ada Lovelace"
        output.metadata["location"] = "+52.5200+013.4050/"
        kept = {stream.index: output.add_stream_from_template(stream) for stream in given.streams}
        kept[1].metadata["title"] = "Voice of Ada"
        subtitles = output.add_stream_from_template(said.streams.subtitles[0])
        for packet in (*said.demux(), *given.demux()):
            if packet.dts is not None:
                packet.stream = subtitles if packet.stream.type == "subtitle" else kept[packet.stream.index]
                output.mux(packet)
    copy = tmp_path / "copy.mp4"
    anonymise(source, copy, [cover(MIDDLE, 0.0)])
    assert "subtitle" in streams(source)
    assert streams(copy) == ["video", "audio"]
    assert b"Ada" not in copy.read_bytes()
    assert b"+52.5200" not in copy.read_bytes()


def test_that_the_same_order_gives_the_same_file(film: Path, tmp_path: Path) -> None:
    contents = []
    for name in ("one.mp4", "two.mp4"):
        anonymise(film, tmp_path / name, [cover(MIDDLE, 0.2, track="a"), cover((0, 0, 0.2, 0.2), 0.2, track="b")])
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]


def test_that_a_stopped_copy_leaves_nothing_and_keeps_what_was_there(film: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    copy = folder / "copy.mp4"
    copy.write_bytes(b"from before")
    calls = 0

    def stop() -> None:
        nonlocal calls
        calls += 1
        if calls == 12:
            raise Canceled("The test canceled.")

    with pytest.raises(Canceled):
        anonymise(film, copy, [cover(MIDDLE, 0.0)], check=stop)
    assert [one.name for one in folder.iterdir()] == ["copy.mp4"]
    assert copy.read_bytes() == b"from before"


def test_that_who_looks_before_placing_may_refuse(film: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    seen = []

    def refuse(whole: Path) -> None:
        seen.append(len(times_of(whole)))
        raise RushesError("Not this one.")

    with pytest.raises(RushesError, match="Not this one"):
        anonymise(film, folder / "copy.mp4", [cover(MIDDLE, 0.0)], before_placing=refuse)
    assert seen == [25]
    assert list(folder.iterdir()) == []


def test_that_a_full_disk_is_told_and_leaves_nothing(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(av.container.OutputContainer, "mux", full, raising=False)
    with pytest.raises(StorageFull):
        anonymise(film, folder / "copy.mp4", [cover(MIDDLE, 0.0)])
    assert list(folder.iterdir()) == []


def test_that_a_wrong_target_is_refused_before_any_work(film: Path, tmp_path: Path) -> None:
    covers = [cover(MIDDLE, 0.0)]
    with pytest.raises(InvalidRequest, match="is the video itself"):
        anonymise(film, film, covers)
    with pytest.raises(InvalidRequest, match="is a folder"):
        anonymise(film, tmp_path, covers)
    with pytest.raises(InvalidRequest, match="is an MP4"):
        anonymise(film, tmp_path / "copy.avi", covers)
    with pytest.raises(StorageUnwritable):
        anonymise(film, tmp_path / "nowhere" / "copy.mp4", covers)
    with pytest.raises(MediaMissing):
        anonymise(tmp_path / "gone.mp4", tmp_path / "copy.mp4", covers)
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"]


def test_that_progress_rises_to_the_whole_length(film: Path, tmp_path: Path) -> None:
    told: list[tuple[float, float]] = []
    anonymise(film, tmp_path / "copy.mp4", [cover(MIDDLE, 0.0)], progress=lambda *one: told.append(one))
    assert [one for one, _ in told] == sorted(one for one, _ in told)
    assert told[-1][0] == pytest.approx(0.96)
    assert told[-1][1] == pytest.approx(1.0)
