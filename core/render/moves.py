"""The kinds of moves of each motion profile, as a professional would make them.

minimal: a still that breathes. subtle: a slow, even push or pull with a trace of drift. smooth: glides, cranes and
arcs that start and end gently. punchy: quick push-ins that settle, whips from the side. chaotic: thumps, jumps,
swings and shakes on a beat.
Offsets are in sizes of the frame, zooms are factors; a push of a shorter segment goes less far, a beat is a beat.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from core.render.framing import Path, Waypoint
from core.render.seeding import Dice
from core.render.types import FPS, SEGMENT_S, MotionProfile

_FRAME_S = 1 / FPS


@dataclass(frozen=True, slots=True)
class Turn:
    """A move's circumstances: its directions (1 or -1), how long it is on screen, and dice for its measure.

    ``room_right``, ``room_down``: in [0, 1], how much of the picture lies beside what the frame shows of it.
    """

    right: int
    down: int
    span_s: float
    dice: Dice
    room_right: float = 0.0
    room_down: float = 0.0

    @property
    def pace(self) -> float:
        """How far an even move goes in this time, 1 for a full segment."""
        return min(1.0, self.span_s / SEGMENT_S)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of move. ``way``: 1 goes closer, -1 goes away, 0 neither."""

    name: str
    easing: str
    way: int
    path: Callable[[Turn], Path]


def _two(turn: Turn, start: tuple[float, float, float], end: tuple[float, float, float]) -> Path:
    """From one (zoom, right, down) to another."""
    return Path((Waypoint(0, *start), Waypoint(turn.span_s, *end)))


def _breathe(way: int) -> Callable[[Turn], Path]:
    def path(turn: Turn) -> Path:
        far = 1 + turn.pace * turn.dice.between(0.012, 0.018)
        return _two(turn, (1.0, 0, 0), (far, 0, 0)) if way > 0 else _two(turn, (far, 0, 0), (1.0, 0, 0))

    return path


def _float(turn: Turn) -> Path:
    half = turn.right * turn.pace * turn.dice.between(0.002, 0.003)
    return _two(turn, (1.012, -half, 0), (1.015, half, 0))


def _lift(turn: Turn) -> Path:
    half = turn.down * turn.pace * turn.dice.between(0.0012, 0.0018)
    return _two(turn, (1.012, 0, half), (1.008, 0, -half))


def _push(turn: Turn) -> Path:
    far = 1.005 + turn.pace * turn.dice.between(0.055, 0.07)
    drift = turn.right * turn.pace * 0.008
    return _two(turn, (1.005, -drift, 0), (far, drift, 0))


def _pull(turn: Turn) -> Path:
    far = 1.005 + turn.pace * turn.dice.between(0.055, 0.07)
    drift = turn.right * turn.pace * 0.008
    return _two(turn, (far, drift, 0), (1.005, -drift, 0))


def _drift(turn: Turn) -> Path:
    half = turn.right * turn.pace * turn.dice.between(0.016, 0.021) * (1 + 0.6 * turn.room_right)
    return _two(turn, (1.05, -half, 0), (1.065, half, turn.down * 0.004))


def _rise(turn: Turn) -> Path:
    half = turn.down * turn.pace * turn.dice.between(0.011, 0.015) * (1 + 0.6 * turn.room_down)
    return _two(turn, (1.045, 0, half), (1.07, 0, -half))


def _glide(turn: Turn) -> Path:
    half = turn.right * turn.pace * turn.dice.between(0.05, 0.062) * (1 + turn.room_right)
    return _two(turn, (1.13, -half, 0), (1.16, half, 0))


def _crane(turn: Turn) -> Path:
    half = turn.down * turn.pace * turn.dice.between(0.038, 0.05) * (1 + 0.6 * turn.room_down)
    return _two(turn, (1.12, turn.right * 0.012, half), (1.15, -turn.right * 0.012, -half))


def _push_glide(turn: Turn) -> Path:
    far = 1.02 + turn.pace * turn.dice.between(0.13, 0.165)
    half = turn.right * turn.pace * 0.022
    return _two(turn, (1.02, -half, 0), (far, half, -turn.down * 0.008))


def _pull_glide(turn: Turn) -> Path:
    far = 1.02 + turn.pace * turn.dice.between(0.13, 0.165)
    half = turn.right * turn.pace * 0.022
    return _two(turn, (far, -half, turn.down * 0.008), (1.02, half, 0))


