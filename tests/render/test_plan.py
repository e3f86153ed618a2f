"""Plans: segments, pictures, brand safety, seeds, and what cannot be planned."""

import shutil
import subprocess
import sys
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidRequest, MediaMissing, UnsupportedMedia
from core.render.plan import make_plan, segment_count
from core.render.presets import load_presets
from core.render.types import (
    FPS,
    Archetype,
    Captions,
    EnginePolicy,
    MotionProfile,
    Preset,
    RenderPlan,
    RenderRequest,
    Transition,
)
from tests.render.made_pictures import mask, picture

PRESETS = load_presets().presets


def preset(preset_id: str) -> Preset:
    return load_presets().get(preset_id)


def planned(preset_id: str = "overlay_classic", **asked: Any) -> RenderPlan:
    return make_plan(RenderRequest(preset_id, **asked), preset(preset_id))


def tone(path: Path, seconds: float) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x10\x27" * int(seconds * 8000))
    return str(path)


@given(st.sampled_from(PRESETS), st.integers(1, 60))
def test_that_segments_share_out_all_frames_and_last_3_s_but_the_last(preset: Preset, duration_s: int) -> None:
    plan = make_plan(RenderRequest(preset.id, target_duration_s=duration_s), preset)
    assert len(plan.segments) == segment_count(duration_s) == -(-duration_s // 3)
    assert plan.frame_count == duration_s * FPS
    at = 0
    for segment in plan.segments:
        assert segment.start_frame == at
        at += segment.frame_count
    assert at == plan.frame_count
    assert [segment.frame_count for segment in plan.segments[:-1]] == [90] * (len(plan.segments) - 1)
    assert plan.segments[-1].frame_count == (duration_s % 3 or 3) * FPS
    assert plan.segments[-1].fade_frames == 0


def test_that_crossfades_last_at_least_what_the_preset_says_and_cuts_none() -> None:
    assert {segment.fade_frames for segment in planned("overlay_glow").segments[:-1]} == {5}
    assert {segment.fade_frames for segment in planned("meme_fast").segments} == {0}
    long = replace(preset("overlay_glow"), transitions=Transition("crossfade", 1000))
    assert [segment.fade_frames for segment in make_plan(RenderRequest(long.id), long).segments] == [30, 30, 30, 30, 0]


def test_that_crossfades_leave_each_segment_a_moment_of_its_own() -> None:
    long = replace(preset("overlay_glow"), transitions=Transition("crossfade", 1000))
    plan = make_plan(RenderRequest(long.id, target_duration_s=7), long)
    for before, segment in zip(plan.segments, plan.segments[1:], strict=False):
        assert before.fade_frames / 2 + segment.fade_frames / 2 <= segment.frame_count


def test_that_pictures_come_in_their_order_over_and_over(tmp_path: Path) -> None:
    images = tuple(picture(tmp_path / f"{n}.png", shade=n) for n in range(3))
    assert [segment.picture for segment in planned(images=images).segments] == [0, 1, 2, 0, 1]
    assert [segment.picture for segment in planned(images=images[:1]).segments] == [0] * 5
    assert [still.path for still in planned(images=images).stills] == list(images)


def test_that_of_too_many_pictures_some_are_shown_and_the_others_named(tmp_path: Path) -> None:
    images = tuple(picture(tmp_path / f"view{n}.png", shade=n) for n in range(9))
    plan = planned(images=images, target_duration_s=12)
    shown = [segment.picture for segment in plan.segments]
    assert (len(shown), shown[0], shown[-1], len(set(shown))) == (4, 0, 8, 4)
    assert shown == sorted(shown)
    (note,) = [note for note in plan.notes if "pictures for" in note]
    hidden = next(n for n in range(9) if n not in shown)
    assert f"view{hidden}.png" in note
    assert "1 more" in note


def test_that_a_cut_without_pictures_has_the_background_and_says_so() -> None:
    plan = planned()
    assert {segment.picture for segment in plan.segments} == {-1}
    assert any("no picture" in note for note in plan.notes)


def test_that_sizes_are_those_after_the_orientation_tag(tmp_path: Path) -> None:
    from PIL import Image

    tagged = Image.Exif()
    tagged[0x0112] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "turned.jpg", exif=tagged)
    still = planned(images=(str(tmp_path / "turned.jpg"),)).stills[0]
    assert (still.width_px, still.height_px) == (40, 60)


