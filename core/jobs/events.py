"""What core tells the world: small frozen records on one bus. The desktop and the server translate them once each."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Root of all events."""


@dataclass(frozen=True, slots=True)
class JobChanged(Event):
    """A job was added or its state, stage or progress changed. ``state`` is a core.jobs.types.JobState value."""

    job_id: str
    type: str
    ep_id: str | None
    state: str


@dataclass(frozen=True, slots=True)
class JobLogged(Event):
    """A line was added to a job's log."""

    job_id: str
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class EpisodeChanged(Event):
    """An episode was added, changed or deleted (``deleted``), or a stage was published (``stage``)."""

    ep_id: str
    stage: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class EditApplied(Event):
    """A person's edit was done, undone or redone; ``change`` is its change set as plain data."""

    ep_id: str
    edit_id: int
    name: str
    direction: str
    change: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CastChanged(Event):
    """A cast member was added, renamed or deleted, or its reference photos changed."""

    cast_id: str


@dataclass(frozen=True, slots=True)
class ProcedureChanged(Event):
    """Something of a procedure is other than before. ``what``: task, video, steps, score, verdict, adapter, index.

    ``subject`` is the id of that thing as text; ``deleted`` when it is gone.
    """

    what: str
    task_id: str
    subject: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class AnnotationChanged(Event):
    """Annotations of a video are other than before. ``what``: media, result, tier.

    ``subject``: the job's id for a result, the tier's id for a tier, as text; ``deleted`` when it is gone.
    """

    what: str
    media_id: int
    subject: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class RenderChanged(Event):
    """A render was asked for, its phase, progress or segments changed, or it is ``deleted``."""

    job_id: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ModelProgress(Event):
    """A model file is being fetched or converted; sizes in bytes, total 0 when unknown."""

    model_id: str
    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Notice(Event):
    """Something a person should know: ``level`` is info, warning or error."""

    level: str
    message: str
    action: str = ""


class EventBus:
    """Hands each event to every subscriber, in the thread that published it. Subscribers must return at once."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Event], None]] = []
        self._lock = threading.Lock()

    def subscribe(self, receive: Callable[[Event], None]) -> Callable[[], None]:
        """Call ``receive`` for every event from now on; returns what ends it."""
        with self._lock:
            self._subscribers = [*self._subscribers, receive]

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers = [other for other in self._subscribers if other is not receive]

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell all subscribers; one that fails is logged and keeps nobody else from hearing it."""
        for receive in self._subscribers:
            try:
                receive(event)
            except Exception:
                log.exception("a subscriber failed on %s", event)
