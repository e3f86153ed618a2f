"""From labels of frames to turns with exact ends."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from core.speech.speakers.activity import Span
from core.speech.speakers.voices import FRAME_S, Ints
from core.speech.types import Turn

_TOUCH_S = 0.001  # turns are rounded to that


def turns_of(labels: Ints, spans: Sequence[Span]) -> tuple[Turn, ...]:
    """Turns by start: a turn ends where another speaker begins or where the stretch of speech ends.

    ``labels`` int (frames): the speaker of each frame, -1 for none; ``spans`` sorted stretches of speech in seconds.
    """
    found = []
    for start_s, end_s in spans:
        first = round(start_s / FRAME_S)
        last = max(round(end_s / FRAME_S), first + 1)
        inside = labels[first:last]
        borders = [0, *(np.flatnonzero(np.diff(inside)) + 1).tolist(), len(inside)]
        for begin, end in itertools.pairwise(borders):
            if begin == end or inside[begin] < 0:
                continue
            turn_start_s = start_s if begin == 0 else (first + begin) * FRAME_S
            turn_end_s = end_s if end == len(inside) else (first + end) * FRAME_S
            if turn_end_s > turn_start_s:
                found.append(Turn(round(turn_start_s, 3), round(turn_end_s, 3), int(inside[begin])))
    return tuple(found)


def merged(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Turns by start, those of one speaker that touch made one."""
    found: list[Turn] = []
    for turn in sorted(turns, key=lambda one: (one.speaker, one.start_s)):
        if found and found[-1].speaker == turn.speaker and turn.start_s <= found[-1].end_s + _TOUCH_S:
            found[-1] = replace(found[-1], end_s=max(found[-1].end_s, turn.end_s))
        else:
            found.append(turn)
    return tuple(sorted(found, key=lambda one: (one.start_s, one.speaker)))
