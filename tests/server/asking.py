"""A library and a server in this process, and plain HTTP to it."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.server.context import ServerContext, ServerSettings
from app.server.running import ServerChoices, ServerSet
from core.library.library import Library
from models.store import ModelStore


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of an enveloped refusal that carries the id of its request."""
        told = self.json
        assert told["ok"] is False
        assert told["meta"]["request_id"] == self.headers["x-request-id"]
        assert len(told["error"]["message"]) > 20
        return str(told["error"]["code"])


@dataclass
class Running:
    """A server at work."""

    library: Library
    context: ServerContext
    servers: ServerSet
    host: str = ""
    port: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """One request on a connection of its own; ``body`` is bytes, or becomes JSON."""
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if content is not None else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, content, {**kind, **self.headers, **(headers or {})})
            got = connection.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """GET; underscores in names of headers are dashes."""
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@contextmanager
def running(folder: Path, settings: ServerSettings | None = None) -> Iterator[Running]:
    """A server over a library of its own."""
    with Library.open(folder, holder="test") as library:
        context = ServerContext(library, ModelStore(), settings or ServerSettings())
        servers = ServerSet(context, ServerChoices(port=0))
        port = int(servers.start()["main"].rsplit(":", 1)[1])
        try:
            yield Running(library, context, servers, port=port)
        finally:
            servers.stop()
