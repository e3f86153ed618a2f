"""What probe says of good and bad files."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.errors import MediaMissing, RushesError, UnsupportedMedia
from core.media.decode import decode_range
from core.media.frames import scan_frames
from core.media.probe import probe
from tests.media.clips import numbered_picture

ClipMaker = Callable[..., Path]


def test_that_a_plain_clip_is_described(clip: ClipMaker) -> None:
    info = probe(clip(frames=50))
    assert (info.width_px, info.height_px, info.rotation_deg) == (160, 96, 0)
    assert info.codec == "h264"
    assert info.average_fps == 25
    assert info.duration_s == pytest.approx(2.0, abs=0.05)
    assert not info.variable_rate
    assert info.audio == ()
    assert info.warnings == ()


@pytest.mark.parametrize(("turn_deg", "upright"), [(90, (96, 160)), (180, (160, 96)), (270, (96, 160))])
def test_that_a_turned_clip_has_its_upright_size(clip: ClipMaker, turn_deg: int, upright: tuple[int, int]) -> None:
    info = probe(clip(rotation_deg=turn_deg))
    assert (info.width_px, info.height_px) == upright
    assert info.rotation_deg == turn_deg
    assert (info.coded_width_px, info.coded_height_px) == (160, 96)


def test_that_oblong_pixels_become_square(clip: ClipMaker) -> None:
    info = probe(clip(sample_aspect=Fraction(3, 2)))
    assert (info.width_px, info.height_px) == (240, 96)
    assert info.sample_aspect == pytest.approx(1.5)


def test_that_a_variable_rate_is_noticed(clip: ClipMaker) -> None:
    pts = np.cumsum(np.resize([40, 20, 90, 33], 60)).tolist()
    assert probe(clip(pts=pts, time_base=Fraction(1, 1000))).variable_rate


def test_that_matroska_rounding_is_no_variable_rate(clip: ClipMaker) -> None:
    assert not probe(clip("thirty.mkv", fps=30)).variable_rate


def test_that_a_start_that_is_not_zero_is_told(clip: ClipMaker) -> None:
    path = clip("late.ts", container_options={"output_ts_offset": "5"})
    info, table = probe(path), scan_frames(path)
    assert info.start_s > 1.0
    assert table.seconds(int(table.pts[0])) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv422p", "yuv444p"])
def test_that_other_pixel_formats_are_read(clip: ClipMaker, pixel_format: str) -> None:
    assert probe(clip(pixel_format=pixel_format)).codec == "h264"


def test_that_a_single_frame_is_a_video(clip: ClipMaker) -> None:
    path = clip(frames=1)
    assert probe(path).duration_s > 0
    assert len(scan_frames(path)) == 1


def test_that_a_4k_frame_is_read(clip: ClipMaker) -> None:
    info = probe(clip(frames=2, size=(3840, 2160), options={"preset": "ultrafast"}))
    assert (info.width_px, info.height_px) == (3840, 2160)


def test_that_a_path_in_any_script_works(tmp_path: Path, clip: ClipMaker) -> None:
    folder = tmp_path / "Ünïcödé 你好"
    folder.mkdir()
    info = probe(clip("Ünïcödé 你好/fïlm %03d.mp4"))
    assert Path(info.path).parent == folder


def test_that_sound_streams_are_listed(sound: ClipMaker) -> None:
    (stream,) = probe(sound(video_frames=40)).audio
    assert (stream.codec, stream.channels, stream.sample_rate_hz) == ("aac", 2, 44_100)


def test_that_sound_with_video_that_starts_later_says_so(sound: ClipMaker) -> None:
    (stream,) = probe(sound("late.mkv", video_frames=60, start_s=0.8)).audio
    assert stream.start_s == pytest.approx(0.8, abs=0.05)


def _says(error: RushesError, path: Path) -> None:
    assert path.name in error.message
    assert error.action


def test_that_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaMissing) as caught:
        probe(tmp_path / "gone.mp4")
    _says(caught.value, tmp_path / "gone.mp4")


def test_that_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia, match="folder") as caught:
        probe(tmp_path)
    _says(caught.value, tmp_path)


def test_that_a_file_without_permission_is_refused(clip: ClipMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    path = clip()

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnsupportedMedia, match="No permission") as caught:
        probe(path)
    _says(caught.value, path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"hello, this is no video\n" * 50, "not a video"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nother.ts\n#EXT-X-ENDLIST\n", "not a video"),
        (bytes(range(256)) * 200, "not a video"),
    ],
)
def test_that_a_file_that_is_no_video_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "thing.mp4"
    path.write_bytes(content)
    with pytest.raises(UnsupportedMedia, match=reason) as caught:
        probe(path)
    _says(caught.value, path)


def test_that_a_text_named_as_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("a terminal would draw this\n" * 40)
    with pytest.raises(UnsupportedMedia, match="not a video"):
        probe(path)


def test_that_a_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    av.VideoFrame.from_ndarray(numbered_picture(1, (64, 48)), format="rgb24").to_image().save(path)
    with pytest.raises(UnsupportedMedia, match="not a video"):
        probe(path)


def test_that_a_film_cut_off_before_its_index_is_refused(clip: ClipMaker) -> None:
    path = clip()
    path.write_bytes(path.read_bytes()[:-2500])
    with pytest.raises(UnsupportedMedia, match="cut off") as caught:
        probe(path)
    _says(caught.value, path)


def test_that_what_is_left_of_a_film_cut_off_in_the_middle_is_read(clip: ClipMaker) -> None:
    path = clip(frames=100, container_options={"movflags": "faststart"})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    info = probe(path)
    assert any("cut off" in warning for warning in info.warnings)
    told: list[str] = []
    shown = [decoded.pts for decoded in decode_range(path, start_pts=0, on_warning=told.append)]
    assert 20 < len(shown) < 100
    assert set(shown) <= set(scan_frames(path).pts.tolist())


def test_that_sound_alone_is_refused(sound: ClipMaker) -> None:
    path = sound()
    with pytest.raises(UnsupportedMedia, match="sound only") as caught:
        probe(path)
    _says(caught.value, path)


def test_that_sound_with_a_cover_picture_is_refused(tmp_path: Path, sound: ClipMaker) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(sound())) as source, av.open(str(path), "w") as target:
        track = target.add_stream_from_template(source.streams.audio[0])
        cover = target.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        for packet in source.demux(source.streams.audio[0]):
            if packet.size:
                packet.stream = track
                target.mux(packet)
        picture = av.VideoFrame.from_ndarray(numbered_picture(1, (64, 48)), format="rgb24").reformat(format="yuvj420p")
        target.mux(cover.encode(picture))
        target.mux(cover.encode())
    with pytest.raises(UnsupportedMedia, match="cover picture"):
        probe(path)


def test_that_a_video_track_without_frames_is_refused(tmp_path: Path, sound: ClipMaker) -> None:
    path = tmp_path / "empty_track.mkv"
    with av.open(str(sound())) as source, av.open(str(path), "w") as target:
        video = target.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.codec_context.open()
        track = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.size:
                packet.stream = track
                target.mux(packet)
    with pytest.raises(UnsupportedMedia, match=r"no frames|without frames") as caught:
        probe(path)
    _says(caught.value, path)
    with pytest.raises(UnsupportedMedia, match="without frames"):
        scan_frames(path)
