"""An engine that hears what it is told to hear: everything around the model is real, the model is not."""

import threading
from collections.abc import Callable
from pathlib import Path

from core.errors import Canceled, RushesError
from core.jobs.types import JobContext
from core.speech.types import Dropped, LanguageGuess, Segment, SpeechParams, SpeechSource, Transcript, Word

HOLA = ("Hola a todos.", "Buenos días.")


def segments(texts: tuple[str, ...] = HOLA, language: str = "es") -> tuple[Segment, ...]:
    """One after another, two seconds each, every word with its time."""
    made = []
    for number, text in enumerate(texts):
        begin, words = number * 3.0, text.split()
        step = 2.0 / len(words)
        made.append(
            Segment(
                start_s=begin,
                end_s=begin + 2.0,
                text=text,
                words=tuple(
                    Word(begin + at * step, begin + (at + 1) * step, f" {word}", 0.9) for at, word in enumerate(words)
                ),
                language=language,
                avg_logprob=-0.2,
                no_speech_prob=0.01,
                compression_ratio=1.1,
            )
        )
    return tuple(made)


def transcript(texts: tuple[str, ...] = HOLA, language: str = "es", *, task: str = "transcribe") -> Transcript:
    """What is said; no texts = nobody speaks."""
    said = segments(texts, language)
    guess = LanguageGuess(language, "Spanish", 0.97) if said else LanguageGuess("", "", 0.0)
    return Transcript(
        segments=said,
        dropped=(Dropped(20.0, 21.0, "Thanks for watching!", "a stock line where nobody speaks"),),
        speech=tuple((one.start_s, one.end_s) for one in said),
        language=guess,
        task="translate" if task == "translate" else "transcribe",
        model="whisper-base",
        device="cpu",
        stream_index=1,
        duration_s=8.0,
        took_s=0.5,
        notes=("The audio track 1 (spa) was taken.",),
    )


class GivenEngine:
    """Hears ``heard`` (or raises ``error``). While ``gate`` is closed, work goes on until it is canceled or closed."""

    def __init__(self, device: str = "cpu", threads: int = 1, idle_s: float = 300.0) -> None:
        self.device = device
        self.made_with = (threads, idle_s)
        self.heard: Transcript | None = None
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.working = threading.Event()
        self.sources: list[SpeechSource] = []
        self.params: list[SpeechParams] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.closed = False
        self.deaf = False

    def transcribe(
        self,
        source: SpeechSource,
        params: SpeechParams,
        context: JobContext,
        *,
        on_segment: Callable[[Segment], None] | None = None,
    ) -> Transcript:
        self._work(source, params, context)
        heard = self.heard or transcript(task=params.task)
        if on_segment is not None:
            for segment in heard.segments:
                on_segment(segment)
        return heard

    def detect_language(self, source: SpeechSource, params: SpeechParams, context: JobContext) -> LanguageGuess:
        self._work(source, params, context)
        return (self.heard or transcript()).language

    @property
    def loaded(self) -> str | None:
        return "whisper-base"

    def release(self) -> None:
        self.closed = True

    def close(self) -> None:
        self.closed = True

    def _work(self, source: SpeechSource, params: SpeechParams, context: JobContext) -> None:
        assert not self.closed
        assert source.path.is_file()
        self.sources.append(source)
        self.params.append(params)
        context.progress("transcribing", 4, 8, unit="s")
        self.working.set()
        self.meanwhile()
        while not self.gate.wait(0.01):
            if self.closed:
                raise RushesError("The process of the model is gone.")
            if not self.deaf and context.canceled:
                raise Canceled("It was stopped.")
        if self.error is not None:
            raise self.error


def sound_file(path: Path) -> Path:
    """A file with something in it; the engine above does not look what."""
    path.write_bytes(b"sound" * 40)
    return path
