"""Making a window the active one: shortcuts work only there."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def activate(window: QWidget, qtbot: QtBot) -> None:
    """Ask again until it is: the window of the test before may close, and take the activity along, at any moment."""

    def is_active() -> bool:
        if not window.isActiveWindow():
            window.raise_()
            window.activateWindow()
        return window.isActiveWindow()

    qtbot.waitUntil(is_active)
