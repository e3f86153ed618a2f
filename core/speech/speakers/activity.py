"""Where somebody speaks, finer than what is transcribed: quiet talk around speech belongs to it, long pauses do not."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.speech.speakers.voices import FRAME_S, Bools
from core.speech.voice import WINDOW_S

# meetings recorded from afar are quiet: next to sure speech a fifth of the usual probability is speech
ENTER, LEAVE = 0.15, 0.07
PAUSE_S = 0.4
PAD_S = 0.1

Span = tuple[float, float]
Probabilities = npt.NDArray[np.float32]


def refined(speech: Sequence[Span], probabilities: Probabilities, duration_s: float) -> list[Span]:
    """Stretches of speech (start_s, end_s) in order, not touching each other.

    ``speech`` are the stretches that surely hold speech, ``probabilities`` those of every 32 ms. A stretch that sounds
    like speech counts when it touches one of them; one of them in which nothing sounds like speech counts as it is.
    """
    likely = _likely(probabilities, duration_s)
    found = [span for span in likely if any(_touch(span, sure) for sure in _near(span, speech))]
    alone = [sure for sure in speech if not any(_touch(span, sure) for span in _near(sure, found))]
    return _joined(sorted([*found, *((max(0.0, one[0]), min(duration_s, one[1])) for one in alone)]))


def frames_of(spans: Sequence[Span], duration_s: float) -> Bools:
    """bool (frames): whether the middle of each frame lies in a stretch."""
    active = np.zeros(max(0, round(np.ceil(duration_s / FRAME_S))), np.bool_)
    for start_s, end_s in spans:
        active[round(start_s / FRAME_S) : max(round(end_s / FRAME_S), round(start_s / FRAME_S) + 1)] = True
    return active


def _likely(probabilities: Probabilities, duration_s: float) -> list[Span]:
    above, quiet = probabilities >= ENTER, probabilities < LEAVE
    spans: list[Span] = []
    begun = -1
    for index in np.flatnonzero(above | quiet).tolist():
        if above[index] and begun < 0:
            begun = index
        elif quiet[index] and begun >= 0:
            spans.append((begun * WINDOW_S, index * WINDOW_S))
            begun = -1
    if begun >= 0:
        spans.append((begun * WINDOW_S, duration_s))
    padded = [(max(0.0, start_s - PAD_S), min(duration_s, end_s + PAD_S)) for start_s, end_s in spans]
    return _joined([span for span in padded if span[1] > span[0]])


def _joined(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for start_s, end_s in spans:
        if found and start_s - found[-1][1] < PAUSE_S:
            found[-1] = (found[-1][0], max(found[-1][1], end_s))
        elif end_s > start_s:
            found.append((start_s, end_s))
    return found


def _near(span: Span, others: Sequence[Span]) -> Sequence[Span]:
    """Those of some sorted stretches that may touch one."""
    ends = [other[1] for other in others]
    starts = [other[0] for other in others]
    return others[int(np.searchsorted(ends, span[0])) : int(np.searchsorted(starts, span[1], side="right"))]


def _touch(first: Span, second: Span) -> bool:
    return first[0] <= second[1] and second[0] <= first[1]
