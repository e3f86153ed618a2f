"""An open library."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.library.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Empty."""
    with Library.open(tmp_path / "library", holder="test") as opened:
        yield opened
