"""A server with the library's automation in this process: the main port, and the one for Bazarr."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.server.context import ServerContext, ServerSettings
from app.server.running import ServerChoices, ServerSet
from core.jobs.events import Event, JobChanged
from core.jobs.types import Job, JobState
from core.library.library import Library
from core.subtitling.automation import Automation
from models.store import ModelStore
from tests.server.asking import Answer, Running


@dataclass
class SpeechServer(Running):
    """A server at work with its automation; ``bazarr_port`` is the provider's own."""

    automation: Automation | None = None
    bazarr_port: int = 0

    @property
    def bazarr(self) -> Running:
        """The provider's own port."""
        return Running(self.library, self.context, self.servers, port=self.bazarr_port)

    def api(self, method: str, path: str, body: object = None) -> Answer:
        """One request of the document, at the root of the main server."""
        return self.ask(method, path, body)

    def ended(self, job_id: str) -> Job:
        """The job, once it ended."""
        return self._once(job_id, lambda state: state.ended)

    def begun(self, job_id: str) -> Job:
        """The job, once it is at work."""
        return self._once(job_id, lambda state: state != JobState.QUEUED)

    def _once(self, job_id: str, holds: Callable[[JobState], bool], within_s: float = 60.0) -> Job:
        news = threading.Event()

        def receive(event: Event) -> None:
            if isinstance(event, JobChanged) and event.job_id == job_id and holds(JobState(event.state)):
                news.set()

        unsubscribe = self.library.events.subscribe(receive)
        try:
            job = self.library.jobs.get(job_id)
            assert holds(job.state) or news.wait(within_s), job
        finally:
            unsubscribe()
        return self.library.jobs.get(job_id)


@contextmanager
def speech_server(
    folder: Path,
    models: ModelStore | None = None,
    settings: ServerSettings | None = None,
    *,
    workers: bool = False,
) -> Iterator[SpeechServer]:
    """A server over a library of its own; speech jobs wait for ever unless ``workers``."""
    with Library.open(folder, holder="test") as library:
        store = models or ModelStore()
        automation = Automation(library, store)
        context = ServerContext(library, store, settings or ServerSettings(), automation)
        servers = ServerSet(context, ServerChoices(port=0, own_ports={"bazarr": 0}))
        addresses = servers.start()
        ports = {name: int(address.rsplit(":", 1)[1]) for name, address in addresses.items()}
        if workers:
            automation.start()
        try:
            yield SpeechServer(
                library,
                context,
                servers,
                port=ports["main"],
                automation=automation,
                bazarr_port=ports["bazarr"],
            )
        finally:
            servers.stop()
            automation.stop()


def refused(answer: Answer, status: int) -> str:
    """The detail of a refusal with this status, which names its request and tells no secrets."""
    assert answer.status == status, (answer.status, answer.body[:500])
    assert answer.headers["x-request-id"]
    assert b"Traceback" not in answer.body
    told: Mapping[str, Any] = json.loads(answer.body)
    assert set(told) == {"detail"}
    assert isinstance(told["detail"], str)
    assert len(told["detail"]) > 10
    return str(told["detail"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SpeechServer]:
    """An empty library; speech jobs wait for ever."""
    with speech_server(tmp_path / "library") as server:
        yield server


@pytest.fixture
def worker(tmp_path: Path, default_models: ModelStore) -> Iterator[SpeechServer]:
    """An empty library whose speech jobs are run."""
    with speech_server(tmp_path / "library", default_models, workers=True) as server:
        yield server
