"""What happens to errors that nobody caught: a log file with the trace, and a calm message to the person."""

import logging
import logging.handlers
import sys
import threading
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path
from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from app.desktop.notices import Notices

log = logging.getLogger("rushes.desktop")
qt_log = logging.getLogger("rushes.qt")

LOG_BYTES = 2_000_000
LOG_FILES = 3

_LEVEL_OF_QT = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_file() -> Path:
    """Where the desktop writes its log; nothing is created."""
    return user_log_path("rushes", appauthor=False) / "desktop.log"


def start_logging(file: Path) -> logging.Handler | None:
    """Write warnings and worse to ``file``, rotated; None when that place cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
        )
    except OSError:
        log.warning("the log file %s cannot be written", file)
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(root.level or logging.INFO, logging.INFO))
    return handler


def stop_logging(handler: logging.Handler | None) -> None:
    """Close the log file."""
    if handler is not None:
        logging.getLogger().removeHandler(handler)
        handler.close()


class FaultHooks(QObject):
    """Catches what nobody caught, in every thread, while it is installed."""

    _caught = Signal(str)

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._caught.connect(notices.defect, Qt.ConnectionType.QueuedConnection)
        self._hook_before = sys.excepthook
        self._thread_hook_before = threading.excepthook

    def install(self) -> None:
        """Take over Python's hooks and Qt's messages."""
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error
        qInstallMessageHandler(_on_qt_message)

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook = self._hook_before
        threading.excepthook = self._thread_hook_before
        qInstallMessageHandler(None)

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hook_before(kind, error, trace)
            return
        log.critical("unexpected error", exc_info=(kind, error, trace))
        self._caught.emit(f"{kind.__name__}: {error}")

    def _on_thread_error(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._on_error(args.exc_type, args.exc_value, args.exc_traceback)


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    qt_log.log(_LEVEL_OF_QT.get(kind, logging.WARNING), "%s: %s", getattr(context, "category", "") or "qt", text)
