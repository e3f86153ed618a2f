"""The Identities page in the real window, with the hands of a person."""

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.identities_page.page import IdentitiesPage
from app.desktop.window import MainWindow
from core.library.library import Library
from tests.gui.activating import activate

FIRST, SECOND, THIRD = "identity-00001", "identity-00002", "identity-00003"


class Board:
    """The page in its window, with the hands of a person."""

    def __init__(self, window: MainWindow, qtbot: QtBot, ep_id: str) -> None:
        self.window = window
        self.qtbot = qtbot
        self.ep_id = ep_id

    @property
    def page(self) -> IdentitiesPage:
        page = self.window.session.pages["identities"]
        assert isinstance(page, IdentitiesPage)
        return page

    @property
    def library(self) -> Library:
        return self.window.session.services.library

    @property
    def shown(self) -> list[str]:
        return self.page.board.shown_ids()

    def open(self) -> None:
        self.window.open_episode(self.ep_id)
        self.window.go("identities")
        self.qtbot.waitUntil(self.page.doing.has_people)
        self.page.board.grid.setFocus()

    def name(self, identity_id: str) -> str:
        return self.page.data.identities[identity_id].name

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.activate()
        self.qtbot.keyClick(self.window.focusWidget() or self.window, key, modifiers)

    def activate(self) -> None:
        """Shortcuts work only in the active window, which another test's closing window may have been."""
        activate(self.window, self.qtbot)

    def write(self, text: str) -> None:
        for letter in text:
            self.qtbot.keyClick(self.window.focusWidget() or self.window, letter)

    def drop(self, mime: QMimeData, place: QPoint | None = None, on: str = "") -> bool:
        """Drag over the board and let go, by Qt's own events; returns whether the drop was taken."""
        view = self.page.board.grid.viewport()
        if on:
            found = self.page.board.place_of(on)
            assert found is not None
            place = found[1]
        assert place is not None
        actions, buttons, none = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(place, actions, mime, buttons, none)
        QApplication.sendEvent(view, enter)
        move = QDragMoveEvent(place, actions, mime, buttons, none)
        QApplication.sendEvent(view, move)
        drop = QDropEvent(QPointF(place), actions, mime, buttons, none)
        QApplication.sendEvent(view, drop)
        return drop.isAccepted()

    def empty_place(self) -> QPoint:
        view = self.page.board.grid.viewport()
        return QPoint(view.width() - 4, view.height() - 4)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)
