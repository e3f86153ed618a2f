"""A made episode: 12 tracks of 4 people, three crops a track."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.library.library import Library
from tests.identities.made_episode import make_episode


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Open, with the episode ``made``: identity-00001 has tracks 1, 5 and 9, identity-00002 has 2, 6 and 10 …"""
    with Library.open(tmp_path / "library", holder="test") as opened:
        make_episode(opened, tracks=12, people=4)
        yield opened
