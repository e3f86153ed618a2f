"""The diarization error rate: how much of the speakers' time one coding of who speaks when gets wrong."""

import math
from collections.abc import Sequence

import numpy as np

from core.annotate.agreement.stretches import activity, edges_of, label_of, marks_of
from core.annotate.agreement.types import Der
from core.annotate.types import Mark, Tier, Times
from core.errors import InvalidRequest

MOST_SPEAKERS = 1000


def der(reference: Tier, hypothesis: Tier, *, collar_s: float = 0.0, skip_overlap: bool = False) -> Der:
    """Compare speakers of two tiers; whichever names they have, those that go best together are the same person.

    ``collar_s``: seconds around each boundary of the reference that are not judged, half of them before it and half
    after (NIST's tools call half of it the collar). ``skip_overlap``: nor is time in which several speak in the
    reference. A person does not speak twice at once: intervals of one label that overlap count once. Raises
    InvalidRequest for tiers of other kinds, a collar below 0, more than MOST_SPEAKERS labels.

    Source: NIST, "The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan", section 6.1; speakers are
    paired for the most common time by the Hungarian method: H. W. Kuhn, Naval Research Logistics Quarterly 2, 1955.
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  heavy

    if not (math.isfinite(collar_s) and collar_s >= 0):
        raise InvalidRequest(f"The collar is {collar_s:g} s.", action="Give seconds from 0 up.")
    truth, guess = _intervals(reference), _intervals(hypothesis)
    collars = _collars(truth, collar_s)
    edges_s = edges_of((truth, guess, collars))
    names_truth, names_guess = _names(truth), _names(guess)
    speaks, guessed = activity(truth, edges_s, names_truth), activity(guess, edges_s, names_guess)
    in_truth, in_guess = np.diff(speaks.indptr), np.diff(guessed.indptr)
    judged_s = np.diff(edges_s)
    judged_s = np.where(np.diff(activity(collars, edges_s, [_COLLAR]).indptr) > 0, 0.0, judged_s)
    if skip_overlap:
        judged_s = np.where(in_truth > 1, 0.0, judged_s)
    together_s = (speaks.T @ guessed.multiply(judged_s[:, None]).tocsr()).toarray()
    pairs = [(row, column) for row, column in zip(*linear_sum_assignment(-together_s), strict=True)]
    pairs = [(row, column) for row, column in pairs if together_s[row, column] > 0]
    correct_s = sum(float(together_s[pair]) for pair in pairs)
    return _result(
        missed_s=_sum(judged_s, np.maximum(in_truth - in_guess, 0)),
        false_alarm_s=_sum(judged_s, np.maximum(in_guess - in_truth, 0)),
        confusion_s=max(_sum(judged_s, np.minimum(in_truth, in_guess)) - correct_s, 0.0),
        correct_s=correct_s,
        total_s=_sum(judged_s, in_truth),
        mapping=tuple((names_truth[row], names_guess[column]) for row, column in pairs),
    )


_COLLAR = "collar"


def _intervals(tier: Tier) -> list[Mark]:
    return [mark for mark in marks_of(tier) if mark.end_s > mark.start_s]


def _collars(marks: Sequence[Mark], collar_s: float) -> list[Mark]:
    if not collar_s:
        return []
    half_s = collar_s / 2
    return [Mark(at_s - half_s, at_s + half_s, _COLLAR) for mark in marks for at_s in (mark.start_s, mark.end_s)]


def _names(marks: Sequence[Mark]) -> list[str]:
    names = sorted({label_of(mark) for mark in marks})
    if len(names) > MOST_SPEAKERS:
        raise InvalidRequest(
            f"A tier holds {len(names):,} different labels.",
            action="Choose tiers whose labels are speakers, not what they say.",
        )
    return names


def _sum(judged_s: Times, counts: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> float:
    return float((judged_s * counts).sum())


def _result(
    *,
    missed_s: float,
    false_alarm_s: float,
    confusion_s: float,
    correct_s: float,
    total_s: float,
    mapping: tuple[tuple[str, str], ...],
) -> Der:
    wrong_s = missed_s + false_alarm_s + confusion_s
    rate = wrong_s / total_s if total_s else float(wrong_s > 0)
    return Der(rate, missed_s, false_alarm_s, confusion_s, correct_s, total_s, mapping)
