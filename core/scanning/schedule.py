"""Scans the library when it is time."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import Canceled, Conflict, RushesError
from core.scanning.cron import CronPlan, IntervalPlan, Plan, next_time
from core.scanning.scanner import Scanner
from core.scanning.settings import PreferenceReader, ScanSettings
from core.scanning.types import ScheduleStatus

__all__ = ["Scheduler", "next_time"]

log = logging.getLogger(__name__)

LOOK_AT_CLOCK_EVERY_S = 20.0
"""A wait for hours would not notice that the computer slept or that its clock was set."""
_CLOCK_SET_BACK = timedelta(minutes=2)
_AGAIN_IN = timedelta(minutes=1)


def _now() -> datetime:
    return datetime.now(UTC)


class Scheduler:
    """One thread that waits for the next time. Safe from any thread."""

    def __init__(
        self, scanner: Scanner, preferences: PreferenceReader, *, clock: Callable[[], datetime] = _now
    ) -> None:
        self._scanner = scanner
        self._settings = ScanSettings(preferences)
        self._clock = clock
        self._lock = threading.RLock()
        self._current: _Waiting | None = None
        self._problem = ""
        scanner.report(schedule=self.status)

    def start(
        self,
        cron_expression: str | None = None,
        *,
        interval_minutes: int | None = None,
        paths: Sequence[str | Path] | None = None,
        recursive: bool | None = None,
        catch_up: bool = False,
    ) -> str:
        """Start, or start anew; what is not given comes from the preferences. Returns a message for people.

        A cron expression wins over an interval. ``catch_up``: scan at once when a time passed since the last scan
        while the program was closed. Raises InvalidRequest for a schedule that is none.
        """
        plan = self._plan(cron_expression, interval_minutes)
        recursive = self._settings.recursive if recursive is None else recursive
        with self._lock:
            self._end()
            self._current = _Waiting(self, plan, tuple(paths or ()), recursive, first=self._first(plan, catch_up))
        self._scanner.changed()
        return f"Scheduler started successfully ({plan.words})"

    def stop(self) -> bool:
        """End it now, and a scan of it too; False = it did not run."""
        with self._lock:
            ended = self._end()
        if ended:
            self._scanner.changed()
        return ended

    def status(self) -> ScheduleStatus:
        """Whether it runs and when it scans next."""
        current = self._current
        if current is None:
            return ScheduleStatus(running=False, problem=self._problem)
        due = current.due.isoformat(timespec="seconds")
        return ScheduleStatus(running=True, next_scan_time=due, words=current.plan.words, problem=self._problem)

    # ------------------------------------------------------------------ what its thread asks

    def now(self) -> datetime:
        """The time in UTC."""
        return self._clock()

    def scan(self, paths: Sequence[str | Path], recursive: bool, check: Callable[[], None]) -> bool:
        """Scan; False = another scan runs, try again soon. Trouble is told in the status, and the next time comes."""
        problem = ""
        try:
            self._scanner.scan(paths or None, recursive, check)
        except Conflict:
            return False
        except Canceled:
            log.info("the scheduled scan was canceled")
        except RushesError as error:
            problem = f"The scheduled scan failed: {error}"
            log.warning("%s", problem)
        except Exception as error:
            problem = f"The scheduled scan failed: {error}."
            log.exception("a scheduled scan failed")
        self.tell(problem)
        return True

    def tell(self, problem: str) -> None:
        """Something changed."""
        self._problem = problem
        self._scanner.changed()

    # ------------------------------------------------------------------ steps

    def _plan(self, cron_expression: str | None, interval_minutes: int | None) -> Plan:
        if cron_expression is not None:
            return CronPlan(cron_expression)
        if interval_minutes is not None:
            return IntervalPlan(interval_minutes)
        return CronPlan(self._settings.cron) if self._settings.cron else IntervalPlan(self._settings.interval_minutes)

    def _first(self, plan: Plan, catch_up: bool) -> datetime:
        now = self._clock()
        last = self._scanner.status().last_scan_time if catch_up else None
        missed = last is not None and plan.next_after(datetime.fromisoformat(last)) <= now
        return now if missed else plan.next_after(now)

    def _end(self) -> bool:
        current, self._current = self._current, None
        if current is None:
            return False
        current.stop()
        self._problem = ""
        return True


class _Waiting:
    """A started schedule."""

    def __init__(
        self, scheduler: Scheduler, plan: Plan, paths: Sequence[str | Path], recursive: bool, *, first: datetime
    ) -> None:
        self.plan = plan
        self.due = first
        self._scheduler = scheduler
        self._paths = paths
        self._recursive = recursive
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scan-schedule")
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        before = self._scheduler.now()
        while not self._stopped.is_set():
            now = self._scheduler.now()
            if now < before - _CLOCK_SET_BACK:
                self.due = min(self.due, self.plan.next_after(now))
            before = now
            if now < self.due:
                self._stopped.wait(min(LOOK_AT_CLOCK_EVERY_S, (self.due - now).total_seconds()))
                continue
            self._scan()

    def _scan(self) -> None:
        """However many times were missed, it is one scan; the next time is counted from its end."""
        if self._scheduler.scan(self._paths, self._recursive, self._check):
            self.due = self.plan.next_after(self._scheduler.now())
            self._scheduler.tell(self._scheduler.status().problem)
        else:
            self.due = min(self._scheduler.now() + _AGAIN_IN, self.plan.next_after(self._scheduler.now()))

    def _check(self) -> None:
        if self._stopped.is_set():
            raise Canceled("The schedule was stopped.")