def _arc(turn: Turn) -> Path:
    half = turn.right * turn.pace * turn.dice.between(0.042, 0.055) * (1 + 0.8 * turn.room_right)
    lift = turn.down * turn.pace * 0.02
    return Path(
        (
            Waypoint(0, 1.11, -half, lift),
            Waypoint(turn.span_s / 2, 1.15, 0, -lift),
            Waypoint(turn.span_s, 1.19, half, lift * 0.4),
        )
    )


def _fitting(turn: Turn, points: Sequence[Waypoint], end: Waypoint) -> Path:
    """Points before the end, and the end; a point too near to the end is left out."""
    kept = [point for point in points if point.t_s < turn.span_s - 3 * _FRAME_S]
    return Path((*kept, end))


def _punch(turn: Turn) -> Path:
    first = turn.dice.between(1.13, 1.17)
    return _fitting(
        turn,
        [Waypoint(0, 1.01), Waypoint(0.34, first), Waypoint(min(1.0, turn.span_s * 0.6), first * 1.014)],
        Waypoint(turn.span_s, first * 1.035),
    )


def _double_punch(turn: Turn) -> Path:
    first, second_s = turn.dice.between(1.10, 1.13), turn.span_s * turn.dice.between(0.46, 0.54)
    second = first * turn.dice.between(1.11, 1.14)
    return _fitting(
        turn,
        [
            Waypoint(0, 1.01),
            Waypoint(0.28, first),
            Waypoint(second_s, first * 1.012),
            Waypoint(second_s + 0.26, second, 0, -turn.down * 0.012),
        ],
        Waypoint(turn.span_s, second * 1.018, 0, -turn.down * 0.014),
    )


def _snap_out(turn: Turn) -> Path:
    close = turn.dice.between(1.27, 1.33)
    return _fitting(
        turn,
        [Waypoint(0, close, turn.right * 0.02), Waypoint(0.36, 1.085), Waypoint(1.2, 1.062)],
        Waypoint(turn.span_s, 1.03),
    )


def _whip(turn: Turn) -> Path:
    start = turn.right * turn.dice.between(0.13, 0.17)
    return _fitting(
        turn,
        [
            Waypoint(0, 1.2, start, 0, turn.right * 1.2),
            Waypoint(0.38, 1.16, turn.right * 0.006, 0, 0),
            Waypoint(1.2, 1.175, 0, 0, 0),
        ],
        Waypoint(turn.span_s, 1.2, -turn.right * 0.006, 0, 0),
    )


def _tilt_punch(turn: Turn) -> Path:
    start = turn.down * turn.dice.between(0.06, 0.08)
    return _fitting(
        turn,
        [Waypoint(0, 1.1, 0, start), Waypoint(0.4, 1.19, 0, turn.down * 0.004), Waypoint(1.4, 1.2)],
        Waypoint(turn.span_s, 1.225, 0, -turn.down * 0.006),
    )


def _beats(turn: Turn, least_s: float, most_s: float) -> list[float]:
    """Moments of a beat that fits the time on screen, from 0 on, two at least."""
    wanted_s = turn.dice.between(least_s, most_s)
    count = max(2, round(turn.span_s / wanted_s))
    return [turn.span_s * index / count for index in range(count)]


def _thumps(turn: Turn) -> Path:
    points: list[Waypoint] = []
    for index, beat_s in enumerate(_beats(turn, 0.46, 0.56)):
        strong = index % 2 == 0
        low = 1.05 + 0.012 * index
        lean = turn.right * (2.2 if index % 4 < 2 else -2.2)
        points += [
            Waypoint(beat_s, low, 0, 0, lean * 0.3),
            Waypoint(beat_s + 3 * _FRAME_S, low + (0.16 if strong else 0.09), 0, 0, lean),
        ]
    return _fitting(turn, points, Waypoint(turn.span_s, points[-2].zoom + 0.012, 0, 0, points[-2].angle_deg))


def _jumps(turn: Turn) -> Path:
    framings = [
        (1.08, 0.0, 0.0, turn.right * 1.5),
        (1.42, turn.right * 0.10, -turn.down * 0.05, -turn.right * 3.5),
        (1.22, -turn.right * 0.08, turn.down * 0.04, turn.right * 4.0),
        (1.6, turn.right * 0.02, turn.down * 0.02, -turn.right * 2.0),
        (1.15, 0.0, -turn.down * 0.03, turn.right * 2.5),
    ]
    order = [framings[0], *turn.dice.shuffled(framings[1:])]
    beats = [*_beats(turn, 0.62, 0.8), turn.span_s]
    points: list[Waypoint] = []
    for index, (start_s, end_s) in enumerate(pairwise(beats)):
        zoom, right, down, angle_deg = order[index % len(order)]
        points += [
            Waypoint(start_s + _FRAME_S if index else 0.0, zoom, right, down, angle_deg),
            Waypoint(end_s, zoom * 1.035, right, down, angle_deg * 0.8),
        ]
    return Path(tuple(points))


