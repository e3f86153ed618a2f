"""Fetching model files away from the Qt thread, one fetch at a time, with progress and cancel."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.desktop.background import Background
from app.desktop.bridge import EventBridge
from core.jobs.events import ModelProgress
from models.errors import RushesError

if TYPE_CHECKING:
    from models.store import ModelStore


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One fetch: the models, and the licences accepted with it."""

    ids: tuple[str, ...]
    accept: tuple[str, ...]


class ModelFetch(QObject):
    """The one place in the desktop that fetches models; pages and dialogs listen to it."""

    started = Signal(object)
    """tuple[str, ...]: ids of models."""
    progressed = Signal(object)
    """ModelProgress, at most 20 times a second per model."""
    ended = Signal(object, object)
    """ids, and None or the exception that ended it (FetchCanceled when the person stopped it)."""

    def __init__(
        self, store: "ModelStore", background: Background, bridge: EventBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._background = background
        self._bridge = bridge
        self._canceled = threading.Event()
        self._ids: tuple[str, ...] = ()
        self._waiting: list[_Wanted] = []
        bridge.model_progress.connect(self.progressed)

    @property
    def ids(self) -> tuple[str, ...]:
        """What is being fetched now; empty when idle."""
        return self._ids

    def is_waiting(self, model_id: str) -> bool:
        """Whether a model stands in the line behind the present fetch."""
        return any(model_id in wanted.ids for wanted in self._waiting)

    def fetch(self, model_ids: Sequence[str], *, accept: Sequence[str] = ()) -> None:
        """Fetch models, after those that are being fetched. ``accept``: licences that the person has just accepted."""
        wanted = _Wanted(tuple(model_ids), tuple(accept))
        if self._ids:
            self._waiting.append(wanted)
            return
        self._begin(wanted)

    def cancel(self) -> None:
        """Stop the present fetch and forget the waiting ones."""
        self._waiting = []
        self._canceled.set()

    def _begin(self, wanted: _Wanted) -> None:
        self._ids = wanted.ids
        self._canceled = threading.Event()
        canceled, store, bridge, stopping = self._canceled, self._store, self._bridge, self._background.stopping

        def report(model_id: str, stage: str, done: int, total: int) -> None:
            bridge.receive(ModelProgress(model_id, stage, done, total))

        def work() -> None:
            for model_id in wanted.accept:
                store.accept_licence(model_id)
            store.fetch(wanted.ids, progress=report, canceled=lambda: canceled.is_set() or stopping.is_set())

        self._background.run_edit(work, lambda _none: self._end(None), failed=self._end, lane="models", owner=self)
        self.started.emit(wanted.ids)

    def _end(self, error: Exception | None) -> None:
        ids, self._ids = self._ids, ()
        self.ended.emit(ids, error)
        if self._waiting and not self._ids:
            self._begin(self._waiting.pop(0))
        if error is not None and not isinstance(error, RushesError):
            raise error
