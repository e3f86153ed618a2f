"""Camera moves: each profile its own, no two alike in a row, the subject in sight, no edge in the frame."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.render.framing import Subject, subject_of
from core.render.motion import Move, moves
from core.render.plan import make_plan
from core.render.presets import load_presets
from core.render.timing import camera
from core.render.types import Archetype, CameraKey, MotionProfile, RenderPlan, RenderRequest

W, H = 1080, 1920
SPAN_S = 3.0
TALL, WIDE, SQUARE = (1080, 1920), (1920, 1080), (1500, 1500)
PROFILES = list(MotionProfile)
SHAPES = [TALL, WIDE, SQUARE, (3000, 1000), (700, 4000)]


def subject(
    size: tuple[int, int] = TALL,
    *,
    focus: tuple[float, float] | None = None,
    archetype: Archetype = Archetype.PRODUCT_HERO,
    cut_out: bool = False,
) -> Subject:
    return subject_of(archetype, *size, focus=focus, cut_out=cut_out, place_width=0.6)


def shots(profile: MotionProfile, one: Subject, *, count: int = 5, seed: int = 7) -> tuple[Move, ...]:
    return moves(profile, [0] * count, {0: one}, [SPAN_S] * count, seed)


@cache
def plan_of_one_segment() -> RenderPlan:
    preset = load_presets().get("meme_fast")
    return make_plan(RenderRequest(preset.id, target_duration_s=3), preset)


def seen(move: Move) -> list[CameraKey]:
    """The camera of each frame of a segment that stands alone."""
    plan = plan_of_one_segment()
    segment = replace(plan.segments[0], keys=move.keys, easing=move.easing)
    return [camera(segment, plan, frame) for frame in range(plan.frame_count)]


@dataclass(frozen=True, slots=True)
class View:
    """What a frame shows: its middle and its size in shares of the picture."""

    x: float
    y: float
    width: float
    height: float


def view(key: CameraKey, one: Subject, steepest_deg: float) -> View:
    """By the definition of x and y: from 0 to 1 over what crop-to-fill allows, a turned frame's corners included."""
    angle = math.radians(steepest_deg)
    width, height = one.across / key.zoom, one.along / key.zoom
    low_x = min(0.5, width / 2 * (math.cos(angle) + math.sin(angle) / one.place_aspect))
    low_y = min(0.5, height / 2 * (math.cos(angle) + math.sin(angle) * one.place_aspect))
    return View(low_x + (1 - 2 * low_x) * key.x, low_y + (1 - 2 * low_y) * key.y, width, height)


def steepest(keys: Sequence[CameraKey]) -> float:
    return max(abs(key.angle_deg) for key in keys)


def travelled_px(move: Move, one: Subject) -> npt.NDArray[np.float64]:
    """How far the fastest of four points on the picture goes from each frame to the next, in pixels of the frame."""
    points = np.array([[0.3, 0.3], [0.7, 0.3], [0.3, 0.7], [0.7, 0.7]]) - 0.5
    on_picture = points * [one.across, one.along] + 0.5
    places = []
    for key in seen(move):
        here = view(key, one, steepest(move.keys))
        offset = (on_picture - [here.x, here.y]) / [here.width, here.height] * [W, H]
        angle = math.radians(key.angle_deg)
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        places.append(offset @ turn.T)
    steps = np.linalg.norm(np.diff(np.array(places), axis=0), axis=2).max(axis=1)
    return np.asarray(steps, np.float64)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("size", SHAPES)
def test_that_keys_are_in_order_and_in_bounds(profile: MotionProfile, size: tuple[int, int]) -> None:
    spans_s = [3.08, 3.16, 2.5, 2.08, 1.08]
    for seed in range(6):
        for move in moves(profile, [0] * 5, {0: subject(size)}, spans_s, seed):
            times = [key.at for key in move.keys]
            assert (times[0], times[-1]) == (0.0, 1.0)
            assert all(before < after for before, after in pairwise(times))
            assert all(0 <= key.x <= 1 and 0 <= key.y <= 1 and 1 <= key.zoom <= 2.5 for key in move.keys)
            assert move.easing in {"linear", "ease_in_out", "ease_out", "pulse"}


