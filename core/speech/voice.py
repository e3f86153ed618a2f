"""Where somebody speaks: Silero VAD, as faster-whisper ships it, run over a stream with flat memory.

The network takes 512 samples at 16 kHz (with the 64 before them) and carries a state from one to the next; here that
state is kept between blocks, so that the probabilities are those of the whole sound at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.speech.sound import RATE_HZ, Samples

WINDOW = 512
"""Samples of one probability."""
WINDOW_S = WINDOW / RATE_HZ
_CONTEXT = 64
_STATE = (1, 1, 128)

# Silero's own hysteresis: speech begins at 0.5 and ends below 0.35.
ENTER, LEAVE = 0.5, 0.35
PAUSE_S = 0.4
SHORTEST_S = 0.09
PAD_S = 0.15

Span = tuple[int, int]
"""A voiced stretch in samples, the end not included."""
Probabilities = npt.NDArray[np.float32]


class VoiceDetector:
    """Feed it blocks of any length in order; ``finish`` gives the probability of speech of each 32 ms."""

    def __init__(self) -> None:
        from faster_whisper.vad import get_vad_model  # noqa: PLC0415  loads onnxruntime

        self._session: Any = get_vad_model().session
        self._h = np.zeros(_STATE, np.float32)
        self._c = np.zeros(_STATE, np.float32)
        self._before = np.zeros(_CONTEXT, np.float32)
        self._rest = np.zeros(0, np.float32)
        self._found: list[Probabilities] = []

    def feed(self, block: Samples) -> Probabilities:
        """Probabilities of the windows that this block completes."""
        samples = np.concatenate((self._rest, block))
        count = len(samples) // WINDOW
        self._rest = samples[count * WINDOW :].copy()
        return self._run(samples[: count * WINDOW].reshape(count, WINDOW))

    def finish(self) -> Probabilities:
        """Probabilities of the whole sound, the last window filled up with silence."""
        if len(self._rest):
            self._run(np.pad(self._rest, (0, WINDOW - len(self._rest))).reshape(1, WINDOW))
            self._rest = self._rest[:0]
        return np.concatenate(self._found) if self._found else np.zeros(0, np.float32)

    def _run(self, windows: Samples) -> Probabilities:
        if len(windows) == 0:
            return np.zeros(0, np.float32)
        context = np.concatenate((self._before[np.newaxis], windows[:-1, -_CONTEXT:]))
        self._before = windows[-1, -_CONTEXT:].copy()
        inputs = {"input": np.concatenate((context, windows), axis=1), "h": self._h, "c": self._c}
        output, self._h, self._c = self._session.run(None, inputs)
        found: Probabilities = np.asarray(output, np.float32).reshape(-1)
        self._found.append(found)
        return found


def speech_spans(blocks: Iterable[Samples]) -> list[tuple[float, float]]:
    """Voiced stretches (start_s, end_s) of a stream of 16 kHz mono blocks."""
    detector, total = VoiceDetector(), 0
    for block in blocks:
        detector.feed(block)
        total += len(block)
    return [(start / RATE_HZ, end / RATE_HZ) for start, end in spans_of(detector.finish(), total)]


@dataclass(frozen=True, slots=True)
class Voicing:
    """What counts as speech: it begins at ``enter`` and ends below ``leave``; pauses shorter than ``pause_s`` are
    bridged, stretches shorter than ``shortest_s`` left out, ``pad_s`` of air is put around each.
    """

    enter: float = ENTER
    leave: float = LEAVE
    pause_s: float = PAUSE_S
    shortest_s: float = SHORTEST_S
    pad_s: float = PAD_S


USUAL = Voicing()


def spans_of(probabilities: Probabilities, samples: int, voicing: Voicing = USUAL) -> list[Span]:
    """Voiced stretches with a little air around each; short pauses are bridged."""
    raw = _hysteresis(probabilities, voicing)
    pad, shortest = round(voicing.pad_s * RATE_HZ), voicing.shortest_s * RATE_HZ
    padded = [(max(0, start - pad), min(samples, end + pad)) for start, end in raw if end - start >= shortest]
    return merged(padded, 0)


def merged(spans: Sequence[Span], gap: int) -> list[Span]:
    """Neighbours with at most ``gap`` samples between them become one."""
    found: list[Span] = []
    for start, end in spans:
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif end > start:
            found.append((start, end))
    return found


def _hysteresis(probabilities: Probabilities, voicing: Voicing) -> list[Span]:
    spans: list[Span] = []
    start, quiet = -1, -1
    longest_pause = round(voicing.pause_s / WINDOW_S)
    for index, probability in enumerate(probabilities.tolist()):
        if probability >= voicing.enter:
            start = index if start < 0 else start
            quiet = -1
        elif start >= 0 and probability < voicing.leave:
            quiet = index if quiet < 0 else quiet
            if index - quiet >= longest_pause:
                spans.append((start * WINDOW, quiet * WINDOW))
                start = quiet = -1
    if start >= 0:
        spans.append((start * WINDOW, (quiet if quiet >= 0 else len(probabilities)) * WINDOW))
    return spans


def mean_probability(probabilities: Probabilities, start_s: float, end_s: float) -> float:
    """How sure it is that somebody speaks between two times."""
    first, last = int(start_s / WINDOW_S), int(np.ceil(end_s / WINDOW_S))
    part = probabilities[max(0, first) : max(first + 1, last)]
    return float(part.mean()) if len(part) else 0.0


def share_covered(spans: Sequence[tuple[float, float]], start_s: float, end_s: float) -> float:
    """Part of a stretch that lies in ``spans`` (in seconds, sorted)."""
    if end_s <= start_s:
        return 1.0 if any(first <= start_s <= last for first, last in spans) else 0.0
    covered = sum(max(0.0, min(end_s, last) - max(start_s, first)) for first, last in spans)
    return min(1.0, covered / (end_s - start_s))
