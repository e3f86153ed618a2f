"""Where a recording changes: kernel change points, and how many of them there are.

Change points by dynamic programming over a kernel's within-segment scatter: Z. Harchaoui and O. Cappé, "Retrospective
multiple change-point estimation with kernels" (IEEE SSP, 2007); S. Arlot, A. Celisse and Z. Harchaoui, "A kernel
multiple change-point algorithm via model selection" (JMLR 20, 2019). The optimum is found for every number of parts;
where one more part suddenly explains much less than the one before (the slope heuristics look for the same bend:
L. Birgé and P. Massart, "Minimal penalties for Gaussian model selection", 2007), that many there are at least; in any
case as many as each explain a part of the whole.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.procedures.types import Floats

Doubles = npt.NDArray[np.float64]

BEND = 2.0
"""One more part explains so many times less than the one before: here the parts end."""
LEAST_GAIN, LEAST_SHARE = 4.5, 0.03
"""What a part must explain: scatter of so many moments (each has 1 at most), and where no bend is, of all of them."""


@dataclass(frozen=True, slots=True)
class Divisions:
    """The best divisions of ``moments`` rows into 1, 2, … parts, each of ``shortest`` rows at least.

    ``gains`` (parts - 1,): what the division into k + 2 explains that the one into k + 1 does not, never rising.
    """

    moments: int
    shortest: int
    gains: Doubles
    begins: npt.NDArray[np.int64]

    def starts(self, parts: int) -> list[int]:
        """Where all of so many parts but the first begin."""
        starts, end = [], self.moments
        for part in range(parts, 1, -1):
            end = int(self.begins[part, end])
            starts.append(end)
        return starts[::-1]

    def usual(self) -> int:
        """How many parts there are."""
        worthy = int((self.gains >= LEAST_GAIN).sum())
        if worthy == 0:
            return 1
        grave = int((self.gains >= max(LEAST_GAIN, LEAST_SHARE * self.moments)).sum()) + 1
        after = np.append(self.gains[1:], 0.0)[:worthy]
        bends = np.flatnonzero(self.gains[:worthy] / np.maximum(after, LEAST_GAIN / 4) >= BEND)
        # two parts are seldom the steps: anything has a beginning and an end
        bends = bends[bends > 0] if worthy < len(self.gains) else bends[:0]
        return max(grave, int(bends[-1]) + 2) if len(bends) else grave


def divisions(rows: Floats, shortest: int, most: int, check: Callable[[], None]) -> Divisions:
    """All divisions of ``rows`` (n, d), of length 1, into up to ``most`` parts; time and memory grow with n²."""
    from core.procedures import kernels  # noqa: PLC0415  numba takes its time to load

    most = max(1, min(most, len(rows) // shortest))
    begins = np.zeros((most + 1, len(rows) + 1), np.int64)
    if most == 1:
        return Divisions(len(rows), shortest, np.zeros(0), begins)
    alike = rows.astype(np.float64) @ rows.T.astype(np.float64)
    sums = np.zeros((len(rows) + 1, len(rows) + 1))
    sums[1:, 1:] = alike.cumsum(axis=0).cumsum(axis=1)
    check()
    costs = np.full((most + 1, len(rows) + 1), np.inf)
    kernels.fill_segments(sums, shortest, costs, begins)
    check()
    gains = np.maximum(-np.diff(costs[1:, -1]), 0.0)
    # one that explains more than the one before cannot come without it
    return Divisions(len(rows), shortest, np.maximum.accumulate(gains[::-1])[::-1], begins)
