"""What an edit would give: pure arithmetic over a lane. Marks of one lane do not come to overlap by an edit."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.annotate.types import TierKind
from widgets.annotate.lane_data import LaneRow

LEAST_MARK_S = 0.01
"""No interval is dragged shorter than this."""
NEW_MARK_S = 1.0
FRAME_S = 0.04
"""How far a frame is where its times are not known."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Draft:
    """A mark as it would be; ``mark_id`` None = a new one."""

    lane_id: str
    mark_id: int | None
    start_s: float
    end_s: float
    level: int = 0
    label: str = ""
    snapped: bool = False


def room_around(lane: LaneRow, start_s: float, end_s: float, duration_s: float, without: int | None = None) -> Span:
    """How far an interval may reach before it meets a neighbour; ``without`` is the place of the mark itself. Lanes
    whose marks overlap already, and points, have no such bounds.
    """
    if lane.level_count > 1 or lane.kind is TierKind.POINTS:
        return 0.0, duration_s
    middle_s = (start_s + end_s) / 2
    others = np.arange(len(lane.starts_s)) != (-1 if without is None else without)
    before = lane.ends_s[others & (lane.starts_s <= middle_s)]
    after = lane.starts_s[others & (lane.starts_s > middle_s)]
    return float(before.max()) if len(before) else 0.0, float(after.min()) if len(after) else duration_s


def new_span(lane: LaneRow, one_s: float, other_s: float, duration_s: float) -> Span | None:
    """An interval between two times, cut where it meets neighbours of where it began; None where there is no room."""
    low_s, high_s = room_around(lane, one_s, one_s, duration_s)
    start_s, end_s = min(one_s, other_s), max(one_s, other_s)
    start_s, end_s = max(start_s, low_s), min(end_s, high_s)
    return (start_s, end_s) if end_s - start_s >= LEAST_MARK_S else None


def free_at(lane: LaneRow, t_s: float) -> bool:
    """Whether a new interval may begin at a time."""
    if lane.level_count > 1:
        return True
    found = lane.between(t_s, t_s)
    return not np.any((lane.starts_s[found] <= t_s) & (lane.ends_s[found] > t_s))


def dragged_edge(lane: LaneRow, place: int, edge: str, t_s: float, duration_s: float) -> Span:
    """A mark whose ``edge`` (start, end) was put to a time, as far as neighbours let it."""
    start_s, end_s = float(lane.starts_s[place]), float(lane.ends_s[place])
    low_s, high_s = room_around(lane, start_s, end_s, duration_s, place)
    if edge == "start":
        return min(max(t_s, low_s), end_s - LEAST_MARK_S), end_s
    return start_s, max(min(t_s, high_s), start_s + LEAST_MARK_S)


def moved(lane: LaneRow, place: int, away_s: float, duration_s: float) -> Span:
    """A mark moved as a whole, as far as neighbours let it."""
    start_s, end_s = float(lane.starts_s[place]), float(lane.ends_s[place])
    low_s, high_s = room_around(lane, start_s, end_s, duration_s, place)
    length_s = end_s - start_s
    at_s = min(max(start_s + away_s, low_s), max(high_s - length_s, low_s))
    return at_s, at_s + length_s


def stepped(frame_times_s: npt.NDArray[np.float64] | None, t_s: float, by: int) -> float:
    """A time some decoded frames away."""
    if frame_times_s is None or not len(frame_times_s):
        return t_s + by * FRAME_S
    at = int(np.searchsorted(frame_times_s, t_s + 1e-6, side="right")) - 1
    at += 1 if by < 0 and (at < 0 or t_s - frame_times_s[at] > 1e-6) else 0
    return float(frame_times_s[min(max(at + by, 0), len(frame_times_s) - 1)])


def between_ids(lane: LaneRow, one: int, other: int) -> tuple[int, ...]:
    """The marks from one place to another, by id."""
    low, high = min(one, other), max(one, other)
    return tuple(mark.mark_id for mark in lane.marks[low : high + 1])


def unchanged(lane: LaneRow | None, mark_id: int | None, rows: Iterable[LaneRow]) -> bool:
    """Whether a lane is still there among others, and a mark of it at its times (None = the lane alone)."""
    now = next((row for row in rows if lane is not None and row.lane_id == lane.lane_id), None)
    if lane is None or now is None or mark_id is None:
        return now is not None and mark_id is None
    if mark_id not in now.places or mark_id not in lane.places:
        return False
    one, other = lane.marks[lane.places[mark_id]], now.marks[now.places[mark_id]]
    return (one.start_s, one.end_s) == (other.start_s, other.end_s)
