"""Measures of a face and the gates built on them."""

import dataclasses
import math

import numpy as np
import pytest

from core.faces.parameters import EmbedParameters
from core.faces.quality import blank_reason, head_angles, measure_quality, reject_reason
from core.faces.types import FaceQuality, RejectReason
from models.opencv import cv2

GOOD = FaceQuality(
    size_px=120, blur=0.2, yaw_deg=5, roll_deg=0, brightness=0.5, contrast=0.5, score=0.9, overall=0.9, visible=1.0
)
NAN = math.nan


def points(nose_x: float = 50.0, *, turn_deg: float = 0.0) -> np.ndarray:
    raw = np.array([[35, 40], [65, 40], [nose_x, 58], [50, 75], [NAN, NAN], [NAN, NAN]], np.float64)
    angle = math.radians(turn_deg)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return ((raw - 50) @ turn.T + 50).astype(np.float32)


def picture(*, sharp: float = 1.0, side_px: int = 160) -> np.ndarray:
    """A textured patch, as busy as a face; ``sharp`` below 1 blurs it."""
    rng = np.random.default_rng(0)
    coarse = cv2.resize(rng.integers(40, 216, (12, 12), np.uint8), (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    fine = cv2.resize(rng.integers(0, 60, (48, 48), np.uint8), (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    gray = np.clip(coarse.astype(int) + fine - 30, 0, 255).astype(np.uint8)
    if sharp < 1.0:
        gray = cv2.GaussianBlur(gray, (0, 0), (1.0 - sharp) * side_px / 10)
    return np.repeat(gray[:, :, None], 3, axis=2)


def measure(rgb: np.ndarray, *, scale: float = 1.0, box: tuple[float, ...] | None = None) -> FaceQuality:
    height, width = rgb.shape[:2]
    box_px = np.array(box or (0, 0, width, height), np.float32)
    return measure_quality(rgb, landmarks_px=points(), box_px=box_px, score=0.9, source_scale=scale)


def test_that_a_sharper_face_measures_less_blur_and_ranks_higher() -> None:
    found = [measure(picture(sharp=sharp)) for sharp in (1.0, 0.8, 0.5, 0.1)]
    assert [one.blur for one in found] == sorted(one.blur for one in found)
    assert [one.overall for one in found] == sorted((one.overall for one in found), reverse=True)
    assert found[0].blur < 0.4
    assert found[3].blur > 0.8


def test_that_blur_does_not_depend_on_light_or_size() -> None:
    rgb = picture()
    half = cv2.resize(rgb, (80, 80), interpolation=cv2.INTER_AREA)
    reference = measure(rgb).blur
    assert measure((rgb * 0.4).astype(np.uint8)).blur == pytest.approx(reference, abs=0.05)
    assert measure(half).blur == pytest.approx(reference, abs=0.1)


def test_that_the_size_is_in_source_pixels() -> None:
    assert measure(picture(), scale=0.5).size_px == pytest.approx(320)


def test_that_light_and_contrast_are_shares_of_the_range() -> None:
    flat = np.full((50, 50, 3), 51, np.uint8)
    found = measure(flat)
    assert found.brightness == pytest.approx(0.2, abs=0.01)
    assert found.contrast == 0.0
    assert found.blur == 1.0


def test_that_a_box_beyond_the_picture_is_partly_visible_and_none_gives_zero() -> None:
    assert measure(picture(), box=(-160, 0, 160, 160)).visible == pytest.approx(0.5)
    nothing = measure(picture(), box=(-50, -50, -10, -10))
    assert (nothing.overall, nothing.visible) == (0.0, 0.0)
    assert reject_reason(nothing, EmbedParameters(), gate_px=24) is RejectReason.UNREADABLE


@pytest.mark.parametrize("turn_deg", [-30, 0, 20])
def test_that_yaw_follows_the_nose_and_roll_the_eyes(turn_deg: float) -> None:
    straight, right, left = (head_angles(points(x, turn_deg=turn_deg)) for x in (50.0, 58.0, 42.0))
    assert straight[0] == pytest.approx(0, abs=0.5)
    assert right[0] == pytest.approx(-left[0], abs=0.5)
    assert 15 < right[0] < 50
    assert straight[1] == pytest.approx(turn_deg, abs=0.5)


def test_that_mouth_corners_serve_where_the_centre_is_missing() -> None:
    corners = points(57.0)
    corners[3] = NAN
    corners[4], corners[5] = (40, 75), (60, 75)
    assert head_angles(corners)[0] == pytest.approx(head_angles(points(57.0))[0], abs=0.1)


def test_that_missing_points_give_no_angles_and_a_reason() -> None:
    without = np.full((6, 2), NAN, np.float32)
    assert all(math.isnan(angle) for angle in head_angles(without))
    quality = dataclasses.replace(GOOD, yaw_deg=NAN)
    assert reject_reason(quality, EmbedParameters(), gate_px=24) is RejectReason.NO_LANDMARKS


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"size_px": 23.0}, RejectReason.SMALL),
        ({"blur": 0.97}, RejectReason.BLURRED),
        ({"yaw_deg": -80.0}, RejectReason.PROFILE),
        ({"brightness": 0.02}, RejectReason.DARK),
        ({"brightness": 0.99}, RejectReason.BRIGHT),
        ({"contrast": 0.02}, RejectReason.LOW_CONTRAST),
        ({"score": 0.3}, RejectReason.LOW_SCORE),
        ({"visible": 0.5}, RejectReason.OFF_FRAME),
    ],
)
def test_that_every_gate_has_its_reason(change: dict[str, float], reason: RejectReason | None) -> None:
    assert reject_reason(dataclasses.replace(GOOD, **change), EmbedParameters(), gate_px=24) == reason


def test_that_crops_that_show_nothing_are_named_as_in_the_document() -> None:
    assert blank_reason(np.full((20, 20, 3), 128, np.uint8), file_bytes=900) == "near_uniform_gray"
    assert blank_reason(picture(), file_bytes=90) == "tiny_file"
    assert blank_reason(picture(), file_bytes=9000) is None
