"""When cues stand on the screen: as long as it takes to read them, on cuts, with a gap, never over one another."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from core.speech.cue_lines import Limits

_LEAST_MS = 200
_EARLIER_S = 0.5


@dataclass(slots=True)
class Timing:
    """A cue's times in seconds: when its words are said, and when it is shown. ``columns``: what there is to read."""

    first_s: float
    last_s: float
    columns: int
    start_s: float = 0.0
    end_s: float = 0.0


def show(timings: Sequence[Timing], cuts_s: Sequence[float], limits: Limits) -> None:
    """Set ``start_s`` and ``end_s`` of cues by time."""
    cuts = sorted(cuts_s)
    for at, timing in enumerate(timings):
        before_s = timings[at - 1].last_s + limits.gap_s if at else 0.0
        timing.start_s = _start(timing.first_s, before_s, cuts, limits)
    for at, timing in enumerate(timings):
        until_s = timings[at + 1].start_s - limits.gap_s if at + 1 < len(timings) else float("inf")
        timing.end_s = _end(timing, until_s, cuts, limits)
        _begin_earlier(timing, timings[at - 1].end_s + limits.gap_s if at else 0.0, cuts, limits)
    _keep_apart(timings, limits)


def _start(first_s: float, before_s: float, cuts: Sequence[float], limits: Limits) -> float:
    """The cut shortly before the first word, where nothing stands in the way."""
    at = bisect_left(cuts, first_s + 1e-6) - 1
    if at >= 0 and first_s - cuts[at] <= limits.snap_s and cuts[at] >= before_s:
        return max(0.0, cuts[at])
    return max(0.0, first_s)


def _end(timing: Timing, until_s: float, cuts: Sequence[float], limits: Limits) -> float:
    """Long enough to be read where there is room; then the cut nearby, if no word is lost by it."""
    wanted_s = max(timing.last_s, timing.start_s + max(limits.min_s, timing.columns / limits.chars_per_s))
    # what stands longer than the limit is not made longer than its words
    wanted_s = min(wanted_s, max(timing.last_s, timing.start_s + limits.max_s))
    wanted_s = max(timing.last_s, min(wanted_s, until_s))
    near = [
        cut
        for cut in cuts[bisect_left(cuts, wanted_s - limits.snap_s) : bisect_left(cuts, wanted_s + limits.snap_s) + 1]
        if abs(cut - wanted_s) <= limits.snap_s
        and timing.last_s <= cut <= until_s
        and cut - timing.start_s >= min(limits.min_s, wanted_s - timing.start_s)
    ]
    return min(near, key=lambda cut: abs(cut - wanted_s)) if near else wanted_s


def _begin_earlier(timing: Timing, before_s: float, cuts: Sequence[float], limits: Limits) -> None:
    """What has no room after it may begin a little before its first word, but not before a cut."""
    missing_s = limits.min_s - (timing.end_s - timing.start_s)
    if missing_s <= 0:
        return
    at = bisect_left(cuts, timing.start_s + 1e-6) - 1
    earliest_s = max(before_s, timing.first_s - _EARLIER_S, cuts[at] if at >= 0 else 0.0, 0.0)
    timing.start_s = min(timing.start_s, max(earliest_s, timing.start_s - missing_s))


def _keep_apart(timings: Sequence[Timing], limits: Limits) -> None:
    """In whole milliseconds: a gap between cues, each long enough to be seen at all, whatever the words' times were."""
    gap_ms = round(limits.gap_s * 1000)
    free_ms = 0
    times: list[tuple[int, int]] = []
    for timing in timings:
        start_ms = max(round(timing.start_s * 1000), 0)
        if times and start_ms < free_ms:
            before, end = times[-1]
            times[-1] = (before, max(before + _LEAST_MS, min(end, start_ms - gap_ms)))
            start_ms = max(start_ms, times[-1][1] + gap_ms)
        end_ms = max(round(timing.end_s * 1000), start_ms + _LEAST_MS)
        times.append((start_ms, end_ms))
        free_ms = end_ms + gap_ms
    for timing, (start_ms, end_ms) in zip(timings, times, strict=True):
        timing.start_s, timing.end_s = start_ms / 1000, end_ms / 1000
