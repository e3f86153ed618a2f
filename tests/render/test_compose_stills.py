"""Pictures as people have them become upright RGB with what is cut out of them, or a clear reason why not."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from core.errors import MediaMissing, UnsupportedMedia
from core.render.compose.stills import Opened, open_still
from core.render.types import Still


def half_red(width_px: int = 40, height_px: int = 20) -> Image.Image:
    """Red at the left, blue at the right."""
    picture = Image.new("RGB", (width_px, height_px), (0, 0, 255))
    picture.paste((255, 0, 0), (0, 0, width_px // 2, height_px))
    return picture


def opened(path: Path, *, mask: Path | None = None, needed_px: tuple[int, int] | None = None) -> Opened:
    with Image.open(path) as picture:
        size = picture.size
    return open_still(Still(str(path), *size, mask=str(mask) if mask else None), needed_px=needed_px)


def test_that_a_picture_is_turned_as_its_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera's right side was down: turn it clockwise
    half_red().save(tmp_path / "turned.jpg", exif=exif, quality=95)

    still = opened(tmp_path / "turned.jpg")

    assert still.size == (20, 40)
    assert still.rgb[2, 10, 0] > 200
    assert still.rgb[-3, 10, 2] > 200


def test_that_sixteen_bits_of_grey_become_eight(tmp_path: Path) -> None:
    deep = np.full((10, 12), 65535, np.uint16)
    deep[:, :6] = 32768
    Image.fromarray(deep).save(tmp_path / "deep.png")

    still = opened(tmp_path / "deep.png")

    assert still.rgb[5, 2].tolist() == [128, 128, 128]
    assert still.rgb[5, 9].tolist() == [255, 255, 255]


def test_that_print_colours_become_screen_colours(tmp_path: Path) -> None:
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "print.jpg", quality=95)

    red, green, blue = (int(value) for value in opened(tmp_path / "print.jpg").rgb[8, 8])

    assert red > 180
    assert green < 80
    assert blue < 80


def test_that_grey_and_palettes_are_pictures_too(tmp_path: Path) -> None:
    Image.new("L", (8, 8), 90).save(tmp_path / "grey.png")
    half_red().quantize(2).save(tmp_path / "palette.png")

    assert opened(tmp_path / "grey.png").rgb[4, 4].tolist() == [90, 90, 90]
    assert opened(tmp_path / "palette.png").rgb[10, 5].tolist() == [255, 0, 0]


def test_that_an_embedded_profile_is_obeyed(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), (128, 128, 128)).save(tmp_path / "linear.png", icc_profile=_linear_profile())

    # half of all light is much lighter than the middle of sRGB
    assert opened(tmp_path / "linear.png").rgb[4, 4, 0] == pytest.approx(188, abs=3)


def test_that_a_profile_that_is_no_profile_is_let_be(tmp_path: Path) -> None:
    half_red().save(tmp_path / "odd.png", icc_profile=b"no profile at all")

    assert opened(tmp_path / "odd.png").rgb[10, 5].tolist() == [255, 0, 0]


def test_that_what_shines_through_is_what_is_cut_out(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (20, 20), (10, 20, 30, 0))
    picture.paste((200, 0, 0, 255), (5, 5, 15, 15))
    picture.save(tmp_path / "cutout.webp", lossless=True)

    still = opened(tmp_path / "cutout.webp")

    assert still.coverage is not None
    assert not still.masked
    assert still.coverage[10, 10] == 255
    assert still.coverage[1, 1] == 0


def test_that_alpha_without_any_hole_cuts_nothing_out(tmp_path: Path) -> None:
    half_red().convert("RGBA").save(tmp_path / "scan.png")

    assert opened(tmp_path / "scan.png").coverage is None


def test_that_a_mask_of_another_size_is_scaled_to_its_picture(tmp_path: Path) -> None:
    half_red(400, 200).save(tmp_path / "picture.png")
    mask = Image.new("RGBA", (100, 50), (255, 255, 255, 0))
    mask.paste((255, 255, 255, 255), (0, 0, 50, 50))
    mask.save(tmp_path / "mask.png")

    still = opened(tmp_path / "picture.png", mask=tmp_path / "mask.png")

    assert still.masked
    assert still.coverage is not None
    assert still.coverage.shape == (200, 400)
    assert still.coverage[100, 100] == 255
    assert still.coverage[100, 300] == 0


@pytest.mark.parametrize(
    ("mode", "size", "says"), [("RGBA", (100, 100), "another shape"), ("RGB", (400, 200), "no transparent part")]
)
def test_that_a_mask_that_cannot_be_one_is_named(tmp_path: Path, mode: str, size: tuple[int, int], says: str) -> None:
    half_red(400, 200).save(tmp_path / "picture.png")
    Image.new(mode, size).save(tmp_path / "mask.png")

    with pytest.raises(UnsupportedMedia, match=says) as error:
        opened(tmp_path / "picture.png", mask=tmp_path / "mask.png")
    assert "mask.png" in error.value.message
    assert error.value.action


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_that_a_picture_much_larger_than_needed_is_shrunk_but_fills_what_it_must(tmp_path: Path, suffix: str) -> None:
    half_red(3000, 2000).save(tmp_path / f"large.{suffix}")

    still = opened(tmp_path / f"large.{suffix}", needed_px=(300, 500))

    width, height = still.size
    assert 500 <= height <= 760
    assert width / height == pytest.approx(1.5, abs=0.01)
    assert still.rgb[height // 2, width // 4, 0] > 240


def test_that_a_file_that_went_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaMissing, match=r"gone\.png"):
        open_still(Still(str(tmp_path / "gone.png"), 10, 10))


def test_that_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("not a picture")

    with pytest.raises(UnsupportedMedia, match=r"words\.png"):
        open_still(Still(str(tmp_path / "words.png"), 10, 10))


def test_that_half_a_picture_is_no_picture(tmp_path: Path) -> None:
    whole = io.BytesIO()
    half_red(400, 300).save(whole, "PNG")
    (tmp_path / "half.png").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])

    with pytest.raises(UnsupportedMedia, match=r"half\.png"):
        open_still(Still(str(tmp_path / "half.png"), 400, 300))


def _linear_profile() -> bytes:
    """sRGB's profile with straight tone curves."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132])
    for at in range(132, 132 + 12 * count, 12):
        if bytes(profile[at : at + 4]) in {b"rTRC", b"gTRC", b"bTRC"}:
            start = int.from_bytes(profile[at + 4 : at + 8])
            profile[start : start + 14] = b"curv" + bytes(4) + (1).to_bytes(4) + (256).to_bytes(2)
    described = profile.find("sRGB".encode("utf-16-be"))
    if described >= 0:
        profile[described : described + 8] = "Line".encode("utf-16-be")
    return bytes(profile)
