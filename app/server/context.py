"""What every API of one server is given: the library, who may use it, and where events come from."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.server.event_fanout import EventFanout
from app.server.hosts import is_loopback
from app.server.recent_requests import RecentRequests
from app.server.sopilot.figures import JobFigures
from core.access.keys import Keys
from core.access.signing import UrlSigner
from core.library.library import Library
from core.webhooks.webhooks import Webhooks
from models.store import ModelStore

if TYPE_CHECKING:
    from core.procedures.nightly import Nightly
    from core.subtitling.automation import Automation

__all__ = ["ServerContext", "ServerSettings", "UrlSigner"]

UPLOAD_LIMIT_BYTES = 64 * 10**9
JSON_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How a server behaves. ``allowed_hosts`` and ``allowed_origins`` are accepted beside those of this computer.

    ``remote_render_allowed``: pictures and texts of renders that clients ask for may go to the remote engine.
    """

    host: str = "127.0.0.1"
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    json_limit_bytes: int = JSON_LIMIT_BYTES
    upload_limit_bytes: int = UPLOAD_LIMIT_BYTES
    remote_render_allowed: bool = False

    @property
    def needs_key(self) -> bool:
        """Whether every request needs a key: as soon as anything but this computer can connect."""
        return not is_loopback(self.host)


@dataclass
class ServerContext:
    """Made once for each server; ``close`` ends what it started.

    ``automation`` is the library's one, which lives longer than the server; None where nobody makes subtitles.
    ``nightly`` is the library's one if its owner runs it already; None = this context runs one while it serves.
    ``addresses`` by listener, once they answer.
    """

    library: Library
    models: ModelStore
    settings: ServerSettings = field(default_factory=ServerSettings)
    automation: "Automation | None" = None
    nightly: "Nightly | None" = None
    addresses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    started_s: float = field(init=False)
    keys: Keys = field(init=False)
    webhooks: Webhooks = field(init=False)
    signer: UrlSigner = field(init=False)
    event_stream: EventFanout = field(init=False)
    procedure_figures: JobFigures = field(init=False)
    recent_requests: RecentRequests = field(default_factory=RecentRequests, init=False)
    _own_nightly: "Nightly | None" = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.started_s = time.monotonic()
        self.keys = Keys(self.library.store)
        self.webhooks = Webhooks(self.library)
        self.signer = UrlSigner.of_library(self.library.store)
        self.event_stream = EventFanout(self.library.events)
        self.procedure_figures = JobFigures(self.library)

    def start(self) -> None:
        """Begin to deliver webhooks, to count jobs, and to train by night when nobody else does."""
        self.webhooks.start()
        self.procedure_figures.start()
        if self.nightly is None:
            from core.procedures.nightly import Nightly  # loads what training needs

            self.nightly = self._own_nightly = Nightly(self.library)
            self._own_nightly.start()

    def close(self) -> None:
        """End streams of events and what :meth:`start` began; webhooks that wait are delivered at the next start."""
        self.event_stream.close()
        self.webhooks.stop()
        self.procedure_figures.stop()
        if self._own_nightly is not None:
            self._own_nightly.stop()
            self.nightly = self._own_nightly = None
