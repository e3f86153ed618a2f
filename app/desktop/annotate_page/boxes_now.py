"""Which boxes to draw over the frame of a moment: those of a tier, carried on between the frames looked at."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from core.annotate.types import Boxes, Ints, Times
from widgets.player_view import OverlayBox

Box: TypeAlias = tuple[float, float, float, float]
LONGEST_GAP_S = 1.0
"""Between two sights of a track that lie further apart nothing is drawn."""
DASHED_FROM_S = 0.3
"""Where a track was looked at less often than this, what is drawn between two sights is marked as carried on."""
LAST_HOLD_S = 0.25
"""A box that belongs to no track, or the last one of a track, is drawn for so long from its frame on."""


class TierBoxes:
    """Boxes of a tier, looked up by time. Building sorts once (in a worker); a look-up takes microseconds for each
    track that is there."""

    def __init__(self, boxes: Boxes, lane_id: str) -> None:
        self.lane_id = lane_id
        self._boxes = boxes
        self._tracks: dict[int, tuple[Times, Ints]] = {}
        order = np.lexsort((boxes.t_s, boxes.track))
        tracks = boxes.track[order]
        firsts = np.flatnonzero(np.concatenate(([True], tracks[1:] != tracks[:-1]))) if len(tracks) else tracks
        for begin, end in zip(firsts, [*firsts[1:], len(tracks)], strict=True):
            rows = order[begin:end].astype(np.int64)
            self._tracks[int(tracks[begin])] = (boxes.t_s[rows], rows)
        self._single_s, self._single_rows = self._tracks.pop(-1, (np.zeros(0), np.zeros(0, np.int64)))
        self._names = np.array(list(self._tracks), np.int64)
        self._first_s = np.array([times_s[0] for times_s, _rows in self._tracks.values()])
        self._last_s = np.array([times_s[-1] for times_s, _rows in self._tracks.values()])

    def at(self, t_s: float, colour_of: Callable[[str], int]) -> list[OverlayBox]:
        """What to draw on the frame that is shown at ``t_s``; ``colour_of`` a name is a colour of identities."""
        drawn = []
        near = (self._first_s <= t_s + 1e-6) & (self._last_s >= t_s - LAST_HOLD_S)
        for track in self._names[near].tolist():
            times_s, rows = self._tracks[track]
            after = int(np.searchsorted(times_s, t_s + 1e-6, side="right"))
            found = self._between(times_s, rows, after, t_s) if after else None
            if found is not None:
                drawn.append(self._overlay(track, int(rows[after - 1]), *found, colour_of))
        high = int(np.searchsorted(self._single_s, t_s + 1e-6, side="right"))
        if high and t_s - self._single_s[high - 1] <= LAST_HOLD_S:
            low = int(np.searchsorted(self._single_s, self._single_s[high - 1], side="left"))
            rows_shown = self._single_rows[low:high].tolist()
            drawn += [self._overlay(-1, row, self._box(row), False, colour_of) for row in rows_shown]
        return drawn

    def _between(self, times_s: Times, rows: Ints, after: int, t_s: float) -> tuple[Box, bool] | None:
        """The box of a track, and whether it is carried on over a gap."""
        before_s = float(times_s[after - 1])
        here = self._box(int(rows[after - 1]))
        gap_s = float(times_s[after]) - before_s if after < len(times_s) else np.inf
        if gap_s > LONGEST_GAP_S:
            return (here, False) if t_s - before_s <= LAST_HOLD_S else None
        share = (t_s - before_s) / gap_s if gap_s > 0 else 0.0
        there = self._box(int(rows[after]))
        x0, y0, x1, y1 = (a + (b - a) * share for a, b in zip(here, there, strict=True))
        return (x0, y0, x1, y1), gap_s > DASHED_FROM_S and t_s - before_s > 1e-3

    def _box(self, row: int) -> Box:
        x0, y0, x1, y1 = (float(value) for value in self._boxes.bbox[row])
        return x0, y0, x1, y1

    def _overlay(self, track: int, row: int, box: Box, carried: bool, colour_of: Callable[[str], int]) -> OverlayBox:
        boxes = self._boxes
        category = boxes.categories[int(boxes.category[row])] if boxes.categories else ""
        name = category if track < 0 else boxes.track_names.get(track) or f"#{track}"
        more = [labels[row] for labels in boxes.labels.values() if labels[row]]
        return OverlayBox(
            f"{self.lane_id}|{track if track >= 0 else f'row {row}'}",
            None,
            " · ".join(part for part in (name, *more) if part),
            max(colour_of(name), 0),
            box,
            interpolated=carried,
        )