def test_that_the_same_request_gives_the_same_plan_from_any_folder_and_process(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = picture(tmp_path / "a" / "one.png", shade=1)
    second = shutil.copy(first, tmp_path / "b" / "other name.png")
    request = RenderRequest("meme_fast", prompt="Hello. World", images=(first,))
    plan = make_plan(request, preset("meme_fast"))
    moved = make_plan(replace(request, images=(str(second),)), preset("meme_fast"))
    assert moved.seed == plan.seed
    assert moved.segments == plan.segments
    assert make_plan(replace(request, title="T", remote_allowed=True), preset("meme_fast")) == plan
    script = (
        "from core.render.plan import make_plan; from core.render.presets import load_presets; "
        "from core.render.types import RenderRequest; "
        "print(make_plan(RenderRequest('meme_fast', prompt='Hello'), load_presets().get('meme_fast')).seed)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert int(said) == planned("meme_fast", prompt="Hello").seed


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "Other"}, {"target_duration_s": 14}, {"captions": Captions("x")}, {"archetype": Archetype.OVERLAY},
        {"brand_safe": True},
    ],
)  # fmt: skip
def test_that_another_request_has_another_seed(change: dict[str, Any]) -> None:
    assert planned("meme_fast", **change).seed != planned("meme_fast").seed


def test_that_other_content_of_a_file_has_another_seed(tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    before = planned(images=(picture(path, shade=1),)).seed
    assert planned(images=(picture(path, shade=2),)).seed != before


def test_that_another_look_of_a_preset_has_another_seed_but_its_words_do_not() -> None:
    own = preset("overlay_glow")
    plan = make_plan(RenderRequest(own.id), own)
    darker = replace(own, look=replace(own.look, backdrop_light=0.1))
    assert make_plan(RenderRequest(own.id), darker).seed != plan.seed
    assert make_plan(RenderRequest(own.id), replace(own, description="new")).seed == plan.seed


def test_that_seeds_of_segments_differ_and_fit_every_reader_of_json() -> None:
    seeds = [segment.seed for segment in planned(target_duration_s=60).segments]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**53 for seed in seeds)


@pytest.mark.parametrize(
    ("preset_id", "asked", "motion"),
    [
        ("product_hero_clean", None, "subtle"),
        ("overlay_glow", None, "smooth"),
        ("overlay_bold", None, "smooth"),
        ("overlay_bold", True, "smooth"),
        ("overlay_bold", False, "punchy"),
        ("meme_fast", None, "chaotic"),
        ("meme_fast", True, "subtle"),
        ("meme_smooth", True, "subtle"),
        ("product_hero_punchy", True, "subtle"),
        ("brand_safe_minimal", None, "minimal"),
    ],
)
def test_that_brand_safety_caps_motion(preset_id: str, asked: bool | None, motion: str) -> None:
    plan = planned(preset_id, brand_safe=asked)
    assert plan.motion_profile == MotionProfile(motion)
    changed = plan.motion_profile is not preset(preset_id).motion_profile
    assert any("motion" in note for note in plan.notes) is changed


def test_that_a_safe_cut_neither_turns_nor_pulses_nor_shouts_nor_cuts() -> None:
    plan = planned("meme_fast", brand_safe=True, target_duration_s=60)
    assert plan.brand_safe
    assert all(key.angle_deg == 0 for segment in plan.segments for key in segment.keys)
    assert all(segment.easing != "pulse" for segment in plan.segments)
    assert not plan.preset.caption_style.uppercase
    assert all(segment.fade_frames / FPS >= 0.15 for segment in plan.segments[:-1])
    assert len([note for note in plan.notes if note.startswith("Brand safe")]) == 3
    assert planned("meme_fast").preset == preset("meme_fast")


def test_that_what_the_request_says_goes_before_the_preset() -> None:
    plan = planned(archetype=Archetype.PRODUCT_HERO, engine_policy=EnginePolicy.API_ONLY)
    assert (plan.archetype, plan.engine_policy) == (Archetype.PRODUCT_HERO, EnginePolicy.API_ONLY)
    assert planned("brand_safe_minimal").engine_policy is EnginePolicy.LOCAL_ONLY


def test_that_the_mask_cuts_out_the_first_picture_and_those_of_its_size(tmp_path: Path) -> None:
    images = (
        picture(tmp_path / "0.png"),
        picture(tmp_path / "1.png", shade=1),
        picture(tmp_path / "2.png", 100, 160),
    )
    cut = mask(tmp_path / "mask.png", 45, 80)
    assert [still.mask for still in planned(images=images, mask=cut).stills] == [cut, cut, None]


def test_that_a_mask_of_another_shape_is_refused_with_both_names(tmp_path: Path) -> None:
    image, cut = picture(tmp_path / "tall.png"), mask(tmp_path / "wide.png", 160, 90)
    with pytest.raises(InvalidRequest, match=r"wide\.png.*another shape.*tall\.png"):
        planned(images=(image,), mask=cut)


@pytest.mark.parametrize("alpha", [(255, 255), (0, 0)])
def test_that_a_mask_that_cuts_nothing_is_left_aside_with_a_note(tmp_path: Path, alpha: tuple[int, int]) -> None:
    plan = planned(images=(picture(tmp_path / "a.png"),), mask=mask(tmp_path / "m.png", alpha=alpha))
    assert plan.stills[0].mask is None
    assert any("m.png is wholly" in note for note in plan.notes)
    alone = planned(mask=str(tmp_path / "m.png"))
    assert any("m.png is not used" in note for note in alone.notes)


