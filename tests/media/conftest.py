"""Fixtures that make clips and sounds in the test's own folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media.clips import make_clip, make_sound

ClipMaker = Callable[..., Path]


@pytest.fixture
def clip(tmp_path: Path) -> ClipMaker:
    """``clip(name, **options)`` makes a clip in the test's folder and returns its path."""

    def make(name: str = "clip.mp4", **options: object) -> Path:
        return make_clip(tmp_path / name, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def sound(tmp_path: Path) -> ClipMaker:
    """``sound(name, **options)`` makes a file with a tone in the test's folder and returns its path."""

    def make(name: str = "sound.mp4", **options: object) -> Path:
        return make_sound(tmp_path / name, **options)  # type: ignore[arg-type]

    return make
