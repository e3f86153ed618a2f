"""Webhooks of an open library: who is told, and the telling."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from core.errors import RushesError
from core.jobs.events import EditApplied, Event, JobChanged
from core.jobs.types import JobState
from core.library.clock import now_text
from core.library.library import Library
from core.webhooks import deliveries, hooks
from core.webhooks.hooks import EVENTS, Webhook
from core.webhooks.occurrences import Occurrence
from core.webhooks.sender import BACKOFF_S, TIMEOUT_S, Sender

log = logging.getLogger(__name__)

HookList = Sequence[Webhook]


class Webhooks:
    """Nothing is sent until an address was added and :meth:`start` was called. Every address is told at least once:
    after a crash it may hear something twice, with the same ``X-Rushes-Delivery``.
    """

    def __init__(
        self, library: Library, *, timeout_s: float = TIMEOUT_S, backoff_s: Sequence[float] = BACKOFF_S
    ) -> None:
        self._store = library.store
        self._events = library.events
        self._sender = Sender(library.store, timeout_s=timeout_s, backoff_s=backoff_s)
        self._unsubscribe: Callable[[], None] | None = None

    def add(self, url: str, events: Iterable[str] = EVENTS) -> Webhook:
        """Tell ``url`` from now on; the record holds the secret that signs. Raises InvalidRequest."""
        return hooks.add_hook(self._store, url, events)

    def list(self) -> HookList:
        """All addresses, oldest first."""
        return hooks.list_hooks(self._store.read())

    def remove(self, webhook_id: str) -> None:
        """Forget an address and what waits for it. Raises NotFound."""
        hooks.remove_hook(self._store, webhook_id)

    def start(self) -> None:
        """Listen, catch up on what happened since the last time, and begin to send; twice does nothing."""
        if self._unsubscribe is None:
            self._unsubscribe = self._events.subscribe(self._receive)
            self._store.write(deliveries.note_missed)
            self._sender.start()

    def stop(self) -> None:
        """Stop listening and sending; what waits is sent after the next start."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._sender.stop()

    def notify(self, event: str, ep_id: str | None, job_id: str | None, data: Mapping[str, Any]) -> int:
        """Tell something that core has no event for; returns to how many addresses it goes."""
        occurrence = Occurrence(event, ep_id, job_id, now_text(), data)
        added = self._store.write(lambda connection: deliveries.note_directly(connection, occurrence))
        self._sender.wake()
        return added

    def _receive(self, event: Event) -> None:
        match event:
            case JobChanged(job_id=job_id, state=JobState.SUCCEEDED | JobState.FAILED):
                self._note(lambda connection: deliveries.note_job(connection, job_id))
            case EditApplied(edit_id=edit_id, direction="do") if edit_id:
                self._note(lambda connection: deliveries.note_edit(connection, edit_id))
            case _:
                return

    def _note(self, note: Callable[[sqlite3.Connection], int]) -> None:
        """Soon, in the writer's thread: the one that published must not wait."""
        self._store.write_later(note).add_done_callback(self._noted)

    def _noted(self, future: "Future[int]") -> None:
        error = future.exception()
        if error is not None:
            reason = error.message if isinstance(error, RushesError) else repr(error)
            log.warning("an event for webhooks was not noted; it is caught up with at the next start: %s", reason)
        elif future.result():
            self._sender.wake()
