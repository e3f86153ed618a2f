"""Smoothing values over time, by their times."""

import numpy as np
import numpy.typing as npt

from core.annotate.types import Floats


def smoothed(times_s: npt.NDArray[np.float64], values: Floats, window_s: float) -> Floats:
    """Mean of what lies within half of ``window_s`` before and after each value; NaN stays NaN, 0 changes nothing.

    ``times_s`` float64 (n,) rising, ``values`` float32 (n,). A mean never reaches over a NaN: what lies beyond it, as
    beyond a cut, is something else.
    """
    if window_s <= 0 or not len(values):
        return values
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0).astype(np.float64))])
    first = np.searchsorted(times_s, times_s - window_s / 2 - 1e-6)
    last = np.searchsorted(times_s, times_s + window_s / 2 + 1e-6, side="right")
    unknown = np.flatnonzero(~known)
    before = np.concatenate([[-1], unknown])[np.searchsorted(unknown, np.arange(len(values)))]
    after = np.concatenate([unknown, [len(values)]])[np.searchsorted(unknown, np.arange(len(values)))]
    first, last = np.maximum(first, before + 1), np.minimum(last, after)
    means = (sums[last] - sums[first]) / np.maximum(last - first, 1)
    return np.where(known, means, np.nan).astype(np.float32)
