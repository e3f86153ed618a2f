"""The application of the Screenalytics API, complete with its own OpenAPI document, errors and health."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.server.api_app import new_app
from app.server.context import ServerContext
from app.server.docs_page import offline_docs
from app.server.screenalytics import (
    crops,
    episodes,
    facebank,
    health,
    history,
    identities,
    jobs,
    screen_times,
    suggestions,
    tracks,
    videos,
    webhooks,
)
from app.server.screenalytics.progress_files import ProgressFiles
from app.server.screenalytics.refusals import handle_errors
from app.server.screenalytics.video_files import remove_leftovers

_ROUTERS = (
    episodes.router,
    videos.router,
    jobs.router,
    identities.router,
    tracks.router,
    facebank.router,
    crops.router,
    suggestions.router,
    history.router,
    screen_times.router,
    webhooks.router,
    health.router,
)
_DESCRIPTION = """Who is on screen, when and for how long: analysis of episodes, correction of identities, cast.

Every answer is enveloped but those of job creation, job, job progress and `/healthz`. Operations marked as ours go
beyond the reference. Boxes are normalised; seconds come from the container's timestamps."""


def make_app(context: ServerContext) -> FastAPI:
    """The application for one library; it holds no state but the context."""
    progress_files = ProgressFiles(context)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        progress_files.start()
        try:
            yield
        finally:
            progress_files.stop()

    app = new_app(context, "Screenalytics", _DESCRIPTION, lifespan=lifespan)
    remove_leftovers(context.library.paths)
    handle_errors(app)
    for router in _ROUTERS:
        app.include_router(router)
    offline_docs(app)
    return app
