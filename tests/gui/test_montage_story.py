"""From an analysed episode in the library to everybody named and the report on disk: every key and click counted."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.identities_page.page import IdentitiesPage
from app.desktop.window import MainWindow
from core.library.library import Library
from tests.analysis.running import again
from tests.gui.activating import activate
from tests.gui.made_people import people_library

pytestmark = pytest.mark.gui

NAMES = ("Ann", "Bob", "Cleo", "Dan", "Eva", "Fay", "Gus", "Hal")
MOST_KEYSTROKES = 40
MOST_MOUSE_ACTIONS = 25
CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


@dataclass(slots=True)
class Hands:
    """Real events to the real window. A chord counts as one keystroke, a double click as two mouse actions."""

    window: MainWindow
    qtbot: QtBot
    keys: list[str] = field(default_factory=list)
    clicks: list[str] = field(default_factory=list)
    letters: int = 0

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """One keystroke, to whatever has the keyboard."""
        self.keys.append(f"{modifiers.name or ''} {key.name}")
        QTest.keyClick(self._keyboard_window(), key, modifiers)

    def write(self, text: str, *, by: str = "keys") -> None:
        """One keystroke a letter; a person with the mouse in hand writes, too, which is counted apart."""
        for letter in text:
            if by == "keys":
                self.keys.append(letter)
            self.letters += 1
            QTest.keyClick(self._keyboard_window(), letter)

    def click(self, widget: QWidget, place: QPoint | None = None) -> None:
        """One press and release where the widget is on the screen."""
        self.clicks.append(f"click {type(widget).__name__}")
        top, at = self._in_window(widget, place)
        QTest.mouseClick(top, Qt.MouseButton.LeftButton, NONE, at)

    def double_click(self, widget: QWidget, place: QPoint | None = None) -> None:
        """Two presses."""
        self.clicks += [f"double click {type(widget).__name__}"] * 2
        top, at = self._in_window(widget, place)
        QTest.mouseDClick(top, Qt.MouseButton.LeftButton, NONE, at)

    def wait_for(self, condition: Callable[[], bool], timeout_ms: int = 15_000) -> None:
        self.qtbot.waitUntil(condition, timeout=timeout_ms)

    def _keyboard_window(self) -> Any:
        modal = QApplication.activeModalWidget()
        self._activate(modal or self.window)
        return (modal or self.window).windowHandle()

    def _activate(self, top: QWidget) -> None:
        """As on a real screen, the window that is used is the active one; another test's last window may be it."""
        activate(top, self.qtbot)

    def _in_window(self, widget: QWidget, place: QPoint | None) -> tuple[Any, QPoint]:
        top = widget.window()
        self._activate(top)
        return top.windowHandle(), widget.mapTo(top, place or widget.rect().center())


@pytest.fixture
def made_library(tmp_path: Path) -> Path:
    """A made film with five people and a track of nobody."""
    people_library(tmp_path / "library", tmp_path / "film.mp4")
    return tmp_path / "library"


@pytest.fixture(scope="module")
def analysed_montage(tmp_path_factory: pytest.TempPathFactory, shared_testdata: Path, default_models: Any) -> Path:
    """The montage in a library, analysed by the real models."""
    from core.jobs.executors import local_pool

    place = tmp_path_factory.mktemp("montage")
    film = place / "montage_5people.mp4"
    film.write_bytes((shared_testdata / "videos" / "montage_5people_13shots.mp4").read_bytes())
    pool = local_pool(None)
    try:
        with Library.open(place / "library", holder="a test") as library:
            again(library, default_models, pool, library.episodes.add(film).ep_id, profile="balanced")
    finally:
        pool.close()
    return place / "library"


@pytest.fixture
def montage_library(tmp_path: Path, analysed_montage: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(analysed_montage, tmp_path / "library"))


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    """One of the two libraries; made before the window, which hides the real models."""
    made: Path = request.getfixturevalue(request.param)
    return made


def open_window(make_window: Callable[..., MainWindow], folder: Path, qtbot: QtBot, reports: Path) -> Hands:
    window = make_window(folder)
    window.resize(1280, 800)
    reports.mkdir()
    page_of(window).exporting.folder = reports
    activate(window, qtbot)
    library_page: Any = window.session.pages["library"]
    qtbot.waitUntil(lambda: library_page.grid.count == 1 and library_page.grid.isVisible())
    return Hands(window, qtbot)


