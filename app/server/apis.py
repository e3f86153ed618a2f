"""The APIs that this version has, and how each is reached."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.server.context import ServerContext
from core.access.roles import Role
from core.errors import InvalidRequest

MAIN = "main"
"""The listener that is always there."""


class Refuse(Protocol):
    """Makes an error answer in an API's own envelope."""

    def __call__(
        self,
        request: HTTPConnection,
        status: int,
        code: str,
        message: str,
        /,
        *,
        headers: dict[str, str] | None = None,
    ) -> Response: ...


@dataclass(frozen=True, slots=True)
class ApiSpec:
    """One API.

    - ``prefix``: where it lies on the main server; ``listener``: MAIN, or the name of its own port.
    - ``at_root``: whether the main server's root reaches it too.
    - ``make``, ``refuse``, ``health``: its application, its error envelope, its health as its document shows it.
    - ``needs``: the role for a method and a path below the prefix; None = open to everybody, because the path proves
      itself (signed addresses).
    - ``takes_upload``: whether a path reads a large body as a stream, within limits of its own.
    """

    name: str
    title: str
    prefix: str
    listener: str
    at_root: bool
    make: Callable[[ServerContext], FastAPI]
    refuse: Refuse
    health: Callable[[ServerContext], Response]
    needs: Callable[[str, str], Role | None]
    takes_upload: Callable[[str], bool]


def _make_screenalytics(context: ServerContext) -> FastAPI:
    from app.server.screenalytics.app import make_app

    return make_app(context)


def _refuse_screenalytics(
    request: HTTPConnection,
    status: int,
    code: str,
    message: str,
    /,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    from app.server.screenalytics.envelope import refusal

    return refusal(request, status, code, message, headers=headers)


def _screenalytics_health(context: ServerContext) -> Response:
    from app.server.screenalytics.health import healthz

    return healthz(context)


_SIGNED = re.compile(r"/files/.*")
_SETTINGS = re.compile(r"/webhooks(/.*)?")
_EDITING_DELETES = re.compile(r"/episodes/[^/]+/(tracks|links)/[^/]+")
_UPLOADS = re.compile(r"/episodes/[^/]+/video|/cast/[^/]+/seeds/upload")


def _screenalytics_needs(method: str, path: str) -> Role | None:
    """Viewers read; operators edit and run jobs; admins delete for good and change settings."""
    if method in {"GET", "HEAD"} and _SIGNED.fullmatch(path):
        return None
    if _SETTINGS.fullmatch(path):
        return Role.ADMIN
    if method in {"GET", "HEAD", "OPTIONS"}:
        return Role.VIEWER
    # soft deletion of a track and taking a link away are edits, with an undo of their own
    return Role.ADMIN if method == "DELETE" and not _EDITING_DELETES.fullmatch(path) else Role.OPERATOR


API_MAKERS: dict[str, ApiSpec] = {
    spec.name: spec
    for spec in (
        ApiSpec(
            name="screenalytics",
            title="Screenalytics",
            prefix="/screenalytics",
            listener=MAIN,
            at_root=True,
            make=_make_screenalytics,
            refuse=_refuse_screenalytics,
            health=_screenalytics_health,
            needs=_screenalytics_needs,
            takes_upload=lambda path: _UPLOADS.fullmatch(path) is not None,
        ),
    )
}


def specs_named(names: Iterable[str]) -> tuple[ApiSpec, ...]:
    """The APIs with these names, each once, in their own order; none named = all. Raises InvalidRequest."""
    wanted = [name.strip().lower() for name in names if name.strip()]
    unknown = [name for name in wanted if name not in API_MAKERS]
    if unknown:
        raise InvalidRequest(
            f"This Rushes has no API “{unknown[0][:100]}”.", action=f"Choose from: {', '.join(API_MAKERS)}."
        )
    return tuple(spec for name, spec in API_MAKERS.items() if not wanted or name in wanted)
