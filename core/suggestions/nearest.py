"""The nearest few of many: blocks of one matrix product at a time, so that memory does not grow with the episode."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from core.suggestions.people import Float64, Indices, Layout
from core.suggestions.together import empty_table

BLOCK_ROWS = 256


@dataclass(frozen=True, slots=True)
class Nearest:
    """``found`` int64 (n, k) rows of the others, best first; ``squares`` float64 (n, k), infinite if none."""

    found: Indices
    squares: Float64


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Pairs that are no candidates: ``pairs`` sparse (rows, columns), and each row's ``own`` column (-1 for none).

    ``kinds``: codes of rows and columns; two with different codes above 0 are different people.
    """

    pairs: csr_array
    own: Indices
    row_codes: Indices
    column_codes: Indices


def nearest(rows: Layout, columns: Layout, forbidden: Forbidden, *, count: int) -> Nearest:
    """The ``count`` nearest columns of each row, without forbidden ones."""
    count = min(count, len(columns))
    found = np.zeros((len(rows), count), np.int64)
    squares = np.full((len(rows), count), np.inf)
    if not len(rows) or not count:
        return Nearest(found, squares)
    # distances do not change with the origin, but rounding does: near the data's middle it is the least
    middle = columns.points.mean(axis=0, dtype=np.float64).astype(np.float32)
    targets = columns.points - middle
    offsets = ((targets.astype(np.float64) ** 2).sum(axis=1) + columns.extra).astype(np.float32)
    named = np.flatnonzero(forbidden.column_codes > 0)
    for start in range(0, len(rows), BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, len(rows))
        points = rows.points[start:stop] - middle
        block = points @ targets.T
        block *= -2.0
        block += offsets
        _hide(block, forbidden, start, stop, named)
        own = (points.astype(np.float64) ** 2).sum(axis=1) + rows.extra[start:stop]
        _take_least(block, found[start:stop], squares[start:stop])
        squares[start:stop] += own[:, None]
    return Nearest(found, np.maximum(squares, 0.0))


def _hide(block: npt.NDArray[np.float32], forbidden: Forbidden, start: int, stop: int, named: Indices) -> None:
    """Put forbidden columns infinitely far off."""
    own = forbidden.own[start:stop]
    mine = np.flatnonzero(own >= 0)
    block[mine, own[mine]] = np.inf
    pointers = forbidden.pairs.indptr[start : stop + 1]
    block[
        np.repeat(np.arange(stop - start), np.diff(pointers)), forbidden.pairs.indices[pointers[0] : pointers[-1]]
    ] = np.inf
    codes = forbidden.row_codes[start:stop]
    for row in np.flatnonzero(codes > 0).tolist():
        others = named[forbidden.column_codes[named] != codes[row]]
        block[row, others] = np.inf


def _take_least(block: npt.NDArray[np.float32], found: Indices, squares: Float64) -> None:
    """Take the least of each row, hide it, and so on: a few passes over a block in the cache."""
    rows = np.arange(len(block))
    for place in range(found.shape[1]):
        least = block.argmin(axis=1)
        found[:, place] = least
        squares[:, place] = block[rows, least]
        block[rows, least] = np.inf


def square_between(first: Layout, second: Layout) -> Float64:
    """float64 (n,): squared distance of each row of one to the same row of the other."""
    apart = first.points.astype(np.float64) - second.points
    squares: Float64 = np.maximum((apart**2).sum(axis=1) + first.extra + second.extra, 0.0)
    return squares


def pair_table(pairs: Sequence[tuple[int, int]], shape: tuple[int, int]) -> csr_array:
    """Sparse (rows, columns) of pairs."""
    if not pairs:
        return empty_table(shape)
    rows, columns = np.array(sorted(set(pairs)), np.int64).T
    return csr_array((np.ones(len(rows), np.int32), (rows, columns)), shape=shape)
