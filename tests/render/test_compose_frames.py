"""Frames of a cut: the same from any side, filled to the edges, calm in motion, soft without bands."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import MediaMissing
from core.render.compose.camera import Filling
from core.render.compose.colours import colour
from core.render.compose.composer import Composer
from core.render.presets import BUILT_IN
from core.render.timing import camera, captions_at, weights
from core.render.types import (
    HEIGHT_PX,
    WIDTH_PX,
    Archetype,
    CaptionPosition,
    Look,
    MotionProfile,
    RenderPlan,
    Rgb,
)
from models.opencv import cv2
from tests.render.drawn_stills import NO_WORDS, WORDS, Places, differences, photo, plan_of, product, spots

SMALL = {"width_px": 270, "height_px": 480}
PLAIN = Look()
ONE_OF_EACH = ("product_hero_clean", "overlay_glow", "meme_smooth")


def small_frame(plan: RenderPlan, frame: int, *, captions: bool = True) -> Rgb:
    """From a composer that drew nothing before."""
    return Composer(plan, **SMALL).frame(frame, captions=captions)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """A wide one, a tall one and a cutout."""
    return [
        photo(tmp_path / "wide.png", 900, 500, seed=1),
        photo(tmp_path / "tall.png", 400, 900, seed=2),
        product(tmp_path / "product.png"),
    ]


@pytest.mark.parametrize("preset", ONE_OF_EACH)
def test_that_a_frame_is_the_same_whatever_was_drawn_before_it(preset: str, photos: list[Path]) -> None:
    plan = plan_of(preset, *photos, captions=WORDS, duration_s=9)
    composer = Composer(plan, **SMALL)
    forwards = {frame: composer.frame(frame) for frame in (0, 88, 90, 200, 269)}

    backwards = {frame: composer.frame(frame) for frame in reversed(forwards)}
    composer.close()

    for frame, picture in forwards.items():
        assert picture.shape == (480, 270, 3)
        assert differences(picture, backwards[frame]).max() == 0
        assert differences(picture, composer.frame(frame)).max() == 0
    assert differences(forwards[90], small_frame(plan, 90)).max() == 0


@pytest.mark.parametrize("preset", ONE_OF_EACH)
def test_that_a_preview_is_the_full_frame_scaled_down(preset: str, photos: list[Path]) -> None:
    plan = plan_of(preset, *photos[1:], captions=WORDS, duration_s=4)
    full, preview = Composer(plan), Composer(plan, width_px=540, height_px=960)

    for frame in (20, 90):
        small = cv2.resize(full.frame(frame), (540, 960), interpolation=cv2.INTER_AREA)
        assert differences(small, preview.frame(frame)).mean() < 2


@pytest.mark.parametrize("preset", BUILT_IN)
def test_that_pictures_reach_every_edge_of_the_frame(preset: str, tmp_path: Path) -> None:
    white = tmp_path / "white.png"
    cv2.imwrite(str(white), np.full((300, 500, 3), 255, np.uint8))
    plan = plan_of(preset, white, look=replace(PLAIN, backdrop_light=1.0), duration_s=3)

    darkest = min(_edge_light(small_frame(plan, frame)) for frame in (0, 30, 60, 89))

    assert darkest >= 250


def _edge_light(picture: Rgb) -> int:
    edges = (picture[0], picture[-1], picture[:, 0], picture[:, -1])
    return min(int(edge.min()) for edge in edges)


@pytest.mark.parametrize(
    ("preset", "profile"),
    [
        ("product_hero_clean", MotionProfile.SUBTLE),
        ("product_hero_punchy", MotionProfile.PUNCHY),
        ("meme_fast", MotionProfile.CHAOTIC),
    ],
)
def test_that_motion_is_sub_pixel(preset: str, profile: MotionProfile, tmp_path: Path) -> None:
    places = spots(tmp_path / "spots.png")
    plan = plan_of(preset, tmp_path / "spots.png", look=PLAIN, duration_s=3)
    assert plan.motion_profile is profile
    segment = plan.segments[0]
    keys = [camera(segment, plan, frame) for frame in range(plan.frame_count)]
    filling = Filling((1600.0, 1200.0), (float(WIDTH_PX), float(HEIGHT_PX)), max(abs(key.angle_deg) for key in keys))
    composer = Composer(plan)

    off = np.concatenate([_off(composer.frame(n), filling.at(keys[n]), places) for n in range(20, 40)])

    assert len(off) > 200
    assert np.percentile(off, 99) < 0.1
    assert off.max() < 0.2  # of the measuring too, which looks at rounded values


def _off(picture: Rgb, matrix: Places, places: Places) -> Places:
    """How far spots are from where the camera says, in pixels of the frame."""
    expected = np.linalg.solve(matrix[:, :2], (places - matrix[:, 2]).T).T
    reach = 24
    inside = (expected > 2 * reach).all(axis=1) & (expected < np.array([WIDTH_PX, HEIGHT_PX]) - 2 * reach).all(axis=1)
    return np.array([np.hypot(*(_middle(picture, place, reach) - place)) for place in expected[inside]])


def _middle(picture: Rgb, near: Places, reach: int) -> Places:
    """The centre of light around a place."""
    x, y = (round(value) for value in near)
    light = picture[y - reach : y + reach + 1, x - reach : x + reach + 1, 1].astype(np.float64)
    light -= np.percentile(light, 10)
    light[light < light.max() * 0.15] = 0
    steps = np.arange(-reach, reach + 1)
    return np.array([x + (light.sum(0) @ steps) / light.sum(), y + (light.sum(1) @ steps) / light.sum()])


def test_that_a_crossfade_mixes_both_pictures_by_their_weights(tmp_path: Path) -> None:
    images = [tmp_path / "dark.png", tmp_path / "light.png"]
    for path, light in zip(images, (40, 200), strict=True):
        cv2.imwrite(str(path), np.full((160, 90, 3), light, np.uint8))
    plan = plan_of("product_hero_clean", *images, look=PLAIN)
    composer = Composer(plan, **SMALL)
    faded = [frame for frame in range(plan.frame_count) if len(weights(plan, frame)) == 2]

    assert faded
    for frame in faded:
        expected = 40 * weights(plan, frame)[0][1] + 200 * weights(plan, frame)[1][1]
        assert composer.frame(frame).mean() == pytest.approx(expected, abs=1)


def test_that_an_overlay_shows_its_picture_at_the_presets_width_before_a_darker_blur(tmp_path: Path) -> None:
    plan = plan_of("overlay_classic", photo(tmp_path / "photo.png", 800, 800), look=replace(PLAIN, backdrop_light=0.3))

    row = small_frame(plan, 40)[240].astype(np.float64)

    light = np.flatnonzero(row.mean(axis=1) > 75)  # the blur is darker than this
    assert light[-1] - light[0] + 1 == pytest.approx(0.6 * 270, abs=2)
    inside, outside = row[60:210], row[:40]
    assert inside.mean() > 2 * outside.mean()
    assert np.abs(np.diff(inside, axis=0)).mean() > 3 * np.abs(np.diff(outside, axis=0)).mean()


def test_that_a_cards_corners_are_round(tmp_path: Path) -> None:
    white = tmp_path / "white.png"
    cv2.imwrite(str(white), np.full((400, 400, 3), 255, np.uint8))
    look = replace(PLAIN, backdrop_light=0.0, corner_px=120, shadow=False)

    picture = small_frame(plan_of("overlay_classic", white, look=look), 40)

    left, top = round(0.2 * 270), round(240 - 0.3 * 270)
    assert picture[top + 3, left + 3].max() < 10
    assert picture[top + 20, left + 20].min() > 240


@pytest.mark.parametrize("preset", ["product_hero_clean", "overlay_classic", "overlay_glow"])
def test_that_a_cutout_stands_before_the_background_without_a_fringe(preset: str, tmp_path: Path) -> None:
    plan = plan_of(preset, product(tmp_path / "product.png"))
    with_product = small_frame(plan, 60).astype(np.int16)

    red = (with_product[..., 0] > 150) & (with_product[..., 1] < 90) & (with_product[..., 2] < 90)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    across, along = len(columns), len(rows)
    assert red.sum() > 0.1 * red.size
    assert across / along == pytest.approx(300 / 400, rel=0.05)
    # what is transparent in the file is white: it must not shine around the product
    assert with_product[red].min(axis=0)[0] > 150
    around = cv2.dilate(red.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & ~red
    assert with_product[around].min(axis=1).max() < 200


@pytest.mark.parametrize("preset", BUILT_IN)
def test_that_a_move_never_cuts_a_product_off_or_lays_it_under_words(preset: str, tmp_path: Path) -> None:
    """Its colour touches neither the frame's sides, nor its top, nor the words' rows."""
    path = tmp_path / "wide.png"
    Image.fromarray(np.full((200, 600, 4), (230, 0, 230, 255), np.uint8)).save(path)
    standing = tmp_path / "tall.png"
    Image.fromarray(np.full((600, 200, 4), (230, 0, 230, 255), np.uint8)).save(standing)
    for picture in (path, standing):
        with_edge = np.pad(np.asarray(Image.open(picture)), ((30, 30), (30, 30), (0, 0)))
        Image.fromarray(with_edge).save(picture)
    plan = plan_of(preset, path, standing, captions=WORDS, duration_s=15)
    composer = Composer(plan, **SMALL)
    for frame in range(5, plan.frame_count, 40):
        if len(weights(plan, frame)) > 1:
            continue
        seen = composer.frame(frame, captions=False).astype(int)
        of_it = (np.minimum(seen[..., 0], seen[..., 2]) - seen[..., 1] > 150) & (seen[..., 0] > 180)
        assert of_it.any()
        assert not of_it[:, :4].any()
        assert not of_it[:, -4:].any()
        assert not of_it[:4].any()
        assert not of_it[-4:].any()


def test_that_a_white_picture_fades_to_a_hue_and_keeps_clean_corners(tmp_path: Path) -> None:
    path = tmp_path / "white.png"
    Image.fromarray(np.full((960, 540, 3), 255, np.uint8)).save(path)
    frame = small_frame(plan_of("product_hero_clean", path, captions=WORDS), 30, captions=False).astype(int)
    assert frame[:160].min() >= 248
    red, _, blue = frame[-10:].mean(axis=(0, 1))
    assert 60 < red < blue - 20
    centred = small_frame(plan_of("product_hero_punchy", path, captions=WORDS), 30, captions=False)
    assert centred.min() >= 240


def test_that_a_mask_cuts_the_subject_out_of_its_picture(tmp_path: Path) -> None:
    green = np.zeros((600, 400, 3), np.uint8)
    green[:] = (30, 200, 40)
    cv2.imwrite(str(tmp_path / "green.png"), green)
    mask = np.full((600, 400, 4), 255, np.uint8)
    mask[..., 3] = 0
    mask[150:450, 100:300, 3] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)

    picture = small_frame(plan_of("product_hero_clean", tmp_path / "green.png", mask=tmp_path / "mask.png"), 60)

    is_green = (picture[..., 1] > 150) & (picture[..., 0] < 90)
    assert is_green[240, 135]
    assert not is_green[:, :10].any()
    assert not is_green[:10].any()


def test_that_a_subject_that_its_picture_cut_off_stands_on_the_lower_edge(tmp_path: Path) -> None:
    person = np.zeros((600, 400, 4), np.uint8)
    person[200:, 100:300] = (30, 40, 220, 255)
    cv2.imwrite(str(tmp_path / "person.png"), person)
    plan = plan_of("product_hero_clean", tmp_path / "person.png")

    for frame in range(0, plan.frame_count, 20):
        bottom = small_frame(plan, frame)[-1]
        assert ((bottom[:, 0] > 180) & (bottom[:, 1] < 90)).sum() > 100


def test_that_a_memes_words_stand_on_a_band_between_pictures(tmp_path: Path) -> None:
    plan = plan_of("meme_fast", photo(tmp_path / "photo.png"), captions=WORDS)
    band_colour = colour(plan.preset.look.band)

    picture = small_frame(plan, 20)

    edge = picture[:, 2].astype(np.float32)  # no word reaches it
    band = np.flatnonzero(np.abs(edge - band_colour).max(axis=1) < 2)
    assert len(band) == pytest.approx(band[-1] - band[0] + 1)
    assert (band[0] + band[-1]) / 2 == pytest.approx(240, abs=5)
    words = picture[band[0] : band[-1] + 1].max(axis=(1, 2)) > 200
    assert words.any()
    assert not words[:5].any()
    assert not words[-5:].any()


@pytest.mark.parametrize("position", list(CaptionPosition))
def test_that_words_of_any_length_stay_on_a_memes_band(position: CaptionPosition, tmp_path: Path) -> None:
    plan = plan_of("meme_smooth", photo(tmp_path / "photo.png"), captions=replace(WORDS, hook="many words " * 9))
    style = replace(plan.preset.caption_style, position=position)
    plan = replace(plan, preset=replace(plan.preset, caption_style=style))
    composer = Composer(plan, **SMALL)
    band_colour = colour(plan.preset.look.band)

    for slot in plan.captions:
        layer = composer.caption(slot)
        picture = composer.frame(slot.start_frame, captions=False)
        rows = picture[layer.top_px : layer.top_px + layer.rgba.shape[0]]
        seen = layer.rgba[..., 3].max(axis=1) > 128
        assert np.abs(rows[seen].astype(np.float32) - band_colour).max() < 2


def test_that_a_meme_without_words_has_no_band(tmp_path: Path) -> None:
    plan = plan_of("meme_fast", photo(tmp_path / "photo.png"), look=PLAIN)

    assert small_frame(plan, 20).min() > 10


@pytest.mark.parametrize("preset", ["product_hero_clean", "overlay_glow", "meme_fast"])
def test_that_a_cut_without_pictures_is_a_moving_background_without_bands(preset: str) -> None:
    plan = plan_of(preset)
    composer = Composer(plan)
    first, later = composer.frame(0), composer.frame(150)

    assert differences(first, later).mean() > 0.2
    # Light between two of the 256 values is both of them mixed: neighbours differ, and their mean has no steps.
    unclipped = (first[:, 1:] > 1) & (first[:, 1:] < 254)
    assert np.mean((first[:, 1:] != first[:, :-1])[unclipped]) > 0.15
    blocks = cv2.resize(first.astype(np.float32), (WIDTH_PX // 24, HEIGHT_PX // 24), interpolation=cv2.INTER_AREA)
    bends = np.abs(np.diff(blocks, n=2, axis=0))
    assert np.percentile(bends, 99) < 0.6


@pytest.mark.parametrize("preset", ["product_hero_clean", "product_hero_punchy", "overlay_bold"])
def test_that_captions_are_laid_over_and_can_be_left_out(preset: str, photos: list[Path]) -> None:
    plan = plan_of(preset, *photos, captions=WORDS)
    composer = Composer(plan, **SMALL)
    slot = plan.captions[0]
    frame = (slot.start_frame + slot.end_frame) // 2
    ((shown, _),) = captions_at(plan, frame)

    layer = composer.caption(shown)
    changed = differences(composer.frame(frame), composer.frame(frame, captions=False)).max(axis=2) > 0

    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert len(rows)
    assert layer.top_px <= rows[0] <= rows[-1] < layer.top_px + layer.rgba.shape[0]
    assert layer.left_px <= columns[0] <= columns[-1] < layer.left_px + layer.rgba.shape[1]
    assert layer.contrast >= 4.5


def test_that_the_captions_side_of_a_hero_is_shaded_only_when_there_are_captions(tmp_path: Path) -> None:
    white = tmp_path / "white.png"
    cv2.imwrite(str(white), np.full((160, 90, 3), 235, np.uint8))

    with_words = small_frame(plan_of("product_hero_clean", white, captions=WORDS, look=PLAIN), 40, captions=False)
    without = small_frame(plan_of("product_hero_clean", white, captions=NO_WORDS, look=PLAIN), 40)

    assert with_words[20].mean() == pytest.approx(235, abs=1)
    assert with_words[400].mean() < 140
    assert np.ptp(without) == 0


def test_that_an_archetype_that_was_asked_for_is_drawn(tmp_path: Path) -> None:
    plan = plan_of("product_hero_clean", photo(tmp_path / "photo.png"), captions=WORDS)
    overlay = replace(plan, archetype=Archetype.OVERLAY)

    assert differences(small_frame(plan, 40), small_frame(overlay, 40)).mean() > 10


def test_that_a_picture_that_went_away_is_named_and_frames_outside_are_refused(tmp_path: Path) -> None:
    path = photo(tmp_path / "photo.png")
    plan = plan_of("product_hero_clean", path)
    composer = Composer(plan, **SMALL)
    with pytest.raises(IndexError):
        composer.frame(plan.frame_count)

    path.unlink()

    with pytest.raises(MediaMissing, match=r"photo\.png"):
        composer.frame(0)
