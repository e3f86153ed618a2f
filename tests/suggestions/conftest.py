"""A library and a film to make episodes of."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.library.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", holder="test") as opened:
        yield opened


@pytest.fixture
def film(make_video: Callable[..., Path], tmp_path: Path) -> Path:
    return make_video(tmp_path / "film.mp4", segments=[{"seconds": 0.2, "colour": (9, 99, 9)}], size=(64, 48))
