"""A library, and a way into its database past the program."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.library.library import Library

Tamper = Callable[..., None]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", holder="test") as opened:
        yield opened


@pytest.fixture
def tamper(library: Library) -> Tamper:
    """``tamper("UPDATE …")``: as somebody does who opens the file with other programs and takes the guards away."""

    def run(statement: str, *values: object) -> None:
        connection = sqlite3.connect(library.paths.database, isolation_level=None)
        try:
            for name in ("audit_log_never_changes", "audit_log_never_shrinks"):
                connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            connection.execute(statement, values)
        finally:
            connection.close()

    return run
