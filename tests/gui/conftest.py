"""What every test of the desktop has: the real window off the screen, with folders of its own."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.opening import OpenedLibrary, open_library
from app.desktop.page import page_specs
from app.desktop.settings import AppSettings
from app.desktop.window import MainWindow
from tests.gui.identities_bench import Board
from tests.gui.job_bench import JobBench
from tests.gui.made_people import people_library
from tests.gui.made_procedures import Made, made_library
from tests.patient_bot import PatientBot

WAIT_MS = 15_000


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """One that waits longer."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _garbage(garbage_between_tests: None) -> None:
    """Collected in the Qt thread, and between tests alone."""


@pytest.fixture(autouse=True)
def _no_sheet_left(qapp: QApplication) -> Iterator[None]:
    """No style sheet of an earlier test: with one, every window costs twice as much. Who needs a theme puts it on."""
    _without_sheet(qapp)
    yield
    _without_sheet(qapp)


def _without_sheet(app: QApplication) -> None:
    if app.styleSheet():
        app.setStyleSheet("")


@pytest.fixture(autouse=True)
def _no_qt_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """An unexpected warning of Qt fails the test."""
    messages = request.getfixturevalue("qtlog")
    yield
    bad = [
        record.message
        for record in messages.records
        if record.type.name in {"QtWarningMsg", "QtCriticalMsg"}
        and "This plugin does not support" not in record.message
    ]
    assert bad == []


@pytest.fixture
def settings(tmp_path: Path) -> AppSettings:
    return AppSettings(tmp_path / "rushes.ini")


@pytest.fixture
def bench() -> JobBench:
    return JobBench()


@pytest.fixture
def _pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mark ``pages`` the others stay blank: making all eleven is the greater part of what a window costs."""
    mark = request.node.get_closest_marker("pages")
    if mark is None:
        return
    specs = page_specs()
    assert set(mark.args) <= {spec.id for spec in specs}
    shown = tuple(spec if spec.id in mark.args else replace(spec, make=lambda _services: QWidget()) for spec in specs)
    monkeypatch.setattr("app.desktop.window.page_specs", lambda: shown)


@pytest.fixture
def make_window(
    qtbot: QtBot, settings: AppSettings, bench: JobBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _pages: None
) -> Iterator[Callable[..., MainWindow]]:
    """Makes a window on a folder and waits until the library is open (or has failed). It has no models."""
    made: list[MainWindow] = []
    monkeypatch.setenv("RUSHES_MODELS", str(tmp_path / "models"))

    def opener(folder: Path) -> OpenedLibrary:
        return open_library(folder, more_jobs={"counting": bench.counting, "failing": bench.failing})

    def make(folder: Path, *, expect: str = "opened") -> MainWindow:
        window = MainWindow(settings, opener=opener)
        made.append(window)
        qtbot.addWidget(window)
        window.show()
        failed: list[str] = []
        window.library_failed.connect(failed.append)
        window.open(folder)
        qtbot.waitUntil(lambda: window.has_library() or bool(failed), timeout=WAIT_MS)
        assert (failed or ["opened"]) == [expect], window.opening_page.message
        return window

    yield make
    bench.go_on.set()
    for window in made:
        window.close()


@pytest.fixture
def window(make_window: Callable[..., MainWindow], tmp_path: Path) -> MainWindow:
    """The window on an empty library."""
    return make_window(tmp_path / "library")


@pytest.fixture
def board(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot) -> Board:
    """Five people, twelve tracks, the last of them nobody's."""
    ep_id = people_library(tmp_path / "library", tmp_path / "film.mp4")
    made = Board(make_window(tmp_path / "library"), qtbot, ep_id)
    made.window.resize(1280, 800)
    made.open()
    return made


@pytest.fixture(scope="session")
def procedures_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """A library with a scored attempt, made once; tests work on copies of its folder."""
    folder = tmp_path_factory.mktemp("procedures")
    return folder / "library", made_library(folder / "library", folder)
