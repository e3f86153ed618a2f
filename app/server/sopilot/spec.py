"""How the API is reached: its paths at the root, who may do what, and its parts, loaded when a server needs them."""

import re

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.doors import Door
from core.access.roles import Role

ROOT = re.compile(r"/(gold|search|((videos|score|scores|train|audit|ops|tasks)(/.*)?))")
"""Its paths at the main server's root; ``/health`` and ``/metrics`` there are the whole server's."""

_OPEN = re.compile(r"/(health|metrics)")
_UPLOADS = re.compile(r"/(videos|gold)")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_OPERATORS_READ = re.compile(r"/ops/.*")
_ADMINS = re.compile(r"/(audit/export|train)(/.*)?|/tasks/[^/]+(/adapters/.*)?")


def needs(method: str, path: str) -> Role | None:
    """As the document says of each operation; of ours, settings and adapters belong to admins, edits to operators."""
    if method in _READING:
        if _OPEN.fullmatch(path):
            return None
        if path.startswith("/audit/export"):
            return Role.ADMIN
        return Role.OPERATOR if _OPERATORS_READ.fullmatch(path) else Role.VIEWER
    return Role.ADMIN if method == "DELETE" or _ADMINS.fullmatch(path) else Role.OPERATOR


def takes_upload(path: str) -> bool:
    """Videos are read as streams, with a limit of their own."""
    return _UPLOADS.fullmatch(path) is not None


def make(context: ServerContext) -> FastAPI:
    """The application. Raises InvalidRequest for a setting of the environment that is out of its bounds."""
    from app.server.sopilot.app import make_app

    return make_app(context)


def door(context: ServerContext) -> Door:
    """Who may ask. Raises InvalidRequest for credentials in the environment that cannot be read."""
    from app.server.sopilot.credentials import make_door

    return make_door(context)


def refuse(
    _request: HTTPConnection,
    status: int,
    _code: str,
    message: str,
    /,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    """An error in the document's form."""
    from app.server.sopilot.refusals import refusal

    return refusal(status, message, headers=headers)


def health(context: ServerContext) -> Response:
    """As the document has it."""
    from app.server.sopilot.health import health as document_health

    return document_health(context)


def series(context: ServerContext) -> str:
    """The document's metrics."""
    from app.server.sopilot.exposition import exposition

    return exposition(context)
