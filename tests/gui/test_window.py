"""The window: opening, not opening, places, the end."""

import errno
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.opening import OpenedLibrary, open_library
from app.desktop.services import Services
from app.desktop.settings import AppSettings
from app.desktop.window import MainWindow
from core.errors import NewerSchema, StorageFull, StorageUnwritable
from core.library.library import Library
from tests.gui.job_bench import JobBench, job_states
from widgets.theme import current_theme

pytestmark = pytest.mark.gui


def test_that_an_empty_library_invites_to_drop_a_video(window: MainWindow, qtbot: QtBot) -> None:
    page = window.session.pages["library"]
    qtbot.waitUntil(lambda: page.stack.currentWidget().accessibleName() == "Drop a video here, or try the sample")
    assert window.page_id == "library"


def test_that_every_page_is_one_key_away(window: MainWindow, qtbot: QtBot) -> None:
    for page_id in ("review", "identities", "cast", "jobs", "settings", "library"):
        assert window.actions_table.run(f"go.{page_id}")
        assert window.page_id == page_id
        assert window.session.pages[page_id].isVisible()


def test_that_a_library_held_by_another_names_the_holder_and_can_be_retried(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    other = Library.open(tmp_path / "library", create=True, holder="the other one (pid 1 on here)")
    window = make_window(tmp_path / "library", expect="locked")
    assert "the other one (pid 1 on here)" in window.opening_page.message
    assert not window.has_library()
    other.close()
    retry = next(button for button in window.opening_page.findChildren(QPushButton) if button.text() == "Retry")
    with qtbot.waitSignal(window.library_opened):
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert window.has_library()


def test_that_a_newer_library_is_refused_and_left_as_it_is(
    make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    folder = tmp_path / "library"
    Library.open(folder, create=True, holder="test").close()
    pretend_newer(folder)
    before = (folder / "library.db").read_bytes()
    window = make_window(folder, expect="newer")
    assert "newer" in window.opening_page.message
    assert (folder / "library.db").read_bytes() == before


def test_that_a_file_in_the_place_of_the_folder_is_named(
    make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    (tmp_path / "not a folder").write_text("x")
    window = make_window(tmp_path / "not a folder", expect="unwritable")
    assert "not a folder" in window.opening_page.message


def test_that_a_folder_with_any_name_works(make_window: Callable[..., MainWindow], tmp_path: Path) -> None:
    folder = tmp_path / "Ünïcödé 你好"
    window = make_window(folder)
    assert (folder / "library.db").exists()
    assert window.session.services.library.path == folder


def test_that_another_library_can_be_opened_in_the_same_window(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    first = window.session.services.library.path
    with qtbot.waitSignal(window.library_opened):
        window.open(tmp_path / "second")
    assert window.session.services.library.path == tmp_path / "second"
    Library.open(first, create=False, holder="test").close()
    assert window.actions_table.run("go.jobs")


def test_that_the_last_page_comes_back(make_window: Callable[..., MainWindow], tmp_path: Path) -> None:
    window = make_window(tmp_path / "library")
    window.go("jobs")
    window.close()
    assert make_window(tmp_path / "library").page_id == "jobs"


def test_that_closing_during_a_job_puts_it_back_into_the_queue(
    window: MainWindow, bench: JobBench, qtbot: QtBot
) -> None:
    library = window.session.services.library
    library.jobs.submit("counting")
    qtbot.waitUntil(bench.started.is_set)
    folder = library.path
    window.close()
    assert job_states(folder) == ["queued"]


def test_that_a_closed_window_leaves_the_library_free(window: MainWindow) -> None:
    folder = window.session.services.library.path
    window.close()
    with Library.open(folder, create=False, holder="next") as library:
        assert library.jobs.list() == []


def test_that_the_palette_finds_and_runs_an_action(window: MainWindow, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLineEdit

    from widgets.command_palette import CommandPalette

    assert window.actions_table.run("help.palette")
    palette = window.findChild(CommandPalette)
    field = palette.findChild(QLineEdit)
    qtbot.keyClicks(field, "jobs")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page_id == "jobs")


def test_that_the_theme_switches_at_once_and_is_remembered(
    window: MainWindow, settings: AppSettings, qapp: QApplication
) -> None:
    before = qapp.palette().window().color()
    assert window.actions_table.run("view.switch_theme")
    assert (current_theme().name, settings.theme) == ("light", "light")
    assert qapp.palette().window().color() != before
    window.actions_table.run("view.switch_theme")
    assert current_theme().name == "dark"


def test_that_menus_hold_every_action_of_the_table(window: MainWindow, qtbot: QtBot) -> None:
    window._menus.rebuild()
    in_menus = {
        action.objectName()
        for menu in window.menuBar().actions()
        for action in menu.menu().actions()
        if action.objectName()
    }
    assert in_menus == {record.id for record in window.actions_table.records if record.in_menu}


def test_that_the_device_in_use_is_shown_with_its_reason(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(window.status.device_label.text()))
    assert window.status.device_label.toolTip()


def test_that_undo_is_named_after_the_step(window: MainWindow) -> None:
    undo = window.actions_table.qaction("edit.undo")
    assert (undo.text(), undo.isEnabled()) == ("Undo", False)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "full"),
        (PermissionError(errno.EACCES, "Permission denied"), "unwritable"),
        (OSError(errno.EROFS, "Read-only file system"), "unwritable"),
        (StorageFull("No space for /x.", action="Free some."), "full"),
        (StorageUnwritable("/x is read-only.", action="Choose another."), "unwritable"),
        (NewerSchema("/x is newer.", action="Update."), "newer"),
        (sqlite3.DatabaseError("file is not a database"), "damaged"),
        (ZeroDivisionError("odd"), "defect"),
    ],
)
def test_that_every_reason_for_not_opening_has_words_and_a_way_on(
    settings: AppSettings, qtbot: QtBot, tmp_path: Path, error: Exception, kind: str
) -> None:
    def opener(_folder: Path) -> OpenedLibrary:
        raise error

    window = MainWindow(settings, opener=opener)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.library_failed) as caught:
        window.open(tmp_path / "library")
    assert caught.args == [kind]
    buttons = window.opening_page.findChildren(QPushButton)
    qtbot.waitUntil(lambda: [one.text() for one in buttons if one.isVisible()] == ["Retry", "Choose another library"])
    assert len(window.opening_page.message.split("\n\n")) == 2
    assert "Traceback" not in window.opening_page.message
    window.close()


