"""A lane of the timeline as plain data, with what is needed to find its intervals fast."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.review.types import EpisodeReview

UNASSIGNED = "unassigned"
"""The lane of faces without identity."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """Intervals of one identity.

    ``intervals_s`` is (n, 2): start and end in seconds, in any order; they are kept sorted by start, ``refs`` (one for
    each interval, for example a track id) along with them. ``colour_index`` None = neutral.
    """

    lane_id: str
    label: str
    colour_index: int | None
    intervals_s: npt.ArrayLike
    refs: Sequence[str] = ()
    starts_s: Floats = field(init=False)
    ends_s: Floats = field(init=False)
    reach_s: Floats = field(init=False)
    """The latest end up to each interval: it rises, so it can be bisected where intervals overlap."""

    def __post_init__(self) -> None:
        spans = np.asarray(self.intervals_s, dtype=np.float64).reshape(-1, 2)
        if self.refs and len(self.refs) != len(spans):
            raise ValueError(f"lane {self.lane_id} has {len(spans)} intervals and {len(self.refs)} refs")
        order = np.argsort(spans[:, 0], kind="stable")
        starts, ends = np.ascontiguousarray(spans[order, 0]), np.ascontiguousarray(spans[order, 1])
        object.__setattr__(self, "intervals_s", np.column_stack((starts, ends)))
        object.__setattr__(self, "refs", tuple(self.refs[index] for index in order) if self.refs else ())
        object.__setattr__(self, "starts_s", starts)
        object.__setattr__(self, "ends_s", ends)
        object.__setattr__(self, "reach_s", np.maximum.accumulate(ends) if len(ends) else ends)

    def __len__(self) -> int:
        return len(self.starts_s)

    def between(self, start_s: float, end_s: float) -> slice:
        """The intervals that may touch a stretch of time, found by bisecting."""
        first = int(np.searchsorted(self.reach_s, start_s, side="left"))
        last = int(np.searchsorted(self.starts_s, end_s, side="right"))
        return slice(first, max(first, last))

    def at(self, t_s: float, slack_s: float = 0.0) -> int:
        """The interval at a time, else the nearest within the slack, else -1."""
        found = self.between(t_s - slack_s, t_s + slack_s)
        if found.start >= found.stop:
            return -1
        starts, ends = self.starts_s[found], self.ends_s[found]
        away_s = np.maximum(np.maximum(starts - t_s, t_s - ends), 0.0)
        best = int(np.argmin(away_s))
        return found.start + best if away_s[best] <= slack_s else -1


def lanes_of(review: EpisodeReview, unassigned_label: str = "") -> list[Lane]:
    """A lane for each identity, longest on screen first, then one of tracks without identity if there are any.

    The intervals are the tracks, ``refs`` their ids.
    """
    tracks = {track.track_id: track for track in review.tracks}
    lanes = [
        _lane(
            identity.identity_id,
            identity.label,
            identity.colour_index,
            [
                (track.start_s, track.end_s, track.track_id)
                for track_id in identity.track_ids
                if (track := tracks.get(track_id)) is not None
            ],
        )
        for identity in sorted(review.identities, key=lambda row: (-row.screen_time_s, row.identity_id))
    ]
    loose = [(track.start_s, track.end_s, track.track_id) for track in review.tracks if track.identity_id is None]
    if loose:
        lanes.append(_lane(UNASSIGNED, unassigned_label, None, loose))
    return lanes


def _lane(lane_id: str, label: str, colour_index: int | None, spans: list[tuple[float, float, str]]) -> Lane:
    times_s = np.array([(start_s, end_s) for start_s, end_s, _ref in spans], dtype=np.float64).reshape(-1, 2)
    return Lane(lane_id, label, colour_index, times_s, tuple(ref for _start, _end, ref in spans))
