"""Pictures, masks and sounds that are handed in."""

import struct
import wave
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import InvalidRequest, MediaMissing, RushesError, UnsupportedMedia
from core.render.materials import (
    MOST_BYTES,
    ImageFacts,
    SoundFacts,
    check_image,
    check_mask,
    check_sound,
    image_header,
)
from tests.render.made_pictures import mask, picture


@pytest.mark.parametrize(("ending", "name"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")])
def test_that_the_three_formats_are_read_by_content_not_by_name(tmp_path: Path, ending: str, name: str) -> None:
    made = Path(picture(tmp_path / f"a.{ending}", 40, 30))
    misnamed = made.rename(tmp_path / "Ünï 你好.dat")
    assert check_image(misnamed, strict=True) == image_header(misnamed) == ImageFacts(40, 30, name)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_that_every_kind_of_pixels_is_taken(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    Image.new(mode, (20, 10)).save(path)
    facts = check_image(path, strict=True)
    assert (facts.width_px, facts.height_px) == (20, 10)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_that_the_size_is_that_of_the_upright_picture(tmp_path: Path, orientation: int) -> None:
    tag = Image.Exif()
    tag[0x0112] = orientation
    for name in ("a.jpg", "a.png", "a.webp"):
        Image.new("RGB", (30, 20)).save(tmp_path / name, exif=tag)
        facts = check_image(tmp_path / name, strict=True)
        assert (facts.width_px, facts.height_px) == ((20, 30) if orientation >= 5 else (30, 20))


def test_that_odd_metadata_is_no_reason_to_refuse(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20)).save(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert check_image(tmp_path / "a.jpg", strict=True).width_px == 30


def gif(path: Path) -> None:
    Image.new("P", (8, 8)).save(path, "GIF")


def moving(path: Path, kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(path, kind, save_all=True, append_images=frames[1:])


def test_that_what_moves_is_refused(tmp_path: Path) -> None:
    gif(tmp_path / "a.gif")
    moving(tmp_path / "a.png", "PNG")
    moving(tmp_path / "a.webp", "WEBP")
    for name, told in (("a.gif", "is a GIF"), ("a.png", "animation"), ("a.webp", "animation")):
        for strict in (True, False):
            with pytest.raises(UnsupportedMedia, match=told) as caught:
                check_image(tmp_path / name, strict=strict)
            assert str(tmp_path / name) in caught.value.message
            assert "PNG, JPEG or WebP" in caught.value.action


def test_that_other_formats_are_refused_even_where_pillow_would_read_them(tmp_path: Path) -> None:
    for kind in ("BMP", "TIFF", "PPM", "ICO"):
        path = tmp_path / f"{kind}.png"
        Image.new("RGB", (16, 16)).save(path, kind)
        with pytest.raises(UnsupportedMedia, match="not a PNG, JPEG or WebP"):
            check_image(path, strict=False)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
@pytest.mark.parametrize("kept", [0.3, 0.8])
def test_that_a_picture_that_breaks_off_is_refused(tmp_path: Path, name: str, kept: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8)
    path = tmp_path / name
    Image.fromarray(noise).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(UnsupportedMedia, match="broken"):
        check_image(path, strict=False)


def test_that_a_png_with_damaged_pixels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    pixels = np.random.default_rng(3).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, compress_level=0)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(UnsupportedMedia, match="broken picture"):
        check_image(path, strict=True)


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x00\x00\x00\x00WEBP", b"hello"])
def test_that_rubbish_behind_any_head_is_refused(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(head + bytes(range(256)) * 8)
    with pytest.raises(UnsupportedMedia):
        check_image(path, strict=False)


def png_of(width_px: int, height_px: int) -> bytes:
    """The header of a grey PNG of that size, and hardly anything behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


def test_that_4096_px_are_the_most_by_the_api_and_larger_ones_do_elsewhere(tmp_path: Path) -> None:
    exact, wide = Path(picture(tmp_path / "a.png", 4096, 8)), Path(picture(tmp_path / "b.png", 5000, 8))
    assert check_image(exact, strict=True).width_px == 4096
    with pytest.raises(InvalidRequest, match="5000 x 8"):
        check_image(wide, strict=True)
    assert check_image(wide, strict=False).width_px == 5000


def test_that_a_picture_that_would_fill_the_memory_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of(60_000, 60_000))
    with pytest.raises(InvalidRequest, match="3600 megapixels"):
        check_image(path, strict=False)


def test_that_21_mb_are_too_much_by_the_api_only(tmp_path: Path) -> None:
    path = Path(picture(tmp_path / "a.png"))
    with path.open("ab") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(InvalidRequest, match=r"20\.0 MB"):
        check_image(path, strict=True)
    assert check_image(path, strict=False).width_px == 90


def test_that_missing_empty_and_folders_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    cases: list[tuple[Path, type[RushesError], str]] = [
        (tmp_path / "gone.png", MediaMissing, "does not exist"),
        (tmp_path / "empty.png", UnsupportedMedia, "empty"),
        (tmp_path, UnsupportedMedia, "is a folder"),
        (tmp_path / "nul\0.png", UnsupportedMedia, "cannot be read"),
    ]
    for path, error, told in cases:
        for check in (lambda p: check_image(p, strict=True), check_mask, lambda p: check_sound(p, strict=False)):
            with pytest.raises(error, match=told):
                check(path)


def test_that_a_mask_tells_its_alpha(tmp_path: Path) -> None:
    facts = check_mask(Path(mask(tmp_path / "m.png", 30, 20, alpha=(10, 200))))
    assert (facts.width_px, facts.height_px, facts.lowest_alpha, facts.highest_alpha) == (30, 20, 10, 200)


def test_that_masks_with_transparency_of_any_kind_will_do(tmp_path: Path) -> None:
    Image.new("LA", (8, 8), (255, 100)).save(tmp_path / "la.png")
    Image.new("P", (8, 8)).save(tmp_path / "p.png", transparency=0)
    assert check_mask(tmp_path / "la.png").highest_alpha == 100
    assert check_mask(tmp_path / "p.png").lowest_alpha == 0


def test_that_a_mask_may_be_as_large_as_its_picture_beside_the_api(tmp_path: Path) -> None:
    large = Path(mask(tmp_path / "m.png", 5000, 8))
    assert check_mask(large, strict=False).width_px == 5000
    with pytest.raises(InvalidRequest, match="5000 x 8"):
        check_mask(large)


def test_that_a_mask_without_alpha_or_in_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedMedia, match="no alpha"):
        check_mask(Path(picture(tmp_path / "a.png")))
    Image.new("RGBA", (8, 8)).save(tmp_path / "a.webp")
    with pytest.raises(UnsupportedMedia, match="must be a PNG"):
        check_mask(tmp_path / "a.webp")


def wav(path: Path, seconds: float) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(b"\x10\x20\x30\x01" * round(seconds * 22_050))
    return path


def encoded(path: Path, codec: str, seconds: float) -> Path:
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=44_100)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "stereo"
        left = round(seconds * 44_100)
        resampler = av.AudioResampler(stream.format, "stereo", 44_100)
        while left > 0:
            count = min(1024, left)
            samples = (np.sin(np.arange(count) / 10) * 8000).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(np.repeat(samples, 2)[None], "s16", "stereo")
            frame.sample_rate = 44_100
            for made in resampler.resample(frame):
                container.mux(stream.encode(made))
            left -= count
        container.mux(stream.encode(None))
    return path


def test_that_a_wav_tells_its_length_and_rate(tmp_path: Path) -> None:
    facts = check_sound(wav(tmp_path / "a.wav", 1.5), strict=True)
    assert facts == SoundFacts(pytest.approx(1.5), 22_050, 2, "pcm_s16le")  # type: ignore[arg-type]


def test_that_mp3_will_do_everywhere_and_other_sounds_beside_the_api(tmp_path: Path) -> None:
    mp3 = encoded(tmp_path / "a.mp3", "libmp3lame", 2)
    assert check_sound(mp3, strict=True).duration_s == pytest.approx(2, abs=0.1)
    for name, codec in (("a.m4a", "aac"), ("a.flac", "flac"), ("a.ogg", "libopus")):
        path = encoded(tmp_path / name, codec, 1) if codec != "libopus" else encoded_opus(tmp_path / name)
        assert check_sound(path, strict=False).duration_s == pytest.approx(1, abs=0.1)
        with pytest.raises(UnsupportedMedia, match="neither MP3 nor WAV"):
            check_sound(path, strict=True)


def encoded_opus(path: Path) -> Path:
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=48_000)
        assert isinstance(stream, av.AudioStream)
        for _ in range(50):
            frame = av.AudioFrame.from_ndarray(np.full((1, 1920), 900, np.int16), "s16", "stereo")
            frame.sample_rate = 48_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_that_sound_of_no_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises((InvalidRequest, UnsupportedMedia), match=r"a\.wav"):
        check_sound(wav(tmp_path / "a.wav", 0), strict=False)


def test_that_pictures_and_text_are_no_sounds(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_text("not a sound at all " * 99, "utf-8")
    for path in (tmp_path / "a.mp3", Path(picture(tmp_path / "a.png"))):
        for strict in (True, False):
            with pytest.raises(UnsupportedMedia, match=path.name):
                check_sound(path, strict=strict)


def test_that_a_playlist_leads_nowhere(tmp_path: Path) -> None:
    secret = wav(tmp_path / "secret.wav", 1)
    (tmp_path / "list.mp3").write_text(f"#EXTM3U\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n", "utf-8")
    with pytest.raises(UnsupportedMedia):
        check_sound(tmp_path / "list.mp3", strict=False)
    (tmp_path / "concat.wav").write_text(f"ffconcat version 1.0\nfile '{secret}'\n", "utf-8")
    with pytest.raises(UnsupportedMedia):
        check_sound(tmp_path / "concat.wav", strict=False)
