"""What subtitling tells the world on the library's event bus."""

from dataclasses import dataclass

from core.jobs.events import Event


@dataclass(frozen=True, slots=True)
class PreferencesChanged(Event):
    """Settings of the automation were changed, made or deleted."""

    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class WorkersChanged(Event):
    """A worker was added, removed or broke: ask for the statuses."""
