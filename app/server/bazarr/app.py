"""The application of the provider's own port: nothing but what Bazarr and its like ask for."""

from fastapi import FastAPI

from app.server.bazarr import provider
from app.server.context import ServerContext
from app.server.docs_page import offline_docs
from app.server.transcriptorio.documented import without_unused_422
from app.server.transcriptorio.refusals import handle_errors
from app.version import rushes_version

_DESCRIPTION = """Speech for Bazarr and clients of whisper-asr-webservice.

A key, where one is needed, stands in front of the path (`http://host:9000/KEY`) or in the address's user-info."""


def make_app(context: ServerContext) -> FastAPI:
    """The application for one library."""
    app = FastAPI(
        title="Speech provider for Bazarr",
        version=rushes_version(),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.context = context
    handle_errors(app)
    app.include_router(provider.router)
    without_unused_422(app)
    offline_docs(app)
    return app