def test_that_a_damaged_database_is_told_and_not_touched(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "library.db").write_bytes(b"this is no database" * 100)
    window = MainWindow(AppSettings(tmp_path / "other.ini"))
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.library_failed):
        window.open(folder)
    assert "library.db" in window.opening_page.message
    assert (folder / "library.db").read_bytes() == b"this is no database" * 100
    window.close()


def test_that_a_page_that_cannot_be_made_lets_the_library_go(
    settings: AppSettings, qtbot: QtBot, tmp_path: Path
) -> None:
    def broken(_services: Services) -> QWidget:
        raise RuntimeError("this page is broken")

    window = MainWindow(settings)
    qtbot.addWidget(window)
    window._specs = (*window._specs[:1], replace(window._specs[1], make=broken))
    with qtbot.waitSignal(window.library_failed):
        window.open(tmp_path / "library")
    with Library.open(tmp_path / "library", create=False, holder="test") as library:
        assert library.episodes.list() == []
    window.close()


def test_that_main_opens_a_library_and_ends_in_order(qapp: QApplication, tmp_path: Path) -> None:
    from app.desktop.main import main

    seen: list[str] = []

    def close_when_open() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, MainWindow) and widget.has_library():
                seen.append(widget.page_id)
                widget.close()
                return
        QTimer.singleShot(50, close_when_open)

    QTimer.singleShot(50, close_when_open)
    assert main(tmp_path / "library") == 0
    assert seen == ["library"]
    Library.open(tmp_path / "library", create=False, holder="test").close()


def pretend_newer(folder: Path) -> None:
    """Mark the library as written by a later version."""
    connection = sqlite3.connect(folder / "library.db")
    connection.execute("PRAGMA user_version = 9999")
    connection.commit()
    connection.close()


def test_that_closing_while_a_library_opens_leaves_it_free(settings: AppSettings, qtbot: QtBot, tmp_path: Path) -> None:
    opening, go_on = threading.Event(), threading.Event()

    def slow(folder: Path) -> OpenedLibrary:
        opening.set()
        go_on.wait(5)
        return open_library(folder)

    window = MainWindow(settings, opener=slow)
    qtbot.addWidget(window)
    window.open(tmp_path / "library")
    assert opening.wait(5)
    go_on.set()
    window.close()
    Library.open(tmp_path / "library", create=False, holder="test").close()


def test_that_the_library_asked_for_last_is_opened(settings: AppSettings, qtbot: QtBot, tmp_path: Path) -> None:
    window = MainWindow(settings)
    qtbot.addWidget(window)
    for name in ("one", "two", "three"):
        window.open(tmp_path / name)
    qtbot.waitUntil(window.has_library)
    assert window.session.services.library.path == tmp_path / "three"
    Library.open(tmp_path / "one", create=False, holder="test").close()
    window.close()


def test_that_earlier_libraries_can_be_opened_again_by_name(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    first = window.session.services.library.path
    with qtbot.waitSignal(window.library_opened):
        window.open(tmp_path / "second")
    again = next(record for record in window.actions_table.records if record.id.startswith("recent."))
    assert str(first) in again.title
    with qtbot.waitSignal(window.library_opened):
        window.actions_table.run(again.id)
    assert window.session.services.library.path == first
