"""The bench of a drawn procedure: what stays the same in all its performances."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.opencv import cv2

STEPS = 6
SIZE = (320, 180)

Picture = npt.NDArray[np.uint8]
Point = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step: from which tray to which place, which part, how it is worked on (0 to 5), and for how long."""

    tray: Point
    place: Point
    shape: int
    tone: tuple[int, int, int]
    work: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Bench:
    """The empty table, the six steps, something that is none of them, and whose hand it is."""

    picture: Picture
    steps: tuple[StepPlan, ...]
    stranger: StepPlan
    skin: tuple[int, int, int]
    sleeve: tuple[int, int, int]
    rest: Point


_TRAYS = ((40, 48), (104, 30), (216, 30), (280, 48), (36, 112), (284, 112))
_PLACES = ((126, 84), (160, 84), (194, 84), (126, 116), (160, 116), (194, 116))
WORKS = 6


def bench_of(seed: int) -> Bench:
    """The procedure of a seed: everything here is the same in each of its performances."""
    rng = np.random.default_rng([seed, 7])
    trays, places = rng.permutation(np.array(_TRAYS, float)), rng.permutation(np.array(_PLACES, float))
    trays, places = trays + rng.uniform(-5, 5, trays.shape), places + rng.uniform(-2, 2, places.shape)
    shapes, works = rng.permutation(STEPS), rng.permutation(WORKS)
    metal = rng.integers(120, 190)
    steps = tuple(
        StepPlan(
            tray=trays[i],
            place=places[i],
            shape=int(shapes[i]),
            tone=_tone(rng, int(metal)),
            work=int(works[i]),
            seconds=float(rng.uniform(3.4, 5.6)),
        )
        for i in range(STEPS)
    )
    stranger = StepPlan(
        tray=np.array([rng.uniform(60, 110), 196.0]),
        place=np.array([rng.uniform(60, 90), rng.uniform(134, 150)]),
        shape=STEPS,
        tone=(70, 80, 150),
        work=int(rng.integers(WORKS)),
        seconds=float(rng.uniform(3.4, 5.0)),
    )
    brown = int(rng.integers(0, 40))
    return Bench(
        picture=_table(rng, steps, brown),
        steps=steps,
        stranger=stranger,
        skin=(200 - brown, 150 - brown, 120 - brown),
        sleeve=(int(rng.integers(40, 90)), int(rng.integers(50, 90)), int(rng.integers(70, 130))),
        rest=np.array([rng.uniform(206, 236), 168.0]),
    )


def _tone(rng: np.random.Generator, metal: int) -> tuple[int, int, int]:
    return metal + int(rng.integers(-18, 18)), metal + int(rng.integers(-18, 12)), metal + int(rng.integers(-30, 6))


def _table(rng: np.random.Generator, steps: Sequence[StepPlan], brown: int) -> Picture:
    """The bench with its trays and the plate, without parts: RGB (180, 320, 3)."""
    width, height = SIZE
    grain = cv2.GaussianBlur(rng.normal(0, 30, (height, width)), (0, 0), sigmaX=24, sigmaY=1.2)
    wood = np.array([168 - brown, 138 - brown, 104 - brown], float) + grain[:, :, None] * 1.6
    table: Picture = np.clip(wood, 0, 255).astype(np.uint8)
    cv2.rectangle(table, (104, 64), (216, 136), (104, 108, 112), -1)
    cv2.rectangle(table, (104, 64), (216, 136), (70, 74, 78), 2)
    for step in steps:
        x, y = (round(float(value)) for value in step.tray)
        cv2.rectangle(table, (x - 22, y - 15), (x + 22, y + 15), (92, 96, 104), -1)
        cv2.rectangle(table, (x - 22, y - 15), (x + 22, y + 15), (54, 58, 66), 2)
        place = (round(float(step.place[0])), round(float(step.place[1])))
        cv2.circle(table, place, 12, (84, 88, 92), -1, cv2.LINE_AA)
    return table


FINE = 4
"""Bits of a pixel's fractions that OpenCV draws with."""


def fine(points: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    return np.round(points * (1 << FINE)).astype(np.int32)


def draw_polygon(picture: Picture, points: npt.NDArray[np.float64], colour: tuple[int, int, int]) -> None:
    cv2.fillPoly(picture, [fine(points)], colour, cv2.LINE_AA, FINE)


def draw_disc(picture: Picture, centre: Point, radius: float, colour: tuple[int, int, int]) -> None:
    x, y = (int(value) for value in fine(centre))
    cv2.circle(picture, (x, y), round(radius * (1 << FINE)), colour, -1, cv2.LINE_AA, FINE)


def draw_part(picture: Picture, plan: StepPlan, at: Point) -> None:
    """One of seven small things; all of about the same size and, but for the stranger's, the same metal."""
    dark = (plan.tone[0] // 2, plan.tone[1] // 2, plan.tone[2] // 2)
    if plan.shape in (0, 1):
        draw_disc(picture, at, 9, plan.tone)
        if plan.shape == 1:
            draw_disc(picture, at, 4.5, dark)
        return
    sides, radius, squeeze = {2: (4, 10, 1.0), 3: (6, 10, 1.0), 4: (3, 11, 1.0), 5: (4, 13, 0.45), 6: (4, 18, 0.6)}[
        plan.shape
    ]
    angles = np.arange(sides) * 2 * np.pi / sides + np.pi / 4
    corners = np.stack([np.cos(angles) * radius, np.sin(angles) * radius * squeeze], axis=1) + at
    draw_polygon(picture, corners, plan.tone)
    draw_disc(picture, at, 2, dark)
