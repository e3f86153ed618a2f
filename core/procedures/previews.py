"""What pages and the API's document show of a comparison: clips, boundaries and the picture of similarities."""

from collections.abc import Sequence

import numpy as np

from core.procedures.evidence import Ints
from core.procedures.performances import Performance
from core.procedures.types import ClipTimes, Floats, PathPoint

MAP_SIDE = 400


def clip_steps(clips: Sequence[ClipTimes], labels: Ints, times_s: Sequence[float]) -> tuple[int, ...]:
    """The step that most of each clip's moments show, -1 = none. ``labels`` (n,) of the moments at ``times_s``."""
    times = np.asarray(times_s)
    found = []
    for clip in clips:
        inside = labels[(times >= clip.start_s - 1e-6) & (times < clip.end_s - 1e-6)]
        values, counts = np.unique(inside, return_counts=True)
        found.append(int(values[np.argmax(counts)]) if len(values) else -1)
    return tuple(found)


def boundaries(starts_s: Sequence[float], clips: Sequence[ClipTimes]) -> tuple[int, ...]:
    """The clip in which each step begins, in time order, and after them the number of clips."""
    begins = np.array([clip.start_s for clip in clips])
    places = sorted(starts_s)
    first = [max(0, int(np.searchsorted(begins, start_s + 1e-6, side="right")) - 1) for start_s in places]
    return (*first, len(clips))


def clip_preview(
    path: Sequence[PathPoint], gold: Sequence[ClipTimes], trainee: Sequence[ClipTimes]
) -> tuple[tuple[int, int, float], ...]:
    """(gold clip, trainee clip, similarity) along the path: for each of the trainee's clips the gold's that it shows
    most, with its mean similarity; where clips overlap the first that holds a moment counts. In the path's order.
    """
    cells: dict[tuple[int, int, int], list[float]] = {}
    for point in path:
        a, b = _clip_at(gold, point.gold_s), _clip_at(trainee, point.trainee_s)
        if a is not None and b is not None:
            cells.setdefault((point.step, b, a), []).append(point.similarity)
    best: dict[tuple[int, int], tuple[int, list[float]]] = {}
    for (step, b, a), values in cells.items():
        if (step, b) not in best or len(values) > len(best[step, b][1]):
            best[step, b] = (a, values)
    return tuple((a, b, round(float(np.mean(values)), 4)) for (_, b), (a, values) in sorted(best.items()))


def similarity_map(alike: Floats) -> tuple[tuple[int, ...], ...]:
    """uint8 values, gold down and trainee across, at most MAP_SIDE each; ``alike`` (T, M). Cells are means."""
    rows, columns = (min(MAP_SIDE, size) for size in alike.shape)
    if not rows or not columns:
        return ()
    across = np.add.reduceat(alike, _edges(alike.shape[0], rows), axis=0, dtype=np.float64)
    sums = np.add.reduceat(across, _edges(alike.shape[1], columns), axis=1)
    areas = np.outer(_sizes(alike.shape[0], rows), _sizes(alike.shape[1], columns))
    values = np.rint(np.clip(sums / areas, 0, 1) * 255).astype(np.int64).T
    return tuple(tuple(row) for row in values.tolist())


def step_of_moments(done: Sequence[Performance], moments: int) -> Ints:
    """(T,) the step that each of the attempt's moments shows, -1 = none."""
    labels = np.full(moments, -1, np.int64)
    for one in done:
        labels[one.first : one.last] = one.step
    return labels


def _clip_at(clips: Sequence[ClipTimes], at_s: float) -> int | None:
    for index, clip in enumerate(clips):
        if clip.start_s - 1e-6 <= at_s < clip.end_s - 1e-6:
            return index
    return None


def _edges(size: int, parts: int) -> Ints:
    return np.floor(np.arange(parts) * size / parts).astype(np.int64)


def _sizes(size: int, parts: int) -> Ints:
    return np.diff(np.append(_edges(size, parts), size))
