"""A library, real photos, and a film to make episodes of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.analysis.fixtures import analysed, film, inline, library, reviewed
from tests.cli.conftest import rushes

__all__ = ["analysed", "film", "inline", "library", "reviewed", "rushes"]


@pytest.fixture
def small_film(make_video: Callable[..., Path], tmp_path: Path) -> Path:
    return make_video(tmp_path / "film.mp4", segments=[{"seconds": 0.2, "colour": (9, 99, 9)}], size=(64, 48))


@pytest.fixture(scope="session")
def lfw(shared_testdata: Path) -> Path:
    """Ten people, ten photos of 250 pixels each; the folder's name is the person."""
    folder = shared_testdata / "faces" / "lfw10x10"
    if not folder.is_dir():
        pytest.skip(f"there are no photos at {folder}")
    return folder
