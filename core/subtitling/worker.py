"""One worker for speech: a thread that takes jobs, and an engine that has the model in a process of its own."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from core.errors import Canceled, DeviceUnavailable, RushesError
from core.jobs.runner import JobFunction, Runner
from core.jobs.types import Job, JobContext
from core.library.library import Library
from core.speech.types import LanguageGuess, Segment, SpeechParams, SpeechSource, Transcript
from core.subtitling.events import WorkersChanged
from core.subtitling.types import SPEECH_TYPES, WorkerState, WorkerStatus, WorkerType
from core.subtitling.work_thread import MakeThread, plain_thread

log = logging.getLogger(__name__)

_KILLED_WITHIN_S = 5.0
_STOPS_BY_ITSELF_S = 3.0
"""The engine kills its process two seconds after a job was canceled."""


class Engine(Protocol):
    """What a worker needs of ``core.speech.engine.SpeechEngine``."""

    def transcribe(
        self,
        source: SpeechSource,
        params: SpeechParams,
        context: JobContext,
        *,
        on_segment: Callable[[Segment], None] | None = None,
    ) -> Transcript:
        """What is said."""

    def detect_language(self, source: SpeechSource, params: SpeechParams, context: JobContext) -> LanguageGuess:
        """What language is spoken."""

    @property
    def loaded(self) -> str | None:
        """The model in memory."""

    def release(self) -> None:
        """End the process now."""

    def close(self) -> None:
        """Release for good."""


EngineFor = Callable[[str], tuple[Engine, object]]
SettingsFor = Callable[[str], object]
FunctionsFor = Callable[[Engine], Mapping[str, JobFunction]]


class Worker:
    """Begins with ``start``; after ``ask_to_stop`` it takes no job any more, and ``end`` waits until it is gone."""

    def __init__(
        self,
        library: Library,
        engine_for: EngineFor,
        settings_for: SettingsFor,
        functions_for: FunctionsFor,
        worker_type: WorkerType,
        device_id: int | None,
        number: int,
        make_thread: MakeThread = plain_thread,
    ) -> None:
        """``engine_for(device)`` makes an engine with the settings of ``settings_for(device)``, and tells them."""
        self.worker_type: WorkerType = worker_type
        self.device_id = device_id
        self.number = number
        self.worker_id = f"worker-{worker_type}-{number}"
        self.jobs_completed = 0
        self.jobs_failed = 0
        self._library = library
        self._device = "cpu" if device_id is None else f"cuda:{device_id}"
        self._engine_for = engine_for
        self._settings_for = settings_for
        self._functions_for = functions_for
        self._engine: Engine | None = None
        self._made_with: object = None
        self._began_s = time.monotonic()
        self._stop = threading.Event()
        self._asked = False
        self._job_id: str | None = None
        self._problem = ""
        self._thread = make_thread(self._work, self.worker_id)

    @property
    def works(self) -> bool:
        """Whether it can take jobs."""
        return not self._problem and not self._asked and self._thread.is_alive()

    def start(self) -> None:
        """Take jobs from now on."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Stop soon; a job at work goes back to the queue."""
        self._asked = True
        self._stop.set()

    def end(self, timeout_s: float) -> None:
        """Wait for it and give its memory back; an engine that does not stop in ``timeout_s`` is killed."""
        self._thread.join(min(timeout_s, _STOPS_BY_ITSELF_S) if self._job_id is not None else timeout_s)
        self._close_engine()
        self._thread.join(_KILLED_WITHIN_S)
        if self._thread.is_alive():
            log.error("%s did not stop; it ends with the program", self.worker_id)

    def status(self) -> WorkerStatus:
        """What it does now."""
        job = self._job_now()
        return WorkerStatus(
            worker_id=self.worker_id,
            worker_type=self.worker_type,
            device_id=self.device_id,
            state=self._state(job),
            job_id=job.job_id if job is not None else None,
            jobs_completed=self.jobs_completed,
            jobs_failed=self.jobs_failed,
            uptime_s=time.monotonic() - self._began_s,
            progress=_percent(job),
            eta_s=job.eta_s if job is not None else None,
            problem=self._problem,
        )

    # ------------------------------------------------------------------ in its thread

    def _work(self) -> None:
        functions: dict[str, JobFunction] = dict.fromkeys(SPEECH_TYPES, self._run)
        try:
            Runner(self._library, functions, types=SPEECH_TYPES, worker=self.worker_id).work(self._stop)
        except Exception as error:
            if not self._asked:
                log.exception("%s broke", self.worker_id)
                self._problem = f"It stopped unexpectedly: {type(error).__name__} {error}".strip()
        finally:
            self._close_engine()
            if self._problem:
                self._library.events.publish(WorkersChanged())

    def _run(self, job: Job, context: JobContext) -> dict[str, Any]:
        self._job_id = job.job_id
        try:
            result = self._functions()[job.type](job, context)
        except Canceled:
            raise
        except Exception as error:
            if isinstance(error, DeviceUnavailable) and self.worker_type == "gpu":
                self._break(error)
                raise Canceled(error.message, action=error.action) from error  # another worker may do it
            if self._stop.is_set():  # the engine was taken away below its feet
                raise Canceled(f"{self.worker_id} was stopped.") from error
            self.jobs_failed += 1
            raise
        else:
            self.jobs_completed += 1
            return result
        finally:
            self._job_id = None

    def _functions(self) -> Mapping[str, JobFunction]:
        """Those of the engine, which is made anew when its settings were changed."""
        if self._engine is None or self._settings_for(self._device) != self._made_with:
            self._close_engine()
            self._engine, self._made_with = self._engine_for(self._device)
        return self._functions_for(self._engine)

    def _break(self, error: RushesError) -> None:
        self._problem = f"{error.message} {error.action}".strip()
        self._stop.set()

    def _close_engine(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    # ------------------------------------------------------------------ for others

    def _state(self, job: Job | None) -> WorkerState:
        if self._problem:
            return "error"
        if self._asked:
            return "stopping" if self._thread.is_alive() else "stopped"
        return "busy" if job is not None else "idle"

    def _job_now(self) -> Job | None:
        job_id = self._job_id
        if job_id is None:
            return None
        try:
            return self._library.jobs.get(job_id)
        except RushesError:
            return None  # it ended and was taken off the list in this moment


def _percent(job: Job | None) -> float:
    if job is None:
        return 0.0
    fraction = job.overall if job.overall is not None else (job.done / job.total if job.total else 0.0)
    return min(1.0, max(0.0, fraction)) * 100
