"""How much each moment of an attempt speaks for each step of the gold recording."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.procedures.contrast import Contrast, FeatureMap, contrast_of, views_of
from core.procedures.types import Floats, Moments, Step

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

NEAR_S = 0.6
"""Moments nearer than this to one another are as good as the same picture."""
MIDDLE = 0.45
"""Where between the levels of other steps (0) and of the step itself (1) a moment speaks for neither."""
SLOPE = 6.0
MOST = 3.0
"""Bound of what one moment may say: a single odd picture decides nothing."""
PER_SECOND = 2.0
"""So many moments a second count as independent of each other."""
LEAST_GAP = 0.15
USUAL_OWN, USUAL_OTHER = 0.8, 0.1
ROWS_AT_ONCE = 512
LEAST_MATCHED = 6
UPWARD, DOWNWARD = 0.9, 0.5
"""How far levels follow an attempt that is more, or less, like its steps than the gold recording is."""
STRICTER = 0.6
"""The same as MIDDLE, where the levels are those of the attempt itself."""


@dataclass(frozen=True, slots=True)
class Levels:
    """How alike moments are to a step, float64 (K,): ``own`` = moments of the step itself, ``other`` = of others."""

    own: Doubles
    other: Doubles

    def relative(self, similarity: Doubles) -> Doubles:
        """(…, K) similarities as 0 = like another step, 1 = like the step itself (not bounded)."""
        return (similarity - self.other) / np.maximum(self.own - self.other, LEAST_GAP)


@dataclass(frozen=True, slots=True)
class Reference:
    """A gold recording in its space: ``vectors`` (m, d) of length 1, ``labels`` the step of each moment, -1 = none."""

    vectors: Floats
    labels: Ints
    times_s: Doubles


def labels_of(times_s: Doubles, steps: Sequence[Step]) -> Ints:
    """The step of each moment, -1 where none is. A step too short to hold a moment gets the nearest one."""
    labels = np.full(len(times_s), -1, np.int64)
    for index, step in enumerate(steps):
        inside = (times_s >= step.start_s - 1e-6) & (times_s < step.end_s - 1e-6)
        labels[inside] = index
    for index, step in enumerate(steps):
        if not (labels == index).any():
            labels[int(np.argmin(np.abs(times_s - (step.start_s + step.end_s) / 2)))] = index
    return labels


def space_of(
    moments: Moments, features: Floats, labels: Ints, adapter: FeatureMap | None = None
) -> tuple[Contrast, Reference]:
    """The space that a gold recording's steps span, and the recording in it."""
    views = views_of(features, adapter)
    contrast = contrast_of(views, labels, moments.times_s)
    return contrast, Reference(contrast.of(views), labels, moments.times_s)


def levels_of(reference: Reference, steps: int) -> Levels:
    """What is usual, from the gold recording alone: how alike its moments are to their own and to other steps.

    A step is held against moments of its own that are not near; one too short for that gets the other steps' middle.
    """
    alike = reference.vectors @ reference.vectors.T
    near = np.abs(reference.times_s[:, None] - reference.times_s[None, :]) < NEAR_S
    best = best_by_step(np.where(near, np.float32(-1), alike), reference.labels, steps)
    own, other = np.full(steps, np.nan), np.full(steps, np.nan)
    for step in range(steps):
        inside = reference.labels == step
        outside = (reference.labels >= 0) & ~inside
        held = best[inside, step]
        held = held[held > -1]
        own[step] = held.mean() if len(held) else np.nan
        other[step] = best[outside, step].mean() if outside.any() else np.nan
    return Levels(_filled(own, USUAL_OWN), _filled(other, USUAL_OTHER))


def similarities(vectors: Floats, references: Sequence[Reference], check: Callable[[], None]) -> Floats:
    """float32 (T, M): how alike each moment is to each moment of the references, one after the other; -1 to 1."""
    golds = np.concatenate([one.vectors for one in references])
    alike = np.empty((len(vectors), len(golds)), np.float32)
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        check()
        rows = slice(start, start + ROWS_AT_ONCE)
        np.matmul(vectors[rows], golds.T, out=alike[rows])
    return alike


def evidence_of(alike: Floats, labels: Ints, levels: Levels, seconds_per_moment: float, middle: float) -> Floats:
    """float32 (T, M) log-likelihood ratios of showing a gold moment against showing anything else.

    A logistic model of the level-normalised similarity (z-norm: Auckenthaler et al., "Score normalization for
    text-independent speaker verification systems", 2000). ``labels`` (M,): the step of each gold moment;
    ``middle``: the relative level that speaks neither for it nor against it.
    """
    rate = min(1.0, PER_SECOND * seconds_per_moment)
    step = np.maximum(labels, 0)
    gap = np.maximum(levels.own - levels.other, LEAST_GAP)[step]
    factor = (SLOPE / gap).astype(np.float32)
    shift = (SLOPE * (levels.other[step] / gap + middle)).astype(np.float32)
    evidence = alike * factor
    evidence -= shift
    np.clip(evidence, -MOST, MOST, out=evidence)
    evidence *= np.float32(rate)
    return evidence


def best_by_step(alike: Floats, labels: Ints, steps: int) -> Doubles:
    best = np.full((len(alike), steps), -1.0)
    for step in range(steps):
        columns = labels == step
        if columns.any():
            best[:, step] = alike[:, columns].max(axis=1)
    return best


def adapted(levels: Levels, alike: Floats, shown: Ints, labels: Ints) -> Levels:
    """Levels that know how alike this attempt really is where it was matched.

    A gold recording shows each moment of a step once, so what it says of its own steps is too modest: where the
    attempt is more alike, that is the level that its other moments must stand against. Where it is less alike all
    through a step, as with another camera or tool, half of that is taken as its manner.
    """
    own = levels.own.copy()
    rows = np.flatnonzero(shown >= 0)
    values, steps = alike[rows, shown[rows]], labels[shown[rows]]
    for step in range(len(own)):
        mine = values[steps == step]
        if len(mine) >= LEAST_MATCHED:
            more = float(np.quantile(mine, 0.6)) - own[step]
            own[step] += (UPWARD if more > 0 else DOWNWARD) * more
    return Levels(own, levels.other)


def _filled(values: Doubles, usual: float) -> Doubles:
    known = values[np.isfinite(values)]
    return np.where(np.isfinite(values), values, np.median(known) if len(known) else usual)
