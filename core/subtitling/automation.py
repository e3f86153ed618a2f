"""Everything that makes subtitles by itself in an open library: settings, workers, rules, scans, schedule, watcher."""

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from core.errors import Interrupted, RushesError
from core.jobs.events import Event, Notice
from core.jobs.types import Job
from core.library.library import Library
from core.scanning.rules import Rules
from core.scanning.scanner import Scanner
from core.scanning.schedule import Scheduler
from core.scanning.types import FileFacts, MatchedAction
from core.scanning.watcher import Watcher
from core.subtitling.events import PreferencesChanged
from core.subtitling.jobs import submit_file
from core.subtitling.preferences import Preferences
from core.subtitling.requests import AsrRequests
from core.subtitling.work_thread import MakeThread, plain_thread
from core.subtitling.workers import WorkerPool
from models.store import ModelStore

log = logging.getLogger(__name__)

_WORKERS = frozenset({"worker_cpu_count", "worker_gpu_count"})
_FOLDERS = frozenset({"library_paths"})
_SCHEDULE = frozenset({"scanner_cron", "scanner_interval_minutes", "scanner_recursive"})
_WATCHING = frozenset({"watcher_settle_s", "watcher_polling", "scanner_recursive"})
_STOP_WITHIN_S = 10.0


class Automation:
    """One for each open library. Making it starts nothing; ``start`` returns at once; close the library after ``stop``.

    Changes of the settings take effect by themselves, in a thread of their own.
    """

    def __init__(self, library: Library, models: ModelStore, *, make_thread: MakeThread = plain_thread) -> None:
        """``make_thread`` makes the threads of the workers."""
        self._library = library
        self.preferences = Preferences(library)
        self.preferences.init_defaults()
        self.workers = WorkerPool(library, models, self.preferences, make_thread=make_thread)
        self.rules = Rules(library)
        self.scanner = Scanner(library, self.rules, self.preferences, self._submit_match)
        self.scheduler = Scheduler(self.scanner, self.preferences)
        self.watcher = Watcher(self.scanner, self.preferences)
        self.requests = AsrRequests(library)
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._lock = threading.Lock()
        self._unsubscribe = library.events.subscribe(self._hear)

    def start(self) -> None:
        """Bring workers, schedule and watcher to life as the settings say, soon. Starting twice does nothing."""
        with self._lock:
            if self._thread is not None or self._stopped:
                return
            self._thread = threading.Thread(target=self._work, name="automation", daemon=True)
        for task in (self.requests.sweep, self.workers.start, self._start_schedule, self._start_watcher):
            self._tasks.put(task)
        self._thread.start()

    def stop(self) -> None:
        """Stop all of it within seconds; jobs at work go back to the queue. Stopping twice does nothing."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            thread = self._thread
        self._unsubscribe()
        self.scanner.cancel()
        self._tasks.put(None)
        if thread is not None:
            thread.join()
        self.watcher.stop()
        self.scheduler.stop()
        self.scanner.cancel()
        self.workers.stop(_STOP_WITHIN_S)
        self.requests.close()

    def submit_file(
        self,
        file_path: str | Path,
        *,
        source_lang: str | None = None,
        target_lang: str | None = None,
        preset: str | None = None,
        task: str | None = None,
        priority: int = 0,
        manual: bool = True,
        overwrite: bool = False,
        must_exist: bool = True,
    ) -> Job:
        """As :func:`core.subtitling.jobs.submit_file`."""
        return submit_file(
            self._library,
            file_path,
            source_lang=source_lang,
            target_lang=target_lang,
            preset=preset,
            task=task,
            priority=priority,
            manual=manual,
            overwrite=overwrite,
            must_exist=must_exist,
        )

    def _submit_match(self, path: Path, action: MatchedAction, _facts: FileFacts) -> Job:
        return submit_file(
            self._library,
            path,
            source_lang=action.source_language or None,
            target_lang=action.target_language,
            preset=action.quality_preset,
            task=action.action_type,
            priority=action.job_priority,
            manual=False,
        )

    # ------------------------------------------------------------------ in its thread

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            if self._stopped:
                return
            self._do(task)

    def _do(self, task: Callable[[], None]) -> None:
        try:
            task()
        except Interrupted:
            log.info("the library was closed while the automation was at work")
        except RushesError as error:
            log.warning("the automation met a problem: %s", error.message)
            self._library.events.publish(Notice("warning", error.message, error.action))
        except Exception as error:
            log.exception("a task of the automation failed")
            self._library.events.publish(Notice("error", f"The automation met a problem: {error}."))

    def _start_schedule(self) -> None:
        if self.preferences.truth("scanner_enabled") and self.preferences.texts("library_paths"):
            self.scheduler.start(catch_up=True)

    def _start_watcher(self) -> None:
        if self.preferences.truth("watcher_enabled") and self.preferences.texts("library_paths"):
            self.watcher.start()

    # ------------------------------------------------------------------ settings that take effect

    def _hear(self, event: Event) -> None:
        if not isinstance(event, PreferencesChanged) or self._thread is None:
            return
        keys = event.keys
        if keys & _WORKERS:
            self._tasks.put(self.workers.adjust)
        if "scanner_enabled" in keys:
            self._tasks.put(self._switch_schedule)
        elif keys & (_FOLDERS | _SCHEDULE):
            self._tasks.put(self._renew_schedule)
        if "watcher_enabled" in keys:
            self._tasks.put(self._switch_watcher)
        elif keys & (_FOLDERS | _WATCHING):
            self._tasks.put(self._renew_watcher)

    def _switch_schedule(self) -> None:
        if self.preferences.truth("scanner_enabled") and self.preferences.texts("library_paths"):
            self.scheduler.start()
        else:
            self.scheduler.stop()

    def _renew_schedule(self) -> None:
        """With other folders or times, or because there are folders now, or none any more."""
        if not self.preferences.texts("library_paths"):
            self.scheduler.stop()
        elif self.preferences.truth("scanner_enabled") or self.scheduler.status().running:
            self.scheduler.start()

    def _switch_watcher(self) -> None:
        if self.preferences.truth("watcher_enabled") and self.preferences.texts("library_paths"):
            self.watcher.start()
        else:
            self.watcher.stop()

    def _renew_watcher(self) -> None:
        if not self.preferences.texts("library_paths"):
            self.watcher.stop()
        elif self.preferences.truth("watcher_enabled") or self.watcher.status().running:
            self.watcher.start()
