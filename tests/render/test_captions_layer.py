"""Layers and how they get into frames."""

import numpy as np

from core.render.captions.layer import CaptionLayer, blend, safe_zone
from core.render.types import Rgb
from tests.render import caption_cases as cases


def layer(left_px: int, top_px: int) -> CaptionLayer:
    rgba = np.random.default_rng(1).integers(0, 256, (30, 40, 4), dtype=np.uint8)
    return CaptionLayer(rgba, left_px, top_px, ("a",), 12.0, shortened=False, contrast=21.0)


def frame() -> Rgb:
    return np.random.default_rng(2).integers(0, 256, (100, 80, 3), dtype=np.uint8)


def test_that_blending_is_exact_to_a_step() -> None:
    for opacity in (1.0, 0.5, 0.2):
        shown, before, one = frame(), frame(), layer(10, 20)
        blend(shown, one, opacity)
        alpha = one.rgba[..., 3:] / 255 * opacity
        expected = before[20:50, 10:50] * (1 - alpha) + one.rgba[..., :3] * alpha
        assert np.abs(shown[20:50, 10:50] - expected).max() <= 1.0
        shown[20:50, 10:50] = before[20:50, 10:50]
        assert np.array_equal(shown, before)


def test_that_what_lies_outside_the_frame_is_left_out() -> None:
    for left, top in ((-15, -10), (60, 85), (200, 20), (-100, 0)):
        shown = frame()
        blend(shown, layer(left, top), 1.0)
        assert shown.shape == (100, 80, 3)
    shown = frame()
    blend(shown, layer(-15, -10), 1.0)
    assert not np.array_equal(shown[:20, :25], frame()[:20, :25])
    assert np.array_equal(shown[20:], frame()[20:])


def test_that_an_invisible_layer_changes_nothing() -> None:
    shown = frame()
    blend(shown, layer(10, 20), 0.0)
    blend(shown, CaptionLayer(np.zeros((0, 0, 4), np.uint8), 0, 0, (), 0.0, shortened=False, contrast=21.0), 1.0)
    assert np.array_equal(shown, frame())


def test_that_the_safe_zone_shrinks_with_the_frame() -> None:
    style = cases.style(safe_margin_px=120)
    assert safe_zone(style, 1080, 1920) == (120, 120, 960, 1800)
    assert safe_zone(style, 540, 960) == (60, 60, 480, 900)
    left, top, right, bottom = safe_zone(cases.style(safe_margin_px=5000), 1080, 1920)
    assert left < right
    assert top < bottom
