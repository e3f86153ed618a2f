"""The presets that come with Rushes, and a person's own files beside them."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest, NotFound
from core.render.preset_file import FONTS, parse_preset, preset_text
from core.render.presets import BUILT_IN, load_presets
from core.render.types import Archetype, EnginePolicy, Preset

# FACTS, "Render": archetype, safe, policy, font, size, position, margin, motion, transition, levels
FACTS = {
    "product_hero_clean": "PRODUCT_HERO yes local_preferred Inter auto lower_third 120 subtle crossfade 150 -18 -6",
    "product_hero_punchy": "PRODUCT_HERO no local_preferred Bebas_Neue large center 120 punchy crossfade 150 -14 -5",
    "overlay_classic": "OVERLAY yes local_preferred Inter auto lower_third 120 subtle crossfade 150 -20 -6",
    "overlay_glow": "OVERLAY yes local_preferred Inter auto lower_third 120 smooth crossfade 150 -18 -6",
    "overlay_bold": "OVERLAY yes local_preferred Montserrat large upper_third 120 punchy crossfade 150 -16 -6",
    "meme_fast": "MEME_TEXT no local_preferred Impact large center 120 chaotic cut 0 -12 -6",
    "meme_smooth": "MEME_TEXT no local_preferred Arial_Black large center 120 smooth crossfade 150 -14 -6",
    "brand_safe_minimal": "OVERLAY yes local_only Inter small lower_third 140 minimal crossfade 150 -22 -8",
}


def facts_of(preset: Preset) -> str:
    style, levels = preset.caption_style, preset.audio
    words = [
        preset.archetype, "yes" if preset.brand_safe else "no", preset.engine_policy, style.font.replace(" ", "_"),
        style.size_rules, style.position, style.safe_margin_px, preset.motion_profile, preset.transitions.type,
        preset.transitions.duration_ms, f"{levels.music_level_db:g}", f"{levels.voice_level_db:g}",
    ]  # fmt: skip
    return " ".join(map(str, words))


def test_that_the_eight_presets_are_what_the_facts_say_in_their_order() -> None:
    shelf = load_presets()
    assert {preset.id: facts_of(preset) for preset in shelf.presets} == FACTS
    assert [preset.id for preset in shelf.presets] == list(BUILT_IN) == list(FACTS)
    assert shelf.broken == ()
    assert all(preset.description and not preset.own for preset in shelf.presets)


def test_that_no_two_presets_look_alike() -> None:
    presets = load_presets().presets
    assert len({preset.look.background for preset in presets}) == len(presets)
    assert len({preset.caption_style.accent for preset in presets}) == len(presets)
    assert len({preset.caption_style.colour for preset in presets}) > 4
    assert load_presets().get("overlay_glow").look.glow


def test_that_overlays_show_the_product_at_60_percent_of_the_width() -> None:
    overlays = [preset for preset in load_presets().presets if preset.archetype is Archetype.OVERLAY]
    assert len(overlays) == 4
    assert all(preset.look.subject_width == 0.6 for preset in overlays)


def test_that_an_unknown_preset_is_named_with_those_that_there_are() -> None:
    with pytest.raises(NotFound, match="overlay_classy") as caught:
        load_presets().get("overlay_classy")
    assert "overlay_classic" in caught.value.action


@pytest.mark.parametrize("preset", load_presets().presets, ids=lambda preset: preset.id)
def test_that_a_preset_written_as_text_is_read_as_the_same(preset: Preset) -> None:
    assert parse_preset(preset_text(preset)) == preset


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_that_a_name_with_any_characters_survives_the_file(name: str) -> None:
    named = replace(load_presets().presets[0], description=name.strip())
    assert parse_preset(preset_text(named)) == named


def own_file(folder: Path, file_name: str, /, **changes: str) -> Path:
    """The text of overlay_classic with some lines changed: key -> value as TOML."""
    lines = preset_text(load_presets().get("overlay_classic")).splitlines()
    for key, value in changes.items():
        lines = [f"{key} = {value}" if line.startswith(f"{key} = ") else line for line in lines]
    path = folder / file_name
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_that_own_presets_stand_behind_by_name_and_are_marked(tmp_path: Path) -> None:
    own_file(tmp_path, "b.toml", id='"zebra"', name='"Älg"', engine_policy='"api_only"')
    own_file(tmp_path, "a.toml", id='"summer"', name='"summer"')
    own_file(tmp_path, "c.TOML", id='"brand"', name='"Brand"')
    shelf = load_presets(tmp_path)
    assert [preset.id for preset in shelf.presets[8:]] == ["brand", "summer", "zebra"]
    assert all(preset.own for preset in shelf.presets[8:])
    assert shelf.get("zebra").engine_policy is EnginePolicy.API_ONLY
    assert shelf.broken == ()


def test_that_a_file_needs_only_what_the_document_shows(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(
        """
        id = "short"
        name = "Short"
        archetype = "OVERLAY"
        brand_safe = true
        engine_policy = "local_preferred"
        caption_style = { font = "Inter", size_rules = "auto", position = "lower_third", safe_margin_px = 120 }
        motion_profile = "subtle"
        transitions = { type = "crossfade", duration_ms = 150 }
        audio = { music_level_db = -18, voice_level_db = -6 }
        """,
        "utf-8",
    )
    shelf = load_presets(tmp_path)
    assert shelf.broken == ()
    assert shelf.get("short").caption_style.colour == "#ffffff"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"archetype": '"BILLBOARD"'}, "archetype is 'BILLBOARD'"),
        ({"brand_safe": '"yes"'}, "brand_safe must be true or false"),
        ({"safe_margin_px": "4000"}, "caption_style.safe_margin_px is 4000"),
        ({"safe_margin_px": "12.5"}, "whole number"),
        ({"safe_margin_px": "true"}, "caption_style.safe_margin_px must be a number"),
        ({"colour": '"red"'}, "caption_style.colour is 'red'"),
        ({"font": '"Comic Sans MS"'}, "Comic Sans MS"),
        ({"background": "[]"}, "look.background must be a list"),
        ({"background": '["#000000", "blue"]'}, "look.background is 'blue'"),
        ({"music_level_db": "nan"}, "audio.music_level_db must be a number"),
        ({"voice_level_db": '"loud"'}, "audio.voice_level_db must be a number"),
        ({"type": '"wipe"'}, "crossfade or cut"),
        ({"type": '"cut"'}, "must be 0 for a cut"),
        ({"id": '"../evil"'}, "small letters"),
        ({"id": '"overlay_glow"'}, "comes with Rushes"),
        ({"name": '"  "'}, "name is empty"),
        ({"motion_profile": "3"}, "motion_profile is 3"),
    ],
)
def test_that_a_wrong_value_is_named_and_the_file_skipped(tmp_path: Path, changes: dict[str, str], told: str) -> None:
    path = own_file(tmp_path, "mine.toml", **({"id": '"mine"'} | changes))
    shelf = load_presets(tmp_path)
    assert len(shelf.presets) == 8
    assert [broken.path for broken in shelf.broken] == [str(path)]
    assert told in shelf.broken[0].reason


def test_that_misspelt_and_missing_keys_are_named() -> None:
    text = preset_text(load_presets().get("overlay_classic"))
    with pytest.raises(InvalidRequest, match=r"look\.vignete: no preset has that"):
        parse_preset(text.replace("vignette =", "vignete ="))
    with pytest.raises(InvalidRequest, match="archetype is missing"):
        parse_preset("\n".join(line for line in text.splitlines() if not line.startswith("archetype")))
    with pytest.raises(InvalidRequest, match="audio is missing"):
        parse_preset(text[: text.index("[audio]")])
    with pytest.raises(InvalidRequest, match="not TOML"):
        parse_preset(text + "\n[[[")


def test_that_files_that_are_no_text_or_huge_or_doubled_are_skipped(tmp_path: Path) -> None:
    own_file(tmp_path, "good.toml", id='"mine"')
    own_file(tmp_path, "good_again.toml", id='"mine"')
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00id")
    (tmp_path / "huge.toml").write_text("# " + "x" * 70_000, "utf-8")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "notes.txt").write_text("hello", "utf-8")
    (tmp_path / ".hidden.toml").write_text("hello", "utf-8")
    shelf = load_presets(tmp_path)
    assert [preset.id for preset in shelf.presets[8:]] == ["mine"]
    reasons = {Path(broken.path).name: broken.reason for broken in shelf.broken}
    assert sorted(reasons) == ["bytes.toml", "folder.toml", "good_again.toml", "huge.toml"]
    assert "good.toml too" in reasons["good_again.toml"]
    assert "UTF-8" in reasons["bytes.toml"]
    assert "64 KiB" in reasons["huge.toml"]


def test_that_a_folder_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    assert load_presets(tmp_path / "none") == load_presets()


def test_that_every_font_a_preset_may_name_can_be_drawn() -> None:
    from core.render.captions.fonts import families

    assert set(FONTS) <= set(families()) | {"Impact", "Arial Black"}


def test_that_built_in_files_are_plain_toml() -> None:
    import resources

    folder = Path(resources.__file__).parent / "presets"
    assert {tomllib.loads(path.read_text("utf-8"))["id"] for path in folder.glob("*.toml")} == set(BUILT_IN)
