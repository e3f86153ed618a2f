"""The preferences that scanning reads, by key, each with what holds when it is missing or empty."""

import json
from typing import Protocol

from core.errors import InvalidRequest, NotFound
from core.subtitling.types import Preference

LIBRARY_PATHS = "library_paths"
"""JSON list of folders."""
SCHEDULER_ENABLED = "scanner_enabled"
"""Whether the schedule starts with the program."""
CRON = "scanner_cron"
"""Cron expression; wins over the interval when it is set."""
INTERVAL_MINUTES = "scanner_interval_minutes"
RECURSIVE = "scanner_recursive"
WATCHER_ENABLED = "watcher_enabled"
"""Whether the watcher starts with the program."""
SETTLE_S = "watcher_settle_s"
"""A new file is complete when it did not change for so many seconds."""
POLLING = "watcher_polling"
"""Look at the folders again and again instead of being told by the system: for network drives."""

DEFAULT_INTERVAL_MINUTES = 360
DEFAULT_SETTLE_S = 5.0

_TRUE = {"true", "1", "yes", "on"}


class PreferenceReader(Protocol):
    """What scanning needs of ``core.subtitling.preferences.Preferences``."""

    def get(self, key: str) -> Preference:
        """One preference. Raises NotFound."""


class ScanSettings:
    """Reads the preferences anew each time, so that a change holds for the next scan."""

    def __init__(self, preferences: PreferenceReader) -> None:
        self._preferences = preferences

    @property
    def library_paths(self) -> tuple[str, ...]:
        """The folders of the media library. Raises InvalidRequest when the preference is no list of texts."""
        text = self._text(LIBRARY_PATHS)
        if not text:
            return ()
        try:
            paths = json.loads(text)
        except ValueError:
            paths = None
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise InvalidRequest(
                f"The setting {LIBRARY_PATHS} is no list of folders: {text[:200]}",
                action='Write it as ["/media/films", "/media/series"].',
            )
        return tuple(path for path in paths if path.strip())

    @property
    def scheduler_enabled(self) -> bool:
        """Whether the schedule starts with the program."""
        return self._truth(SCHEDULER_ENABLED, default=False)

    @property
    def cron(self) -> str:
        """The cron expression, "" = none."""
        return self._text(CRON)

    @property
    def interval_minutes(self) -> int:
        """Minutes between two scans where no cron expression is set."""
        return max(1, round(self._number(INTERVAL_MINUTES, DEFAULT_INTERVAL_MINUTES)))

    @property
    def recursive(self) -> bool:
        """Whether folders inside the folders count."""
        return self._truth(RECURSIVE, default=True)

    @property
    def watcher_enabled(self) -> bool:
        """Whether the watcher starts with the program."""
        return self._truth(WATCHER_ENABLED, default=False)

    @property
    def settle_s(self) -> float:
        """How long a new file has to stay as it is."""
        return max(0.0, self._number(SETTLE_S, DEFAULT_SETTLE_S))

    @property
    def polling(self) -> bool:
        """Whether the folders are polled."""
        return self._truth(POLLING, default=False)

    def _text(self, key: str) -> str:
        try:
            return (self._preferences.get(key).value or "").strip()
        except NotFound:
            return ""

    def _truth(self, key: str, *, default: bool) -> bool:
        text = self._text(key)
        return text.casefold() in _TRUE if text else default

    def _number(self, key: str, default: float) -> float:
        text = self._text(key)
        if not text:
            return default
        try:
            return float(text)
        except ValueError as error:
            raise InvalidRequest(f"The setting {key} is no number: {text[:100]}", action="Write a number.") from error
