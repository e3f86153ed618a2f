"""An episode's time line in PTS: where it begins and ends, and which frame is on screen when."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from core.library.library import Library
from core.library.types import Episode, Run
from core.review.boxes import track_boxes

FRAMES_FILE = "frames.npy"


@dataclass(frozen=True, slots=True)
class PtsClock:
    """``pts``, rising: of the decoded frames; ``frames``: their indices. Plain integers, for they are bisected often.

    ``start_pts`` is the first frame, ``end_pts`` the end of the last, ``origin_pts`` second 0: the container's start.
    """

    pts: Sequence[int]
    frames: Sequence[int]
    time_base: Fraction
    origin_pts: int
    start_pts: int
    end_pts: int

    def seconds(self, pts: int) -> float:
        """Seconds from the container's start."""
        return round((pts - self.origin_pts) * self.time_base.numerator / self.time_base.denominator, 6)

    def ticks(self, length_s: float) -> int:
        """A length in the time base, rounded to the nearest tick."""
        return round(Fraction(length_s).limit_denominator(1_000_000_000) / self.time_base)

    def pts_at(self, t_s: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """PTS of moments, rounded to the nearest tick: stored seconds came from PTS and find them again."""
        rounded: npt.NDArray[np.int64] = np.rint(t_s / float(self.time_base)).astype(np.int64) + self.origin_pts
        return rounded

    def frame_at(self, pts: int) -> int:
        """Index of the decoded frame on screen at a PTS."""
        if not self.pts:
            return 0
        index = bisect_right(self.pts, pts) - 1
        return self.frames[max(index, 0)]

    def frame_after(self, pts: int) -> int:
        """Index of the first decoded frame that begins at a PTS or later: where a stretch that ends there ends."""
        if not self.pts:
            return 0
        index = bisect_left(self.pts, pts)
        return self.frames[index] if index < len(self.pts) else self.frames[-1] + 1


def read_clock(library: Library, episode: Episode, run: Run) -> PtsClock:
    """The clock of a detection run, from the frame table that it kept.

    A run without a table (its frames were never listed) knows the frames that were searched for faces.
    """
    time_base = Fraction(run.summary["time_base"]) if "time_base" in run.summary else episode.info.time_base
    origin_pts = int(run.summary.get("origin_pts", round(Fraction(episode.info.start_s) / time_base)))
    path = run.path / FRAMES_FILE
    if path.is_file():
        pts: Sequence[int] = np.load(path).tolist()
        frames: Sequence[int] = range(len(pts))
    else:
        pts, frames = _searched(library, episode.ep_id, run, time_base, origin_pts)
    start_pts = pts[0] if pts else origin_pts
    return PtsClock(pts, frames, time_base, origin_pts, start_pts, _end_pts(library, run, pts, start_pts))


def _end_pts(library: Library, run: Run, pts: Sequence[int], start_pts: int) -> int:
    row = library.store.read().execute("SELECT max(end_pts) FROM shots WHERE run_id = ?", (run.run_id,)).fetchone()
    if row[0] is not None:
        return max(int(row[0]), start_pts)
    return pts[-1] + 1 if pts else start_pts


def _searched(
    library: Library, ep_id: str, run: Run, time_base: Fraction, origin_pts: int
) -> tuple[Sequence[int], Sequence[int]]:
    known: dict[int, int] = {}
    for boxes in track_boxes(library, ep_id, run_id=run.run_id):
        at = np.rint(boxes.t_s / float(time_base)).astype(np.int64) + origin_pts
        known.update(zip(at.tolist(), boxes.frames.tolist(), strict=True))
    pts = sorted(known)
    return pts, [known[one] for one in pts]
