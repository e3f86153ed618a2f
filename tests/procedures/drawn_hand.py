"""How the hand of a drawn procedure moves, and what it looks like."""

from dataclasses import dataclass

import numpy as np

from models.opencv import cv2
from tests.procedures.drawn_bench import (
    FINE,
    SIZE,
    WORKS,
    Bench,
    Picture,
    Point,
    StepPlan,
    draw_disc,
    draw_polygon,
    fine,
)

REACH, GRASP, CARRY, WORK = 0.18, 0.26, 0.48, 0.86
"""Parts of a step, as shares of its time at which they end; then the hand goes back."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the hand is, how far it is turned, and whether it holds something."""

    hand: Point
    angle: float
    closed: bool


@dataclass(frozen=True, slots=True)
class Manner:
    """How one performance of a step goes: jitter of where the hand passes, how wide and how often it works."""

    bend: Point
    tray_off: Point
    place_off: Point
    width: float
    cycles: float
    work: int
    place: Point


def manner_of(rng: np.random.Generator, plan: StepPlan, bench: Bench, *, wrong: bool) -> Manner:
    place, work = plan.place, plan.work
    if wrong:  # the right part, but put elsewhere and worked on in another way
        others = [step.place for step in bench.steps if step is not plan]
        place = max(others, key=lambda other: float(np.linalg.norm(other - plan.place)))
        work = (plan.work + 3) % WORKS
    return Manner(
        bend=rng.uniform(-9, 9, 2),
        tray_off=rng.normal(0, 1.6, 2),
        place_off=rng.normal(0, 1.2, 2),
        width=float(rng.uniform(0.85, 1.15)),
        cycles=float(rng.uniform(2.7, 3.5)),
        work=work,
        place=place,
    )


def _ease(share: float) -> float:
    """Minimum-jerk course of a reaching hand (Flash and Hogan 1985)."""
    share = min(1.0, max(0.0, share))
    return share**3 * (10 - 15 * share + 6 * share**2)


def _between(start: Point, end: Point, share: float, bend: Point) -> Point:
    eased = _ease(share)
    moved: Point = start + (end - start) * eased + bend * np.sin(np.pi * eased)
    return moved


def _worked(manner: Manner, share: float) -> tuple[Point, float]:
    """How far the hand is from its place at a share of the work, and its turn: six ways to work on a part."""
    phase = 2 * np.pi * manner.cycles * share
    wide = 11.0 * manner.width
    ways = (
        (0.0, wide * abs(np.sin(phase / 2)), 0.0),
        (wide * np.cos(phase) - wide, wide * np.sin(phase), 0.0),
        (1.5 * wide * np.sin(phase), 0.0, 0.0),
        (0.0, 0.0, 0.9 * np.sin(phase)),
        (wide * np.sin(phase), wide * np.sin(phase), 0.3 * np.sin(phase)),
        (0.6 * wide * np.sin(2 * phase), wide * np.sin(phase), 0.0),
    )
    x, y, turn = ways[manner.work]
    return np.array([x, y]), float(turn)


def pose_at(plan: StepPlan, manner: Manner, rest: Point, share: float) -> Pose:
    tray, place = plan.tray + manner.tray_off, manner.place + manner.place_off
    if share < REACH:
        return Pose(_between(rest, tray, share / REACH, manner.bend), 0.0, closed=False)
    if share < GRASP:
        return Pose(tray, 0.0, closed=share > (REACH + GRASP) / 2)
    if share < CARRY:
        return Pose(_between(tray, place, (share - GRASP) / (CARRY - GRASP), -manner.bend), 0.0, closed=True)
    if share < WORK:
        off, turn = _worked(manner, (share - CARRY) / (WORK - CARRY))
        return Pose(place + off, turn, closed=True)
    return Pose(_between(place, rest, (share - WORK) / (1 - WORK), manner.bend * 0.5), 0.0, closed=False)


def draw_hand(picture: Picture, bench: Bench, pose: Pose) -> None:
    """An arm from below the picture, the back of a hand, and fingers that close."""
    hand = pose.hand
    shoulder = np.array([0.35 * hand[0] + 0.65 * 190.0, SIZE[1] + 50.0])
    along = (hand - shoulder) / max(1.0, float(np.linalg.norm(hand - shoulder)))
    across = np.array([-along[1], along[0]])
    wrist = hand - along * 20
    sleeve = np.array([shoulder - across * 17, shoulder + across * 17, wrist + across * 9, wrist - across * 9])
    draw_polygon(picture, sleeve, bench.sleeve)
    palm = hand - along * 10
    back = np.array([wrist - across * 7, wrist + across * 7, palm + across * 10, palm - across * 10])
    draw_polygon(picture, back, bench.skin)
    draw_disc(picture, palm, 10, bench.skin)
    spread = 4.0 if pose.closed else 8.0
    for finger in (-1.0, -0.33, 0.33, 1.0):
        turned = finger * spread / 10 + pose.angle
        way = along * np.cos(turned) + across * np.sin(turned)
        start, end = palm + across * finger * 7, palm + across * finger * 7 + way * (13 if pose.closed else 16)
        first, last = (tuple(int(value) for value in fine(point)) for point in (start, end))
        cv2.line(picture, first, last, bench.skin, 5, cv2.LINE_AA, FINE)
