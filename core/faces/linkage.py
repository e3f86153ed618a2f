"""Average linkage with constraints, in the memory of one float32 matrix.

The nearest-neighbour chain (Murtagh 1983; Müllner, "Modern hierarchical, agglomerative clustering algorithms", 2011,
section 3.1) gives the same tree as merging the globally closest pair each time, because average linkage is reducible:
merging two clusters never brings the result nearer to a third than the nearer of both was. That stays true when
forbidden pairs are infinitely far apart: the average of anything with infinity is infinity.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.faces import FloatArray

COMPACT_BELOW = 0.6  # share of live rows at which the matrix is closed up
COMPACT_LEAST_ROWS = 256

Pairs = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Linkage:
    """The merges of ``count`` items. ``pairs`` int64 (m, 2): an item of each merged cluster; ``heights`` float64 (m,).

    Merges come in rising height. There are fewer than ``count`` - 1 where clusters may not or need not be merged.
    """

    count: int
    pairs: npt.NDArray[np.int64]
    heights: npt.NDArray[np.float64]

    def labels(self, cut: float) -> npt.NDArray[np.int64]:
        """int64 (count,): cluster of each item after all merges of at most ``cut``, numbered by first item."""
        parent = list(range(self.count))
        for first, second in self.pairs[self.heights <= cut].tolist():
            _unite(parent, first, second)
        return _numbered(parent)


def go_on() -> None:
    """Nobody asks to stop."""


def must_link_groups(count: int, must_link: Sequence[tuple[int, int]] | Pairs) -> npt.NDArray[np.int64]:
    """int64 (count,): group of each item, items joined by must-links sharing one, numbered by first item."""
    parent = list(range(count))
    for first, second in must_link:
        _unite(parent, int(first), int(second))
    return _numbered(parent)


def average_linkage(
    distances: FloatArray,
    *,
    must_link: Sequence[tuple[int, int]] | Pairs = (),
    cannot_link: Sequence[tuple[int, int]] | Pairs = (),
    stop_above: float = np.inf,
    check: Callable[[], None] = go_on,
) -> Linkage:
    """UPGMA of a symmetric float32 (n, n) matrix, C-contiguous, which is used up.

    Must-links are merged first, at height 0; a pair that is both must-linked (also through others) and
    cannot-linked stays together, so the caller decides which of the two is allowed to speak. Clusters holding a
    cannot-linked pair are never merged. Merges above ``stop_above`` are left out, which saves their time. ``check`` is
    called before every step; what it raises ends the work.
    """
    count = len(distances)
    if distances.shape != (count, count) or distances.dtype != np.float32 or not distances.flags.c_contiguous:
        raise ValueError(f"expected a square C-contiguous float32 matrix, got {distances.dtype} {distances.shape}")
    chain = _Chain(distances, check)
    chain.forbid(np.asarray(cannot_link, np.int64).reshape(-1, 2))
    for first, second in must_link:
        chain.force(int(first), int(second))
    chain.run(stop_above)
    heights = np.array(chain.heights, np.float64)
    pairs = np.array(chain.pairs, np.int64).reshape(-1, 2)
    order = np.argsort(heights, kind="stable")
    return Linkage(count, pairs[order], heights[order])


class _Chain:
    """The matrix while it is merged. Row and column ``slot`` belong to the cluster that holds item ``items[slot]``.

    Merged slots stay where they are until the matrix is closed up; ``gone`` holds infinity for them, so that adding
    it to a row hides them without writing a column (a strided write costs a cache miss a row).
    """

    def __init__(self, distances: FloatArray, check: Callable[[], None]) -> None:
        self._check = check
        count = len(distances)
        self.pairs: list[tuple[int, int]] = []
        self.heights: list[float] = []
        self._memory = distances.reshape(-1)
        self._matrix = distances
        self._items = np.arange(count)
        self._sizes = np.ones(count, np.float64)
        self._gone = np.zeros(count, np.float32)
        self._live = count
        self._home = list(range(count))  # union-find over items, for the must-links
        self._rows = np.empty((2, count), np.float32)

    def forbid(self, pairs: npt.NDArray[np.int64]) -> None:
        """Put pairs of items infinitely far apart."""
        self._matrix[pairs[:, 0], pairs[:, 1]] = np.inf
        self._matrix[pairs[:, 1], pairs[:, 0]] = np.inf

    def force(self, first: int, second: int) -> None:
        """Merge the clusters of two items at height 0; distances forbidden between them do not count."""
        one, other = _root(self._home, first), _root(self._home, second)
        if one != other:
            _unite(self._home, one, other)
            kept, merged = min(one, other), max(one, other)
            self._merge(kept, merged, 0.0)

    def run(self, stop_above: float) -> None:
        """Merge until nothing is left to merge at ``stop_above`` or below."""
        chain: list[int] = []
        while self._live > 1:
            self._check()
            self._compact(chain)
            if not chain:
                start = self._next_start()
                if start is None:
                    return
                chain.append(start)
            tip = chain[-1]
            nearest, distance = self._nearest(tip)
            if not distance <= stop_above or np.isinf(distance):
                # by reducibility nothing will ever come nearer: this cluster is complete (it is alone in the chain)
                self._retire(tip)
                chain.clear()
            elif len(chain) > 1 and distance == self._matrix[tip, chain[-2]]:
                previous = chain[-2]
                del chain[-2:]
                self._merge(min(previous, tip), max(previous, tip), float(distance))
            else:
                chain.append(nearest)

    def _next_start(self) -> int | None:
        free = int(np.argmin(self._gone))
        return free if self._gone[free] == 0 else None

    def _nearest(self, slot: int) -> tuple[int, np.float32]:
        row = np.add(self._matrix[slot], self._gone, out=self._rows[0, : len(self._gone)])
        row[slot] = np.inf
        nearest = int(row.argmin())
        return nearest, row[nearest]

    def _merge(self, kept: int, merged: int, height: float) -> None:
        self.pairs.append((int(self._items[kept]), int(self._items[merged])))
        self.heights.append(height)
        share = self._sizes[kept] / (self._sizes[kept] + self._sizes[merged])
        self._sizes[kept] += self._sizes[merged]
        size = len(self._gone)
        row, other = self._rows[0, :size], self._rows[1, :size]
        nearer = np.minimum(self._matrix[kept], self._matrix[merged])
        np.multiply(self._matrix[kept], np.float32(share), out=row)
        np.multiply(self._matrix[merged], np.float32(1.0 - share), out=other)
        row += other
        np.maximum(row, nearer, out=row)  # rounding must not break reducibility
        self._matrix[kept] = row
        self._matrix[:, kept] = row
        self._retire(merged)

    def _retire(self, slot: int) -> None:
        self._gone[slot] = np.inf
        self._live -= 1

    def _compact(self, chain: list[int]) -> None:
        """Close up the live rows and columns in the same memory, once enough of them are gone."""
        size = len(self._gone)
        if size < COMPACT_LEAST_ROWS or self._live > COMPACT_BELOW * size:
            return
        live = np.flatnonzero(self._gone == 0)
        fewer = len(live)
        closed = self._memory[: fewer * fewer].reshape(fewer, fewer)
        for row, slot in enumerate(live.tolist()):
            # row by row from the top: a row always moves towards the front, over rows that have moved already
            closed[row] = self._matrix[slot].take(live)
        new_slot = np.full(size, -1)
        new_slot[live] = np.arange(fewer)
        chain[:] = new_slot[chain].tolist()
        self._matrix = closed
        self._items, self._sizes = self._items[live], self._sizes[live]
        self._gone = np.zeros(fewer, np.float32)


def _root(parent: list[int], item: int) -> int:
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


def _unite(parent: list[int], first: int, second: int) -> None:
    one, other = _root(parent, first), _root(parent, second)
    parent[max(one, other)] = min(one, other)


def _numbered(parent: list[int]) -> npt.NDArray[np.int64]:
    roots = np.array([_root(parent, item) for item in range(len(parent))], np.int64)
    return np.unique(roots, return_inverse=True)[1].reshape(-1).astype(np.int64)
