"""The space in which recordings are compared: what tells the steps of a gold recording apart.

The vectors of one camera mostly say what never changes. So the gold's mean is taken away (as cohort centring does for
speakers: Dehak et al., "Front-end factor analysis for speaker verification", 2011), and each view of a moment is
weighted by how much more alike moments of one step are in it than moments of two (Fisher's criterion, 1936).
Two views come from the moments around: where things move within about a second, and what of the picture differs from
the seconds around it (background subtraction by a running mean), which shows the hands and not what has piled up on
the table. They tell moments that come once in a step, for which the criterion is blind: their weights are fixed, by
what held best on recordings of both kinds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.procedures.features import MOTION_DIM, PLACES_DIM, SMALL_DIM
from core.procedures.types import SAMPLE_FPS, Floats

APART_S = 1.0
"""Moments nearer to each other than this look alike whatever is done."""
LEAST_WEIGHT = 0.05
MOTION_WEIGHT, PASSING_WEIGHT = 0.4, 0.3
MOTION_S, PASSING_S = 0.5, 2.0
"""How far to each side the views from around reach."""
TINY = 1e-6
MOST_MOMENTS = 2000
"""Of a longer recording, so many moments spread evenly decide about the weights."""


class FeatureMap(Protocol):
    """A learned map of vectors (n, d) to (n, k), see ``core/procedures/linear_map.py``."""

    def apply(self, x: Floats, /) -> Floats: ...


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at moments: ``rows`` float32 (n, k). ``weight`` None = as the gold's steps show."""

    rows: Floats
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Contrast:
    """``means`` and ``scales`` by view."""

    means: tuple[Floats, ...]
    scales: tuple[float, ...]

    def of(self, views: Sequence[View]) -> Floats:
        """Vectors (n, d) of moments in this space, of length 1."""
        parts = [
            (view.rows - mean) * np.float32(scale)
            for view, mean, scale in zip(views, self.means, self.scales, strict=True)
        ]
        return unit_rows(np.concatenate(parts, axis=1))


def views_of(features: Floats, adapter: FeatureMap | None = None) -> tuple[View, ...]:
    """How moments with ``features`` (n, d) can be looked at. An adapter stands for the encoder's own blocks.

    Vectors that are not ``moment_features``' own are one view.
    """
    pooled = features.shape[1] - PLACES_DIM - SMALL_DIM - MOTION_DIM
    mapped = features if adapter is None else np.asarray(adapter.apply(features), np.float32)
    if pooled <= 0:
        return (View(mapped),)
    ends = np.cumsum([pooled, PLACES_DIM, SMALL_DIM])
    blocks = np.split(features, ends, axis=1)
    small, motion = blocks[2], blocks[3]
    # a map that keeps the blocks apart is weighed block by block, as what it maps is
    apart = mapped.shape[1] == features.shape[1]
    looks = [View(block) for block in np.split(mapped, ends, axis=1)[:3]] if apart else [View(mapped)]
    passing, moving = _passing(small), _moving(motion)
    return (*looks, View(passing, PASSING_WEIGHT), View(moving, MOTION_WEIGHT))


def passing_and_moving(features: Floats) -> tuple[Floats, Floats] | None:
    """The two views from around, of a stretch by itself; None for vectors that are not ``moment_features``' own."""
    pooled = features.shape[1] - PLACES_DIM - SMALL_DIM - MOTION_DIM
    if pooled <= 0:
        return None
    small = features[:, pooled + PLACES_DIM : pooled + PLACES_DIM + SMALL_DIM]
    return _passing(small), _moving(features[:, -MOTION_DIM:])


def activity_of(features: Floats) -> Floats | None:
    """float32 (n,): how much moves at each moment, noise left out; None for vectors that do not say it."""
    if features.shape[1] <= PLACES_DIM + SMALL_DIM + MOTION_DIM:
        return None
    return np.asarray((features[:, -MOTION_DIM:] ** 2).mean(axis=1), np.float32)


def contrast_of(views: Sequence[View], labels: npt.NDArray[np.int64], times_s: npt.NDArray[np.float64]) -> Contrast:
    """The space of a gold recording: its views, the step of each moment (-1 = none) and its time."""
    chosen = np.unique(np.linspace(0, len(times_s) - 1, min(len(times_s), MOST_MOMENTS)).astype(np.int64))
    means, scales = [], []
    for view in views:
        mean = view.rows.mean(axis=0)
        rows = view.rows[chosen] - mean
        spread = float(np.sqrt((rows**2).sum(axis=1).mean()))
        weight = view.weight
        if weight is None:
            weight = max(_contrast(rows, labels[chosen], times_s[chosen]), LEAST_WEIGHT)
        means.append(mean)
        scales.append(float(np.sqrt(weight)) / spread if spread > TINY else 0.0)
    return Contrast(tuple(means), tuple(scales))


def _contrast(rows: Floats, labels: npt.NDArray[np.int64], times_s: npt.NDArray[np.float64]) -> float:
    """Mean cosine of moments of one step less that of moments of two."""
    rows = unit_rows(rows)
    alike = rows @ rows.T
    apart = np.abs(times_s[:, None] - times_s[None, :]) >= APART_S
    known = (labels[:, None] >= 0) & (labels[None, :] >= 0) & apart
    same = labels[:, None] == labels[None, :]
    within, between = alike[known & same], alike[known & ~same]
    if not len(within) or not len(between):
        return 1.0
    return float(within.mean() - between.mean())


def _passing(small: Floats) -> Floats:
    return np.asarray(small - _around(small, round(PASSING_S * SAMPLE_FPS)), np.float32)


def _moving(motion: Floats) -> Floats:
    return _around(motion, round(MOTION_S * SAMPLE_FPS))


def _around(rows: Floats, reach: int) -> Floats:
    """The mean over ``reach`` moments to each side; fewer at the ends."""
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
    at = np.arange(len(rows))
    first, last = np.maximum(at - reach, 0), np.minimum(at + reach + 1, len(rows))
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None], np.float32)


def unit_rows(rows: Floats) -> Floats:
    """Rows of length 1; rows of zeros stay so."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, TINY), np.float32)
