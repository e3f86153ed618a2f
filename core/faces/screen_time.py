"""When a face is on screen, in seconds from PTS: spans of tracks, and of identities as their union."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.faces.types import Shot, Track


class Span(NamedTuple):
    """Seconds [start_s, end_s) from the container's start."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """Seconds long."""
        return self.end_s - self.start_s


def track_spans(track: Track, shot: Shot, searched_s: npt.NDArray[np.float64], *, max_gap_frames: int) -> list[Span]:
    """When a track's face is on screen, within its shot.

    ``searched_s`` (rising): the times of all frames that were searched for faces; ``max_gap_frames`` as by
    :func:`core.faces.track.gap_limit_frames`. A detection stands for the time until the next searched frame or the
    cut, whichever comes first. The frames of a shot before its first searched one have no say of their own: they
    count with it.
    """
    frames = [one.frame for one in track.detections]
    times_s = [one.t_s for one in track.detections]
    before_s = _searched_before(searched_s, times_s[0])
    first_s = shot.start_s if before_s is None or before_s < shot.start_s else times_s[0]
    spans: list[Span] = []
    start_s = min(first_s, times_s[0])
    for index in range(len(frames) - 1):
        if frames[index + 1] - frames[index] > max_gap_frames:
            spans.append(Span(start_s, _until(searched_s, times_s[index], shot)))
            start_s = times_s[index + 1]
    spans.append(Span(start_s, _until(searched_s, times_s[-1], shot)))
    return spans


def union(spans: Iterable[Span], *, close_gap_s: float = 0.0) -> list[Span]:
    """Spans in time order without overlap; gaps of at most ``close_gap_s`` are closed."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start_s - joined[-1].end_s <= close_gap_s:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return joined


def total_s(spans: Sequence[Span]) -> float:
    """Seconds of spans that do not overlap, to the microsecond."""
    return round(sum(span.length_s for span in spans), 6)


def _searched_before(searched_s: npt.NDArray[np.float64], t_s: float) -> float | None:
    index = int(np.searchsorted(searched_s, t_s - 1e-6)) - 1
    return float(searched_s[index]) if index >= 0 else None


def _until(searched_s: npt.NDArray[np.float64], t_s: float, shot: Shot) -> float:
    index = int(np.searchsorted(searched_s, t_s + 1e-6))
    next_s = float(searched_s[index]) if index < len(searched_s) else shot.end_s
    return max(t_s, min(next_s, shot.end_s))
