"""The HTTP server of the open library in this process: on and off without a restart."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.desktop.background import Background
from app.desktop.settings import AppSettings
from models.errors import RushesError

if TYPE_CHECKING:
    from app.server.running import ServerSet
    from core.library.library import Library
    from core.procedures.nightly import Nightly
    from core.subtitling.automation import Automation
    from models.store import ModelStore

log = logging.getLogger(__name__)

LANE = "serving"
THIS_COMPUTER = "127.0.0.1"
EVERY_NETWORK = "0.0.0.0"  # noqa: S104  a person's choice, and every request then needs a key
MAIN_PORT = 8000
VIDEOANNOTATOR, PYTOON = "videoannotator", "pytoon"
OWN_PORTS = {VIDEOANNOTATOR: 18011, PYTOON: 8080}
"""Where clients of an API look for it, as in app.commands.serve."""


class ServingState(Enum):
    """Where the server is."""

    OFF = auto()
    STARTING = auto()
    ON = auto()
    STOPPING = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class ServingChoices:
    """What a person chose. ``apis`` empty = all; ``on`` = start with the library.

    ``videoannotator_port``, ``pytoon_port``: the API's own beside the main one, if it is free; None = none.
    """

    on: bool = False
    host: str = THIS_COMPUTER
    port: int = MAIN_PORT
    apis: tuple[str, ...] = ()
    videoannotator_port: int | None = OWN_PORTS[VIDEOANNOTATOR]
    pytoon_port: int | None = OWN_PORTS[PYTOON]

    @property
    def own_ports(self) -> dict[str, int]:
        """Ports of single APIs, by name."""
        ports = {VIDEOANNOTATOR: self.videoannotator_port, PYTOON: self.pytoon_port}
        return {name: port for name, port in ports.items() if port is not None}

    @classmethod
    def from_settings(cls, stored: Mapping[str, Any]) -> "ServingChoices":
        """As they were kept; a value that makes no sense is as none."""
        host = EVERY_NETWORK if stored.get("host") == EVERY_NETWORK else THIS_COMPUTER
        port = stored.get("port", MAIN_PORT)
        port = port if isinstance(port, int) and 0 <= port <= 65535 else MAIN_PORT
        apis = stored.get("apis") or ()
        annotator, pytoon = (_own_port(stored, name) for name in (VIDEOANNOTATOR, PYTOON))
        return cls(stored.get("on") is True, host, port, tuple(str(name) for name in apis), annotator, pytoon)


def _own_port(stored: Mapping[str, Any], name: str) -> int | None:
    port = stored.get(f"{name}_port", OWN_PORTS[name])
    return port if port is None or (isinstance(port, int) and 0 <= port <= 65535) else OWN_PORTS[name]


class Serving(QObject):
    """Starts and stops the server away from the Qt thread. Use it in the Qt thread, but for ``shut_down``."""

    changed = Signal()
    """State, addresses or problem are others now."""

    def __init__(
        self,
        library: "Library",
        model_store: "ModelStore",
        background: Background,
        settings: AppSettings,
        parent: QObject | None = None,
        *,
        automation: "Automation | None" = None,
        nightly: "Nightly | None" = None,
    ) -> None:
        super().__init__(parent)
        self._automation = automation
        self._nightly = nightly
        self._library = library
        self._model_store = model_store
        self._background = background
        self._settings = settings
        self._lock = threading.Lock()
        self._servers: ServerSet | None = None
        self._ended = False
        self.choices = ServingChoices.from_settings(settings.server_choices())
        self.state = ServingState.OFF
        self.addresses: Mapping[str, str] = {}
        self.problem = ""
        """Why it did not start, for people."""
        self.left_out: Mapping[str, str] = {}
        """Ports of single APIs that another program has, and that in words, by the API's name."""

    def start_if_wanted(self) -> None:
        """With the library, when it was on the last time."""
        if self.choices.on:
            self.turn_on(self.choices)

    def turn_on(self, choices: ServingChoices) -> None:
        """Start with these choices and remember them."""
        if self.state in {ServingState.OFF, ServingState.FAILED}:
            self._remember(choices, on=True)
            self._show(ServingState.STARTING)
            self._background.run_edit(
                lambda: self._start(choices), self._started, failed=self._failed, owner=self, lane=LANE
            )

    def turn_off(self) -> None:
        """Stop; requests at work get a moment to end."""
        if self.state in {ServingState.ON, ServingState.FAILED}:
            self._remember(self.choices, on=False)
            self._show(ServingState.STOPPING)
            self._background.run_edit(self._stop, lambda _none: self._show(ServingState.OFF), owner=self, lane=LANE)

    def shut_down(self) -> None:
        """Stop for good, in any thread; returns when nothing of the server uses the library any more."""
        with self._lock:
            self._ended = True
        self._stop()

    # ------------------------------------------------------------------ away from the Qt thread

    def _start(self, choices: ServingChoices) -> Mapping[str, str]:
        with self._lock:
            if self._ended or self._servers is not None:
                return {}
            servers = self._servers_of(choices)
            addresses = servers.start()
            self._servers, self.left_out = servers, dict(servers.left_out)
            return addresses

    def _servers_of(self, choices: ServingChoices) -> "ServerSet":
        from app.server.context import ServerContext, ServerSettings
        from app.server.running import ServerChoices, ServerSet

        host = ServerSettings(host=choices.host)
        context = ServerContext(
            self._library, self._model_store, host, automation=self._automation, nightly=self._nightly
        )
        own = choices.own_ports
        return ServerSet(context, ServerChoices(choices.apis, choices.port, own, if_free=frozenset(own)))

    def _stop(self) -> None:
        with self._lock:
            servers, self._servers = self._servers, None
        if servers is not None:
            servers.stop()

    # ------------------------------------------------------------------ back in the Qt thread

    def _started(self, addresses: Mapping[str, str]) -> None:
        self._show(ServingState.ON, addresses=addresses)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RushesError):
            problem = f"{error.message} {error.action}".strip()
        else:
            log.error("the server did not start", exc_info=error)
            problem = self.tr("The server did not start: {error}. The log file has the details.").format(error=error)
        self._show(ServingState.FAILED, problem=problem)

    def _show(self, state: ServingState, *, addresses: Mapping[str, str] | None = None, problem: str = "") -> None:
        self.state, self.addresses, self.problem = state, addresses or {}, problem
        self.changed.emit()

    def _remember(self, choices: ServingChoices, *, on: bool) -> None:
        self.choices = replace(choices, on=on)
        self._settings.set_server_choices(asdict(self.choices) | {"apis": list(self.choices.apis)})
