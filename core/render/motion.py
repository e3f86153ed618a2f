"""Camera moves: which shot each segment is, so that a cut never shows the same move of the same picture twice running.

A shot is a framing (wide, close, medium, in this order on a picture that comes back) and a kind of move of the
profile. Kinds are chosen so that a picture gets another one each time, neighbours differ, and pushes take turns with
pulls; moves to the side take turns in direction. The seed decides what is left open, and how far each move goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.render.framing import Subject, keys_of
from core.render.moves import KINDS, Kind, Turn
from core.render.seeding import Dice, derived
from core.render.types import CameraKey, MotionProfile

_CLOSER: Mapping[MotionProfile, float] = MappingProxyType(
    {
        MotionProfile.MINIMAL: 0.35,
        MotionProfile.SUBTLE: 0.7,
        MotionProfile.SMOOTH: 0.85,
        MotionProfile.PUNCHY: 0.8,
        MotionProfile.CHAOTIC: 1.0,
    }
)
"""How far closer framings may go, of what the picture allows."""


@dataclass(frozen=True, slots=True)
class Move:
    """A segment's camera. ``name`` is the kind of move and the framing, for tests and logs."""

    keys: tuple[CameraKey, ...]
    easing: str
    name: str


@dataclass(frozen=True, slots=True)
class Framing:
    """How a shot looks at its picture: ``zoom`` beyond filling, and the middle beside the subject, in frame sizes."""

    name: str
    zoom: float
    right: float = 0.0
    down: float = 0.0


def moves(
    profile: MotionProfile,
    pictures: Sequence[int],
    subjects: Mapping[int, Subject],
    spans_s: Sequence[float],
    seed: int,
) -> tuple[Move, ...]:
    """A move for each segment: ``pictures`` are their picture indices, ``spans_s`` their times on screen."""
    chooser = _Chooser(profile, seed)
    return tuple(
        chooser.next_move(picture, subjects[picture], span_s, derived(seed, "move", index))
        for index, (picture, span_s) in enumerate(zip(pictures, spans_s, strict=True))
    )


class _Chooser:
    """Remembers what the cut has shown so far."""

    def __init__(self, profile: MotionProfile, seed: int) -> None:
        dice = Dice(derived(seed, "order"))
        self._seed = seed
        self._kinds = dice.shuffled(KINDS[profile])
        self._closer = _CLOSER[profile]
        self._right, self._down = dice.sign(), dice.sign()
        self._last: Kind | None = None
        self._used: dict[tuple[int, str], int] = {}
        self._visits: dict[int, int] = {}

    def next_move(self, picture: int, subject: Subject, span_s: float, seed: int) -> Move:
        dice = Dice(seed)
        kind = self._next_kind(picture)
        framing = self._framing(picture, subject, dice)
        path = kind.path(Turn(self._right, self._down, span_s, dice, 1 - subject.across, 1 - subject.along))
        self._right = -self._right
        if self._right > 0:
            self._down = -self._down
        keys = keys_of(path, subject, zoom=framing.zoom, right=framing.right, down=framing.down)
        return Move(keys, kind.easing, f"{kind.name} {framing.name}")

    def _next_kind(self, picture: int) -> Kind:
        last = self._last
        candidates = [kind for kind in self._kinds if last is None or kind.name != last.name]
        same_way = last.way if last is not None else 0

        def tired(kind: Kind) -> tuple[int, bool, int]:
            here = self._used.get((picture, kind.name), 0)
            anywhere = sum(count for (_, name), count in self._used.items() if name == kind.name)
            return here, same_way != 0 and kind.way == same_way, anywhere

        kind = min(candidates, key=tired)
        self._last = kind
        self._used[picture, kind.name] = self._used.get((picture, kind.name), 0) + 1
        return kind

    def _framing(self, picture: int, subject: Subject, dice: Dice) -> Framing:
        visit = self._visits.get(picture, 0)
        self._visits[picture] = visit + 1
        closer = self._closer * subject.closer
        # close to one side, medium to the other, and the other way round the next time
        side = Dice(derived(self._seed, "side", picture)).sign() * (1 if visit % 6 < 3 else -1)
        across, along = _beside(subject, 1 - subject.across), _beside(subject, 1 - subject.along)
        if visit % 3 == 0:
            return Framing("wide", 1.0 + (0.05 * closer if visit else 0.0))
        if visit % 3 == 1:
            return Framing("close", 1 + closer * dice.between(0.26, 0.34), side * across, -0.5 * along)
        return Framing("medium", 1 + closer * dice.between(0.12, 0.17), -side * across, 0.5 * along)


def _beside(subject: Subject, room: float) -> float:
    """How far beside the subject a shot may look, in sizes of the frame: where it is known it stays near the middle;
    else what a wide picture has at its sides is shown too, while its middle stays in sight."""
    return 0.05 if subject.focus is not None else subject.beside * (0.09 + 0.16 * min(1.0, 1.4 * room))
