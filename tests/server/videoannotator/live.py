"""A server with tiny pipelines for the tests of this API, and someone with a key who asks it."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.server.context import ServerContext, ServerSettings
from app.server.running import ServerChoices, ServerSet
from app.server.videoannotator import app as application
from core.access.roles import Role
from core.annotate.registry import Registry
from core.annotate.types import ANNOTATE
from core.jobs.events import Event, JobChanged
from core.jobs.executors import inline_pool
from core.jobs.runner import Runner
from core.jobs.types import Job, JobState
from core.library.library import Library
from models.store import ModelStore
from tests.annotate.made_pipelines import made_registry
from tests.made_video import write_video
from tests.server.asking import Answer, Running
from tests.server.videoannotator.document import require_documented

BOUNDARY = "of-a-client"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
JOBS = "/api/v1/jobs/"


@dataclass
class Api(Running):
    """Asks with a key at the API's own port; each answer is checked against the document. ``main`` has the prefix."""

    key: str = ""
    main_port: int = 0
    models: ModelStore = field(default_factory=ModelStore)
    pipelines: Registry = field(default_factory=made_registry)

    def ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        key = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        answer = super().ask(method, path, body, {**key, **(headers or {})})
        require_documented(method, path, answer.status, answer.body)
        return answer

    def post(self, path: str, body: object = None) -> Answer:
        return self.ask("POST", path, body)

    def delete(self, path: str) -> Answer:
        return self.ask("DELETE", path)

    def upload(self, video: bytes | None, name: str = "clip.mp4", **fields: Any) -> Answer:
        """A job; fields that are no text are sent as JSON."""
        texts = {key: one if isinstance(one, str) else json.dumps(one) for key, one in fields.items()}
        return self.ask("POST", JOBS, form(texts, video, name), {"Content-Type": CONTENT_TYPE})

    def with_key(self, key: str) -> "Api":
        return Api(self.library, self.context, self.servers, port=self.port, key=key, main_port=self.main_port)

    @property
    def at_main(self) -> "Api":
        """The same at the main server."""
        return Api(self.library, self.context, self.servers, port=self.main_port, key=self.key)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Jobs run while the block lasts."""
        stop = threading.Event()
        with closing(inline_pool()) as pool:
            runner = Runner(self.library, {ANNOTATE: self._annotate(pool)}, types={ANNOTATE})
            thread = threading.Thread(target=runner.work, args=(stop,))
            thread.start()
            try:
                yield
            finally:
                stop.set()
                thread.join()

    def _annotate(self, pool: Any) -> Any:
        from core.annotate.annotate_job import run_annotation

        return lambda job, context: run_annotation(self.library, self.models, pool, job, context, known=self.pipelines)

    def ended(self, job_id: str, within_s: float = 30.0) -> Job:
        """The job, once it ended."""
        news = threading.Event()

        def receive(event: Event) -> None:
            if isinstance(event, JobChanged) and event.job_id == job_id and JobState(event.state).ended:
                news.set()

        unsubscribe = self.library.events.subscribe(receive)
        try:
            job = self.library.jobs.get(job_id)
            assert job.state.ended or news.wait(within_s), job
        finally:
            unsubscribe()
        return self.library.jobs.get(job_id)

    def done(self, video: bytes, **fields: Any) -> str:
        """The id of a job that was sent and has ended."""
        job_id = str(self.upload(video, **fields).json["id"])
        with self.working():
            self.ended(job_id)
        return job_id

    def files(self) -> set[str]:
        """What lies in the folder of annotations."""
        folder = self.library.path / "annotations"
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def form(fields: Mapping[str, str], video: bytes | None, name: str = "clip.mp4") -> bytes:
    """A multipart body; its video comes first, as some clients send it."""
    parts = []
    if video is not None:
        head = f'Content-Disposition: form-data; name="video"; filename="{name}"\r\nContent-Type: video/mp4\r\n\r\n'
        parts.append(head.encode() + video)
    for key, value in fields.items():
        parts.append(f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode())
    edge = f"--{BOUNDARY}\r\n".encode()
    return b"".join(edge + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def refused(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """The ``error`` of a refusal, which is whole, names its request and tells no secrets."""
    assert answer.status == status, (answer.status, answer.body[:800])
    assert b"Traceback" not in answer.body
    told = answer.json
    assert set(told) == {"error", "detail"}
    error: dict[str, Any] = told["error"]
    assert set(error) == {"code", "message", "hint", "detail", "timestamp", "request_id"}
    assert error["code"] == code, error
    assert MOMENT.fullmatch(error["timestamp"])
    assert error["request_id"] == answer.headers["x-request-id"]
    assert len(error["message"]) > 10
    assert len(error["hint"]) > 5
    if status == 422:
        assert told["detail"]
        assert all({"loc", "msg", "type"} <= set(one) for one in told["detail"])
    else:
        assert told["detail"] == error["message"]
    return error


def nothing_came(api: Api) -> bool:
    """No video, no job, no file."""
    return not api.library.annotations.videos() and not api.library.jobs.list() and not api.files()


@contextmanager
def served(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    pipelines: Registry | None = None,
    host: str = "127.0.0.1",
    apis: tuple[str, ...] = ("videoannotator",),
) -> Iterator[Api]:
    """A server over a library of its own; jobs wait until someone works. An admin asks."""
    known = pipelines or made_registry()
    monkeypatch.setattr(application, "registry", lambda: known)
    with Library.open(folder, holder="test") as library:
        context = ServerContext(library, ModelStore(), ServerSettings(host=host))
        servers = ServerSet(context, ServerChoices(apis, port=0, own_ports={"videoannotator": 0}))
        ports = {name: int(address.rsplit(":", 1)[1]) for name, address in servers.start().items()}
        _, key = context.keys.create(Role.ADMIN)
        try:
            yield Api(
                library,
                context,
                servers,
                port=ports["videoannotator"],
                key=key,
                main_port=ports["main"],
                pipelines=known,
            )
        finally:
            servers.stop()


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """An empty library with the made pipelines."""
    for name in ("AUTH_REQUIRED", "UPLOAD_MAX_MB"):
        monkeypatch.delenv(f"VIDEOANNOTATOR_{name}", raising=False)
    with served(tmp_path / "library", monkeypatch) as api:
        yield api


@pytest.fixture
def among_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The same with all other APIs at the main server."""
    with served(tmp_path / "library", monkeypatch, apis=()) as api:
        yield api


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of a made video."""
    path = tmp_path_factory.mktemp("media") / "film.mp4"
    segments = [{"seconds": 1, "colour": (200, 30, 30)}, {"seconds": 1, "colour": (20, 30, 200)}]
    write_video(path, segments=segments, fps=10, size=(96, 64))
    return path.read_bytes()
