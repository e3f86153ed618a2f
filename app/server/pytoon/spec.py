"""How the API is reached: its paths at the root, who may do what, and its parts, loaded when a server needs them."""

import re

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.doors import Door
from core.access.roles import Role

ROOT = re.compile(r"(?!)")
"""Nothing: its ``/api/v1/jobs`` is VideoAnnotator's at the main server's root. It has its prefix, and a port."""

_OPEN = re.compile(r"/(health|metrics)")
_UPLOADS = re.compile(r"/api/v1/assets/upload")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def needs(method: str, path: str) -> Role | None:
    """Viewers read; operators upload files, and run, cancel and delete jobs. Two paths are open to everybody."""
    if method in _READING:
        return None if _OPEN.fullmatch(path) else Role.VIEWER
    return Role.OPERATOR


def takes_upload(path: str) -> bool:
    """Files are read as streams, with a limit of their own."""
    return _UPLOADS.fullmatch(path) is not None


def make(context: ServerContext) -> FastAPI:
    """The application. Raises InvalidRequest for a setting of the environment that cannot be read."""
    from app.server.pytoon.app import make_app

    return make_app(context)


def door(context: ServerContext) -> Door:
    """Who may ask. Raises InvalidRequest for a setting of the environment that cannot be read."""
    from app.server.pytoon.credentials import make_door

    return make_door(context)


def refuse(
    _request: HTTPConnection,
    status: int,
    code: str,
    message: str,
    /,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    """An error in the document's form."""
    from app.server.pytoon.refusals import refused_at_the_door

    return refused_at_the_door(status, code, message, headers=headers)


def health(context: ServerContext) -> Response:
    """As the document has it."""
    from app.server.pytoon.health import health as document_health

    return document_health(context)


def series(context: ServerContext) -> str:
    """The document's metrics."""
    from app.server.pytoon.exposition import exposition

    return exposition(context)
