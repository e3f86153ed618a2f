"""An analysed episode, made once; and one whose track holds two people, for its cuts were not looked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.jobs.executors import inline_pool
from core.library.library import Library
from models.store import ModelStore
from tests.analysis.films import ASTRONAUT, GROUP, View, faces_film
from tests.analysis.fixtures import analysed, film, inline, library, pool, reviewed
from tests.analysis.running import analyse, copied, small_units

__all__ = ["analysed", "film", "inline", "library", "pool", "reviewed"]

SHE = View(ASTRONAUT, 230, 118, 400)
HE = View(GROUP, 235, 280, 430)
PART_S = 1.6


@pytest.fixture(scope="session")
def two_in_one(tmp_path_factory: pytest.TempPathFactory, default_models: ModelStore) -> Path:
    """The folder of a closed library. Its film ``duo`` shows her, at 1.6 s somebody else in her place, then her."""
    base = tmp_path_factory.mktemp("two_in_one")
    video = faces_film(base / "duo.mp4", plan=((SHE, PART_S), (HE, PART_S), (SHE, PART_S)), tone=False)
    with small_units(), Library.open(base / "library", holder="test") as opened:
        analyse(opened, default_models, inline_pool(), video, scene_detector="off")
    return base / "library"


@pytest.fixture
def duo(two_in_one: Path, tmp_path: Path) -> Iterator[Library]:
    """A copy of it, open, to be changed."""
    with Library.open(copied(two_in_one, tmp_path / "duo"), holder="test") as opened:
        yield opened
