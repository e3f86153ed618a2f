"""What becomes of photos as cameras and web pages give them, and why some are refused."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cast.photo import MOST_BYTES, photo_bytes, read_photo
from core.errors import InvalidRequest, NotFound, UnsupportedMedia

RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 200, 30), (30, 30, 220), (120, 120, 120)


def quarters() -> Image.Image:
    """40 x 20 pixels: red and green above, blue and grey below."""
    picture = np.zeros((20, 40, 3), np.uint8)
    picture[:10, :20], picture[:10, 20:], picture[10:, :20], picture[10:, 20:] = RED, GREEN, BLUE, GREY
    return Image.fromarray(picture)


def encoded(picture: Image.Image, kind: str, **named: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **named)  # type: ignore[arg-type]
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("orientation", "corner", "size"),
    [(1, RED, (20, 40)), (3, GREY, (20, 40)), (6, BLUE, (40, 20)), (8, GREEN, (40, 20)), (2, GREEN, (20, 40))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_that_photos_stand_upright_as_their_camera_says(
    kind: str, orientation: int, corner: tuple[int, int, int], size: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    named = {"quality": 95} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    photo = read_photo(encoded(quarters(), kind, exif=exif, **named), "photo")
    assert photo.rgb.shape == (*size, 3)
    assert photo.rgb[4, 4] == pytest.approx(np.array(corner), abs=12)
    assert photo.scale == 1.0


def test_that_every_kind_of_pixels_becomes_rgb() -> None:
    colour = quarters()
    grey = colour.convert("L")
    deep = Image.fromarray((np.asarray(grey).astype(np.uint16) * 257).astype(np.uint16))
    clear = colour.convert("RGBA")
    clear.putalpha(Image.fromarray(np.tile(np.array([255] * 20 + [0] * 20, np.uint8), (20, 1))))
    kinds = {
        "grey": encoded(grey, "PNG"),
        "16 bit grey": encoded(deep, "PNG"),
        "16 bit tiff": encoded(deep, "TIFF"),
        "float tiff": encoded(grey.convert("F"), "TIFF"),
        "cmyk": encoded(colour.convert("CMYK"), "JPEG", quality=95),
        "palette": encoded(colour.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"),
        "palette gif": encoded(colour.convert("P", palette=Image.Palette.ADAPTIVE), "GIF"),
        "black and white": encoded(colour.convert("1", dither=Image.Dither.NONE), "PNG"),
        "alpha": encoded(clear, "PNG"),
        "grey alpha": encoded(clear.convert("LA"), "PNG"),
    }
    found = {name: read_photo(content, name).rgb for name, content in kinds.items()}
    assert all(rgb.shape == (20, 40, 3) and rgb.dtype == np.uint8 for rgb in found.values())
    level = np.asarray(grey)[4, 4]
    for name in ("grey", "16 bit grey", "16 bit tiff", "grey alpha"):
        assert found[name][4, 4] == pytest.approx(np.array([level] * 3), abs=2), name
    for name in ("cmyk", "palette", "palette gif", "alpha"):
        assert found[name][4, 4] == pytest.approx(np.array(RED), abs=25), name
    assert found["alpha"][4, 30].tolist() == [255, 255, 255]  # what shines through lies on white


def test_that_of_an_animation_the_first_picture_counts() -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in (RED, BLUE)]
    for kind in ("GIF", "WEBP", "PNG"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=40)
        assert read_photo(content, kind).rgb[8, 8] == pytest.approx(np.array(RED), abs=8)


def test_that_a_large_photo_is_shrunk_and_says_so() -> None:
    photo = read_photo(encoded(Image.new("RGB", (6000, 3000), GREEN), "JPEG"), "photo")
    assert max(photo.rgb.shape) <= 4096
    assert photo.scale == pytest.approx(photo.rgb.shape[1] / 6000)


@pytest.mark.parametrize(("width", "height"), [(10_000, 10_000), (20_000, 20_000), (8_000, 6_300)])
def test_that_more_than_50_megapixels_are_refused_before_a_pixel_is_decoded(width: int, height: int) -> None:
    with pytest.raises(UnsupportedMedia, match="too large") as refused:
        read_photo(png_header(width, height), "huge.png")
    assert "huge.png" in refused.value.message
    assert refused.value.action


@pytest.mark.parametrize(
    "content",
    [b"", b"This is a text file, whatever its name says.\n" * 20, b"\x89PNG\r\n\x1a\n", b"GIF89a", bytes(5000)],
)
def test_that_what_is_no_image_is_refused(content: bytes) -> None:
    with pytest.raises(UnsupportedMedia, match=r"text\.jpg is (not an image|a damaged image)"):
        read_photo(content, "text.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "GIF"])
def test_that_a_damaged_image_is_refused(kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8))
    content = encoded(noise, kind)
    with pytest.raises(UnsupportedMedia, match="half"):
        read_photo(content[: len(content) // 2], "half")


def test_that_no_bytes_whatever_bring_the_reader_down() -> None:
    rng = np.random.default_rng(7)
    samples = [encoded(quarters(), kind) for kind in ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP")]
    read = refused = 0
    for turn in range(300):
        content = bytearray(samples[turn % len(samples)])
        for place in rng.integers(0, len(content), 6):
            content[place] = int(rng.integers(0, 256))
        try:
            read += read_photo(bytes(content), "broken").rgb.ndim == 3
        except UnsupportedMedia as error:
            refused += "broken" in error.message
    assert read + refused == 300
    assert min(read, refused) > 0, "some stayed pictures, some did not"


def test_that_files_that_cannot_be_read_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file"):
        photo_bytes(tmp_path / "nowhere.jpg")
    with pytest.raises(InvalidRequest, match="cannot be read"):
        photo_bytes(tmp_path)
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(UnsupportedMedia, match="too large"):
        photo_bytes(large)
