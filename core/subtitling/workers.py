"""The workers for speech: each a thread with an engine of its own, added and removed while they work."""

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import get_args

from core.errors import InvalidRequest, NotFound
from core.jobs.local_pool import usable_cores
from core.jobs.runner import JobFunction, Runner
from core.library.library import Library
from core.subtitling.events import WorkersChanged
from core.subtitling.preference_table import MOST_WORKERS
from core.subtitling.preferences import Preferences
from core.subtitling.types import SPEECH_TYPES, PoolStats, WorkerStatus, WorkerType
from core.subtitling.work_thread import MakeThread, plain_thread
from core.subtitling.worker import Engine, Worker
from models.store import ModelStore

__all__ = ["PoolStats", "WorkerPool"]

Functions = Callable[[Library, ModelStore, Engine], Mapping[str, JobFunction]]
EngineMaker = Callable[[ModelStore, str, int, float], Engine]
"""``make(models, device, threads, idle_s)``; device ``cpu`` or ``cuda:0``."""

_Workers = list[Worker]  # inside the class, ``list`` stays what it is


class WorkerPool:
    """Takes jobs of SPEECH_TYPES from the library's queue. Every method may be called from any thread."""

    def __init__(
        self,
        library: Library,
        models: ModelStore,
        preferences: Preferences,
        functions: Functions | None = None,
        make_engine: EngineMaker | None = None,
        make_thread: MakeThread = plain_thread,
    ) -> None:
        """``functions`` and ``make_engine`` are, if None, those of ``core.subtitling.jobs`` and ``core.speech``."""
        self._library = library
        self._models = models
        self._preferences = preferences
        self._functions = functions or _speech_functions
        self._make_engine = make_engine or partial(_speech_engine, library.paths.jobs)
        self._make_thread = make_thread
        self._changes = threading.Lock()  # one change at a time; held while workers are waited for
        self._lock = threading.Lock()  # for the two below
        self._workers: _Workers = []
        self._gone = [0, 0]
        self._began_s: float | None = None

    # ------------------------------------------------------------------ what a person or a program asks

    def start(self) -> None:
        """Begin with as many workers as the preferences say; GPU workers as far as there are GPUs."""
        cpu = self._preferences.number("worker_cpu_count")
        gpu = self._preferences.number("worker_gpu_count")
        self.start_pool(cpu, gpu if gpu and gpu_count() else 0)

    def stop(self, timeout_s: float = 10.0) -> None:
        """Stop all workers; their jobs go back to the queue."""
        self.stop_pool(timeout_s)

    def start_pool(self, cpu: int, gpu: int) -> None:
        """Have exactly so many workers of each type. Raises InvalidRequest (a bad number, no GPU)."""
        for number in (cpu, gpu):
            if not 0 <= number <= MOST_WORKERS:
                raise InvalidRequest(
                    f"There cannot be {number} workers.", action=f"Choose a number from 0 to {MOST_WORKERS}."
                )
        if gpu:
            self._check_device(None)
        with self._changes:
            self._begin()
            for worker_type, wanted in (("cpu", cpu), ("gpu", gpu)):
                present = [one for one in self._now() if one.worker_type == worker_type]
                surplus = sorted(present, key=lambda one: (one.works, one.status().job_id is not None, -one.number))
                self._end(surplus[: max(0, len(present) - wanted)], 10.0)
                for _ in range(wanted - len(present)):
                    self._add("gpu" if worker_type == "gpu" else "cpu", None)

    def stop_pool(self, timeout_s: float = 30.0) -> None:
        """Stop all workers; their jobs go back to the queue. What does not stop in time is killed."""
        with self._changes:
            self._end(self._now(), timeout_s)
            with self._lock:
                self._began_s = None

    def add(self, worker_type: WorkerType, device_id: int | None = None) -> WorkerStatus:
        """One more worker; a GPU worker without ``device_id`` takes the device with the fewest.

        Raises InvalidRequest: no such type or device, or too many workers.
        """
        if worker_type not in get_args(WorkerType):
            raise InvalidRequest(f"There are no workers of the type “{worker_type}”.", action="Choose cpu or gpu.")
        if worker_type == "gpu":
            self._check_device(device_id)
        with self._changes:
            if len(self._now()) >= MOST_WORKERS:
                raise InvalidRequest(f"There are {MOST_WORKERS} workers already.", action="Remove one first.")
            self._begin()
            return self._add(worker_type, device_id if worker_type == "gpu" else None).status()

    def remove(self, worker_id: str, timeout_s: float = 30.0) -> None:
        """Stop a worker; its job goes back to the queue. Raises NotFound."""
        self._find(worker_id)
        with self._changes:
            self._end([self._find(worker_id)], timeout_s)

    def adjust(self) -> None:
        """After a change of the preferences: as many workers as they say, if the pool runs at all."""
        with self._lock:
            runs = self._began_s is not None
        if runs:
            self.start()

    # ------------------------------------------------------------------ what it tells

    def statuses(self) -> list[WorkerStatus]:
        """Every worker, in the order in which they were added."""
        return [one.status() for one in self._now()]

    def status(self, worker_id: str) -> WorkerStatus:
        """One worker. Raises NotFound."""
        return self._find(worker_id).status()

    def stats(self) -> PoolStats:
        """The pool in figures."""
        now = self.statuses()
        with self._lock:
            began_s, (completed, failed) = self._began_s, self._gone
        return PoolStats(
            total=len(now),
            cpu=sum(one.worker_type == "cpu" for one in now),
            gpu=sum(one.worker_type == "gpu" for one in now),
            idle=sum(one.state == "idle" for one in now),
            busy=sum(one.state == "busy" for one in now),
            stopped=sum(one.state in {"stopping", "stopped"} for one in now),
            error=sum(one.state == "error" for one in now),
            jobs_completed=completed + sum(one.jobs_completed for one in now),
            jobs_failed=failed + sum(one.jobs_failed for one in now),
            uptime_s=0.0 if began_s is None else time.monotonic() - began_s,
            running=began_s is not None,
        )

    # ------------------------------------------------------------------ steps; the caller holds ``_changes``

    def _begin(self) -> None:
        with self._lock:
            if self._began_s is not None:
                return
            self._began_s = time.monotonic()
        Runner(self._library, {}, types=SPEECH_TYPES).recover()

    def _add(self, worker_type: WorkerType, device_id: int | None) -> Worker:
        if worker_type == "gpu" and device_id is None:
            device_id = self._least_used_device()
        numbers = {one.number for one in self._now() if one.worker_type == worker_type}
        number = next(one for one in range(MOST_WORKERS + 1) if one not in numbers)
        worker = Worker(
            self._library,
            self._engine_for,
            self._settings_for,
            self._functions_for,
            worker_type=worker_type,
            device_id=device_id,
            number=number,
            make_thread=self._make_thread,
        )
        with self._lock:
            self._workers.append(worker)
        worker.start()
        self._library.events.publish(WorkersChanged())
        return worker

    def _end(self, workers: _Workers, timeout_s: float) -> None:
        if not workers:
            return
        for worker in workers:
            worker.ask_to_stop()
        for worker in workers:
            worker.end(timeout_s)
        with self._lock:
            self._workers = [one for one in self._workers if one not in workers]
            for worker in workers:
                self._gone[0] += worker.jobs_completed
                self._gone[1] += worker.jobs_failed
        self._library.events.publish(WorkersChanged())

    # ------------------------------------------------------------------ small questions

    def _now(self) -> _Workers:
        with self._lock:
            return list(self._workers)

    def _find(self, worker_id: str) -> Worker:
        for worker in self._now():
            if worker.worker_id == worker_id:
                return worker
        raise NotFound(f"There is no worker {worker_id[:100]}.", action="Look at the list of workers.")

    def _check_device(self, device_id: int | None) -> None:
        count = gpu_count()
        if not count:
            raise InvalidRequest(
                "This computer has no GPU that workers can use.", action="Add a CPU worker, or install NVIDIA's driver."
            )
        if device_id is not None and not 0 <= device_id < count:
            raise InvalidRequest(f"There is no GPU {device_id}.", action=f"Choose a number from 0 to {count - 1}.")

    def _least_used_device(self) -> int:
        used = [one.device_id for one in self._now() if one.device_id is not None]
        return min(range(max(1, gpu_count())), key=used.count)

    def _engine_for(self, device: str) -> tuple[Engine, object]:
        """A new engine, and the settings it was made with: with others a worker makes another one."""
        settings = self._settings_for(device)
        return self._make_engine(self._models, device, *settings), settings

    def _settings_for(self, device: str) -> tuple[int, float]:
        """Threads (0 = as the engine likes), and how long an idle model stays in memory."""
        idle_s = self._preferences.number("model_idle_minutes") * 60.0
        threads = self._preferences.number("worker_threads")
        if not threads and device == "cpu":
            workers = sum(one.worker_type == "cpu" for one in self._now())
            threads = max(1, usable_cores() // max(1, workers))
        return threads, idle_s

    def _functions_for(self, engine: Engine) -> Mapping[str, JobFunction]:
        return self._functions(self._library, self._models, engine)


def gpu_count() -> int:
    """How many GPUs there are for workers."""
    from core.scanning.machine import gpus  # noqa: PLC0415  asks the driver, only where somebody wants a GPU

    return len(gpus())


def _speech_functions(library: Library, models: ModelStore, engine: Engine) -> Mapping[str, JobFunction]:
    from core.subtitling.jobs import speech_functions  # noqa: PLC0415  the desktop starts without it

    return speech_functions(library, models, engine)


def _speech_engine(work_folder: Path, models: ModelStore, device: str, threads: int, idle_s: float) -> Engine:
    """Sound is decoded into the library's disk: the system's folder for temporary files may be memory."""
    from core.speech.engine import SpeechEngine  # noqa: PLC0415  the desktop starts without it

    return SpeechEngine(models, device=device, threads=threads or None, idle_s=idle_s, work_folder=work_folder)
