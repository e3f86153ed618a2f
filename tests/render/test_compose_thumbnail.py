"""A cut's thumbnail shows its hook over one clear picture, and is a file that is whole or not there."""

from pathlib import Path

import pytest
from PIL import Image

from core.errors import StorageUnwritable
from core.render.compose.composer import Composer
from core.render.compose.thumbnail import best_frame, thumbnail, write_jpeg
from core.render.timing import captions_at, weights
from core.render.types import CaptionRole, Captions
from tests.render.drawn_stills import NO_WORDS, WORDS, differences, photo, plan_of


@pytest.mark.parametrize("duration_s", [1, 7, 31])
@pytest.mark.parametrize("captions", [WORDS, Captions(beats=("One", "Two")), NO_WORDS])
def test_that_words_are_whole_and_no_two_pictures_are_mixed(
    tmp_path: Path, duration_s: int, captions: Captions
) -> None:
    images = [photo(tmp_path / f"{index}.png", 90, 60, seed=index) for index in range(3)]
    plan = plan_of("product_hero_clean", *images, captions=captions, duration_s=duration_s)

    frame = best_frame(plan)

    assert len(weights(plan, frame)) == 1
    if captions.hook:
        ((slot, opacity),) = captions_at(plan, frame)
        assert slot.role is CaptionRole.HOOK
        assert opacity == pytest.approx(1)


def test_that_it_is_a_frame_of_the_cut(tmp_path: Path) -> None:
    plan = plan_of("overlay_classic", photo(tmp_path / "photo.png"), captions=WORDS)
    composer = Composer(plan, width_px=270, height_px=480)

    picture = thumbnail(plan, width_px=270, height_px=480)

    assert differences(picture, composer.frame(best_frame(plan))).max() == 0


def test_that_it_is_written_as_jpeg(tmp_path: Path) -> None:
    picture = thumbnail(plan_of("meme_fast", captions=WORDS), width_px=270, height_px=480)

    write_jpeg(picture, tmp_path / "thumbnail.jpg")

    with Image.open(tmp_path / "thumbnail.jpg") as written:
        assert (written.format, written.size) == ("JPEG", (270, 480))
    assert [path.name for path in tmp_path.iterdir()] == ["thumbnail.jpg"]


def test_that_nothing_is_left_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    picture = thumbnail(plan_of("meme_fast"), width_px=90, height_px=160)

    with pytest.raises(StorageUnwritable):
        write_jpeg(picture, tmp_path / "file" / "thumbnail.jpg")
    assert (tmp_path / "file").read_text() == "in the way"
