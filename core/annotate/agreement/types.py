"""Plain data of agreement."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.annotate.types import Mark

Level: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]
"""What may be said of two values: that they differ; which is more; by how much; how many times."""

UNMARKED = ""
"""The label of time without a mark, and of an event that the other coder does not have."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cohen's kappa of two codings. NaN where it is not defined: nothing to compare, or chance alone explains all.

    ``observed`` and ``expected``: proportions of agreement. ``matrix``: counts, ``matrix[i][j]`` of what a calls
    ``labels[i]`` and b ``labels[j]``; UNMARKED comes last where it occurs. ``count``: all of its cells together (time
    units, or events). ``pairs``: by events only, the marks of a and b that belong together by time, None = has none.
    """

    kappa: float
    observed: float
    expected: float
    matrix: tuple[tuple[int, ...], ...]
    labels: tuple[str, ...]
    count: int
    pairs: tuple[tuple[Mark | None, Mark | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Der:
    """Diarization error rate: ``rate`` = (missed + false alarm + confusion) / total; without any speech in the
    reference 0, or 1 when the hypothesis has some.

    Seconds of speakers' time: ``total_s`` in the reference. ``mapping``: labels of the reference and of the hypothesis
    that are the same person.
    """

    rate: float
    missed_s: float
    false_alarm_s: float
    confusion_s: float
    correct_s: float
    total_s: float
    mapping: tuple[tuple[str, str], ...]
