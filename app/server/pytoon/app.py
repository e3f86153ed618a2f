"""The application of the Pytoon API, complete with its own OpenAPI document, errors and health."""

import os

from fastapi import FastAPI

from app.server.api_app import new_app
from app.server.context import ServerContext
from app.server.docs_page import offline_docs
from app.server.pytoon import events, files, health, jobs, presets, uploads
from app.server.pytoon.documented import with_credentials
from app.server.pytoon.environment import read_environment
from app.server.pytoon.refusals import handle_errors

_ROUTERS = (health.router, presets.router, uploads.router, jobs.router, files.router, events.router)
_DESCRIPTION = """Vertical cuts of 1080 x 1920 from stills, captions, music and voice, as jobs: upload the files, choose
a preset, ask for a cut, follow it, fetch it.

Everything below `/api` needs the header `X-API-Key`, on this computer too: the `API_KEY` of the server's environment,
or a key of `rushes keys create` (viewers read, operators upload and run jobs). While no `API_KEY` is set and only this
computer can connect, `dev-key-change-me` works as well. Files of jobs are uploads, results of other jobs, or lie in an
episode's folder of the library; nothing else of this computer is read. Every error is `{"detail": "…"}`; with 422
`detail` is a list of `type`, `loc` and `msg`. Keys of bodies that are not named here are ignored. Operations and fields
marked as ours go beyond the reference."""


def make_app(context: ServerContext) -> FastAPI:
    """The application for one library. Raises InvalidRequest for a value of the environment that cannot be read."""
    app = new_app(context, "Pytoon", _DESCRIPTION)
    app.state.environment = read_environment(os.environ)
    handle_errors(app)
    for router in _ROUTERS:
        app.include_router(router)
    with_credentials(app)
    offline_docs(app)
    return app
