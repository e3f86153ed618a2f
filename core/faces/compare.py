"""Comparing tracks on the embedder's own scale: statistics of a track's vectors, distances, similarities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

from models.faces import FloatArray, TrackCalibration

SIMILARITY_AT_THRESHOLD = 0.58  # the document's cluster_thresh stands for every embedder's calibrated distance
BLOCK_ROWS = 256
SPLIT_ROUNDS = 20
SPLIT_LEAST_SAMPLES = 2

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrackStatistics:
    """What is kept of a track's vectors.

    ``mean`` float32 (dim,) of the raw vectors and ``unit_mean`` float32 (dim,) of the normalised ones (shorter than 1
    the more they differ); ``variance``: summed over the dimensions, of the raw vectors (0 for one sample); ``count``
    samples.
    """

    mean: FloatArray
    unit_mean: FloatArray
    variance: float
    count: int


@dataclass(frozen=True, slots=True)
class TrackPrototype:
    """A track's robust statistics. ``kept`` and ``dropped`` are row indices; ``spread`` see :func:`summarise`."""

    statistics: TrackStatistics
    kept: Indices
    dropped: Indices
    spread: float
    mixed: bool


def distance_of_similarity(similarity: float, calibration: TrackCalibration) -> float:
    """The track distance that a documented similarity stands for: falling, 1 -> 0, 0.58 -> the threshold.

    Between unit vectors the squared distance is proportional to 1 - cosine; the same form is used on every scale.
    """
    return calibration.threshold * math.sqrt(max(0.0, 1.0 - similarity) / (1.0 - SIMILARITY_AT_THRESHOLD))


def similarity_of_distance(distance: float, calibration: TrackCalibration) -> float:
    """The similarity in [-1, 1] of a track distance; the inverse of :func:`distance_of_similarity`."""
    if math.isinf(distance):
        return -1.0
    return max(-1.0, 1.0 - (1.0 - SIMILARITY_AT_THRESHOLD) * (distance / calibration.threshold) ** 2)


def statistics_of(vectors: FloatArray) -> TrackStatistics:
    """Statistics of raw vectors, float32 (n, dim), n >= 1."""
    if vectors.ndim != 2 or not len(vectors):
        raise ValueError(f"expected (n, dim) vectors with n >= 1, got shape {vectors.shape}")
    exact = vectors.astype(np.float64)
    mean = exact.mean(axis=0)
    variance = float(((exact - mean) ** 2).sum(axis=1).mean())
    unit_mean = _normalised(exact).mean(axis=0)
    return TrackStatistics(mean.astype(np.float32), unit_mean.astype(np.float32), variance, len(vectors))


def pooled(members: Sequence[TrackStatistics]) -> TrackStatistics:
    """Statistics of several tracks taken together, every track with the same weight however long it is."""
    means = np.array([one.mean for one in members], np.float64)
    units = np.array([one.unit_mean for one in members], np.float64)
    mean = means.mean(axis=0)
    inner = float(np.mean([one.variance for one in members]))
    variance = inner + float(((means - mean) ** 2).sum(axis=1).mean())
    return TrackStatistics(
        mean.astype(np.float32),
        units.mean(axis=0).astype(np.float32),
        variance,
        sum(one.count for one in members),
    )


def track_distance(first: TrackStatistics, second: TrackStatistics, calibration: TrackCalibration) -> float:
    """Distance of two tracks by the embedder's metric.

    ``rms``: root of the mean squared distance of all pairs of raw samples. ``unit_rms``: the same of normalised
    samples, which is sqrt(2 - 2 * mean cosine of all pairs). ``unit``: distance of the normalised means. The first
    two have one scale for tracks of any number of samples; the last falls as the samples grow more.
    """
    points, extra = layout([first, second], calibration)
    apart = points[0].astype(np.float64) - points[1]
    return math.sqrt(float((apart**2).sum() + extra.sum()))


def layout(
    tracks: Sequence[TrackStatistics], calibration: TrackCalibration
) -> tuple[FloatArray, npt.NDArray[np.float64]]:
    """(points float32 (n, dim), extra float64 (n,)) with distance² = |p1 - p2|² + e1 + e2 in every metric."""
    if calibration.metric == "rms":
        means = np.array([one.mean for one in tracks], np.float32)
        return means, np.array([one.variance for one in tracks], np.float64)
    units = np.array([one.unit_mean for one in tracks], np.float32)
    if calibration.metric == "unit_rms":
        # the variance of unit vectors is what their mean lacks of length 1
        return units, np.maximum(0.0, 1.0 - np.einsum("ij,ij->i", units, units, dtype=np.float64))
    if calibration.metric == "unit":
        return _normalised(units.astype(np.float64)).astype(np.float32), np.zeros(len(tracks))
    raise ValueError(f"unknown track metric {calibration.metric!r}: rms, unit_rms or unit")


