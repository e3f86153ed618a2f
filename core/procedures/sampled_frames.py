"""The sampled frames of a range, decoded once and in order."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from core.errors import Canceled
from core.jobs.executors import unit_canceled
from core.media.decode import DecodedFrame, decode_range

ASK_EVERY_S = 0.2


class Pulse:
    """Asks a few times a second whether the unit is to stop; raises Canceled with ``message`` then."""

    def __init__(self, work_dir: str, message: str) -> None:
        self._work_dir = work_dir
        self._message = message
        self._asked_at_s = float("-inf")

    def __call__(self) -> None:
        now_s = time.monotonic()
        if now_s - self._asked_at_s >= ASK_EVERY_S:
            self._asked_at_s = now_s
            if unit_canceled(self._work_dir):
                raise Canceled(self._message)


def sampled_frames(
    path: Path | str,
    start_pts: int,
    wanted_pts: npt.NDArray[np.int64],
    *,
    pulse: Callable[[], None],
    on_warning: Callable[[str], None] | None = None,
) -> Iterator[tuple[av.VideoFrame, int]]:
    """Each frame of ``wanted_pts`` (never falling, from ``start_pts`` on), with how many moments in a row show it.

    In place of a frame that is damaged comes the one that stays on the screen, at the range's start the next one;
    nothing comes when the whole range is damaged. ``pulse`` is called for every decoded frame; what it raises ends it.
    """
    times, counts = (one.tolist() for one in np.unique(wanted_pts, return_counts=True))
    place, shown = 0, None
    for decoded in decode_range(path, start_pts=start_pts, threads=1, on_warning=on_warning):
        pulse()
        while place < len(times) and times[place] < decoded.pts:
            yield _on_screen(shown, decoded), counts[place]
            place += 1
        if place == len(times):
            return
        shown = decoded
        if times[place] == decoded.pts:
            yield decoded.frame, counts[place]
            place += 1
            if place == len(times):
                return  # what follows is not even decoded
    while shown is not None and place < len(times):
        yield shown.frame, counts[place]
        place += 1


def _on_screen(shown: DecodedFrame | None, following: DecodedFrame) -> av.VideoFrame:
    return following.frame if shown is None else shown.frame