def _flips(turn: Turn) -> Path:
    far = Waypoint(0, 1.12, turn.right * 0.03, 0, turn.right * 2.5)
    near = Waypoint(0, turn.dice.between(1.5, 1.62), -turn.right * 0.05, turn.down * 0.05, -turn.right * 4.0)
    beats = [*_beats(turn, 0.46, 0.58), turn.span_s]
    points: list[Waypoint] = []
    for index, (start_s, end_s) in enumerate(pairwise(beats)):
        held = far if index % 2 == 0 else near
        points += [
            replace(held, t_s=start_s + _FRAME_S if index else 0.0),
            replace(held, t_s=end_s, zoom=held.zoom * 1.04),
        ]
    return Path(tuple(points))


def _seesaw(turn: Turn) -> Path:
    lean = turn.dice.between(3.6, 5.0) * turn.right
    points = []
    for index, beat_s in enumerate(_beats(turn, 0.5, 0.62)):
        side = 1 if index % 2 == 0 else -1
        points.append(Waypoint(beat_s, 1.12 + 0.03 * index, side * turn.right * 0.025, 0, side * lean))
    last = points[-1]
    return _fitting(turn, points, Waypoint(turn.span_s, last.zoom + 0.03, -last.right, 0, -last.angle_deg))


def _shakes(turn: Turn) -> Path:
    points: list[Waypoint] = []
    for index, beat_s in enumerate(_beats(turn, 1.0, 1.3)):
        zoom = 1.14 + 0.1 * index
        points.append(Waypoint(beat_s, zoom if index == 0 else zoom - 0.09))
        for swing in range(6):
            side, rest = (1 if swing % 2 == 0 else -1), 0.72**swing
            points.append(
                Waypoint(
                    beat_s + (2 * swing + 2) * _FRAME_S,
                    zoom + 0.05 * rest,
                    turn.right * side * 0.034 * rest,
                    turn.down * turn.dice.between(-0.022, 0.022) * rest,
                    -turn.right * side * 1.4 * rest,
                )
            )
        points.append(Waypoint(beat_s + 15 * _FRAME_S, zoom))
    return _fitting(turn, points, Waypoint(turn.span_s, points[-1].zoom + 0.02))


KINDS: Mapping[MotionProfile, tuple[Kind, ...]] = MappingProxyType(
    {
        MotionProfile.MINIMAL: (
            Kind("breathe in", "linear", 1, _breathe(1)),
            Kind("breathe out", "linear", -1, _breathe(-1)),
            Kind("float", "linear", 0, _float),
            Kind("lift", "linear", 0, _lift),
        ),
        MotionProfile.SUBTLE: (
            Kind("push", "linear", 1, _push),
            Kind("pull", "linear", -1, _pull),
            Kind("drift", "linear", 0, _drift),
            Kind("rise", "linear", 0, _rise),
        ),
        MotionProfile.SMOOTH: (
            Kind("glide", "ease_in_out", 0, _glide),
            Kind("crane", "ease_in_out", 0, _crane),
            Kind("push glide", "ease_in_out", 1, _push_glide),
            Kind("pull glide", "ease_in_out", -1, _pull_glide),
            Kind("arc", "ease_in_out", 1, _arc),
        ),
        MotionProfile.PUNCHY: (
            Kind("punch", "ease_out", 1, _punch),
            Kind("double punch", "ease_out", 1, _double_punch),
            Kind("snap out", "ease_out", -1, _snap_out),
            Kind("whip", "ease_out", 0, _whip),
            Kind("tilt punch", "ease_out", 0, _tilt_punch),
        ),
        MotionProfile.CHAOTIC: (
            Kind("thumps", "pulse", 0, _thumps),
            Kind("jumps", "pulse", 0, _jumps),
            Kind("flips", "pulse", 0, _flips),
            Kind("seesaw", "pulse", 0, _seesaw),
            Kind("shakes", "pulse", 0, _shakes),
        ),
    }
)
