"""An attempt seen as it is, or as the mirror image of the gold recording: what it then shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.procedures.contrast import Contrast, FeatureMap, views_of
from core.procedures.evidence import (
    MIDDLE,
    STRICTER,
    Ints,
    Levels,
    Reference,
    adapted,
    evidence_of,
    labels_of,
    levels_of,
    similarities,
    space_of,
)
from core.procedures.step_matching import Matching, match_steps
from core.procedures.types import SAMPLE_FPS, Floats, Moments, Step

MIRROR_SHARE = 0.05
"""A mirrored attempt must be likelier by this part, as most attempts are not."""
MOST_CELLS = 40_000_000
"""Longer recordings are looked at more coarsely, so that memory stays under half a gigabyte."""


@dataclass(frozen=True, slots=True)
class Seen:
    """``alike`` float32 (T, M) with the gold moments' ``labels`` (M,) and the ``recording`` (M,) that they are of;
    the first ``own`` are the gold's.

    ``usual``: the levels that the gold recording says, ``levels``: those that hold for this attempt.
    """

    matching: Matching
    alike: Floats
    labels: Ints
    recording: Ints
    own: int
    usual: Levels
    levels: Levels
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold recording's moments with its steps, an attempt's, and how the vectors are to be mapped."""

    gold: Moments
    steps: Sequence[Step]
    trainee: Moments
    adapter: FeatureMap | None
    others: Sequence[tuple[Moments, Sequence[Step]]] = ()
    """Other gold recordings with their steps, one for each of the gold's; of length 0 where one has no counterpart."""


def thinned(moments: Moments, every: int) -> Moments:
    """Every so many-th moment."""
    if every <= 1:
        return moments
    return Moments(
        moments.times_s[::every],
        moments.features[::every],
        None if moments.mirrored is None else moments.mirrored[::every],
        moments.brightness[::every],
        moments.sharpness[::every],
        moments.change[::every],
        moments.duration_s,
        moments.encoder,
    )


def stride_for(gold_moments: int, trainee_moments: int) -> int:
    """How coarsely two recordings must be looked at."""
    return max(1, int(np.ceil(np.sqrt(gold_moments * trainee_moments / MOST_CELLS))))


def likeliest(pair: Pair, check: Callable[[], None]) -> Seen:
    """The better of the two ways to see the attempt; mirrored only where the gold was measured so."""
    plain = _seen(pair, mirrored=False, check=check)
    if pair.gold.mirrored is None:
        return plain
    turned = _seen(pair, mirrored=True, check=check)
    needed = plain.matching.likelihood + MIRROR_SHARE * abs(plain.matching.likelihood) + 5
    return turned if turned.matching.likelihood > needed else plain


def gold_features(pair: Pair, seen: Seen) -> tuple[Floats, ...]:
    """The features of each gold recording, the way that the attempt was seen."""
    return tuple(
        _features(one, mirrored=seen.mirrored) for one in (pair.gold, *(moments for moments, _ in pair.others))
    )


def _seen(pair: Pair, *, mirrored: bool, check: Callable[[], None]) -> Seen:
    contrast, references = _references(pair, mirrored=mirrored)
    usual = levels_of(references[0], len(pair.steps))
    labels = np.concatenate([one.labels for one in references])
    recording = np.repeat(np.arange(len(references)), [len(one.labels) for one in references])
    vectors = contrast.of(views_of(pair.trainee.features, pair.adapter))
    alike = similarities(vectors, references, check)
    every_s = float(np.median(np.diff(pair.trainee.times_s))) if len(pair.trainee) > 1 else 1 / SAMPLE_FPS
    first = match_steps(evidence_of(alike, labels, usual, every_s, MIDDLE), labels, pair.steps, check)
    levels = adapted(usual, alike, first.shown, labels)
    matching = match_steps(evidence_of(alike, labels, levels, every_s, STRICTER), labels, pair.steps, check)
    return Seen(
        replace(matching, likelihood=first.likelihood),
        alike,
        labels,
        recording,
        len(references[0].labels),
        usual,
        levels,
        mirrored,
    )


def _references(pair: Pair, *, mirrored: bool) -> tuple[Contrast, list[Reference]]:
    labels = labels_of(pair.gold.times_s, pair.steps)
    contrast, first = space_of(pair.gold, _features(pair.gold, mirrored=mirrored), labels, pair.adapter)
    references = [first]
    for moments, steps in pair.others:
        features = _features(moments, mirrored=mirrored)
        vectors = contrast.of(views_of(features, pair.adapter))
        references.append(Reference(vectors, _counterparts(moments, steps), moments.times_s))
    return contrast, references


def _counterparts(moments: Moments, steps: Sequence[Step]) -> Ints:
    labels = np.full(len(moments), -1, np.int64)
    for index, step in enumerate(steps):
        if step.duration_s > 0:
            labels[(moments.times_s >= step.start_s - 1e-6) & (moments.times_s < step.end_s - 1e-6)] = index
    return labels


def _features(moments: Moments, *, mirrored: bool) -> Floats:
    return moments.mirrored if mirrored and moments.mirrored is not None else moments.features
