"""What the person is told of the remote engine. Runs away from the Qt thread."""

from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

from core.errors import RushesError
from core.render.settings import read_remote


def remote_words() -> str:
    """Which engine is set up, or why its settings cannot be read; never its key."""
    try:
        settings = read_remote()
    except RushesError as error:
        return f"{error.message} {error.action}".strip()
    if not settings.url:
        return QCoreApplication.translate("render", "No remote engine is set up.")
    host = urlsplit(settings.url).hostname or settings.url
    return QCoreApplication.translate("render", "Remote engine: {host}").format(host=host)
