"""A missing library of the system is named together with the command that installs it."""

import sys

import pytest

from app import system_libraries
from app.system_libraries import NoDisplay, SystemLibraryMissing, check_display, explain_import, os_family

EGL = "libEGL.so.1: cannot open shared object file: No such file or directory"


@pytest.mark.parametrize(
    ("release", "family"),
    [
        ({"ID": "debian"}, "debian"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "debian"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "fedora"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "arch"),
        ({"ID": "alpine"}, ""),
        ({}, ""),
    ],
)
def test_that_the_family_of_a_system_is_known(release: dict[str, str], family: str) -> None:
    assert os_family(release) == family


@pytest.mark.parametrize(
    ("family", "command"),
    [
        ("debian", "sudo apt install libegl1 libxcb-cursor0"),
        ("fedora", "sudo dnf install libglvnd-egl xcb-util-cursor"),
        ("arch", "sudo pacman -S libglvnd xcb-util-cursor"),
        ("", "contain libEGL.so.1, libxcb-cursor.so.0"),
    ],
)
def test_that_all_missing_libraries_are_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch, family: str, command: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(
        system_libraries, "loads", lambda file: file not in {"libEGL.so.1", "libxcb-cursor.so.0", "libpulse.so.0"}
    )
    error = explain_import(ImportError(EGL), family=family)
    assert isinstance(error, SystemLibraryMissing)
    assert "libEGL.so.1" in error.message
    assert "libxcb-cursor.so.0" in error.message
    assert "libpulse" not in str(error), "sound is optional"
    assert command in error.action


def test_that_a_library_that_is_not_in_the_list_is_still_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "loads", lambda _file: True)
    error = explain_import(ImportError("libodd-3.so.7: cannot open shared object file"), family="debian")
    assert "libodd-3.so.7" in error.message
    assert "libodd-3.so.7" in error.action


def test_that_another_failure_of_the_import_keeps_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries, "loads", lambda _file: True)
    error = explain_import(ImportError("No module named 'PySide6'"), family="debian")
    assert "No module named 'PySide6'" in error.message
    assert ".venv" in error.action


def test_that_no_screen_is_said_before_qt_would_abort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(NoDisplay, match="no screen"):
        check_display()
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(system_libraries, "loads", lambda file: file != "libxcb-cursor.so.0")
    with pytest.raises(SystemLibraryMissing, match=r"libxcb-cursor\.so\.0"):
        check_display()
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    check_display()


def test_that_a_child_process_tells_why_an_import_fails() -> None:
    assert system_libraries.try_import("import json") == ""
    assert system_libraries.try_import("import no_such_module").endswith("No module named 'no_such_module'")
