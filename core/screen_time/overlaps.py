"""How long people are on screen together."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse


def ticks_together(stretches: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[int, int, int]]:
    """Pairs of people by their place in ``stretches`` with the ticks that both are there, longest first.

    ``stretches``: for each person [start, end) without overlap among themselves. Method: time is cut at every start
    and end; with one row a piece that says who is there, weighted by its length, the product of that matrix with
    itself counts all pairs at once.
    """
    cuts = np.unique(np.array([edge for one in stretches for pair in one for edge in pair], dtype=np.int64))
    if len(cuts) < 2:
        return []
    pieces, people = _presence(stretches, cuts)
    ones = np.ones(len(pieces), dtype=np.int64)
    there = sparse.csr_array((ones, (pieces, people)), shape=(len(cuts) - 1, len(stretches)))
    weighted = sparse.csr_array((np.diff(cuts)[pieces], (pieces, people)), shape=there.shape)
    together = sparse.triu(there.T @ weighted, k=1).tocoo()
    rows = zip(together.row.tolist(), together.col.tolist(), together.data.tolist(), strict=True)
    return sorted(((first, second, ticks) for first, second, ticks in rows if ticks), key=lambda row: (-row[2], row))


def _presence(stretches: Sequence[Sequence[tuple[int, int]]], cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(piece, person) for every piece of time in which a person is there."""
    owner = np.repeat(np.arange(len(stretches)), [len(one) for one in stretches])
    edges = np.array([pair for one in stretches for pair in one], dtype=np.int64)
    first, last = np.searchsorted(cuts, edges[:, 0]), np.searchsorted(cuts, edges[:, 1])
    counts = last - first
    starts = np.repeat(first - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    return starts + np.arange(int(counts.sum())), np.repeat(owner, counts)
