"""Recordings of procedures as plain vectors: each step a course through directions of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.procedures.compare import Recording
from core.procedures.types import SAMPLE_FPS, ClipTimes, EncoderId, Floats, Moments, Step

DIM = 96
ENCODER = EncoderId("made", "1")
FOREIGN, IDLE = -1, -2


@dataclass(frozen=True)
class Done:
    """What is done, for how long, and which part of it: a step's number, FOREIGN or IDLE."""

    what: int
    seconds: float = 4.0
    begin: float = 0.0
    end: float = 1.0


def in_order(steps: Sequence[int], seconds: float = 4.0) -> list[Done]:
    return [Done(step, seconds) for step in steps]


def performed(
    done: Sequence[Done], *, seed: int = 0, noise: float = 0.25, steps: tuple[Step, ...] = (), going: float = 1.1
) -> Recording:
    """A recording; ``going``: how much a step changes from its begin to its end; ``seed``: whose performance."""
    rng = np.random.default_rng([5, seed])
    rows, change = [], []
    for one in done:
        count = round(one.seconds * SAMPLE_FPS)
        for place in np.linspace(one.begin, one.end, count):
            rows.append(_look(one.what, float(place), going) + rng.normal(0, noise / np.sqrt(DIM), DIM))
            change.append(0.0 if one.what == IDLE else 1.0)
    features = np.array(rows, np.float32)
    return recording_of(features, np.array(change, np.float32), steps)


def recording_of(features: Floats, change: Floats, steps: tuple[Step, ...] = (), brightness: float = 0.5) -> Recording:
    """A recording with these vectors and clips of 4 s."""
    count = len(features)
    duration_s = count / SAMPLE_FPS
    moments = Moments(
        times_s=np.arange(count) / SAMPLE_FPS,
        features=features,
        mirrored=None,
        brightness=np.full(count, brightness, np.float32),
        sharpness=np.ones(count, np.float32),
        change=change,
        duration_s=duration_s,
        encoder=ENCODER,
    )
    starts = np.arange(0, max(duration_s - 2.4, 0.1), 4.0).tolist()
    clips = tuple(
        ClipTimes(start_s, min(start_s + 4, duration_s), round(start_s * 4), min(round(start_s * 4) + 16, count))
        for start_s in starts
    )
    return Recording(moments, clips, steps)


def steps_of(count: int, seconds: float = 4.0) -> tuple[Step, ...]:
    return tuple(Step(seconds * k, seconds * (k + 1), f"Part {k + 1}") for k in range(count))


def gold_of(count: int = 6, seconds: float = 4.0, steps: tuple[Step, ...] | None = None) -> Recording:
    """The gold recording: all steps in their order."""
    return performed(in_order(range(count), seconds), steps=steps_of(count, seconds) if steps is None else steps)


def _look(what: int, place: float, going: float) -> Floats:
    """The bench, and on it what is done: a way from one direction to another, half of which all of a step share."""
    bench = np.random.default_rng(99).normal(0, 1, DIM) / np.sqrt(DIM) * 2
    if what == IDLE:
        return np.asarray(bench, np.float32)
    rng = np.random.default_rng([7, what + 10])
    own, start, end = rng.normal(0, 1, (3, DIM)) / np.sqrt(DIM)
    turn = np.pi / 2 / (1 + np.exp(-12 * (place - 0.5)))
    way = np.cos(turn) * start + np.sin(turn) * end
    return np.asarray(bench + 0.6 * own + going * way, np.float32)
