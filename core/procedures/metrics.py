"""The metrics of the API's document, by its names; all but ``miss`` and ``swap``, which count, lie in [0, 1]."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from core.procedures.evidence import MIDDLE, Doubles
from core.procedures.findings import Case, worked_s
from core.procedures.hypothesis import Seen
from core.procedures.order import inversions_ratio, swapped_pairs
from core.procedures.performances import Performance
from core.procedures.types import Finding, FindingType, PathPoint


def metrics_of(
    case: Case,
    seen: Seen,
    path: Sequence[PathPoint],
    findings: Sequence[Finding],
    durations_s: tuple[float, float],
) -> dict[str, float]:
    """All of them, rounded to four places. ``durations_s``: of the gold and of the attempt.

    ``miss``: steps left out. ``swap``: pairs out of order. ``deviation``: mean part of the done steps that was not
    shown as in the gold. ``over_time``: time over what is allowed, by what is allowed. ``temporal_warp``: how unlike
    the paces of the steps are. ``path_stretch``: part of the path's moves that stand still in one of the recordings,
    beyond what the pace needs. ``duplicate_ratio``: part of the attempt that repeats steps. ``order_violation_ratio``:
    pairs of steps in the wrong order. ``temporal_drift``: how much earlier or later than in the gold things come, by
    the whole. ``confidence_loss``: part of the gold's steps that is not surely matched. ``local_similarity_gap``: how
    much more alike something else than what the path says is, at most. ``adaptive_low_similarity_threshold``: what
    counts as unlike for this gold; ``effective_…``: for this attempt. ``hard_miss_ratio``: steps left out of those
    that must be there. ``mean_alignment_cost``: mean of 1 - similarity along the path.
    """
    main = [one for one in case.course.main if one is not None]
    order = [one.step for one in sorted(main, key=lambda one: one.first) if not case.steps[one.step].any_order]
    missing = sum(one.type is FindingType.STEP_MISSING for one in findings)
    needed = sum(not step.optional for step in case.steps)
    values = {
        "miss": missing,
        "swap": len(swapped_pairs(order)),
        "deviation": float(np.mean([1 - one.covered for one in main])) if main else 1.0,
        "over_time": _over_time(case, main),
        "temporal_warp": _warp(case, main),
        "path_stretch": _stretch(path),
        "duplicate_ratio": _repeated(case, durations_s[1]),
        "order_violation_ratio": inversions_ratio(order),
        "temporal_drift": _drift(path, durations_s),
        "confidence_loss": 1 - sum(_certainty(one) for one in main) / max(1, len(case.steps)),
        "local_similarity_gap": _gap(seen, path, main),
        "adaptive_low_similarity_threshold": _threshold(seen.usual.own, seen.usual.other),
        "effective_low_similarity_threshold": _threshold(seen.levels.own, seen.levels.other),
        "hard_miss_ratio": missing / needed if needed else 0.0,
        "mean_alignment_cost": float(np.mean([1 - point.similarity for point in path])) if path else 1.0,
    }
    counts = {"miss", "swap"}
    return {
        name: value if name in counts else round(min(1.0, max(0.0, float(value))), 4) for name, value in values.items()
    }


def _over_time(case: Case, main: Sequence[Performance]) -> float:
    allowed = sum(case.allowed_s[one.step] for one in main)
    return sum(max(0.0, worked_s(case, one) - case.allowed_s[one.step]) for one in main) / allowed if allowed else 0.0


def _warp(case: Case, main: Sequence[Performance]) -> float:
    """Spread of the steps' paces: the standard deviation of their logarithms, e-fold = 1."""
    paces = [np.log(max(worked_s(case, one), 0.1) / max(case.steps[one.step].duration_s, 0.1)) for one in main]
    return float(np.std(paces)) if paces else 0.0


def _stretch(path: Sequence[PathPoint]) -> float:
    still, needed, moves = 0, 0.0, 0
    for step in {point.step for point in path}:
        mine = [point for point in path if point.step == step]
        pairs = list(pairwise(mine))
        gold = sum(b.gold_s > a.gold_s for a, b in pairs)
        trainee = sum(b.trainee_s > a.trainee_s for a, b in pairs)
        moves += len(pairs)
        needed += abs(gold - trainee)
        still += sum(b.gold_s <= a.gold_s or b.trainee_s <= a.trainee_s for a, b in pairs)
    return (still - needed) / moves if moves else 0.0


def _repeated(case: Case, duration_s: float) -> float:
    again = sum(case.sight.seconds(one.first, one.last) for one in case.course.again)
    return again / duration_s if duration_s else 0.0


def _drift(path: Sequence[PathPoint], durations_s: tuple[float, float]) -> float:
    if not path or min(durations_s) <= 0:
        return 0.0
    places = [point.trainee_s / durations_s[1] - point.gold_s / durations_s[0] for point in path]
    return float(np.mean(np.abs(places)))


def _certainty(one: Performance) -> float:
    """Evidence for a step, by what evidence there can be."""
    moments = one.last - one.first
    return min(1.0, max(0.0, one.evidence / max(1e-6, 1.5 * moments)))


def _gap(seen: Seen, path: Sequence[PathPoint], main: Sequence[Performance]) -> float:
    rows = np.concatenate([np.arange(one.first, one.last) for one in main]) if main else np.zeros(0, np.int64)
    if not len(rows) or not path:
        return 0.0
    best = float(np.clip(seen.alike[rows], 0, 1).max(axis=1).mean())
    return best - float(np.mean([point.similarity for point in path]))


def _threshold(own: Doubles, other: Doubles) -> float:
    return float(np.mean(other + MIDDLE * (own - other)))
