"""The application of the TranscriptorIO API, complete with its own OpenAPI document, errors and health."""

from fastapi import FastAPI

from app.server.api_app import new_app
from app.server.bazarr import provider
from app.server.context import ServerContext
from app.server.docs_page import offline_docs
from app.server.transcriptorio import (
    filesystem,
    health,
    jobs,
    scan_rules,
    scanner,
    settings,
    setup,
    system,
    workers,
)
from app.server.transcriptorio.documented import without_unused_422
from app.server.transcriptorio.refusals import handle_errors

_ROUTERS = (
    health.router,
    workers.router,
    jobs.router,
    scan_rules.router,
    scanner.router,
    settings.router,
    system.router,
    filesystem.router,
    setup.router,
    provider.router,
)
_DESCRIPTION = """Subtitles for a media library: workers, jobs, scan rules, scanner, settings, and speech for Bazarr.

Times are ISO 8601 in UTC, languages ISO 639-2 (`jpn`, `eng`, `spa`). Every error is `{"detail": "…"}` and carries the
id of its request in the header `X-Request-ID`; those of `/asr` and `/detect-language` are plain words."""


def make_app(context: ServerContext) -> FastAPI:
    """The application for one library; it holds no state but the context."""
    app = new_app(context, "TranscriptorIO", _DESCRIPTION)
    handle_errors(app)
    for router in _ROUTERS:
        app.include_router(router)
    without_unused_422(app)
    offline_docs(app)
    return app
