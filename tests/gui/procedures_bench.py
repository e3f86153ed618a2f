"""What the tests of the Procedures page do to the window, by the same events as a person."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from app.desktop.procedures_page.page import ProceduresPage
from app.desktop.window import MainWindow
from core.library.library import Library
from core.procedures.types import Role

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PATIENCE_S = 30.0


def wait_for(met: Callable[[], bool], what: str) -> None:
    """For windows that outlive one test, where a qtbot does not reach."""
    until_s = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < until_s, what
        QTest.qWait(10)


def page_of(window: MainWindow) -> ProceduresPage:
    assert window.session is not None
    page = window.session.pages["procedures"]
    assert isinstance(page, ProceduresPage)
    return page


def library_of(page: ProceduresPage) -> Library:
    window = page.window()
    assert isinstance(window, MainWindow)
    assert window.session is not None
    return window.session.services.library


def open_page(window: MainWindow) -> ProceduresPage:
    window.resize(1280, 800)
    window.go("procedures")
    page = page_of(window)
    wait_for(lambda: page.view is not None, "the page")
    return page


def open_pair(window: MainWindow) -> ProceduresPage:
    """The page, with both films open."""
    page = open_page(window)
    for role in Role:
        wait_for(lambda role=role: page.players.seconds(role) is not None, role.value)
    return page


def run(page: ProceduresPage, action: str) -> None:
    assert page.window().actions_table.run(f"procedures.{action}"), action


def near(value: float | None, wanted: float) -> bool:
    return value is not None and abs(value - wanted) < 0.11


def drop(window: MainWindow, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place, copy = QPoint(600, 400), Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(place, copy, data, LEFT, NONE))
    QApplication.sendEvent(window, QDropEvent(QPointF(place), copy, data, LEFT, NONE))


def answer(page: ProceduresPage, text: str) -> None:
    """Press a button of the open question by its words."""
    wait_for(lambda: question(page) is not None, text)
    box = question(page)
    assert box is not None
    next(button for button in box.buttons() if button.text() == text).click()


def question(page: ProceduresPage) -> QMessageBox | None:
    dialogs = (page.commands.adding.dialog, page.commands.dialog)
    return next((one for one in dialogs if isinstance(one, QMessageBox)), None)


def place_of_row(page: ProceduresPage, role: Role, video_id: int) -> QPoint:
    rows = page.body.videos.lists[role]
    ids = [rows.item(at).video_id for at in range(rows.count)]
    return rows.rect_of(ids.index(video_id)).center()


def click_recording(page: ProceduresPage, role: Role, video_id: int) -> None:
    QTest.mouseClick(page.body.videos.lists[role].viewport(), LEFT, NONE, place_of_row(page, role, video_id))
