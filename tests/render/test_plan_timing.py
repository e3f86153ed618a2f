"""What is on screen at each frame: shares of segments, opacity of texts."""

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.render.plan import make_plan
from core.render.presets import load_presets
from core.render.timing import (
    CAPTION_AT_ENDS,
    camera,
    caption_opacity,
    captions_at,
    on_screen,
    segment_at,
    weights,
)
from core.render.types import CameraKey, CaptionRole, Captions, CaptionSlot, RenderPlan, RenderRequest, Transition


def plan_with_fade(duration_ms: int, duration_s: int = 7) -> RenderPlan:
    kind = "crossfade" if duration_ms else "cut"
    preset = replace(load_presets().get("product_hero_punchy"), transitions=Transition(kind, duration_ms))
    return make_plan(RenderRequest(preset.id, target_duration_s=duration_s), preset)


@given(st.sampled_from([0, 34, 150, 200, 500, 1000]), st.integers(1, 12), st.data())
def test_that_shares_sum_to_one_and_are_never_nothing(duration_ms: int, duration_s: int, data: st.DataObject) -> None:
    plan = plan_with_fade(duration_ms, duration_s)
    frame = data.draw(st.integers(0, plan.frame_count - 1))
    shares = weights(plan, frame)
    assert math.isclose(sum(share for _, share in shares), 1.0)
    assert all(share > 0 for _, share in shares)
    assert 1 <= len(shares) <= 2
    assert [index for index, _ in shares] == sorted(index for index, _ in shares)


def test_that_a_crossfade_is_the_same_on_both_sides_of_its_border() -> None:
    plan = plan_with_fade(150)
    border = plan.segments[1].start_frame
    later = [dict(weights(plan, border + step)).get(1, 0.0) for step in range(-4, 4)]
    assert later == sorted(later)
    assert later[0] == 0.0
    assert later[-1] == 1.0
    for before, after in zip(later[:4], reversed(later[4:]), strict=True):
        assert math.isclose(before, 1 - after, abs_tol=1e-12)
    assert sum(0 < share < 1 for share in later) == 4


def test_that_a_cut_changes_the_picture_at_the_border() -> None:
    plan = plan_with_fade(0)
    border = plan.segments[1].start_frame
    assert weights(plan, border - 1) == ((0, 1.0),)
    assert weights(plan, border) == ((1, 1.0),)


def test_that_frames_outside_the_cut_are_refused() -> None:
    plan = plan_with_fade(150)
    for frame in (-1, plan.frame_count):
        with pytest.raises(IndexError):
            weights(plan, frame)


@given(st.integers(0, 7 * 30 - 1))
def test_that_each_frame_belongs_to_the_segment_that_holds_it(frame: int) -> None:
    plan = plan_with_fade(150)
    segment = plan.segments[segment_at(plan, frame)]
    assert segment.start_frame <= frame < segment.start_frame + segment.frame_count


def test_that_a_camera_runs_over_the_crossfades_around_its_segment() -> None:
    plan = plan_with_fade(200)
    segment = plan.segments[1]
    assert on_screen(segment, plan) == (87.0, 183.0)
    still = replace(segment, keys=(CameraKey(0, 0.2, 0.3, 1.1), CameraKey(1, 0.8, 0.7, 1.4)), easing="linear")
    middle = camera(still, plan, 134)
    assert math.isclose(middle.x, 0.5, abs_tol=0.01)
    assert math.isclose(middle.zoom, math.sqrt(1.1 * 1.4), rel_tol=0.01)
    before, after = camera(still, plan, 0), camera(still, plan, 209)
    assert (before.x, before.y, round(before.zoom, 6)) == (0.2, 0.3, 1.1)
    assert (after.x, after.y, round(after.zoom, 6)) == (0.8, 0.7, 1.4)


