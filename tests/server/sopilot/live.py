"""A server for the tests of this API, over a small real library, and someone of each role who asks it."""

import base64
import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.jobs.events import Event, JobChanged
from core.jobs.types import Job, JobState
from tests.server.asking import Answer, Running, running

TOKENS = {"admin": "secret-of-admins", "operator": "secret-of-operators", "viewer": "secret-of-viewers"}
BASIC_USER, BASIC_PASSWORD = "bob", "päss:word"
BOUNDARY = "of-a-client"


@dataclass
class Api:
    """Asks as one role; ``server`` is what everybody shares."""

    server: Running
    role: str = "admin"

    @property
    def headers(self) -> dict[str, str]:
        return bearer(TOKENS[self.role])

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.server.ask("GET", path, None, {**self.headers, **(headers or {})})

    def post(self, path: str, body: object = None) -> Answer:
        return self.server.ask("POST", path, body, self.headers)

    def put(self, path: str, body: object) -> Answer:
        return self.server.ask("PUT", path, body, self.headers)

    def delete(self, path: str) -> Answer:
        return self.server.ask("DELETE", path, None, self.headers)

    def upload(self, path: str, fields: Mapping[str, str], file: bytes | None, name: str = "clip.mp4") -> Answer:
        """A form with text fields and, unless it is None, the part ``file``."""
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.server.ask("POST", path, form(fields, file, name), {**self.headers, **kind})

    def as_role(self, role: str) -> "Api":
        return Api(self.server, role)

    def ended(self, job_id: str, within_s: float = 60.0) -> Job:
        """The job, once it ended."""
        news = threading.Event()

        def receive(event: Event) -> None:
            if isinstance(event, JobChanged) and event.job_id == job_id and JobState(event.state).ended:
                news.set()

        unsubscribe = self.server.library.events.subscribe(receive)
        try:
            job = self.server.library.jobs.get(job_id)
            assert job.state.ended or news.wait(within_s), job
        finally:
            unsubscribe()
        return self.server.library.jobs.get(job_id)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def form(fields: Mapping[str, str], file: bytes | None, name: str = "clip.mp4") -> bytes:
    """A multipart body; its file comes first, as some clients send it."""
    parts = []
    if file is not None:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: video/mp4\r\n\r\n'
        parts.append(head.encode() + file)
    for field, value in fields.items():
        parts.append(f'Content-Disposition: form-data; name="{field}"\r\n\r\n{value}'.encode())
    edge = f"--{BOUNDARY}\r\n".encode()
    return b"".join(edge + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def refused(answer: Answer, status: int) -> str:
    """The detail of a refusal with this status, one string that names its request and tells no secrets."""
    assert answer.status == status, (answer.status, answer.body[:500])
    assert answer.headers["x-request-id"]
    assert b"Traceback" not in answer.body
    told: dict[str, Any] = answer.json
    assert set(told) == {"detail"}
    assert isinstance(told["detail"], str)
    assert len(told["detail"]) > 10
    return str(told["detail"])


def files_below(folder: Path) -> set[str]:
    """Names of all files, relative to the folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def set_environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """Only these variables of the API are set, and tokens for all roles."""
    tokens = ",".join(f"{role}:{token}" for role, token in TOKENS.items())
    for name in (
        *("API_ROLE_TOKENS", "BASIC_USER", "BASIC_PASSWORD", "BASIC_ROLE", "UPLOAD_MAX_MB", "RATE_LIMIT_PER_MINUTE"),
        *("AUDIT_SIGNING_KEY", "AUDIT_SIGNING_KEY_ID", "NIGHTLY_ENABLED"),
    ):
        monkeypatch.delenv(f"SOPILOT_{name}", raising=False)
    for name, value in ({"API_ROLE_TOKENS": tokens} | variables).items():
        monkeypatch.setenv(f"SOPILOT_{name}", value)


@contextmanager
def served(folder: Path) -> Iterator[Api]:
    """A server over a library of its own; jobs wait for ever."""
    with running(folder) as server:
        yield Api(server)


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """An empty library; jobs wait for ever."""
    set_environment(monkeypatch)
    with served(tmp_path / "library") as api:
        yield api


def chunked(api: Api, path: str, body: bytes) -> int:
    """The status of a form whose length was not announced."""
    connection = http.client.HTTPConnection("127.0.0.1", api.server.port, timeout=20)
    try:
        headers = {**api.headers, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        pieces = (body[at : at + 65536] for at in range(0, len(body), 65536))
        connection.request("POST", path, pieces, headers, encode_chunked=True)
        return connection.getresponse().status
    finally:
        connection.close()
