"""Kappa, alpha and DER on random codings are what scikit-learn, krippendorff and pyannote.metrics say."""

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any, Literal

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyannote.core import Annotation, Segment
from pyannote.metrics.diarization import DiarizationErrorRate
from sklearn.metrics import cohen_kappa_score

from core.annotate.agreement.alpha import alpha, alpha_by_time
from core.annotate.agreement.der import der
from core.annotate.agreement.kappa import kappa_by_events, kappa_by_time
from core.annotate.agreement.types import Level
from core.annotate.types import Mark, Tier, TierKind

STEP_S = 0.1
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval", "ratio")


@st.composite
def intervals(draw: st.DrawFn, *, labels: str = "abc", longest: int = 12) -> tuple[Mark, ...]:
    """Marks that do not overlap; boundaries in thirds of a hundredth, so that none lies in the middle of a unit."""
    edges = draw(st.lists(st.integers(0, 600), max_size=longest, unique=True).map(sorted))
    found = [
        Mark(start / 60 + 0.0033, end / 60 + 0.0033, draw(st.sampled_from(labels)))
        for start, end in itertools.pairwise(edges)
    ]
    return tuple(mark for mark in found if draw(st.booleans()))


def _tier(marks: Sequence[Mark], kind: TierKind = TierKind.INTERVALS) -> Tier:
    return Tier("x", kind, marks=tuple(marks))


def _sampled(marks: Sequence[Mark], duration_s: float) -> list[str]:
    """The plain way: look at the middle of every unit."""
    middles = [(unit + 0.5) * STEP_S for unit in range(int(duration_s / STEP_S + 0.5))]
    return [next((mark.label for mark in marks if mark.start_s <= at < mark.end_s), "") for at in middles]


def _same(ours: float, theirs: float) -> bool:
    return (math.isnan(ours) and math.isnan(theirs)) or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)


def _sklearn_kappa(one: Sequence[str], other: Sequence[str]) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where kappa is not defined
        return float(cohen_kappa_score(one, other))


@given(intervals(), intervals())
def test_that_kappa_by_time_is_what_scikit_learn_says_of_every_unit(a: tuple[Mark, ...], b: tuple[Mark, ...]) -> None:
    found = kappa_by_time(_tier(a), _tier(b), duration_s=11.0, step_s=STEP_S)
    one, other = _sampled(a, 11.0), _sampled(b, 11.0)
    assert found.count == len(one) == 110
    assert _same(found.kappa, _sklearn_kappa(one, other))
    assert _same(found.observed, float(np.mean(np.array(one) == np.array(other))))


@given(intervals(longest=20), intervals(longest=20), st.sampled_from([0.0, 0.05, 0.3, 2.0]))
def test_that_kappa_by_events_is_what_scikit_learn_says_of_its_pairs(
    a: tuple[Mark, ...], b: tuple[Mark, ...], tolerance_s: float
) -> None:
    found = kappa_by_events(_tier(a), _tier(b), tolerance_s=tolerance_s)
    turned = kappa_by_events(_tier(b), _tier(a), tolerance_s=tolerance_s)
    assert _same(found.kappa, turned.kappa)
    assert found.matrix == tuple(zip(*turned.matrix, strict=True))
    assert {id(one) for one, _ in found.pairs if one} == {id(mark) for mark in a}
    assert {id(other) for _, other in found.pairs if other} == {id(mark) for mark in b}
    together = [(one, other) for one, other in found.pairs if one and other]
    assert all(abs(one.start_s - other.start_s) <= tolerance_s + 1e-6 for one, other in together)
    assume(found.pairs)
    names = [[mark.label if mark else "" for mark in side] for side in zip(*found.pairs, strict=True)]
    assert _same(found.kappa, _sklearn_kappa(*names))


@given(intervals(labels="ab", longest=20), intervals(labels="ab", longest=20), st.sampled_from([0.1, 0.5, 2.0]))
def test_that_as_many_events_as_possible_are_paired(
    a: tuple[Mark, ...], b: tuple[Mark, ...], tolerance_s: float
) -> None:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    assume(a and b)
    near = [
        [one.label == other.label and abs(one.start_s - other.start_s) <= tolerance_s + 1e-9 for other in b]
        for one in a
    ]
    most = int((maximum_bipartite_matching(csr_array(np.array(near, dtype=np.int8))) >= 0).sum())
    pairs = kappa_by_events(_tier(a), _tier(b), tolerance_s=tolerance_s).pairs
    assert sum(1 for one, other in pairs if one and other and one.label == other.label) == most


