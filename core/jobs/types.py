"""A job as plain data, and what its work is given."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class JobState(StrEnum):
    """Core's words for where a job is; each server module translates them to its document's."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def ended(self) -> bool:
        """Whether nothing will happen any more."""
        return self in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED}


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the table ``jobs``. Times are ISO 8601 UTC; ``rate`` is units a second, ``eta_s`` seconds.

    ``done``, ``total``, ``rate`` and ``eta_s`` describe the present stage; ``total`` 0 and ``eta_s`` None = unknown.
    ``overall`` is the fraction of the whole job in [0, 1], None = unknown.
    """

    job_id: str
    type: str
    ep_id: str | None
    state: JobState
    priority: int
    params: dict[str, Any]
    created_at: str
    started_at: str | None = None
    ended_at: str | None = None
    stage: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""
    rate: float = 0.0
    eta_s: float | None = None
    overall: float | None = None
    attempts: int = 0
    message: str = ""
    error: str = ""
    error_action: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    worker: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a job's log. ``at`` is ISO 8601 UTC; ``level`` is debug, info, warning or error."""

    at: str
    level: str
    text: str


class JobContext(Protocol):
    """All that the work of a job knows of jobs."""

    @property
    def job_id(self) -> str:
        """For the log and for names of work folders."""

    def progress(self, stage: str, done: int, total: int = 0, *, unit: str = "", overall: float | None = None) -> None:
        """Say how far ``stage`` is; cheap enough to be called for every frame (it throttles itself)."""

    def log(self, text: str, *, level: str = "info") -> None:
        """Add a line to the job's log."""

    @property
    def canceled(self) -> bool:
        """Whether the person asked to stop."""

    def check(self) -> None:
        """Raise core.errors.Canceled if the person asked to stop. Call it at least twice a second."""
