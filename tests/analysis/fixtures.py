"""Fixtures for every folder that needs an analysed episode: made once a session, copied by tests that change them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.jobs.executors import UnitPool, inline_pool
from core.jobs.local_pool import LocalPool
from core.library.library import Library
from core.sample import build_sample
from models.store import ModelStore
from tests.analysis.films import faces_film
from tests.analysis.running import analyse, copied, small_units
from tests.jobs.still_context import StillContext


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnitPool]:
    """Two workers that stay warm for all tests that neither cancel nor kill."""
    local = LocalPool(2, idle_close_s=3600)
    work_dir = tmp_path_factory.mktemp("warm")
    assert [value for _, value in local.run(abs, [-1, -2], work_dir=work_dir, context=StillContext())] == [1, 2]
    yield local
    local.close()


@pytest.fixture
def inline() -> UnitPool:
    """All units in the test's own thread."""
    return inline_pool()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``films.PLAN``: five people, four cuts, 7.6 s."""
    return _once(tmp_path_factory, "films", "film.mp4", faces_film)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample video."""
    folder = tmp_path_factory.getbasetemp() / "sample"
    return build_sample(folder)


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory, film: Path, default_models: ModelStore) -> Path:
    """The folder of a closed library whose episode ``film`` was analysed undisturbed, in small units. Only read it."""

    def make(folder: Path) -> None:
        with small_units(), Library.open(folder, holder="test") as library:
            assert analyse(library, default_models, inline_pool(), film) == "film"

    return _once(tmp_path_factory, "libraries", "analysed", make)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """An empty library."""
    with Library.open(tmp_path / "library", holder="test") as opened:
        yield opened


@pytest.fixture
def reviewed(analysed: Path, tmp_path: Path) -> Iterator[Library]:
    """A copy of ``analysed``, open, to be changed."""
    with Library.open(copied(analysed, tmp_path / "copy"), holder="test") as opened:
        yield opened


def _once(factory: pytest.TempPathFactory, folder: str, name: str, make: Callable[[Path], object]) -> Path:
    """Each folder of tests has its own copy of a session fixture; what it makes they share on the disk."""
    path = factory.getbasetemp() / folder / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        make(path)
    return path