@st.composite
def ratings(draw: st.DrawFn, values: st.SearchStrategy[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    coders, units = draw(st.integers(2, 5)), draw(st.integers(1, 12))
    cells = draw(st.lists(st.one_of(values, st.just(math.nan)), min_size=coders * units, max_size=coders * units))
    return np.array(cells).reshape(coders, units)


@pytest.mark.parametrize("level", LEVELS)
@given(data=st.data())
def test_that_alpha_is_what_krippendorff_says(level: Level, data: st.DataObject) -> None:
    values = st.integers(0, 5).map(float) if data.draw(st.booleans()) else st.floats(0, 1000, width=32)
    table = data.draw(ratings(values))
    ours, theirs = alpha(table, level), _krippendorff(table, level)
    assert _same(ours, theirs) or math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-6)


def _krippendorff(table: Any, level: Literal["nominal", "ordinal", "interval", "ratio"]) -> float:
    counts = (~np.isnan(table)).sum(axis=0)
    pairable = table[:, counts >= 2]
    if len(np.unique(pairable[~np.isnan(pairable)])) < 2:
        return math.nan  # it refuses these, or divides by 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 0/0 for the ratio of 0 to 0
        return float(krippendorff.alpha(reliability_data=pairable, level_of_measurement=level))


@given(st.lists(intervals(), min_size=2, max_size=4))
def test_that_alpha_by_time_is_what_krippendorff_says_of_every_unit(codings: list[tuple[Mark, ...]]) -> None:
    sampled = np.array([_sampled(marks, 11.0) for marks in codings])
    table = np.unique(sampled, return_inverse=True)[1].reshape(sampled.shape).astype(np.float64)
    ours = alpha_by_time([_tier(marks) for marks in codings], duration_s=11.0, step_s=STEP_S)
    assert _same(ours, _krippendorff(table, "nominal"))


@given(st.lists(intervals(labels="134"), min_size=2, max_size=4), st.sampled_from(LEVELS[1:]))
def test_that_alpha_by_time_of_numbers_leaves_unmarked_time_out(codings: list[tuple[Mark, ...]], level: Level) -> None:
    table = np.array([[float(label) if label else math.nan for label in _sampled(one, 11.0)] for one in codings])
    ours = alpha_by_time([_tier(marks) for marks in codings], duration_s=11.0, step_s=STEP_S, level=level)
    assert _same(ours, _krippendorff(table, level))


@st.composite
def talk(draw: st.DrawFn, names: str) -> tuple[Mark, ...]:
    """Speakers that overlap each other but not themselves."""
    return tuple(
        Mark(mark.start_s, mark.end_s, name) for name in names for mark in draw(intervals(labels="x", longest=7))
    )


@settings(max_examples=60)
@given(talk("ABC"), talk("pqrs"), st.sampled_from([0.0, 0.02, 0.25, 1.0]), st.booleans())
def test_that_der_is_what_pyannote_says(
    reference: tuple[Mark, ...], hypothesis: tuple[Mark, ...], collar_s: float, skip_overlap: bool
) -> None:
    found = der(_tier(reference), _tier(hypothesis), collar_s=collar_s, skip_overlap=skip_overlap)
    metric = DiarizationErrorRate(collar=collar_s, skip_overlap=skip_overlap)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it judges from the first to the last mark
        theirs: Any = metric(_annotation(reference), _annotation(hypothesis), detailed=True)
    ours = {
        "missed detection": found.missed_s,
        "false alarm": found.false_alarm_s,
        "confusion": found.confusion_s,
        "correct": found.correct_s,
        "total": found.total_s,
    }
    for name, seconds in ours.items():
        assert seconds == pytest.approx(theirs[name], abs=1e-4), name
    if found.total_s > 1e-3:
        assert found.rate == pytest.approx(theirs["diarization error rate"], abs=1e-4)


def _annotation(marks: Sequence[Mark]) -> Annotation:
    annotation = Annotation()
    for number, mark in enumerate(marks):
        annotation[Segment(mark.start_s, mark.end_s), number] = mark.label
    return annotation
