"""Stretches of PTS with the tracks that prove them: gaps closed, padding added, unions measured."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Stretch(NamedTuple):
    """[start_pts, end_pts) with the tracks that were seen in it, in the order of their appearance."""

    start_pts: int
    end_pts: int
    track_ids: tuple[str, ...]


def joined(spans: Iterable[Stretch], *, gap_pts: int, padding_pts: int, start_pts: int, end_pts: int) -> list[Stretch]:
    """Spans of one person as stretches in time order without overlap, inside [start_pts, end_pts].

    Gaps of at most ``gap_pts`` are closed first; then each stretch grows by ``padding_pts`` at both ends, and those
    that meet by it become one.
    """
    closed = _union(sorted(spans), gap_pts)
    if padding_pts:
        closed = _union([Stretch(one.start_pts - padding_pts, one.end_pts + padding_pts, one[2]) for one in closed], 0)
    inside = (Stretch(max(one.start_pts, start_pts), min(one.end_pts, end_pts), one[2]) for one in closed)
    return [one for one in inside if one.end_pts > one.start_pts]


def length_pts(stretches: Iterable[tuple[int, int]]) -> int:
    """Ticks covered by stretches that may overlap."""
    total, until = 0, None
    for start, end in sorted(stretches):
        begin = start if until is None else max(start, until)
        if end > begin:
            total += end - begin
            until = end
    return total


def _union(spans: Sequence[Stretch], gap_pts: int) -> list[Stretch]:
    found: list[tuple[int, int, dict[str, None]]] = []
    for start, end, track_ids in spans:
        if found and start - found[-1][1] <= gap_pts:
            last_start, last_end, tracks = found[-1]
            tracks.update(dict.fromkeys(track_ids))
            found[-1] = (last_start, max(last_end, end), tracks)
        else:
            found.append((start, end, dict.fromkeys(track_ids)))
    return [Stretch(start, end, tuple(tracks)) for start, end, tracks in found]
