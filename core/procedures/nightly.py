"""Trains every night at a set hour, when there is enough that is new."""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.audit import log as audit
from core.errors import InvalidRequest, RushesError

if TYPE_CHECKING:
    from core.library.library import Library

log = logging.getLogger(__name__)

NIGHTLY = "nightly"
LOOK_AT_CLOCK_EVERY_S = 20.0
"""A wait for hours would not notice that the computer slept or that its clock was set."""
_CLOCK_SET_BACK = timedelta(minutes=2)
_ENABLED, _HOUR, _MIN_NEW = "nightly_enabled", "nightly_hour_local", "nightly_min_new_videos"
_VARIABLES = {
    _ENABLED: "SOPILOT_NIGHTLY_ENABLED",
    _HOUR: "SOPILOT_NIGHTLY_HOUR_LOCAL",
    _MIN_NEW: "SOPILOT_NIGHTLY_MIN_NEW_VIDEOS",
}
_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}
_MOST_NEW = 1_000_000


@dataclass(frozen=True, slots=True)
class NightlySettings:
    """``hour_local`` 0 to 23. Fewer than ``min_new_videos`` to learn from that were not learned from: skipped."""

    enabled: bool = False
    hour_local: int = 2
    min_new_videos: int = 10


def read_settings(library: "Library", environment: Mapping[str, str] | None = None) -> NightlySettings:
    """What people set; where they set nothing the environment's SOPILOT_NIGHTLY_*; else as usual."""
    environment = os.environ if environment is None else environment
    usual = NightlySettings()
    rows = library.store.read().execute("SELECT key, value FROM settings WHERE key LIKE 'nightly\\_%' ESCAPE '\\'")
    there = {row["key"]: row["value"] for row in rows}
    texts = {key: there.get(key, environment.get(variable, "")) for key, variable in _VARIABLES.items()}
    return NightlySettings(
        enabled=_truth(texts[_ENABLED], usual.enabled),
        hour_local=_number(texts[_HOUR], usual.hour_local, 0, 23),
        min_new_videos=_number(texts[_MIN_NEW], usual.min_new_videos, 1, _MOST_NEW),
    )


def write_settings(library: "Library", settings: NightlySettings, *, actor: str) -> None:
    """Set them for good; the audit trail says who. Raises InvalidRequest for a value out of its bounds."""
    for name, value, lowest, highest in (
        ("hour", settings.hour_local, 0, 23),
        ("number of new videos", settings.min_new_videos, 1, _MOST_NEW),
    ):
        if not lowest <= value <= highest:
            raise InvalidRequest(
                f"The {name} of the nightly training is {value}.", action=f"Use {lowest} to {highest}."
            )
    rows = {
        _ENABLED: "true" if settings.enabled else "false",
        _HOUR: str(settings.hour_local),
        _MIN_NEW: str(settings.min_new_videos),
    }

    def put(connection: sqlite3.Connection) -> None:
        connection.executemany("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", list(rows.items()))
        audit.append(connection, kind="setting", subject="nightly training", actor=actor, details=dict(rows))

    library.store.write(put)


class Nightly:
    """One thread that waits for the hour. It starts nothing while it is not enabled, and heeds changes by itself.

    Safe from any thread; stop it before the library closes.
    """

    def __init__(
        self,
        library: "Library",
        *,
        environment: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        """``clock`` tells the local time, without a zone."""
        self._library = library
        self._environment = environment
        self._clock = clock
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to wait. Starting twice does nothing."""
        with self._lock:
            if self._thread is None:
                self._stopped.clear()
                self._thread = threading.Thread(target=self._run, name="nightly-training")
                self._thread.start()

    def stop(self) -> None:
        """End the waiting and wait for its thread; a job that was asked for stays. Stopping twice does nothing."""
        with self._lock:
            thread, self._thread = self._thread, None
            self._stopped.set()
        if thread is not None:
            thread.join()

    def settings(self) -> NightlySettings:
        """What holds now."""
        return read_settings(self._library, self._environment)

    def status(self) -> dict[str, Any]:
        """The fields of the API's document; ``next_run_local`` is None while it is not enabled."""
        settings = self.settings()
        due = next_run(self._clock(), settings.hour_local).isoformat(timespec="seconds") if settings.enabled else None
        return {
            "enabled": settings.enabled,
            "next_run_local": due,
            "hour_local": settings.hour_local,
            "min_new_videos": settings.min_new_videos,
        }

    def _run(self) -> None:
        before = self._clock()
        while not self._stopped.wait(LOOK_AT_CLOCK_EVERY_S):
            before = self.look(before)

    def look(self, before: datetime) -> datetime:
        """Ask for a training if the hour has come since ``before``; returns the time to look from next."""
        now = self._clock()
        settings = self.settings()
        if now < before - _CLOCK_SET_BACK:
            return now
        if settings.enabled and next_run(before, settings.hour_local) <= now:
            self._ask()
        return max(now, before)

    def _ask(self) -> None:
        try:
            self._library.procedures.request_training(trigger=NIGHTLY, requested_by=NIGHTLY)
        except RushesError as error:
            log.warning("the nightly training was not asked for: %s", error)
        except Exception:
            log.exception("the nightly training was not asked for")


def next_run(after: datetime, hour_local: int) -> datetime:
    """The next full ``hour_local`` after a local time."""
    due = after.replace(hour=hour_local, minute=0, second=0, microsecond=0)
    return due if due > after else due + timedelta(days=1)


def _truth(text: str, usual: bool) -> bool:
    word = text.strip().lower()
    if word and word not in _TRUE | _FALSE:
        log.warning("“%s” says neither yes nor no for the nightly training", text)
    return word in _TRUE if word in _TRUE | _FALSE else usual


def _number(text: str, usual: int, lowest: int, highest: int) -> int:
    try:
        number = int(text) if text.strip() else usual
    except ValueError:
        log.warning("“%s” is no number for the nightly training", text)
        return usual
    return min(highest, max(lowest, number))