def distance_matrix(tracks: Sequence[TrackStatistics], calibration: TrackCalibration) -> FloatArray:
    """float32 (n, n), exactly symmetric, 0 on the diagonal; besides it only blocks of rows are held in memory."""
    points, extra = layout(tracks, calibration)
    # distances do not change with the origin, but rounding does: near the data's middle it is the least
    points = points - points.mean(axis=0, dtype=np.float64).astype(np.float32)
    offsets = (np.einsum("ij,ij->i", points, points, dtype=np.float64) + extra).astype(np.float32)
    count = len(tracks)
    matrix = np.empty((count, count), np.float32)
    for start in range(0, count, BLOCK_ROWS):
        stop = min(start + BLOCK_ROWS, count)
        block = points[start:stop] @ points[start:].T
        block *= -2.0
        block += offsets[start:stop, None]
        block += offsets[None, start:]
        np.maximum(block, 0.0, out=block)
        np.sqrt(block, out=block)
        corner = np.triu(block[:, : stop - start], 1)
        block[:, : stop - start] = corner + corner.T
        matrix[start:stop, start:] = block
        matrix[start:, start:stop] = block.T
    return matrix


class TrackSet:
    """Tracks laid out so that one more can be compared with all of them in one step."""

    def __init__(self, tracks: Sequence[TrackStatistics], calibration: TrackCalibration) -> None:
        self._calibration = calibration
        self._points, self._extra = layout(tracks, calibration)

    def __len__(self) -> int:
        return len(self._points)

    def distances_to(self, track: TrackStatistics) -> FloatArray:
        """float32 (n,) distances of the tracks to another one."""
        point, extra = layout([track], self._calibration)
        apart = self._points - point[0]
        squares = np.einsum("ij,ij->i", apart, apart) + self._extra + extra[0]
        distances: FloatArray = np.sqrt(squares).astype(np.float32)
        return distances


def summarise(vectors: FloatArray, calibration: TrackCalibration) -> TrackPrototype:
    """Robust statistics of a track's raw vectors, float32 (n, dim), n >= 1.

    Samples farther than the threshold from the medoid (the sample with the least summed distance to all) are
    dropped, unless that would leave fewer than half. ``spread`` is the root-mean-square distance of the samples to
    each other, as a share of the threshold. ``mixed``: the samples fall into two groups of at least two, farther apart
    than the threshold and than the groups are wide: probably two people in one track.
    """
    samples = vectors.astype(np.float64) if calibration.metric == "rms" else _normalised(vectors.astype(np.float64))
    between = cdist(samples, samples)
    medoid = int(np.argmin(between.sum(axis=1)))
    near = between[medoid] <= calibration.threshold
    if near.sum() * 2 < len(near):
        near[:] = True
    kept, dropped = np.flatnonzero(near).astype(np.int64), np.flatnonzero(~near).astype(np.int64)
    pairs = between[np.triu_indices(len(samples), 1)]
    spread = float(np.sqrt((pairs**2).mean())) / calibration.threshold if len(pairs) else 0.0
    return TrackPrototype(
        statistics_of(vectors[kept]), kept, dropped, spread, _falls_apart(samples, between, calibration.threshold)
    )


def _falls_apart(samples: npt.NDArray[np.float64], between: npt.NDArray[np.float64], threshold: float) -> bool:
    """Whether a split in two groups (2-means from the farthest pair) finds two clear ones."""
    if len(samples) < 2 * SPLIT_LEAST_SAMPLES or float(between.max()) <= threshold:
        return False
    seeds = np.unravel_index(int(np.argmax(between)), between.shape)
    second = between[:, seeds[1]] < between[:, seeds[0]]
    for _ in range(SPLIT_ROUNDS):
        centres = [samples[~second].mean(axis=0), samples[second].mean(axis=0)]
        off = [((samples - centre) ** 2).sum(axis=1) for centre in centres]
        moved = off[1] < off[0]
        if bool((moved == second).all()) or not 0 < int(moved.sum()) < len(moved):
            break
        second = moved
    smaller = min(int(second.sum()), int((~second).sum()))
    across = float(np.sqrt((between[np.ix_(second, ~second)] ** 2).mean()))
    widths = [_width(between, second), _width(between, ~second)]
    return smaller >= SPLIT_LEAST_SAMPLES and across > threshold and across > 1.25 * max(widths)


def _width(between: npt.NDArray[np.float64], group: npt.NDArray[np.bool_]) -> float:
    """Root-mean-square distance of the members of a group."""
    inside = between[np.ix_(group, group)][np.triu_indices(int(group.sum()), 1)]
    return float(np.sqrt((inside**2).mean())) if len(inside) else 0.0


def _normalised(vectors: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    result: npt.NDArray[np.float64] = vectors / np.where(length > 0, length, 1.0)
    return result
