"""A camera shows a picture so that it fills its place: never an edge, never a stretch, always where it was asked."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.render.compose.camera import Filling, within_part
from core.render.types import CameraKey

sizes = st.tuples(st.integers(20, 5000), st.integers(20, 5000)).map(lambda size: (float(size[0]), float(size[1])))
places = st.tuples(st.floats(40, 1080), st.floats(40, 1920))
keys = st.builds(
    CameraKey,
    at=st.floats(0, 1),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    zoom=st.floats(0.5, 4),
    angle_deg=st.floats(-30, 30),
)


@given(picture=sizes, place=places, key=keys, steepest=st.floats(0, 30))
def test_that_no_corner_ever_leaves_the_picture(
    picture: tuple[float, float], place: tuple[float, float], key: CameraKey, steepest: float
) -> None:
    matrix = Filling(picture, place, steepest).at(key)

    corners = np.array([(x - 0.5, y - 0.5, 1.0) for x in (0, place[0]) for y in (0, place[1])])
    seen = corners @ matrix.T + 0.5
    tolerance = 1e-6 * max(picture)
    assert seen.min() >= -tolerance
    assert (seen <= np.array(picture) + tolerance).all()


@given(picture=sizes, place=places, key=keys)
def test_that_nothing_is_stretched(picture: tuple[float, float], place: tuple[float, float], key: CameraKey) -> None:
    (a, b), (c, d) = Filling(picture, place).at(key)[:, :2]

    assert math.hypot(a, c) == pytest.approx(math.hypot(b, d), rel=1e-9)
    assert a * b + c * d == pytest.approx(0, abs=1e-9 * (a * a + c * c))


def test_that_zoom_one_just_fills_and_zoom_two_shows_half() -> None:
    filling = Filling((3000.0, 2000.0), (900.0, 1600.0))

    left, top, right, bottom = filling.seen([CameraKey(0, 0.5, 0.5, 1)])
    assert (top, bottom) == pytest.approx((0, 2000))
    assert (left, right) == pytest.approx((1500 - 562.5, 1500 + 562.5))
    left, top, right, bottom = filling.seen([CameraKey(0, 0.5, 0.5, 2)])
    assert (top, bottom) == pytest.approx((500, 1500))


def test_that_the_ends_of_the_range_touch_the_pictures_edges() -> None:
    filling = Filling((3000.0, 2000.0), (900.0, 1600.0))

    assert filling.seen([CameraKey(0, 0.0, 0.0, 1.5)])[:2] == pytest.approx((0, 0))
    assert filling.seen([CameraKey(0, 1.0, 1.0, 1.5)])[2:] == pytest.approx((3000, 2000))


def test_that_a_positive_angle_turns_what_is_seen_counter_clockwise() -> None:
    matrix = Filling((4000.0, 4000.0), (1000.0, 1000.0)).at(CameraKey(0, 0.5, 0.5, 2, angle_deg=10))

    # What is seen to the right of the middle lay below it: it was lifted there.
    right_of_middle = matrix @ np.array([900.0, 499.5, 1.0])
    assert right_of_middle[1] > 2000


@given(key=keys, left=st.floats(0, 500), top=st.floats(0, 500), factor=st.floats(0.2, 3))
def test_that_looking_at_a_scaled_part_shows_the_same(key: CameraKey, left: float, top: float, factor: float) -> None:
    matrix = Filling((2000.0, 3000.0), (540.0, 960.0)).at(key)

    part = within_part(matrix, left, top, factor, factor)

    point = np.array([123.0, 456.0, 1.0])
    there = (part @ point + 0.5) / factor + np.array([left, top]) - 0.5
    assert there == pytest.approx(matrix @ point)
