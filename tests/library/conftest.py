"""A real library in a folder with a difficult name, and a short real video."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.library.library import Library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Ünïcödé 你好"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    with Library.open(folder, holder="test (pid 1 on here)") as opened:
        yield opened


@pytest.fixture
def film(make_video: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """``film("name.mp4", colour=…)``: a video of a fifth of a second; another colour is another content."""

    def make(name: str, *, colour: tuple[int, int, int] = (200, 40, 0)) -> Path:
        path = tmp_path / "films" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return make_video(path, segments=[{"seconds": 0.2, "colour": colour}], size=(64, 48))

    return make
