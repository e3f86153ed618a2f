"""The APIs that this version has, and how each is reached."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.server.context import ServerContext
from app.server.doors import Door
from app.server.pytoon import spec as pytoon
from app.server.sopilot import spec as sopilot
from app.server.videoannotator import spec as videoannotator
from core.access.roles import Role
from core.errors import InvalidRequest

MAIN = "main"
"""The listener that is always there."""
BAZARR = "bazarr"
"""The listener for Bazarr and clients of whisper-asr-webservice, at the port that they expect."""
VIDEOANNOTATOR = "videoannotator"
"""The listener for clients of VideoAnnotator, at the port that they expect."""
PYTOON = "pytoon"
"""The listener for clients of Pytoon, at the port that they expect."""


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
    - ``also_at``: the name of a port of its own that it has besides, where its paths lie at the root; "" = none.
    - ``at_root``: its paths at the main server's root; None = all that no other API claims.
    - ``make``, ``refuse``, ``health``: its application, its error envelope, its health as its document shows it.
    - ``needs``: the role for a method and a path below the prefix; None = open to everybody, because the path proves
      itself (signed addresses).
    - ``takes_upload``: whether a path reads a large body as a stream, within limits of its own.
    - ``loose_key``: whether a key may also stand in front of a path (``/key-….…/asr``) or in Basic user-info, for
      clients that know an address and nothing else.
    - ``series``: its own series for the server's Prometheus exposition, whole lines.
    - ``door``: stands before an API with credentials of its own kinds; made when the server starts.
    """

    name: str
    title: str
    prefix: str
    listener: str
    at_root: re.Pattern[str] | None
    make: Callable[[ServerContext], FastAPI]
    refuse: Refuse
    health: Callable[[ServerContext], Response]
    needs: Callable[[str, str], Role | None]
    takes_upload: Callable[[str], bool]
    loose_key: Callable[[str], bool] = lambda _path: False
    door: Callable[[ServerContext], Door] | None = None
    series: Callable[[ServerContext], str] = lambda _context: ""
    also_at: str = ""

    @property
    def listeners(self) -> tuple[str, ...]:
        """Where it answers."""
        return (self.listener, self.also_at) if self.also_at else (self.listener,)


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


_PROVIDER = re.compile(r"/(asr|detect-language|status)")
_PROVIDER_OPEN = re.compile(r"/status")
_TRANSCRIPTORIO_ROOT = re.compile(r"/(api(/.*)?|asr|detect-language|status)")
_TRANSCRIPTORIO_ADMIN = re.compile(r"/api/(settings|setup)(/.*)?")
_TRANSCRIPTORIO_FOLDERS = re.compile(r"/api/filesystem/.*")
_OPENAI_ROOT = re.compile(r"/v1/(audio(/.*)?|models(/.*)?)")
_OPENAI_UPLOADS = re.compile(r"/v1/audio/(transcriptions|translations)")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def _make_transcriptorio(context: ServerContext) -> FastAPI:
    from app.server.transcriptorio.app import make_app

    return make_app(context)


