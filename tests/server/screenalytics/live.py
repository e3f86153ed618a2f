"""The API as it is served: a real server on a free port over a library of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.analysis.jobs import registry
from core.jobs.executors import inline_pool
from core.jobs.runner import Runner
from core.library.library import Library
from models.store import ModelStore
from tests.analysis.running import copied
from tests.server.screenalytics.client import Client
from tests.server.screenalytics.serving import served


@dataclass(frozen=True)
class Live:
    """A library, the client of its server, and the context behind it."""

    library: Library
    client: Client

    def limit_uploads(self, patch: pytest.MonkeyPatch, limit_bytes: int) -> None:
        """Refuse larger uploads from now on."""
        from app.server.screenalytics import videos

        patch.setattr(videos, "_limit_bytes", lambda _context: limit_bytes)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Live]:
    """An empty library; jobs wait for ever."""
    with _opened(tmp_path / "library") as live:
        yield live


@pytest.fixture
def live(analysed: Path, tmp_path: Path) -> Iterator[Live]:
    """A library with the analysed episode ``film``; jobs wait for ever."""
    with _opened(copied(analysed, tmp_path / "copy")) as live:
        yield live


@pytest.fixture(scope="module")
def still_empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """An empty library for tests whose requests are all refused; jobs wait for ever."""
    with _opened(tmp_path_factory.mktemp("still") / "library") as live:
        yield live


@pytest.fixture(scope="module")
def still(analysed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A library with the analysed episode ``film`` for tests that leave it as it was; jobs wait for ever."""
    with _opened(copied(analysed, tmp_path_factory.mktemp("still") / "copy")) as live:
        yield live


@pytest.fixture
def worker(tmp_path: Path, default_models: ModelStore) -> Iterator[Live]:
    """An empty library whose jobs are run."""
    with _opened(tmp_path / "library", default_models) as live, _running(live, default_models):
        yield live


@pytest.fixture
def worker_reviewed(analysed: Path, tmp_path: Path, default_models: ModelStore) -> Iterator[Live]:
    """A library with the analysed episode ``film``; jobs are run."""
    with _opened(copied(analysed, tmp_path / "copy"), default_models) as live, _running(live, default_models):
        yield live


@contextmanager
def _opened(folder: Path, models: ModelStore | None = None) -> Iterator[Live]:
    with Library.open(folder, holder="test") as library, served(library, models or ModelStore()) as base_url:
        yield Live(library, Client(base_url))


@contextmanager
def _running(live: Live, models: ModelStore) -> Iterator[None]:
    """Jobs run in a thread until the block ends."""
    stop = threading.Event()
    work = Runner(live.library, registry(live.library, models, inline_pool())).work
    thread = threading.Thread(target=work, args=(stop,), name="test-runner")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()
