"""Which moment of one recording belongs to which of the other. Knows no widget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.procedures.types import PathPoint, StepOutcome, Stretch

Floats = npt.NDArray[np.float64]
_SLACK_S = 0.13
"""Half a sample: stretches of neighbouring steps end where the next one begins."""


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """The path within one step: rising seconds of both recordings and the similarity along them."""

    step: int
    gold_s: Floats
    trainee_s: Floats
    similarity: Floats

    def gold_holds(self, t_s: float) -> bool:
        return bool(self.gold_s[0] - _SLACK_S <= t_s <= self.gold_s[-1] + _SLACK_S)

    def trainee_holds(self, t_s: float) -> bool:
        return bool(self.trainee_s[0] - _SLACK_S <= t_s <= self.trainee_s[-1] + _SLACK_S)


@dataclass(frozen=True, slots=True, eq=False)
class Correspondence:
    """The path of a comparison, step by step; a step that was not found corresponds to nothing."""

    path: Sequence[PathPoint] = ()
    outcomes: Sequence[StepOutcome] = ()
    pieces: tuple[_Piece, ...] = field(init=False)

    def __post_init__(self) -> None:
        by_step: dict[int, list[PathPoint]] = {}
        for point in self.path:
            by_step.setdefault(point.step, []).append(point)
        for outcome in self.outcomes:
            if outcome.trainee is not None and outcome.gold_step not in by_step:
                by_step[outcome.gold_step] = _ends_of(outcome, outcome.trainee)
        object.__setattr__(self, "pieces", tuple(_piece(step, points) for step, points in by_step.items()))

    def trainee_s(self, gold_s: float) -> float | None:
        """When the trainee does what the gold shows; None = never."""
        piece = _best((one for one in self.pieces if one.gold_holds(gold_s)), gold_s, gold=True)
        return None if piece is None else float(np.interp(gold_s, piece.gold_s, piece.trainee_s))

    def gold_s(self, trainee_s: float) -> float | None:
        """Where the gold shows what the trainee does; None = nowhere."""
        piece = _best((one for one in self.pieces if one.trainee_holds(trainee_s)), trainee_s, gold=False)
        return None if piece is None else float(np.interp(trainee_s, piece.trainee_s, piece.gold_s))

    def similarity_near(self, gold_s: float, trainee_s: float) -> float | None:
        """The similarity of the point of the path that is nearest to a pair of times; None without a path."""
        best: tuple[float, float] | None = None
        for piece in self.pieces:
            away = np.hypot(piece.gold_s - gold_s, piece.trainee_s - trainee_s)
            at = int(np.argmin(away))
            if best is None or away[at] < best[0]:
                best = float(away[at]), float(piece.similarity[at])
        return None if best is None else best[1]


def _ends_of(outcome: StepOutcome, trainee: Stretch) -> list[PathPoint]:
    return [
        PathPoint(outcome.gold.start_s, trainee.start_s, outcome.similarity, outcome.gold_step),
        PathPoint(outcome.gold.end_s, trainee.end_s, outcome.similarity, outcome.gold_step),
    ]


def _piece(step: int, points: Sequence[PathPoint]) -> _Piece:
    ordered = sorted(points, key=lambda point: (point.gold_s, point.trainee_s))
    return _Piece(
        step,
        np.array([point.gold_s for point in ordered]),
        np.maximum.accumulate(np.array([point.trainee_s for point in ordered])),
        np.array([point.similarity for point in ordered]),
    )


def _best(pieces: Iterable[_Piece], t_s: float, *, gold: bool) -> _Piece | None:
    """Of pieces that touch at a time the one that holds it deepest."""

    def depth_s(piece: _Piece) -> float:
        times_s = piece.gold_s if gold else piece.trainee_s
        return float(min(t_s - times_s[0], times_s[-1] - t_s))

    return max(pieces, key=depth_s, default=None)