@given(
    st.sampled_from(PROFILES),
    st.sampled_from(SHAPES),
    st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)),
    st.integers(0, 1000),
)
def test_that_no_edge_of_the_picture_comes_into_the_frame(
    profile: MotionProfile, size: tuple[int, int], focus: tuple[float, float] | None, seed: int
) -> None:
    one = subject(size, focus=focus)
    for move in shots(profile, one, count=3, seed=seed):
        for key in seen(move):
            here, angle = view(key, one, steepest(move.keys)), math.radians(key.angle_deg)
            # along each axis in the same unit: pixels of the frame
            half_x = W / 2 * math.cos(angle) + H / 2 * abs(math.sin(angle))
            half_y = H / 2 * math.cos(angle) + W / 2 * abs(math.sin(angle))
            reach_x, reach_y = half_x / W * here.width, half_y / H * here.height
            assert here.x - reach_x >= -1e-6
            assert here.x + reach_x <= 1 + 1e-6
            assert here.y - reach_y >= -1e-6
            assert here.y + reach_y <= 1 + 1e-6


@pytest.mark.parametrize("size", [TALL, WIDE, SQUARE])
def test_that_profiles_differ_by_how_much_they_move(size: tuple[int, int]) -> None:
    def liveliness(profile: MotionProfile) -> float:
        travelled = [
            travelled_px(move, subject(size)) for seed in range(4) for move in shots(profile, subject(size), seed=seed)
        ]
        # what is fast weighs more: a punch is livelier than a glide over the same way
        return float(np.mean([np.sqrt((steps**2).mean()) for steps in travelled]))

    measured = [liveliness(profile) for profile in PROFILES]
    assert all(after > 1.8 * before for before, after in pairwise(measured)), measured


def test_that_minimal_is_nearly_still() -> None:
    for move in shots(MotionProfile.MINIMAL, subject()):
        assert travelled_px(move, subject()).sum() < 12
        assert travelled_px(move, subject()).max() < 0.2


def test_that_subtle_goes_slowly_at_an_even_speed() -> None:
    for move in shots(MotionProfile.SUBTLE, subject()):
        steps = travelled_px(move, subject())
        assert 25 < steps.sum() < 75
        assert steps.max() < 2.5 * steps.min() + 0.1


def test_that_smooth_starts_and_ends_gently() -> None:
    for move in shots(MotionProfile.SMOOTH, subject()):
        steps = travelled_px(move, subject())
        assert max(steps[0], steps[-1]) < 0.2 * steps.max()


def test_that_punchy_goes_quickly_and_settles() -> None:
    for move in shots(MotionProfile.PUNCHY, subject()):
        steps = travelled_px(move, subject())
        quickest = np.sort(steps)[::-1]
        assert quickest[:20].sum() > 0.7 * steps.sum()
        assert steps[-10:].max() < 0.15 * steps.max()


def test_that_chaotic_turns_and_jumps() -> None:
    many = shots(MotionProfile.CHAOTIC, subject(), count=8)
    assert any(steepest(move.keys) > 2.5 for move in many)
    assert any(travelled_px(move, subject()).max() > 150 for move in many)
    assert all(move.easing == "pulse" for move in many)


@pytest.mark.parametrize("profile", [MotionProfile.MINIMAL, MotionProfile.SUBTLE, MotionProfile.SMOOTH])
def test_that_calm_profiles_never_turn(profile: MotionProfile) -> None:
    assert all(steepest(move.keys) == 0 for seed in range(8) for move in shots(profile, subject(), count=20, seed=seed))


@pytest.mark.parametrize("profile", PROFILES)
def test_that_shots_of_one_picture_differ_in_move_and_framing(profile: MotionProfile) -> None:
    for seed in range(8):
        names = [move.name for move in shots(profile, subject(WIDE), count=6, seed=seed)]
        kinds = [name.rsplit(" ", 1)[0] for name in names]
        assert all(before != after for before, after in pairwise(kinds))
        assert [name.rsplit(" ", 1)[1] for name in names[:3]] == ["wide", "close", "medium"]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("profile", PROFILES)
def test_that_a_close_shot_is_closer_and_looks_at_another_part(profile: MotionProfile) -> None:
    one = subject(WIDE)
    wide, close, medium = (
        [view(key, one, steepest(move.keys)) for key in seen(move)] for move in shots(profile, one, count=3)
    )
    assert np.mean([here.width for here in close]) < np.mean([here.width for here in medium])
    middles = [np.mean([here.x for here in shot]) for shot in (wide, close, medium)]
    assert abs(middles[1] - middles[2]) > 0.05


