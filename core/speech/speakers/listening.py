"""Goes through the sound once and keeps of it what tells voices apart; the sound itself is forgotten block by block."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from core.speech.speakers.activity import ENTER, Span, frames_of, refined
from core.speech.speakers.voices import HOP_S, LONG_S, SHORT_S, Bools, Heard, Vectors
from core.speech.voice import WINDOW_S, VoiceDetector
from models.speaker_embedder import (
    DIM,
    FRAME_SAMPLES,
    PREFIX_FRAMES,
    RATE_HZ,
    STEP_SAMPLES,
    SpeakerEmbedder,
    mel_frames,
)

BLOCK_S = 5.0
FIRST_S = -LONG_S / 2  # so that the first moment lies in the middle of a window too
BATCH = 32
LEVEL = 10 ** (-30 / 20)  # Resemblyzer brings its input to -30 dBFS
QUIETEST = 10 ** (-70 / 20)

_LONG = round(LONG_S * RATE_HZ)
_HOP = round(HOP_S * RATE_HZ)
_HALF = FRAME_SAMPLES // 2
_FRAMES = _LONG // STEP_SAMPLES
_SHORT_PREFIX = round(SHORT_S * RATE_HZ) // STEP_SAMPLES // PREFIX_FRAMES - 1

Samples = npt.NDArray[np.float32]


class Listener:
    """Feed it the sound in order, then ``finish``."""

    def __init__(self, embedder: SpeakerEmbedder, speech: Sequence[Span], check: Callable[[], None]) -> None:
        """``speech``: where somebody speaks, sorted. ``check`` is called between batches and raises to stop."""
        self._embedder = embedder
        self._speech = speech
        self._check = check
        self._detector = VoiceDetector()
        self._likely: list[Bools] = []
        # the buffer begins half a frame before the next window
        self._buffer = np.zeros(-round(FIRST_S * RATE_HZ) + _HALF, np.float32)
        self._windows = 0
        self._samples = 0
        self._long: list[Vectors] = []
        self._short: list[Vectors] = []
        self._listened: list[Bools] = []

    @property
    def heard_s(self) -> float:
        """How much sound was taken."""
        return self._samples / RATE_HZ

    def feed(self, block: Samples) -> None:
        """Take the next samples, 16 kHz mono float32 in [-1, 1]."""
        self._samples += len(block)
        self._likely.append(self._detector.feed(block) >= ENTER)
        self._buffer = np.concatenate([self._buffer, block])
        self._listen()

    def finish(self) -> tuple[Heard, list[Span]]:
        """What was heard, and the stretches of speech in it."""
        duration_s = self.heard_s
        probabilities = self._detector.finish()
        self._likely = [probabilities >= ENTER]
        self._buffer = np.concatenate([self._buffer, np.zeros(_LONG, np.float32)])
        self._listen()
        spans = refined(self._speech, probabilities, duration_s)
        heard = Heard(
            FIRST_S,
            _stacked(self._long),
            _stacked(self._short),
            np.concatenate([*self._listened, np.zeros(0, np.bool_)]),
            frames_of(spans, duration_s),
        )
        return heard, spans

    def _listen(self) -> None:
        """Embed the windows that the buffer holds whole, and forget what lies before the next one."""
        count = (len(self._buffer) - _LONG - FRAME_SAMPLES) // _HOP + 1
        if count <= 0:
            return
        wanted = self._wanted(count)
        long, short = np.zeros((count, DIM), np.float32), np.zeros((count, DIM), np.float32)
        for batch in np.array_split(np.flatnonzero(wanted), -(-int(wanted.sum()) // BATCH) or 1):
            self._check()
            if len(batch):
                vectors = self._embedder.embed_prefixes(self._mel_windows(batch))
                long[batch], short[batch] = vectors[:, -1], vectors[:, _SHORT_PREFIX]
        self._long.append(long)
        self._short.append(short)
        self._listened.append(wanted)
        self._buffer = self._buffer[count * _HOP :].copy()
        self._windows += count

    def _wanted(self, count: int) -> Bools:
        """Windows in which there may be speech."""
        if len(self._likely) > 1:
            self._likely = [np.concatenate(self._likely)]
        summed = np.concatenate([[0], np.cumsum(self._likely[0])])
        starts_s = FIRST_S + HOP_S * (self._windows + np.arange(count))
        first, end = (
            np.clip(np.round(times_s / WINDOW_S).astype(np.intp), 0, len(summed) - 1)
            for times_s in (starts_s, starts_s + LONG_S)
        )
        wanted = summed[end] > summed[first]
        ends = [span[1] for span in self._speech]
        place = np.searchsorted(ends, starts_s, side="right")
        begins = np.array([*(span[0] for span in self._speech), np.inf])
        return np.asarray(wanted | (begins[place] < starts_s + LONG_S), np.bool_)

    def _mel_windows(self, batch: npt.NDArray[np.intp]) -> Vectors:
        """float32 (n, 160, 40) of some windows of the buffer, each brought to the same loudness."""
        first, last = int(batch[0]), int(batch[-1])
        sound = self._buffer[first * _HOP : last * _HOP + _LONG + FRAME_SAMPLES]
        mel = mel_frames(sound)
        energy = np.concatenate([[0.0], np.cumsum(sound.astype(np.float64) ** 2)])
        starts = (batch - first) * _HOP
        power = (energy[starts + _HALF + _LONG] - energy[starts + _HALF]) / _LONG
        gains = LEVEL**2 / np.maximum(power, QUIETEST**2)
        windows = np.stack([mel[start : start + _FRAMES] for start in starts // STEP_SAMPLES])
        return np.asarray(windows * gains[:, None, None], np.float32)


def listen(
    blocks: Iterable[Samples],
    speech: Sequence[Span],
    embedder: SpeakerEmbedder,
    *,
    check: Callable[[], None],
    told: Callable[[float], None],
) -> tuple[Heard, list[Span]]:
    """Everything that is kept of a stream of sound; ``told`` gets the seconds heard so far."""
    listener = Listener(embedder, speech, check)
    for block in blocks:
        check()
        listener.feed(block)
        told(listener.heard_s)
    return listener.finish()


def _stacked(parts: Sequence[Vectors]) -> Vectors:
    return np.concatenate([*parts, np.zeros((0, DIM), np.float32)])
