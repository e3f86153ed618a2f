"""What covers do to pixels."""

import numpy as np
import pytest

from core.anonymise.blurring import Brush, Planes, frame_of, upright_planes
from core.anonymise.types import Style

SIZE = (160, 240)
RECT = (0.25, 0.25, 0.75, 0.75)


def noise(seed: int = 1) -> Planes:
    random = np.random.default_rng(seed)
    height, width = SIZE
    shapes = ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    luma, *chroma = (random.integers(0, 256, shape, np.uint8) for shape in shapes)
    return luma, chroma[0], chroma[1]


def covered(style: Style, strength: float = 0.7) -> tuple[Planes, Planes]:
    before, after = noise(), noise()
    Brush(style, strength).cover(after, [RECT])
    return before, after


@pytest.mark.parametrize("style", ["blur", "pixelate", "box"])
def test_that_everything_inside_changes_and_nothing_outside(style: Style) -> None:
    for before, after in zip(*covered(style), strict=True):
        height, width = before.shape
        inside = np.zeros(before.shape, np.bool_)
        inside[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4] = True
        assert np.array_equal(before[~inside], after[~inside])
        assert (before[inside] != after[inside]).mean() > 0.9


def test_that_a_box_is_black() -> None:
    _, (luma, *chroma) = covered("box")
    assert set(np.unique(luma[40:120, 60:180])) == {16}
    assert all(set(np.unique(plane[20:60, 30:90])) == {128} for plane in chroma)


def test_that_pixels_of_pixelate_are_the_means_of_few_cells() -> None:
    _, (luma, *_) = covered("pixelate", 0.5)
    inside = luma[40:120, 60:180]
    assert len(np.unique(inside, axis=1).T) <= 6
    assert len(np.unique(inside, axis=0)) <= 5


@pytest.mark.parametrize("style", ["blur", "pixelate"])
def test_that_more_strength_leaves_less(style: Style) -> None:
    left = []
    for strength in (0.0, 0.5, 1.0):
        luma, *chroma = noise()
        luma[:] = np.kron(np.random.default_rng(2).integers(0, 256, (10, 15), np.uint8), np.ones((16, 16), np.uint8))
        Brush(style, strength).cover((luma, chroma[0], chroma[1]), [RECT])
        left.append(float(luma[40:120, 60:180].std()))
    assert left[0] > left[1] > left[2]


def test_that_a_blur_has_no_steps_where_pixelate_has() -> None:
    steps = {}
    for style in ("blur", "pixelate"):
        luma = covered(style)[1][0][40:120, 60:180].astype(int)
        steps[style] = int(np.abs(np.diff(luma, axis=1)).max())
    assert steps["blur"] <= 2
    assert steps["pixelate"] > steps["blur"]


def test_that_a_cover_over_the_edge_and_a_tiny_one_are_drawn() -> None:
    planes = noise()
    Brush("box", 0.7).cover(planes, [(-0.5, -0.2, 0.1, 0.1), (0.901, 0.901, 0.902, 0.902), (1.2, 0.0, 1.5, 1.0)])
    assert (planes[0][:16, :24] == 16).all()
    assert planes[0][144, 216] == 16


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_that_planes_are_turned_upright(rotation_deg: int) -> None:
    planes = noise()
    frame = frame_of(planes, "yuv420p")
    turned = upright_planes(frame, rotation_deg)
    for before, after in zip(planes, turned, strict=True):
        assert np.array_equal(np.rot90(before, rotation_deg // 90), after)
