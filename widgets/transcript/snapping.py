"""Where the boundary of a line snaps to: edges of words and lines, and the middle of silences. Knows no widget."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from core.transcript.types import LineRow

SILENCE_SHARE = 0.06
"""Sound quieter than this part of the loudest around it counts as silence."""
LEAST_SILENCE_S = 0.12
LEAST_LINE_S = 0.05
"""No line is dragged shorter than this."""


def snapped(t_s: float, targets: Iterable[float], reach_s: float) -> float:
    """The nearest target within reach, else the time itself."""
    best = min(targets, key=lambda target: abs(target - t_s), default=t_s)
    return best if abs(best - t_s) <= reach_s else t_s


def word_targets(lines: Sequence[LineRow], without: str, start_s: float, end_s: float) -> list[float]:
    """Edges of words of all lines, and of all lines but ``without``, in a stretch of time."""
    found: list[float] = []
    for line in lines:
        if line.end_s < start_s or line.start_s > end_s:
            continue
        if line.line_id != without:
            found += (line.start_s, line.end_s)
        for word in line.words:
            found += (word.start_s, word.end_s)
    return [target for target in found if start_s <= target <= end_s]


def silence_targets(
    peaks: npt.NDArray[np.float32] | None, per_second: float, start_s: float, end_s: float
) -> list[float]:
    """Where silences begin and end in a stretch of time; ``peaks`` is float32 (n, 2), least and greatest sample."""
    if peaks is None:
        return []
    first, last = max(int(start_s * per_second), 0), min(int(end_s * per_second) + 1, len(peaks))
    if last - first < 2:
        return []
    loud = np.maximum(-peaks[first:last, 0], peaks[first:last, 1])
    quiet = loud <= max(float(loud.max()) * SILENCE_SHARE, 1e-4)
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8))) + 1
    bounds = [0, *edges.tolist(), len(quiet)]
    found: list[float] = []
    for begin, end in pairwise(bounds):
        if quiet[begin] and (end - begin) / per_second >= LEAST_SILENCE_S:
            found += ((first + begin) / per_second, (first + end) / per_second)
    return found


def dragged(line: LineRow, edge: str, t_s: float, duration_s: float) -> tuple[float, float]:
    """Start and end of a line whose ``edge`` (start, end) was dragged to a time."""
    if edge == "start":
        return min(max(t_s, 0.0), line.end_s - LEAST_LINE_S), line.end_s
    return line.start_s, max(min(t_s, duration_s), line.start_s + LEAST_LINE_S)
