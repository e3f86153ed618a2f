"""The rows of a large matrix that are nearest to a vector, at the speed of the memory."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from core.procedures.types import Floats

Ints = npt.NDArray[np.int64]

_BLOCK_BYTES = 8 * 1024 * 1024
"""What a thread reads at once; its products are looked at while they are still in the cache."""
_MOST_THREADS = 8
"""More do not make the memory any quicker."""


def nearest(vectors: Floats, query: Floats, k: int) -> tuple[Ints, Floats]:
    """Indices and products of the ``k`` rows of float32 (n, d) with the largest product with float32 (d,), best first.

    With rows and query of length 1 these are exact cosines. Every row is read once, by several threads: one product
    of the whole matrix waits for its slowest thread wherever other work runs beside it. Equal ones come in their order.
    """
    k = min(k, len(vectors))
    if k <= 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    rows_at_once = max(k, _BLOCK_BYTES // max(1, vectors.shape[1] * 4))
    starts = range(0, len(vectors), rows_at_once)

    def best_of(first: int) -> tuple[Ints, Floats]:
        products = np.asarray(np.vecdot(vectors[first : first + rows_at_once], query), np.float32)
        among = _largest(products, min(k, len(products)))
        return among + first, products[among]

    threads = min(len(starts), os.cpu_count() or 1, _MOST_THREADS)
    if threads == 1:
        found = [best_of(first) for first in starts]
    else:
        with ThreadPoolExecutor(threads, thread_name_prefix="nearest") as pool:
            found = list(pool.map(best_of, starts))
    rows, products = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((rows, -products))[:k]
    return rows[order], products[order]


def _largest(products: Floats, k: int) -> Ints:
    """``k`` indices; of equal products at the limit the first ones."""
    limit = np.partition(products, len(products) - k)[len(products) - k]
    surely = np.flatnonzero(products > limit)
    return np.concatenate([surely, np.flatnonzero(products == limit)[: k - len(surely)]])


def unit_rows(vectors: Floats) -> Floats:
    """float32 (n, d) rows of length 1; rows of zeros stay so and are like nothing."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1), np.float32)
