"""A server, a package index in a folder, and a private place for models."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.models.served import Server, serving


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An HTTP server of the test's own, which no proxy of the machine stands before."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    with serving() as state:
        yield state


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder for models that does not exist yet, with letters of several scripts in its name."""
    return tmp_path / "Ünïcödé 你好" / "models"


@pytest.fixture
def package_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the only package index pip knows of in this test."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "nul" if sys.platform == "win32" else "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder
