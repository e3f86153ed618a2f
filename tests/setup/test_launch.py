"""The launcher's rules: standard library only, and clear words when a machine lacks something."""

import ast
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from app.launch import install
from app.launch.checkout import Checkout, SetupError

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = [ROOT / "run.py", *sorted((ROOT / "app/launch").glob("*.py"))]


@pytest.mark.parametrize("path", LAUNCHER, ids=lambda path: path.name)
def test_that_the_launcher_needs_only_the_standard_library(path: Path) -> None:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    outside = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
    assert {name for name in outside if not name.startswith("app.launch") and name != "app.cli"} == set()


def test_that_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(SetupError, match="cannot be written") as caught:
        install.make_ready(Checkout(tmp_path), ())
    assert str(tmp_path) in str(caught.value)


def test_that_debian_without_venv_gets_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "constraints.txt").write_text("")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    monkeypatch.setattr(install, "_os_family", lambda: {"debian"})
    with pytest.raises(SetupError, match="sudo apt install python3-venv"):
        install.make_ready(Checkout(tmp_path), ())
    assert not (tmp_path / ".venv").exists()


def test_that_an_incomplete_checkout_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"pyproject\.toml cannot be read"):
        Checkout(tmp_path).fingerprint()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"fingerprint": 1}', "null"])
def test_that_a_damaged_stamp_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/rushes-ready.json").write_text(text)
    assert Checkout(tmp_path).read_stamp() is None
