"""Intervals in seconds: joined, and held against each other."""

from collections.abc import Iterable, Mapping

import numpy as np

from core.annotate.agreement.stretches import activity, edges_of
from core.annotate.measures.sightings import Spans
from core.annotate.types import Mark, Times


def joined(spans: Iterable[tuple[float, float]]) -> Spans:
    """Intervals by time, those that overlap or touch as one."""
    found: list[tuple[float, float]] = []
    for start_s, end_s in sorted(spans):
        if found and start_s <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end_s))
        else:
            found.append((start_s, end_s))
    return tuple(found)


def inside(spans: Iterable[tuple[float, float]], duration_s: float) -> Spans:
    """Intervals cut at the edges of the video; a sample at its end may stand for time behind it."""
    cut = ((max(start_s, 0.0), min(end_s, duration_s)) for start_s, end_s in spans)
    return tuple((start_s, end_s) for start_s, end_s in cut if end_s > start_s)


def length_s(spans: Iterable[tuple[float, float]]) -> float:
    """Seconds of intervals that do not overlap."""
    return float(sum(end_s - start_s for start_s, end_s in spans))


class Company:
    """Who is there at the same time as whom. ``spans`` of each name do not overlap each other."""

    def __init__(self, spans: Mapping[str, Spans]) -> None:
        marks = [Mark(start_s, end_s, name) for name, own in spans.items() for start_s, end_s in own]
        edges_s = edges_of([marks])
        self._names = list(spans)
        self._active = activity(marks, edges_s, self._names)
        self._seconds: Times = np.diff(edges_s)
        self._counts = np.diff(self._active.indptr)

    def any_s(self) -> float:
        """Seconds with at least one."""
        return float(self._seconds[self._counts > 0].sum())

    def several_s(self) -> float:
        """Seconds with at least two."""
        return float(self._seconds[self._counts > 1].sum())

    def with_others_s(self) -> dict[str, float]:
        """Seconds of each in which somebody else is there too."""
        seconds = self._active.T @ np.where(self._counts > 1, self._seconds, 0.0)
        return dict(zip(self._names, seconds.tolist(), strict=True))

    def pairs_s(self) -> dict[tuple[str, str], float]:
        """Seconds of each pair that is ever there together."""
        together = (self._active.T @ self._active.multiply(self._seconds[:, None]).tocsr()).toarray()
        return {
            (self._names[one], self._names[other]): float(together[one, other])
            for one, other in np.argwhere(np.triu(together, 1) > 0).tolist()
        }
