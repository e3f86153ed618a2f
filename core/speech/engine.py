"""Transcribes in a child process that keeps the model loaded. One engine per worker."""

import contextlib
import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from core.errors import Canceled, RushesError
from core.jobs.local_pool import usable_cores
from core.jobs.model_fetching import fetch_default_models
from core.jobs.types import JobContext
from core.speech import engine_child
from core.speech.engine_child import CancelTask, SpeechTask, Told
from core.speech.model_choice import Plan, plan
from core.speech.types import LanguageGuess, Segment, SpeechParams, SpeechSource, Transcript
from models.store import ModelStore

LEAST_LIMIT_S = 30.0
"""The time limit counts at least this much sound: the model always works on windows of 30 s."""
_LOOK_EVERY_S = 0.1
_STOPS_WITHIN_S = 1.0
_END_WITHIN_S = 2.0


class SpeechEngine:
    """A model in a process of its own, so that cancelling is quick, a crash stays outside and memory is given back.

    ``transcribe`` and ``detect_language`` are for one thread at a time; ``release``, ``close`` and ``loaded`` for any.
    The process starts with the first job and ends after ``idle_s`` seconds without one. ``device`` is used where the
    job's params say ``auto``; ``threads`` None: the cores that this process may use. Sound is decoded into
    ``work_folder``, by default the system's for temporary files.
    """

    def __init__(
        self,
        models: ModelStore,
        *,
        device: str = "cpu",
        threads: int | None = None,
        idle_s: float = 300.0,
        work_folder: Path | None = None,
    ) -> None:
        self._models = models
        self._device = device
        self._threads = threads or usable_cores()
        self._idle_s = idle_s
        self._work_folder = work_folder
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._closed = False
        self._number = 0

    def transcribe(
        self,
        source: SpeechSource,
        params: SpeechParams,
        context: JobContext,
        *,
        on_segment: Callable[[Segment], None] | None = None,
    ) -> Transcript:
        """What is said in ``source``. ``on_segment`` gets each segment as soon as it is kept.

        Progress stages: ``models: …``, ``loading``, ``listening``, ``transcribing`` (whole seconds of sound). Raises
        Canceled, MediaMissing, UnsupportedMedia (no sound), InvalidRequest (no such track; a model that cannot do
        it), ModelMissing, ModelCorrupt, UnknownModel, StorageFull, and RushesError for a crash or the time limit.
        """
        result = self._run(source, params, context, on_segment or _ignore, detect=False)
        assert isinstance(result, Transcript)
        return result

    def detect_language(self, source: SpeechSource, params: SpeechParams, context: JobContext) -> LanguageGuess:
        """What language is spoken; code "" where nobody speaks. Raises as ``transcribe``."""
        result = self._run(source, params, context, _ignore, detect=True)
        assert isinstance(result, LanguageGuess)
        return result

    @property
    def loaded(self) -> str | None:
        """Id of the model that is in memory now."""
        with self._lock:
            return self._child.model_id if self._child is not None and self._child.alive else None

    def release(self) -> None:
        """End the child process now, and any job in it with Canceled; the next job starts another."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.end()

    def close(self) -> None:
        """Release for good."""
        self._closed = True
        self.release()

    def _run(
        self,
        source: SpeechSource,
        params: SpeechParams,
        context: JobContext,
        on_segment: Callable[[Segment], None],
        *,
        detect: bool,
    ) -> Transcript | LanguageGuess:
        context.check()
        planned = plan(params, self._models, default_device=self._device, detect=detect)
        fetch_default_models(self._models, [planned.choice.model_id], context, kind="speech")
        task = self._task(source, planned, detect=detect)
        child = self._start(context)
        if not child.send(task):  # it ended for idleness in this very moment
            child = self._start(context)
            child.send(task)
        try:
            return _Watch(child, task, context, on_segment).result()
        except _Gone as gone:
            self._drop(child)
            if self._closed or gone.on_purpose:
                raise Canceled(f"The work on {source.path} was stopped.") from None
            raise RushesError(
                f"The speech model stopped unexpectedly while it worked on {source.path} (exit code {gone.code}).",
                action="Try again; if it happens again, choose a smaller model or check the memory.",
            ) from None
        except _Killed as killed:
            self._drop(child)
            raise killed.error from None

    def _task(self, source: SpeechSource, planned: Plan, *, detect: bool) -> SpeechTask:
        self._number += 1
        return SpeechTask(
            number=self._number,
            source=SpeechSource(source.path.absolute(), source.raw_pcm),
            params=planned.params,
            choice=planned.choice,
            model_path=self._models.path(planned.choice.model_id),
            device=planned.device,
            threads=self._threads if planned.device == "cpu" else 0,
            english_only=planned.english_only,
            detect=detect,
            work_folder=self._work_folder,
            notes=planned.notes,
        )

    def _start(self, context: JobContext) -> "_Child":
        context.progress("loading", 0)
        with self._lock:
            if self._closed:
                raise Canceled("The speech engine was closed.")
            if self._child is None or not self._child.alive:
                if self._child is not None:
                    self._child.end()
                self._child = _Child(self._idle_s)
            return self._child

    def _drop(self, child: "_Child") -> None:
        with self._lock:
            if self._child is child:
                self._child = None
        child.end()


def _ignore(_segment: Segment) -> None:
    """Nobody wants segments as they come."""


class _Gone(Exception):
    """The child's end of the pipe closed."""

    def __init__(self, code: int | None, *, on_purpose: bool) -> None:
        super().__init__(code)
        self.code = code
        self.on_purpose = on_purpose


