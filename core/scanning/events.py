"""What scanning tells the world on the library's event bus."""

from dataclasses import dataclass

from core.jobs.events import Event
from core.scanning.types import ScanProgress


@dataclass(frozen=True, slots=True)
class ScanProgressed(Event):
    """A scan went on; at most about five a second."""

    progress: ScanProgress


@dataclass(frozen=True, slots=True)
class ScannerChanged(Event):
    """A scan began or ended, the schedule or the watcher started, stopped or met a problem: ask for the status."""


@dataclass(frozen=True, slots=True)
class RulesChanged(Event):
    """A scan rule was added, changed or deleted."""

    rule_id: int
