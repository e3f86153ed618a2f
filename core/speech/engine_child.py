"""The process that holds a speech model: it is sent tasks through a pipe and answers with progress and a result.

It ends by itself when it was idle for long, and at once when the pipe closes because its parent is gone.
"""

import contextlib
import importlib
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from core.errors import Canceled, ModelCorrupt, RushesError
from core.jobs.disk_trouble import disk_trouble
from core.speech.presets import Choice
from core.speech.types import LanguageGuess, Segment, SpeechParams, SpeechSource, Transcript

NICER_BY = 5
TELL_EVERY_S = 0.1
ORPHANED_EXIT_CODE = 70


@dataclass(frozen=True, slots=True)
class SpeechTask:
    """What the child is to do. ``detect``: only the language. ``threads``: 0 = as the library wants."""

    number: int
    source: SpeechSource
    params: SpeechParams
    choice: Choice
    model_path: Path
    device: str
    threads: int
    english_only: bool = False
    detect: bool = False
    work_folder: Path | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelTask:
    """Stop the task of that number."""

    number: int


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the child. ``kind``: loaded, progress, segment, done, failed, canceled."""

    number: int
    kind: str
    stage: str = ""
    done_s: float = 0.0
    total_s: float = 0.0
    segment: Segment | None = None
    result: Transcript | LanguageGuess | None = None
    error: Exception | None = None
    details: str = ""


@dataclass
class _Inbox:
    """What arrived: tasks in order, and the numbers of those that were canceled."""

    tasks: "queue.SimpleQueue[SpeechTask]" = field(default_factory=queue.SimpleQueue)
    canceled: set[int] = field(default_factory=set)


def main(pipe: Connection, idle_s: float) -> None:
    """Work until the pipe closes or ``idle_s`` seconds pass without a task."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which then ends this process
    _lower_priority()
    _quiet_bars()
    inbox = _Inbox()
    threading.Thread(target=_receive, args=(pipe, inbox), name="speech-inbox", daemon=True).start()
    holder = _Holder()
    while True:
        try:
            task = inbox.tasks.get(timeout=idle_s)
        except queue.Empty:
            os._exit(0)  # nothing is open that would need closing; the model's memory goes with the process
        _work(task, holder, inbox, pipe)


def _receive(pipe: Connection, inbox: _Inbox) -> None:
    try:
        while True:
            message = pipe.recv()
            if isinstance(message, CancelTask):
                inbox.canceled.add(message.number)
            else:
                inbox.tasks.put(message)
    except (EOFError, OSError):
        os._exit(ORPHANED_EXIT_CODE)


class _Holder:
    """The model that is loaded now."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._model: Any = None

    def model(self, task: SpeechTask) -> Any:
        """The task's model, loaded if it is not the one in memory. Raises ModelCorrupt, RushesError."""
        key = (task.model_path, task.device, task.choice.compute_type, task.threads)
        if key != self._key:
            self._model, self._key = None, ()  # before the next one needs the room
            self._model = load_model(task.model_path, task.device, task.choice.compute_type, task.threads)
            self._key = key
        return self._model

    def forget(self) -> None:
        """After trouble on the device, the next task loads anew."""
        self._model, self._key = None, ()


def load_model(path: Path, device: str, compute_type: str, threads: int) -> Any:
    """A ``faster_whisper.WhisperModel``. ``compute_type`` ``auto``: the smallest that the device is quick with.

    Raises ModelCorrupt, RushesError (not enough memory, a device that does not work).
    """
    import ctranslate2  # noqa: PLC0415  heavy, and only for this process
    from faster_whisper import WhisperModel  # noqa: PLC0415

    ctranslate2.set_random_seed(0)  # the same sound gives the same text
    kind, _, index = device.partition(":")
    try:
        return WhisperModel(
            str(path),
            device=kind,
            device_index=int(index or 0),
            compute_type=best_compute_type(kind, int(index or 0)) if compute_type == "auto" else compute_type,
            cpu_threads=threads,
            local_files_only=True,
        )
    except (RuntimeError, ValueError, MemoryError) as error:
        raise _loading_error(path, device, compute_type, error) from error


def best_compute_type(kind: str, index: int) -> str:
    """Of what CTranslate2 supports on the device: float16 on a graphics card, int8 on the processor."""
    import ctranslate2  # noqa: PLC0415

    supported = ctranslate2.get_supported_compute_types(kind, index)
    wanted = ("float16", "int8_float16", "int8_float32", "int8") if kind == "cuda" else ("int8", "int8_float32")
    return next((one for one in wanted if one in supported), "default")