class _Killed(Exception):
    """The child has to be killed, and this is what to tell."""

    def __init__(self, error: RushesError) -> None:
        super().__init__(error)
        self.error = error


class _Child:
    """One child process, from its start to its end."""

    def __init__(self, idle_s: float) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.pipe: Connection
        self.pipe, theirs = spawn.Pipe()
        self._process: BaseProcess = spawn.Process(
            target=engine_child.main, args=(theirs, idle_s), name="rushes-speech", daemon=True
        )
        self._process.start()
        theirs.close()  # else the pipe would stay open when the child dies
        self.model_id: str | None = None
        self.ended_on_purpose = False

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def exit_code(self) -> int | None:
        self._process.join(_END_WITHIN_S)
        return self._process.exitcode

    def send(self, message: object) -> bool:
        """Whether it could be sent."""
        try:
            self.pipe.send(message)
        except OSError:
            return False
        return True

    def end(self) -> None:
        """Kill it: it holds nothing but memory and temporary files, which go with it."""
        self.ended_on_purpose = True
        self._process.kill()
        self._process.join(_END_WITHIN_S)
        with contextlib.suppress(OSError):
            self.pipe.close()


@dataclass
class _Heard:
    """How far the task is."""

    began_s: float | None = None
    sound_s: float = 0.0


class _Watch:
    """Waits for a task's result, passes its progress on, and ends what is canceled or takes too long."""

    def __init__(
        self, child: _Child, task: SpeechTask, context: JobContext, on_segment: Callable[[Segment], None]
    ) -> None:
        self._child = child
        self._task = task
        self._context = context
        self._on_segment = on_segment
        self._heard = _Heard()
        self._asked_to_stop_s: float | None = None

    def result(self) -> Transcript | LanguageGuess:
        """Raises Canceled, the child's RushesError, _Gone or _Killed."""
        while True:
            message = self._next()
            if message is not None and message.number == self._task.number:
                if message.kind == "done" and message.result is not None:
                    return message.result
                self._take(message)
            self._stop_if_asked()
            self._stop_if_late()

    def _next(self) -> Told | None:
        try:
            if not self._child.pipe.poll(_LOOK_EVERY_S):
                return None
            message = self._child.pipe.recv()
        except (EOFError, OSError):
            raise _Gone(self._child.exit_code, on_purpose=self._child.ended_on_purpose) from None
        assert isinstance(message, Told)
        return message

    def _take(self, message: Told) -> None:
        if message.kind == "loaded":
            self._child.model_id = self._task.choice.model_id
            self._heard.began_s = time.monotonic()
        elif message.kind == "progress":
            self._heard.sound_s = max(self._heard.sound_s, message.done_s, message.total_s)
            self._context.progress(message.stage, int(message.done_s), int(message.total_s), unit="s")
        elif message.kind == "segment" and message.segment is not None:
            self._on_segment(message.segment)
        elif message.kind == "canceled":
            raise Canceled(f"The work on {self._task.source.path} was stopped.")
        elif message.kind == "failed" and message.error is not None:
            if message.details:
                self._context.log(message.details, level="error")
            raise message.error

    def _stop_if_asked(self) -> None:
        if self._asked_to_stop_s is None:
            if self._context.canceled:
                self._asked_to_stop_s = time.monotonic()
                self._child.send(CancelTask(self._task.number))
        elif time.monotonic() - self._asked_to_stop_s > _STOPS_WITHIN_S:
            raise _Killed(Canceled(f"The work on {self._task.source.path} was stopped."))

    def _stop_if_late(self) -> None:
        if self._heard.began_s is None:
            return
        most_s = self._task.params.most_s_per_audio_s * max(LEAST_LIMIT_S, self._heard.sound_s)
        if time.monotonic() - self._heard.began_s > most_s:
            raise _Killed(
                RushesError(
                    f"{self._task.source.path} took longer than {self._task.params.most_s_per_audio_s:g} s for each "
                    "second of sound and was given up.",
                    action="Choose a smaller model or the preset fast, or raise the time limit.",
                )
            )