def page_of(window: MainWindow) -> IdentitiesPage:
    page = window.session.pages["identities"]
    assert isinstance(page, IdentitiesPage)
    return page


def name_everybody_by_keys(hands: Hands) -> Path:
    """Open the episode, name all, export."""
    page = page_of(hands.window)
    library_page: Any = hands.window.session.pages["library"]
    library_page.grid.setFocus()
    hands.key(Qt.Key.Key_Home)
    hands.key(Qt.Key.Key_Return)
    hands.wait_for(lambda: hands.window.page_id == "review")
    hands.key(Qt.Key.Key_3, CTRL)
    hands.wait_for(page.doing.has_people)
    people = len(page.data.identities)
    hands.key(Qt.Key.Key_F2)
    name_field = page.board.grid.field
    for name in NAMES[:people]:
        hands.wait_for(lambda: name_field.is_open and not name_field.text())
        hands.write(name)
        hands.key(Qt.Key.Key_Return)
    hands.wait_for(lambda: not page.data.counts().unnamed)
    hands.key(Qt.Key.Key_E, CTRL | SHIFT)
    return save_report(hands, page, lambda _dialog: hands.key(Qt.Key.Key_Return))


def name_everybody_by_mouse(hands: Hands) -> Path:
    """The same with the mouse; only the names are written."""
    page, window = page_of(hands.window), hands.window
    library_page: Any = window.session.pages["library"]
    hands.double_click(library_page.grid.viewport(), library_page.grid.rect_of(0).center())
    hands.wait_for(lambda: window.page_id == "review")
    hands.click(window._rail.button("identities"))
    hands.wait_for(page.doing.has_people)
    for identity_id, name in zip(list(page.board.shown_ids()), NAMES, strict=False):
        view, middle = page.board.place_of(identity_id)
        hands.double_click(view, middle)
        hands.wait_for(lambda: page.board.grid.field.is_open)
        hands.write(name, by="hand")
    hands.click(page.head.export)  # leaving the field takes the last name
    path = save_report(hands, page, lambda dialog: hands.click(save_button(dialog)))
    hands.wait_for(lambda: not page.data.counts().unnamed)
    return path


def save_report(hands: Hands, page: IdentitiesPage, answer: Callable[[QFileDialog], None]) -> Path:
    hands.wait_for(lambda: page.exporting.dialog is not None and page.exporting.dialog.isVisible())
    dialog = page.exporting.dialog
    assert dialog is not None
    with hands.qtbot.waitSignal(page.exporting.exported, timeout=60_000) as told:
        answer(dialog)
    return Path(told.args[0])


def save_button(dialog: QFileDialog) -> QWidget:
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)
    assert button is not None
    return button


def check_named_and_reported(hands: Hands, report: Path, folder: Path) -> None:
    page = page_of(hands.window)
    people = len(page.data.identities)
    assert [page.data.identities[one].name for one in page.board.shown_ids()] == list(NAMES[:people])
    assert report.parent == folder
    assert report.read_bytes().startswith(b"%PDF-")
    assert report.stat().st_size > 5_000
    assert [notice.level for notice in hands.window.notices.kept] == ["info"]


@pytest.mark.parametrize("folder", ["made_library", "montage_library"], indirect=True)
def test_that_everybody_is_named_and_reported_in_under_forty_keystrokes(
    folder: Path, make_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    hands = open_window(make_window, folder, qtbot, tmp_path / "reports")
    report = name_everybody_by_keys(hands)
    check_named_and_reported(hands, report, tmp_path / "reports")
    print(f"{page_of(hands.window).data.title}: {len(hands.keys)} keystrokes, {hands.letters} of them letters of names")
    assert hands.clicks == []
    assert len(hands.keys) < MOST_KEYSTROKES


@pytest.mark.parametrize("folder", ["made_library", "montage_library"], indirect=True)
def test_that_everybody_is_named_and_reported_in_under_twenty_five_mouse_actions(
    folder: Path, make_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    hands = open_window(make_window, folder, qtbot, tmp_path / "reports")
    report = name_everybody_by_mouse(hands)
    check_named_and_reported(hands, report, tmp_path / "reports")
    counts = f"{len(hands.clicks)} mouse actions (a double click is two), {hands.letters} letters written"
    print(f"{page_of(hands.window).data.title}: {counts}")
    assert hands.keys == []
    assert len(hands.clicks) < MOST_MOUSE_ACTIONS