def test_that_sound_has_the_levels_of_the_preset_and_a_long_voice_is_noted(tmp_path: Path) -> None:
    music, voice = tone(tmp_path / "music.wav", 1), tone(tmp_path / "voice.wav", 4)
    plan = planned(music=music, voice=voice, target_duration_s=3)
    sound = plan.sound
    assert (sound.music, sound.voice, sound.music_level_db, sound.voice_level_db) == (music, voice, -20.0, -6.0)
    assert sound.duration_s == 3.0
    assert any("voice lasts 4.0 s" in note for note in plan.notes)
    silent = planned().sound
    assert (silent.music, silent.voice) == (None, None)


def test_that_captions_are_given_or_made_from_the_prompt_or_none() -> None:
    given_ = planned(prompt="Not used", captions=Captions("Hook", ("One", "Two"), "Go"))
    assert [slot.text for slot in given_.captions] == ["Hook", "One", "Two", "Go"]
    assert [slot.text for slot in planned(prompt="A lamp. Shop now").captions] == ["A lamp", "Shop now"]
    assert planned(prompt="A lamp", captions=Captions("  ", ("\n",), "")).captions == ()
    assert planned().captions == ()


def test_that_beats_without_time_are_named_in_the_notes() -> None:
    plan = planned(captions=Captions("Hook", tuple(f"Beat {n}" for n in range(9)), "Go"), target_duration_s=3)
    assert [slot.text for slot in plan.captions] == ["Hook", "Beat 0", "Go"]
    assert any("8 of 9 beats" in note and "Beat 1" in note for note in plan.notes)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"target_duration_s": 0}, "0 s"),
        ({"target_duration_s": 61}, "61 s"),
        ({"target_duration_s": 7.5}, r"7\.5 s"),
        ({"target_duration_s": True}, "True s"),
        ({"prompt": "x" * 5001}, "prompt has 5001"),
        ({"captions": Captions("x" * 1001)}, "hook has 1001"),
        ({"captions": Captions("", ("ok", "x" * 10_000))}, "Beat 2 has 10000"),
        ({"captions": Captions("", ("x",) * 61)}, "61 beats"),
        ({"images": ("/x",) * 61}, "61 pictures"),
        ({"images": ("relative.png",)}, "no absolute path"),
        ({"focus": ((0.5, 0.5),)}, "more focus points"),
        ({"engine_policy": "somewhere"}, "engine_policy is “somewhere”"),
        ({"archetype": "BILLBOARD"}, "archetype is “BILLBOARD”"),
    ],
)
def test_that_wrong_values_are_refused_by_name(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidRequest, match=told) as caught:
        planned(**asked)
    assert caught.value.action


@pytest.mark.parametrize("focus", [(1.2, 0.5), (0.5, -0.1), (float("nan"), 0.5)])
def test_that_a_focus_outside_the_picture_is_refused(tmp_path: Path, focus: tuple[float, float]) -> None:
    with pytest.raises(InvalidRequest, match="focus of picture 1"):
        planned(images=(picture(tmp_path / "a.png"),), focus=(focus,))


def test_that_another_preset_than_the_requests_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="overlay_glow"):
        make_plan(RenderRequest("overlay_glow"), preset("overlay_bold"))


@pytest.mark.parametrize("where", ["images", "mask", "music", "voice"])
@pytest.mark.parametrize("check_files", [True, False])
def test_that_a_missing_file_is_named(tmp_path: Path, where: str, check_files: bool) -> None:
    gone = str(tmp_path / "gone.bin")
    request = RenderRequest("overlay_classic", **{where: (gone,) if where == "images" else gone})  # type: ignore[arg-type]
    with pytest.raises(MediaMissing, match=r"gone\.bin"):
        make_plan(request, preset("overlay_classic"), check_files=check_files)


@pytest.mark.parametrize("where", ["images", "mask", "music", "voice"])
def test_that_a_file_that_is_something_else_is_named(tmp_path: Path, where: str) -> None:
    path = tmp_path / "text.png"
    path.write_text("not what the name says " * 50, "utf-8")
    asked = {where: (str(path),) if where == "images" else str(path)}
    with pytest.raises(UnsupportedMedia, match=r"text\.png"):
        planned(**asked)


def test_that_a_file_is_read_again_only_when_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.render import materials_cache

    read: list[str] = []
    real: Callable[..., Any] = materials_cache.check_image
    monkeypatch.setattr(materials_cache, "check_image", lambda path, **how: read.append(str(path)) or real(path, **how))
    path = picture(tmp_path / "a.png")
    planned(images=(path,))
    planned(images=(path,), prompt="Edited")
    assert len(read) == 1
    picture(tmp_path / "a.png", 200, 300)
    assert planned(images=(path,)).stills[0].width_px == 200
    assert len(read) == 2


def test_that_planning_loads_nothing_that_decodes() -> None:
    script = (
        "import sys, core.render.plan, core.render.presets, core.render.timing, core.render.plan_json; "
        "core.render.presets.load_presets(); print([m for m in ('PIL', 'av', 'cv2', 'scipy') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
