"""A server for the tests of this API, someone with a key who asks it, and the materials of cuts."""

import io
import re
import threading
import wave
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.server.context import ServerContext, ServerSettings
from app.server.running import ServerChoices, ServerSet
from core.jobs.events import Event, RenderChanged
from core.jobs.executors import inline_pool
from core.jobs.runner import Runner
from core.library.library import Library
from core.render.records import Render
from core.render.types import RENDER
from models.store import ModelStore
from tests.server.asking import Answer, Running

DEV_KEY = "dev-key-change-me"
JOBS = "/api/v1/jobs"
UPLOAD = "/api/v1/assets/upload"
BOUNDARY = "of-a-client"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DOCUMENTED = (
    ("GET", "/api/v1/presets"),
    ("POST", UPLOAD),
    ("POST", JOBS),
    ("GET", f"{JOBS}/job-000001"),
    ("GET", f"{JOBS}/job-000001/segments"),
)
OURS = (
    ("GET", JOBS),
    ("POST", f"{JOBS}/job-000001/cancel"),
    ("DELETE", f"{JOBS}/job-000001"),
    ("GET", f"{JOBS}/job-000001/output"),
    ("GET", f"{JOBS}/job-000001/thumbnail"),
    ("GET", f"{JOBS}/job-000001/metadata"),
    ("GET", f"{JOBS}/job-000001/segments/0"),
    ("GET", f"{JOBS}/job-000001/events"),
    ("DELETE", "/api/v1/assets/a/b.png"),
)