def _refuse_transcriptorio(
    request: HTTPConnection,
    status: int,
    code: str,
    message: str,
    /,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    from app.server.transcriptorio.refusals import refusal

    return refusal(request, status, code, message, headers=headers)


def _transcriptorio_health(context: ServerContext) -> Response:
    from app.server.transcriptorio.health import health

    return health(context)


def _transcriptorio_needs(method: str, path: str) -> Role | None:
    """Viewers read; operators work and look into folders; admins change settings and make keys."""
    if _PROVIDER_OPEN.fullmatch(path):
        return None  # Bazarr's test drops path and user-info of the address; it tells a version and nothing else
    if method in _READING:
        return Role.OPERATOR if _TRANSCRIPTORIO_FOLDERS.fullmatch(path) else Role.VIEWER
    return Role.ADMIN if _TRANSCRIPTORIO_ADMIN.fullmatch(path) else Role.OPERATOR


def _make_bazarr(context: ServerContext) -> FastAPI:
    from app.server.bazarr.app import make_app

    return make_app(context)


def _refuse_bazarr(
    request: HTTPConnection,
    status: int,
    _code: str,
    message: str,
    /,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    from app.server.bazarr.answers import refusal

    return refusal(request, status, message, headers=headers)


def _make_openai(context: ServerContext) -> FastAPI:
    from app.server.openai.app import make_app

    return make_app(context)


def _refuse_openai(
    _request: HTTPConnection,
    status: int,
    code: str,
    message: str,
    /,
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    from app.server.openai.refusals import refusal

    return refusal(status, message, code=code.lower(), headers=headers)


def _nothing_to_tell(_context: ServerContext) -> Response:
    return Response(b"{}", media_type="application/json")


def _openai_needs(method: str, _path: str) -> Role:
    return Role.VIEWER if method in _READING else Role.OPERATOR


API_MAKERS: dict[str, ApiSpec] = {
    spec.name: spec
    for spec in (
        ApiSpec(
            name="screenalytics",
            title="Screenalytics",
            prefix="/screenalytics",
            listener=MAIN,
            at_root=None,
            make=_make_screenalytics,
            refuse=_refuse_screenalytics,
            health=_screenalytics_health,
            needs=_screenalytics_needs,
            takes_upload=lambda path: _UPLOADS.fullmatch(path) is not None,
        ),
        ApiSpec(
            name="sopilot",
            title="SOPilot",
            prefix="/sopilot",
            listener=MAIN,
            at_root=sopilot.ROOT,
            make=sopilot.make,
            refuse=sopilot.refuse,
            health=sopilot.health,
            needs=sopilot.needs,
            takes_upload=sopilot.takes_upload,
            door=sopilot.door,
            series=sopilot.series,
        ),
        ApiSpec(
            name="videoannotator",  # before TranscriptorIO, which has all other paths below /api
            title="VideoAnnotator",
            prefix="/videoannotator",
            listener=MAIN,
            also_at=VIDEOANNOTATOR,
            at_root=videoannotator.ROOT,
            make=videoannotator.make,
            refuse=videoannotator.refuse,
            health=videoannotator.health,
            needs=videoannotator.needs,
            takes_upload=videoannotator.takes_upload,
            door=videoannotator.door,
        ),
        ApiSpec(
            name="pytoon",
            title="Pytoon",
            prefix="/pytoon",
            listener=MAIN,
            also_at=PYTOON,
            at_root=pytoon.ROOT,
            make=pytoon.make,
            refuse=pytoon.refuse,
            health=pytoon.health,
            needs=pytoon.needs,
            takes_upload=pytoon.takes_upload,
            door=pytoon.door,
            series=pytoon.series,
        ),
        ApiSpec(
            name="transcriptorio",
            title="TranscriptorIO",
            prefix="/transcriptorio",
            listener=MAIN,
            at_root=_TRANSCRIPTORIO_ROOT,
            make=_make_transcriptorio,
            refuse=_refuse_transcriptorio,
            health=_transcriptorio_health,
            needs=_transcriptorio_needs,
            takes_upload=lambda path: _PROVIDER.fullmatch(path) is not None,
            loose_key=lambda path: _PROVIDER.fullmatch(path) is not None,
        ),
        ApiSpec(
            name="bazarr",
            title="Speech provider for Bazarr",
            prefix="/bazarr",
            listener=BAZARR,
            at_root=None,
            make=_make_bazarr,
            refuse=_refuse_bazarr,
            health=_nothing_to_tell,
            needs=_transcriptorio_needs,
            takes_upload=lambda path: _PROVIDER.fullmatch(path) is not None,
            loose_key=lambda path: _PROVIDER.fullmatch(path) is not None,
        ),
        ApiSpec(
            name="openai",
            title="Speech for OpenAI clients",
            prefix="/openai",
            listener=MAIN,
            at_root=_OPENAI_ROOT,
            make=_make_openai,
            refuse=_refuse_openai,
            health=_nothing_to_tell,
            needs=_openai_needs,
            takes_upload=lambda path: _OPENAI_UPLOADS.fullmatch(path) is not None,
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
