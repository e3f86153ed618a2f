"""Core's events as Qt signals: the one place where they cross into the Qt thread."""

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.jobs.events import (
    AnnotationChanged,
    CastChanged,
    EditApplied,
    EpisodeChanged,
    Event,
    EventBus,
    JobChanged,
    JobLogged,
    ModelProgress,
    Notice,
    ProcedureChanged,
    RenderChanged,
)

FLUSH_EVERY_MS = 50
"""A flood of progress reaches the window at most 20 times a second per job."""


class EventBridge(QObject):
    """Subscribes to a bus; each signal carries the event itself.

    Progress-like events (``JobChanged``, ``JobLogged``, ``RenderChanged``, ``ModelProgress``) are coalesced: only the
    newest of each job, render or model since the last flush is sent. All others are sent in order, none dropped.
    """

    job_changed = Signal(object)
    """JobChanged"""
    job_logged = Signal(object)
    """JobLogged: the job's log grew (the newest line)."""
    episode_changed = Signal(object)
    """EpisodeChanged"""
    edit_applied = Signal(object)
    """EditApplied"""
    cast_changed = Signal(object)
    """CastChanged"""
    procedure_changed = Signal(object)
    """ProcedureChanged"""
    annotation_changed = Signal(object)
    """AnnotationChanged"""
    render_changed = Signal(object)
    """RenderChanged"""
    model_progress = Signal(object)
    """ModelProgress"""
    notice = Signal(object)
    """core.jobs.events.Notice"""

    _woken = Signal()

    def __init__(self, bus: EventBus | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[tuple[object, ...], Event] = {}
        self._count = 0
        self._scheduled = False
        self._flushed_at_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._flush)
        self._woken.connect(self._schedule, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe: Callable[[], None] | None = bus.subscribe(self.receive) if bus is not None else None

    def receive(self, event: Event) -> None:
        """Take an event in any thread; returns at once."""
        with self._lock:
            self._count += 1
            key = _coalescing_key(event) or (self._count,)
            # a newer event of the same key takes the place in line of the newest
            self._waiting.pop(key, None)
            self._waiting[key] = event
            wake = not self._scheduled
            self._scheduled = True
        if wake:
            self._woken.emit()

    def close(self) -> None:
        """Stop listening; what is waiting is dropped."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._timer.stop()
        with self._lock:
            self._waiting = {}

    def _schedule(self) -> None:
        passed_ms = (time.monotonic() - self._flushed_at_s) * 1000
        self._timer.start(max(0, int(FLUSH_EVERY_MS - passed_ms)))

    def _flush(self) -> None:
        with self._lock:
            events = list(self._waiting.values())
            self._waiting = {}
            self._scheduled = False
        self._flushed_at_s = time.monotonic()
        for event in events:
            self._emit(event)

    def _emit(self, event: Event) -> None:
        match event:
            case JobChanged():
                self.job_changed.emit(event)
            case JobLogged():
                self.job_logged.emit(event)
            case EpisodeChanged():
                self.episode_changed.emit(event)
            case EditApplied():
                self.edit_applied.emit(event)
            case CastChanged():
                self.cast_changed.emit(event)
            case ProcedureChanged():
                self.procedure_changed.emit(event)
            case AnnotationChanged():
                self.annotation_changed.emit(event)
            case RenderChanged():
                self.render_changed.emit(event)
            case ModelProgress():
                self.model_progress.emit(event)
            case Notice():
                self.notice.emit(event)
            case _:
                pass


def _coalescing_key(event: Event) -> tuple[object, ...] | None:
    match event:
        case JobChanged():
            return ("job", event.job_id)
        case JobLogged():
            return ("log", event.job_id)
        case RenderChanged():
            return ("render", event.job_id)
        case ModelProgress():
            return ("model", event.model_id)
        case _:
            return None
