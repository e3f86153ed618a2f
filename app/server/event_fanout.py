"""Core's events for requests: one subscription to the bus, and a queue for each request that listens."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from core.jobs.events import Event, EventBus

MOST_WAITING = 1_000
"""A listener that falls this far behind is ended; its client connects again."""

Accepts = Callable[[Event], bool]


class EventFanout:
    """Events cross into event loops here and nowhere else. Events are published in any thread."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._lock = threading.Lock()
        self._listeners: list[_Listener] = []
        self._unsubscribe: Callable[[], None] | None = None
        self._closed = False

    @asynccontextmanager
    async def listen(self, accepts: Accepts = lambda _event: True) -> AsyncIterator["Listening"]:
        """Events that ``accepts`` from now on, as an async iterator that ends when the server stops.

        ``accepts`` is called in the thread that published and must return at once.
        """
        listener = _Listener(asyncio.get_running_loop(), accepts)
        self._add(listener)
        try:
            yield Listening(listener)
        finally:
            self._remove(listener)

    def close(self) -> None:
        """End all listeners; who listens from now on ends at once."""
        with self._lock:
            self._closed = True
            listeners, self._listeners = self._listeners, []
            self._stop_listening()
        for listener in listeners:
            listener.end()

    def _add(self, listener: "_Listener") -> None:
        with self._lock:
            if not self._closed:
                self._listeners = [*self._listeners, listener]
                if self._unsubscribe is None:
                    self._unsubscribe = self._bus.subscribe(self._receive)
                return
        listener.end()

    def _remove(self, listener: "_Listener") -> None:
        with self._lock:
            self._listeners = [other for other in self._listeners if other is not listener]
            if not self._listeners:
                self._stop_listening()

    def _stop_listening(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _receive(self, event: Event) -> None:
        for listener in self._listeners:
            listener.receive(event)


class Listening:
    """What a request iterates over."""

    def __init__(self, listener: "_Listener") -> None:
        self._listener = listener
        self.ended = False
        """Set once the server stops, or the listener fell too far behind."""

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._events()

    async def next(self, timeout_s: float) -> Event | None:
        """The next event; None after ``timeout_s`` without one, and when it ``ended``."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self._take()
        except TimeoutError:
            return None

    async def _events(self) -> AsyncIterator[Event]:
        while (event := await self._take()) is not None:
            yield event

    async def _take(self) -> Event | None:
        if self.ended:
            return None
        event = await self._listener.events.get()
        self.ended = event is None
        return event


class _Listener:
    """A queue in one event loop; None in it is the end."""

    def __init__(self, loop: asyncio.AbstractEventLoop, accepts: Accepts) -> None:
        self.events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._loop = loop
        self._accepts = accepts

    def receive(self, event: Event) -> None:
        if self._accepts(event):
            self._soon(self._put, event)

    def end(self) -> None:
        self._soon(self.events.put_nowait, None)

    def _put(self, event: Event | None) -> None:
        waiting = self.events.qsize()
        if waiting < MOST_WAITING:
            self.events.put_nowait(event)
        elif waiting == MOST_WAITING:
            self.events.put_nowait(None)

    def _soon(self, put: Callable[[Event | None], None], event: Event | None) -> None:
        try:
            self._loop.call_soon_threadsafe(put, event)
        except RuntimeError:
            return  # its loop was closed: nobody listens there any more
