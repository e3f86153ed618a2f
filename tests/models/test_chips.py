"""Faces are turned, scaled and moved onto the template, whatever their place in the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.chips import align_chip, similarity
from models.embedders import ARCFACE_112, DLIB_150
from models.opencv import cv2

RNG = np.random.default_rng(3)


def turned(points: np.ndarray, degrees: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    angle = np.radians(degrees)
    rotation = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (points @ rotation.T + np.array(shift)).astype(np.float32)


@given(st.floats(-170, 170), st.floats(0.1, 8), st.floats(-500, 500), st.floats(-500, 500))
def test_that_a_turned_scaled_and_moved_face_comes_back_onto_the_template(
    degrees: float, scale: float, x: float, y: float
) -> None:
    matrix = similarity(turned(ARCFACE_112, degrees, scale, (x, y)), ARCFACE_112)
    back = np.c_[turned(ARCFACE_112, degrees, scale, (x, y)), np.ones(6)] @ matrix.T
    assert np.abs(back - ARCFACE_112).max() < 0.01


def test_that_points_that_a_detector_does_not_give_are_left_out() -> None:
    points = turned(DLIB_150, 20, 2, (30, 40))
    fewer = points.copy()
    fewer[4:] = np.nan
    assert np.allclose(similarity(points, DLIB_150), similarity(fewer, DLIB_150), atol=1e-3)


@pytest.mark.parametrize("known", [0, 1])
def test_that_a_face_with_fewer_than_two_points_cannot_be_aligned(known: int) -> None:
    points = DLIB_150.copy()
    points[known:] = np.nan
    with pytest.raises(ValueError, match="two landmarks"):
        similarity(points, DLIB_150)


@pytest.mark.parametrize("scale", [0.4, 1.0, 3.0, 9.0])
def test_that_a_chip_shows_the_eyes_where_the_template_has_them(scale: float) -> None:
    size = 1600
    points = turned(ARCFACE_112, 15, scale, (300, 200))
    picture = np.zeros((size, size, 3), np.uint8)
    for x, y in points[:2]:
        cv2.circle(picture, (round(float(x)), round(float(y))), max(2, round(3 * scale)), (255, 255, 255), -1)
    chip = align_chip(picture, points, template_px=ARCFACE_112, size_px=112)
    assert chip.shape == (112, 112, 3)
    assert chip.dtype == np.uint8
    rows, columns = np.nonzero(chip[..., 0] > 100)
    for eye_x, eye_y in ARCFACE_112[:2]:
        near = np.hypot(columns - eye_x, rows - eye_y) < 12
        assert near.any()
        assert abs(columns[near].mean() - eye_x) < 1.5
        assert abs(rows[near].mean() - eye_y) < 1.5


def test_that_a_large_face_is_averaged_instead_of_sampled() -> None:
    noise = RNG.integers(0, 256, (2000, 2000, 1), np.uint8).repeat(3, axis=2)
    points = turned(ARCFACE_112, 0, 16, (100, 100))
    chip = align_chip(noise, points, template_px=ARCFACE_112, size_px=112)
    inside = chip[5:-5, 5:-5, 0].astype(float)
    assert abs(inside.mean() - 127.5) < 3
    assert inside.std() < 15  # single pixels of the noise would give 74


def test_that_what_lies_outside_the_picture_is_black() -> None:
    white = np.full((60, 60, 3), 255, np.uint8)
    chip = align_chip(white, ARCFACE_112 - 50, template_px=ARCFACE_112, size_px=112)
    assert chip[0, 0].tolist() == [0, 0, 0]
    assert chip[100, 100].tolist() == [255, 255, 255]
