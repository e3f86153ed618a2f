"""The server at work: a port and a thread for each listener, started and stopped as one."""

import asyncio
import errno
import logging
import socket
import sys
import threading
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from types import MappingProxyType

import uvicorn

from app.server.apis import MAIN, ApiSpec, specs_named
from app.server.context import ServerContext
from app.server.hosts import in_url, is_wildcard
from app.server.listener import Listener
from app.server.metrics import Metrics
from core.errors import InvalidRequest, RushesError

log = logging.getLogger(__name__)

MAIN_PORT = 8000
GRACE_S = 2
"""Requests at work get this long to end when the server stops."""
STOP_WITHIN_S = 5.0
SWITCH_INTERVAL_S = 0.001
"""Analysis in this process would else hold up answers for 100 ms."""

Addresses = Mapping[str, str]


class PortTaken(RushesError):
    """A port that another program has, or that this user may not take."""


@dataclass(frozen=True, slots=True)
class ServerChoices:
    """Which APIs run (none named = all) and on which ports; port 0 = a free one.

    ``own_ports`` by listener; an API whose listener has no port there does not run. ``own_hosts`` by listener, for
    those that listen elsewhere than the main one. ``if_free``: listeners that are left out when their port is taken,
    because nobody asked for just that port.
    """

    apis: tuple[str, ...] = ()
    port: int = MAIN_PORT
    own_ports: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    own_hosts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    if_free: frozenset[str] = frozenset()


class ServerSet:
    """All listeners of one context. ``start`` and ``stop`` may be called in any thread, one after the other."""

    def __init__(self, context: ServerContext, choices: ServerChoices) -> None:
        """Raises InvalidRequest for an API that this version does not have."""
        self._context = context
        self._choices = choices
        self._by_listener = _by_listener(specs_named(choices.apis), {MAIN, *choices.own_ports})
        self.left_out: dict[str, str] = {}
        """Listeners of ``choices.if_free`` whose port was taken, and why they cannot have it."""
        self._threads: list[_ListenerThread] = []
        self._quick = False

    def start(self) -> Addresses:
        """Take the ports and begin to answer; returns the address of each listener by name.

        Raises PortTaken, InvalidRequest (a host that is not this computer's); then nothing runs.
        """
        metrics = Metrics()
        try:
            for name, specs in self._by_listener.items():
                host = self._choices.own_hosts.get(name, self._context.settings.host)
                listener = Listener(self._context, specs, metrics, main=name == MAIN, host=host)
                taken = self._take_port(name, host)
                if taken is not None:
                    thread = _ListenerThread(name, listener, taken)
                    self._threads.append(thread)
                    thread.start()
            self._context.start()
        except BaseException:
            self.stop()
            raise
        self._quick = True
        _QUICK_THREADS.begin()
        addresses = {thread.name: thread.address for thread in self._threads}
        self._context.addresses = addresses
        return addresses

    def _take_port(self, name: str, host: str) -> socket.socket | None:
        port = self._choices.port if name == MAIN else self._choices.own_ports[name]
        try:
            return take_port(host, port)
        except PortTaken as error:
            if name not in self._choices.if_free:
                raise
            log.warning("%s So %s has no port of its own this time.", error.message, name)
            self.left_out[name] = error.message
            return None

    def stop(self) -> None:
        """End streams, finish requests at work, give up the ports. Takes a few tenths of a second."""
        for thread in self._threads:
            thread.ask_to_stop()
        self._context.close()
        for thread in self._threads:
            thread.wait()
        self._threads = []
        if self._quick:
            self._quick = False
            _QUICK_THREADS.end()

    @property
    def broken(self) -> bool:
        """Whether a listener ended on its own."""
        return any(not thread.is_alive() for thread in self._threads)


class _QuickThreads:
    """Threads take turns quickly while any server of this process runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._servers = 0
        self._before_s = 0.0

    def begin(self) -> None:
        with self._lock:
            if not self._servers:
                self._before_s = sys.getswitchinterval()
                sys.setswitchinterval(SWITCH_INTERVAL_S)
            self._servers += 1

    def end(self) -> None:
        with self._lock:
            self._servers -= 1
            if not self._servers:
                sys.setswitchinterval(self._before_s)


_QUICK_THREADS = _QuickThreads()


def take_port(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken, InvalidRequest."""
    if not 0 <= port <= 65535:
        raise InvalidRequest(f"{port} is not a port.", action="Choose one from 1 to 65535, or 0 for a free one.")
    try:
        family, _, _, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise InvalidRequest(f"“{host}” is not an address of this computer.", action="Choose another host.") from error
    try:
        return socket.create_server((address[0], port), family=family, backlog=2048)
    except OSError as error:
        raise _port_error(error, host, port) from error


def _port_error(error: OSError, host: str, port: int) -> RushesError:
    if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
        return InvalidRequest(f"“{host}” is not an address of this computer.", action="Choose another host.")
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Port {port} on {host} is taken by another program.",
            action="Stop that program, or choose another port; 0 takes a free one.",
        )
    reason = error.strerror or str(error)
    return PortTaken(f"Port {port} on {host} cannot be used: {reason}.", action="Choose another port.")


def _by_listener(specs: Sequence[ApiSpec], there: Set[str]) -> dict[str, list[ApiSpec]]:
    found: dict[str, list[ApiSpec]] = {}
    for spec in specs:
        for name in spec.listeners:
            if name in there:
                found.setdefault(name, []).append(spec)
    return found


class _Server(uvicorn.Server):
    """Says when it is ready, and in which event loop."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self.ready = ready
        self.loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.ready.set()


class _ListenerThread:
    """A uvicorn server in a thread of its own."""

    def __init__(self, name: str, listener: Listener, taken: socket.socket) -> None:
        self.name = name
        self._listener = listener
        self._socket = taken
        host, port = taken.getsockname()[:2]
        self.address = f"http://{in_url('127.0.0.1' if is_wildcard(host) else host)}:{port}"
        config = uvicorn.Config(
            listener,
            log_config=None,
            access_log=False,  # app.server.exchanges writes one structured line for each request
            ws="none",
            lifespan="on",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        self._ready = threading.Event()
        self._server = _Server(config, self._ready)
        self._thread = threading.Thread(target=self._run, name=f"server-{name}")

    def start(self) -> None:
        """Returns when requests are answered. Raises RushesError when the APIs could not begin."""
        self._thread.start()
        self._ready.wait()
        if not self._server.started:
            self._thread.join()
            raise RushesError(f"The server on {self.address} could not start.", action="Its log has the details.")

    def ask_to_stop(self) -> None:
        self._server.should_exit = True
        if self._server.loop is not None:
            try:
                self._server.loop.call_soon_threadsafe(self._listener.exchanges.end_streams)
            except RuntimeError:
                return  # the loop has ended already

    def wait(self) -> None:
        if self._thread.ident is not None:
            self._thread.join(STOP_WITHIN_S)
            if self._thread.is_alive():
                log.error("the server on %s did not stop in time", self.address)
        self._socket.close()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._server.run([self._socket])
        except Exception:
            log.exception("the server on %s ended", self.address)
        finally:
            self._ready.set()