@dataclass
class Api(Running):
    """Asks with a key at the API's own port."""

    key: str | None = DEV_KEY
    main_port: int = 0

    def ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        key = {} if self.key is None else {"X-API-Key": self.key}
        return super().ask(method, path, body, {**key, **(headers or {})})

    def post(self, path: str, body: object = None) -> Answer:
        return self.ask("POST", path, body)

    def delete(self, path: str) -> Answer:
        return self.ask("DELETE", path)

    def submit(self, **fields: Any) -> Answer:
        """Ask for a cut, in the look of the document's example unless another is named."""
        return self.post(JOBS, {"preset_id": "overlay_classic", **fields})

    def upload(self, content: bytes | None, name: str, category: str | None = None, query: str = "") -> Answer:
        return self.ask("POST", UPLOAD + query, form(content, name, category), {"Content-Type": FORM})

    def uploaded(self, content: bytes, name: str, category: str | None = None) -> str:
        """The URI of a file that was taken in."""
        answer = self.upload(content, name, category)
        assert answer.status == 201, answer.body
        return str(answer.json["uri"])

    def with_key(self, key: str | None) -> "Api":
        return Api(self.library, self.context, self.servers, port=self.port, key=key, main_port=self.main_port)

    @property
    def at_main(self) -> "Api":
        """The same at the main server."""
        return Api(self.library, self.context, self.servers, port=self.main_port, key=self.key)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Renders run while the block lasts."""
        from core.render.jobs import registry

        stop = threading.Event()
        with closing(inline_pool()) as pool:
            runner = Runner(self.library, registry(self.library, pool), types={RENDER})
            thread = threading.Thread(target=runner.work, args=(stop,))
            thread.start()
            try:
                yield
            finally:
                stop.set()
                thread.join()

    def ended(self, job_id: str, within_s: float = 60.0) -> Render:
        """The render, once it ended."""
        news = threading.Event()

        def receive(event: Event) -> None:
            ours = isinstance(event, RenderChanged) and event.job_id == job_id
            if ours and self.library.renders.get(job_id).phase.ended:
                news.set()

        unsubscribe = self.library.events.subscribe(receive)
        try:
            assert self.library.renders.get(job_id).phase.ended or news.wait(within_s)
        finally:
            unsubscribe()
        return self.library.renders.get(job_id)

    def files(self) -> set[str]:
        """What lies in the folders of uploads and renders."""
        root = self.library.path
        return {
            str(path.relative_to(root))
            for folder in ("uploads", "renders")
            for path in (root / folder).rglob("*")
            if path.is_file()
        }


def form(content: bytes | None, name: str, category: str | None) -> bytes:
    """A multipart body; its file comes first, as some clients send it."""
    parts = []
    if content is not None:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
        parts.append(head.encode() + content)
    if category is not None:
        parts.append(f'Content-Disposition: form-data; name="category"\r\n\r\n{category}'.encode())
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


def unprocessable(answer: Answer) -> list[tuple[str, str]]:
    """What a 422 names: places, joined by dots, with the kind of trouble; what was sent is not in it."""
    assert answer.status == 422, (answer.status, answer.body[:500])
    assert answer.headers["x-request-id"]
    assert len(answer.body) < 5_000
    problems = answer.json["detail"]
    assert problems
    assert all(set(one) == {"type", "loc", "msg"} for one in problems)
    assert all(one["msg"] for one in problems)
    return [(".".join(str(part) for part in one["loc"]), one["type"]) for one in problems]


def nothing_came(api: Api) -> bool:
    """No job, no file, no folder of one."""
    uploads = api.library.path / "uploads"
    return not api.library.renders.list() and not api.files() and not (uploads.is_dir() and any(uploads.iterdir()))


# ---------------------------------------------------------------------- materials


def picture(width_px: int = 96, height_px: int = 128, kind: str = "PNG", mode: str = "RGB", **how: Any) -> bytes:
    """A picture with something to see in it; with alpha when ``mode`` has it: a disc in the middle."""
    rows, columns = np.mgrid[0:height_px, 0:width_px]
    red, green = rows * 255 // max(1, height_px - 1), columns * 255 // max(1, width_px - 1)
    colours = np.dstack([red, green, np.full_like(red, 90)]).astype(np.uint8)
    image = Image.fromarray(colours)
    if mode == "RGBA":
        inside = (rows - height_px / 2) ** 2 + (columns - width_px / 2) ** 2 < (min(width_px, height_px) / 3) ** 2
        image.putalpha(Image.fromarray((inside * 255).astype(np.uint8)))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **how)
    return out.getvalue()


def noise_png(width_px: int, height_px: int) -> bytes:
    """A picture that cannot be packed: about three bytes a pixel."""
    out = io.BytesIO()
    colours = np.random.default_rng(7).integers(0, 256, (height_px, width_px, 3), dtype=np.uint8)
    Image.fromarray(colours).save(out, "PNG", compress_level=0)
    return out.getvalue()


def sound(seconds: float = 0.5, rate_hz: int = 8000) -> bytes:
    """A tone as WAV."""
    out = io.BytesIO()
    times = np.arange(int(seconds * rate_hz)) / rate_hz
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.sin(times * 2 * np.pi * 330) * 9000).astype("<i2").tobytes())
    return out.getvalue()


# ---------------------------------------------------------------------- servers


@contextmanager
def served(
    folder: Path, host: str = "127.0.0.1", apis: tuple[str, ...] = ("pytoon",), *, remote: bool = False
) -> Iterator[Api]:
    """A server over a library of its own; jobs wait until someone works."""
    with Library.open(folder, holder="test") as library:
        settings = ServerSettings(host=host, remote_render_allowed=remote)
        context = ServerContext(library, ModelStore(), settings)
        servers = ServerSet(context, ServerChoices(apis, port=0, own_ports={"pytoon": 0}))
        ports = {name: int(address.rsplit(":", 1)[1]) for name, address in servers.start().items()}
        try:
            yield Api(library, context, servers, port=ports["pytoon"], main_port=ports["main"])
        finally:
            servers.stop()


@pytest.fixture
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this API is set."""
    for name in ("API_KEY", "RUSHES_RENDER_REMOTE_ALLOWED", "RUSHES_RENDER_API_URL", "RUSHES_RENDER_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def api(tmp_path: Path, no_environment: None) -> Iterator[Api]:
    """An empty library."""
    with served(tmp_path / "library") as api:
        yield api


@pytest.fixture
def among_others(tmp_path: Path, no_environment: None) -> Iterator[Api]:
    """The same with all other APIs at the main server."""
    with served(tmp_path / "library", apis=()) as api:
        yield api
