"""The application of the SOPilot API, complete with its own OpenAPI document, errors and health."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app.server.api_app import new_app
from app.server.context import ServerContext
from app.server.docs_page import offline_docs
from app.server.sopilot import audit, health, ingest, operations, scoring, search, tasks, training, videos
from app.server.sopilot.documented import with_credentials
from app.server.sopilot.environment import read_environment
from app.server.sopilot.refusals import handle_errors
from app.server.sopilot.score_reports import ScoreReports

_ROUTERS = (
    health.router,
    ingest.router,
    scoring.router,
    search.router,
    videos.router,
    training.router,
    audit.router,
    operations.router,
    tasks.router,
)
_DESCRIPTION = """Was the procedure followed: videos of trainees are compared with gold recordings, step by step.

Everything but `/health` and `/metrics` needs credentials, on this computer too: `Authorization: Bearer` with a role
token of `SOPILOT_API_ROLE_TOKENS` or a key of `rushes keys create`, or Basic. Roles: viewer, operator, admin. Times are
ISO 8601 in UTC, seconds of videos come from their timestamps, steps and clips count from 0. Every error is
`{"detail": "…"}`. Operations and fields marked as ours go beyond the reference."""


def make_app(context: ServerContext) -> FastAPI:
    """The application for one library. Raises InvalidRequest for a value of the environment out of its bounds."""
    environment = read_environment(os.environ)
    reports = ScoreReports(context.library)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(reports.start)
        try:
            yield
        finally:
            await run_in_threadpool(reports.stop)

    app = new_app(context, "SOPilot", _DESCRIPTION, lifespan=lifespan)
    app.state.environment = environment
    app.state.reports = reports
    handle_errors(app)
    for router in _ROUTERS:
        app.include_router(router)
    with_credentials(app)
    offline_docs(app)
    return app
