"""Where the person in a track changes, also more than once."""

import numpy as np
import numpy.typing as npt

from core.analysis.face_rows import TrackFaces
from core.faces.compare import SPLIT_LEAST_SAMPLES
from core.suggestions.mixed import CLEARLY_APART, Seam
from models.faces import TrackCalibration

MOST_PARTS = 6

Float64 = npt.NDArray[np.float64]


def find_seams(faces: TrackFaces, calibration: TrackCalibration) -> list[Seam]:
    """The changes, in order of time; none for a track of one person.

    For a rising number of parts, the division in time that leaves the parts the least wide in themselves (an optimal
    partition by dynamic programming: Jackson et al., "An algorithm for optimal partitioning of data on an interval",
    2005). The first counts whose neighbours are all two people: farther apart than the threshold and clearly farther
    than they are wide.
    """
    count = len(faces.frames)
    vectors = faces.vectors.astype(np.float64)
    squares = np.maximum(0.0, 2.0 - 2.0 * vectors @ vectors.T)
    scatter = _scatters(squares)
    for parts in range(2, min(MOST_PARTS, count // SPLIT_LEAST_SAMPLES) + 1):
        edges = _best_edges(scatter, parts)
        apart = [_apart(squares, edges[at - 1 : at + 2], calibration) for at in range(1, parts)]
        if all(apart):
            return [
                Seam(int(faces.frames[edge - 1]), int(faces.frames[edge]), square)
                for edge, square in zip(edges[1:-1], apart, strict=True)
            ]
    return []


def _scatters(squares: Float64) -> Float64:
    """float64 (n + 1, n + 1): [i, j] is the summed squared distance of faces i to j - 1 to their mean; infinite where
    these are too few for a part.
    """
    count = len(squares)
    sums = np.zeros((count + 1, count + 1))
    sums[1:, 1:] = squares.cumsum(axis=0).cumsum(axis=1)
    corner = np.diagonal(sums)
    first, last = np.indices((count + 1, count + 1))
    size = last - first
    inside = corner[last] + corner[first] - 2.0 * sums[first, last]
    result: Float64 = np.where(size >= SPLIT_LEAST_SAMPLES, inside / (2.0 * np.maximum(size, 1)), np.inf)
    return result


def _best_edges(scatter: Float64, parts: int) -> list[int]:
    """``parts`` + 1 rising edges, from 0 to the number of faces."""
    count = len(scatter) - 1
    cost = scatter[0]
    came_from = []
    for _ in range(parts - 1):
        through = cost[:, None] + scatter
        best = through.argmin(axis=0)
        came_from.append(best)
        cost = through[best, np.arange(count + 1)]
    edges = [count]
    for best in reversed(came_from):
        edges.append(int(best[edges[-1]]))
    return [0, *reversed(edges)]


def _apart(squares: Float64, edges: list[int], calibration: TrackCalibration) -> float:
    """Mean squared distance of two neighbouring parts when they are two people, else 0."""
    first, middle, last = edges
    across = float(squares[first:middle, middle:last].mean())
    width = max(_width(squares[first:middle, first:middle]), _width(squares[middle:last, middle:last]))
    return across if across > calibration.threshold**2 and across > CLEARLY_APART**2 * width else 0.0


def _width(squares: Float64) -> float:
    """Mean squared distance of different faces of a part."""
    count = len(squares)
    return float(squares.sum()) / (count * (count - 1))
