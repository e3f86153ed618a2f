"""What a task's recordings teach about vectors: which differences say nothing about the procedure.

Two people doing the same step are seen a little differently: another light, another hand, a camera moved. Such
differences between moments that belong together are gathered from the gold recordings and from those that a person
accepted: the within-class covariance of A. Hatch, S. Kajarekar, A. Stolcke, "Within-class covariance normalization for
SVM-based speaker recognition" (Interspeech 2006), shrunk towards a sphere as few recordings demand (Y. Chen,
A. Wiesel, Y. Eldar, A. Hero, "Shrinkage algorithms for MMSE covariance estimation", IEEE TSP 58, 2010). Directions in
which such differences are larger than in most, and large beside what the procedure itself changes, count for less
from then on (Wiener's gain). None counts for more than before, and none for less than
``LEAST_GAIN``: nothing can blow up, and nothing gets lost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.procedures.dtw import align
from core.procedures.features import blocks_of
from core.procedures.linear_map import LinearMap
from core.procedures.types import Floats, Moments

LEAST_GAIN = 0.4
_KEPT_SHARE = 0.9
"""Of the pairs of an alignment the most alike: what is left may be something else that was done."""
_MOST_ROWS = 12_000
_LEAST_MOMENTS = 8
_BAND_SHARE = 0.5
_TINY = 1e-12

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Learned:
    """A map, and what it was learned from. ``shrinkage`` in [0, 1], the mean of the blocks' (1 = learned nothing)."""

    map: LinearMap
    moments: int
    pairs: int
    shrinkage: float
    least_gain: float


def learn(recordings: Sequence[Moments], check: Callable[[], None] = lambda: None) -> Learned | None:
    """Learn from recordings of one procedure and one encoder, the first of which is a gold one.

    Of one recording alone it learns what trembles from sample to sample. None when there is too little to learn from.
    ``check`` raises to stop.
    """
    long = [one.features for one in recordings if len(one) >= _LEAST_MOMENTS]
    if not long:
        return None
    mean = np.mean([features.mean(axis=0, dtype=np.float64) for features in long], axis=0)
    differences = _between(long, mean, check) if len(long) > 1 else _trembling(long[0])
    moments = _thinned(np.concatenate(long).astype(np.float64) - mean)
    gains = [_block(differences[:, block], moments[:, block], check) for block in blocks_of(len(mean))]
    return Learned(
        map=LinearMap(_diagonal([one.matrix for one in gains]), mean.astype(np.float32)),
        moments=sum(len(features) for features in long),
        pairs=len(differences),
        shrinkage=float(np.mean([one.shrinkage for one in gains])),
        least_gain=min(one.least for one in gains),
    )


def _between(recordings: Sequence[Floats], mean: Doubles, check: Callable[[], None]) -> Doubles:
    """Differences of moments that belong together, in any recording and the first one: (pairs, d)."""
    gold = recordings[0].astype(np.float64) - mean
    rows = []
    for features in recordings[1:]:
        check()
        other = features.astype(np.float64) - mean
        band = max(8, round(_BAND_SHARE * max(len(gold), len(other))))
        path = align(gold.astype(np.float32), other.astype(np.float32), band=band).path
        differences = (gold[path[:, 0]] - other[path[:, 1]]) / np.sqrt(2)
        sizes = np.linalg.norm(differences, axis=1)
        rows.append(differences[sizes <= np.quantile(sizes, _KEPT_SHARE)])
    return _thinned(np.concatenate(rows))


def _trembling(features: Floats) -> Doubles:
    """What one sample has that neither of its neighbours has."""
    exact = features.astype(np.float64)
    return _thinned((exact[1:-1] - (exact[:-2] + exact[2:]) / 2) * np.sqrt(2 / 3))


def _thinned(rows: Doubles) -> Doubles:
    return rows[:: -(-len(rows) // _MOST_ROWS)]


@dataclass(frozen=True, slots=True)
class _Gains:
    matrix: Floats
    shrinkage: float
    least: float


def _block(differences: Doubles, moments: Doubles, check: Callable[[], None]) -> _Gains:
    """The symmetric map of one block: less where performances differ more than in most directions, else 1."""
    check()
    count, dim = differences.shape
    identity = np.eye(dim)
    values, directions = _spread(differences)
    if values.sum() <= _TINY:  # a block that says nothing, such as motion where nothing moves
        return _Gains(identity.astype(np.float32), 1.0, 1.0)
    mean = float(values.sum() / dim)
    shrinkage = _shrinkage(values, count, dim)
    within = (1 - shrinkage) * values + shrinkage * mean
    total = ((moments @ directions) ** 2).mean(axis=0)
    more_than_most = np.maximum(0, 1 - mean / within)
    share = np.minimum(1, within / np.maximum(total, _TINY)) * more_than_most
    gains = np.clip(1 - share, LEAST_GAIN, 1)
    matrix = identity + (directions * (gains - 1)) @ directions.T
    return _Gains(matrix.astype(np.float32), shrinkage, float(gains.min()))


def _spread(rows: Doubles) -> tuple[Doubles, Doubles]:
    """Eigenvalues (r,) and directions (d, r) of the covariance of (n, d) rows; where r < d all others are 0."""
    count, dim = rows.shape
    if count >= dim:
        values, directions = np.linalg.eigh(rows.T @ rows / count)
        return np.maximum(values, 0), directions
    values, mixes = np.linalg.eigh(rows @ rows.T / count)  # the same ones, from the smaller side
    kept = values > max(_TINY, float(values.max()) * _TINY)
    values = values[kept]
    return values, rows.T @ mixes[:, kept] / np.sqrt(values * count)


def _shrinkage(values: Doubles, count: int, dim: int) -> float:
    """Oracle approximating shrinkage (Chen et al.) of a covariance with these eigenvalues, from ``count`` rows."""
    square_of_trace, trace_of_square = float(values.sum() ** 2), float((values**2).sum())
    spread = (count + 1 - 2 / dim) * (trace_of_square - square_of_trace / dim)
    if spread <= _TINY:
        return 1.0
    return float(min(1.0, ((1 - 2 / dim) * trace_of_square + square_of_trace) / spread))


def _diagonal(blocks: Sequence[Floats]) -> Floats:
    """Blocks along the diagonal of a square matrix: what a block says never becomes what another one says."""
    dim = sum(len(block) for block in blocks)
    matrix = np.zeros((dim, dim), np.float32)
    at = 0
    for block in blocks:
        matrix[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return matrix
