"""One speech model for all annotation jobs of a process; what pipelines of one job ask alike is answered once."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from core.errors import Canceled

if TYPE_CHECKING:
    from core.annotate.pipeline import PipelineContext
    from core.speech.engine import SpeechEngine
    from core.speech.types import Diarization, SpeechParams, SpeechSource, Transcript
    from models.store import ModelStore

_LOOK_EVERY_S = 0.1

Bounds: TypeAlias = tuple[int | None, int | None]
"""At least and at most so many speakers; None = as many as are heard."""


class EngineContext:
    """A PipelineContext as a JobContext: what is said in progress and log goes to the pipeline's."""

    def __init__(self, context: "PipelineContext", job_id: str = "annotate") -> None:
        self._context = context
        self._job_id = job_id

    @property
    def job_id(self) -> str:
        """A name for it."""
        return self._job_id

    def progress(self, stage: str, done: int, total: int = 0, *, unit: str = "", overall: float | None = None) -> None:
        """See JobContext; how far the whole job is, only the job knows."""
        del overall
        self._context.progress(stage, done, total, unit=unit)

    def log(self, text: str, *, level: str = "info") -> None:
        """See JobContext: what is no matter of course is told."""
        if level in {"warning", "error"}:
            self._context.warn(text)

    @property
    def canceled(self) -> bool:
        """See JobContext."""
        try:
            self._context.check()
        except Canceled:
            return True
        return False

    def check(self) -> None:
        """See JobContext."""
        self._context.check()


class _Desk:
    """The engine of this process and who may use it: it works for one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: SpeechEngine | None = None
        self._models: ModelStore | None = None
        self._last: tuple[object, Transcript] | None = None
        self._last_speakers: tuple[object, Diarization] | None = None

    def speakers(
        self, source: "SpeechSource", speech: Sequence[tuple[float, float]], bounds: Bounds, context: "PipelineContext"
    ) -> "Diarization":
        """Who speaks when; pipelines of one job that ask the same one after another share the answer."""
        from core.speech import speakers  # noqa: PLC0415  loads onnxruntime and scipy

        asked = (*_state_of(source, context), tuple(speech), bounds)
        last = self._last_speakers
        if last is None or last[0] != asked:
            least, most = bounds
            found = speakers.find_speakers(
                source, speech, context.models, min_speakers=least, max_speakers=most, context=EngineContext(context)
            )
            last = self._last_speakers = asked, found
        return last[1]

    def transcribe(self, source: "SpeechSource", params: "SpeechParams", context: "PipelineContext") -> "Transcript":
        """What is said; pipelines of one job that ask the same one after another share the answer."""
        with self.engine(context.models, context) as engine:
            asked = (*_state_of(source, context), params)
            if self._last is None or self._last[0] != asked:
                self._last = asked, engine.transcribe(source, params, EngineContext(context))
            return self._last[1]

    @contextmanager
    def engine(self, models: "ModelStore", context: "PipelineContext") -> Iterator["SpeechEngine"]:
        """The engine for as long as the block lasts; whoever waits for it can be canceled."""
        while not self._lock.acquire(timeout=_LOOK_EVERY_S):
            context.check()
        try:
            yield self._engine_of(models)
        finally:
            self._lock.release()

    def close(self) -> None:
        engine, self._engine, self._last, self._last_speakers = self._engine, None, None, None
        if engine is not None:
            engine.close()

    def _engine_of(self, models: "ModelStore") -> "SpeechEngine":
        from core.speech.engine import SpeechEngine  # noqa: PLC0415  only where somebody transcribes

        if self._engine is None or self._models is not models:
            self.close()
            self._engine, self._models = SpeechEngine(models), models
        return self._engine


def _state_of(source: "SpeechSource", context: "PipelineContext") -> tuple[object, ...]:
    """What an answer depends on besides what is asked."""
    state = source.path.stat()
    return source, state.st_mtime_ns, state.st_size, context.models.root


_DESK = _Desk()


def transcribe(source: "SpeechSource", params: "SpeechParams", context: "PipelineContext") -> "Transcript":
    """What is said in ``source``, with the process's one engine; raises what SpeechEngine.transcribe raises."""
    return _DESK.transcribe(source, params, context)


def find_speakers(
    source: "SpeechSource", speech: Sequence[tuple[float, float]], bounds: Bounds, context: "PipelineContext"
) -> "Diarization":
    """Who speaks when in the stretches ``speech`` (start_s, end_s); raises what core.speech.speakers raises."""
    return _DESK.speakers(source, speech, bounds, context)


def close_speech_desk() -> None:
    """Give the model's memory back now; work that is under way ends with Canceled. The next job starts it again."""
    _DESK.close()
