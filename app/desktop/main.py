"""Starts the desktop: one QApplication, one window, everything ended in order."""

import faulthandler
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.desktop.faults import FaultHooks, log_file, start_logging, stop_logging
from app.desktop.garbage import GarbageCollector
from app.desktop.notices import Notices
from app.desktop.settings import AppSettings
from app.desktop.window import MainWindow
from app.places import chosen_library, default_library
from app.version import rushes_version
from widgets.icons import app_icon
from widgets.theme import apply_theme


def make_application(settings: AppSettings, arguments: Sequence[str] = ("rushes",)) -> QApplication:
    """The one QApplication, with the look that the person chose."""
    existing = QApplication.instance()
    if not isinstance(existing, QApplication):
        if settings.scale != 1.0 and "QT_SCALE_FACTOR" not in os.environ:
            os.environ["QT_SCALE_FACTOR"] = f"{settings.scale:g}"
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        existing = QApplication(list(arguments))
    existing.setApplicationName("rushes")
    existing.setApplicationDisplayName("Rushes")
    existing.setApplicationVersion(rushes_version())
    existing.setDesktopFileName("rushes")
    existing.setWindowIcon(app_icon())
    apply_theme(existing, settings.theme)
    return existing


def main(library: Path | None = None) -> int:
    """Show the window with ``library``, else the last one, else this user's own; returns the exit code."""
    settings = AppSettings()
    file = log_file()
    handler = start_logging(file)
    if sys.stderr is not None and not faulthandler.is_enabled():
        faulthandler.enable()
    app = make_application(settings)
    notices = Notices()
    notices.log_file = file if handler is not None else None
    hooks = FaultHooks(notices)
    hooks.install()
    garbage = GarbageCollector()
    try:
        window = MainWindow(settings, notices)
        window.show()
        folder = chosen_library(library) or settings.last_library or default_library()
        QTimer.singleShot(0, window, lambda: window.open(folder))
        return app.exec()
    finally:
        garbage.stop()
        hooks.remove()
        stop_logging(handler)
