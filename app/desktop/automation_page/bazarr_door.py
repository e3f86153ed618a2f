"""The port for Bazarr: on and off, and the address to enter there."""

import http.client
import json
import socket
from enum import Enum, auto
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from app.desktop.bazarr_serving import LISTENER
from app.desktop.services import Services
from app.desktop.serving import EVERY_NETWORK, ServingChoices, ServingState
from core.access.keys import Keys
from core.access.roles import Role
from core.errors import InvalidRequest, RushesError

TEST_S = 5.0
"""As long as Bazarr's own test waits."""


class DoorState(Enum):
    """Where the port is."""

    OFF = auto()
    CHANGING = auto()
    ON = auto()
    FAILED = auto()


class NoAnswer(RushesError):
    """What Bazarr would find: nothing, or not what it looks for."""


def probe(address: str) -> str:
    """The version that ``/status`` tells; as in Bazarr's own test the path of the address is left out.

    Raises NoAnswer.
    """
    parts = urlsplit(address)
    if not parts.hostname:
        raise InvalidRequest("There is no address to test.", action="Turn the port on first.")
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TEST_S)
    try:
        connection.request("GET", "/status")
        answer = connection.getresponse()
        body = answer.read(65_536)
    except OSError as error:
        raise NoAnswer(
            f"{address} does not answer: {error.strerror or error}.", action="Turn the port off and on again."
        ) from error
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise NoAnswer(
            f"{address}/status answers {answer.status} {answer.reason}.", action="Copy the whole address from above."
        )
    return _version(address, body)


def _version(address: str, body: bytes) -> str:
    try:
        version = json.loads(body).get("version")
    except (ValueError, AttributeError) as error:
        raise NoAnswer(f"{address}/status is no answer of Rushes.", action="Choose another port.") from error
    if not isinstance(version, str):
        raise NoAnswer(f"{address}/status names no version.", action="Choose another port.")
    return version


def own_address() -> str:
    """The address under which other computers see this one; "" where there is no network."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probing:
            probing.connect(("192.0.2.1", 9))  # a documentation address: nothing is sent, only a route is chosen
            return str(probing.getsockname()[0])
    except OSError:
        return ""


class BazarrDoor(QObject):
    """What the page knows of the port; the work is done by ``services.bazarr``."""

    changed = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._serving = services.bazarr
        self._background = services.background
        self._notices = services.notices
        self._keys = Keys(services.library.store)
        self._key = ""
        self._own = ""
        self._serving.changed.connect(self.changed)

    @property
    def wanted(self) -> bool:
        """Whether a person turned it on."""
        return self._serving.choices.on

    @property
    def port(self) -> int:
        """The port that was chosen."""
        return self._serving.choices.port

    @property
    def host(self) -> str:
        """From where it can be reached."""
        return self._serving.choices.host

    @property
    def state(self) -> DoorState:
        """On, off, between, or why not."""
        return {
            ServingState.OFF: DoorState.OFF,
            ServingState.STARTING: DoorState.CHANGING,
            ServingState.STOPPING: DoorState.CHANGING,
            ServingState.ON: DoorState.ON,
            ServingState.FAILED: DoorState.FAILED,
        }[self._serving.state]

    @property
    def problem(self) -> str:
        """Why it is not on."""
        return self._serving.problem

    @property
    def needs_key(self) -> bool:
        """Whether requests need a key, and none was made since the library was opened: it is shown once."""
        return self.state is DoorState.ON and self.host == EVERY_NETWORK and not self._key

    @property
    def address(self) -> str:
        """What is entered in Bazarr, with the key in its path; "" while it is off."""
        address = self._serving.addresses.get(LISTENER, "")
        if not address or self.host != EVERY_NETWORK:
            return address
        base = f"http://{self._own}:{urlsplit(address).port}" if self._own else address
        return f"{base}/{self._key}" if self._key else base

    @property
    def note(self) -> str:
        """What to know about the address."""
        if not self.address:
            return ""
        if self.host != EVERY_NETWORK:
            return self.tr("For Bazarr on this computer. In a container, “this computer” is the container itself.")
        if self._key:
            return self.tr("Copy it now: the key in it is shown this once. Traffic is not encrypted.")
        return self.tr(
            "Requests from other computers need a key, and Bazarr has no field for one: it stands in the address. "
            "Make one here, or put one from Settings › Server behind the port and a slash."
        )

    def turn_on(self, host: str, port: int) -> None:
        """Open the port."""
        self._serving.turn_on(ServingChoices(on=True, host=host, port=port))

    def turn_off(self) -> None:
        """Close it."""
        self._serving.turn_off()

    def make_key(self) -> None:
        """A key that may send sound, for the address; it can be revoked in the settings of the server."""

        def made(found: tuple[str, str]) -> None:
            self._key = found[1]
            self.changed.emit()

        self._background.run_edit(
            lambda: self._keys.create(Role.OPERATOR, "Bazarr", actor="desktop"),
            made,
            failed=self._notices.error,
            owner=self,
        )

    def refresh(self) -> None:
        """Ask for this computer's address again."""
        self._background.run_query(own_address, self._take_own, latest_key="automation-own-address", owner=self)

    def _take_own(self, own: str) -> None:
        if own != self._own:
            self._own = own
            self.changed.emit()
