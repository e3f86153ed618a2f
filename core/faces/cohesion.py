"""How well each track of a cluster fits the others, without comparing all pairs."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.faces.compare import TrackStatistics, layout
from models.faces import TrackCalibration

Float64 = npt.NDArray[np.float64]


class ClusterSums:
    """Sums over the tracks of a cluster that give every track's distance to the pooled others at once.

    ``keys`` are the caller's names of the tracks, one per row. Every track has the same weight.
    """

    def __init__(self, keys: list[int], tracks: Sequence[TrackStatistics], calibration: TrackCalibration) -> None:
        self.keys = keys
        self._pairs = calibration.metric != "unit"
        points, extra = layout(tracks, calibration)
        self._points = points.astype(np.float64)
        self._moments = (self._points**2).sum(axis=1) + extra  # mean squared length of a track's samples
        self._towards_all = self._points @ self._points.sum(axis=0)

    def __len__(self) -> int:
        return len(self.keys)

    def distances_to_rest(self) -> Float64:
        """float64 (n,): track distance of each track to the others pooled (n >= 2)."""
        return self._pair_distances() if self._pairs else self._unit_distances()

    def remove(self, row: int) -> int:
        """Take one track out; returns its key."""
        key = self.keys.pop(row)
        point = self._points[row]
        self._points = np.delete(self._points, row, axis=0)
        self._moments = np.delete(self._moments, row)
        self._towards_all = np.delete(self._towards_all, row) - self._points @ point
        return key

    def _pair_distances(self) -> Float64:
        """Root of the mean squared distance of all pairs of samples, one of the track and one of the others."""
        rest = len(self.keys) - 1
        own = (self._points**2).sum(axis=1)
        moments_of_rest = (self._moments.sum() - self._moments) / rest
        towards_rest = (self._towards_all - own) / rest
        squares = self._moments + moments_of_rest - 2.0 * towards_rest
        return _root(squares)

    def _unit_distances(self) -> Float64:
        """Distance of the unit vector of each track to the normalised mean of the others'."""
        own = (self._points**2).sum(axis=1)
        rest = self._towards_all - own
        length = np.sqrt(np.maximum(self._towards_all.sum() - 2.0 * self._towards_all + own, 1e-24))
        return _root(own + 1.0 - 2.0 * rest / length)


def _root(squares: Float64) -> Float64:
    """Square root; rounding may have made a square negative."""
    roots: Float64 = np.sqrt(np.maximum(squares, 0.0))
    return roots
