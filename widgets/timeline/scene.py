"""What the timeline shows, apart from where it looks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.faces.types import Shot
from widgets.timeline.lanes import Floats, Lane

SpeechSpan = tuple[float, float, int | None]
"""Start and end in seconds, and the speaker's colour index (None = nobody known)."""


def _nothing() -> Floats:
    return np.zeros(0)


@dataclass(slots=True)
class Scene:
    """The contents. ``version`` counts the changes, so that pictures made of them know when they are old."""

    duration_s: float = 0.0
    shot_starts_s: Floats = field(default_factory=_nothing)
    shot_ends_s: Floats = field(default_factory=_nothing)
    lanes: Sequence[Lane] = ()
    peaks: npt.NDArray[np.float32] | None = None
    peaks_per_s: float = 50.0
    thumb_times_s: Floats = field(default_factory=_nothing)
    thumb_aspect: float = 16 / 9
    selected_lane: str | None = None
    speech: Sequence[SpeechSpan] = ()
    version: int = 0

    def set_shots(self, shots: Iterable[Shot | tuple[float, float]]) -> None:
        """Shots, or pairs of start and end in seconds."""
        spans = sorted((shot.start_s, shot.end_s) if isinstance(shot, Shot) else shot for shot in shots)
        times_s = np.array(spans, dtype=np.float64).reshape(-1, 2)
        self.shot_starts_s, self.shot_ends_s = times_s[:, 0].copy(), times_s[:, 1].copy()
        self.version += 1

    def shots_between(self, start_s: float, end_s: float) -> slice:
        """Shots that touch a stretch of time."""
        first = max(int(np.searchsorted(self.shot_starts_s, start_s, side="right")) - 1, 0)
        return slice(first, int(np.searchsorted(self.shot_starts_s, end_s, side="right")))

    def thumb_near(self, t_s: float) -> int:
        """The thumbnail nearest to a time, -1 without thumbnails."""
        count = len(self.thumb_times_s)
        if not count:
            return -1
        at = int(np.searchsorted(self.thumb_times_s, t_s))
        if at in {0, count}:
            return min(at, count - 1)
        return at if self.thumb_times_s[at] - t_s < t_s - self.thumb_times_s[at - 1] else at - 1

    def lane_index(self, lane_id: str | None) -> int:
        """The place of a lane, -1 = not there."""
        return next((index for index, lane in enumerate(self.lanes) if lane.lane_id == lane_id), -1)
