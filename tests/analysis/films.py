"""Small films with real faces at known times, from pictures that installed packages ship."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from models.opencv import cv2
from tests.made_video import Segment, write_video

GROUP = ("insightface", "data/images/t1.jpg")
ASTRONAUT = ("skimage", "data/astronaut.png")
FPS = 25.0
SIZE = (640, 360)

Rgb = npt.NDArray[np.uint8]


def shipped_picture(package: str, name: str) -> Rgb:
    """RGB of a picture inside an installed package."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    path = Path(next(iter(spec.submodule_search_locations))) / name
    bgr = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    return cast("Rgb", np.ascontiguousarray(bgr[:, :, ::-1]))


@dataclass(frozen=True)
class View:
    """Sixteen-to-nine part of a shipped picture around (x, y), ``width`` source pixels wide."""

    picture: tuple[str, str]
    x: int
    y: int
    width: int

    def rgb(self, size: tuple[int, int] = SIZE) -> Rgb:
        still = shipped_picture(*self.picture)
        width = min(self.width, still.shape[1])
        height = min(round(width * size[1] / size[0]), still.shape[0])
        left = min(max(self.x - width // 2, 0), still.shape[1] - width)
        top = min(max(self.y - height // 2, 0), still.shape[0] - height)
        part = still[top : top + height, left : left + width]
        return cast("Rgb", cv2.resize(part, size, interpolation=cv2.INTER_AREA))


WOMAN = View(ASTRONAUT, 230, 118, 400)
WOMAN_NEAR = View(ASTRONAUT, 226, 118, 330)
TWO_PEOPLE = View(GROUP, 665, 360, 560)
ONE_PERSON = View(GROUP, 235, 280, 430)

PLAN: tuple[tuple[View | None, float], ...] = (
    (WOMAN, 1.6),
    (TWO_PEOPLE, 1.6),
    (None, 1.2),
    (ONE_PERSON, 1.6),
    (WOMAN_NEAR, 1.6),
)
CUTS_S = (1.6, 3.2, 4.4, 6.0)
LENGTH_S = 7.6


def segments(plan: Sequence[tuple[View | None, float]], size: tuple[int, int] = SIZE) -> list[Segment]:
    """A segment for each view; None is a plain picture without a face."""
    return [
        Segment(seconds=seconds, colour=(30, 90, 160))
        if view is None
        else Segment(seconds=seconds, picture=view.rgb(size))
        for view, seconds in plan
    ]


def faces_film(
    path: Path,
    *,
    plan: Sequence[tuple[View | None, float]] = PLAN,
    size: tuple[int, int] = SIZE,
    tone: bool = True,
    **options: Any,
) -> Path:
    """The film of ``plan`` at 25 frames a second, cut hard; ``options`` go to write_video."""
    return write_video(path, segments=segments(plan, size), fps=FPS, size=size, tone=tone, **options)
