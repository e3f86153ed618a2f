"""Cohen's kappa of two codings of one video, by units of time and by events."""

import math
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.annotate.agreement.stretches import label_of, marks_of, names_of
from core.annotate.agreement.time_units import line_of
from core.annotate.agreement.types import UNMARKED, Agreement
from core.annotate.types import Mark, Tier
from core.errors import InvalidRequest

Pair: TypeAlias = tuple[Mark | None, Mark | None]
_ROUNDING_S = 1e-9


def kappa_by_time(a: Tier, b: Tier, *, duration_s: float, step_s: float = 0.1) -> Agreement:
    """Kappa over units of ``step_s`` seconds of the whole video, from 0 to ``duration_s``.

    The categories are the labels, UNMARKED for time that a coder left free, and combinations (``x + y``) where marks
    of one tier overlap. How long the units are changes nothing but the rounding at boundaries, and the counts. Raises
    InvalidRequest for tiers of other kinds, a duration or a unit that is not above 0.

    Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20,
    1960; over time units: R. Bakeman & V. Quera, "Sequential Analysis and Observational Methods for the Behavioral
    Sciences", 2011, chapter 6.
    """
    line, units = line_of((a, b), duration_s=duration_s, step_s=step_s)
    counts = np.zeros((len(line.names),) * 2, dtype=np.int64)
    np.add.at(counts, (line.codes[0], line.codes[1]), units)
    return _agreement(counts, line.names, a.vocabulary + b.vocabulary)


def kappa_by_events(a: Tier, b: Tier, *, tolerance_s: float) -> Agreement:
    """Kappa over events: marks whose starts are at most ``tolerance_s`` seconds apart are the same event.

    Each mark has one counterpart at most. As many marks of the same label as possible are paired first, in the order
    of time; marks that are left are paired whatever their labels, and count as confused; what is left then has no
    counterpart (UNMARKED). Both UNMARKED cannot occur, so that kappa is lower than by time units when events are
    missed; it may be below 0 then. Which of two codings is a changes nothing but the matrix' direction.

    Source: J. Cohen, 1960, as in :func:`kappa_by_time`; pairing of starts within a tolerance: R. Bakeman, V. Quera &
    A. Gnisci, "Observer agreement for timed-event sequential data", Behavior Research Methods 41, 2009.
    """
    if not (math.isfinite(tolerance_s) and tolerance_s >= 0):
        raise InvalidRequest(f"The tolerance is {tolerance_s:g} s.", action="Give seconds from 0 up.")
    marks_a, marks_b = marks_of(a), marks_of(b)
    names = names_of((marks_a, marks_b))
    pairs = event_pairs(marks_a, marks_b, tolerance_s)
    code_of = {name: code for code, name in enumerate([*names, UNMARKED])}
    counts = np.zeros((len(code_of),) * 2, dtype=np.int64)
    for one, other in pairs:
        counts[code_of[_name(one)], code_of[_name(other)]] += 1
    return _agreement(counts, tuple(code_of), a.vocabulary + b.vocabulary, pairs)


def event_pairs(a: Sequence[Mark], b: Sequence[Mark], tolerance_s: float) -> tuple[Pair, ...]:
    """Marks of a and b that are the same event, None for the one that has none, by time.

    In the order of time, the earlier of two that are too far apart can have no counterpart any more: taking the first
    that fits gives as many pairs as there can be.
    """
    left_a, left_b = (sorted(marks, key=lambda mark: (mark.start_s, mark.end_s, mark.label)) for marks in (a, b))
    pairs: list[Pair] = []
    by_label_a, by_label_b = _by_label(left_a), _by_label(left_b)
    for label in sorted(by_label_a.keys() & by_label_b.keys()):
        pairs += _first_that_fit(by_label_a[label], by_label_b[label], tolerance_s)
    left_a, left_b = _left(left_a, (one for one, _ in pairs)), _left(left_b, (other for _, other in pairs))
    confused = _first_that_fit(left_a, left_b, tolerance_s)
    pairs += confused
    pairs += [(mark, None) for mark in _left(left_a, (one for one, _ in confused))]
    pairs += [(None, mark) for mark in _left(left_b, (other for _, other in confused))]
    return tuple(sorted(pairs, key=_when))


def cohen(counts: npt.NDArray[np.int64]) -> tuple[float, float, float]:
    """Kappa, observed and expected agreement of a square matrix of counts; NaN where they are not defined."""
    total = int(counts.sum())
    if not total:
        return math.nan, math.nan, math.nan
    observed = float(np.trace(counts)) / total
    expected = float(counts.sum(axis=0).astype(np.float64) @ counts.sum(axis=1).astype(np.float64)) / total**2
    return ((observed - expected) / (1 - expected) if expected < 1 else math.nan), observed, expected


def _agreement(
    counts: npt.NDArray[np.int64], names: Sequence[str], vocabulary: Sequence[str], pairs: tuple[Pair, ...] = ()
) -> Agreement:
    """Labels that occur, those of the vocabulary first and in its order, UNMARKED last."""
    occurs = {name for code, name in enumerate(names) if counts[code].any() or counts[:, code].any()}
    order = [name for name in dict.fromkeys(vocabulary) if name in occurs]
    order += sorted(occurs.difference(order, {UNMARKED})) + [UNMARKED] * (UNMARKED in occurs)
    chosen = [names.index(name) for name in order]
    matrix = counts[np.ix_(chosen, chosen)]
    kappa, observed, expected = cohen(matrix)
    rows = tuple(tuple(row) for row in matrix.tolist())
    return Agreement(kappa, observed, expected, rows, tuple(order), int(matrix.sum()), pairs)


def _first_that_fit(a: Sequence[Mark], b: Sequence[Mark], tolerance_s: float) -> list[Pair]:
    """Pairs of marks, both by time."""
    pairs: list[Pair] = []
    at_a = at_b = 0
    while at_a < len(a) and at_b < len(b):
        apart_s = a[at_a].start_s - b[at_b].start_s
        if abs(apart_s) <= tolerance_s + _ROUNDING_S:
            pairs.append((a[at_a], b[at_b]))
        at_a += apart_s <= tolerance_s + _ROUNDING_S
        at_b += apart_s >= -tolerance_s - _ROUNDING_S
    return pairs


def _by_label(marks: Sequence[Mark]) -> dict[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.label, []).append(mark)
    return found


def _left(marks: Sequence[Mark], taken: Iterable[Mark | None]) -> list[Mark]:
    """By identity: two marks may be equal."""
    ids = {id(mark) for mark in taken}
    return [mark for mark in marks if id(mark) not in ids]


def _name(mark: Mark | None) -> str:
    return UNMARKED if mark is None else label_of(mark)


def _when(pair: Pair) -> tuple[float, bool]:
    return min(mark.start_s for mark in pair if mark is not None), pair[0] is None
