"""Time cut at every boundary of several tiers: in each stretch between two edges nothing changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from core.annotate.agreement.types import UNMARKED
from core.annotate.types import Ints, Mark, Tier, TierKind, Times
from core.errors import InvalidRequest

Sparse: TypeAlias = Any
"""A scipy.sparse.csr_array; scipy is loaded only when something is compared."""

NO_LABEL = "(no label)"
"""How marks without a label are called."""
MOST_LABELS = 500
"""More different labels than this are texts, not categories."""
ALSO = " + "
"""Between labels of marks that overlap in one tier; together they are a category of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """``edges_s`` float64 (n + 1,); ``codes`` int64 (tiers, n): an index of ``names`` for each tier and stretch."""

    edges_s: Times
    codes: Ints
    names: tuple[str, ...]


def label_of(mark: Mark) -> str:
    """What a mark is called when it is compared."""
    return mark.label or NO_LABEL


def marks_of(tier: Tier) -> tuple[Mark, ...]:
    """Its marks. Raises InvalidRequest for tiers without."""
    if tier.kind not in {TierKind.INTERVALS, TierKind.POINTS}:
        raise InvalidRequest(
            f"“{tier.name}” holds {tier.kind.value}, which have no labels to compare.",
            action="Choose tiers of intervals or points.",
        )
    return tier.marks


def edges_of(groups: Sequence[Sequence[Mark]], *, end_s: float | None = None) -> Times:
    """Every start and end, once, rising; with ``end_s`` 0 and the end too, and nothing outside."""
    times = [time_s for marks in groups for mark in marks for time_s in (mark.start_s, mark.end_s)]
    if end_s is not None:
        return np.unique(np.clip(np.array([*times, 0.0, end_s], dtype=np.float64), 0.0, end_s))
    return np.unique(np.array(times, dtype=np.float64))


def activity(marks: Sequence[Mark], edges_s: Times, names: Sequence[str]) -> Sparse:
    """Which labels hold in which stretch: sparse of ones, (stretches, names). ``names`` has all labels of the marks.

    Marks of the same label that overlap count once.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415  heavy

    index = {name: number for number, name in enumerate(names)}
    shape = (max(len(edges_s) - 1, 0), len(names))
    first = np.searchsorted(edges_s, [mark.start_s for mark in marks])
    counts = np.maximum(np.searchsorted(edges_s, [mark.end_s for mark in marks]) - first, 0)
    counts = np.minimum(counts, np.maximum(shape[0] - first, 0))
    columns = np.repeat([index[label_of(mark)] for mark in marks], counts).astype(np.int64)
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = np.repeat(first, counts) + offsets
    found = csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    found.sum_duplicates()
    found.data[:] = 1.0
    return found


def labelled(groups: Sequence[Sequence[Mark]], edges_s: Times) -> Line:
    """One label for each tier and stretch: UNMARKED where there is no mark, joined with ALSO where there are several.

    Raises InvalidRequest when there are more than MOST_LABELS.
    """
    names = names_of(groups)
    codes: dict[str, int] = {name: code for code, name in enumerate([*names, UNMARKED])}
    rows = [_codes(activity(marks, edges_s, names), names, codes) for marks in groups]
    if len(codes) > 2 * MOST_LABELS:
        raise _too_many(len(codes))
    return Line(edges_s, np.array(rows, dtype=np.int64).reshape(len(groups), -1), tuple(codes))


def names_of(groups: Sequence[Sequence[Mark]]) -> list[str]:
    """All labels, sorted. Raises InvalidRequest when there are more than MOST_LABELS."""
    names = sorted({label_of(mark) for marks in groups for mark in marks})
    if len(names) > MOST_LABELS:
        raise _too_many(len(names))
    return names


def _too_many(count: int) -> InvalidRequest:
    return InvalidRequest(
        f"These tiers hold {count:,} different labels, or ways in which labels overlap.",
        action=f"Compare tiers whose labels are categories, at most {MOST_LABELS}.",
    )


def _codes(active: Sparse, names: Sequence[str], codes: dict[str, int]) -> npt.NDArray[np.int64]:
    """The code of each stretch; joined labels get new ones."""
    counts = np.diff(active.indptr)
    found = np.full(active.shape[0], codes[UNMARKED], dtype=np.int64)
    found[counts == 1] = active.indices[active.indptr[:-1][counts == 1]]
    for row in np.flatnonzero(counts > 1):
        held = sorted(active.indices[active.indptr[row] : active.indptr[row + 1]])
        found[row] = codes.setdefault(ALSO.join(names[column] for column in held), len(codes))
    return found
