"""Where a cover lies at any moment: on the safe side between, before and after the sightings of a face."""

from collections.abc import Sequence

import numpy as np

from core.anonymise.types import Cover, Disguise, Times

GROWS_PER_S = 0.5
"""A cover grows by this part of its size for each second to the nearest sighting: faces do not move straight."""
_MOST_GROWTH = 0.5
_SLACK_S = 1e-4  # 0.8 - 0.6 is more than 0.2
_PACE_FROM_S = 0.5
"""How fast a face moves when it gets lost is told by its sightings within this time."""

Rect = tuple[float, float, float, float]
"""left, top, right, bottom in [0, 1] of the upright picture."""


class CoverPath:
    """One cover over time."""

    def __init__(self, cover: Cover, disguise: Disguise) -> None:
        self.track = cover.track
        self._t_s, self._bbox = _one_a_moment(cover.t_s, cover.bbox.astype(np.float64))
        self._reach_s = disguise.hold_s + max(0.0, cover.step_s) + _SLACK_S
        self._bridge_s = max(disguise.bridge_s, cover.step_s * 1.5)
        self._margin = disguise.margin
        self.start_s = float(self._t_s[0]) - self._reach_s
        self.end_s = float(self._t_s[-1]) + self._reach_s

    def at(self, t_s: float) -> Rect | None:
        """The part of the picture to cover, clipped to it; None when the face is nowhere near in time or outside."""
        after = int(np.searchsorted(self._t_s, t_s, side="left"))
        before = after if after < len(self._t_s) and self._t_s[after] == t_s else after - 1
        if before < 0 or after >= len(self._t_s):
            return self._held(min(max(before, 0), len(self._t_s) - 1), t_s)
        gap_s = float(self._t_s[after] - self._t_s[before])
        if before != after and gap_s > self._bridge_s:
            return _hull(self._held(before, t_s), self._held(after, t_s))
        part = (t_s - float(self._t_s[before])) / gap_s if gap_s else 0.0
        box = self._bbox[before] + (self._bbox[after] - self._bbox[before]) * part
        return self._around(box, min(part, 1.0 - part) * gap_s)

    def open_gaps(self) -> list[tuple[float, float]]:
        """Times (start_s, end_s) between sightings over which the cover is not held: nobody knows where the face is."""
        wide = np.flatnonzero(np.diff(self._t_s) > max(self._bridge_s, 2 * self._reach_s))
        return [
            (float(self._t_s[one]) + self._reach_s, float(self._t_s[one + 1]) - self._reach_s) for one in wide.tolist()
        ]

    def _held(self, index: int, t_s: float) -> Rect | None:
        """Around the sighting and where its pace would have taken it; None out of reach."""
        away_s = t_s - float(self._t_s[index])
        if abs(away_s) > self._reach_s:
            return None
        box = self._bbox[index]
        moved = box + np.tile(self._moved(index, away_s), 2)
        both = np.concatenate((np.minimum(box, moved)[:2], np.maximum(box, moved)[2:]))
        return self._around(both, abs(away_s))

    def _moved(self, index: int, away_s: float) -> Times:
        """How far it went, at most its own size. Before the first sighting the pace is that of those after it."""
        inner = range(index + 1, len(self._t_s)) if away_s < 0 else range(index - 1, -1, -1)
        other = index
        for one in inner:
            if abs(self._t_s[one] - self._t_s[index]) > _PACE_FROM_S:
                break
            other = one
        if other == index:
            return np.zeros(2)
        box, before = self._bbox[index], self._bbox[other]
        shift = ((box[:2] + box[2:]) - (before[:2] + before[2:])) / 2
        pace = shift / float(self._t_s[index] - self._t_s[other])
        size = box[2:] - box[:2]
        moved: Times = np.clip(pace * away_s, -size, size)
        return moved

    def _around(self, box: Times, away_s: float) -> Rect | None:
        """With margin, and to the edge where it nearly reaches it: who leaves the picture is seen only in part."""
        size = box[2:] - box[:2]
        more = size * (self._margin + min(_MOST_GROWTH, GROWS_PER_S * away_s) / 2)
        left, top = box[:2] - more
        right, bottom = box[2:] + more
        near_x, near_y = size * self._margin
        left, top = (0.0 if left < near_x else left), (0.0 if top < near_y else top)
        right, bottom = (1.0 if right > 1 - near_x else right), (1.0 if bottom > 1 - near_y else bottom)
        if left >= 1 or top >= 1 or right <= 0 or bottom <= 0:
            return None
        return float(left), float(top), float(right), float(bottom)


class CoverPaths:
    """All covers, asked for rising times."""

    def __init__(self, covers: Sequence[Cover], disguise: Disguise) -> None:
        paths = [CoverPath(cover, disguise) for cover in covers]
        self._waiting = sorted(paths, key=lambda one: (one.start_s, one.track), reverse=True)
        self._active: list[CoverPath] = []

    def at(self, t_s: float) -> list[Rect]:
        """What to cover at ``t_s``, in an order that follows from the covers alone."""
        while self._waiting and self._waiting[-1].start_s <= t_s:
            self._active.append(self._waiting.pop())
        self._active = [one for one in self._active if one.end_s >= t_s]
        found = (one.at(t_s) for one in self._active)
        return [rect for rect in found if rect is not None]


def gap_notes(covers: Sequence[Cover], disguise: Disguise) -> list[str]:
    """In words, where tracks were lost for so long that nothing is covered in between."""
    notes = []
    for cover in covers:
        for start_s, end_s in CoverPath(cover, disguise).open_gaps():
            notes.append(
                f"Track {cover.track} was not seen from {start_s:.2f} to {end_s:.2f} s and is not covered there."
            )
    return notes


def _one_a_moment(t_s: Times, bbox: Times) -> tuple[Times, Times]:
    """Boxes of the same time become one around them all."""
    times, first = np.unique(t_s, return_index=True)
    if len(times) == len(t_s):
        return t_s, bbox
    low = np.minimum.reduceat(bbox[:, :2], first)
    high = np.maximum.reduceat(bbox[:, 2:], first)
    return times, np.concatenate((low, high), axis=1)


def _hull(one: Rect | None, other: Rect | None) -> Rect | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
