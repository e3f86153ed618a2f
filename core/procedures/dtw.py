"""Dynamic time warping of two rows of vectors.

H. Sakoe and S. Chiba, "Dynamic programming algorithm optimization for spoken word recognition" (IEEE TASSP 26, 1978):
the recursion and the band beside the diagonal. Open ends: P. Tormene et al., "Matching incomplete time series with
dynamic time warping" (Artificial Intelligence in Medicine 45, 2009); an open begin lets ``a`` start anywhere in ``b``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.procedures.compiled_dtw import fill_dtw, trace_dtw
from core.procedures.types import Floats


@dataclass(frozen=True, slots=True)
class Alignment:
    """``path``: int64 (k, 2) rows (index in a, index in b), both never falling. ``cost``: mean of 1 - cosine on it."""

    path: npt.NDArray[np.int64]
    cost: float


def align(
    a: Floats, b: Floats, *, band: int | None = None, open_begin: bool = False, open_end: bool = False
) -> Alignment:
    """The cheapest path that goes with ``a`` (n, d) through ``b`` (m, d); the cost of a pair is 1 - its cosine.

    ``band``: how many rows of ``b`` the path may stray from the straight line between the corners (None: any; it is
    widened until a path exists). ``open_begin``, ``open_end``: ``a`` may start and end anywhere in ``b``, for nothing.

    Raises ValueError for empty rows or unlike dimensions.
    """
    if len(a) == 0 or len(b) == 0 or a.shape[1] != b.shape[1]:
        raise ValueError(f"cannot align {a.shape} with {b.shape}")
    cost = 1 - _of_length_1(a) @ _of_length_1(b).T
    return align_costs(cost, band=band, open_begin=open_begin, open_end=open_end)


def align_costs(
    cost: Floats,
    *,
    band: int | None = None,
    open_begin: bool = False,
    open_end: bool = False,
    step_cost: float = 0.0,
) -> Alignment:
    """The same for costs float32 (n, m) that are known. ``step_cost``: for each move that is not diagonal."""
    cost = np.ascontiguousarray(cost, np.float32)
    n, m = cost.shape
    low, high = _band(n, m, None if open_begin or open_end else band)
    moves, last_row = fill_dtw(cost, low, high, step_cost=float(step_cost), open_begin=open_begin)
    column = int(np.argmin(last_row)) if open_end else m - 1
    path = trace_dtw(moves, n - 1, column)
    return Alignment(path, float(cost[path[:, 0], path[:, 1]].mean()))


def _band(n: int, m: int, band: int | None) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """[low, high) per row. The slope of the line itself is always inside, so that rows overlap."""
    if band is None:
        return np.zeros(n, np.int64), np.full(n, m, np.int64)
    slope = (m - 1) / max(1, n - 1)
    middle = np.arange(n) * slope
    half = max(float(band), slope / 2 + 1)
    low = np.clip(np.floor(middle - half), 0, m - 1).astype(np.int64)
    high = np.clip(np.ceil(middle + half) + 1, 1, m).astype(np.int64)
    low[0], high[-1] = 0, m
    return low, high


def _of_length_1(rows: Floats) -> Floats:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-12), np.float32)
