"""When tracks are in the picture, out of boxes at sampled times."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from core.annotate.types import Boxes, Ints, Times

Spans: TypeAlias = tuple[tuple[float, float], ...]
_NO_TRACK = -1
_FIRST_CATEGORY = -2
"""Keys of boxes without a track go down from here, those of tracks up from 0."""
_SAMPLE_S = 0.04
"""How long a box stands for when there is but one time of boxes."""


def sightings(boxes: Boxes, gap_s: float = 0.5) -> Mapping[str, Spans]:
    """Intervals [start_s, end_s), by time, of everyone in the picture; names by first sight.

    Tracks of one name are one; boxes without a track go by their category. A box stands for the time to the next
    sampled one, at most the usual step (the median of steps between the boxes' times); a gap up to ``gap_s`` between
    two sightings is closed.
    """
    if not len(boxes):
        return {}
    step_s = usual_step_s(boxes.t_s)
    names, name_of = _names(boxes)
    order = np.lexsort((boxes.t_s, name_of))
    cuts = np.flatnonzero(np.diff(name_of[order])) + 1
    found = {
        names[int(name_of[own[0]])]: _spans(np.unique(boxes.t_s[own]), step_s, gap_s) for own in np.split(order, cuts)
    }
    return dict(sorted(found.items(), key=lambda item: (item[1][0], item[0])))


def _spans(times: Times, step_s: float, gap_s: float) -> Spans:
    """Rising times as intervals."""
    breaks = np.flatnonzero(np.diff(times) > step_s * 1.5 + gap_s)
    starts = times[np.concatenate(([0], breaks + 1))]
    ends = times[np.concatenate((breaks, [len(times) - 1]))] + step_s
    return tuple(zip(starts.tolist(), ends.tolist(), strict=True))


def usual_step_s(t_s: Times) -> float:
    """The median step between distinct times."""
    steps = np.diff(np.unique(t_s))
    return float(np.median(steps)) if len(steps) else _SAMPLE_S


def _names(boxes: Boxes) -> tuple[list[str], Ints]:
    """Names, and for each box the index of its own."""
    keys = np.where(boxes.track == _NO_TRACK, _FIRST_CATEGORY - boxes.category, boxes.track)
    distinct, key_of = np.unique(keys, return_inverse=True)
    wanted = [_name(boxes, int(key)) for key in distinct]
    names = list(dict.fromkeys(wanted))
    index = np.array([names.index(name) for name in wanted], dtype=np.int64)
    return names, index[key_of]


def _name(boxes: Boxes, key: int) -> str:
    if key > _NO_TRACK:
        return boxes.track_names.get(key) or f"track {key}"
    category = _FIRST_CATEGORY - key
    return boxes.categories[category] if 0 <= category < len(boxes.categories) else "box"
