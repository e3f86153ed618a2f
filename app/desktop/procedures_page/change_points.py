"""Where the picture of a measured recording changes: what a boundary of a step snaps to."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.procedures.embedding_files import MOMENTS

Floats = npt.NDArray[np.float64]
MOST = 400
CLEAR = 4.0
"""A change counts when it is so many usual deviations above the usual one."""


@lru_cache(maxsize=16)
def change_times_s(folder: Path) -> tuple[float, ...]:
    """Rising seconds; none where nothing was measured. ``folder`` of an embedding: it never changes. Slow."""
    try:
        with np.load(folder / MOMENTS, allow_pickle=False) as arrays:  # reads only the two that are asked for
            times_s, change = arrays["times_s"].astype(np.float64), arrays["change"].astype(np.float64)
    except (OSError, KeyError, ValueError):
        return ()  # boundaries snap to one another then; that the files are gone is told where they are needed
    return _peaks_s(times_s, change)


def _peaks_s(times_s: Floats, change: Floats) -> tuple[float, ...]:
    """Half-way between the moments before and after each clear local change, the clearest ones where there are many."""
    if len(times_s) < 3 or len(change) != len(times_s):
        return ()
    usual = float(np.median(change))
    spread = float(np.median(np.abs(change - usual))) or 1e-6
    inner = change[1:-1]
    peaks = 1 + np.flatnonzero((inner >= change[:-2]) & (inner > change[2:]) & (inner > usual + CLEAR * spread))
    clearest = peaks[np.argsort(-change[peaks], kind="stable")[:MOST]]
    return tuple(sorted(float(times_s[at - 1] + times_s[at]) / 2 for at in clearest))
