"""The records of the action table that belong to the window itself."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.desktop.actions import Action
from app.desktop.page import PageSpec

if TYPE_CHECKING:
    from app.desktop.window import MainWindow


def window_records(window: "MainWindow", specs: tuple[PageSpec, ...]) -> tuple[Action, ...]:
    """File, Go, View and Help of the window."""
    tr = QCoreApplication.translate
    return (
        Action(
            "window.open_library",
            tr("window", "Open library…"),
            "File",
            window.choose_library,
            ("Ctrl+Shift+O",),
            "folder",
            tr("window", "Open another library folder, or make a new one"),
        ),
        Action("window.close", tr("window", "Quit"), "File", window.close, ("Ctrl+Q",), "close"),
        *(
            Action(
                f"go.{spec.id}",
                spec.title,
                "Go",
                lambda page_id=spec.id: window.go(page_id),  # type: ignore[misc]
                (spec.shortcut,),
                spec.icon,
                enabled=window.has_library,
            )
            for spec in specs
        ),
        Action(
            "view.switch_theme",
            tr("window", "Switch between dark and light"),
            "View",
            window.switch_theme,
            ("Ctrl+Shift+L",),
            "palette",
        ),
        Action(
            "view.full_screen",
            tr("window", "Full screen"),
            "View",
            window.toggle_full_screen,
            ("F11",),
            "",
            checked=window.isFullScreen,
        ),
        Action(
            "view.notices",
            tr("window", "Notices"),
            "View",
            window.toggle_notices,
            ("Ctrl+Shift+N",),
            "bell",
            tr("window", "Show all messages of this session"),
        ),
        Action(
            "help.palette",
            tr("window", "Command palette"),
            "Help",
            window.open_palette,
            ("Ctrl+K",),
            "command",
            tr("window", "Find and run any command by its name"),
        ),
        Action(
            "help.shortcuts",
            tr("window", "Keyboard shortcuts"),
            "Help",
            window.open_shortcuts,
            ("?", "F1"),
            "keyboard",
        ),
        Action("help.log", tr("window", "Show the log file"), "Help", window.show_log, (), "log"),
        Action("help.about", tr("window", "About Rushes"), "Help", window.show_about, (), "info"),
    )
