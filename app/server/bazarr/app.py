"""The application of the provider's own port: nothing but what Bazarr and its like ask for."""

from fastapi import FastAPI

from app.server.api_app import new_app
from app.server.bazarr import provider
from app.server.context import ServerContext
from app.server.docs_page import offline_docs
from app.server.transcriptorio.documented import without_unused_422
from app.server.transcriptorio.refusals import handle_errors

_DESCRIPTION = """Speech for Bazarr and clients of whisper-asr-webservice.

A key, where one is needed, stands in front of the path (`http://host:9000/KEY`) or in the address's user-info."""


def make_app(context: ServerContext) -> FastAPI:
    """The application for one library."""
    app = new_app(context, "Speech provider for Bazarr", _DESCRIPTION)
    handle_errors(app)
    app.include_router(provider.router)
    without_unused_422(app)
    offline_docs(app)
    return app
