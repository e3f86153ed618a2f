"""A library with an episode that was transcribed and never analysed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.library.library import Library
from tests.transcript.made_talk import make_episode, publish, segment


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Open, with the episode ``talk``, which has no transcript yet."""
    with Library.open(tmp_path / "library", holder="test") as opened:
        make_episode(opened)
        yield opened


@pytest.fixture
def talk(library: Library) -> Library:
    """With four lines, at 1, 5, 10 and 20 seconds."""
    publish(
        library,
        segment(1.0, "The torque of this engine is high."),
        segment(5.0, "Who said torque?"),
        segment(10.0, "I did, and I meant it."),
        segment(20.0, "Good night."),
    )
    return library