def _loading_error(path: Path, device: str, compute_type: str, error: Exception) -> RushesError:
    text = str(error).strip() or type(error).__name__
    if _is_out_of_memory(error):
        return RushesError(f"There is not enough memory on {device} for the model in {path}.", action=_SMALLER)
    if "compute type" in text.lower() or "compute_type" in text.lower():
        return RushesError(f"{device} cannot compute in {compute_type}: {text}", action="Choose the compute type auto.")
    if "cuda" in text.lower():
        return RushesError(f"{device} cannot be used: {text}", action="Choose the processor, or check the driver.")
    return ModelCorrupt(f"The model in {path} cannot be loaded: {text}", action="Fetch it again.")


_SMALLER = "Choose a smaller model or the processor, or close programs that use the memory."


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower() or "bad_alloc" in str(error)


def _work(task: SpeechTask, holder: _Holder, inbox: _Inbox, pipe: Connection) -> None:
    teller = _Teller(task.number, inbox, pipe)
    try:
        model = holder.model(task)
        teller.tell(Told(task.number, "loaded"))
        teller.tell(Told(task.number, "done", result=_result(task, model, teller)))
    except Canceled:
        teller.tell(Told(task.number, "canceled"))
    except RushesError as error:
        teller.tell(Told(task.number, "failed", error=error))
    except Exception as error:  # noqa: BLE001  told to the parent, which puts it into words
        holder.forget()
        teller.tell(
            Told(task.number, "failed", error=_in_words(task, error), details=f"{type(error).__name__}: {error}")
        )
    inbox.canceled.discard(task.number)


def _result(task: SpeechTask, model: Any, teller: "_Teller") -> Transcript | LanguageGuess:
    from core.speech import pipeline  # noqa: PLC0415  the process starts before it is needed

    if task.detect:
        return pipeline.detect_language(task.source, task.params, model, listener=teller, work_folder=task.work_folder)
    return pipeline.transcribe(
        task.source,
        task.params,
        model,
        choice=task.choice,
        listener=teller,
        device=task.device,
        english_only=task.english_only,
        work_folder=task.work_folder,
        notes=task.notes,
    )


def _in_words(task: SpeechTask, error: Exception) -> RushesError:
    if _is_out_of_memory(error):
        return RushesError(
            f"There is not enough memory on {task.device} to transcribe {task.source.path}.", action=_SMALLER
        )
    if isinstance(error, OSError) and (trouble := disk_trouble(error)) is not None:
        return trouble
    return RushesError(
        f"{task.source.path} could not be transcribed: {error or type(error).__name__}.",
        action="Try again; the log has the details.",
    )


class _Teller:
    """The pipeline's listener: passes on to the parent, not more often than somebody can read."""

    def __init__(self, number: int, inbox: _Inbox, pipe: Connection) -> None:
        self._number = number
        self._inbox = inbox
        self._pipe = pipe
        self._told_at_s = 0.0
        self._stage = ""

    def tell(self, message: Told) -> None:
        """Send a message; a parent that is gone ends this process from the thread that listens."""
        with contextlib.suppress(OSError):
            self._pipe.send(message)

    def progress(self, stage: str, done_s: float, total_s: float) -> None:
        """As pipeline.Listener."""
        now_s = time.monotonic()
        if stage == self._stage and now_s - self._told_at_s < TELL_EVERY_S and done_s < total_s:
            return
        self._stage, self._told_at_s = stage, now_s
        self.tell(Told(self._number, "progress", stage=stage, done_s=done_s, total_s=total_s))

    def segment(self, segment: Segment) -> None:
        """As pipeline.Listener."""
        self.tell(Told(self._number, "segment", segment=segment))

    def check(self) -> None:
        """As pipeline.Listener."""
        if self._number in self._inbox.canceled:
            raise Canceled("The transcription was stopped.")


def _quiet_bars() -> None:
    """faster-whisper makes progress bars that nobody sees; their lock between processes would outlive a killed one."""
    importlib.import_module("tqdm").tqdm.set_lock(threading.RLock())


def _lower_priority() -> None:
    """Below the window, above the analysis: somebody may wait for a subtitle."""
    with contextlib.suppress(OSError, psutil.Error):
        if sys.platform == "win32":
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            os.nice(NICER_BY)
