"""How sure a finding is: its margin as a probability.

A logistic function for each kind of finding (J. Platt, "Probabilistic outputs for support vector machines", 1999),
fitted by ``tests/benchmarks/bench_confidence.py --seeds 14 --fit`` on findings of drawn attempts of which it is known
whether they are true: 14 procedures with each fault once, as they are, with noise in their vectors and with steps of
the gold recording marked up to a second off. Its tables say how well the probabilities hold on procedures that had no
part in the fit.
"""

from enum import StrEnum

import numpy as np

USUAL_CLARITY = 0.75
MOST_MARGIN = 3.0
"""Margins beyond are no surer."""
LEAST, MOST = 0.02, 0.98
"""Bounds: made recordings do not tell what else can happen."""


class Kind(StrEnum):
    """What a margin is of. Its unit, 0 = just enough to be said:"""

    MISSING = "missing"
    """the part of the step that is nowhere to be seen, by what must be seen"""
    SWAPPED = "swapped"
    """evidence for the weaker of the two steps, in tens"""
    OTHERWISE = "otherwise"
    """how far past the limit it was done otherwise, by the limit"""
    SLOW = "slow"
    """time over what is allowed, by what is allowed"""
    AGAIN = "again"
    """the part of the step that was shown again beyond half, by half"""
    FOREIGN = "foreign"
    """time beyond what is long enough, by that"""


COEFFICIENTS: dict[Kind, tuple[float, float, float]] = {
    Kind.MISSING: (0.08, 3.57, 0.54),
    Kind.SWAPPED: (0.81, 2.34, 0.33),
    Kind.OTHERWISE: (-0.93, 2.44, 2.77),
    Kind.SLOW: (1.5, 2.54, 0.23),
    Kind.AGAIN: (2.02, 2.6, 0.12),
    Kind.FOREIGN: (0.71, 0.21, 3.05),
}
"""By kind: offset, slope of the margin, slope of the clarity beyond the usual one."""


def bounded(margin: float) -> float:
    """A margin between 0 and the most that counts."""
    return float(np.clip(margin, 0.0, MOST_MARGIN))


def sure(kind: Kind, margin: float, clarity: float) -> float:
    """The probability that a finding is true, in [0, 1]; margins below 0 count as 0.

    ``clarity``: how alike the steps done are as a rule, in [0, 1].
    """
    offset, slope, gain = COEFFICIENTS[kind]
    probability = 1 / (1 + np.exp(-(offset + slope * bounded(margin) + gain * (clarity - USUAL_CLARITY))))
    return round(float(np.clip(probability, LEAST, MOST)), 4)