def test_that_pushes_take_turns_with_pulls() -> None:
    for profile in (MotionProfile.MINIMAL, MotionProfile.SUBTLE):
        for seed in range(8):
            ways = [
                math.copysign(1, move.keys[-1].zoom - move.keys[0].zoom)
                for move in shots(profile, subject(), count=12, seed=seed)
            ]
            assert 1.0 in ways
            assert -1.0 in ways
            pushes = [move.name.split()[0] for move in shots(profile, subject(), count=12, seed=seed)]
            assert all(before != after for before, after in pairwise(pushes) if before == "push")


def test_that_glides_change_their_direction() -> None:
    one = subject(WIDE)
    for seed in range(8):
        directions = [
            math.copysign(1, move.keys[-1].x - move.keys[0].x)
            for move in shots(MotionProfile.SMOOTH, one, count=10, seed=seed)
            if move.name.startswith(("glide", "arc"))
        ]
        assert {1.0, -1.0} == set(directions)


@settings(max_examples=60, phases=[Phase.explicit, Phase.generate])
@given(
    st.sampled_from(PROFILES),
    st.sampled_from([TALL, WIDE, SQUARE]),
    st.tuples(st.floats(0.15, 0.85), st.floats(0.15, 0.85)),
    st.integers(0, 1000),
)
def test_that_the_subject_stays_in_sight(
    profile: MotionProfile, size: tuple[int, int], focus: tuple[float, float], seed: int
) -> None:
    one = subject(size, focus=focus)
    for move in shots(profile, one, count=3, seed=seed):
        for key in seen(move)[::3]:
            here = view(key, one, steepest(move.keys))
            assert abs(focus[0] - here.x) < 0.49 * here.width
            assert abs(focus[1] - here.y) < 0.49 * here.height


def test_that_a_subject_with_room_around_it_is_near_the_middle() -> None:
    one = subject(WIDE, focus=(0.3, 0.5))
    for profile in (MotionProfile.MINIMAL, MotionProfile.SUBTLE, MotionProfile.SMOOTH):
        for move in shots(profile, one):
            here = [view(key, one, 0) for key in seen(move)]
            assert max(abs(0.3 - one_view.x) / one_view.width for one_view in here) < 0.2


def test_that_a_tall_picture_without_a_focus_shows_its_upper_part() -> None:
    for size, highest in (((480, 1536), 0.40), ((480, 620), 0.46)):
        one = subject(size, archetype=Archetype.MEME_TEXT)
        for move in shots(MotionProfile.MINIMAL, one):
            assert all(view(key, one, 0).y < highest for key in seen(move))


def test_that_cutouts_and_prints_are_not_gone_close_to() -> None:
    def closest(one: Subject) -> float:
        return max(key.zoom for move in shots(MotionProfile.SUBTLE, one) for key in move.keys)

    assert closest(subject(SQUARE, cut_out=True)) < closest(subject(SQUARE))
    assert closest(subject(SQUARE, archetype=Archetype.OVERLAY)) < closest(subject(SQUARE))


def test_that_small_pictures_are_not_gone_close_to() -> None:
    assert subject((300, 200)).closer < subject((3000, 2000)).closer == 1.0


def test_that_the_seed_decides_what_is_left_open_and_nothing_else_does() -> None:
    one = subject(WIDE)
    assert shots(MotionProfile.CHAOTIC, one, seed=3) == shots(MotionProfile.CHAOTIC, one, seed=3)
    assert len({shots(MotionProfile.CHAOTIC, one, seed=seed) for seed in range(20)}) == 20
    assert len({tuple(move.name for move in shots(MotionProfile.SMOOTH, one, seed=seed)) for seed in range(20)}) > 5


def test_that_pictures_in_turn_each_get_their_own_moves() -> None:
    subjects = {0: subject(TALL), 1: subject(WIDE)}
    found = moves(MotionProfile.SMOOTH, [0, 1] * 4, subjects, [SPAN_S] * 8, 11)
    for picture in (0, 1):
        kinds = [move.name.rsplit(" ", 1)[0] for move in found[picture::2]]
        assert len(set(kinds)) == 4
