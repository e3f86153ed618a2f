"""How the API is reached: its paths at the root, who may do what, and its parts, loaded when a server needs them."""

import re

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.doors import Door
from core.access.roles import Role

ROOT = re.compile(r"/api/v1(/.*)?")
"""Its paths at the main server's root, so that a ``download_url`` works there too; ``/health`` there is everybody's."""

_OPEN = re.compile(r"/health|/api/v1/(health|events/stream|debug/mock-events)")
_UPLOADS = re.compile(r"/api/v1/jobs")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_ONLY_CHECKS = re.compile(r"/api/v1/(config|pipelines/[^/]+)/validate")
_OPERATORS_READ = re.compile(r"/api/v1/debug/request-log")


def needs(method: str, path: str) -> Role | None:
    """Viewers read and have configs checked, operators run, cancel and delete jobs.

    The open ones check what they are given themselves: liveness is for everybody, and a stream of events may bring its
    key in the address, because browsers cannot send headers there.
    """
    if method in _READING and _OPEN.fullmatch(path):
        return None
    if _ONLY_CHECKS.fullmatch(path):
        return Role.VIEWER
    if method in _READING:
        return Role.OPERATOR if _OPERATORS_READ.fullmatch(path) else Role.VIEWER
    return Role.OPERATOR


def takes_upload(path: str) -> bool:
    """Videos are read as streams, with a limit of their own."""
    return _UPLOADS.fullmatch(path) is not None


def make(context: ServerContext) -> FastAPI:
    """The application. Raises InvalidRequest for a setting of the environment that is out of its bounds."""
    from app.server.videoannotator.app import make_app

    return make_app(context)


def door(context: ServerContext) -> Door:
    """Who may ask. Raises InvalidRequest for a setting of the environment that is out of its bounds."""
    from app.server.videoannotator.credentials import make_door

    return make_door(context)


def refuse(
    request: HTTPConnection,
    status: int,
    code: str,
    message: str,
    /,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    """An error in the document's envelope."""
    from app.server.videoannotator.refusals import refusal

    return refusal(request, status, code, message, headers=headers)


def health(context: ServerContext) -> Response:
    """As the document has it."""
    from app.server.videoannotator.health import liveness

    return liveness(context)
