"""Where covers lie: before, between and after the sightings of a face."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.anonymise.checks import check_covers, check_disguise
from core.anonymise.covering import CoverPath, CoverPaths, gap_notes
from core.anonymise.types import Cover, Disguise
from core.errors import InvalidRequest

PLAIN = Disguise(margin=0.0, hold_s=0.5, bridge_s=2.0)


def cover(times: list[float], boxes: list[tuple[float, float, float, float]], *, step_s: float = 0.0) -> Cover:
    return Cover("7", np.array(times, np.float64), np.array(boxes, np.float32), step_s)


STILL = (0.4, 0.4, 0.6, 0.6)


def test_that_a_face_is_covered_before_it_is_found_and_after_it_is_lost() -> None:
    path = CoverPath(cover([2.0, 3.0], [STILL, STILL]), PLAIN)
    assert path.at(1.4) is None
    assert path.at(1.51) is not None
    assert path.at(3.49) is not None
    assert path.at(3.6) is None


def test_that_the_hold_reaches_back_over_frames_that_were_not_searched() -> None:
    path = CoverPath(cover([2.0, 3.0], [STILL, STILL], step_s=0.4), PLAIN)
    assert path.at(1.15) is not None
    assert path.at(3.85) is not None


def test_that_no_hold_covers_from_the_first_to_the_last_sighting() -> None:
    path = CoverPath(cover([2.0, 3.0], [STILL, STILL]), Disguise(hold_s=0.0))
    assert [path.at(t_s) is not None for t_s in (1.99, 2.0, 2.5, 3.0, 3.01)] == [False, True, True, True, False]


def test_that_the_cover_moves_between_two_sightings() -> None:
    path = CoverPath(cover([0.0, 1.0], [(0.0, 0.4, 0.2, 0.6), (0.6, 0.4, 0.8, 0.6)]), PLAIN)
    rect = path.at(0.5)
    assert rect is not None
    assert (rect[0] + rect[2]) / 2 == pytest.approx(0.4)
    assert rect[2] - rect[0] > 0.2, "grown where no sighting is near"


def test_that_margin_is_a_part_of_the_box_on_each_side() -> None:
    path = CoverPath(cover([1.0], [STILL]), Disguise(margin=0.5))
    assert path.at(1.0) == pytest.approx((0.3, 0.3, 0.7, 0.7), abs=1e-6)


def test_that_a_cover_near_the_edge_reaches_it() -> None:
    path = CoverPath(cover([1.0], [(0.08, 0.4, 0.28, 0.6)]), Disguise(margin=0.25))
    rect = path.at(1.0)
    assert rect is not None
    assert rect[0] == 0.0
    far = CoverPath(cover([1.0], [(0.72, 0.72, 0.92, 0.92)]), Disguise(margin=0.25)).at(1.0)
    assert far is not None
    assert far[2:] == (1.0, 1.0)


def test_that_who_moves_on_unseen_is_covered_there_too() -> None:
    path = CoverPath(cover([0.0, 0.2], [(0.1, 0.4, 0.2, 0.6), (0.2, 0.4, 0.3, 0.6)]), PLAIN)
    after = path.at(0.35)
    before = path.at(-0.15)
    assert after is not None
    assert before is not None
    assert after[0] <= 0.2
    assert after[2] >= 0.37
    assert before[0] <= 0.03
    assert before[2] >= 0.2


def test_that_a_long_gap_is_held_on_both_sides_and_told() -> None:
    lost = cover([0.0, 5.0], [STILL, STILL])
    path = CoverPath(lost, PLAIN)
    assert [path.at(t_s) is not None for t_s in (0.4, 2.5, 4.6)] == [True, False, True]
    assert gap_notes([lost], PLAIN) == ["Track 7 was not seen from 0.50 to 4.50 s and is not covered there."]


def test_that_a_longer_bridge_covers_the_gap() -> None:
    lost = cover([0.0, 5.0], [STILL, STILL])
    wide = Disguise(margin=0.0, bridge_s=6.0)
    assert CoverPath(lost, wide).at(2.5) is not None
    assert gap_notes([lost], wide) == []


def test_that_two_boxes_of_one_moment_are_both_covered() -> None:
    path = CoverPath(cover([1.0, 1.0], [(0.1, 0.4, 0.2, 0.5), (0.5, 0.3, 0.6, 0.5)]), PLAIN)
    rect = path.at(1.0)
    assert rect == pytest.approx((0.1, 0.3, 0.6, 0.5), abs=1e-6)


@given(
    st.lists(st.tuples(st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.02, 0.2)), min_size=1, max_size=6),
    st.floats(0, 2),
    st.floats(0, 1),
)
def test_that_every_sighting_lies_under_its_cover(
    places: list[tuple[float, float, float]], margin: float, hold_s: float
) -> None:
    boxes = [(x, y, x + size, y + size) for x, y, size in places]
    times = [0.3 * index for index in range(len(boxes))]
    paths = CoverPaths([cover(times, boxes)], Disguise(margin=margin, hold_s=hold_s))
    for t_s, box in zip(times, boxes, strict=True):
        (rect,) = paths.at(t_s)
        assert rect[0] <= box[0] + 1e-6
        assert rect[1] <= box[1] + 1e-6
        assert rect[2] >= box[2] - 1e-6
        assert rect[3] >= box[3] - 1e-6


def test_that_what_cannot_be_covered_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidRequest, match=r"1 of 2 boxes of track 7 have no area, the first at 1\.500 s"):
        check_covers([cover([1.0, 1.5], [STILL, (0.4, 0.4, 0.4, 0.6)])], PLAIN)
    with pytest.raises(InvalidRequest, match="no area"):
        check_covers([cover([1.0], [(float("nan"), 0.4, 0.6, 0.6)])], PLAIN)
    with pytest.raises(InvalidRequest, match="no boxes"):
        check_covers([cover([], [])], PLAIN)
    with pytest.raises(InvalidRequest, match="not in order"):
        check_covers([cover([2.0, 1.0], [STILL, STILL])], PLAIN)


def test_that_a_copy_without_any_disguise_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="nothing to cover"):
        check_covers([], Disguise(voice="keep"))
    check_covers([], Disguise(voice="mute"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"style": "smear"},
        {"voice": "loud"},
        {"strength": 1.5},
        {"strength": True},
        {"margin": -0.1},
        {"margin": float("nan")},
        {"hold_s": float("inf")},
        {"bridge_s": "2"},
        {"semitones": 13},
        {"voice": "pitch", "semitones": 0.0},
    ],
)
def test_that_a_wrong_value_is_refused_and_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_disguise(Disguise(**wrong))
    assert refused.value.action
