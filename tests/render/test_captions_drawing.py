"""Captions as they are seen: inside the safe zone, legible, the same each time, like the reference pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.errors import InvalidRequest
from core.render.captions.colours import colour
from core.render.captions.draw import draw_caption
from core.render.captions.fonts import family
from core.render.captions.layer import safe_zone
from core.render.captions.placing import has_plate, stand
from core.render.captions.wording import worded
from core.render.presets import load_presets
from core.render.types import SIZE_PX, Archetype, Backing, CaptionPosition, CaptionRole, SizeRule
from models.opencv import cv2
from tests.render import caption_cases as cases

PRESETS = {preset.id: preset for preset in load_presets().presets if not preset.own}
NOISE = np.random.default_rng(4).integers(0, 256, (cases.HEIGHT_PX, cases.WIDTH_PX, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", cases.TEXTS)
def test_that_every_caption_lies_inside_the_safe_zone(name: str) -> None:
    position = list(CaptionPosition)[list(cases.TEXTS).index(name) % 3]
    style = cases.style(position=position, stroke_px=6.0)
    layer = cases.drawn(cases.TEXTS[name], style, cases.flat(0), role=CaptionRole.HOOK)
    left, top, right, bottom = safe_zone(style, cases.WIDTH_PX, cases.HEIGHT_PX)
    height, width = layer.rgba.shape[:2]
    assert height > 20
    assert width > 20
    assert (left, top) <= (layer.left_px, layer.top_px)
    assert layer.top_px >= top
    assert layer.left_px + width <= right
    assert layer.top_px + height <= bottom
    assert len(layer.lines) <= 4


@pytest.mark.parametrize("preset_id", PRESETS)
@pytest.mark.parametrize("role", CaptionRole)
def test_that_each_presets_letters_and_plates_lie_inside_its_safe_zone(preset_id: str, role: CaptionRole) -> None:
    preset = PRESETS[preset_id]
    text = cases.TEXTS["thousand" if role is CaptionRole.BEAT else "mixed"]
    layer = cases.drawn(text, preset.caption_style, NOISE, role=role, archetype=preset.archetype)
    left, top, right, bottom = safe_zone(preset.caption_style, cases.WIDTH_PX, cases.HEIGHT_PX)
    covered = layer.rgba[..., 3] > 200
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    assert layer.top_px + rows[0] >= top
    assert layer.top_px + rows[-1] < bottom
    if preset.caption_style.backing is not Backing.BAND or role is CaptionRole.CTA:
        assert layer.left_px + columns[0] >= left
        assert layer.left_px + columns[-1] < right


@pytest.mark.parametrize("ground", ["white", "black", "grey", "noise"])
@pytest.mark.parametrize("preset_id", PRESETS)
def test_that_letters_stand_out_from_what_lies_around_them(preset_id: str, ground: str) -> None:
    picture = {"white": cases.flat(255), "black": cases.flat(0), "grey": cases.flat(119), "noise": NOISE}[ground]
    preset = PRESETS[preset_id]
    layer = cases.drawn(
        "Hand-made in small batches", preset.caption_style, picture, role=CaptionRole.BEAT, archetype=preset.archetype
    )
    assert layer.contrast >= 4.5
    shown = cases.on(picture, layer)
    inner = np.ascontiguousarray(shown[_rows_of_letters(layer.rgba)])
    assert cases.contrast_around(colour(preset.caption_style.colour), inner) >= 4.5


def test_that_one_backing_suits_all_pictures_of_a_captions_time() -> None:
    style = cases.style(backing=Backing.SOFT, shadow=True)
    dark_then_light = cases.drawn("Now in all colours", style, cases.flat(0), cases.flat(255))
    assert dark_then_light.contrast >= 4.5
    assert (
        dark_then_light.rgba[..., 3].mean()
        > cases.drawn("Now in all colours", style, cases.flat(0)).rgba[..., 3].mean()
    )


def test_that_without_pictures_a_caption_suits_any() -> None:
    for letters in ("#ffffff", "#111111", "#808080", "#e02020", "#0044ff", "#ffe000"):
        layer = cases.drawn("Any picture", cases.style(colour=letters, backing=Backing.SOFT))
        assert layer.contrast >= 4.5, letters


@pytest.mark.parametrize("accent", ["#ffd54a", "#ff4f8b", "#7cf5ff", "#123456", "#777777", "#ff5a1f", "#00a000"])
def test_that_a_call_to_action_is_legible_on_its_plate_in_any_colour(accent: str) -> None:
    layer = cases.drawn("Shop now", cases.style(accent=accent), NOISE, role=CaptionRole.CTA)
    assert layer.contrast >= 4.5
    plate = layer.rgba[layer.rgba.shape[0] // 3, layer.rgba.shape[1] // 2 - 130]
    assert tuple(plate) == (*colour(accent), 255)


@pytest.mark.parametrize("ground", cases.GREYS)
@pytest.mark.parametrize("name", cases.REFERENCE_TEXTS)
def test_that_captions_look_like_the_reference_pictures(name: str, ground: str) -> None:
    kept = cv2.imread(str(cases.REFERENCES / f"caption_{name}_{ground}.png"))
    assert kept is not None
    away = np.abs(kept[..., ::-1].astype(int) - cases.reference_picture(name, ground))
    assert away.mean() < 0.5
    assert cv2.blur(away.astype(np.float32), (5, 5)).max() < 12


def test_that_the_same_caption_has_the_same_pixels() -> None:
    first, second = (cases.drawn(cases.TEXTS["emoji"], cases.style(glow=True), NOISE) for _ in range(2))
    assert np.array_equal(first.rgba, second.rgba)


def test_that_beats_have_the_size_of_the_rule_and_what_begins_and_ends_a_cut_is_larger() -> None:
    for rule, size in ((SizeRule.SMALL, 40), (SizeRule.AUTO, 56), (SizeRule.LARGE, 72)):
        style = cases.style(size_rules=rule)
        assert cases.drawn("New", style).font_px == size
        call, hook = (cases.drawn("New", style, role=role).font_px for role in (CaptionRole.CTA, CaptionRole.HOOK))
        assert size < call < hook


@pytest.mark.parametrize("preset_id", PRESETS)
@pytest.mark.parametrize("role", CaptionRole)
def test_that_no_preset_cuts_ninety_signs_off(preset_id: str, role: CaptionRole) -> None:
    text = "Ninety signs are quite a lot for one caption, yet all of them must be legible, truly so."
    preset = PRESETS[preset_id]
    style = preset.caption_style
    wording = worded(text, family(style.font), role, uppercase=style.uppercase)
    plate = has_plate(style, role)
    standing = stand(wording, style, preset.archetype, cases.WIDTH_PX, cases.HEIGHT_PX, plate=plate)
    assert not standing.text.shortened
    assert standing.text.font_px >= 0.6 * SIZE_PX[style.size_rules]


def test_that_words_without_a_picture_are_larger_and_never_shorter() -> None:
    for text in ("Only words", cases.TEXTS["thousand"]):
        usual, alone = (
            draw_caption(
                text, cases.style(), CaptionRole.HOOK, Archetype.OVERLAY, width_px=1080, height_px=1920, alone=alone
            )
            for alone in (False, True)
        )
        assert alone.shortened == usual.shortened
        assert alone.font_px >= usual.font_px
        assert text != "Only words" or alone.font_px > 1.2 * usual.font_px


def test_that_positions_are_honoured() -> None:
    middles = []
    for position in (CaptionPosition.UPPER_THIRD, CaptionPosition.CENTER, CaptionPosition.LOWER_THIRD):
        layer = cases.drawn("New collection", cases.style(position=position), cases.flat(0))
        middles.append((layer.top_px + layer.rgba.shape[0] / 2) / cases.HEIGHT_PX)
    assert middles[0] < 1 / 3 < middles[1] < 2 / 3 < middles[2]
    assert middles[1] == pytest.approx(0.5, abs=0.01)


def test_that_a_smaller_frame_shows_the_same_lines() -> None:
    style = cases.style(backing=Backing.SOFT)
    full = cases.drawn(cases.NINETY, style)
    half = draw_caption(cases.NINETY, style, CaptionRole.BEAT, Archetype.OVERLAY, width_px=540, height_px=960)
    assert half.lines == full.lines
    assert half.font_px == pytest.approx(full.font_px / 2)


def test_that_emoji_have_their_colours_and_letters_theirs() -> None:
    layer = cases.drawn("❤️", cases.style(), cases.flat(0))
    solid = layer.rgba[layer.rgba[..., 3] > 250]
    assert solid[:, 0].mean() > 180
    assert solid[:, 1].mean() < 90
    plain = cases.drawn("A", cases.style(), cases.flat(0))
    assert (plain.rgba[plain.rgba[..., 3] > 250][:, :3] == 255).all()


def test_that_marked_words_take_the_accent_and_lose_their_asterisks() -> None:
    layer = cases.drawn("Now *free* for all", cases.style(accent="#ffd54a"), cases.flat(0))
    assert layer.lines == ("Now free for all",)
    solid = layer.rgba[layer.rgba[..., 3] > 254][:, :3]
    assert (solid == (0xFF, 0xD5, 0x4A)).all(axis=1).any()
    assert cases.drawn("5 * 3 and a*b*c", cases.style()).lines == ("5 * 3 and a*b*c",)


def test_that_nothing_is_drawn_for_nothing() -> None:
    for text in ("", "   \n\t ", "\u200e\u202e", "\x00\x1b", "\u200b\u200d\ufe0f"):
        layer = cases.drawn(text, cases.style())
        assert layer.is_empty
        assert layer.lines == ()


def test_that_unknown_fonts_and_colours_are_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match="Comic Sans"):
        cases.drawn("New", cases.style("Comic Sans"))
    with pytest.raises(InvalidRequest, match="blue"):
        cases.drawn("New", cases.style(colour="blue"))


@given(
    text=st.text(st.characters(), max_size=60),
    role=st.sampled_from(CaptionRole),
    archetype=st.sampled_from(Archetype),
)
@hypothesis_settings(max_examples=40)
def test_that_any_text_can_be_drawn(text: str, role: CaptionRole, archetype: Archetype) -> None:
    style = cases.style(stroke_px=4.0, uppercase=True)
    layer = draw_caption(text, style, role, archetype, width_px=270, height_px=480, under=[cases.flat(0, 270, 480)])
    left, top, right, bottom = safe_zone(style, 270, 480)
    strong = layer.rgba[..., 3] > 128
    if strong.any():
        rows, columns = np.flatnonzero(strong.any(axis=1)), np.flatnonzero(strong.any(axis=0))
        assert left <= layer.left_px + columns[0]
        assert layer.left_px + columns[-1] < right
        assert top <= layer.top_px + rows[0]
        assert layer.top_px + rows[-1] < bottom
    assert len(layer.lines) <= 4


def _rows_of_letters(rgba: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> slice:
    """The rows where something is opaque: letters, with nothing of the free picture above and below."""
    rows = np.flatnonzero((rgba[..., 3] > 254).any(axis=1))
    return slice(int(rows[0]), int(rows[-1]) + 1)
