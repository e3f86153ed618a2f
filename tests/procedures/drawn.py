"""Drawn recordings of procedures with known truth: one bench, one hand, six steps that look much alike.

A *seed* is a procedure: its bench, where its six trays, parts and places lie, how long each step takes and what the
hand does there. A *performance* is one person doing it once: other tempo, other paths of the hand, other light, a
camera that stands a pixel or two elsewhere, other noise. In every step the hand fetches a part from a tray, carries
it to its place on the plate and works on it there; what lies on the table afterwards and where the hand goes tell the
steps apart, nothing else does.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from models.opencv import cv2
from tests.procedures.drawn_bench import SIZE, STEPS, Bench, Picture, Point, StepPlan, bench_of, draw_part
from tests.procedures.drawn_hand import CARRY, GRASP, Manner, Pose, draw_hand, manner_of, pose_at

FAULTS = ("clean", "missing", "swapped", "repeated", "foreign", "slow", "wrong")
TICKS_HZ = 90_000
FPS = 12.0


@dataclass(frozen=True, slots=True)
class DoneStep:
    """What was done from ``start_s`` to ``end_s``: a step of the procedure, or None = something that is none."""

    step: int | None
    start_s: float
    end_s: float
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn recording and the truth of it.

    ``fault_step``: the step that the fault is at (missing, repeated, slow, wrong; the earlier one of two swapped; the
    one done just before something foreign). ``other_step``: what a swapped step changed places with.
    """

    path: Path
    seed: int
    duration_s: float
    done: tuple[DoneStep, ...]
    fault: str = "clean"
    fault_step: int | None = None
    other_step: int | None = None

    def boundaries_s(self) -> tuple[float, ...]:
        """Where one thing done ends and the next begins: half-way through the rest between them."""
        pairs = zip(self.done, self.done[1:], strict=False)
        return tuple((before.end_s + after.start_s) / 2 for before, after in pairs)


def draw_procedure(
    path: Path,
    *,
    seed: int,
    performance: int = 0,
    order: Sequence[int] | None = None,
    fault: str = "clean",
    fault_step: int | None = None,
    other_step: int | None = None,
    speed: float = 1.0,
    idle_s: float = 0.0,
    late_s: float = 0.0,
    fps: float = FPS,
    anew: bool = True,
) -> Drawn:
    """Draw a recording to ``path`` (MP4, H.264, 320 x 180).

    ``order``: the steps (0 to 5) in the order in which they are done, all by default. ``fault``: one of ``FAULTS``, at
    ``fault_step`` (by chance when None); ``other_step``: what a swapped step changes places with, or the step after
    which a repeated one is done again. ``speed`` 1.25 = done in 0.8 of the time. ``idle_s``: the hand rests that long
    somewhere in the middle. ``late_s``: the hand rests before it begins. All chance comes from ``seed`` and
    ``performance``. Not ``anew``: a file that is there already is taken to be this recording.
    """
    rng = np.random.default_rng([seed, performance, 11])
    order = tuple(order if order is not None else range(STEPS))
    fault_step, other_step = _where(rng, fault, order, fault_step, other_step)
    bench = bench_of(seed)
    actions, duration_s = _actions(
        bench,
        _wanted(fault, order, fault_step, other_step),
        rng,
        slow=fault_step if fault == "slow" else None,
        speed=speed,
        idle_s=idle_s,
        late_s=late_s,
    )
    frames = round(duration_s * fps)
    if anew or not path.exists():
        _write(path, _pictures(bench, actions, frames, fps, rng), fps)
    return Drawn(
        path=path,
        seed=seed,
        duration_s=frames / fps,
        done=tuple(DoneStep(action.step, action.start_s, action.end_s, action.wrong) for action in actions),
        fault=fault,
        fault_step=None if fault == "clean" else fault_step,
        other_step=other_step if fault == "swapped" else None,
    )


def draw_attempt(
    path: Path, *, seed: int, fault: str = "clean", performance: int | None = None, anew: bool = True
) -> Drawn:
    """Another person's attempt at the procedure of a seed: other tempo, other paths, and the fault somewhere."""
    performance = 1 + FAULTS.index(fault) if performance is None else performance
    rng = np.random.default_rng([seed, performance, 13])
    speed = float(rng.uniform(0.87, 1.2))
    return draw_procedure(path, seed=seed, performance=performance, fault=fault, speed=speed, anew=anew)


def step_names() -> tuple[str, ...]:
    """Names of the six steps."""
    return tuple(f"Part {index + 1}" for index in range(STEPS))


def _where(
    rng: np.random.Generator, fault: str, order: Sequence[int], fault_step: int | None, other_step: int | None
) -> tuple[int, int]:
    """The step of the fault and, for two swapped, the later one; for a repeated one, after which it comes again."""
    if fault not in FAULTS:
        raise ValueError(f"{fault} is no fault; these are: {', '.join(FAULTS)}")
    at = int(rng.integers(len(order) - 1 if fault == "swapped" else len(order)))
    at = at if fault_step is None else order.index(fault_step)
    other = int(rng.integers(at + 1, len(order))) if fault == "swapped" else int(rng.integers(at, len(order)))
    return order[at], order[other] if other_step is None else other_step


