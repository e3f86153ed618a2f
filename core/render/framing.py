"""From a move in sizes of the frame to camera keys of a picture: its subject stays in sight, its edges never show."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.render.compose.places import place_aspect
from core.render.timing import least_zoom
from core.render.types import HEIGHT_PX, WIDTH_PX, Archetype, CameraKey

_SPARE_ZOOM = 1.02
"""Between two keys a turned picture needs a little more than in both."""
_USUAL_FOCUS = (0.5, 0.42)
"""Heads and products stand a little above the middle more often than below."""
_TALL_HIGHER = 0.08
"""Tall pictures of people have the head near the top: the less of one is seen, the higher the camera looks."""
_FURTHEST_SHIFT = 0.08
"""Of what the frame shows: how far a move may be shifted from its subject to stay inside the picture."""
_LARGEST_ZOOM = 2.5
_SOFT_FROM = 1.6
"""A picture enlarged by more than this looks soft: such pictures are not gone closer to."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A picture as the camera sees it.

    ``across``, ``along``: how much of its width and height the frame (or its place in an overlay) shows at zoom 1;
    ``focus``: where its subject is, x and y in [0, 1], None = unknown; ``closer``: in [0, 1], how much closer
    framings may go; ``beside``: in [0, 1], how far beside the subject they may look; ``place_aspect``: width by height
    of what it fills.
    """

    across: float
    along: float
    focus: tuple[float, float] | None = None
    closer: float = 1.0
    beside: float = 1.0
    place_aspect: float = WIDTH_PX / HEIGHT_PX


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where a move is at ``t_s`` after its begin: ``right`` and ``down`` in sizes of the frame from the framing's
    middle, ``zoom`` a factor on the framing's."""

    t_s: float
    zoom: float
    right: float = 0.0
    down: float = 0.0
    angle_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Path:
    """Waypoints in the order of time; the last one's time is the end of the segment's time on screen."""

    points: tuple[Waypoint, ...]


def subject_of(
    archetype: Archetype,
    width_px: int,
    height_px: int,
    *,
    focus: tuple[float, float] | None,
    cut_out: bool,
    place_width: float,
) -> Subject:
    """The subject for a picture of that size. ``place_width``: of the frame's width, for an archetype with a place."""
    aspect = width_px / height_px
    shape = place_aspect(archetype, aspect, place_width)
    across, along = min(1.0, shape / aspect), min(1.0, aspect / shape)
    drawn_width_px = WIDTH_PX if archetype is not Archetype.OVERLAY else WIDTH_PX * place_width
    enlarged = drawn_width_px / (width_px * across)
    closer, beside = min(1.0, max(0.25, _SOFT_FROM / enlarged)), 1.0
    if archetype is Archetype.OVERLAY:
        closer, beside = closer * 0.6, 0.4  # a print shows its picture nearly whole
    if cut_out:
        closer, beside = closer * 0.4, 0.3  # a product that was cut out is not cut off
    return Subject(across, along, focus, closer, beside, shape)


NO_PICTURE = Subject(1.0, 1.0, closer=0.5)
"""The background alone, which moves softly too."""


def keys_of(path: Path, subject: Subject, *, zoom: float, right: float, down: float) -> tuple[CameraKey, ...]:
    """Camera keys of a move around a framing.

    Where the picture has no room for a move it is gone closer to, and the whole move is shifted so that it stays
    inside as it is; only what still leaves the picture is cut off.
    """
    zooms = _zooms(path.points, subject, zoom)
    steepest_deg = max(abs(point.angle_deg) for point in path.points)
    xs = _places(
        [point.right + right for point in path.points],
        [subject.across / each for each in zooms],
        _turned(steepest_deg, 1 / subject.place_aspect),
        (subject.focus or _USUAL_FOCUS)[0],
    )
    ys = _places(
        [point.down + down for point in path.points],
        [subject.along / each for each in zooms],
        _turned(steepest_deg, subject.place_aspect),
        (subject.focus or (0.5, _USUAL_FOCUS[1] - _TALL_HIGHER * (1 - subject.along)))[1],
    )
    end_s = path.points[-1].t_s
    return tuple(
        CameraKey(
            at=round(point.t_s / end_s, 6),
            x=round(x, 6),
            y=round(y, 6),
            zoom=round(each, 6),
            angle_deg=round(point.angle_deg, 4),
        )
        for point, x, y, each in zip(path.points, xs, ys, zooms, strict=True)
    )


def _zooms(points: Sequence[Waypoint], subject: Subject, zoom: float) -> list[float]:
    """Never under what hides the edges of a turned picture, and closer where there is no room to the side."""
    side = max(point.right for point in points) - min(point.right for point in points)
    rise = max(point.down for point in points) - min(point.down for point in points)
    needed = max(subject.across * (1 + side), subject.along * (1 + rise))
    wanted = [point.zoom * zoom for point in points]
    factor = max(1.0, needed / min(wanted))
    return [
        min(_LARGEST_ZOOM, max(each * factor, least_zoom(point.angle_deg) * (_SPARE_ZOOM if point.angle_deg else 1.0)))
        for each, point in zip(wanted, points, strict=True)
    ]


def _turned(angle_deg: float, other_side: float) -> float:
    """How long a turned place's bounds are along a side, over that side; the other side is ``other_side`` as long."""
    angle = math.radians(angle_deg)
    return math.cos(angle) + other_side * math.sin(angle)


def _places(offsets: Sequence[float], shown: Sequence[float], turned: float, middle: float) -> list[float]:
    """The move along one axis as CameraKey's x or y.

    ``offsets``: from the framing's middle in sizes of the frame; ``shown``: how much of the picture the frame shows;
    ``turned``: how much more of it the frame touches where it is turned most; ``middle``: the subject, of the picture.
    """
    lows = [min(0.5, part * turned / 2) for part in shown]
    steps = [offset * part for offset, part in zip(offsets, shown, strict=True)]
    mirrored = [-step for step in steps]
    # near the picture's edge a move from the inside stays nearer to the subject than one from the outside
    inside, other = _shifted(middle, steps, lows), _shifted(middle, mirrored, lows)
    if abs(other - middle) < abs(inside - middle) - 1e-9:
        inside, steps = other, mirrored
    return [_of_room(inside + step, low) for step, low in zip(steps, lows, strict=True)]


def _shifted(middle: float, steps: Sequence[float], lows: Sequence[float]) -> float:
    """The middle of a move, so near to the one wanted that all of the move stays inside the picture; but where that
    would lose the subject it is moved only a little, and the rest of the move is cut off."""
    least = max(low - step for low, step in zip(lows, steps, strict=True))
    most = min(1 - low - step for low, step in zip(lows, steps, strict=True))
    shifted = min(max(middle, least), most) if least <= most else (least + most) / 2
    nearest = min(max(middle, min(lows)), 1 - min(lows))
    furthest = _FURTHEST_SHIFT * 2 * min(lows)
    return min(max(shifted, nearest - furthest), nearest + furthest)


def _of_room(centre: float, low: float) -> float:
    room = 1 - 2 * low
    return 0.5 if room < 1e-6 else min(1.0, max(0.0, (centre - low) / room))