@pytest.mark.parametrize("easing", ["linear", "ease_in_out", "ease_out", "pulse"])
def test_that_a_move_between_keys_never_turns_back_or_leaves_them(easing: str) -> None:
    plan = plan_with_fade(0, 3)
    keys = (
        CameraKey(0, 0.1, 0.5, 1.0),
        CameraKey(0.2, 0.6, 0.5, 1.3),
        CameraKey(0.9, 0.7, 0.5, 1.31),
        CameraKey(1, 0.9, 0.5, 1.5),
    )
    moving = replace(plan.segments[0], keys=keys, easing=easing)
    seen = [camera(moving, plan, frame) for frame in range(90)]
    assert all(after.x >= before.x - 1e-12 for before, after in itertools.pairwise(seen))
    assert all(1.0 <= key.zoom <= 1.5 for key in seen)
    assert {key.y for key in seen} == {0.5}


@pytest.mark.parametrize("easing", ["linear", "ease_in_out", "ease_out"])
def test_that_speed_does_not_jump_at_a_key(easing: str) -> None:
    plan = plan_with_fade(0, 3)
    keys = (CameraKey(0, 0.1, 0.5, 1.0), CameraKey(0.5, 0.4, 0.5, 1.1), CameraKey(1, 0.9, 0.5, 1.5))
    moving = replace(plan.segments[0], keys=keys, easing=easing)
    x = [camera(moving, plan, frame).x for frame in range(40, 50)]
    steps = [after - before for before, after in itertools.pairwise(x)]
    assert max(abs(after - before) for before, after in itertools.pairwise(steps)) < 0.15 * max(steps)


def test_that_a_turned_picture_is_large_enough_to_hide_its_edges() -> None:
    plan = plan_with_fade(0, 3)
    turning = replace(plan.segments[0], keys=(CameraKey(0, 0.5, 0.5, 1.0, 6), CameraKey(1, 0.5, 0.5, 1.0, -6)))
    for frame in range(90):
        key = camera(turning, plan, frame)
        angle = math.radians(abs(key.angle_deg))
        assert key.zoom >= math.cos(angle) + 16 / 9 * math.sin(angle) - 1e-9


def test_that_a_text_fades_over_six_frames_and_is_gone_outside_its_slot() -> None:
    slot = CaptionSlot(CaptionRole.HOOK, "x", 30, 90)
    assert (caption_opacity(slot, 29), caption_opacity(slot, 90)) == (0.0, 0.0)
    rising = [caption_opacity(slot, frame) for frame in range(30, 37)]
    assert rising == sorted(rising)
    assert rising[0] > 0
    assert rising[5] < 1.0
    assert rising[6] == 1.0
    assert [caption_opacity(slot, frame) for frame in range(83, 90)] == rising[::-1]


@given(st.integers(1, 60))
def test_that_even_the_shortest_text_is_fully_there_once(length: int) -> None:
    slot = CaptionSlot(CaptionRole.BEAT, "x", 10, 10 + length)
    opacities = [caption_opacity(slot, frame) for frame in range(10, 10 + length)]
    assert max(opacities) == 1.0
    assert min(opacities) > 0


def test_that_one_text_is_on_screen_at_any_frame() -> None:
    preset = load_presets().get("overlay_classic")
    captions = Captions("Hook", ("One", "Two"), "Go")
    plan = make_plan(RenderRequest(preset.id, captions=captions, target_duration_s=8), preset)
    shown = [captions_at(plan, frame) for frame in range(plan.frame_count)]
    assert {len(one) for one in shown} == {1}
    assert [slot.text for ((slot, _),) in (shown[0], shown[-1])] == ["Hook", "Go"]


def test_that_a_cut_begins_and_ends_with_words_that_can_be_read() -> None:
    preset = load_presets().get("overlay_classic")
    captions = Captions("Hook", ("One",), "Go")
    plan = make_plan(RenderRequest(preset.id, captions=captions, target_duration_s=6), preset)
    shown = [captions_at(plan, frame)[0][1] for frame in range(plan.frame_count)]
    assert shown[:7] == sorted(shown[:7])
    assert CAPTION_AT_ENDS <= shown[0] < shown[6] == 1.0
    assert CAPTION_AT_ENDS <= shown[-1] < shown[-7] == 1.0
    for slot in plan.captions[1:]:
        assert shown[slot.start_frame] < 0.1
        assert shown[slot.start_frame - 1] < 0.1