def _write(path: Path, pictures: Iterator[Picture], fps: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        options = {"preset": "ultrafast", "crf": "26", "g": "24"}
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options=options)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS_HZ)
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(index / fps * TICKS_HZ), Fraction(1, TICKS_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


# ---------------------------------------------------------------------- what happens when


@dataclass(frozen=True, slots=True)
class _Action:
    step: int | None
    start_s: float
    end_s: float
    wrong: bool


def _wanted(fault: str, order: Sequence[int], at: int, other: int) -> list[tuple[int | None, bool]]:
    """Steps in the order in which they are done; True = done wrongly."""
    steps: list[int | None] = list(order)
    if fault == "missing":
        steps.remove(at)
    elif fault == "swapped":
        first, second = steps.index(at), steps.index(other)
        steps[first], steps[second] = steps[second], steps[first]
    elif fault == "repeated":
        steps.insert(steps.index(other) + 1, at)
    elif fault == "foreign":
        steps.insert(steps.index(at) + 1, None)
    return [(step, fault == "wrong" and step == at) for step in steps]


def _actions(
    bench: Bench,
    wanted: Sequence[tuple[int | None, bool]],
    rng: np.random.Generator,
    *,
    slow: int | None,
    speed: float,
    idle_s: float,
    late_s: float,
) -> tuple[list[_Action], float]:
    """The actions with their times, and when the recording ends."""
    idle_after = int(rng.integers(len(wanted) - 1)) if idle_s else -1
    now_s = late_s + float(rng.uniform(0.2, 0.6))
    actions: list[_Action] = []
    for index, (step, wrong) in enumerate(wanted):
        plan = bench.stranger if step is None else bench.steps[step]
        seconds = plan.seconds / (speed * float(rng.uniform(0.9, 1.12)))
        if step is not None and step == slow:
            seconds *= float(rng.uniform(2.3, 2.8))
        actions.append(_Action(step, now_s, now_s + seconds, wrong))
        now_s += seconds + float(rng.uniform(0.2, 0.5)) + (idle_s if index == idle_after else 0.0)
    return actions, now_s + float(rng.uniform(0.1, 0.4))


# ---------------------------------------------------------------------- what is seen


def _pictures(
    bench: Bench, actions: Sequence[_Action], frames: int, fps: float, rng: np.random.Generator
) -> Iterator[Picture]:
    manners = [
        manner_of(rng, bench.stranger if action.step is None else bench.steps[action.step], bench, wrong=action.wrong)
        for action in actions
    ]
    light = _light(rng)
    shift = rng.uniform(-1.5, 1.5, 2)
    sway = rng.uniform(0, 2 * np.pi, 2)
    noise = rng.normal(0, rng.uniform(2.0, 4.0), (8, SIZE[1], SIZE[0], 1)).astype(np.float32)
    for index in range(frames):
        t_s = index / fps
        picture = _scene(bench, actions, manners, t_s, 1.2 * np.sin(t_s * np.array([1.9, 2.3]) + sway))
        moved = cv2.warpAffine(
            picture, np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32), SIZE, borderMode=cv2.BORDER_REPLICATE
        )
        grain = np.roll(noise[int(rng.integers(8))], tuple(rng.integers(0, 64, 2)), axis=(0, 1))
        yield np.clip(moved * light(t_s) + grain, 0, 255).astype(np.uint8)


def _light(rng: np.random.Generator) -> Callable[[float], float]:
    """How bright the room is at a time: a lamp that wanders by a few parts in a hundred."""
    level, depth = float(rng.uniform(0.93, 1.07)), float(rng.uniform(0.01, 0.04))
    slow, start = float(rng.uniform(0.1, 0.4)), float(rng.uniform(0, 6.28))
    return lambda t_s: level * (1 + depth * float(np.sin(slow * t_s + start)))


def _scene(bench: Bench, actions: Sequence[_Action], manners: Sequence[Manner], t_s: float, tremble: Point) -> Picture:
    """The table at a time: what lies in the trays, what lies on the plate, and the hand with what it holds."""
    picture = bench.picture.copy()
    held: StepPlan | None = None
    pose = Pose(bench.rest, 0.0, closed=False)
    left = dict.fromkeys(range(STEPS), 2)
    for action, manner in zip(actions, manners, strict=True):
        plan = bench.stranger if action.step is None else bench.steps[action.step]
        share = (t_s - action.start_s) / (action.end_s - action.start_s)
        if 0 <= share < 1:
            pose = pose_at(plan, manner, bench.rest, share)
            held = plan if GRASP <= share < CARRY else None
        if share >= GRASP and action.step is not None:
            left[action.step] -= 1
        if share >= CARRY:
            draw_part(picture, plan, manner.place + manner.place_off)
    for step, count in left.items():
        for at in range(count):
            draw_part(picture, bench.steps[step], bench.steps[step].tray + np.array([-9.0 + 18 * at, 0.0]))
    pose = Pose(pose.hand + tremble, pose.angle, pose.closed)
    if held is not None:
        draw_part(picture, held, pose.hand)
    draw_hand(picture, bench, pose)
    return picture
