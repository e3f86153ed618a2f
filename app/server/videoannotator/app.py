"""The application of the VideoAnnotator API, complete with its own OpenAPI document, errors and health."""

import os

from fastapi import FastAPI

from app.server.api_app import new_app
from app.server.context import ServerContext
from app.server.docs_page import offline_docs
from app.server.videoannotator import debug, events, health, jobs, pipelines, results, system
from app.server.videoannotator.documented import letter_perfect
from app.server.videoannotator.environment import read_environment
from app.server.videoannotator.refusals import handle_errors
from core.annotate.registry import registry

_ROUTERS = (
    health.router,
    jobs.router,
    results.router,
    pipelines.router,
    system.router,
    debug.router,
    events.router,
)
_DESCRIPTION = """Annotation of videos by pipelines, as jobs: upload a video, choose pipelines, fetch their files.

Operations on jobs, and those of debugging that name one, need a key of `rushes keys create`, on this computer too:
`Authorization: Bearer KEY` or `X-API-Key: KEY`. Roles: viewer, operator, admin. From other computers everything but
`/health` needs one. Every error is `{"error": {"code", "message", "hint", "detail", "timestamp"}, "detail"}`; with 422
the outer `detail` is a list. Operations and fields marked as ours go beyond the reference."""


def make_app(context: ServerContext) -> FastAPI:
    """The application for one library. Raises InvalidRequest for a value of the environment out of its bounds."""
    app = new_app(context, "VideoAnnotator", _DESCRIPTION)
    app.state.environment = read_environment(os.environ)
    app.state.pipelines = registry()
    handle_errors(app)
    for router in _ROUTERS:
        app.include_router(router)
    letter_perfect(app)
    offline_docs(app)
    return app
