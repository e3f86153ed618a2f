"""Which pieces share a cue and where its lines break: at sentences and clauses, balanced, within the limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.speech.spoken import Piece, joined


@dataclass(frozen=True, slots=True)
class Limits:
    """What a subtitle may be. ``chars``: columns of a line; ``chars_per_s``: columns read in a second; ``min_s`` is
    5/6 s and ``max_s`` 7 s, ``gap_s`` two frames between cues, as the style guides of broadcasters have them.

    ``snap_s``: how near to a cut a start or an end is moved to it.
    """

    chars: int = 42
    lines: int = 2
    chars_per_s: float = 17.0
    min_s: float = 5 / 6
    max_s: float = 7.0
    gap_s: float = 0.08
    snap_s: float = 0.35


PAUSE_S = 1.0
"""Nobody speaks for so long: a new cue."""
_BREAK_COST = {2: 0.0, 1: 3.0, 0: 8.0, -1: 60.0}
_CUE_COST = 6.0


class Room:
    """Widths of pieces in a row, so that any stretch of them can be measured at once."""

    def __init__(self, pieces: Sequence[Piece], limits: Limits) -> None:
        self.pieces = pieces
        self._limits = limits
        self._sums = [0]
        for piece in pieces:
            self._sums.append(self._sums[-1] + piece.width + int(piece.spaced))

    def width(self, begin: int, end: int) -> int:
        """Columns of pieces [begin, end) on one line."""
        return self._sums[end] - self._sums[begin] - int(self.pieces[begin].spaced)

    def lines_needed(self, begin: int, end: int) -> int:
        """The fewest lines; more than the limit is told as one more than the limit."""
        lines, at = 0, begin
        while at < end and lines <= self._limits.lines:
            stop = at + 1
            while stop < end and self.width(at, stop + 1) <= self._limits.chars:
                stop += 1
            lines, at = lines + 1, stop
        return lines


def groups_of(pieces: Sequence[Piece], limits: Limits, until_s: float) -> list[list[Piece]]:
    """Pieces of one segment as cues: the cheapest of all ways that fit (dynamic programming over the ends).

    ``until_s``: when the next segment begins, which bounds how long the last cue may stay.
    """
    room = Room(pieces, limits)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        best.append(min(_ways(room, limits, best, end, until_s)))
    groups, end = [], len(pieces)
    while end:
        begin = best[end][1]
        groups.append(list(pieces[begin:end]))
        end = begin
    return groups[::-1]


def lines_of(group: Sequence[Piece], limits: Limits) -> tuple[str, ...]:
    """A cue's lines: as few as it needs, broken where a clause ends, about equally long."""
    room = Room(group, limits)
    count = room.lines_needed(0, len(group))
    starts = _broken(room, limits, count)
    return tuple(joined(group[begin:end]) for begin, end in zip(starts, [*starts[1:], len(group)], strict=True))


def fits(group: Sequence[Piece], limits: Limits) -> bool:
    """Whether pieces can be one cue."""
    return Room(group, limits).lines_needed(0, len(group)) <= limits.lines


def columns(group: Sequence[Piece]) -> int:
    """What there is to read, in columns."""
    return sum(piece.width + int(piece.spaced and at > 0) for at, piece in enumerate(group))


def _ways(
    room: Room, limits: Limits, best: Sequence[tuple[float, int]], end: int, until_s: float
) -> list[tuple[float, int]]:
    """Costs of all cues that end before piece ``end``, with where they begin; a piece alone always fits."""
    pieces = room.pieces
    found = []
    for begin in range(end - 1, -1, -1):
        if begin < end - 1:
            if room.lines_needed(begin, end) > limits.lines:
                break
            if pieces[begin + 1].start_s - pieces[begin].end_s >= PAUSE_S:
                break
        found.append((best[begin][0] + _cue_cost(room, limits, begin, end, until_s), begin))
    return found


def _cue_cost(room: Room, limits: Limits, begin: int, end: int, until_s: float) -> float:
    pieces = room.pieces
    last = end == len(pieces)
    spoken_s = pieces[end - 1].end_s - pieces[begin].start_s
    free_s = (until_s if last else pieces[end].start_s) - pieces[begin].start_s - limits.gap_s
    cost = _CUE_COST + (0.0 if last else _BREAK_COST[pieces[end - 1].ending])
    cost += 20.0 * max(0.0, limits.min_s - max(free_s, spoken_s)) / limits.min_s
    cost += 10.0 * max(0.0, spoken_s - limits.max_s)
    inner = sum(1 for piece in pieces[begin : end - 1] if piece.ending == 2)
    return cost + 2.0 * inner


def _broken(room: Room, limits: Limits, count: int) -> list[int]:
    """Where lines begin: the cheapest way of breaking into ``count`` lines."""
    size = len(room.pieces)
    even = room.width(0, size) / count
    ways: dict[tuple[int, int], tuple[float, list[int]]] = {(0, 0): (0.0, [])}
    for line in range(1, count + 1):
        for end in range(line, size + 1):
            found = [
                (way[0] + _line_cost(room, begin, end, even), [*way[1], begin])
                for begin in range(line - 1, end)
                if (way := ways.get((line - 1, begin))) is not None and _fits_line(room, limits, begin, end)
            ]
            if found:
                ways[line, end] = min(found)
    return ways[count, size][1]


def _fits_line(room: Room, limits: Limits, begin: int, end: int) -> bool:
    return end == begin + 1 or room.width(begin, end) <= limits.chars


def _line_cost(room: Room, begin: int, end: int, even: float) -> float:
    uneven = ((room.width(begin, end) - even) / max(even, 1.0)) ** 2
    at_end = end == len(room.pieces)
    return 20.0 * uneven + (0.0 if at_end else _BREAK_COST[room.pieces[end - 1].ending] / 2)
